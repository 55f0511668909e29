//! The small lines below an answer: why it ends where it ends, and what is left of a limit that is about to bite.

use super::pages::beginning;
use super::words::seen;
use crate::ai::Ending;
use crate::domain::denial::Denial;
use crate::features::talk::Ended;
use crate::gates::Left;
use crate::i18n::{Args, Catalog, Locale, texts};

/// The most of an operator's reason that is shown, in UTF-16 units.
const REASON: usize = 60;
/// From how many on one is told what is left.
const FEW: u32 = 3;

/// The lines below an answer that ended so, one below the other; empty where there is nothing to say.
pub fn notes(catalog: &Catalog, locale: Locale, ended: &Ended, left: Option<Left>) -> String {
    let lines = [ending(catalog, locale, ended), left.and_then(|left| few_left(catalog, locale, left))];
    let small: Vec<_> = lines.into_iter().flatten().map(|line| format!("-# {line}")).collect();
    small.join("\n")
}

/// Whether there may be more of an answer that ended so.
pub fn can_go_on(ended: &Ended) -> bool {
    matches!(ended.ending, Ending::Length | Ending::Cut | Ending::Stopped)
}

fn ending(catalog: &Catalog, locale: Locale, ended: &Ended) -> Option<String> {
    let text = match (ended.ending, &ended.stopped) {
        (Ending::Complete, _) => return None,
        (Ending::Length, _) => texts::TALK_NOTE_LENGTH,
        (Ending::Filtered, _) => texts::TALK_NOTE_FILTERED,
        (Ending::Cut, _) => texts::TALK_NOTE_CUT,
        (Ending::Stopped, Some(Denial::Switched { reason: Some(reason), .. })) => {
            let reason = seen(reason);
            let args = Args::new().typed("reason", beginning(reason.trim(), REASON));
            return Some(catalog.format(locale, texts::TALK_NOTE_OFF_BECAUSE, &args));
        }
        (Ending::Stopped, Some(Denial::Switched { .. } | Denial::AiDisabled)) => texts::TALK_NOTE_OFF,
        (Ending::Stopped, _) => texts::TALK_NOTE_STOPPED,
    };
    Some(catalog.text(locale, text))
}

fn few_left(catalog: &Catalog, locale: Locale, left: Left) -> Option<String> {
    // The nearer of the two is the one that bites.
    let (count, text) = if left.user_week < left.user_day {
        (left.user_week, texts::TALK_NOTE_LEFT_WEEK)
    } else {
        (left.user_day, texts::TALK_NOTE_LEFT_DAY)
    };
    (count <= FEW).then(|| catalog.format(locale, text, &Args::new().number("count", count.into())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord::show::pages::units;
    use crate::domain::oversight::SwitchTarget;

    fn ended(ending: Ending, stopped: Option<Denial>) -> Ended {
        Ended { ending, stopped, answers: (1, 0) }
    }

    #[test]
    fn every_note_is_small_and_short() {
        let catalog = Catalog::new();
        let off = |reason: Option<&str>| Denial::Switched {
            target: SwitchTarget::Global,
            reason: reason.map(str::to_owned),
            until: None,
        };
        let ends = [
            ended(Ending::Complete, None),
            ended(Ending::Length, None),
            ended(Ending::Filtered, None),
            ended(Ending::Cut, None),
            ended(Ending::Stopped, None),
            ended(Ending::Stopped, Some(Denial::AiDisabled)),
            ended(Ending::Stopped, Some(off(None))),
            ended(Ending::Stopped, Some(off(Some("@everyone **look** \n# here")))),
            ended(Ending::Stopped, Some(off(Some(&"because ".repeat(100))))),
        ];
        for locale in Locale::ALL {
            for end in &ends {
                for left in
                    [None, Some(Left { user_day: 3, user_week: 1 }), Some(Left { user_day: 0, user_week: 9 })]
                {
                    let text = notes(&catalog, locale, end, left);
                    assert!(text.lines().all(|line| line.starts_with("-# ")), "{text}");
                    assert!(!text.contains("@everyone"), "{text}");
                    assert!(units(&text) <= 240, "{} units: {text}", units(&text));
                }
            }
        }
    }

    #[test]
    fn what_is_left_is_told_before_it_bites() {
        let catalog = Catalog::new();
        let say = |user_day, user_week| {
            let left = Some(Left { user_day, user_week });
            notes(&catalog, Locale::En, &ended(Ending::Complete, None), left)
        };
        assert_eq!(say(4, 9), "");
        assert!(say(3, 9).contains("3 talks left today"), "{}", say(3, 9));
        assert!(say(1, 9).contains("One talk left today"));
        assert!(say(0, 9).contains("last talk for today"));
        assert!(say(9, 2).contains("7 days"));
    }
}
