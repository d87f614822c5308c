use redb::TableDefinition;

/// `format` alone: the version of everything below.
pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");

/// [`POOL_KEY`] alone: a [`PoolRecord`](crate::record::PoolRecord) as JSON.
pub(super) const POOL: TableDefinition<&str, &[u8]> = TableDefinition::new("pool");
pub(super) const POOL_KEY: &str = "pool";

/// By `sub`: a [`User`](crate::user::User) as JSON.
pub(super) const USERS: TableDefinition<&str, &[u8]> = TableDefinition::new("users");

/// By the folded name of sign-in: the `sub`.
pub(super) const NAMES: TableDefinition<&str, &str> = TableDefinition::new("names");

/// By counter and `sub`: a count and a moment.
pub(super) const ATTEMPTS: TableDefinition<(&str, &str), (u32, u64)> =
    TableDefinition::new("attempts");

/// The same for names that belong to nobody, by counter and slot: the owner of the slot, a count, a
/// moment.
///
/// The slots are the bound: 65,536 a counter. The last comer takes a slot. To make a slot change
/// hands, an attacker who does not know the pool's key must try tens of thousands of other names.
/// With passwords, at one hash each, that takes longer than the silence after which a lock is
/// forgotten anyway.
pub(super) const STRANGERS: TableDefinition<(&str, u16), ([u8; 16], u32, u64)> =
    TableDefinition::new("strangers");

/// By purpose and `sub`: a [`StoredCode`](crate::code::StoredCode) as JSON.
pub(super) const CODES: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("codes");

/// By `sub` and event id: a [`Login`](crate::login::Login) as JSON.
pub(super) const LOGINS: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("logins");

/// By SHA-256 of a refresh token: `sub` and event id of its login, which of the login's refresh
/// tokens it is, when it expires. It stays when its user is deleted, which AWS can tell of too.
pub(super) const REFRESH_TOKENS: TableDefinition<&[u8], (&str, &str, u32, u64)> =
    TableDefinition::new("refresh-tokens-of-logins");

/// By SHA-256 of a session: a [`Session`](crate::session::Session) as JSON.
pub(super) const SESSIONS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("sessions");

/// By `sub`: a [`SoftwareToken`](crate::software_token::SoftwareToken) as JSON.
pub(super) const SOFTWARE_TOKENS: TableDefinition<&str, &[u8]> =
    TableDefinition::new("software-tokens");
