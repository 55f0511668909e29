//! What a bot answered to an act, and what a member can do with it.

use serde_json::{Map, Value, json};

use super::error::{Drive, DriveError};
use super::member::Member;
use super::message::Message;
use super::remote::Answered;
use crate::control::act::{Press, Submit};
use crate::control::outcome::{Outcome, Status, Until, Wait};
use crate::ids::Id;

/// A bot's answer to an act: what is known of it so far.
///
/// The methods that wait renew it; those that look tell what was there then.
#[derive(Clone, Debug)]
pub struct Reply {
    member: Member,
    /// The act, for errors.
    what: String,
    outcome: Outcome,
}

impl Reply {
    pub(crate) fn new(member: Member, what: String, outcome: Outcome) -> Self {
        Self { member, what, outcome }
    }

    /// The interaction.
    pub fn interaction(&self) -> Id {
        self.outcome.id
    }

    /// All that is known of it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Waits for the bot's first sign.
    pub async fn acknowledged(&mut self) -> Drive<&mut Self> {
        self.wait(Until::Acknowledged, None).await
    }

    /// Waits for something to see: a message that isn't loading, a modal, choices, a change.
    pub async fn answered(&mut self) -> Drive<&mut Self> {
        self.wait(Until::Answered, None).await
    }

    /// Waits until it is answered and nothing has changed for half a second of the sandbox's clock.
    pub async fn finished(&mut self) -> Drive<&mut Self> {
        self.wait(Until::Finished, None).await
    }

    /// The same with another time without changes, for a bot that edits slowly.
    pub async fn finished_after(&mut self, quiet: std::time::Duration) -> Drive<&mut Self> {
        self.wait(Until::Finished, Some(crate::clock::whole_ms(quiet))).await
    }

    /// Waits until the reply is as `so` wants it; `expected` says what that is.
    pub async fn until(&mut self, expected: &str, so: impl Fn(&Self) -> bool) -> Drive<&mut Self> {
        let deadline = self.member.remote().deadline();
        let waited = tokio::time::timeout(deadline, async {
            loop {
                self.refresh().await?;
                if so(self) {
                    return Ok(());
                }
                tokio::time::sleep(super::POLL).await;
            }
        });
        if let Ok(done) = waited.await {
            return done.map(|()| self);
        }
        let expected = format!("{expected} in the answer to {}", self.what);
        Err(DriveError::TimedOut { expected, waited: deadline, seen: self.summary() })
    }

    /// Waits until its text contains this.
    pub async fn contains(&mut self, text: &str) -> Drive<&mut Self> {
        self.until(&format!("{text:?}"), |reply| reply.text().contains(text)).await
    }

    /// Looks again, without waiting.
    pub async fn refresh(&mut self) -> Drive<&mut Self> {
        self.outcome = self.look(Wait::default()).await.map(|answered| match answered {
            Answered::Body(outcome) => outcome,
            Answered::TooLate(outcome) => *outcome,
        })?;
        Ok(self)
    }

    async fn look(&self, wait: Wait) -> Drive<Answered<Outcome>> {
        let path = format!("/interactions/{}", self.outcome.id);
        self.member.remote().get_and_wait(&path, &self.what, &wait).await
    }

    async fn wait(&mut self, until: Until, quiet_ms: Option<u64>) -> Drive<&mut Self> {
        let deadline = self.member.remote().deadline_ms();
        let wait = Wait { until, timeout_ms: Some(deadline), quiet_ms };
        let answered = self.look(wait).await?;
        let expected = json!(until);
        let expected = format!("{} to be {}", self.what, expected.as_str().unwrap_or_default());
        self.outcome = settle(&self.member, &self.what, &expected, answered)?;
        Ok(self)
    }

    /// The answer: Discord's `@original`, which for a component is the message that it is on.
    pub fn message(&self) -> Drive<Message> {
        self.original().ok_or_else(|| self.unexpected("a message"))
    }

    fn original(&self) -> Option<Message> {
        self.outcome.original.clone().map(Message::new)
    }

    /// Follow-ups, oldest first.
    pub fn followups(&self) -> Vec<Message> {
        self.outcome.followups.iter().cloned().map(Message::new).collect()
    }

    /// All that can be read in the answer; nothing while there is none.
    pub fn text(&self) -> String {
        self.original().map(|message| message.text()).unwrap_or_default()
    }

    /// Whether only the member sees the answer.
    pub fn is_ephemeral(&self) -> bool {
        self.original().is_some_and(|message| message.is_ephemeral())
    }

    /// The modal that the bot opened.
    pub fn modal(&self) -> Drive<Modal> {
        let modal = self.outcome.modal.clone().ok_or_else(|| self.unexpected("a modal"))?;
        Ok(Modal { reply: self.clone(), json: modal, fields: Map::new() })
    }

