//! The task of a show: what is posted, what it should be, and the next request that brings the two together.

use std::future::Future;
use std::time::Duration;

use serenity::all::{CreateActionRow, MessageId};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::outlet::{At, Card, Outlet};
use super::pace::Pace;
use super::pages::{pages, put_below};
use super::typing::Typing;
use super::words::seen;
use super::{Earlier, End, Face, Shown, Stage, Trouble, Venue};
use crate::discord::rest::{Rest, RestError, code};
use crate::features::talk::Posted;

/// How long one request may take while more words come.
const STREAM_TIME: Duration = Duration::from_secs(10);
/// The same at the end.
const END_TIME: Duration = Duration::from_secs(12);
/// How long it may take to take away what is too much, before the last edits.
const SURPLUS_LIMIT: Duration = Duration::from_secs(10);
/// How long all of the last edits may take.
const END_LIMIT: Duration = Duration::from_secs(25);
/// How often a request is tried that may succeed later. The client below has tried before.
const TRIES: u32 = 3;
/// The pause after the first failure; doubles with each.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest pause before it is looked again whether there is room.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What stands where words were that are void, until there are others.
const NOTHING: &str = "…";

/// What the player is told.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// The whole text so far.
    pub(super) text: String,
    /// That this is all of it, and what stands below.
    pub(super) end: Option<End>,
}

/// A posted page.
struct Page {
    id: MessageId,
    /// What it shows; `None`: not known.
    text: Option<String>,
    /// Whether it has, or may have, buttons.
    has_rows: bool,
}

/// What comes after a step.
enum Next {
    /// Another.
    Again,
    /// Another, when there may be room.
    After(Duration),
    /// Nothing until there are new words.
    News,
}

/// What a failed request means for the show.
enum Verdict {
    /// There is another way, to be tried at once.
    Otherwise,
    /// The same may do after a pause.
    Later(Duration),
    Stop(Trouble),
}

/// The task's state.
pub(super) struct Player {
    stage: Stage,
    face: Face,
    outlet: Outlet,
    pages: Vec<Page>,
    pace: Pace,
    nonce: u64,
    failures: u32,
    /// Whether a webhook that was gone has been replaced.
    is_renewed: bool,
    /// Whether this show has put anything on Discord.
    has_shown: bool,
    trouble: Option<Trouble>,
}

/// Plays until the end is told, or nobody is left to tell it.
pub(super) async fn play(
    stage: Stage,
    face: Face,
    venue: Venue,
    earlier: Option<Earlier>,
    floor: impl Future<Output = ()>,
    mut orders: watch::Receiver<Order>,
) -> Shown {
    let mut typing = Typing::begin(&stage.rest, &venue, earlier.is_some());
    let as_bot = earlier.as_ref().is_some_and(|earlier| !earlier.posted.by_webhook);
    let (outlet, ()) = tokio::join!(Outlet::of(&stage, venue, as_bot), floor);
    let mut player = Player::new(stage, face, outlet);
    player.adopt(earlier);
    loop {
        let (mut pages, end) = {
            let order = orders.borrow_and_update();
            (pages(&seen(&order.text)), order.end.clone())
        };
        if pages.is_empty() && player.has_shown {
            // What was shown is void.
            pages.push(NOTHING.to_owned());
        }
        if !pages.is_empty() || end.is_some() {
            typing.stop();
        }
        if let Some(end) = end {
            return player.end(pages, end).await;
        }
        let is_left = match player.step(&pages).await {
            Next::Again => false,
            // Newer words change nothing while there is no room; the end does.
            Next::After(wait) => {
                let ended = orders.wait_for(|order| order.end.is_some());
                timeout(wait, ended).await.is_ok_and(|told| told.is_err())
            }
            Next::News => orders.changed().await.is_err(),
        };
        if is_left {
            return player.shown();
        }
    }
}

impl Player {
    fn new(stage: Stage, face: Face, outlet: Outlet) -> Self {
        Self {
            pace: Pace::new(stage.pace),
            stage,
            face,
            outlet,
            pages: Vec::new(),
            nonce: rand::random(),
            failures: 0,
            is_renewed: false,
            has_shown: false,
            trouble: None,
        }
    }

    /// Takes over the messages of an earlier answer.
    fn adopt(&mut self, earlier: Option<Earlier>) {
        let Some(Earlier { posted, text }) = earlier else { return };
        if posted.by_webhook != self.outlet.is_webhook() {
            // They can't be changed from here: the answer appears anew.
            return;
        }
        let texts = pages(&seen(&text));
        let is_known = texts.len() == posted.messages.len();
        let last = posted.messages.len().saturating_sub(1);
        for (place, id) in posted.messages.iter().filter(|id| **id != 0).enumerate() {
            // Notes and buttons stand below the last.
            let is_last = place == last;
            let text = texts.get(place).filter(|_| is_known && !is_last).cloned();
            self.pages.push(Page { id: MessageId::new(*id), text, has_rows: is_last });
        }
    }

