//! An answer as it comes.

mod faults;

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use reqwest::Response;
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::{
    clean::Cleaner,
    cost::cost_micros,
    counted::Counted,
    fault::{Fault, Kind},
    observed,
    provider::Provider,
    traced,
    types::{Ending, Finished, Request, Terms, Words},
    wire::{Event, Finish, Form, Lines, Piece},
};
use crate::hot::breaker::{Breakers, Outcome};

/// Most bytes that are read of one answer, whatever is in them.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Most bytes of an answer that are shown.
const MOST_SHOWN: usize = 64 * 1024;
/// No token has more bytes on average, however much white space there is.
const BYTES_PER_TOKEN: usize = 32;
/// Most events of one answer that may be broken.
const MOST_BROKEN: u32 = 8;
/// Longest wait for usage after the last words.
const USAGE_TIME: Duration = Duration::from_secs(1);
/// Longest wait for the end of the body after `[DONE]`: once it is read, the connection serves the next call.
const END_TIME: Duration = Duration::from_millis(20);

/// An answer under way, whose first words have come. Dropped, it stops and closes its connection.
pub struct Stream {
    provider: Arc<Provider>,
    breakers: Breakers,
    model: String,
    form: Form,
    wire: Wire,
    cleaner: Cleaner,
    hidden: bool,
    /// Clean words that nobody has taken yet.
    ready: String,
    /// What was taken before turned out to be no answer.
    void: bool,
    /// Somebody has taken words.
    taken: bool,
    shown: usize,
    most_shown: usize,
    counted: Counted,
    clock: Clocks,
    finish: Option<Finish>,
    ending: Option<Ending>,
    fault: Option<Fault>,
    span: Span,
}

impl fmt::Debug for Stream {
    /// Without any words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model, shown, ending, .. } = self;
        write!(f, "Stream of {} {model}: {shown} bytes shown, ending {ending:?}", self.provider.name)
    }
}

/// The connection, and what has come of it.
struct Wire {
    response: Option<Response>,
    lines: Lines,
    bytes: usize,
    broken: u32,
    /// `[DONE]` has come.
    done: bool,
}

struct Clocks {
    begun: Instant,
    /// When this provider was asked.
    sent: Instant,
    /// When its last token came.
    token: Option<Instant>,
    first_words: Option<Instant>,
    finished: Option<Instant>,
    deadline: Instant,
}

/// What a call is made of.
pub(super) struct Call<'a> {
    pub(super) provider: &'a Arc<Provider>,
    pub(super) breakers: &'a Breakers,
    pub(super) model: &'a str,
    pub(super) request: &'a Request,
    pub(super) terms: &'a Terms,
    /// When the first provider was asked.
    pub(super) begun: Instant,
    /// Tokens of the prompt, as estimated.
    pub(super) prompt: u32,
}

impl Stream {
    /// Calls the provider and waits for the first words.
    pub(super) async fn open(call: &Call<'_>) -> Result<Self, Fault> {
        let Call { provider, request, terms, .. } = *call;
        let sent = Instant::now();
        let until = terms.deadline.min(sent + provider.times.first_token);
        let (response, form) = provider.send(call.model, &request.messages, terms.max_tokens, until).await?;
        let hidden = provider.quirks.unmarked_reasoning.load(Ordering::Relaxed);
        let tokens = usize::try_from(terms.max_tokens).unwrap_or(usize::MAX);
        let mut stream = Self {
            provider: Arc::clone(provider),
            breakers: call.breakers.clone(),
            model: call.model.to_owned(),
            form,
            wire: Wire {
                response: Some(response),
                lines: Lines::default(),
                bytes: 0,
                broken: 0,
                done: false,
            },
            cleaner: Cleaner::new(&request.speaker, &request.others, hidden),
            hidden,
            ready: String::new(),
            void: false,
            taken: false,
            shown: 0,
            most_shown: tokens.saturating_mul(BYTES_PER_TOKEN).clamp(1, MOST_SHOWN),
            counted: Counted::new(request.messages.len(), call.prompt),
            clock: Clocks {
                begun: call.begun,
                sent,
                token: None,
                first_words: None,
                finished: None,
                deadline: terms.deadline,
            },
            finish: None,
            ending: None,
            fault: None,
            span: Span::none(),
        };
        while stream.ready.is_empty() && stream.ending.is_none() {
            stream.advance().await;
        }
        if stream.ready.is_empty() { Err(stream.into_fault()) } else { Ok(stream) }
    }

