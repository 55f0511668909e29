//! Prompts for servers whose chat templates are strict about roles.
//!
//! Our prompts have instructions in more than one place. Many templates take one only, at the beginning, and then
//! members and characters in turn; some take none at all. Only our own instructions are ever moved: what a member said
//! stays a member's.

use crate::ai::types::{Message, Role};

/// Which roles a server takes, and in which order. Each is stricter than the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Roles {
    /// All, in any order.
    #[default]
    Free,
    /// One instruction at the beginning, then members and characters in turn, beginning and ending with a member.
    SystemFirst,
    /// The same without any instruction.
    NoSystem,
}

/// What stands for a member's words where the talk begins with the character's.
const NOTHING_SAID: &str = "…";
/// Complaints of templates without instructions: Gemma's, older ones of Mistral, Gemini's about Gemma.
const NO_SYSTEM: &[&str] = &[
    "system role not supported",
    "system role is not supported",
    "only user and assistant roles",
    "developer instruction is not enabled",
];
/// Complaints about the order of roles: of Qwen, Mistral, Gemma, Llama and their relatives.
const ORDER: &[&str] = &[
    "roles must alternate",
    "roles should alternate",
    "system message must",
    "system message should",
    "system message can only",
    "multiple system messages",
    "optional system message",
    "unexpected role 'system'",
    "expected last role user",
    "must start with a user",
];

impl Roles {
    pub(crate) fn from_repr(repr: u8) -> Self {
        match repr {
            0 => Self::Free,
            1 => Self::SystemFirst,
            _ => Self::NoSystem,
        }
    }

    /// What may please a server that complained about these; `None`: nothing is stricter.
    pub(crate) fn stricter(self, complaint: Complaint) -> Option<Self> {
        let wanted = match (complaint, self) {
            (Complaint::Order, Self::Free) => Self::SystemFirst,
            // The order was right: the instruction itself is what the template does not know.
            (Complaint::Order | Complaint::NoSystem, _) => Self::NoSystem,
        };
        (wanted > self).then_some(wanted)
    }
}

/// What a template has against the roles of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Complaint {
    /// Their order, or an instruction that is not the first message.
    Order,
    /// That there is an instruction.
    NoSystem,
}

impl Complaint {
    /// Reads a server's message, the whole of it: templates complain at its end, after pages of their own source.
    pub(crate) fn of(message: &str) -> Option<Self> {
        let message = message.to_lowercase();
        let has = |phrases: &[&str]| phrases.iter().any(|phrase| message.contains(phrase));
        // Mistral's own says which roles it takes, and that the first message may be an instruction.
        if has(NO_SYSTEM) && !message.contains("system message") {
            Some(Self::NoSystem)
        } else {
            has(ORDER).then_some(Self::Order)
        }
    }
}

/// The same prompt for that server. Its beginning stays as it is, byte for byte, so that servers know it again.
pub(crate) fn fold(messages: &[Message], roles: Roles) -> Vec<Message> {
    if roles == Roles::Free {
        return messages.to_vec();
    }
    let last = messages.iter().rposition(|message| message.role != Role::System);
    let ends_in_answer = last.is_some_and(|last| messages[last].role == Role::Assistant);
    let mut instructions = String::new();
    let mut talk: Vec<Message> = Vec::new();
    for (at, Message { role, content }) in messages.iter().enumerate() {
        match role {
            // What to do about the answer so far: these templates go on after a member only.
            Role::System if ends_in_answer && Some(at) > last => say(&mut talk, Role::User, content),
            Role::System => join(&mut instructions, content),
            role => say(&mut talk, *role, content),
        }
    }
    if talk.first().is_none_or(|first| first.role != Role::User) {
        talk.insert(0, Message { role: Role::User, content: NOTHING_SAID.to_owned() });
    }
    if instructions.is_empty() {
        return talk;
    }
    if roles == Roles::SystemFirst {
        talk.insert(0, Message { role: Role::System, content: instructions });
    } else {
        join(&mut instructions, &talk[0].content);
        talk[0].content = instructions;
    }
    talk
}

