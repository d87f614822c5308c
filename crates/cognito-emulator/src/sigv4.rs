//! AWS Signature Version 4, the receiving side.
//!
//! Source: AWS IAM user guide, "Create a signed AWS API request" and "Troubleshoot Signature
//! Version 4 signing".

use std::{collections::HashMap, fmt::Write, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, Request, header};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    exception::{Exception, Kind},
    mac::hmac_sha256,
    time::Moment,
};

/// The access key id that every pool knows.
///
/// With [`SECRET_ACCESS_KEY`] it makes tools behave as against AWS. The pair is public and protects
/// nothing: what protects a pool on one machine is that it listens on loopback only.
pub const ACCESS_KEY_ID: &str = "passmint";

/// The secret access key that belongs to [`ACCESS_KEY_ID`].
pub const SECRET_ACCESS_KEY: &str = "passmint-local";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "cognito-idp";
const TERMINATOR: &str = "aws4_request";
const DATE_FORMAT: &str = "%Y%m%dT%H%M%SZ";
/// How far the signer's clock may be from ours, either way.
const TOLERANCE: Duration = Duration::from_mins(5);

/// Refuses a request to `/` that was not signed with the pair above, for any region and about now.
pub(crate) fn verify(request: &Request<Bytes>, now: Moment) -> Result<(), Exception> {
    let headers = request.headers();
    let Some(authorization) = text(headers, header::AUTHORIZATION.as_str()) else {
        return Err(Kind::MissingAuthenticationToken.because("Missing Authentication Token"));
    };
    let authorization = Authorization::parse(authorization, text(headers, "x-amz-date"))?;
    authorization.check_date(now)?;
    authorization.check_scope()?;
    if authorization.credential.first() != Some(&ACCESS_KEY_ID)
        || headers.contains_key("x-amz-security-token")
    {
        return Err(Kind::UnrecognizedClient
            .because("The security token included in the request is invalid."));
    }
    let expected = authorization.signature(request);
    if bool::from(expected.as_bytes().ct_eq(authorization.signature.as_bytes())) {
        Ok(())
    } else {
        Err(Kind::InvalidSignature.because(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.",
        ))
    }
}