    /// One request, if there is something to do and room for it.
    async fn step(&mut self, wanted: &[String]) -> Next {
        if wanted.is_empty() || self.trouble.is_some() {
            return Next::News;
        }
        self.drop_surplus(wanted.len()).await;
        let Some(place) = (0..wanted.len()).find(|place| self.differs(*place, &wanted[*place])) else {
            return Next::News;
        };
        match self.room_for(place) {
            // The first words wait for nothing, but count.
            Err(wait) if self.has_shown => return Next::After(wait),
            _ => {}
        }
        let rest = self.stage.rest.within(STREAM_TIME);
        let card = Card { text: &wanted[place], rows: self.clearing(place) };
        let Err(error) = self.put(&rest, place, card).await else { return Next::Again };
        match self.judge(&error).await {
            Verdict::Otherwise => Next::Again,
            Verdict::Later(wait) => Next::After(wait),
            Verdict::Stop(trouble) => {
                self.stop(trouble);
                Next::News
            }
        }
    }

    fn differs(&self, place: usize, text: &str) -> bool {
        self.pages.get(place).is_none_or(|page| page.has_rows || page.text.as_deref() != Some(text))
    }

    /// Buttons of an earlier answer go with the first new words.
    fn clearing(&self, place: usize) -> Option<Vec<CreateActionRow>> {
        self.pages.get(place).filter(|page| page.has_rows).map(|_| Vec::new())
    }

    /// Counts an edit or a further page, or says how long to wait for room.
    fn room_for(&self, place: usize) -> Result<(), Duration> {
        if let Some(page) = self.pages.get(place) {
            let wait = self.outlet.edit_wait(&self.stage, At { message: page.id, is_first: place == 0 });
            if !wait.is_zero() {
                return Err(wait.min(LONGEST_WAIT));
            }
        }
        self.pace.take()
    }

    /// Puts one page where it belongs: an edit, or a new message.
    async fn put(&mut self, rest: &Rest, place: usize, card: Card<'_>) -> Result<(), RestError> {
        let text = card.text.to_owned();
        let has_rows = card.rows.as_ref().is_some_and(|rows| !rows.is_empty());
        let is_first = place == 0;
        if let Some(page) = self.pages.get(place) {
            let at = At { message: page.id, is_first };
            self.outlet.edit(&self.stage, rest, &self.face, at, card).await?;
            let page = &mut self.pages[place];
            page.text = Some(text);
            page.has_rows = has_rows;
        } else {
            let nonce = format!("{:x}-{place}", self.nonce);
            let sent = self.outlet.post(&self.stage, rest, &self.face, card, &nonce, is_first).await;
            let page = match sent {
                // As the bot, Discord may give what an earlier try has posted: other words.
                Ok(id) => Page { id, text: (self.failures == 0).then_some(text), has_rows },
                Err(error) if error.may_have_arrived() => {
                    let known: Vec<_> = self.pages.iter().map(|page| page.id).collect();
                    let found = self.outlet.find_lost(&self.stage, rest, &text, &known).await;
                    let id = found.ok_or(error)?;
                    Page { id, text: Some(text), has_rows }
                }
                Err(error) => return Err(error),
            };
            self.pages.push(page);
        }
        self.failures = 0;
        self.has_shown = true;
        Ok(())
    }

    /// What a failure means, and what is to be done about it.
    async fn judge(&mut self, error: &RestError) -> Verdict {
        if error.is_interaction_over() {
            return Verdict::Stop(Trouble::Over);
        }
        let is_new = self.pages.is_empty();
        match (error.status(), error.code()) {
            (_, Some(code::UNKNOWN_WEBHOOK | code::INVALID_WEBHOOK_TOKEN)) if self.outlet.is_webhook() => {
                self.renew().await;
                Verdict::Otherwise
            }
            (Some(404), _) if !self.has_shown && !is_new => {
                // An earlier answer that is no longer there: this one appears anew.
                self.pages.clear();
                Verdict::Otherwise
            }
            (Some(404), _) => Verdict::Stop(Trouble::Gone),
            (Some(400 | 403), _) if is_new && self.fall_back(error).await => Verdict::Otherwise,
            (Some(403), _) => Verdict::Stop(Trouble::Forbidden),
            _ if error.is_retryable() => {
                self.failures += 1;
                let pause = PAUSE * 2_u32.pow(self.failures.min(4) - 1);
                Verdict::Later(error.after().unwrap_or(pause).max(pause))
            }
            _ => Verdict::Stop(Trouble::Failed(error.clone())),
        }
    }