    /// The choices that the bot offers.
    pub fn choices(&self) -> Drive<Vec<Choice>> {
        let choices = self.outcome.choices.as_ref().and_then(Value::as_array);
        let choices = choices.ok_or_else(|| self.unexpected("choices"))?;
        Ok(choices.iter().map(Choice::new).collect())
    }

    /// Presses the answer's button with this label (or emoji, or custom id), and waits until the bot
    /// has acknowledged.
    pub async fn press(&self, label: &str) -> Drive<Reply> {
        self.member.presses(&self.message()?, label).await
    }

    /// Chooses in the answer's menu with this placeholder (or custom id): values or labels.
    pub async fn choose(&self, menu: &str, values: &[&str]) -> Drive<Reply> {
        self.member.chooses(&self.message()?, menu, values).await
    }

    fn unexpected(&self, expected: &str) -> DriveError {
        DriveError::Unexpected {
            expected: format!("{expected} in answer to {}", self.what),
            seen: self.summary(),
        }
    }

    fn summary(&self) -> String {
        summary(&self.outcome)
    }
}

/// An outcome, in a line, for an error.
pub(crate) fn summary(outcome: &Outcome) -> String {
    let status = json!(outcome.status);
    let mut parts = vec![status.as_str().unwrap_or_default().to_owned()];
    parts.extend(outcome.shown.clone().map(|shown| format!("{shown:?}")));
    let messages = outcome.original.iter().chain(&outcome.followups);
    parts.extend(messages.map(|message| Message::new(message.clone()).summary()));
    if let Some(modal) = &outcome.modal {
        parts.push(format!("the modal {}", modal["title"]));
    }
    if let Some(choices) = &outcome.choices {
        parts.push(format!("the choices {choices}"));
    }
    parts.join(", ")
}

/// An outcome that was waited for, or why it isn't one.
pub(crate) fn settle(
    member: &Member,
    what: &str,
    expected: &str,
    answered: Answered<Outcome>,
) -> Drive<Outcome> {
    match answered {
        Answered::Body(outcome) if outcome.status == Status::Failed => Err(DriveError::Failed {
            what: what.to_owned(),
            shown: outcome.shown.clone().unwrap_or_default(),
            outcome: Box::new(outcome),
        }),
        Answered::Body(outcome) => Ok(outcome),
        Answered::TooLate(outcome) => Err(DriveError::TimedOut {
            expected: expected.to_owned(),
            waited: member.remote().deadline(),
            seen: summary(&outcome),
        }),
    }
}

/// One suggestion of an autocompletion.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What the member sees.
    pub name: String,
    /// What is sent.
    pub value: Value,
}

impl Choice {
    fn new(json: &Value) -> Self {
        Self { name: json["name"].as_str().unwrap_or_default().to_owned(), value: json["value"].clone() }
    }
}

/// A modal in front of a member.
#[derive(Clone, Debug)]
pub struct Modal {
    reply: Reply,
    json: Value,
    fields: Map<String, Value>,
}

impl Modal {
    /// Its title.
    pub fn title(&self) -> &str {
        self.json["title"].as_str().unwrap_or_default()
    }

    /// Discord's object.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// Fills in an input, by its custom id: a text, or a list of values.
    #[must_use]
    pub fn fill(mut self, custom_id: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(custom_id.to_owned(), value.into());
        self
    }

    /// Sends it off, and waits until the bot has acknowledged.
    pub async fn submit(self) -> Drive<Reply> {
        let Self { reply, json, fields } = self;
        let what = format!("sending the modal {}", json["title"]);
        let submit = Submit {
            interaction: reply.outcome.id,
            fields,
            wait: Some(Until::Acknowledged),
            timeout_ms: Some(reply.member.remote().deadline_ms()),
            quiet_ms: None,
        };
        reply.member.act("/act/submit", what, &submit).await
    }
}

/// A press, as the control API takes it.
pub(crate) fn press_of(member: &Member, message: &Message, label: &str, values: &[&str]) -> Press {
    let (custom_id, label) = if by_custom_id(&message.json()["components"], label) {
        (Some(label.to_owned()), None)
    } else {
        (None, Some(label.to_owned()))
    };
    Press {
        user: member.user(),
        channel: member.place_of(message),
        message: message.id().into(),
        custom_id,
        label,
        values: values.iter().copied().map(Into::into).collect(),
        wait: Some(Until::Acknowledged),
        timeout_ms: Some(member.remote().deadline_ms()),
        quiet_ms: None,
    }
}

fn by_custom_id(components: &Value, custom_id: &str) -> bool {
    let components = components.as_array().map(Vec::as_slice).unwrap_or_default();
    crate::world::act::find_component(components, custom_id).is_some()
}
