//! The registry of tables: what each is for, how long it lives, and what becomes of a member's traces in it.
//!
//! A test compares it with the database, both ways, and sees every trace exported and erased.

mod declared;

use std::fmt::Write as _;

pub use self::declared::TABLES;
use crate::config::Variable;

/// One table of the cold store.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name in the database.
    pub name: &'static str,
    /// What it holds.
    pub purpose: &'static str,
    /// Who writes it, and when.
    pub writer: &'static str,
    /// How long a row lives.
    pub lifetime: Lifetime,
    /// Where its rows come from again when they are lost.
    pub recovery: Recovery,
    /// Where it names a user. Empty: nothing in it is about a person.
    pub traces: &'static [Trace],
}

/// How long a row lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Until whoever it belongs to, or an operator, deletes it.
    Owned,
    /// So many days, then a job deletes it.
    Days(u16),
    /// So many days as that setting says, then a job deletes it.
    DeletedAfter(&'static Variable),
    /// So many whole months as that setting says, then its partition is archived without its personal columns.
    ArchivedAfter(&'static Variable),
    /// So many whole months as that setting says, then its partition is dropped, or the row goes with the partition of
    /// its turns.
    DroppedAfter(&'static Variable),
}

/// Where lost rows come from again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// From a backup only.
    Backup,
    /// From Discord, which keeps them too; the rest from a backup.
    Discord,
    /// Not needed: the bot makes them again, and only a statistic or a safeguard of some hours is lost.
    Remade,
}

/// A column that names a user, and what erasing that user does to the rows that it marks.
#[derive(Debug, Clone, Copy)]
pub struct Trace {
    /// The column.
    pub column: &'static str,
    /// An SQL condition on the rows in which the column names a user at all; `None`: in all of them.
    pub among: Option<&'static str>,
    /// What erasing does.
    pub erase: Erase,
}

/// What erasing a user does to a row that names them.
#[derive(Debug, Clone, Copy)]
pub enum Erase {
    /// Deletes it: it is theirs.
    Row,
    /// Sets these columns to null, the naming one among them: the record is others' as well.
    Blank(&'static [&'static str]),
    /// Deletes it, unless this SQL condition holds: then others are still protected by it.
    Unless {
        /// When the row stays.
        condition: &'static str,
        /// Why, in words for the member.
        why: &'static str,
    },
}

impl Table {
    /// The table of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }
}

/// The registry as a Markdown table, sorted by name.
pub fn markdown() -> String {
    let mut tables: Vec<_> = TABLES.iter().collect();
    tables.sort_by_key(|table| table.name);
    let mut text = String::from(
        "| table | holds | written by | lives | when lost | personal data, and what erasing does to it |\n\
         |---|---|---|---|---|---|\n",
    );
    for table in tables {
        let Table { name, purpose, writer, .. } = table;
        let (lives, lost) = (lives(table.lifetime), lost(table.recovery));
        let traces = if table.traces.is_empty() {
            "none".to_owned()
        } else {
            table.traces.iter().map(erasing).collect::<Vec<_>>().join("; ")
        };
        writeln!(text, "| `{name}` | {purpose} | {writer} | {lives} | {lost} | {traces} |")
            .expect("a string takes any text");
    }
    text
}

fn lives(lifetime: Lifetime) -> String {
    match lifetime {
        Lifetime::Owned => "until deleted".to_owned(),
        Lifetime::Days(days) => format!("{days} days"),
        Lifetime::DeletedAfter(setting) => format!("{}, then deleted", span(setting, "days")),
        Lifetime::ArchivedAfter(setting) => {
            format!("{}, then archived without personal data", span(setting, "months"))
        }
        Lifetime::DroppedAfter(setting) => format!("{}, then dropped", span(setting, "months")),
    }
}

fn span(setting: &Variable, unit: &str) -> String {
    let default = setting.default.expect("retention has a default");
    format!("{default} {unit} (`{}`)", setting.name)
}

const fn lost(recovery: Recovery) -> &'static str {
    match recovery {
        Recovery::Backup => "from a backup",
        Recovery::Discord => "from Discord, the rest from a backup",
        Recovery::Remade => "made again",
    }
}

fn erasing(trace: &Trace) -> String {
    let column = trace.column;
    match trace.erase {
        Erase::Row => format!("`{column}`: the row is deleted"),
        Erase::Blank([_]) => format!("`{column}`: set to null"),
        Erase::Blank(columns) => {
            let names: Vec<_> = columns.iter().map(|name| format!("`{name}`")).collect();
            format!("`{column}`: {} set to null", names.join(", "))
        }
        Erase::Unless { why, .. } => format!("`{column}`: the row is deleted, unless {why}"),
    }
}
