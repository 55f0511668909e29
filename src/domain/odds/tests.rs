//! The odds against their own promises: each draw's place, the rates of many, and how long anybody waits.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::character::Slug;

const LARGEST: u64 = i64::MAX as u64;
/// Draws of each statistical test.
const DRAWS: u64 = 400_000;

fn named(slug: &str) -> CharacterId {
    CharacterId::Shipped(Slug::new(slug).expect("a slug"))
}

/// Odds over so many characters of each rarity.
fn odds(counts: [usize; 5]) -> Odds {
    let pool = Rarity::ALL.iter().zip(counts).flat_map(|(rarity, count)| {
        (0..count).map(move |number| (named(&format!("{rarity}-{number:03}")), *rarity))
    });
    Odds::of(pool).expect("somebody")
}

fn shares(odds: &Odds, pity: Pity) -> Vec<(Rarity, u32)> {
    odds.chances(pity).iter().map(|chance| (chance.rarity, chance.share)).collect()
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) >> 1
    }
}

/// How far counts are from what was expected: chi-square, with one degree of freedom less than there are counts.
fn chi_square(seen_and_expected: impl IntoIterator<Item = (u64, f64)>) -> f64 {
    let distance = |(seen, expected): (u64, f64)| {
        let off = f64::from(u32::try_from(seen).expect("a count")) - expected;
        off * off / expected
    };
    seen_and_expected.into_iter().map(distance).sum()
}

#[test]
fn the_table_is_what_the_product_says() {
    let told: Vec<_> = shares(&odds([1; 5]), Pity::default());
    assert_eq!(told, TABLE);
    assert_eq!((EPIC_WITHIN, LEGENDARY_WITHIN), (10, 60));
}

#[test]
fn an_empty_rarity_gives_its_share_to_the_nearest_commoner_one_with_somebody() {
    use Rarity::{Common, Epic, Legendary, Rare, Uncommon};
    let fresh = Pity::default();
    assert_eq!(
        shares(&odds([1, 1, 1, 0, 1]), fresh),
        [(Common, 5_000), (Uncommon, 3_000), (Rare, 1_900), (Legendary, 100)]
    );
    assert_eq!(shares(&odds([1, 0, 0, 1, 0]), fresh), [(Common, 9_400), (Epic, 600)]);
    // Where nobody is commoner, to the nearest rarer one.
    assert_eq!(shares(&odds([0, 0, 1, 1, 0]), fresh), [(Rare, 9_400), (Epic, 600)]);
    assert!(Odds::of([]).is_err());
}

#[test]
fn a_promise_that_is_due_leaves_only_what_keeps_it() {
    use Rarity::{Epic, Legendary};
    let odds = odds([2; 5]);
    let luck = |since_epic, since_legendary| Pity { since_epic, since_legendary };
    assert_eq!(shares(&odds, luck(8, 8)).len(), 5);
    assert_eq!(shares(&odds, luck(9, 9)), [(Epic, 500), (Legendary, 100)]);
    assert_eq!(shares(&odds, luck(0, 59)), [(Legendary, 100)]);
    assert_eq!(shares(&odds, luck(9, 59)), [(Legendary, 100)]);
    // Luck from a time with other promises.
    assert_eq!(shares(&odds, luck(500, 500)), [(Legendary, 100)]);
    let told = |since_epic, since_legendary| {
        let pity = luck(since_epic, since_legendary);
        [Epic, Legendary].map(|rarity| odds.at_the_latest(pity, rarity))
    };
    assert_eq!(told(0, 0), [Some(10), Some(60)]);
    assert_eq!(told(3, 57), [Some(3), Some(3)]);
    assert_eq!(told(99, 99), [Some(1), Some(1)]);
}

#[test]
fn without_anybody_who_could_keep_it_nothing_is_promised() {
    let commons = odds([3, 0, 0, 0, 0]);
    let late = Pity { since_epic: 100, since_legendary: 100 };
    assert_eq!(commons.chances(late), [Chance { rarity: Rarity::Common, share: WHOLE, of: WHOLE }]);
    assert_eq!(commons.at_the_latest(late, Rarity::Epic), None);
    let no_legend = odds([1, 1, 1, 1, 0]);
    assert_eq!(shares(&no_legend, late), [(Rarity::Epic, 600)]);
    assert_eq!(no_legend.at_the_latest(late, Rarity::Legendary), None);
    let no_epic = odds([1, 1, 1, 0, 1]);
    assert_eq!(shares(&no_epic, Pity { since_epic: 9, since_legendary: 9 }), [(Rarity::Legendary, 100)]);
    assert_eq!(no_epic.at_the_latest(Pity::default(), Rarity::Epic), Some(10));
}

