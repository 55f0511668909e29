//! Words of others, made harmless for where they are shown: a webhook's name, a member's line, a text on a page.

use super::pages::{beginning, units};
use crate::i18n::plain;

/// The most characters of a message.
const MESSAGE: usize = 2_000;
/// The most characters of a webhook's name.
const NAME: usize = 80;
/// The name of one who has none that can be shown.
const NAMELESS: &str = "Troupe";

/// Without characters that can't be seen and change how others look: controls, and marks that turn the writing direction.
pub(super) fn seen(text: &str) -> String {
    text.chars().filter_map(visible).collect()
}

fn visible(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{061C}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// A name that a webhook may have: what Discord refuses is spelled so that it reads the same.
pub(super) fn webhook_name(name: &str) -> String {
    let shown: String = seen(name)
        .chars()
        .map(|c| match c {
            '@' => '＠',
            '#' => '＃',
            ':' => '꞉',
            '`' => '\'',
            '\n' | '\t' => ' ',
            c => c,
        })
        .collect();
    let mut name = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for (word, dotted) in [("clyde", 2), ("discord", 3)] {
        while let Some(at) = name.to_ascii_lowercase().find(word) {
            name.insert(at + dotted, '·');
        }
    }
    if ["everyone", "here"].iter().any(|word| name.eq_ignore_ascii_case(word)) {
        name.push('.');
    }
    let name = beginning(&name, NAME).trim();
    if name.is_empty() { NAMELESS.to_owned() } else { name.to_owned() }
}

/// A member's line above the answer: who says it to whom, and the line, quoted. At most 2,000 characters; what is
/// longer ends in "…". Whatever they typed mentions nobody, and stays within the quote.
pub fn own_line(member: &str, character: &str, line: &str) -> String {
    let name = |name: &str| plain(beginning(seen(name).trim(), NAME));
    let mut shown = format!("**{}** → **{}**", name(member), name(character));
    let mut left = MESSAGE - units(&shown) - 1;
    for line in seen(line.trim()).lines() {
        let quoted = format!("\n> {}", tame(line));
        if units(&quoted) <= left {
            left -= units(&quoted);
            shown.push_str(&quoted);
            continue;
        }
        if left > units("\n> ") {
            shown.push_str(beginning(&quoted, left).trim_end());
        }
        shown.push('…');
        break;
    }
    shown
}

/// A line as typed, but for what would leave the quote, shout, hide where a link goes or look like a mention.
fn tame(line: &str) -> String {
    let begins_block = ["#", "-#", ">"].iter().any(|mark| line.trim_start().starts_with(mark));
    let line = line.replace('@', "@\u{2060}").replace("](", "]\u{2060}(");
    if begins_block { format!("\\{}", line.trim_start()) } else { line }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_one_that_discord_takes() {
        assert_eq!(webhook_name("Captain Brine"), "Captain Brine");
        assert_eq!(webhook_name("  a\n\tb  "), "a b");
        assert_eq!(webhook_name("Clyde the DISCORDER"), "Cl·yde the DIS·CORDER");
        assert_eq!(webhook_name("everyone"), "everyone.");
        assert_eq!(webhook_name("\u{202E}\u{0}"), "Troupe");
        assert_eq!(webhook_name("@here: #1"), "＠here꞉ ＃1");
        assert_eq!(webhook_name(&"𝔘".repeat(100)).chars().count(), 40);
    }

    #[test]
    fn a_line_stays_in_its_quote() {
        let shown =
            own_line("Mia*", "Brine", "hello @everyone <@1>\n# BIG\n> quote\r\n[x](https://a.test)\u{202E}");
        assert_eq!(
            shown,
            "**Mia\\*** → **Brine**\n> hello @\u{2060}everyone <@\u{2060}1>\n> \\# BIG\n> \\> quote\n> [x]\u{2060}(https://a.test)"
        );
        let long = own_line("Mia", "Brine", &"a long line ".repeat(600));
        assert!(units(&long) <= MESSAGE && long.ends_with('…'), "{}", units(&long));
        let lines = own_line("Mia", "Brine", &"x\n".repeat(3_000));
        assert!(
            units(&lines) <= MESSAGE
                && lines.ends_with('…')
                && lines.lines().skip(1).all(|line| line.starts_with('>'))
        );
    }

    proptest! {
        #[test]
        fn any_line_fits_and_is_quoted(member in any::<String>(), line in any::<String>()) {
            let shown = own_line(&member, "Brine", &line.repeat(20));
            prop_assert!(units(&shown) <= MESSAGE);
            prop_assert!(shown.lines().skip(1).all(|line| line.starts_with("> ")), "{}", shown);
        }

        #[test]
        fn any_name_fits(name in any::<String>()) {
            let name = webhook_name(&name);
            let lower = name.to_lowercase();
            prop_assert!((1..=80).contains(&name.encode_utf16().count()));
            prop_assert!(!lower.contains("discord") && !lower.contains("clyde") && !lower.contains(['@', '#', ':', '`']));
        }
    }
}
