//! The end of an exchange, off the member's path: settled, remembered, recorded. What can't be is told to the operator.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Datelike, Utc};
use metrics::counter;

use super::{Posted, Talk, exchange::Ran, wish::Task};
use crate::{
    ai::{Ending, Finished, Unanswered, Usage},
    cold::{
        BACKGROUND_BUDGET,
        after_call::AfterCall,
        replies::{self, LONGEST_ANSWER, MOST_ANSWERS, Reply, ReplyChange},
    },
    domain::{
        ids::{InteractionId, Place},
        metric::Metric,
        usage::{Feature, Outcome},
    },
    features::bonds::REWARD,
    gates::{Call, Memory},
    hot::{
        memory::{Between, Caps, Line, Remember, Revise, Turn, Who},
        stats::Count,
    },
    ops::incident::IncidentId,
    warm::queue::Write,
};

/// Records of calls land before statistics do.
const PRIORITY: u8 = 3;

impl Talk {
    /// Settles a call and writes what it leaves.
    pub(super) async fn close(self, ran: Ran, call: Call, posted: Posted) {
        if !ran.has_words() {
            // All that came turned out to be reasoning. It was to be seen for a while: were it free, whoever makes a
            // model end its answers with a mark would pay for none.
            let finished = call.settle(None).await;
            return self.close_unkept(ran, finished, Outcome::Failed).await;
        }
        let finished = call.settle(Some(self.memory(&ran))).await;
        let outcome = outcome(finished.ending);
        let reply = self.kept_now(&ran, &posted).await;
        let is_new = matches!(ran.order.task, Task::Say(_));
        let rewarded = is_new && matches!(outcome, Outcome::Completed | Outcome::Partial);
        let usage = finished.usage;
        let reward = rewarded.then_some(REWARD);
        self.write(AfterCall { reward, reply, ..spoken(&ran, finished, outcome) }).await;
        if reward.is_some() {
            self.0.bonds.grew(ran.speaker.user, &ran.order.persona.id, REWARD).await;
        }
        self.delete_again(ran.order.line(&ran.speaker)).await;
        self.count(ran.speaker.place, ran.called_at, true, usage).await;
    }

    /// A line that was deleted while its record was on its way is not to come back with it.
    async fn delete_again(&self, line: InteractionId) {
        if !self.0.gone.contains_key(&line) {
            return;
        }
        let delete = async |connection: &mut _| replies::delete(connection, line).await;
        if let Err(error) = self.0.cold.run(BACKGROUND_BUDGET, delete).await {
            lost("the deletion of an answer", line, &error);
        }
    }

    /// Gives a call back whose answer nobody could see, and writes what it cost.
    pub(super) async fn close_unseen(self, ran: Ran, call: Call) {
        let finished = call.give_back().await;
        self.close_unkept(ran, finished, Outcome::Cancelled).await;
    }

    async fn close_unkept(self, ran: Ran, finished: Finished, outcome: Outcome) {
        let usage = finished.usage;
        self.write(spoken(&ran, finished, outcome)).await;
        self.count(ran.speaker.place, ran.called_at, false, usage).await;
    }

