//! The Lambda binary.

use std::convert::Infallible;

use generate::{Generate, keyed_by_system};

fn main() -> Result<(), lambda::Error> {
    lambda::run("generate", |_| Ok::<_, Infallible>(Generate::new(keyed_by_system)))
}