/// The `Authorization` header, taken apart, and the date of the request.
struct Authorization<'a> {
    /// Access key id, date, region, service, terminator.
    credential: Vec<&'a str>,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
    date: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str, date: Option<&'a str>) -> Result<Self, Exception> {
        let (algorithm, rest) = header.split_once(' ').unwrap_or((header, ""));
        let mut parts = HashMap::new();
        for part in rest.split([',', ' ']).filter(|part| !part.is_empty()) {
            let Some((key, value)) = part.split_once('=') else {
                return Err(incomplete(format!(
                    "Invalid key=value pair (missing equal-sign) in Authorization header \
                     (hashed with SHA-256 and encoded with Base64): '{}'.",
                    hashed(header)
                )));
            };
            parts.insert(key, value);
        }
        let (Some(credential), Some(signature), Some(signed_headers), Some(date)) =
            (parts.get("Credential"), parts.get("Signature"), parts.get("SignedHeaders"), date)
        else {
            return Err(incomplete(missing(&parts, date, header)));
        };
        if algorithm != ALGORITHM {
            return Err(incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")));
        }
        let credential: Vec<_> = credential.split('/').collect();
        if credential.len() != 5 {
            return Err(incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term",
            ));
        }
        Ok(Self {
            credential,
            signed_headers: signed_headers.split(';').collect(),
            signature,
            date,
        })
    }

    fn check_date(&self, now: Moment) -> Result<(), Exception> {
        let Some(signed) = moment(self.date) else {
            return Err(incomplete("Date must be in ISO-8601 'basic format'."));
        };
        let earliest = Moment(now.0.saturating_sub(TOLERANCE.as_secs() * 1000));
        let latest = now.after(TOLERANCE);
        let (date, now) = (self.date, basic_format(now));
        if signed < earliest {
            let earliest = basic_format(earliest);
            return Err(Kind::InvalidSignature.because(format!(
                "Signature expired: {date} is now earlier than {earliest} ({now} - 5 min.)"
            )));
        }
        if signed > latest {
            let latest = basic_format(latest);
            return Err(Kind::InvalidSignature.because(format!(
                "Signature not yet current: {date} is still later than {latest} ({now} + 5 min.)"
            )));
        }
        Ok(())
    }

    /// The key must be made for this service and day, and the host must be signed. Any region will do:
    /// the endpoint is the only one there is, and tools come with the region of their own settings.
    fn check_scope(&self) -> Result<(), Exception> {
        let mut faults = String::new();
        if !self.signed_headers.contains(&"host") {
            faults.push_str(
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization. ",
            );
        }
        if self.credential.get(3) != Some(&SERVICE) {
            faults.push_str("Credential should be scoped to correct service: 'cognito-idp'. ");
        }
        if self.credential.get(4) != Some(&TERMINATOR) {
            faults
                .push_str("Credential should be scoped with a valid terminator: 'aws4_request'. ");
        }
        if self.credential.get(1).copied() != self.date.get(..8) {
            faults.push_str("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP. ");
        }
        if faults.is_empty() { Ok(()) } else { Err(Kind::InvalidSignature.because(faults)) }
    }

    /// The signature that the request should have.
    fn signature(&self, request: &Request<Bytes>) -> String {
        let scope = self.credential.get(1..).unwrap_or_default();
        let canonical = hex(&Sha256::digest(self.canonical_request(request)));
        let to_sign = format!("{ALGORITHM}\n{}\n{}\n{canonical}", self.date, scope.join("/"));
        let mut key = format!("AWS4{SECRET_ACCESS_KEY}").into_bytes();
        for part in scope {
            key = hmac_sha256(&key, &[part.as_bytes()]).to_vec();
        }
        hex(&hmac_sha256(&key, &[to_sign.as_bytes()]))
    }

    fn canonical_request(&self, request: &Request<Bytes>) -> String {
        let mut query: Vec<_> = request.uri().query().unwrap_or_default().split('&').collect();
        query.sort_unstable();
        let signed = |name: &&str| format!("{name}:{}\n", canonical_header(request, name));
        let headers: Vec<_> = self.signed_headers.iter().map(signed).collect();
        format!(
            "{}\n/\n{}\n{}\n{}\n{}",
            request.method(),
            query.join("&"),
            headers.concat(),
            self.signed_headers.join(";"),
            hex(&Sha256::digest(request.body())),
        )
    }
}

/// All values of a header, spaces squeezed. The host is also known from the target of a request.
fn canonical_header(request: &Request<Bytes>, name: &str) -> String {
    let values: Vec<_> =
        request.headers().get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    if values.is_empty() && name == "host" {
        return request.uri().authority().map(ToString::to_string).unwrap_or_default();
    }
    let squeezed = |value: &&str| value.split_whitespace().collect::<Vec<_>>().join(" ");
    values.iter().map(squeezed).collect::<Vec<_>>().join(",")
}

fn missing(parts: &HashMap<&str, &str>, date: Option<&str>, header: &str) -> String {
    let absent = ["Credential", "Signature", "SignedHeaders"]
        .into_iter()
        .filter(|name| !parts.contains_key(name));
    let mut faults: Vec<_> =
        absent.map(|name| format!("Authorization header requires '{name}' parameter. ")).collect();
    if date.is_none() {
        let date =
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
        faults.push(date.to_owned());
    }
    faults.push(format!(
        "(Hashed with SHA-256 and encoded with Base64) Authorization={}",
        hashed(header)
    ));
    faults.concat()
}

fn incomplete(message: impl Into<std::borrow::Cow<'static, str>>) -> Exception {
    Kind::IncompleteSignature.because(message)
}

/// AWS repeats the header only so: it could be a token sent to the wrong place.
fn hashed(header: &str) -> String {
    STANDARD.encode(Sha256::digest(header))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn moment(date: &str) -> Option<Moment> {
    let zoned = DateTime::strptime(DATE_FORMAT, date).ok()?.to_zoned(TimeZone::UTC).ok()?;
    u64::try_from(zoned.timestamp().as_millisecond()).ok().map(Moment)
}

fn basic_format(moment: Moment) -> String {
    let millis = i64::try_from(moment.0).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX).strftime(DATE_FORMAT).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}
