//! Which requests share a bucket, and what each bucket allows.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use axum::http::{HeaderValue, Method};
use parking_lot::RwLock;

use crate::rest::pattern::{Route, nameless};

/// A bucket's name and numbers; requests to it are counted by who calls and what they call upon.
#[derive(Debug)]
pub(super) struct Group {
    /// Tells groups apart.
    pub(super) index: u32,
    /// The opaque text that clients group routes by (`X-RateLimit-Bucket`).
    pub(super) hash: HeaderValue,
    limit: AtomicU32,
    window_ms: AtomicU64,
}

impl Group {
    /// How many, in how many milliseconds.
    pub(super) fn allows(&self) -> (u32, u64) {
        (self.limit.load(Ordering::Relaxed), self.window_ms.load(Ordering::Relaxed))
    }
}

/// What tells requests of one route apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    /// A webhook route that is called with an interaction's token.
    Interaction,
    /// A channel's change that touches its name or topic.
    Rename,
}

/// A row of the defaults: method, nameless template, when, bucket, limit, window in milliseconds.
type Row = (&'static str, &'static str, When, &'static str, u32, u64);

/// Discord doesn't publish its numbers and changes them at will; these are what bots have measured.
/// The order matters within a route: the first row that fits is taken.
///
/// What isn't here has a bucket of its own, of [`OTHER`]. Deliberately simpler than Discord: writing
/// commands is held by that too (Discord: 200 new commands a day and guild), and messages older than
/// two weeks are deleted at the same pace as young ones.
const DEFAULTS: [Row; 16] = [
    ("POST", "/channels/{}/messages", When::Always, "message.create", 5, 5000),
    ("PATCH", "/channels/{}/messages/{}", When::Always, "message.edit", 5, 5000),
    ("DELETE", "/channels/{}/messages/{}", When::Always, "message.delete", 5, 1000),
    ("POST", "/channels/{}/messages/bulk-delete", When::Always, "message.bulk-delete", 1, 1000),
    ("POST", "/channels/{}/typing", When::Always, "typing", 5, 5000),
    ("PUT", "/channels/{}/messages/{}/reactions/{}/@me", When::Always, "reaction", 1, 250),
    ("DELETE", "/channels/{}/messages/{}/reactions/{}/@me", When::Always, "reaction", 1, 250),
    ("DELETE", "/channels/{}/messages/{}/reactions/{}/{}", When::Always, "reaction", 1, 250),
    ("DELETE", "/channels/{}/messages/{}/reactions/{}", When::Always, "reaction", 1, 250),
    ("DELETE", "/channels/{}/messages/{}/reactions", When::Always, "reaction", 1, 250),
    ("PATCH", "/channels/{}", When::Rename, "channel.rename", 2, 600_000),
    ("POST", "/webhooks/{}/{}", When::Interaction, "follow-up.create", 5, 5000),
    ("POST", "/webhooks/{}/{}", When::Always, "webhook.execute", 5, 2000),
    ("PATCH", "/webhooks/{}/{}/messages/{}", When::Interaction, "follow-up.edit", 5, 5000),
    ("PATCH", "/webhooks/{}/{}/messages/@original", When::Interaction, "follow-up.edit", 5, 5000),
    ("PATCH", "/webhooks/{}/{}/messages/{}", When::Always, "webhook.edit", 5, 5000),
];
/// Every other route: 50 in a second.
const OTHER: (u32, u64) = (50, 1000);
/// The first answer to an interaction has no bucket: an interaction takes one anyway.
const FREE: (&str, &str) = ("POST", "/interactions/{}/{}/callback");

/// What of a request decides its bucket, besides its route.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traits {
    /// It is called with an interaction's token.
    pub interaction: bool,
    /// Its body holds a channel's name or topic.
    pub renames: bool,
}

/// The buckets of one route.
#[derive(Debug, Default)]
struct Buckets(Vec<(When, Arc<Group>)>);

impl Buckets {
    fn choose(&self, traits: Traits) -> Option<Arc<Group>> {
        let fits = |when| match when {
            When::Always => true,
            When::Interaction => traits.interaction,
            When::Rename => traits.renames,
        };
        self.0.iter().find(|(when, _)| fits(*when)).map(|(_, group)| Arc::clone(group))
    }
}

/// The buckets of all routes that were called or configured.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// By template as the router spells it: looked up without making a text.
    seen: RwLock<HashMap<Method, HashMap<String, Arc<Buckets>>>>,
    groups: RwLock<HashMap<String, Arc<Group>>>,
}

impl Table {
    /// The bucket of a request; none where the route has none.
    pub(super) fn group(&self, route: &Route<'_>, traits: Traits) -> Option<Arc<Group>> {
        let template = route.template?;
        let method = match *route.method {
            // GET routes answer HEAD too.
            Method::GET | Method::HEAD => &Method::GET,
            Method::POST | Method::PUT | Method::PATCH | Method::DELETE => route.method,
            // No route answers these, and a client could invent any number of them.
            _ => return None,
        };
        if let Some(buckets) = self.seen.read().get(method).and_then(|routes| routes.get(template)) {
            return buckets.choose(traits);
        }
        let buckets = Arc::new(self.buckets(method.as_str(), &nameless(template)));
        let chosen = buckets.choose(traits);
        self.seen.write().entry(method.clone()).or_default().insert(template.to_owned(), buckets);
        chosen
    }

