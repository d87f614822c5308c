//! The reads that a snapshot and a change have in common.

use redb::ReadableTable;

use super::{Counter, decode, tables::IssuedTokenRow};
use crate::{
    attempts::Attempts,
    login::{IssuedToken, Login, Presented},
    name::SignInName,
    session::Session,
    software_token::SoftwareToken,
    time::Moment,
    user::User,
};

/// A user by the name of sign-in, or by the `sub`.
pub(super) fn find(
    names: &impl ReadableTable<&'static str, &'static str>,
    users: &impl ReadableTable<&'static str, &'static [u8]>,
    name: &SignInName,
) -> Result<Option<User>, redb::Error> {
    let record = match names.get(name.folded())? {
        Some(sub) => users.get(sub.value())?,
        None => users.get(name.as_sent())?,
    };
    record.map(|record| decode(record.value())).transpose()
}

pub(super) fn user(
    users: &impl ReadableTable<&'static str, &'static [u8]>,
    sub: &str,
) -> Result<Option<User>, redb::Error> {
    users.get(sub)?.map(|record| decode(record.value())).transpose()
}

pub(super) fn login(
    logins: &impl ReadableTable<(&'static str, &'static str), &'static [u8]>,
    sub: &str,
    event_id: &str,
) -> Result<Option<Login>, redb::Error> {
    logins.get((sub, event_id))?.map(|record| decode(record.value())).transpose()
}

pub(super) fn refresh_token(
    tokens: &impl ReadableTable<&'static [u8], IssuedTokenRow>,
    digest: &[u8; 32],
) -> Result<Option<IssuedToken>, redb::Error> {
    Ok(tokens.get(digest.as_slice())?.map(|found| {
        let (sub, event_id, replaced, _) = found.value();
        let replaced = replaced.map(Moment);
        IssuedToken { sub: sub.to_owned(), event_id: event_id.to_owned(), replaced }
    }))
}

pub(super) fn presented(
    tokens: &impl ReadableTable<&'static [u8], IssuedTokenRow>,
    logins: &impl ReadableTable<(&'static str, &'static str), &'static [u8]>,
    users: &impl ReadableTable<&'static str, &'static [u8]>,
    digest: &[u8; 32],
) -> Result<Presented, redb::Error> {
    let Some(token) = refresh_token(tokens, digest)? else { return Ok(Presented::default()) };
    let login = login(logins, &token.sub, &token.event_id)?;
    let user = user(users, &token.sub)?;
    Ok(Presented { token: Some(token), login, user })
}

pub(super) fn session(
    sessions: &impl ReadableTable<&'static [u8], &'static [u8]>,
    digest: &[u8; 32],
) -> Result<Option<Session>, redb::Error> {
    sessions.get(digest.as_slice())?.map(|record| decode(record.value())).transpose()
}

pub(super) fn software_token(
    tokens: &impl ReadableTable<&'static str, &'static [u8]>,
    sub: &str,
) -> Result<Option<SoftwareToken>, redb::Error> {
    tokens.get(sub)?.map(|record| decode(record.value())).transpose()
}

pub(super) fn user_attempts(
    attempts: &impl ReadableTable<(&'static str, &'static str), (u32, u64)>,
    counter: Counter,
    sub: &str,
) -> Result<Attempts, redb::Error> {
    let found = attempts.get((counter.key(), sub))?.map(|value| value.value());
    Ok(found.map_or(Attempts::NONE, |(count, at)| Attempts { count, at: Moment(at) }))
}

/// Nothing if the slot belongs to somebody else by now.
pub(super) fn stranger_attempts(
    strangers: &impl ReadableTable<(&'static str, u16), ([u8; 16], u32, u64)>,
    counter: Counter,
    tag: &[u8; 16],
) -> Result<Attempts, redb::Error> {
    let found = strangers.get((counter.key(), slot(tag)))?.map(|value| value.value());
    let own = found.filter(|(owner, ..)| owner == tag);
    Ok(own.map_or(Attempts::NONE, |(_, count, at)| Attempts { count, at: Moment(at) }))
}

pub(super) fn slot(tag: &[u8; 16]) -> u16 {
    let [high, low, ..] = *tag;
    u16::from_be_bytes([high, low])
}
