//! How gifts and trades are shown: the preview, the offer, and what became of it.

use serenity::all::{ButtonStyle, CreateActionRow};

use super::custom_id::{CustomId, TradeVerb};
use super::{View, shown};
use crate::cold::trades::Trade;
use crate::discord::Reply;
use crate::domain::trade::TradeState;
use crate::features::collection::OFFER_HOURS;
use crate::i18n::{Args, texts};

impl View<'_> {
    /// What the proposer sees before anybody else does.
    pub(crate) fn preview(&self, trade: &Trade) -> Reply {
        let lines = [self.terms(trade), self.state(trade)];
        let rows = if trade.state == TradeState::Proposed {
            vec![self.row(
                trade,
                &[
                    (TradeVerb::Confirm, texts::COLLECTION_BUTTON_CONFIRM, ButtonStyle::Success),
                    (TradeVerb::Withdraw, texts::COLLECTION_BUTTON_CANCEL, ButtonStyle::Secondary),
                ],
            )]
        } else {
            Vec::new()
        };
        Reply::text(lines.join("\n")).components(rows)
    }

    /// What both see in the channel.
    pub(crate) fn offer(&self, trade: &Trade) -> Reply {
        let lines = [self.terms(trade), self.state(trade)];
        let rows = if trade.state == TradeState::Confirmed {
            vec![self.row(
                trade,
                &[
                    (TradeVerb::Accept, texts::COLLECTION_BUTTON_ACCEPT, ButtonStyle::Success),
                    (TradeVerb::Decline, texts::COLLECTION_BUTTON_DECLINE, ButtonStyle::Danger),
                    (TradeVerb::Withdraw, texts::COLLECTION_BUTTON_WITHDRAW, ButtonStyle::Secondary),
                ],
            )]
        } else {
            Vec::new()
        };
        Reply::text(lines.join("\n")).components(rows)
    }

    fn terms(&self, trade: &Trade) -> String {
        let terms = &trade.terms;
        let args = Args::new()
            .trusted("proposer", shown(terms.proposer))
            .trusted("receiver", shown(terms.receiver))
            .typed("gives", &self.name(&terms.gives));
        match &terms.gets {
            None => self.say(texts::COLLECTION_TERMS_GIFT, &args),
            Some(gets) => self.say(texts::COLLECTION_TERMS_TRADE, &args.typed("gets", &self.name(gets))),
        }
    }

    fn state(&self, trade: &Trade) -> String {
        let args = Args::new()
            .trusted("state", trade.state.name())
            .trusted("receiver", shown(trade.terms.receiver))
            .number("hours", OFFER_HOURS.into())
            .trusted("until", format!("<t:{}:R>", trade.expires_at.timestamp()));
        self.say(texts::COLLECTION_STATE, &args)
    }

    fn row(&self, trade: &Trade, buttons: &[(TradeVerb, crate::i18n::Text, ButtonStyle)]) -> CreateActionRow {
        let button = |(verb, label, style): &(TradeVerb, _, ButtonStyle)| {
            self.button(&CustomId::Trade { verb: *verb, trade: trade.terms.id }, *label, *style)
        };
        CreateActionRow::Buttons(buttons.iter().map(button).collect())
    }
}
