use std::sync::Arc;

/// Takes one line, without its end.
pub type Lines = Arc<dyn Fn(&str) + Send + Sync>;
