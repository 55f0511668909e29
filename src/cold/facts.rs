//! What a PostgreSQL server says about itself, for checks.

use diesel::sql_types::{Bool, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::{connect::Connection, error::ColdError};

/// What the server says about itself and about the rights of the connection's user.
#[derive(Debug, Clone, PartialEq, Eq, diesel::QueryableByName)]
pub struct ServerFacts {
    /// Version as one number: 160004 is 16.4.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Whether it is a read-only copy of another server.
    #[diesel(sql_type = Bool)]
    pub replica: bool,
    /// The schema that new tables go to; `None` when the search path names none that exists.
    #[diesel(sql_type = Nullable<Text>)]
    pub schema: Option<String>,
    /// Whether the user may create tables there.
    #[diesel(sql_type = Bool)]
    pub may_create: bool,
    /// Whether the connection is encrypted.
    #[diesel(sql_type = Bool)]
    pub encrypted: bool,
}

/// Asks the server.
///
/// # Errors
/// [`ColdError::Query`] when the statement fails.
pub async fn facts(connection: &mut Connection) -> Result<ServerFacts, ColdError> {
    let query = "SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS replica, \
                 current_schema()::text AS schema, \
                 coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create, \
                 coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted";
    Ok(diesel::sql_query(query).get_result(connection).await?)
}
