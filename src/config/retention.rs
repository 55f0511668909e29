//! Settings of retention: for how long records stay.

use super::{
    reader::{Parsed, Reader},
    variable::{Section, Variable},
};

const MONTHS: &str = "a whole number of months from 2 to 120";

/// How long each call of a model can be told.
pub const USAGE_RETENTION_MONTHS: Variable = Variable {
    name: "USAGE_RETENTION_MONTHS",
    doc: "Months for which each AI call stays in the usage ledger, beside the present one. Older months are moved to \
          the schema `troupe_archive`, without the members' ids.",
    accepted: MONTHS,
    default: Some("13"),
    example: "13",
    ..Variable::PLAIN
};

/// How long scenes can be read.
pub const SCENE_RETENTION_MONTHS: Variable = Variable {
    name: "SCENE_RETENTION_MONTHS",
    doc: "Months for which scenes stay, beside the present one. Older ones are deleted: they are members' words.",
    accepted: MONTHS,
    default: Some("6"),
    example: "6",
    ..Variable::PLAIN
};

/// How long changes can be told.
pub const AUDIT_RETENTION_MONTHS: Variable = Variable {
    name: "AUDIT_RETENTION_MONTHS",
    doc: "Months for which the audit log stays, beside the present one. Older months are moved to the schema \
          `troupe_archive`, without the members' ids and without the values.",
    accepted: MONTHS,
    default: Some("24"),
    example: "24",
    ..Variable::PLAIN
};

/// How long answers have their buttons.
pub const REPLY_RETENTION_DAYS: Variable = Variable {
    name: "REPLY_RETENTION_DAYS",
    doc: "Days for which answers are kept with the lines they answer, so that the buttons below them work. Older ones are \
          deleted: they are members' words.",
    accepted: "a whole number of days from 1 to 90",
    default: Some("7"),
    example: "7",
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section = Section {
    title: "Retention",
    variables: &[
        &USAGE_RETENTION_MONTHS,
        &SCENE_RETENTION_MONTHS,
        &AUDIT_RETENTION_MONTHS,
        &REPLY_RETENTION_DAYS,
    ],
};

/// The retention section: whole months beside the present one, 2 to 120, and whole days, 1 to 90.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionSettings {
    /// Of the usage ledger.
    pub usage_months: u32,
    /// Of scenes.
    pub scene_months: u32,
    /// Of the audit log.
    pub audit_months: u32,
    /// Of kept replies, in days.
    pub reply_days: u32,
}

impl RetentionSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            usage_months: reader.or_default(&USAGE_RETENTION_MONTHS, parse_months),
            scene_months: reader.or_default(&SCENE_RETENTION_MONTHS, parse_months),
            audit_months: reader.or_default(&AUDIT_RETENTION_MONTHS, parse_months),
            reply_days: reader.or_default(&REPLY_RETENTION_DAYS, parse_days),
        }
    }
}

/// The database never retires this month and the last.
fn parse_months(value: &str) -> Parsed<u32> {
    match value.parse::<u32>() {
        Ok(months) if (2..=120).contains(&months) => Ok(months),
        _ => Err("is not a number of months in that range"),
    }
}

fn parse_days(value: &str) -> Parsed<u32> {
    match value.parse::<u32>() {
        Ok(days) if (1..=90).contains(&days) => Ok(days),
        _ => Err("is not a number of days in that range"),
    }
}
