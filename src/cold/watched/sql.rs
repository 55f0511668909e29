//! What a statement does to which tables, as far as its text tells.

use crate::cold::tables::TABLES;

/// What a statement is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct About {
    /// What it does, in one word: what it writes first, where it writes at all.
    pub(super) verb: &'static str,
    /// The tables that it names and what it does to each; those that it writes come first.
    pub(super) touched: Vec<(&'static str, &'static str)>,
}

/// Verbs of statements that name no table.
const VERBS: [&str; 9] =
    ["SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "SET"];

impl About {
    /// Of a statement whose words are parted by single spaces, or quoted as diesel writes them.
    pub(super) fn of(statement: &str) -> Self {
        let words: Vec<&str> = statement
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .collect();
        let is = |at: usize, word: &str| words.get(at).is_some_and(|found| found.eq_ignore_ascii_case(word));
        let table = |at: usize| {
            let at = if is(at, "ONLY") { at + 1 } else { at };
            let name = words.get(at)?;
            TABLES.iter().map(|table| table.name).find(|known| known == name)
        };
        let mut touched = Vec::new();
        for at in 0..words.len() {
            let before = |word| at > 0 && is(at - 1, word);
            let found = if is(at, "INSERT") && is(at + 1, "INTO") {
                table(at + 2).map(|name| ("INSERT", name))
            } else if is(at, "DELETE") && is(at + 1, "FROM") {
                table(at + 2).map(|name| ("DELETE", name))
            } else if is(at, "UPDATE") && !before("FOR") && !before("DO") {
                table(at + 1).map(|name| ("UPDATE", name))
            } else if (is(at, "FROM") && !before("DELETE")) || is(at, "JOIN") {
                table(at + 1).map(|name| ("SELECT", name))
            } else {
                None
            };
            touched.extend(found.filter(|found| !touched.contains(found)));
        }
        touched.sort_by_key(|(verb, _)| *verb == "SELECT");
        let first = words.first().copied().unwrap_or_default();
        let verb = match touched.first() {
            Some((verb, _)) => verb,
            None if first.eq_ignore_ascii_case("START") => "BEGIN",
            None if first.eq_ignore_ascii_case("WITH") => "SELECT",
            None => VERBS.into_iter().find(|verb| verb.eq_ignore_ascii_case(first)).unwrap_or("OTHER"),
        };
        Self { verb, touched }
    }
}

/// The text without the line breaks and indents of our sources.
pub(super) fn in_one_line(statement: &str) -> String {
    statement.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(statement: &str) -> (String, String) {
        let About { verb, touched } = About::of(&in_one_line(statement));
        let touched: Vec<_> = touched.iter().map(|(verb, table)| format!("{verb} {table}")).collect();
        (verb.to_owned(), touched.join(", "))
    }

    #[test]
    fn a_statement_says_what_it_touches() {
        for (statement, verb, touched) in [
            ("SELECT 1", "SELECT", ""),
            ("BEGIN", "BEGIN", ""),
            ("START TRANSACTION READ ONLY", "BEGIN", ""),
            ("COMMIT", "COMMIT", ""),
            ("VACUUM", "OTHER", ""),
            ("", "OTHER", ""),
            (
                "SELECT \"usage_ledger\".\"user_id\" FROM \"usage_ledger\" WHERE (\"usage_ledger\".\"user_id\" = $1)",
                "SELECT",
                "SELECT usage_ledger",
            ),
            ("SELECT day FROM user_first_seen FOR UPDATE", "SELECT", "SELECT user_first_seen"),
            (
                "WITH written AS (
                    INSERT INTO usage_ledger (a) VALUES ($1) ON CONFLICT (a) DO NOTHING RETURNING a
                ), seen AS (
                    INSERT INTO user_first_seen AS known (user_id) SELECT a FROM written
                    ON CONFLICT (user_id) DO UPDATE SET day = least(known.day, excluded.day)
                ) SELECT EXISTS (SELECT FROM written)",
                "INSERT",
                "INSERT usage_ledger, INSERT user_first_seen",
            ),
            (
                "SELECT x FROM usage_ledger JOIN user_first_seen ON true; DELETE FROM usage_ledger",
                "DELETE",
                "DELETE usage_ledger, SELECT usage_ledger, SELECT user_first_seen",
            ),
            ("update only usage_ledger set a = 1", "UPDATE", "UPDATE usage_ledger"),
            ("SELECT 'FROM', secrets FROM elsewhere", "SELECT", ""),
        ] {
            assert_eq!(about(statement), (verb.to_owned(), touched.to_owned()), "{statement}");
        }
    }
}
