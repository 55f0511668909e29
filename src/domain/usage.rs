//! What one call of a model was for, and how it ended.

use super::named::named;

named! {
    /// What asked the model.
    Feature {
        /// One member and one character.
        Talk = "talk",
        /// Several characters and members on one stage.
        Scene = "scene",
    }

    /// How a call of a model ended.
    Outcome {
        /// With a whole answer.
        Completed = "completed",
        /// With the beginning of an answer.
        Partial = "partial",
        /// Without any answer.
        Failed = "failed",
        /// By the member, a kill switch or the bot's end.
        Cancelled = "cancelled",
        /// The model would not answer.
        RefusedByModel = "refused_by_model",
    }
}
