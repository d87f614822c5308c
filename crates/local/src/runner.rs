use std::sync::Arc;

use lambda::Function;
use tokio::{runtime::Handle, sync::Semaphore};

/// How many requests one function answers at the same time; further ones wait for it. All functions
/// together leave most of Tokio's 512 blocking threads to the user pool, which hashes and writes on
/// them.
pub(crate) const CONCURRENCY: usize = 16;

/// Runs one function, each request on a thread of its own, as each has an environment of its own in
/// Lambda. A function that computes for long delays neither the server nor other functions.
#[derive(Clone)]
pub(crate) struct Runner {
    function: Arc<Function>,
    free: Arc<Semaphore>,
}

impl Runner {
    /// Runs `function`.
    pub(crate) fn new(function: Function) -> Self {
        Self { function: Arc::new(function), free: Arc::new(Semaphore::new(CONCURRENCY)) }
    }

    /// Returns the function's answer to `event`, or `None` if the runtime ends before. A request that
    /// has begun goes on to its end even if nobody waits for it any more.
    pub(crate) async fn invoke(&self, event: String) -> Option<String> {
        let permit = Arc::clone(&self.free).acquire_owned().await.ok()?;
        let function = Arc::clone(&self.function);
        let runtime = Handle::current();
        let run = move || {
            let answer = runtime.block_on(function.invoke(&event));
            drop(permit);
            answer
        };
        tokio::task::spawn_blocking(run).await.ok()
    }
}
