//! The steps: each is taken on both stores and in the account, which must agree.

use std::time::Duration;

use troupe::{
    domain::ids::InteractionId,
    hot::{
        keys,
        limits::{
            Check, GiveBack, LeaseId, Leave, Look, Notice, Refusal, Renew, Reserve, Reserved, Settle,
            Settled, Standing,
        },
        memory::{Caps, Change, Line, Remember, Turn, Who},
        policy::{FencePolicy, PutPolicy},
    },
};

use super::{
    super::{LIFE, guild, held, holder, penalty, reserve, rules::Put, slot, user},
    ABANDONED_S, COUNTING, Caller, KNOWN_S, LIFE_S, Step,
    account::{Call, Copy, Decided, State},
    caller,
    holdings::Holdings,
    stage::{Stage, between, policy_key},
};

impl Stage<'_> {
    pub(super) async fn step(&mut self, step: &Step) {
        let now = self.now();
        match *step {
            Step::Reserve { interaction, holder } => self.reserve(interaction, holder).await,
            Step::Settle { interaction, holder, used } => {
                let asked = self.asked(interaction, holder);
                let held = held(&asked);
                let tokens = asked.checks.iter().rev().find_map(|check| match check {
                    Check::Budget(budget) => Some((budget.days[0].clone(), used)),
                    _ => None,
                });
                let memory = interaction.is_multiple_of(2).then(|| Change::Remember(remember(interaction)));
                let settle = Settle { held: &held, used: tokens.into_iter().collect(), memory };
                let expected = self.ends(interaction, holder, State::Settled { tokens: used });
                assert_eq!(self.ask(settle).await, expected);
            }
            Step::GiveBack { interaction, holder } => {
                let held = held(&self.asked(interaction, holder));
                let expected = self.ends(interaction, holder, State::GivenBack);
                assert_eq!(self.ask(GiveBack { held: &held }).await, expected);
            }
            Step::Renew { interaction, holder } => {
                let held = held(&self.asked(interaction, holder));
                let mine = |call: &&mut Call| {
                    call.holder == holder && call.state == State::Open && call.slots_until > now
                };
                let kept = self.account.known(interaction, now).filter(mine).map(|call| {
                    call.slots_until = now + LIFE_S;
                    call.known_until = now + ABANDONED_S;
                });
                assert_eq!(self.ask(Renew { held: &held }).await, kept.is_some());
            }
            Step::Look { interaction } => self.look(caller(interaction)).await,
            Step::Leave { interaction, holder: by } => {
                let who = caller(interaction);
                let lease = LeaseId { interaction: InteractionId::new(interaction).expect("an id"), call: 0 };
                let left = self.account.leaves(interaction, by, self.both.now_ms());
                let leave = Leave { lease, place: guild(who.guild), holder: holder(by) };
                assert_eq!(self.ask(leave).await, left);
            }
            Step::Put { user, version } => {
                let put = PutPolicy { key: policy_key(user), version, body: "{}".to_owned() };
                let done = self.both.ask(&put).await;
                let copy = &mut self.account.copies[usize::from(user)];
                if copy.ends <= now {
                    *copy = Copy::default();
                }
                if done {
                    (copy.version, copy.ends) = (Some(version), now + 60);
                }
            }
            Step::Fence { user, version } => {
                self.both.ask(&FencePolicy { key: policy_key(user), version }).await;
                let copy = &mut self.account.copies[usize::from(user)];
                let floor = copy.fence.filter(|_| copy.ends > now).map_or(0, |(floor, _)| floor);
                *copy = Copy { version: None, fence: Some((version.max(floor), now + 15)), ends: now + 15 };
            }
            Step::Switch(off) => {
                self.account.switched_off = off;
                let text = off.then(|| Notice::text_of(None, "off"));
                let key = keys::AiDisabled::key().into_raw();
                self.both.ask(&Put { key, field: Some("global"), text }).await;
            }
            Step::Wait(seconds) => self.both.advance(Duration::from_secs(seconds)).await,
        }
    }

    async fn reserve(&mut self, interaction: u64, by: u128) {
        let (now, now_ms, limits) = (self.now(), self.both.now_ms(), self.limits);
        let who = caller(interaction);
        let asked = self.asked(interaction, by);
        if self.account.known(interaction, now).is_none() {
            // What died in the guild is taken back by whoever comes; here by a stranger, to tell the traces apart.
            let stranger = reserve(99_999, vec![slot(1), Check::Never]);
            let place = guild(who.guild);
            let slots = Check::Slot { key: keys::ConcurrencyGuild::of(place).into_raw(), cap: 9 };
            self.ask(Reserve { place, checks: vec![Check::Never, slots], ..stranger }).await;
            self.account.heal(who.guild, now);
        }
        let before = self.holdings().await;
        let answer = self.ask(asked.clone()).await;
        if let Some(call) = self.account.known(interaction, now) {
            let again = call.holder == by && call.state == State::Open && call.slots_until > now;
            assert_eq!(matches!(answer, Reserved::Granted(_)), again, "{answer:?}");
            assert_eq!(answer == Reserved::Repeated, !again, "{answer:?}");
            if let Reserved::Granted(granted) = answer {
                assert_eq!(granted.charged.last().expect("the tokens").1, call.charged);
            }
            assert_eq!(self.holdings().await, before, "asking again changes nothing");
            return;
        }
        let line = self.account.waiting(Some(who.guild), now_ms);
        if line.iter().any(|one| one.interaction == interaction && one.holder != by) {
            assert_eq!(answer, Reserved::Repeated, "it waits already");
            return;
        }
        match self.account.decides(interaction, by, &limits, self.most, now_ms) {
            Decided::Granted { charged } => {
                let call = Call {
                    interaction,
                    holder: by,
                    caller: who,
                    at: now,
                    slots_until: now + LIFE_S,
                    known_until: now + ABANDONED_S,
                    charged,
                    state: State::Open,
                    asked,
                };
                self.account.calls.push(call);
                let Reserved::Granted(granted) = answer else { panic!("to be granted: {answer:?}") };
                assert_eq!(granted.left, self.left(who));
                assert_eq!(granted.charged.last().expect("the tokens").1, charged);
                let unknown = |copy: &&usize| {
                    let copy = &self.account.copies[**copy];
                    copy.ends <= now || copy.version.is_none()
                };
                let unknown: Vec<_> = [0, 1].iter().filter(unknown).map(|copy| copy + 1).collect();
                assert_eq!(granted.unconfirmed, unknown);
            }
            Decided::Waiting { place, of } => {
                let Reserved::Waiting { place: told, of: of_told, .. } = answer else {
                    panic!("to wait: {answer:?}")
                };
                let told = [told, of_told].map(|count| usize::try_from(count).expect("small"));
                assert_eq!(told, [place, of]);
            }
            Decided::LineFull => assert!(matches!(answer, Reserved::LineFull { .. }), "{answer:?}"),
            Decided::Refused { index: expected, penalty } => {
                let Reserved::Refused { index, refusal } = answer else {
                    panic!("check {expected} refuses: {answer:?}")
                };
                assert_eq!(index, expected, "{refusal:?}");
                let told =
                    if let Refusal::Penalty { ends_at } = refusal { Some(ends_at / 1_000) } else { None };
                assert_eq!(told, penalty);
                self.leaves_no_trace(interaction, index == COUNTING, before).await;
            }
        }
    }

    async fn leaves_no_trace(&mut self, interaction: u64, struck: bool, before: Holdings) {
        let struck = if struck { Self::account_keys(interaction) } else { Vec::new() };
        // Who waited and is refused has left the lines.
        let is_line = |key: &String| caller(interaction).waits && key.starts_with("ai:conc:");
        let told = |key: &String| !struck.contains(key) && !is_line(key);
        let kept =
            |holdings: Holdings| -> Holdings { holdings.into_iter().filter(|(key, _)| told(key)).collect() };
        let after = self.holdings().await;
        assert_eq!(kept(after), kept(before), "a refusal left a trace");
    }

    /// Names of the keys that an overrun may change.
    fn account_keys(interaction: u64) -> Vec<String> {
        let who = caller(interaction);
        let penalty = penalty(guild(who.guild), user(who.user));
        [penalty.strikes, penalty.level, penalty.lock].map(|key| key.name().to_owned()).to_vec()
    }

    pub(super) fn left(&self, who: Caller) -> Vec<Option<u32>> {
        let used = self.account.used(who, self.now());
        let mut used = used.map(u64::from);
        let now_ms = self.both.now_ms();
        used[8] += self.account.waiting(Some(who.guild), now_ms).len() as u64;
        used[9] += self.account.waiting(None, now_ms).len() as u64;
        let left = used
            .iter()
            .zip(self.limits)
            .map(|(used, limit)| Some(u32::try_from(u64::from(limit).saturating_sub(*used)).expect("small")));
        [None; COUNTING].into_iter().chain(left).collect()
    }

    fn ends(&mut self, interaction: u64, holder: u128, becomes: State) -> Settled {
        let now = self.now();
        match self.account.known(interaction, now) {
            Some(call) if !matches!(call.state, State::Open | State::TakenBack) => Settled::Before,
            Some(call) if call.holder == holder => {
                call.state = match (call.state, becomes) {
                    (State::TakenBack, State::Settled { tokens }) => State::SettledLate { tokens },
                    _ => becomes,
                };
                call.known_until = now + KNOWN_S;
                Settled::Now
            }
            _ => Settled::Unknown,
        }
    }

    async fn look(&mut self, who: Caller) {
        let look = Look { checks: self.checks(who) };
        let before = self.holdings().await;
        let standings = self.ask(look).await;
        assert_eq!(self.holdings().await, before, "looking changes nothing");
        let lefts: Vec<_> = standings.iter().map(Standing::left).collect();
        // What died is left out, and stays as it is until somebody reserves.
        let calls = self.account.calls.clone();
        let now = self.now();
        self.account.heal(who.guild, now);
        assert_eq!(lefts, self.left(who));
        self.account.calls = calls;
        let locked = self.account.locks.get(&(who.guild, who.user)).is_some_and(|until| *until > self.now());
        assert_eq!(standings[0] != Standing::Notice(None), self.account.switched_off);
        assert_eq!(standings[4] != Standing::Notice(None), locked);
    }
}

fn remember(interaction: u64) -> Remember {
    let line = Line { who: Who::User, text: format!("words of {interaction}") };
    let interaction = InteractionId::new(interaction).expect("an id");
    Remember {
        between: between(caller(interaction.get())),
        turn: Turn { interaction, lines: vec![line], note: None },
        caps: Caps { lines: 3, bytes: 400 },
        life: LIFE,
    }
}
