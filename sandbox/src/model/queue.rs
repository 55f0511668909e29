//! The scripts that wait for a request: a first-in-first-out queue, and standing ones behind it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::script::{MAX_SCRIPTS, Script, ScriptError, Times};
use super::speech::Speech;
use super::wire::ChatRequest;

/// A script with its reply cut into tokens once, not at every request.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) script: Script,
    /// `None`: the understudy speaks.
    pub(crate) speech: Option<Speech>,
}

impl Prepared {
    fn new(script: Script) -> Self {
        let speech = match (&script.text, &script.tokens) {
            (Some(text), _) => Some(Speech::of(text)),
            (_, Some(tokens)) => Some(Speech::of_tokens(tokens)),
            (None, None) => None,
        };
        Self { script, speech }
    }
}

/// The scripts of one server.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    queued: VecDeque<(Arc<Prepared>, u32)>,
    standing: Vec<Arc<Prepared>>,
}

impl Queue {
    /// Appends a script, or sets a standing one in place of the one with the same `when`.
    pub(crate) fn add(&mut self, script: Script) -> Result<(), ScriptError> {
        self.add_all(vec![script])
    }

    /// Adds all of the scripts in their order; none if one of them is refused.
    pub(crate) fn add_all(&mut self, scripts: Vec<Script>) -> Result<(), ScriptError> {
        scripts.iter().try_for_each(Script::check)?;
        if self.queued.len() + self.standing.len() + scripts.len() > MAX_SCRIPTS {
            return Err(ScriptError::TooMany);
        }
        for script in scripts {
            let times = script.times;
            let prepared = Arc::new(Prepared::new(script));
            match times {
                Times::Count(count) => self.queued.push_back((prepared, count)),
                Times::Always => {
                    self.standing.retain(|other| other.script.when != prepared.script.when);
                    self.standing.push(prepared);
                    // The more special one is asked first.
                    self.standing.sort_by_key(|standing| standing.script.when.is_none());
                }
            }
        }
        Ok(())
    }

    /// The script for this request: the first queued one that fits, else the first standing one.
    pub(crate) fn take(&mut self, raw: &[u8], request: &ChatRequest<'_>) -> Option<Arc<Prepared>> {
        let fits = |prepared: &Prepared| {
            prepared.script.when.as_deref().is_none_or(|when| contains(raw, request, when))
        };
        let Some(at) = self.queued.iter().position(|(prepared, _)| fits(prepared)) else {
            return self.standing.iter().find(|prepared| fits(prepared)).cloned();
        };
        let (prepared, left) = &mut self.queued[at];
        let taken = Arc::clone(prepared);
        *left -= 1;
        if *left == 0 {
            self.queued.remove(at);
        }
        Some(taken)
    }

    /// Forgets every script.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The queued scripts with what is left of their times, then the standing ones.
    pub(crate) fn list(&self) -> Vec<Script> {
        let queued = self
            .queued
            .iter()
            .map(|(prepared, left)| Script { times: Times::Count(*left), ..prepared.script.clone() });
        queued.chain(self.standing.iter().map(|prepared| prepared.script.clone())).collect()
    }
}

fn contains(raw: &[u8], request: &ChatRequest<'_>, when: &str) -> bool {
    request.messages().iter().any(|message| message.text().contains(when))
        || std::str::from_utf8(raw).is_ok_and(|raw| raw.contains(when))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(queue: &mut Queue, said: &str) -> Option<String> {
        let raw = serde_json::json!({ "model": "m", "messages": [{ "role": "user", "content": said }] });
        let raw = raw.to_string();
        let request = serde_json::from_str(&raw).unwrap();
        queue.take(raw.as_bytes(), &request).map(|prepared| prepared.script.text.clone().unwrap())
    }

    #[test]
    fn queued_scripts_go_first_in_their_order_and_by_their_times() {
        let mut queue = Queue::default();
        queue.add(Script { times: Times::Always, ..Script::text("standing") }).unwrap();
        queue.add(Script::text("rain").when("say \"rain\"")).unwrap();
        queue.add(Script::text("twice").times(2)).unwrap();

        assert_eq!(take(&mut queue, "hello").as_deref(), Some("twice"), "the first does not fit");
        assert_eq!(take(&mut queue, "please say \"rain\"").as_deref(), Some("rain"));
        assert_eq!(queue.list().len(), 2);
        assert_eq!(take(&mut queue, "please say \"rain\"").as_deref(), Some("twice"));
        assert_eq!(take(&mut queue, "hello").as_deref(), Some("standing"));
        assert_eq!(take(&mut queue, "hello").as_deref(), Some("standing"));

        queue.add(Script { times: Times::Always, ..Script::text("other") }).unwrap();
        queue.add(Script { times: Times::Always, ..Script::text("special").when("hello") }).unwrap();
        assert_eq!(take(&mut queue, "hello").as_deref(), Some("special"));
        assert_eq!(take(&mut queue, "bye").as_deref(), Some("other"), "a standing one is replaced");
        queue.clear();
        assert_eq!(take(&mut queue, "hello"), None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = |script: Script| Queue::default().add(script).unwrap_err();
        assert_eq!(refused(Script::tokens(["a"]).times(0)), ScriptError::NoTimes);
        assert_eq!(
            refused(Script { text: Some("b".into()), ..Script::tokens(["a"]) }),
            ScriptError::TextAndTokens
        );
        assert_eq!(refused(Script::status(200)), ScriptError::NoErrorStatus(200));
    }

    #[test]
    fn json_and_rust_say_the_same() {
        let json = r#"{"text":"Hi","times":"always","usage":"omit","fault":{"kind":"stall","after":2}}"#;
        let script: Script = serde_json::from_str(json).unwrap();
        let same =
            Script::text("Hi").without_usage().failing(super::super::script::Fault::Stall { after: 2 });
        assert_eq!(script, Script { times: Times::Always, ..same });
        let again: Script = serde_json::from_str(&serde_json::to_string(&script).unwrap()).unwrap();
        assert_eq!(again, script);
    }
}