#[test]
fn the_version_names_table_and_pool() {
    let one = odds([1; 5]);
    assert_eq!(one.version(), odds([1; 5]).version());
    let mut definition = one.definition().clone();
    let mut versions = vec![one.version().to_owned(), odds([2, 1, 1, 1, 1]).version().to_owned()];
    definition.epic_within += 1;
    versions.push(definition.version());
    definition.groups[0].share -= 1;
    versions.push(definition.version());
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 4);
    assert!(versions.iter().all(|version| (1..=40).contains(&version.len())));
    let json = serde_json::to_string(one.definition()).expect("JSON");
    let again = Odds::from_definition(serde_json::from_str(&json).expect("a definition"));
    assert_eq!(again.as_ref(), Ok(&one));
}

#[test]
fn what_is_no_definition_is_refused() {
    let good = odds([1; 5]).definition().clone();
    let broken = |change: fn(&mut Definition)| {
        let mut definition = good.clone();
        change(&mut definition);
        assert_eq!(Odds::from_definition(definition), Err(NotOdds));
    };
    broken(|one| one.groups.clear());
    broken(|one| one.groups.swap(0, 1));
    broken(|one| one.groups[0].share = 0);
    broken(|one| one.groups[0].share = u32::MAX);
    broken(|one| one.epic_within = 0);
    broken(|one| one.legendary_within = 0);
    broken(|one| {
        let twice = one.groups[0].characters[0].clone();
        one.groups[1].characters.push(twice);
    });
}

/// Draws are split evenly, with no more than one draw in 2^63 of difference.
#[test]
fn characters_of_a_rarity_begin_where_they_should() {
    let odds = odds([3, 1, 1, 1, 7]);
    let fresh = Pity::default();
    // The place of a fraction's first draw.
    let first = |part: u128, of: u128| u64::try_from((part << DRAW_BITS).div_ceil(of)).expect("a draw");
    let drawn = |draw| odds.draw(fresh, draw).0;
    for (number, part) in (0..3).zip([0, 5_000, 10_000]) {
        let begins = first(part, 30_000);
        assert_eq!(drawn(begins), named(&format!("common-{number:03}")));
        if begins > 0 {
            assert_ne!(drawn(begins - 1), drawn(begins));
        }
    }
    assert_eq!(drawn(first(5_000, 10_000)), named("uncommon-000"));
    assert_eq!(drawn(first(9_900 * 7 + 100, 70_000)), named("legendary-001"));
    assert_eq!(drawn(LARGEST), named("legendary-006"));
}

#[test]
fn rarities_and_characters_come_as_often_as_told() {
    let odds = odds([3, 3, 2, 1, 1]);
    let mut random = Seeded(2026);
    let mut by_rarity = BTreeMap::<Rarity, u64>::new();
    let mut commons = BTreeMap::<CharacterId, u64>::new();
    for _ in 0..DRAWS {
        let (character, rarity) = odds.draw(Pity::default(), random.next());
        *by_rarity.entry(rarity).or_default() += 1;
        if rarity == Rarity::Common {
            *commons.entry(character).or_default() += 1;
        }
    }
    // What is shown is what is drawn.
    let expected = odds.chances(Pity::default());
    let pairs = expected.iter().map(|chance| {
        let expected = 400_000.0 * f64::from(chance.share) / f64::from(chance.of);
        (by_rarity[&chance.rarity], expected)
    });
    // 4 degrees of freedom: honest odds pass 18.47 once in a thousand seeds.
    let distance = chi_square(pairs);
    assert!(distance < 18.47, "chi-square {distance}: {by_rarity:?}");
    let all: u64 = commons.values().sum();
    let third = f64::from(u32::try_from(all).expect("a count")) / 3.0;
    // 2 degrees of freedom: once in a thousand seeds.
    let distance = chi_square(commons.values().map(|count| (*count, third)));
    assert!(distance < 13.82, "chi-square {distance}: {commons:?}");
}

/// How often each rarity comes in the long run, computed from the chances alone.
fn long_run(odds: &Odds) -> BTreeMap<Rarity, f64> {
    let mut at = BTreeMap::from([((0, 0), 1.0_f64)]);
    let mut rates = BTreeMap::<Rarity, f64>::new();
    let (warm_up, counted) = (2_000, 600);
    for step in 0..warm_up + counted {
        let mut next = BTreeMap::<(u32, u32), f64>::new();
        for ((since_epic, since_legendary), weight) in at {
            let pity = Pity { since_epic, since_legendary };
            for chance in odds.chances(pity) {
                let part = weight * f64::from(chance.share) / f64::from(chance.of);
                let after = pity.after(chance.rarity);
                *next.entry((after.since_epic, after.since_legendary)).or_default() += part;
                if step >= warm_up {
                    *rates.entry(chance.rarity).or_default() += part / f64::from(counted);
                }
            }
        }
        at = next;
    }
    rates
}