fn say(talk: &mut Vec<Message>, role: Role, content: &str) {
    match talk.last_mut() {
        Some(last) if last.role == role => join(&mut last.content, content),
        _ => talk.push(Message { role, content: content.to_owned() }),
    }
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn messages(list: &[(Role, &str)]) -> Vec<Message> {
        list.iter().map(|(role, content)| Message { role: *role, content: (*content).to_owned() }).collect()
    }

    use Role::{Assistant, System, User};

    #[test]
    fn instructions_gather_at_the_beginning() {
        let talk = messages(&[
            (System, "Rules."),
            (User, "Mia: Hi"),
            (Assistant, "Hello."),
            (System, "Manner."),
            (User, "Max: a"),
            (User, "Mia: b"),
            (System, "Anchor."),
        ]);
        assert_eq!(fold(&talk, Roles::Free), talk);
        assert_eq!(
            fold(&talk, Roles::SystemFirst),
            messages(&[
                (System, "Rules.\n\nManner.\n\nAnchor."),
                (User, "Mia: Hi"),
                (Assistant, "Hello."),
                (User, "Max: a\n\nMia: b"),
            ])
        );
        assert_eq!(
            fold(&talk, Roles::NoSystem),
            messages(&[
                (User, "Rules.\n\nManner.\n\nAnchor.\n\nMia: Hi"),
                (Assistant, "Hello."),
                (User, "Max: a\n\nMia: b"),
            ])
        );
    }

    #[test]
    fn what_to_do_with_an_answer_so_far_follows_it() {
        let talk = messages(&[(System, "Rules."), (User, "Hi"), (Assistant, "So I"), (System, "Go on.")]);
        assert_eq!(
            fold(&talk, Roles::SystemFirst),
            messages(&[(System, "Rules."), (User, "Hi"), (Assistant, "So I"), (User, "Go on.")])
        );
    }

    #[test]
    fn complaints_are_read_as_servers_write_them() {
        use Complaint::{NoSystem, Order};
        for (message, complaint) in [
            ("System message must be at the beginning.", Some(Order)),
            (
                "\n------------\nWhile executing CallExpression at line 85, column 32 in source:\n...first %}↵            \
                 {{- raise_exception('System message must be at the beginnin...\n      ^\nError: Jinja Exception: \
                 System message must be at the beginning.",
                Some(Order),
            ),
            (
                "Error rendering prompt with jinja template: \"Conversation roles must alternate \
                 user/assistant/user/assistant/...\".",
                Some(Order),
            ),
            (
                "After the optional system message, conversation roles must alternate user/assistant/",
                Some(Order),
            ),
            (
                "Only user and assistant roles are supported, with the exception of an initial optional system message!",
                Some(Order),
            ),
            ("Unexpected role 'system' after role 'user'", Some(Order)),
            (
                "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
                Some(Order),
            ),
            ("System role not supported", Some(NoSystem)),
            ("Only user and assistant roles are supported!", Some(NoSystem)),
            ("Developer instruction is not enabled for models/gemma-3-27b-it", Some(NoSystem)),
            ("This model's maximum context length is 4096 tokens", None),
            ("The model `x` does not exist", None),
        ] {
            assert_eq!(Complaint::of(message), complaint, "{message}");
        }
    }

    #[test]
    fn a_server_is_found_out_step_by_step_and_to_an_end() {
        assert_eq!(Roles::Free.stricter(Complaint::Order), Some(Roles::SystemFirst));
        assert_eq!(Roles::SystemFirst.stricter(Complaint::Order), Some(Roles::NoSystem));
        assert_eq!(Roles::Free.stricter(Complaint::NoSystem), Some(Roles::NoSystem));
        for complaint in [Complaint::Order, Complaint::NoSystem] {
            assert_eq!(Roles::NoSystem.stricter(complaint), None);
        }
        for roles in [Roles::Free, Roles::SystemFirst, Roles::NoSystem] {
            assert_eq!(Roles::from_repr(roles as u8), roles);
        }
    }

    proptest! {
        #[test]
        fn any_prompt_pleases_a_strict_template(
            list in prop::collection::vec((prop::sample::select(vec![System, User, Assistant]), "[a-z]{1,8}"), 1..12),
        ) {
            let list = std::iter::once((System, "Rules.".to_owned())).chain(list);
            let talk: Vec<_> = list.map(|(role, content)| Message { role, content }).collect();
            for roles in [Roles::SystemFirst, Roles::NoSystem] {
                let folded = fold(&talk, roles);
                prop_assert!(folded[0].content.starts_with("Rules."));
                let systems = folded.iter().filter(|message| message.role == System).count();
                prop_assert_eq!(systems, usize::from(roles == Roles::SystemFirst));
                for (at, message) in folded[systems..].iter().enumerate() {
                    prop_assert_eq!(message.role, if at % 2 == 0 { User } else { Assistant });
                }
                // A member's words stay theirs.
                for said in talk.iter().filter(|message| message.role == User) {
                    let kept = |message: &Message| message.role == User && message.content.contains(&said.content);
                    prop_assert!(folded.iter().any(kept));
                }
            }
        }
    }
}
