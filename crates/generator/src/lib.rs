//! Passwords that are exactly uniform over what a policy allows, with their exact entropy.
//!
//! A request becomes a [`Recipe`], and a recipe makes passwords:
//!
//! ```
//! # use rand::{SeedableRng, rngs::ChaCha20Rng};
//! # let mut rng = ChaCha20Rng::seed_from_u64(1);
//! use secrecy::ExposeSecret;
//!
//! let request = generator::Request::from_pairs([("length", "24"), ("nums", "2")])
//!     .map_err(|errors| format!("{errors:?}"))?;
//! let recipe = request.compile()?;
//! let generated = recipe.generate(request.count(), &mut rng)?;
//! assert_eq!(generated.passwords[0].expose_secret().len(), 24);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! No I/O, no clock; the randomness is the caller's. `README.md` says what is promised and how it is kept.

pub mod apple;
mod atoms;
mod binomial;
mod bounds;
mod budget;
mod characters;
mod classes;
mod composition;
mod cursor;
mod digits;
mod draw;
mod entropy;
mod error;
mod fields;
mod inclusion;
mod letters;
mod normal_form;
mod parameter;
mod passphrase;
mod password;
mod policy;
mod positions;
#[cfg(test)]
mod proof;
mod ranked;
mod reason;
mod recipe;
mod request;
mod runs;
mod shortest;
mod states;
mod uniform;
pub mod vault_policy;
mod words;

pub use characters::Characters;
pub use error::{Allowed, Conflict, End, Error, Limit, Reason};
pub use normal_form::{MinClasses, NormalForm, Rule};
pub use parameter::Kind;
pub use passphrase::{Capitalize, Passphrase, PassphraseError, PassphraseOptions};
pub use password::{Generated, Password};
pub use policy::Policy;
pub use recipe::Recipe;
pub use request::Request;
pub use words::Wordlist;
