//! What the stores hold: the same in both, and what the account comes to.

use std::collections::BTreeMap;

use troupe::hot::{
    key::{RawKey, Shape},
    keys,
};

use super::{
    super::{day, guild, user},
    WINDOW_S,
    account::{Call, State},
    caller,
    stage::Stage,
};

/// What a store holds: by key, its values and the seconds left.
pub(super) type Holdings = BTreeMap<String, (Vec<String>, Option<i64>)>;

const HOLDINGS: &str = "
    local all = {}
    for _, key in ipairs(redis.call('KEYS', '*')) do
        local kind = redis.call('TYPE', key).ok
        local values
        if kind == 'string' then values = { redis.call('GET', key) }
        elseif kind == 'list' then values = redis.call('LRANGE', key, 0, -1)
        elseif kind == 'hash' then values = redis.call('HGETALL', key)
        else values = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end
        table.insert(all, key:sub(6) .. '|' .. redis.call('PTTL', key) .. '|' .. table.concat(values, '|'))
    end
    return all";

impl Stage<'_> {
    /// What both stores hold, which must be the same.
    pub(super) async fn holdings(&mut self) -> Holdings {
        let all: Vec<String> = self.server.run(::redis::cmd("EVAL").arg(HOLDINGS).arg(0)).await;
        let of_redis: Holdings = all.iter().map(|line| self.parse(line)).collect();
        self.both.local.set_now(self.both.now_ms());
        let names: Vec<_> = self.both.local.names().map(str::to_owned).collect();
        let of_local: Holdings = names.into_iter().map(|name| self.local_value(name)).collect();
        let of_local =
            of_local.into_iter().filter(|(_, (values, _))| !values.is_empty()).collect::<Holdings>();
        let of_redis =
            of_redis.into_iter().filter(|(_, (values, _))| !values.is_empty()).collect::<Holdings>();
        assert_eq!(
            of_redis.iter().map(|(name, (values, _))| (name, values)).collect::<Vec<_>>(),
            of_local.iter().map(|(name, (values, _))| (name, values)).collect::<Vec<_>>(),
            "Redis (left) and this process (right) hold different things"
        );
        for (name, (_, ends)) in &of_redis {
            let (of_redis, of_local) = (*ends, of_local[name].1);
            // Redis's own clock went on by what the test takes; undoing a place's part leaves a longer life behind.
            let near =
                of_redis.zip(of_local).is_some_and(|(a, b)| (a - b).abs() <= 20 || (self.parts && a > b));
            assert!(near || of_redis == of_local, "{name}: {of_redis:?} s left, and {of_local:?} s");
            assert_eq!(of_redis.is_none(), name == "ai:disabled", "{name} has no end");
        }
        // Times left differ by what the test takes.
        of_local
    }

    fn parse(&self, line: &str) -> (String, (Vec<String>, Option<i64>)) {
        let mut parts = line.split('|');
        let name = parts.next().expect("a name").to_owned();
        let left: i64 = parts.next().expect("a lifetime").parse().expect("a number");
        let mut values: Vec<_> = parts.map(str::to_owned).collect();
        if self.keys.get(&name).is_some_and(|key| key.family().shape == Shape::Hash) {
            let fields: BTreeMap<_, _> =
                values.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
            values = fields.into_iter().flat_map(|(field, text)| [field, text]).collect();
        }
        if self.keys.get(&name).is_some_and(|key| key.family().shape == Shape::SortedSet) {
            let pairs: Vec<_> =
                values.chunks(2).map(|pair| (pair[0].clone(), pair[1].parse().expect("a score"))).collect();
            values = self.members(&name, pairs);
        }
        (name, (values, (left >= 0).then_some((left + 999) / 1_000)))
    }

    fn local_value(&self, name: String) -> (String, (Vec<String>, Option<i64>)) {
        let (key, local) = (&self.keys[&name], &self.both.local);
        let values = match key.family().shape {
            Shape::Text => vec![local.get(key).expect("a text").to_owned()],
            Shape::Hash => local.hash_all(key).into_iter().flat_map(|(field, text)| [field, text]).collect(),
            Shape::SortedSet => self.members(&name, local.sorted_all(key)),
            Shape::List => local.list(key),
        };
        (name, (values, local.left_ms(key).flatten().map(|left| left / 1_000)))
    }

    /// Undoing a place's part leaves out what had run out already: in parts, only what still counts is compared.
    fn members(&self, name: &str, pairs: Vec<(String, i64)>) -> Vec<String> {
        let now = self.both.now_ms();
        let floor = if name.starts_with("window:") { now - WINDOW_S * 1_000 } else { now };
        let waits = |member: &str| {
            member.split(' ').next().and_then(|ends| ends.parse().ok()).is_some_and(|ends: i64| ends > now)
        };
        let counts = |(member, score): &(String, i64)| {
            !self.parts || *score > floor || (*score < 0 && waits(member)) || name.starts_with("penalty:")
        };
        pairs.into_iter().filter(counts).map(|(member, score)| format!("{member} at {score}")).collect()
    }

    /// What the stores hold must be what the account comes to.
    pub(super) async fn audit(&mut self) {
        let holdings = self.holdings().await;
        let (now, now_ms) = (self.now(), self.both.now_ms());
        for interaction in 1..=12 {
            let who = caller(interaction);
            let (place, member) = (guild(who.guild), user(who.user));
            let used = self.account.used(who, now);
            let week = |of: &dyn Fn(u32) -> RawKey| -> u32 {
                let value = |before| {
                    holdings
                        .get(of(day(now_ms, before)).name())
                        .map_or(0, |(v, _)| v[0].parse().expect("a number"))
                };
                (0..7).map(value).sum()
            };
            assert_eq!(week(&|day| keys::TalkCountUser::of(place, member, day).into_raw()), used[3]);
            assert_eq!(week(&|day| keys::TalkCountGuild::of(place, day).into_raw()), used[5]);
            assert_eq!(week(&|day| keys::TalkTokensUser::of(place, member, day).into_raw()), used[7]);
            assert!(used[8] <= self.limits[8] && used[9] <= self.limits[9], "more calls at once than slots");
        }
        let remembered = |call: &Call| matches!(call.state, State::Open | State::Settled { .. });
        for call in self.account.calls.iter().filter(|call| remembered(call)) {
            let same = |other: &&Call| {
                remembered(other)
                    && other.caller.guild == call.caller.guild
                    && other.caller.user == call.caller.user
                    && (call.at - WINDOW_S + 1..=call.at).contains(&other.at)
            };
            let together = self.account.calls.iter().filter(same).count();
            assert!(together <= usize::try_from(self.limits[0]).expect("small"), "{together} in one window");
        }
    }
}
