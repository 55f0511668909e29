//! Statements written in SQL that are prepared once a connection.
//!
//! `diesel::sql_query` prepares its text anew each time, which is a round trip more for each use. A statement here
//! has a text that never changes, so that its preparation is kept, as it is for those of the query builder.

use std::marker::PhantomData;

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{HasSqlType, Untyped},
};

/// A text with parameters `$1`, `$2` and so on, which are bound in this order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statement(&'static str);

/// A statement with one more parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound<Inner, Sql, Value> {
    inner: Inner,
    value: Value,
    sql_type: PhantomData<Sql>,
}

/// The statement with that text. Rows come out by their columns' names.
pub(super) const fn statement(text: &'static str) -> Statement {
    Statement(text)
}

pub(super) trait Bind: Sized {
    /// Binds the next parameter.
    fn bind<Sql, Value>(self, value: Value) -> Bound<Self, Sql, Value> {
        Bound { inner: self, value, sql_type: PhantomData }
    }
}

impl Bind for Statement {}
impl<Inner, Sql, Value> Bind for Bound<Inner, Sql, Value> {}

impl QueryFragment<Pg> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<Inner, Sql, Value> QueryFragment<Pg> for Bound<Inner, Sql, Value>
where
    Inner: QueryFragment<Pg>,
    Pg: HasSqlType<Sql>,
    Value: ToSql<Sql, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.inner.walk_ast(out.reborrow())?;
        out.push_bind_param_value_only(&self.value)
    }
}

// Without an id of its own, a preparation is found by text and types.
impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Inner, Sql, Value> QueryId for Bound<Inner, Sql, Value> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl<Inner, Sql, Value> Query for Bound<Inner, Sql, Value> {
    type SqlType = Untyped;
}
