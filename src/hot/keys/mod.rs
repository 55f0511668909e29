//! The registry of key families: every key that Troupe writes is declared here, and formed nowhere else.
//!
//! Braces stand literally in the keys: they are Redis Cluster's hash tags, so that whatever one script touches
//! lies in one slot. Times of day are UTC; a DAY is `YYYYMMDD`.

mod forms;

use std::time::Duration;

pub use self::forms::Kind;
use super::key::{Family, KeyFamily, Lifetime, Personal, Shape};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A budget's day is looked at for seven days, and a clock may be a little off.
const BUDGET_DAYS: Duration = Duration::from_secs(8 * DAY.as_secs());

/// As long as `applied_writes` remembers.
const QUEUE_MEMORY: Duration = Duration::from_secs(30 * DAY.as_secs());

const QUEUED: Lifetime =
    Lifetime::Forever("a queue: what is in it leaves when PostgreSQL has it, or an operator drops it");
const QUEUE: &str = "each process keeps its own writes in a file as well";
const WAITING: &str = "each process, for writes that meet an outage of PostgreSQL; whoever applies them";
const ADMISSION: &str = "admission, before each call of a model, and its settlement";
const LIMIT: &str = "starts again from nothing: limits only";

macro_rules! families {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            pattern: $pattern:expr, shape: $shape:ident, lifetime: $lifetime:expr, personal: $personal:expr,
            purpose: $purpose:expr, recovery: $recovery:expr, writer: $writer:expr $(,)?
        }
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;

            impl KeyFamily for $name {
                const FAMILY: &'static Family = &Family {
                    name: stringify!($name),
                    pattern: $pattern,
                    shape: Shape::$shape,
                    lifetime: $lifetime,
                    purpose: $purpose,
                    recovery: $recovery,
                    writer: $writer,
                    personal: $personal,
                };
            }
        )*

        /// Every family, in the order of the documentation.
        pub const FAMILIES: &[&Family] = &[$($name::FAMILY),*];
    };
}

