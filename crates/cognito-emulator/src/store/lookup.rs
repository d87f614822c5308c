//! The reads that a snapshot and a change have in common.

use redb::ReadableTable;

use super::{Counter, decode};
use crate::{attempts::Attempts, name::SignInName, time::Moment, user::User};

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