#[test]
fn the_long_run_is_as_computed_and_nobody_waits_longer_than_promised() {
    let odds = odds([3, 3, 2, 1, 1]);
    let rates = long_run(&odds);
    assert!((rates.values().sum::<f64>() - 1.0).abs() < 1e-9);
    // Promises only ever help.
    assert!(rates[&Rarity::Epic] > 0.05 && rates[&Rarity::Legendary] > 0.01, "{rates:?}");
    let mut random = Seeded(7);
    let (mut pity, mut seen) = (Pity::default(), BTreeMap::<Rarity, u64>::new());
    let (mut without_epic, mut without_legendary) = (0, 0);
    for _ in 0..DRAWS {
        let latest = [Rarity::Epic, Rarity::Legendary].map(|rarity| odds.at_the_latest(pity, rarity));
        let [Some(epic), Some(legendary)] = latest else { panic!("both are promised") };
        assert!(without_epic + epic <= EPIC_WITHIN && without_legendary + legendary <= LEGENDARY_WITHIN);
        let (_, rarity) = odds.draw(pity, random.next());
        pity = pity.after(rarity);
        *seen.entry(rarity).or_default() += 1;
        without_epic = if rarity >= Rarity::Epic { 0 } else { without_epic + 1 };
        without_legendary = if rarity == Rarity::Legendary { 0 } else { without_legendary + 1 };
        assert!(without_epic < EPIC_WITHIN && without_legendary < LEGENDARY_WITHIN);
    }
    // Rolls of one member depend on each other, and less strongly than luck alone would have it: the bound for
    // independent ones, 4 degrees of freedom, once in a thousand seeds, is the wider one.
    let distance = chi_square(rates.iter().map(|(rarity, rate)| (seen[rarity], 400_000.0 * rate)));
    assert!(distance < 18.47, "chi-square {distance}: {seen:?} for {rates:?}");
}

proptest! {
    #[test]
    fn any_draw_of_any_pool_gives_somebody_of_it_whom_the_chances_tell_of(
        counts in prop::array::uniform5(0_usize..40),
        draws in prop::collection::vec(0..=LARGEST, 1..50),
        since_epic in 0_u32..70,
        since_legendary in 0_u32..70,
    ) {
        prop_assume!(counts.iter().any(|count| *count > 0));
        let odds = odds(counts);
        let pity = Pity { since_epic, since_legendary };
        let chances = odds.chances(pity);
        let of = chances[0].of;
        prop_assert_eq!(chances.iter().map(|chance| chance.share).sum::<u32>(), of);
        for draw in draws.into_iter().chain([0, LARGEST]) {
            let (character, rarity) = odds.draw(pity, draw);
            prop_assert!(chances.iter().any(|chance| chance.rarity == rarity));
            prop_assert!(odds.verifies(pity, draw, (&character, rarity)));
            prop_assert!(!odds.verifies(pity, draw, (&named("nobody"), rarity)));
            let group = odds.definition().groups.iter().find(|group| group.rarity == rarity);
            prop_assert!(group.is_some_and(|group| group.characters.contains(&character)));
        }
    }

    #[test]
    fn larger_draws_never_give_something_commoner(draws in prop::array::uniform2(0..=LARGEST)) {
        let odds = odds([3, 3, 2, 1, 1]);
        let [low, high] = if draws[0] <= draws[1] { draws } else { [draws[1], draws[0]] };
        let fresh = Pity::default();
        prop_assert!(odds.draw(fresh, low).1 <= odds.draw(fresh, high).1);
    }

    #[test]
    fn the_order_of_the_pool_changes_nothing(draw in 0..=LARGEST, seed in any::<u64>()) {
        let mut pool: Vec<_> = (0..20)
            .map(|number| (named(&format!("c{number}")), Rarity::ALL[number % 5]))
            .collect();
        let sorted = Odds::of(pool.clone()).expect("odds");
        let mut random = Seeded(seed);
        pool.sort_by_key(|_| random.next());
        let shuffled = Odds::of(pool).expect("odds");
        prop_assert_eq!(sorted.version(), shuffled.version());
        prop_assert_eq!(sorted.draw(Pity::default(), draw), shuffled.draw(Pity::default(), draw));
    }
}
