//! An admitted exchange: the prompt, the answer as it comes, and what is kept of it.

use std::{fmt, mem, sync::Arc, time::Instant};

use chrono::{DateTime, Utc};
use futures::FutureExt;
use tokio::{runtime::Handle, task::JoinHandle};
use tracing::{Instrument as _, Span};

use super::{
    Speaker, Talk,
    closing::lost,
    prompt::{self, Moment, clean},
    wish::{Order, Task},
};
use crate::{
    ai::{Ending, Request, Unanswered, Words},
    domain::{bond::Band, denial::Denial, ids::InteractionId, persona::Persona},
    gates::{Admission, Call, CallError, Left},
    trace,
};

/// An admitted exchange. Dropped, it is settled by what came so far, and recorded.
#[must_use]
pub struct Exchange(Box<State>);

/// Where the answer is to be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posted {
    /// The messages, in order; empty where Discord took none.
    pub messages: Vec<u64>,
    /// Whether a webhook has posted them.
    pub by_webhook: bool,
}

/// An exchange that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub ending: Ending,
    /// By which kill switch, if by one.
    pub stopped: Option<Denial>,
    /// How many answers there are to the line, and which of them this is, from 0.
    pub answers: (u8, u8),
}

struct State {
    talk: Talk,
    ran: Ran,
    left: Left,
    step: Step,
    ended: Option<(Ending, Option<Denial>)>,
    /// A band that the member was not told of yet.
    untold: Option<Band>,
    /// Gives it when they are to be told of it now, in this answer and no other.
    telling: Option<JoinHandle<Option<Band>>>,
}

/// What an exchange is about, and what has come of it.
#[derive(Clone)]
pub(super) struct Ran {
    pub(super) speaker: Speaker,
    pub(super) order: Order,
    /// The whole answer so far: what it goes on from, too.
    pub(super) text: String,
    /// The bot's own message that shows the member's line.
    pub(super) line_message: Option<u64>,
    /// What is kept of the conversation's course with this turn.
    pub(super) note: Option<String>,
    pub(super) called_at: DateTime<Utc>,
    /// The same, to measure from: the clock may be moved meanwhile.
    pub(super) begun: Instant,
}

/// How far it has come.
enum Step {
    /// Everything is reserved; the model knows nothing yet.
    Admitted(Box<Admission>),
    /// The model is asked.
    Asking,
    /// The model speaks, or has spoken.
    Speaking(Box<Call>),
    /// Nothing is left to do.
    Over,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("speaker", &self.0.ran.speaker.user).finish_non_exhaustive()
    }
}

impl Exchange {
    pub(super) fn new(talk: Talk, speaker: Speaker, order: Order, admission: Admission) -> Self {
        let (left, text) = (admission.left(), order.before().to_owned());
        let (called_at, begun) = (talk.clock().now(), Instant::now());
        let ran = Ran { speaker, order, text, line_message: None, note: None, called_at, begun };
        let step = Step::Admitted(Box::new(admission));
        Self(Box::new(State { talk, ran, left, step, ended: None, untold: None, telling: None }))
    }

    /// Who answers.
    pub fn persona(&self) -> &Persona {
        &self.0.ran.order.persona
    }

    /// The line's identity: what the buttons carry.
    pub fn id(&self) -> InteractionId {
        self.0.ran.order.line(&self.0.ran.speaker)
    }

    /// The member's line.
    pub fn said(&self) -> &str {
        self.0.ran.order.said()
    }

    /// Says which message shows the member's line: it goes with the answer. Before [`Exchange::next`], so that buttons
    /// know it.
    pub fn line_shown(&mut self, message: u64) {
        self.0.ran.line_message = Some(message);
    }

    /// What is left after this.
    pub fn left(&self) -> Left {
        self.0.left
    }