    /// The same, whose end and use that span tells.
    pub(super) fn traced_by(self, span: Span) -> Self {
        Self { span, ..self }
    }

    /// The next words, clean; `None` at the end, whatever the end was. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<Words> {
        loop {
            if !self.ready.is_empty() || self.void {
                self.taken = true;
                let (text, anew) = (std::mem::take(&mut self.ready), std::mem::take(&mut self.void));
                return Some(Words { text, anew });
            }
            if self.ending.is_some() {
                return None;
            }
            self.advance().await;
        }
    }

    /// Who answers.
    pub fn provider(&self) -> &str {
        &self.provider.name
    }

    /// Which model answers.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How it ended, once [`Stream::next`] has given `None`.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Ends it here, and says what it used: reported where the provider has said so, else counted.
    pub fn finish(mut self, stopped: Option<Ending>) -> Finished {
        let ending = stopped.or(self.ending).unwrap_or(Ending::Stopped);
        self.wire.response = None;
        let usage = self.counted.usage(&self.provider.counter);
        let Clocks { begun, first_words, finished, .. } = self.clock;
        let end = finished.unwrap_or_else(Instant::now);
        let finished = Finished {
            ending,
            usage,
            cost_micros: self.provider.prices.map(|prices| cost_micros(usage, prices)),
            provider: self.provider.name.clone(),
            model: std::mem::take(&mut self.model),
            took: end - begun,
            first_words: first_words.unwrap_or(end) - begun,
        };
        observed::finished(&finished);
        traced::finished(&self.span, &finished);
        finished
    }

    /// Waits for more bytes, and takes in what they say. Cancelled while it waits, it has done nothing.
    async fn advance(&mut self) {
        let until = self.wait_until();
        let Some(response) = &mut self.wire.response else { return self.end(Ending::Cut) };
        match timeout_at(until, response.chunk()).await {
            Ok(Ok(Some(bytes))) if !self.wire.done => self.take(&bytes),
            _ if self.wire.done || self.finish.is_some() => self.end_as_told(),
            Ok(Ok(Some(_))) => self.end_as_told(),
            Ok(Ok(None)) => self.end_of_body(),
            Ok(Err(error)) => self.cut(Fault::of_wire(error)),
            Err(_) if until >= self.clock.deadline => {
                self.cut(Fault::new(Kind::Slow, "the time for the whole answer is over"));
            }
            Err(_) if self.clock.token.is_none() => {
                self.cut(Fault::new(Kind::Slow, "no first token in time"));
            }
            Err(_) => self.cut(Fault::new(Kind::Slow, "it fell silent")),
        }
    }

    fn wait_until(&self) -> Instant {
        let times = &self.provider.times;
        let now = Instant::now();
        let until = if self.wire.done {
            now + END_TIME
        } else if let Some(finished) = self.clock.finished {
            finished + USAGE_TIME
        } else if let Some(token) = self.clock.token {
            token + times.silence
        } else {
            self.clock.sent + times.first_token
        };
        until.min(self.clock.deadline)
    }

    fn take(&mut self, bytes: &[u8]) {
        self.wire.bytes += bytes.len();
        if self.wire.lines.push(bytes).is_err() {
            return self.cut(Fault::new(Kind::Broken, "it sends an event without end"));
        }
        while self.ending.is_none() && !self.wire.done {
            match self.wire.lines.next() {
                Ok(Some(piece)) => self.take_piece(piece),
                Ok(None) => break,
                Err(_) => return self.cut(Fault::new(Kind::Broken, "it sends an event without end")),
            }
        }
        if self.ending.is_none() && self.wire.bytes > MOST_BYTES {
            self.end(Ending::Length);
        }
    }

    fn take_piece(&mut self, piece: Piece) {
        let Piece::Data(data) = piece else {
            self.wire.done = true;
            return self.flush();
        };
        let Some(event) = Event::read(&data) else {
            self.wire.broken += 1;
            if self.wire.broken > MOST_BROKEN {
                self.cut(Fault::new(Kind::Broken, "it sends broken events"));
            }
            return;
        };
        self.counted.report(event.usage);
        if let Some(said) = event.error {
            if self.finish.is_none() {
                self.cut(self.fault_of(&said));
            }
            return;
        }
        if !event.text.is_empty() || !event.reasoning.is_empty() {
            self.clock.token = Some(Instant::now());
            self.counted.keep(&event.reasoning);
            self.counted.keep(&event.text);
        }
        if self.finish.is_none() {
            self.cleaner.push(&event.text);
            self.show();
        }
        if event.declined && self.shown == 0 {
            self.finish = Some(Finish::Filter);
        }
        match event.finish {
            _ if self.ending.is_some() => {}
            Some(Finish::Fault) => self.cut(Fault::new(Kind::Broken, "it says that it failed")),
            Some(finish) => {
                self.finish = self.finish.or(Some(finish));
                self.flush();
            }
            None => {}
        }
    }

    /// Makes clean words ready, within their bound.
    fn show(&mut self) {
        if self.cleaner.take_void() {
            self.ready.clear();
            self.shown = 0;
            self.clock.first_words = None;
            self.void = self.taken;
            // At once, for whoever is answered meanwhile.
            self.provider.quirks.unmarked_reasoning.store(true, Ordering::Relaxed);
        }
        let mut words = self.cleaner.take();
        let left = self.most_shown - self.shown;
        let is_too_long = words.len() > left;
        if is_too_long {
            let mut end = left;
            while !words.is_char_boundary(end) {
                end -= 1;
            }
            words.truncate(end);
        }
        if !words.is_empty() && self.clock.first_words.is_none() {
            self.clock.first_words = Some(Instant::now());
        }
        self.shown += words.len();
        self.ready.push_str(&words);
        if is_too_long {
            self.end(Ending::Length);
        } else if self.cleaner.is_over() && self.clock.finished.is_none() {
            self.end(Ending::Complete);
        }
    }

    /// No more words come: shows what was held back.
    fn flush(&mut self) {
        if self.clock.finished.is_none() {
            self.clock.finished = Some(Instant::now());
            self.cleaner.finish();
            self.show();
        }
    }

    fn end_of_body(&mut self) {
        let is_whole = self.wire.lines.is_whole();
        if let Some(piece) = self.wire.lines.end() {
            self.take_piece(piece);
        }
        if self.ending.is_some() {
            return;
        }
        if self.wire.done || self.finish.is_some() || (is_whole && !self.counted.is_empty()) {
            return self.end_as_told();
        }
        let what =
            if self.clock.token.is_some() { "it ended in mid-answer" } else { "it ended without an answer" };
        self.cut(Fault::new(Kind::Broken, what));
    }

    fn end_as_told(&mut self) {
        self.end(match self.finish {
            Some(Finish::Length) => Ending::Length,
            Some(Finish::Filter) => Ending::Filtered,
            _ => Ending::Complete,
        });
    }

    /// It broke: what has come stays.
    fn cut(&mut self, fault: Fault) {
        if self.taken || self.clock.first_words.is_some() {
            if fault.is_illness() && Instant::now() < self.clock.deadline {
                self.breakers.report(&self.provider.name, Outcome::Failed);
            }
            self.provider.log(&self.model, &fault);
        }
        self.fault = Some(fault);
        self.end(Ending::Cut);
    }

    fn end(&mut self, ending: Ending) {
        if self.ending.is_some() {
            return;
        }
        self.ending = Some(ending);
        self.wire.response = None;
        self.flush();
        let unmarked = &self.provider.quirks.unmarked_reasoning;
        if self.cleaner.saw_lone_end() {
            unmarked.store(true, Ordering::Relaxed);
        } else if self.hidden && ending == Ending::Complete {
            unmarked.store(false, Ordering::Relaxed);
        }
    }
}
