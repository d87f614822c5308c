use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// An event that was handed out, and what came of it.
#[derive(Debug)]
pub struct Invocation {
    /// When the function asked for the event; of the first one, the end of its INIT.
    pub asked: Instant,
    /// Just before the first byte of the event was written to the function.
    pub handed_out: Instant,
    /// Just after the last byte of the answer was read.
    pub answered: Instant,
    /// What the function answered.
    pub answer: Answer,
}

/// What a function says of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// The body of its response.
    Response(Vec<u8>),
    /// The body of the error that it reports.
    Error(Vec<u8>),
}

impl Invocation {
    /// How long the function took, from the event to its answer.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.answered.duration_since(self.handed_out)
    }
}

/// Where the caller and the threads of the server meet: one event at a time goes one way, its
/// answer the other.
#[derive(Default)]
pub(crate) struct Exchange {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(crate) struct State {
    /// How many times the function has asked for an event, and when it last did, if it waits.
    requests: u64,
    pub(crate) asked: Option<Instant>,
    event: Option<Event>,
    under_way: Option<UnderWay>,
    pub(crate) finished: Option<Invocation>,
    /// What the function says about why it cannot start.
    pub(crate) init_error: Option<Vec<u8>>,
    pub(crate) connections: usize,
    closed: bool,
}

/// An event as it goes over the wire, with its head.
pub(crate) struct Event {
    pub(crate) request_id: String,
    pub(crate) wire: Vec<u8>,
}

struct UnderWay {
    request_id: String,
    asked: Instant,
    handed_out: Instant,
}

impl Exchange {
    /// Puts an event where the function finds it. An answer that came too late is forgotten.
    pub(crate) fn put(&self, event: Event) {
        let mut state = self.lock();
        state.finished = None;
        state.event = Some(event);
        drop(state);
        self.changed.notify_all();
    }

    /// Waits for `found` to find something, at most until `deadline`.
    pub(crate) fn wait<T>(
        &self,
        deadline: Instant,
        mut found: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(found) = found(&mut state) {
                return Some(found);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The next event for a function that asked for it at `asked`. `None` if there will be none, or
    /// if it has asked once more since, over another connection.
    pub(crate) fn next(&self, asked: Instant) -> Option<Vec<u8>> {
        let mut state = self.lock();
        state.requests += 1;
        state.asked = Some(asked);
        let mine = state.requests;
        self.changed.notify_all();
        loop {
            if state.closed || state.requests != mine {
                return None;
            }
            if let Some(Event { request_id, wire }) = state.event.take() {
                state.asked = None;
                state.under_way = Some(UnderWay { request_id, asked, handed_out: Instant::now() });
                return Some(wire);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the answer to the event with `request_id`; `false` if that one is not under way.
    pub(crate) fn answer(&self, request_id: &str, answered: Instant, answer: Answer) -> bool {
        let mut state = self.lock();
        let Some(under_way) = state.under_way.take_if(|event| event.request_id == request_id)
        else {
            return false;
        };
        let UnderWay { asked, handed_out, .. } = under_way;
        state.finished = Some(Invocation { asked, handed_out, answered, answer });
        self.changed.notify_all();
        true
    }

    /// Takes what a function says about why it cannot start.
    pub(crate) fn fail_init(&self, error: Vec<u8>) {
        self.lock().init_error = Some(error);
        self.changed.notify_all();
    }

    /// Counts a connection that was opened.
    pub(crate) fn connected(&self) {
        self.lock().connections += 1;
    }

    /// Counts a connection that has ended.
    pub(crate) fn disconnected(&self) {
        self.lock().connections -= 1;
        self.changed.notify_all();
    }

    /// Hands out no more events.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
