//! Polls: question, answers, duration.
//!
//! <https://docs.discord.com/developers/resources/poll#poll-create-request-object>

use super::errors::Errors;
use super::field::Form;

/// The longest a poll runs: 32 days, in hours.
const MAX_HOURS: i64 = 768;

/// Checks the field `poll` of a message.
pub(super) fn check(message: Form<'_>, errors: &mut Errors) {
    message.object(errors, "poll", |poll, errors| {
        poll.require(errors, "question");
        poll.object(errors, "question", |question, errors| {
            question.required_text(errors, "text", 1..=300);
        });
        poll.require(errors, "answers");
        poll.each(errors, "answers", 1..=10, |answer, errors| {
            answer.require(errors, "poll_media");
            answer.object(errors, "poll_media", |media, errors| {
                if !media.has("emoji") {
                    media.require(errors, "text");
                }
                media.text(errors, "text", 1..=55);
            });
        });
        poll.integer(errors, "duration", 1..=MAX_HOURS);
        poll.flag(errors, "allow_multiselect");
        poll.choice(errors, "layout_type", &[1]);
    });
}
