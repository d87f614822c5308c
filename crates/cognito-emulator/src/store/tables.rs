use std::marker::PhantomData;

use redb::{Key, TableDefinition, Value};

/// `format` alone: the version of everything below.
pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");

/// By pool id: a [`PoolRecord`](crate::record::PoolRecord) as JSON.
pub(super) const POOLS: TableDefinition<&str, &[u8]> = TableDefinition::new("pools");

/// By client id: a [`ClientRecord`](crate::record::ClientRecord) as JSON.
pub(super) const CLIENTS: TableDefinition<&str, &[u8]> = TableDefinition::new("clients");

/// [`DECLARED_POOL`] and [`DECLARED_CLIENT`]: the ids of the pool and the client that the emulator
/// was opened with.
pub(super) const DECLARED: TableDefinition<&str, &str> = TableDefinition::new("declared");
pub(super) const DECLARED_POOL: &str = "pool";
pub(super) const DECLARED_CLIENT: &str = "client";

/// By `sub`: a [`User`](crate::user::User) as JSON.
pub(super) const USERS: PoolTable<&str, &[u8]> = PoolTable::new("users");

/// By the folded name of sign-in: the `sub`.
pub(super) const NAMES: PoolTable<&str, &str> = PoolTable::new("names");

/// By counter and `sub`: a count and a moment.
pub(super) const ATTEMPTS: PoolTable<(&str, &str), (u32, u64)> = PoolTable::new("attempts");

/// The same for names that belong to nobody, by counter and slot: the owner of the slot, a count, a
/// moment.
///
/// The slots are the bound: 65,536 a counter. The last comer takes a slot. To make a slot change
/// hands, an attacker who does not know the pool's key must try tens of thousands of other names.
/// With passwords, at one hash each, that takes longer than the silence after which a lock is
/// forgotten anyway.
pub(super) const STRANGERS: PoolTable<(&str, u16), ([u8; 16], u32, u64)> =
    PoolTable::new("strangers");

/// By purpose and `sub`: a [`StoredCode`](crate::code::StoredCode) as JSON.
pub(super) const CODES: PoolTable<(&str, &str), &[u8]> = PoolTable::new("codes");

/// By `sub` and event id: a [`Login`](crate::login::Login) as JSON.
pub(super) const LOGINS: PoolTable<(&str, &str), &[u8]> = PoolTable::new("logins");

/// By SHA-256 of a refresh token: `sub` and event id of its login, when it was first exchanged for
/// another one, when it expires. It stays when its user is deleted, which AWS can tell of too.
pub(super) const REFRESH_TOKENS: PoolTable<&[u8], IssuedTokenRow> =
    PoolTable::new("refresh-tokens");
pub(super) type IssuedTokenRow = (&'static str, &'static str, Option<u64>, u64);

/// By SHA-256 of a session: a [`Session`](crate::session::Session) as JSON.
pub(super) const SESSIONS: PoolTable<&[u8], &[u8]> = PoolTable::new("sessions");

/// By `sub`: a [`SoftwareToken`](crate::software_token::SoftwareToken) as JSON.
pub(super) const SOFTWARE_TOKENS: PoolTable<&str, &[u8]> = PoolTable::new("software-tokens");

/// The names of all tables that every pool has.
pub(super) const OF_A_POOL: [&str; 9] = [
    USERS.name,
    NAMES.name,
    ATTEMPTS.name,
    STRANGERS.name,
    CODES.name,
    LOGINS.name,
    REFRESH_TOKENS.name,
    SESSIONS.name,
    SOFTWARE_TOKENS.name,
];

/// A table that every pool has one of, so that no pool can reach into another and a pool is deleted
/// whole.
pub(super) struct PoolTable<K, V> {
    name: &'static str,
    types: PhantomData<(K, V)>,
}

impl<K: Key + 'static, V: Value + 'static> PoolTable<K, V> {
    const fn new(name: &'static str) -> Self {
        Self { name, types: PhantomData }
    }

    /// Opens the table of a pool with a function that takes its definition.
    pub(super) fn open<T>(
        &self,
        pool_id: &str,
        open: impl FnOnce(TableDefinition<K, V>) -> T,
    ) -> T {
        open(TableDefinition::new(&name(self.name, pool_id)))
    }
}

/// What the table of a pool is called in the database.
pub(super) fn name(table: &str, pool_id: &str) -> String {
    format!("{table}/{pool_id}")
}