    /// Writes that a call gave no words.
    pub(super) async fn close_without_words(self, ran: Ran, why: Option<Unanswered>) {
        let outcome = match &why {
            None => Outcome::Cancelled,
            Some(Unanswered::Refused) => Outcome::RefusedByModel,
            Some(_) => Outcome::Failed,
        };
        let mut record = blank(&ran, outcome);
        if let Some(Unanswered::SwitchedOff { provider, model }) = why {
            (record.provider, record.model) = (provider, model);
        }
        record.latency_ms = u32::try_from(ran.begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.write(record).await;
    }

    async fn write(&self, record: AfterCall) {
        let interaction = record.interaction;
        let write = match Write::new(record.key(), PRIORITY, &record) {
            Ok(write) => write,
            Err(error) => return lost("the record of a call", interaction, &error),
        };
        if let Err(error) = self.0.durable.write(write).await {
            lost("the record of a call", interaction, &error);
        }
    }

    async fn count(&self, place: Place, at: DateTime<Utc>, answered: bool, usage: Usage) {
        let day = u32::try_from(at.year() * 10_000).unwrap_or_default() + at.month() * 100 + at.day();
        let counts = vec![
            (Metric::TalkAnswers, u32::from(answered)),
            (Metric::PromptTokens, usage.prompt),
            (Metric::CompletionTokens, usage.completion),
        ];
        self.0.hot.ask(&Count { place, day, counts }).await;
    }

    /// What the character remembers of it.
    fn memory(&self, ran: &Ran) -> Memory {
        match &ran.order.task {
            Task::Say(said) => {
                let between = between(ran);
                let line = ran.speaker.interaction;
                Memory::Remember(noted(self.turn(between, line, said, &ran.text), ran))
            }
            Task::Again(reply) | Task::GoOn(reply) => {
                let turn = self.turn(between(ran), reply.interaction, &reply.said, &ran.text);
                Memory::Revise(Revise(noted(turn, ran)))
            }
        }
    }

    /// The memory of a kept exchange, with that answer.
    pub(super) fn remembered(&self, place: Place, reply: &Reply, answer: &str) -> Remember {
        let between = Between { place, user: reply.user, character: reply.character.clone() };
        self.turn(between, reply.interaction, &reply.said, answer)
    }

    fn turn(&self, between: Between, interaction: InteractionId, said: &str, answer: &str) -> Remember {
        let settings = &self.0.settings;
        // A turn that is larger than a memory would not be remembered at all.
        let most = settings.memory_bytes / 4;
        let line = |who, text: &str| Line { who, text: cut(text, most).to_owned() };
        Remember {
            between,
            turn: Turn {
                interaction,
                lines: vec![line(Who::User, said), line(Who::Character, answer)],
                note: None,
            },
            caps: Caps { lines: settings.memory_lines, bytes: settings.memory_bytes },
            life: settings.memory_life,
        }
    }

    /// What changes in the kept replies; the cache knows it at once.
    async fn kept_now(&self, ran: &Ran, posted: &Posted) -> Option<ReplyChange> {
        let line = ran.order.line(&ran.speaker);
        if self.0.gone.contains_key(&line) {
            return None;
        }
        let reply = ran.reply(posted);
        self.0.replies.insert(line, Arc::new(reply.clone())).await;
        // Of further answers the newest alone: all of them may be too much for a write that waits.
        let newest = |reply: Reply| Reply { answers: vec![reply.answer().to_owned()], shown: 0, ..reply };
        Some(match &ran.order.task {
            Task::Say(_) => ReplyChange::New(reply),
            Task::Again(_) => ReplyChange::Another(newest(reply)),
            Task::GoOn(_) => ReplyChange::Longer(newest(reply)),
        })
    }
}

impl Ran {
    /// The kept reply as it is after this.
    pub(super) fn reply(&self, posted: &Posted) -> Reply {
        let answer = first_chars(&self.text, LONGEST_ANSWER).to_owned();
        let mut reply = match &self.order.task {
            Task::Say(said) => Reply {
                interaction: self.speaker.interaction,
                guild: self.speaker.place.guild(),
                channel: self.speaker.channel,
                user: self.speaker.user,
                character: self.order.persona.id.clone(),
                said: said.clone(),
                answers: vec![answer],
                shown: 0,
                messages: Vec::new(),
                by_webhook: false,
                line_message: self.line_message,
                made_at: self.called_at,
            },
            Task::Again(reply) => {
                let mut reply = Reply::clone(reply);
                reply.answers.push(answer);
                let too_many = reply.answers.len().saturating_sub(MOST_ANSWERS);
                reply.answers.drain(..too_many);
                reply.shown = u8::try_from(reply.answers.len() - 1).unwrap_or(u8::MAX);
                reply
            }
            Task::GoOn(reply) => {
                let mut reply = Reply::clone(reply);
                if let Some(shown) = reply.answers.get_mut(usize::from(reply.shown)) {
                    *shown = answer;
                }
                reply
            }
        };
        if !posted.messages.is_empty() {
            reply.messages.clone_from(&posted.messages);
            reply.by_webhook = posted.by_webhook;
        }
        reply
    }
}

/// With what is kept of the conversation's course.
fn noted(remember: Remember, ran: &Ran) -> Remember {
    Remember { turn: Turn { note: ran.note.clone(), ..remember.turn }, ..remember }
}

/// Logs that something could not be kept, under an incident of its own.
pub(super) fn lost(what: &'static str, interaction: InteractionId, cause: &dyn fmt::Display) {
    let incident = IncidentId::new();
    counter!("incidents_total").increment(1);
    counter!("troupe_talk_losses_total", "what" => what).increment(1);
    tracing::error!(%incident, %interaction, %cause, what, "lost after a talk");
}

/// The record of a call that spoke.
fn spoken(ran: &Ran, finished: Finished, outcome: Outcome) -> AfterCall {
    let usage = finished.usage;
    AfterCall {
        provider: finished.provider,
        model: finished.model,
        cost_micros: finished.cost_micros,
        latency_ms: millis(finished.took),
        first_token_ms: Some(millis(finished.first_words)),
        prompt_tokens: usage.prompt,
        completion_tokens: usage.completion,
        ..blank(ran, outcome)
    }
}

/// A record without what only a call that spoke has. It is counted with that.
fn blank(ran: &Ran, outcome: Outcome) -> AfterCall {
    counter!("troupe_talks_total", "task" => ran.order.task.name(), "outcome" => outcome.name()).increment(1);
    AfterCall {
        interaction: ran.speaker.interaction,
        ordinal: 0,
        guild: ran.speaker.place.guild(),
        user: Some(ran.speaker.user),
        character: Some(ran.order.persona.id.clone()),
        feature: Feature::Talk,
        provider: String::new(),
        model: String::new(),
        prompt_tokens: 0,
        completion_tokens: 0,
        cost_micros: None,
        outcome,
        latency_ms: 0,
        first_token_ms: None,
        called_at: ran.called_at,
        reward: None,
        reply: None,
    }
}

fn between(ran: &Ran) -> Between {
    let (speaker, persona) = (&ran.speaker, &ran.order.persona);
    Between { place: speaker.place, user: speaker.user, character: persona.id.clone() }
}

fn outcome(ending: Ending) -> Outcome {
    match ending {
        Ending::Complete | Ending::Length => Outcome::Completed,
        Ending::Filtered | Ending::Cut => Outcome::Partial,
        Ending::Stopped => Outcome::Cancelled,
    }
}

/// The beginning of a text, of so many bytes at most, and never half a character.
fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    &text[..end]
}

pub(super) fn first_chars(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("héllo", 2), "h");
        assert_eq!(cut("héllo", 3), "hé");
        assert_eq!((cut("", 0), cut("a", 9)), ("", "a"));
        assert_eq!((first_chars("héllo", 2), first_chars("hé", 5)), ("hé", "hé"));
    }
}
