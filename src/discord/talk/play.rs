//! One exchange on its show: the words go from the model to Discord, and at the end both are told how it went.

use std::future::Future;

use serenity::all::{Timestamp, UserId};

use super::doors::Response;
use crate::discord::Data;
use crate::discord::show::{self, Earlier, End, Face, Show, Trouble, Venue};
use crate::domain::bond::Band;
use crate::domain::ids::InteractionId;
use crate::domain::persona::Persona;
use crate::features::talk::{Exchange, Posted};
use crate::i18n::{Args, Locale, texts};

/// Where and to whom an exchange is shown.
#[derive(Debug, Clone)]
pub(super) struct Play<'a> {
    pub(super) data: &'a Data,
    pub(super) venue: Venue,
    /// The language of the buttons and notes.
    pub(super) locale: Locale,
    /// Whose buttons these are.
    pub(super) asker: UserId,
    /// When that came which the venue belongs to.
    pub(super) since: Timestamp,
}

impl Play<'_> {
    /// Begins to show an exchange: typing at first, and nothing more before `floor` ends.
    pub(super) fn begin(
        &self,
        exchange: &Exchange,
        earlier: Option<Earlier>,
        floor: impl Future<Output = ()> + Send + 'static,
    ) -> Show {
        self.show(exchange.persona(), earlier, floor)
    }

    /// The same for an answer that is there already.
    pub(super) fn show(
        &self,
        persona: &Persona,
        earlier: Option<Earlier>,
        floor: impl Future<Output = ()> + Send + 'static,
    ) -> Show {
        let face = Face {
            name: persona.name.clone(),
            avatar_url: self.data.characters.cast().avatar_url(persona),
            colour: persona.colour,
        };
        Show::begin(&self.data.stage, self.venue.clone(), face, earlier, floor)
    }

    /// Shows a started exchange to its end, and has it recorded; why it is not to be seen whole, if it isn't.
    pub(super) async fn run(&self, mut exchange: Exchange, show: Show) -> Option<Trouble> {
        while let Some(text) = exchange.next().await {
            show.say(text);
        }
        let ended = exchange.ended();
        let mut notes = show::notes(&self.data.catalog, self.locale, &ended, Some(exchange.left()));
        if let Some(band) = exchange.reached().await {
            let line = self.reached(&exchange.persona().name, band);
            notes = if notes.is_empty() { line } else { format!("{notes}\n{line}") };
        }
        let asker =
            crate::domain::ids::UserId::new(self.asker.get()).expect("a member's id, as it was read before");
        let rows = show::buttons(
            &self.data.catalog,
            self.locale,
            exchange.id(),
            asker,
            ended.answers,
            show::can_go_on(&ended),
        );
        let line = exchange.id();
        let shown = show.finish(exchange.text(), End { notes, rows }).await;
        self.remember(line, &shown.posted).await;
        exchange.end(shown.posted);
        if let Some(trouble) = &shown.trouble {
            tracing::debug!(?trouble, "an answer is not to be seen whole");
        }
        shown.trouble
    }

    /// The line that tells a member of a new band.
    fn reached(&self, character: &str, band: Band) -> String {
        let args = Args::new()
            .typed("character", character)
            .trusted("band", band.name())
            .trusted("command", self.data.mention("bond view", self.locale));
        format!("-# {}", self.data.catalog.format(self.locale, texts::BOND_REACHED, &args))
    }

    /// Remembers how to reach the pages of an answer in a response. A single one is reached by any button below it.
    pub(super) async fn remember(&self, line: InteractionId, posted: &Posted) {
        if let Venue::Response { token, .. } = &self.venue
            && posted.messages.len() > 1
        {
            let response = Response { token: token.clone(), since: self.since };
            self.data.doors.stands_in(line, response).await;
        }
    }
}