    /// Builds the prompt, calls the model, waits for the first words. Once only.
    ///
    /// # Errors
    /// A [`Denial`]: nothing was said, and nothing is charged.
    pub async fn start(&mut self) -> Result<(), Denial> {
        let state = &mut *self.0;
        let admission = match mem::replace(&mut state.step, Step::Asking) {
            Step::Admitted(admission) => *admission,
            other => {
                state.step = other;
                return Err(Denial::Repeated);
            }
        };
        let (request, admission) = state.request(admission).await;
        match admission.call(&request).boxed().await {
            Ok(call) => {
                state.step = Step::Speaking(Box::new(call));
                // While the model speaks: nobody waits for it.
                if let Some(band) = state.untold.take() {
                    let (bonds, user) = (state.talk.0.bonds.clone(), state.ran.speaker.user);
                    let character = state.ran.order.persona.id.clone();
                    let tell = async move { bonds.tell(user, &character, band).await };
                    state.telling = Some(state.talk.0.tracker.spawn(tell.in_current_span()));
                }
                Ok(())
            }
            Err(error) => {
                state.step = Step::Over;
                let denial = error.denial(state.talk.clock().now_ms());
                let why = match error {
                    CallError::Stopped(_) => None,
                    CallError::Unanswered(why) => Some(why),
                };
                if let Some(why) = &why {
                    tell_operator(why, state.ran.speaker.interaction);
                }
                let (talk, ran) = (state.talk.clone(), state.ran.clone());
                state.talk.0.tracker.spawn(talk.close_without_words(ran, why).instrument(closing_span()));
                Err(denial)
            }
        }
    }

    /// The whole answer so far, when there is more of it; `None` at its end. It may shrink: what came first may turn
    /// out to be the model's reasoning.
    pub async fn next(&mut self) -> Option<&str> {
        let state = &mut *self.0;
        let Step::Speaking(call) = &mut state.step else { return None };
        if state.ended.is_some() {
            return None;
        }
        if let Some(words) = call.next().await {
            state.ran.add(&words);
            return Some(&state.ran.text);
        }
        let (ending, stopped) =
            call.ending().map_or((Ending::Cut, None), |(ending, stopped)| (ending, stopped.cloned()));
        state.ended = Some((ending, stopped));
        // Buttons may be pressed before anything is recorded.
        if state.ran.has_words() {
            let reply = state.ran.reply(&Posted::default());
            state.talk.0.replies.insert(reply.interaction, Arc::new(reply)).await;
        }
        None
    }

    /// The whole answer so far.
    pub fn text(&self) -> &str {
        &self.0.ran.text
    }

    /// What ended it, after [`Exchange::next`] gave `None`: for the last edit, before [`Exchange::end`].
    pub fn ended(&self) -> Ended {
        let (ending, stopped) = self.0.ended.clone().unwrap_or((Ending::Stopped, None));
        let reply = self.0.ran.reply(&Posted::default());
        let count = u8::try_from(reply.answers.len()).unwrap_or(u8::MAX);
        Ended { ending, stopped, answers: (count, reply.shown) }
    }

    /// The band between the two, if the member is to be told of it now: once.
    pub async fn reached(&mut self) -> Option<Band> {
        self.0.telling.take()?.await.ok().flatten()
    }

    /// Ends it for good where another process answers the same interaction: what is recorded under its id is theirs.
    /// What was reserved or used here is settled all the same.
    pub fn leave_to_another(mut self) {
        self.0.step = Step::Over;
    }

    /// Gives everything back, for an answer that could not be shown at all: Discord took no first answer. Nothing is
    /// remembered, and the record says what it cost.
    pub fn unseen(mut self) {
        match mem::replace(&mut self.0.step, Step::Over) {
            Step::Speaking(call) => {
                let talk = self.0.talk.clone();
                let close = talk.close_unseen(self.0.ran.clone(), *call);
                self.0.talk.0.tracker.spawn(close.instrument(closing_span()));
            }
            // Where no word came the drop does as much.
            step => self.0.step = step,
        }
    }

    /// Settles, remembers and records, off the member's path: answers at once.
    pub fn end(mut self, posted: Posted) {
        self.0.close(posted);
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.close(Posted::default());
    }
}

