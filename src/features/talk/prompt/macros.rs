//! Macros in a character's texts. What a member writes never comes here: it is put in afterwards.

/// Forms of a macro, all in small letters: what opens it and closes it.
const FORMS: &[(&str, &str)] = &[("{{", "}}"), ("<", ">")];

/// Expands `{{char}}`, `{{user}}`, `<BOT>`, `<CHAR>` and `<USER>`, in whatever case, and drops comments (`{{// …}}`).
/// Unknown ones stay as they are; what is put in is not looked at again.
pub fn expand(text: &str, character: &str, member: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((value, length)) = macro_at(rest, character, member) {
            out.push_str(value);
            rest = &rest[length..];
        } else {
            let next = rest.char_indices().nth(1).map_or(rest.len(), |(next, _)| next);
            out.push_str(&rest[..next]);
            rest = &rest[next..];
        }
    }
    out.push_str(rest);
    out
}

/// The macro that a text begins with: what stands for it, and its length.
fn macro_at<'v>(text: &str, character: &'v str, member: &'v str) -> Option<(&'v str, usize)> {
    let (open, close) = FORMS.iter().find(|(open, _)| text.starts_with(open))?;
    let inside = text[open.len()..].split(close).next()?;
    let length = open.len() + inside.len() + close.len();
    if text.len() < length {
        return None;
    }
    let braces = *open == "{{";
    let value = match inside.trim().to_ascii_lowercase().as_str() {
        "char" => character,
        "bot" if !braces => character,
        "user" => member,
        comment if braces && (comment.starts_with("//") || comment.starts_with("comment:")) => "",
        _ => return None,
    };
    Some((value, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn macros_stand_for_names() {
        let table = [
            ("{{char}} greets {{user}}.", "Mira greets Max."),
            ("{{CHAR}} <BOT> <char> {{ User }} <USER>", "Mira Mira Mira Max Max"),
            ("a{{// a note }}b{{comment: x}}c", "abc"),
            ("{{random:a,b}} {{bot}} < 3 {{ {char}", "{{random:a,b}} {{bot}} < 3 {{ {char}"),
            ("{{char", "{{char"),
            ("<3 {{user}}", "<3 Max"),
        ];
        for (text, expected) in table {
            assert_eq!(expand(text, "Mira", "Max"), expected, "{text}");
        }
        assert_eq!(expand("{{user}}", "Mira", "{{char}} <BOT>"), "{{char}} <BOT>");
    }

    proptest! {
        #[test]
        fn texts_without_macros_stay(text in "[a-z{}<> é:/]{0,40}") {
            let expanded = expand(&text, "\u{1}", "\u{2}");
            let put_in = expanded.contains(['\u{1}', '\u{2}']);
            prop_assert!(expanded == text || put_in || text.contains("//"), "{}", expanded);
        }
    }
}