    /// Sets what every bucket of a route allows.
    pub(super) fn set(&self, method: &str, template: &str, limit: u32, window_ms: u64) {
        for (_, group) in self.buckets(method, &nameless(template)).0 {
            group.limit.store(limit, Ordering::Relaxed);
            group.window_ms.store(window_ms, Ordering::Relaxed);
        }
    }

    fn buckets(&self, method: &str, template: &str) -> Buckets {
        if (method, template) == FREE {
            return Buckets::default();
        }
        let rows = DEFAULTS.iter().filter(|row| (row.0, row.1) == (method, template));
        let mut buckets: Vec<_> =
            rows.map(|&(_, _, when, name, limit, ms)| (when, self.named(name, limit, ms))).collect();
        if buckets.iter().all(|(when, _)| *when != When::Always) {
            let (limit, window_ms) = OTHER;
            buckets.push((When::Always, self.named(&format!("{method} {template}"), limit, window_ms)));
        }
        Buckets(buckets)
    }

    /// The group of that name, made with these numbers if there is none yet.
    fn named(&self, name: &str, limit: u32, window_ms: u64) -> Arc<Group> {
        let mut groups = self.groups.write();
        if let Some(group) = groups.get(name) {
            return Arc::clone(group);
        }
        let group = Arc::new(Group {
            index: u32::try_from(groups.len()).expect("a router has fewer than four billion routes"),
            hash: opaque(name),
            limit: AtomicU32::new(limit),
            window_ms: AtomicU64::new(window_ms),
        });
        groups.insert(name.to_owned(), Arc::clone(&group));
        group
    }
}

/// A text of 32 hexadecimal digits that is always the same for one name (FNV-1a of 128 bits).
fn opaque(name: &str) -> HeaderValue {
    let hash = name.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    HeaderValue::from_str(&format!("{hash:032x}")).expect("digits are valid in a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(table: &Table, method: &Method, template: &str, traits: Traits) -> Option<(u32, u64)> {
        table.group(&Route { method, template: Some(template), path: "" }, traits).map(|group| group.allows())
    }

    #[test]
    fn the_defaults_are_found_whatever_the_parameters_are_called() {
        let table = Table::default();
        let plain = Traits::default();
        let interaction = Traits { interaction: true, ..plain };
        let renames = Traits { renames: true, ..plain };
        let (post, patch, get) = (Method::POST, Method::PATCH, Method::GET);
        assert_eq!(numbers(&table, &post, "/channels/{channel_id}/messages", plain), Some((5, 5000)));
        assert_eq!(numbers(&table, &post, "/webhooks/{id}/{token}", plain), Some((5, 2000)));
        assert_eq!(numbers(&table, &post, "/webhooks/{id}/{token}", interaction), Some((5, 5000)));
        assert_eq!(numbers(&table, &patch, "/channels/{id}", plain), Some((50, 1000)));
        assert_eq!(numbers(&table, &patch, "/channels/{id}", renames), Some((2, 600_000)));
        assert_eq!(numbers(&table, &get, "/users/@me", plain), Some((50, 1000)));
        let invented = Method::from_bytes(b"INVENTED").expect("a token");
        assert_eq!(numbers(&table, &invented, "/users/@me", plain), None);
        assert_eq!(numbers(&table, &post, "/interactions/{id}/{token}/callback", plain), None);
        assert_eq!(
            numbers(&table, &post, "/webhooks/{id}/{token}/messages/@original", plain),
            Some((50, 1000))
        );
    }

    #[test]
    fn buckets_are_told_apart_by_their_hash_and_shared_where_routes_share() {
        let table = Table::default();
        let hash = |method: &Method, template: &str| {
            let route = Route { method, template: Some(template), path: "" };
            table.group(&route, Traits::default()).expect("a bucket").hash.clone()
        };
        let add = hash(&Method::PUT, "/channels/{a}/messages/{b}/reactions/{c}/@me");
        assert_eq!(add, hash(&Method::DELETE, "/channels/{a}/messages/{b}/reactions"));
        assert_ne!(add, hash(&Method::GET, "/channels/{a}/messages/{b}/reactions/{c}"));
        assert_eq!(opaque("typing"), opaque("typing"));
        assert_eq!(add.len(), 32);
        assert_eq!(hash(&Method::HEAD, "/gateway"), hash(&Method::GET, "/gateway"));
    }

    #[test]
    fn a_changed_limit_holds_for_every_spelling() {
        let table = Table::default();
        let post = Method::POST;
        table.set("POST", "/api/v10/channels/{}/messages", 2, 100);
        assert_eq!(
            numbers(&table, &post, "/channels/{channel_id}/messages", Traits::default()),
            Some((2, 100))
        );
    }
}
