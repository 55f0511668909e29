//! What a stream without words, or one that broke, is a fault of.

use super::Stream;
use crate::ai::{
    fault::{Fault, Kind},
    types::Ending,
    wire::Said,
};

impl Stream {
    /// An error in place of words. Some servers give what their template complains of that way.
    pub(super) fn fault_of(&self, said: &Said) -> Fault {
        let has_learned = self.clock.token.is_none() && self.provider.quirks.learn_roles(self.form, said);
        if has_learned {
            self.provider.log_form();
            return Fault::new(Kind::Form, "it wants other roles");
        }
        Fault::of_event(said)
    }

    /// Why there are no words.
    pub(super) fn into_fault(self) -> Fault {
        match (self.fault, self.ending) {
            (Some(fault), _) => fault,
            (None, Some(Ending::Filtered)) => Fault::new(Kind::Refused, "its filter, or the model itself"),
            (None, Some(Ending::Length)) => {
                Fault::new(Kind::Silent, "nothing but reasoning within the most tokens of the answer")
            }
            _ => Fault::new(Kind::Silent, "an answer without words"),
        }
    }
}
