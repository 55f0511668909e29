//! Waiting in line: the member sees their place move, and leaves the line by deleting what shows it.

use std::pin::pin;

use futures::future::{BoxFuture, OptionFuture};

use crate::discord::rest::RestError;
use crate::domain::denial::Denial;
use crate::features::talk::{Exchange, WaitStep, Waiting};
use crate::i18n::{Args, Catalog, Locale, texts};

/// How the wait ended.
#[derive(Debug)]
pub(super) enum Waited {
    /// It is their turn.
    Ready(Exchange),
    /// It was in vain.
    Denied(Denial),
    /// The message that showed the place is gone: they no longer want to wait.
    Left,
}

/// Waits to the end of the line; `tell` shows a place, one at a time and the latest only. It never holds up the turn.
pub(super) async fn wait<'a>(
    mut waiting: Waiting,
    tell: impl Fn(u32) -> BoxFuture<'a, Result<(), RestError>>,
) -> Waited {
    let mut place = waiting.place();
    let mut told = place;
    let mut telling: Option<BoxFuture<'a, Result<(), RestError>>> = None;
    loop {
        let step = {
            let mut next = pin!(waiting.next());
            loop {
                tokio::select! {
                    biased;
                    step = &mut next => break step,
                    Some(result) = OptionFuture::from(telling.as_mut()) => {
                        telling = None;
                        if result.is_err_and(|error| is_gone(&error)) {
                            return Waited::Left;
                        }
                        if told != place {
                            told = place;
                            telling = Some(tell(place));
                        }
                    }
                }
            }
        };
        match step {
            WaitStep::Ready(exchange) => return Waited::Ready(exchange),
            WaitStep::Denied(denial) => return Waited::Denied(denial),
            WaitStep::Moved(now) => {
                place = now;
                if telling.is_none() && told != place {
                    told = place;
                    telling = Some(tell(place));
                }
            }
        }
    }
}

/// What shows a place in line; `until` is when the wait ends at the latest, in milliseconds since 1970.
pub(super) fn place_text(catalog: &Catalog, locale: Locale, place: u32, until: i64) -> String {
    let args = Args::new()
        .number("place", u64::from(place))
        .trusted("until", format!("<t:{}:R>", until.div_euclid(1_000)));
    catalog.format(locale, texts::TALK_IN_LINE, &args)
}

/// Whether what showed the place is no longer there.
pub(super) fn is_gone(error: &RestError) -> bool {
    error.status() == Some(404) || error.is_interaction_over()
}
