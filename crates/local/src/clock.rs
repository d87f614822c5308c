use std::{sync::Arc, time::SystemTime};

/// Says what time it is. Pool and gateway of a stack share one.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;