families! {
    /// Concurrency of all guilds together.
    ConcurrencyGlobal {
        pattern: "ai:conc:global", shape: SortedSet,
        lifetime: Lifetime::Until("the latest lease has run out, and the latest wait in line is over: AI_LEASE_TTL_S, renewed"),
        personal: Personal::Passing("a call from direct messages that waits in line names the member's place, for seconds"),
        purpose: "leases of AI calls under way, by when they run out; below 0 the line of those who wait for one, by when they came",
        recovery: "heals by itself: each call under way renews its lease, and who waits asks again",
        writer: ADMISSION,
    }
    /// Concurrency of one place.
    ConcurrencyGuild {
        pattern: "ai:conc:guild:{PLACE}", shape: SortedSet,
        lifetime: Lifetime::Until("AI_LEASE_TTL_S and a day have passed: so long what an abandoned lease counts for can be taken back"),
        personal: Personal::InPlace,
        purpose: "leases of one guild's AI calls under way, by when they run out; below 0 the line of those who wait for one, by when they came",
        recovery: "heals by itself: each call under way renews its lease, and who waits asks again",
        writer: ADMISSION,
    }
    /// A call that has reserved, and whether it has settled.
    Lease {
        pattern: "ai:lease:{PLACE}:LEASE", shape: Text,
        lifetime: Lifetime::Until("AI_LEASE_TTL_S and 15 minutes have passed since the call ended; a day where nobody ended it"),
        personal: Personal::InPlaceAndPassing("a call under way names what it counts for; when it ends that goes, and a day after a crash"),
        purpose: "who holds a call's reservation and what it counts for, so that reserving, settling and taking back happen once",
        recovery: "the call stops when it next renews its lease; its reservation stands as counted",
        writer: ADMISSION,
    }
    /// Talk calls of a place on a day.
    TalkCountGuild {
        pattern: "talk:count:guild:{PLACE}:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InPlace,
        purpose: "answers that a guild got on a day", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// Talk calls of a member on a day.
    TalkCountUser {
        pattern: "talk:count:user:{PLACE}:USER:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InKey,
        purpose: "answers that a member got on a day", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// Talk tokens of a member on a day.
    TalkTokensUser {
        pattern: "talk:tokens:user:{PLACE}:USER:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InKey,
        purpose: "tokens that a member's talks used on a day", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// Scene turns of a place on a day.
    SceneTurnsGuild {
        pattern: "scene:turns:guild:{PLACE}:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InPlace,
        purpose: "scene turns of a guild on a day", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// Scene turns of a member on a day.
    SceneTurnsUser {
        pattern: "scene:turns:user:{PLACE}:USER:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InKey,
        purpose: "scene turns of a member on a day", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// Scene tokens of a member on a day.
    SceneTokensUser {
        pattern: "scene:tokens:user:{PLACE}:USER:DAY", shape: Text, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InKey,
        purpose: "tokens that a member's scenes used on a day", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// A member's recent calls.
    WindowUser {
        pattern: "window:user:{PLACE}:USER:KIND", shape: SortedSet, lifetime: Lifetime::Until("the window's length and 5 s"),
        personal: Personal::InKey,
        purpose: "a member's latest calls, for the short window", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// A place's recent calls.
    WindowGuild {
        pattern: "window:guild:{PLACE}:KIND", shape: SortedSet, lifetime: Lifetime::Until("the window's length and 5 s"),
        personal: Personal::InPlace,
        purpose: "a guild's latest calls, for the short window", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// Overflows of a member's window.
    Strikes {
        pattern: "penalty:strikes:{PLACE}:USER:KIND", shape: SortedSet, lifetime: Lifetime::Until("an overrun no longer counts, after 10 minutes"),
        personal: Personal::InKey,
        purpose: "a member's latest overruns of the window", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// How severe a member's next penalty is.
    PenaltyLevel {
        pattern: "penalty:level:{PLACE}:USER:KIND", shape: Text, lifetime: Lifetime::Until("7 quiet days have passed"),
        personal: Personal::InKey,
        purpose: "how many penalties a member had, until 7 quiet days have passed", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// A penalty in force.
    Penalty {
        pattern: "penalty:lock:{PLACE}:USER:KIND", shape: Text, lifetime: Lifetime::Until("the penalty ends, 6 hours at most"),
        personal: Personal::InKey,
        purpose: "a member who must wait after overrunning the window again and again", recovery: LIMIT,
        writer: ADMISSION,
    }
    /// Runtime kill switches.
    AiDisabled {
        pattern: "ai:disabled", shape: Hash,
        lifetime: Lifetime::Forever("a switch holds until an operator turns it back, or until its own time in the value"),
        personal: Personal::No,
        purpose: "runtime kill switches with their version: global, or by feature, guild, provider, model, character",
        recovery: "from PostgreSQL (ai_switches), within 15 s; meanwhile they hold in every process's memory",
        writer: "operators, and each process from PostgreSQL",
    }
    /// A provider's breaker.
    Breaker {
        pattern: "ai:breaker:{PROVIDER}", shape: Hash, lifetime: Lifetime::Fixed(Duration::from_secs(15 * 60)),
        personal: Personal::No,
        purpose: "how a model provider's latest calls ended, whether it is left alone for now, and who tries it again",
        recovery: "counted anew",
        writer: "each process, after calls of a model",
    }
    /// A guild's policy.
    GuildPolicy {
        pattern: "guild:{GUILD}:settings", shape: Hash, lifetime: Lifetime::Fixed(Duration::from_secs(60)), personal: Personal::No,
        purpose: "a guild's settings, lists and tier as one JSON, with its version",
        recovery: "from PostgreSQL",
        writer: "whoever reads a policy that is not there, or changes it",
    }
    /// A member's policy.
    UserPolicy {
        pattern: "user:{USER}:policy", shape: Hash, lifetime: Lifetime::Fixed(Duration::from_secs(60)), personal: Personal::InKey,
        purpose: "a member's tier and blocks as one JSON, with its version",
        recovery: "from PostgreSQL",
        writer: "whoever reads a policy that is not there, or changes it",
    }
    /// Short memory.
    Memory {
        pattern: "talk:memory:{PLACE}:USER:CHARACTER", shape: List, lifetime: Lifetime::Setting("MEMORY_TTL_SECONDS"),
        personal: Personal::InKey,
        purpose: "the latest lines between a member and a character",
        recovery: "lost: the character forgets the latest lines",
        writer: "conversations, after the answer",
    }
    /// The probe's key.
    HealthCheck {
        pattern: "health:check", shape: Text, lifetime: Lifetime::Fixed(Duration::from_secs(60)), personal: Personal::No,
        purpose: "written and read to see that Redis takes writes", recovery: "written again by the next probe",
        writer: "each process, while it watches over Redis; `troupe doctor`",
    }
    /// The probe's keys in a cluster.
    HealthPart {
        pattern: "health:check:{PART}", shape: Text, lifetime: Lifetime::Fixed(Duration::from_secs(60)), personal: Personal::No,
        purpose: "as health:check, on every master of a cluster", recovery: "written again by the next probe",
        writer: "each process, while it watches over Redis",
    }
    /// Durable writes that are due.
    QueueWaiting {
        pattern: "queue:{sync}:waiting", shape: SortedSet, lifetime: QUEUED, personal: Personal::No,
        purpose: "ids of durable writes that wait for PostgreSQL, most urgent first", recovery: QUEUE,
        writer: WAITING,
    }
    /// Durable writes between two tries.
    QueueLater {
        pattern: "queue:{sync}:later", shape: SortedSet, lifetime: QUEUED, personal: Personal::No,
        purpose: "ids of writes between two tries, by when they are due", recovery: QUEUE,
        writer: WAITING,
    }
    /// Durable writes that a process has taken.
    QueueTaken {
        pattern: "queue:{sync}:taken", shape: SortedSet, lifetime: QUEUED, personal: Personal::No,
        purpose: "ids of writes being applied, by when they go back to waiting", recovery: QUEUE,
        writer: WAITING,
    }
    /// Writes that failed for good.
    QueueDead {
        pattern: "queue:{sync}:dead", shape: SortedSet, lifetime: QUEUED, personal: Personal::No,
        purpose: "ids of writes that PostgreSQL refuses, by when it did", recovery: QUEUE,
        writer: WAITING,
    }
    /// The writes themselves.
    QueueItems {
        pattern: "queue:{sync}:items", shape: Hash, lifetime: QUEUED,
        personal: Personal::InWrites,
        purpose: "the writes that wait or failed, by id", recovery: QUEUE,
        writer: WAITING,
    }
    /// What is known of each write.
    QueueNotes {
        pattern: "queue:{sync}:notes", shape: Hash, lifetime: QUEUED,
        personal: Personal::No,
        purpose: "order, tries and last failure of each write in the queue, by id", recovery: QUEUE,
        writer: WAITING,
    }
    /// Writes that an operator has dropped.
    QueueDropped {
        pattern: "queue:{sync}:dropped", shape: SortedSet, lifetime: Lifetime::Fixed(QUEUE_MEMORY), personal: Personal::No,
        purpose: "ids of writes that an operator has dropped, so that no process's file brings one back",
        recovery: "a dropped write that a process still has in its file is tried again",
        writer: "`troupe queue drop`; erasing a member whose dead letter it is",
    }
    /// Members who were erased.
    QueueForgotten {
        pattern: "queue:{sync}:forgotten", shape: SortedSet, lifetime: Lifetime::Fixed(QUEUE_MEMORY),
        personal: Personal::Passing("the ids of erased members, so that no waiting write brings them back; each goes after 30 days"),
        purpose: "members who were erased, by when: writes made before land without them",
        recovery: "erase them again when a write from before has landed since",
        writer: "`troupe privacy erase`",
    }
    /// A leader's lock.
    Lock {
        pattern: "lock:{JOB}", shape: Text, lifetime: Lifetime::Until("the job's lock time, renewed while it works"), personal: Personal::No,
        purpose: "which process does a job", recovery: "another process leads; fencing tokens in PostgreSQL keep the old one out",
        writer: "jobs",
    }
    /// An interaction that was seen.
    Seen {
        pattern: "seen:{INTERACTION}", shape: Text, lifetime: Lifetime::Fixed(Duration::from_secs(15 * 60)), personal: Personal::No,
        purpose: "interactions that were handled, so that none is handled twice",
        recovery: "Discord refuses a second answer by itself",
        writer: "the first process that gets the interaction",
    }
    /// Counters of a guild's day.
    StatsDaily {
        pattern: "stats:daily:{PLACE}:DAY", shape: Hash, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InPlace,
        purpose: "what a guild did on a day, before it is added up in PostgreSQL",
        recovery: "lost since the last flush: statistics only",
        writer: "whatever is counted, when it happens",
    }
    /// Counters on their way to PostgreSQL.
    StatsClaim {
        pattern: "stats:claim:{PLACE}:DAY:BATCH", shape: Hash, lifetime: Lifetime::Fixed(BUDGET_DAYS),
        personal: Personal::InPlace,
        purpose: "counters being added up in PostgreSQL, under the batch's key",
        recovery: "lost since the last flush: statistics only",
        writer: "the job that flushes counters",
    }
}
