//! Which family a key found in Redis belongs to: its name against the families' patterns.

use super::key::Family;

impl Family {
    /// The one of `families` that a key of that name (without the prefix) belongs to.
    pub fn of<'a>(name: &str, families: &[&'a Self]) -> Option<&'a Self> {
        families.iter().find(|family| family.matches(name)).copied()
    }

    /// Whether a key of that name (without the prefix) can be one of its keys.
    pub fn matches(&self, name: &str) -> bool {
        self.parts(name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::{
            character::{CharacterId, Slug},
            ids::{GuildId, InteractionId, Place, UserId},
        },
        hot::limits::LeaseId,
        hot::{
            key::RawKey,
            keys::{self, FAMILIES, Kind},
        },
    };

    prop_compose! {
        fn places()(id in 1..i64::MAX.unsigned_abs(), direct: bool) -> Place {
            if direct {
                Place::Direct(UserId::new(id).expect("an id"))
            } else {
                Place::Guild(GuildId::new(id).expect("an id"))
            }
        }
    }

    fn characters() -> impl Strategy<Value = CharacterId> {
        prop_oneof![
            "[a-z0-9][a-z0-9_-]{0,63}"
                .prop_map(|slug| CharacterId::Shipped(Slug::new(&slug).expect("a slug"))),
            any::<u128>().prop_map(|id| CharacterId::Custom(Uuid::from_u128(id))),
        ]
    }

    /// A key of every constructor.
    fn every_key(place: Place, id: u64, day: u32, kind: Kind, character: &CharacterId) -> Vec<RawKey> {
        let user = UserId::new(id).expect("an id");
        let batch = Uuid::from_u128(id.into());
        vec![
            keys::ConcurrencyGlobal::key().into_raw(),
            keys::ConcurrencyGuild::of(place).into_raw(),
            keys::Lease::of(place, LeaseId { interaction: InteractionId::new(id).expect("an id"), call: 1 })
                .into_raw(),
            keys::TalkCountGuild::of(place, day).into_raw(),
            keys::TalkCountUser::of(place, user, day).into_raw(),
            keys::TalkTokensUser::of(place, user, day).into_raw(),
            keys::SceneTurnsGuild::of(place, day).into_raw(),
            keys::SceneTurnsUser::of(place, user, day).into_raw(),
            keys::SceneTokensUser::of(place, user, day).into_raw(),
            keys::WindowUser::of(place, user, kind).into_raw(),
            keys::WindowGuild::of(place, kind).into_raw(),
            keys::Strikes::of(place, user, kind).into_raw(),
            keys::PenaltyLevel::of(place, user, kind).into_raw(),
            keys::Penalty::of(place, user, kind).into_raw(),
            keys::AiDisabled::key().into_raw(),
            keys::Breaker::of(&format!("open router/{id}")).into_raw(),
            keys::GuildPolicy::of(GuildId::new(id).expect("an id")).into_raw(),
            keys::UserPolicy::of(user).into_raw(),
            keys::Memory::of(place, user, character).into_raw(),
            keys::HealthCheck::key().into_raw(),
            keys::HealthPart::of(day.to_le_bytes()[0]).into_raw(),
            keys::QueueWaiting::key().into_raw(),
            keys::QueueTaken::key().into_raw(),
            keys::QueueItems::key().into_raw(),
            keys::QueueDead::key().into_raw(),
            keys::QueueLater::key().into_raw(),
            keys::QueueNotes::key().into_raw(),
            keys::QueueDropped::key().into_raw(),
            keys::QueueForgotten::key().into_raw(),
            keys::Lock::of("partitions").into_raw(),
            keys::Seen::of(InteractionId::new(id).expect("an id")).into_raw(),
            keys::StatsDaily::of(place, day).into_raw(),
            keys::StatsClaim::of(place, day, batch).into_raw(),
        ]
    }

    proptest! {
        #[test]
        fn a_key_matches_its_own_family_and_no_other(
            place in places(),
            id in 1..i64::MAX.unsigned_abs(),
            day in 20_200_101..20_991_231_u32,
            ai: bool,
            character in characters(),
        ) {
            let all = every_key(place, id, day, if ai { Kind::Ai } else { Kind::Say }, &character);
            for family in FAMILIES {
                prop_assert!(all.iter().any(|key| key.family() == *family), "no key of {} is tried", family.name);
            }
            for key in all {
                let matching = FAMILIES.iter().copied().filter(|family| family.matches(key.name()));
                prop_assert_eq!(matching.collect::<Vec<_>>(), vec![key.family()], "{:?}", key);
            }
        }
    }

    #[test]
    fn strangers_match_nothing() {
        for name in [
            "",
            ":",
            "seen",
            "seen:",
            "seen:{}",
            "seen:{x}",
            "seen:1",
            "seen:{1}:2",
            "ai:conc:global:x",
            "health:check:{}",
            "talk:count:guild:{1}:2026",
            "talk:memory:{1}:2:nobody",
            "queue:{other}:items",
            "lock:{a:b}",
            "Seen:{1}",
        ] {
            assert_eq!(Family::of(name, FAMILIES).map(|family| family.name), None, "{name}");
        }
    }
}