impl State {
    /// The prompt, within what is reserved for it.
    async fn request(&mut self, mut admission: Admission) -> (Request, Admission) {
        let Order { persona, script, member, .. } = &self.ran.order;
        let line = self.ran.order.line(&self.ran.speaker);
        let mut turns = admission.take_memory();
        // An earlier line is answered as it was then: what came after it is not known yet.
        if !matches!(self.ran.order.task, Task::Say(_)) {
            turns.retain(|turn| turn.interaction < line);
        }
        let closeness = self.talk.0.bonds.closeness(self.ran.speaker.user, &persona.id).await;
        let open = closeness.as_ref().map(|closeness| closeness.band);
        let secrets = open.map(|band| persona.secrets_for(band)).unwrap_or_default();
        let ai = self.talk.0.ai.clone();
        let count = |text: &str| ai.count(text);
        let budget = admission.prompt_tokens();
        let mut moment = Moment {
            member,
            newest: self.ran.order.newest(),
            manner: open.and_then(|band| persona.manner_towards(band)),
            secrets: &secrets,
            turns: &turns,
            lore: &[],
            reply_tokens: admission.reply_tokens(),
        };
        let room = prompt::lore_room(script, &moment, budget, &count);
        let (lore, note) = self.talk.lore(&self.ran, &turns, room).await;
        moment.lore = &lore;
        let mut prompt = prompt::build(script, &moment, budget, &count);
        let mut others = vec![member.clone()];
        if let Some(nickname) = closeness.as_ref().and_then(|closeness| closeness.nickname.as_ref()) {
            let called = clean::name(nickname.as_str());
            moment.member = &called;
            let now = self.talk.clock().now();
            let voice = self.ran.order.voice(&self.ran.speaker, &called, now);
            let script = self.talk.script(persona, voice).await;
            // Admission has reserved for the name on Discord: a nickname of more tokens must fit beside it.
            let by_nickname = prompt::build(&script, &moment, budget, &count);
            if by_nickname.tokens() <= budget {
                prompt = by_nickname;
                others.push(called);
            }
        }
        self.untold = closeness.and_then(|closeness| closeness.untold());
        let request = Request {
            messages: prompt.messages(),
            speaker: persona.called.clone(),
            others,
            parts: prompt.costs(),
        };
        self.ran.note = note;
        (request, admission)
    }

    fn close(&mut self, posted: Posted) {
        let talk = self.talk.clone();
        let step = mem::replace(&mut self.step, Step::Over);
        // Without a runtime the process is at its end: leases and reservations run out by themselves.
        let Ok(runtime) = Handle::try_current() else { return };
        match step {
            // An admission gives back by itself.
            Step::Admitted(_) | Step::Over => {}
            Step::Asking => {
                let close = talk.close_without_words(self.ran.clone(), None);
                self.talk.0.tracker.spawn_on(close.instrument(closing_span()), &runtime);
            }
            Step::Speaking(call) => {
                let close = talk.close(self.ran.clone(), *call, posted);
                self.talk.0.tracker.spawn_on(close.instrument(closing_span()), &runtime);
            }
        }
    }
}

impl Ran {
    /// Whether the model gave any words.
    pub(super) fn has_words(&self) -> bool {
        self.text.get(self.order.before().len()..).is_some_and(|fresh| !fresh.trim().is_empty())
    }

    fn add(&mut self, words: &Words) {
        let before = self.order.before();
        if words.anew {
            self.text.truncate(before.len());
        }
        let words = words.text.as_str();
        if !before.is_empty() && self.text.len() == before.len() && glued(before, words) {
            self.text.push(' ');
        }
        self.text.push_str(words);
    }
}

/// Whether what goes on would stick to the word before it.
fn glued(before: &str, words: &str) -> bool {
    let ends_open =
        before.chars().next_back().is_some_and(|c| !c.is_whitespace() && !"([{«“\"'-—".contains(c));
    ends_open && words.chars().next().is_some_and(|c| c.is_alphanumeric() || "([{«“*_".contains(c))
}

/// What goes on after the answer, in a trace: the answer's own time ends without it.
fn closing_span() -> Span {
    trace::child!("close")
}

/// What the operator must know of a call that nobody answered; what they must mend is an incident.
fn tell_operator(why: &Unanswered, interaction: InteractionId) {
    match why {
        Unanswered::Away { why, .. } => tracing::warn!(%interaction, why, "no model answered"),
        Unanswered::Rejected { why } => {
            lost("an answer that every provider rejects to give", interaction, why);
        }
        Unanswered::SwitchedOff { .. } | Unanswered::Refused => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_keeps_its_distance() {
        for (before, words, apart) in [
            ("and then", "he left", true),
            ("and then ", "he left", false),
            ("and then", ", he left", false),
            ("and then", " he left", false),
            ("end.\n", "New", false),
            ("end.", "New", true),
            ("(", "so", false),
        ] {
            assert_eq!(glued(before, words), apart, "{before:?} {words:?}");
        }
    }
}
