//! `GET /generate` and `POST /generate`: a password for the bearer of an access token. Nothing of it
//! is stored or logged, only that it was made.

use std::{borrow::Cow, time::SystemTime};

use generator::{Error, Generated, Recipe};
use http::{Method, StatusCode};
use jiff::Timestamp;
use lambda::Handler;
use rand::rngs::{StdRng, SysError};
use secrecy::ExposeSecret;
use serde::Serialize;
use shared::{FieldError, Kind, Problem, Request, Response, SecurityEvent, Tally, json};

/// Bits under which a password falls to an offline attack that one organisation can pay for.
const WEAK_BITS: f64 = 64.0;
/// Bits that no foreseeable attack reaches (NIST SP 800-57 Part 1, section 5.6.1).
const STRONG_BITS: f64 = 128.0;

/// The handler of `GET /generate`, which has its parameters in the query, and of `POST /generate`,
/// which has the same ones in a JSON body.
#[derive(Debug)]
pub struct Generate {
    keyed: fn() -> Result<StdRng, SysError>,
}

impl Generate {
    /// Draws with the generator that `keyed` makes anew for each request, such as [`keyed_by_system`].
    #[must_use]
    pub const fn new(keyed: fn() -> Result<StdRng, SysError>) -> Self {
        Self { keyed }
    }
}

/// A `ChaCha12` generator with a key from the operating system.
///
/// # Errors
/// If the operating system gives no randomness.
pub fn keyed_by_system() -> Result<StdRng, SysError> {
    rand::SeedableRng::try_from_rng(&mut rand::rngs::SysRng)
}

impl Handler for Generate {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        request.caller()?;
        let received_at = request.received_at;
        let wanted = generator::Request::from_pairs(parameters(request)?)
            .map_err(|errors| refused(&errors))?;
        let recipe = wanted.compile().map_err(|error| refused(&[error]))?;
        let mut rng = (self.keyed)().map_err(|error| Problem::internal(&error))?;
        let generated =
            recipe.generate(wanted.count(), &mut rng).map_err(|error| refused(&[error]))?;
        let answer = Answer::new(&wanted, &recipe, &generated, received_at);
        let minted = generated.passwords.len().try_into().unwrap_or(u32::MAX);
        let response = Response::json(StatusCode::OK, &answer);
        Ok(response.noting(SecurityEvent::SensitiveCreate).counting(Tally::Passwords(minted)))
    }
}

/// The parameters in their order; with a body, those of the query count too, so that none is lost.
fn parameters(request: Request) -> Result<Vec<(String, String)>, Problem> {
    let of_body = if request.method == Method::POST { json::pairs(&request)? } else { Vec::new() };
    Ok(request.query.into_iter().chain(of_body).collect())
}

/// The body of a success.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    passwords: Passwords<'a>,
    kind: generator::Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u16>,
    entropy_bits: f64,
    created_at: Timestamp,
    policy: &'a Recipe,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
enum Passwords<'a> {
    #[serde(rename = "password")]
    One(&'a str),
    #[serde(rename = "passwords")]
    Several(Vec<&'a str>),
}

/// What the caller should know about what it asked for.
#[derive(Serialize)]
struct Warning {
    code: &'static str,
    detail: Cow<'static, str>,
}

impl<'a> Answer<'a> {
    fn new(
        wanted: &generator::Request,
        recipe: &'a Recipe,
        generated: &'a Generated,
        received_at: SystemTime,
    ) -> Self {
        let ignored = wanted.warnings().iter().map(|ignored| Warning {
            code: "ignored_in_rules",
            detail: ignored.to_string().into(),
        });
        Self {
            passwords: Passwords::of(generated),
            kind: wanted.kind(),
            length: recipe.length(),
            entropy_bits: (generated.entropy_bits * 1e6).round() / 1e6,
            created_at: received_at.try_into().unwrap_or_default(),
            policy: recipe,
            warnings: ignored.chain(warning(recipe.entropy_bits())).collect(),
        }
    }
}

impl<'a> Passwords<'a> {
    fn of(generated: &'a Generated) -> Self {
        // EXPOSE: the passwords are what was asked for.
        match generated.passwords.as_slice() {
            [one] => Self::One(one.expose_secret()),
            several => Self::Several(several.iter().map(ExposeSecret::expose_secret).collect()),
        }
    }
}

fn warning(bits: f64) -> Option<Warning> {
    if bits < WEAK_BITS {
        let detail = "under 64 bits: use it only where tries are limited";
        Some(Warning { code: "under_64_bits", detail: detail.into() })
    } else if bits < STRONG_BITS {
        let detail = "under 128 bits: enough for a login, short of a key";
        Some(Warning { code: "under_128_bits", detail: detail.into() })
    } else {
        None
    }
}

/// The problem of a request that is at fault in `errors`, which are not empty.
fn refused(errors: &[Error]) -> Problem {
    let Some(first) = errors.first() else {
        return Problem::internal(&"the generator refused without a reason");
    };
    let kind = kind(first);
    let fields: Vec<_> = errors.iter().filter_map(field_error).collect();
    if fields.is_empty() {
        return Problem::new(kind).with_detail(first.to_string());
    }
    Problem::of_fields(kind, fields)
}

/// The entry for the parameter at fault, whose sentence does not repeat its name.
fn field_error(error: &Error) -> Option<FieldError> {
    let detail = match error {
        Error::InvalidParameter { allowed, .. } => allowed.to_string(),
        Error::DuplicateParameter { .. } => "is allowed once".to_owned(),
        Error::ConflictingParameters { other, conflict, .. } => {
            format!("contradicts {other}: {conflict}")
        }
        Error::CountExceedsSpace { passwords } => {
            format!("must be at most {passwords}, since only so many passwords satisfy the request")
        }
        Error::InvalidRules { cause, .. } => cause.to_string(),
        Error::InvalidPolicy { cause, .. } => cause.to_string(),
        Error::UnknownParameter { .. }
        | Error::Unsatisfiable(_)
        | Error::PolicyTooComplex(_)
        | Error::EntropyUnreachable { .. } => error.to_string(),
    };
    let field = match error {
        Error::CountExceedsSpace { .. } => "count",
        Error::EntropyUnreachable { .. } => "min_entropy",
        _ => error.parameter()?,
    };
    Some(FieldError::new(field, error.code(), detail))
}

const fn kind(error: &Error) -> Kind {
    match error {
        Error::InvalidParameter { .. } => Kind::InvalidParameter,
        Error::UnknownParameter { .. } => Kind::UnknownParameter,
        Error::InvalidRules { .. } => Kind::InvalidRules,
        Error::InvalidPolicy { .. } => Kind::InvalidPolicy,
        Error::DuplicateParameter { .. } => Kind::DuplicateParameter,
        Error::ConflictingParameters { .. } => Kind::ConflictingParameters,
        Error::Unsatisfiable(_) => Kind::Unsatisfiable,
        Error::CountExceedsSpace { .. } => Kind::CountExceedsSpace,
        Error::PolicyTooComplex(_) => Kind::PolicyTooComplex,
        Error::EntropyUnreachable { .. } => Kind::EntropyUnreachable,
    }
}
