//! Passwords that are exactly uniform over what a policy allows, with their exact entropy.
//!
//! A request becomes a [`Policy`], and a policy makes passwords:
//!
//! ```
//! # use rand::{SeedableRng, rngs::ChaCha20Rng};
//! # let mut rng = ChaCha20Rng::seed_from_u64(1);
//! use secrecy::ExposeSecret;
//!
//! let request = generator::Request::from_pairs([("length", "24"), ("nums", "2")])
//!     .map_err(|errors| format!("{errors:?}"))?;
//! let policy = request.compile()?;
//! let generated = policy.generate(request.count(), &mut rng)?;
//! assert_eq!(generated.passwords[0].expose_secret().len(), 24);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! No I/O, no clock; the randomness is the caller's. `README.md` says what is promised and how it is kept.

mod automaton;
mod binomial;
mod block;
mod budget;
mod characters;
mod draw;
mod entropy;
mod error;
mod fields;
mod inclusion;
mod model;
mod parameter;
mod password;
mod policy;
#[cfg(test)]
mod proof;
mod ranking;
mod reason;
mod request;
mod tails;
mod uniform;

pub use characters::Characters;
pub use error::{Allowed, Conflict, Error, Reason};
pub use password::{Generated, Password};
pub use policy::{NormalForm, Policy, Rule};
pub use request::Request;
