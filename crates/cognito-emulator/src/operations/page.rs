//! Lists of pools and clients, page by page.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::exception::{Exception, Kind};

/// The items after the one that a token of the page before names, at most `limit` of them, and the
/// token of the next page if there is one. `all` is in order of the ids.
pub(super) fn page<T>(
    mut all: Vec<T>,
    id: impl Fn(&T) -> &str,
    token: Option<&str>,
    limit: usize,
) -> Result<(Vec<T>, Option<String>), Exception> {
    if let Some(token) = token {
        let after = position(token)?;
        all.retain(|item| id(item) > after.as_str());
    }
    let more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(id(last)));
    Ok((all, next))
}

/// The id that a token names.
pub(super) fn position(token: &str) -> Result<String, Exception> {
    let id = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    id.ok_or_else(|| Kind::InvalidParameter.because("Invalid pagination token."))
}
