//! Every table there is, declared once.

use super::{
    Erase::{Blank, Row, Unless},
    Lifetime::{ArchivedAfter, Days, DroppedAfter, Owned},
    Recovery::{Backup, Discord, Remade},
    Table, Trace,
};

const fn trace(column: &'static str, erase: super::Erase) -> Trace {
    Trace { column, among: None, erase }
}

/// Months for which single calls and changes can be told to a person.
const RECORD_MONTHS: u16 = 13;
/// Months for which scenes can be read again.
const SCENE_MONTHS: u16 = 12;

/// All tables, by subject.
pub const TABLES: &[Table] = &[
    Table {
        name: "users",
        purpose: "what a user chose everywhere, and the version of what is cached about them",
        writer: "members; the database, when an entitlement changes",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("user_id", Row)],
    },
    Table {
        name: "guild_settings",
        purpose: "a guild's settings, with the version of what is cached about it",
        writer: "guild admins; the database, when a list or an entitlement changes",
        lifetime: Owned,
        recovery: Backup,
        traces: &[],
    },
    Table {
        name: "guild_list_entries",
        purpose: "a guild's lists: allowed roles and channels, blocked users, staff roles",
        writer: "guild admins",
        lifetime: Owned,
        recovery: Backup,
        traces: &[Trace {
            column: "entry_id",
            among: Some("list = 'blocked_users'"),
            erase: Unless {
                condition: "true",
                why: "it is a block by a guild's admins, which only they lift: it would else be lifted by erasing",
            },
        }],
    },
    Table {
        name: "premium_entitlements",
        purpose: "a guild's tiers: source, beginning, end",
        writer: "Discord's entitlements, operators, trials and gifts",
        lifetime: Owned,
        recovery: Discord,
        traces: &[],
    },
    Table {
        name: "user_entitlements",
        purpose: "a user's tiers: source, beginning, end",
        writer: "Discord's entitlements, operators, trials and gifts",
        lifetime: Owned,
        recovery: Discord,
        traces: &[trace("user_id", Row)],
    },
    Table {
        name: "character_custom_styles",
        purpose: "characters that members made or brought along: the card byte for byte, and the avatar",
        writer: "members",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("owner_id", Row)],
    },
    Table {
        name: "character_user_state",
        purpose: "a member's active character and preferences, by guild",
        writer: "members",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("user_id", Row)],
    },
    Table {
        name: "character_owned_styles",
        purpose: "a member's collection",
        writer: "rolls, trades, gifts; members",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("user_id", Row)],
    },
    Table {
        name: "roll_state",
        purpose: "a member's pity: rolls since the last good one",
        writer: "rolls",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("user_id", Row)],
    },
    Table {
        name: "rolls",
        purpose: "each roll with its random draw, odds, cost and result; append-only but for the one decision",
        writer: "rolls",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("user_id", Blank(&["user_id"]))],
    },
    Table {
        name: "bond_state",
        purpose: "bond XP and nickname by user and character",
        writer: "conversations and scenes, after the answer; members",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("user_id", Row)],
    },
    Table {
        name: "usage_ledger",
        purpose: "each call of a model: tokens, cost, outcome; append-only, by month",
        writer: "the settlement of each call",
        lifetime: ArchivedAfter(RECORD_MONTHS),
        recovery: Backup,
        traces: &[trace("user_id", Blank(&["user_id"]))],
    },
    Table {
        name: "scenes",
        purpose: "a scene: where, since when, in which state",
        writer: "scenes",
        lifetime: DroppedAfter(SCENE_MONTHS),
        recovery: Backup,
        traces: &[trace("started_by", Blank(&["started_by", "title"]))],
    },
    Table {
        name: "scene_cast",
        purpose: "the characters of a scene",
        writer: "scenes",
        lifetime: DroppedAfter(SCENE_MONTHS),
        recovery: Backup,
        traces: &[],
    },
    Table {
        name: "scene_turns",
        purpose: "what was said in a scene; append-only, by month",
        writer: "scenes",
        lifetime: DroppedAfter(SCENE_MONTHS),
        recovery: Backup,
        traces: &[trace("user_id", Blank(&["user_id", "content"]))],
    },
    Table {
        name: "audit_log",
        purpose: "who changed which setting, switch, block or entitlement; append-only, by month",
        writer: "every change by an admin or operator",
        lifetime: ArchivedAfter(RECORD_MONTHS),
        recovery: Backup,
        traces: &[
            trace("actor_id", Blank(&["actor_id", "reason"])),
            trace("user_id", Blank(&["user_id", "before", "after", "reason"])),
        ],
    },
    Table {
        name: "ai_switches",
        purpose: "runtime kill switches in force, with reason and end",
        writer: "operators",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("disabled_by", Blank(&["disabled_by"]))],
    },
    Table {
        name: "blocks",
        purpose: "users and guilds that the bot refuses, with reason and end",
        writer: "operators",
        lifetime: Owned,
        recovery: Backup,
        traces: &[
            Trace {
                column: "subject_id",
                among: Some("kind = 'user'"),
                erase: Unless {
                    condition: "blocked_until IS NULL OR blocked_until > now()",
                    why: "it is a block by the operator that is still in force: it would else be lifted by erasing",
                },
            },
            trace("blocked_by", Blank(&["blocked_by"])),
        ],
    },
    Table {
        name: "applied_writes",
        purpose: "keys of queued writes that have landed, so that none lands twice; no key names a user",
        writer: "whatever drains the sync queue, in the write's own transaction",
        lifetime: Days(30),
        recovery: Remade,
        traces: &[],
    },
    Table {
        name: "job_fences",
        purpose: "fencing tokens: only a job's newest holder may write",
        writer: "jobs, when they take their lock",
        lifetime: Owned,
        recovery: Remade,
        traces: &[],
    },
    Table {
        name: "analytics_daily_metrics",
        purpose: "sums by day, guild and metric",
        writer: "the job that flushes counters",
        lifetime: Owned,
        recovery: Backup,
        traces: &[],
    },
    Table {
        name: "user_first_seen",
        purpose: "the day a user was first seen, for cohorts",
        writer: "a member's first answer",
        lifetime: Owned,
        recovery: Backup,
        traces: &[trace("user_id", Row)],
    },
    Table {
        name: "voice_sounds",
        purpose: "sounds of characters: what they are, and where the files lie",
        writer: "operators; members, for their own characters",
        lifetime: Owned,
        recovery: Backup,
        traces: &[],
    },
];