    /// The webhook is gone, and with it the way to change what it said: once there is another, the answer appears anew.
    async fn renew(&mut self) {
        let Outlet::Webhook { hook, of, thread } = &self.outlet else { return };
        let (of, thread) = (*of, *thread);
        self.stage.personas.forget(of, hook.id).await;
        // What is left of the old is taken away, where the bot may.
        let channel = thread.unwrap_or(of);
        for page in std::mem::take(&mut self.pages) {
            if self.stage.rest.within(STREAM_TIME).delete_message(channel, page.id).await.is_err() {
                break;
            }
        }
        let another = if self.is_renewed { None } else { self.stage.personas.hook(of).await };
        self.is_renewed = true;
        self.outlet = match another {
            Some(hook) => Outlet::Webhook { hook, of, thread },
            None => Outlet::Bot { channel, answering: None, is_plain: false },
        };
    }

    /// This way is no use here: the bot speaks itself, in embeds, and where it may not have these, in plain text.
    /// Whether there is another way.
    async fn fall_back(&mut self, error: &RestError) -> bool {
        match &mut self.outlet {
            Outlet::Webhook { of, thread, .. } => {
                if error.status() == Some(403) {
                    self.stage.personas.refuse(*of).await;
                }
                let channel = thread.unwrap_or(*of);
                self.outlet = Outlet::Bot { channel, answering: None, is_plain: false };
                true
            }
            Outlet::Bot { is_plain, .. } => !std::mem::replace(is_plain, true),
            Outlet::Response { .. } => false,
        }
    }

    /// Takes away pages of an earlier answer that this one does not reach.
    async fn drop_surplus(&mut self, wanted: usize) {
        let rest = self.stage.rest.within(STREAM_TIME);
        while self.pages.len() > wanted.max(1) {
            let place = self.pages.len() - 1;
            let Some(page) = self.pages.pop() else { return };
            let at = At { message: page.id, is_first: place == 0 };
            if let Err(error) = self.outlet.delete(&self.stage, &rest, at).await {
                tracing::debug!(error = %error, "a page that is no longer needed stays");
            }
        }
    }

    /// Brings all pages to their last state.
    async fn end(mut self, mut wanted: Vec<String>, end: End) -> Shown {
        put_below(&mut wanted, &end.notes);
        if self.trouble.is_none() && !wanted.is_empty() {
            if timeout(SURPLUS_LIMIT, self.drop_surplus(wanted.len())).await.is_err() {
                tracing::debug!("pages that are no longer needed stay: Discord is too slow");
            }
            self.failures = 0;
            let brought = timeout(END_LIMIT, self.bring_to(&wanted, &end)).await;
            let too_late =
                || Trouble::Failed(RestError::Deadline { route: "an answer's last edits".to_owned() });
            if let Err(trouble) = brought.unwrap_or_else(|_| Err(too_late())) {
                self.stop(trouble);
            }
        }
        self.shown()
    }

    async fn bring_to(&mut self, wanted: &[String], end: &End) -> Result<(), Trouble> {
        let rest = self.stage.rest.within(END_TIME);
        let mut place = 0;
        while place < wanted.len() {
            let is_last = place + 1 == wanted.len();
            let rows = (is_last && !end.rows.is_empty()).then(|| end.rows.clone());
            if rows.is_none() && !self.differs(place, &wanted[place]) {
                place += 1;
                continue;
            }
            let rows = rows.or_else(|| self.clearing(place));
            let card = Card { text: &wanted[place], rows };
            let Err(error) = self.put(&rest, place, card).await else {
                // What a repeated post shows is not known: it is edited.
                place += usize::from(self.pages[place].text.is_some());
                continue;
            };
            match self.judge(&error).await {
                Verdict::Stop(trouble) => return Err(trouble),
                Verdict::Later(_) if self.failures >= TRIES => return Err(Trouble::Failed(error)),
                Verdict::Later(wait) => sleep(wait.min(LONGEST_WAIT)).await,
                // It may begin at the first page again.
                Verdict::Otherwise => place = place.min(self.pages.len()),
            }
        }
        Ok(())
    }

    fn stop(&mut self, trouble: Trouble) {
        if let Trouble::Failed(error) = &trouble {
            tracing::warn!(error = %error, "an answer can't be shown whole");
        }
        trouble.count();
        self.trouble = Some(trouble);
    }

    fn shown(self) -> Shown {
        let messages = self.pages.iter().map(|page| page.id.get()).collect();
        let posted = Posted { messages, by_webhook: self.outlet.is_webhook() };
        Shown { posted, trouble: self.trouble }
    }
}
