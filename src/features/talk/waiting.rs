//! A wish in line for a free slot.

use super::{Exchange, Speaker, Talk, wish::Order};
use crate::{
    domain::denial::Denial,
    gates::{Line, Step},
};

/// What happens to a wish in line.
#[derive(Debug)]
pub enum WaitStep {
    /// The place has changed; from 1.
    Moved(u32),
    /// It is their turn.
    Ready(Exchange),
    /// It ends here.
    Denied(Denial),
}

/// A wish in line. Dropped, it leaves the line.
#[must_use]
pub struct Waiting {
    line: Line,
    wish: Option<Box<(Talk, Speaker, Order)>>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Waiting {
    pub(super) fn new(line: Line, talk: Talk, speaker: Speaker, order: Order) -> Self {
        Self { line, wish: Some(Box::new((talk, speaker, order))) }
    }

    /// The place, from 1.
    pub fn place(&self) -> u32 {
        self.line.place()
    }

    /// Until when the wait goes on at most, in milliseconds since 1970.
    pub fn until(&self) -> i64 {
        self.line.until()
    }

    /// Waits for the next step; after [`WaitStep::Ready`] and [`WaitStep::Denied`] the wait is over.
    pub async fn next(&mut self) -> WaitStep {
        if self.wish.is_none() {
            return WaitStep::Denied(Denial::Stopped);
        }
        match self.line.next().await {
            Step::Moved(place) => WaitStep::Moved(place),
            Step::Admitted(admission) => {
                let (talk, speaker, order) = *self.wish.take().expect("looked at above");
                WaitStep::Ready(Exchange::new(talk, speaker, order, admission))
            }
            Step::Denied(denial) => {
                self.wish = None;
                WaitStep::Denied(denial)
            }
        }
    }
}
