//! The registry of tables and the database say the same, both ways.

use std::collections::BTreeSet;

use troupe::cold::tables::{Erase, TABLES, Table, markdown};

use super::{Connection, lines, migrated, printed};

/// Columns with an id of Discord's that is no person's.
const NOBODY: &[&str] =
    &["guild_id", "channel_id", "interaction_id", "scene_id", "roll_id", "trade_id", "line_message_id"];

#[tokio::test]
async fn registry_and_database_say_the_same() {
    let (_postgres, mut connection) = migrated().await;
    every_table_is_declared_and_every_declared_table_exists(&mut connection).await;
    no_column_that_names_a_person_is_forgotten(&mut connection).await;
    blanked_columns_may_be_null_and_name_the_trace(&mut connection).await;
    the_archive_forgets_what_erasing_forgets(&mut connection).await;
}

async fn every_table_is_declared_and_every_declared_table_exists(connection: &mut Connection) {
    let present: BTreeSet<_> = lines(connection, printed::TABLES).await.into_iter().collect();
    let declared: BTreeSet<_> = TABLES.iter().map(|table| table.name.to_owned()).collect();
    assert_eq!(declared, present);
    assert_eq!(declared.len(), TABLES.len(), "a table is declared twice");
}

/// Whatever could name a person is a trace, so that it is exported and erased.
async fn no_column_that_names_a_person_is_forgotten(connection: &mut Connection) {
    let ids = "SELECT format('%s.%s', table_name, column_name) AS line FROM information_schema.columns
        JOIN pg_class ON oid = format('%I.%I', table_schema, table_name)::regclass
        WHERE table_schema = 'public' AND domain_name = 'discord_id' AND NOT relispartition ORDER BY 1";
    let declared: BTreeSet<_> = TABLES
        .iter()
        .flat_map(|table| table.traces.iter().map(|trace| format!("{}.{}", table.name, trace.column)))
        .collect();
    let persons: BTreeSet<_> = lines(connection, ids)
        .await
        .into_iter()
        .filter(|id| !NOBODY.iter().any(|nobody| id.ends_with(&format!(".{nobody}"))))
        .collect();
    assert_eq!(declared, persons);
    let bare = "SELECT format('%s.%s', table_name, column_name) AS line FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name ~ '(_id|_by)$' AND data_type = 'bigint'
            AND domain_name IS DISTINCT FROM 'discord_id'";
    assert_eq!(lines(connection, bare).await, [] as [String; 0], "an id that is not of the domain");
}

async fn blanked_columns_may_be_null_and_name_the_trace(connection: &mut Connection) {
    for Table { name, traces, .. } in TABLES {
        for trace in *traces {
            let Erase::Blank(columns) = trace.erase else { continue };
            assert!(columns.contains(&trace.column), "{name}.{} would stay", trace.column);
            for column in columns {
                let query = format!(
                    "SELECT is_nullable::text AS line FROM information_schema.columns
                     WHERE table_schema = 'public' AND table_name = '{name}' AND column_name = '{column}'"
                );
                assert_eq!(lines(connection, &query).await, ["YES"], "{name}.{column}");
            }
        }
    }
}

/// What the archive blanks is what erasing blanks.
async fn the_archive_forgets_what_erasing_forgets(connection: &mut Connection) {
    let query =
        "SELECT format('%s %s', parent, name) AS line FROM troupe_partitioned(), unnest(personal) AS name
        WHERE archived";
    let archived: BTreeSet<_> = lines(connection, query).await.into_iter().collect();
    let mut erased = BTreeSet::new();
    for name in ["usage_ledger", "audit_log"] {
        for trace in Table::named(name).expect("declared").traces {
            let Erase::Blank(columns) = trace.erase else { panic!("{name} is append-only") };
            erased.extend(columns.iter().map(|column| format!("{name} {column}")));
        }
    }
    assert_eq!(archived, erased);
}

#[test]
fn the_page_has_a_row_for_each_table() {
    let page = markdown();
    assert_eq!(page.lines().count(), TABLES.len() + 2);
    assert!(page.lines().all(|line| line.matches('|').count() == 7), "{page}");
    assert!(page.contains("| `user_first_seen` | the day a user was first seen"), "{page}");
}
