//! The cold stores on a real PostgreSQL, each test in a database of its own.

use diesel_async::SimpleAsyncConnection;

use crate::support::postgres::{Database, migrated};

#[tokio::test]
async fn each_test_has_a_database_of_its_own_and_its_statements_are_counted() {
    let databases: [Database; 2] = [migrated().await, migrated().await];
    let mut first = databases[0].connect().await;
    let mut second = databases[1].connect().await;
    first.batch_execute("INSERT INTO users (user_id) VALUES (7)").await.expect("a row");
    second.batch_execute("INSERT INTO users (user_id) VALUES (7)").await.expect("a row in another database");
    let before = [databases[0].statements().await, databases[1].statements().await];
    first.batch_execute("DELETE FROM users WHERE user_id = 7").await.expect("no row");
    let after = [databases[0].statements().await, databases[1].statements().await];
    assert_eq!([after[0] - before[0], after[1] - before[1]], [1, 0]);
}
