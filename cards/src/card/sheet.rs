//! What a card says, field by field, whatever its version and the small faults of its writer.

use serde_json::Value;

use super::assets::{self, Asset};
use super::read::{self, Condition};
use super::{Card, found};

/// All fields of the specs. Texts are empty where the card has none. All of it is a stranger's words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// V1. May be empty or blank: ask for one.
    pub name: String,
    /// V1, into every prompt.
    pub description: String,
    /// V1, into every prompt.
    pub personality: String,
    /// V1, into every prompt.
    pub scenario: String,
    /// V1, the first greeting.
    pub first_mes: String,
    /// V1, examples parted at `<START>`; they leave the prompt before history does.
    pub mes_example: String,
    /// V2, to be shown, never into a prompt.
    pub creator_notes: String,
    /// V2, in place of the host's unless it is empty; `{{original}}` is the host's.
    pub system_prompt: String,
    /// V2, in place of the host's unless it is empty; `{{original}}` is the host's.
    pub post_history_instructions: String,
    /// V2, greetings after the first.
    pub alternate_greetings: Vec<String>,
    /// V2, never into a prompt.
    pub tags: Vec<String>,
    /// V2, never into a prompt.
    pub creator: String,
    /// V2, never into a prompt.
    pub character_version: String,
    /// V3, in place of the name in `{{char}}`; `None` when missing or empty.
    pub nickname: Option<String>,
    /// V3, notes by language (ISO 639-1, lower case).
    pub creator_notes_multilingual: Vec<(String, String)>,
    /// V3, ids and addresses of where the card came from. Only to be appended to.
    pub source: Vec<String>,
    /// V3, more greetings for scenes with several.
    pub group_only_greetings: Vec<String>,
    /// V3, Unix seconds; `None` when unknown.
    pub creation_date: Option<u64>,
    /// V3, Unix seconds; `None` when unknown.
    pub modification_date: Option<u64>,
    /// V3. Empty when the card names none, which means one icon of `ccdefault:`.
    pub assets: Vec<Asset>,
    /// What SillyTavern keeps in `extensions`.
    pub silly: Silly,
}

/// SillyTavern's settings of a character, read from `extensions`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Silly {
    /// A text to be put among the last messages.
    pub depth_prompt: Option<DepthPrompt>,
    /// How readily the character speaks in a group: 0 never, 1 always; 0.5 where it doesn't say.
    pub talkativeness: Option<f64>,
    /// The name of a lorebook on the author's machine.
    pub world: Option<String>,
}

/// A text to be put among the last messages.
#[derive(Debug, Clone, PartialEq)]
pub struct DepthPrompt {
    /// The text; not empty.
    pub prompt: String,
    /// How many messages follow it. SillyTavern's default is 4.
    pub depth: u32,
    /// Who says it.
    pub role: Role,
}

/// Who says a text of a prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// The host.
    #[default]
    System,
    /// The member.
    User,
    /// The character.
    Assistant,
}

impl Sheet {
    /// What `{{char}}` means: the nickname, or else the name.
    pub fn spoken_name(&self) -> &str {
        self.nickname.as_deref().unwrap_or(&self.name)
    }

    /// All greetings for one character alone: the first and the alternate ones that aren't blank. A greeting's index in
    /// the card, which `@@is_greeting` means, comes along.
    pub fn greetings(&self) -> impl Iterator<Item = (usize, &str)> {
        let all = std::iter::once(&self.first_mes).chain(&self.alternate_greetings);
        all.map(String::as_str).enumerate().filter(|(_, greeting)| !greeting.trim().is_empty())
    }

    /// The creator's notes for a language such as `de` or `en-GB`: its own, or else English, or else any.
    pub fn notes_in(&self, language: &str) -> &str {
        let wanted = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let by = |code: &str| {
            self.creator_notes_multilingual.iter().find(|(at, _)| at == code).map(|(_, note)| note)
        };
        // `creator_notes` is the English of a card whose other notes have none (V3).
        let english = by("en").unwrap_or(&self.creator_notes);
        let any = self.creator_notes_multilingual.first().map_or("", |(_, note)| note);
        let own = if wanted == "en" { None } else { by(&wanted) };
        own.map_or(if english.is_empty() { any } else { english }, String::as_str)
    }

    /// The main icon: the one that is called `main`, or else the first. `None` means the card's own picture.
    pub fn main_icon(&self) -> Option<&Asset> {
        assets::main_icon(&self.assets)
    }
}

/// Reads all fields, and the condition of those that aren't as due.
pub(super) fn read(card: &Card) -> (Sheet, Vec<(&'static str, Condition)>) {
    let mut odd = Vec::new();
    let mut text = |name: &'static str| {
        let (text, condition) = read::text(card.field(name));
        odd.extend(condition.map(|condition| (name, condition)));
        text
    };
    let mut sheet = Sheet {
        name: text("name"),
        description: text("description"),
        personality: text("personality"),
        scenario: text("scenario"),
        first_mes: text("first_mes"),
        mes_example: text("mes_example"),
        creator_notes: text("creator_notes"),
        system_prompt: text("system_prompt"),
        post_history_instructions: text("post_history_instructions"),
        creator: text("creator"),
        character_version: text("character_version"),
        ..Sheet::default()
    };
    if card.field("nickname").is_some_and(|nickname| !nickname.is_null()) {
        sheet.nickname = Some(text("nickname")).filter(|nickname| !nickname.is_empty());
    }
    let mut list = |name: &'static str, commas: bool| {
        let (list, condition) = read::list(card.field(name), commas);
        // Absent and null are the same to an optional list.
        let silent = name == "source" && card.field(name).is_some_and(Value::is_null);
        odd.extend(condition.filter(|_| !silent).map(|condition| (name, condition)));
        list
    };
    sheet.alternate_greetings = list("alternate_greetings", false);
    sheet.group_only_greetings = list("group_only_greetings", false);
    sheet.tags = list("tags", true);
    sheet.source = list("source", false);
    let mut seconds = |name: &'static str| {
        let (seconds, condition) = read::seconds(card.field(name));
        odd.extend(condition.map(|condition| (name, condition)));
        seconds
    };
    sheet.creation_date = seconds("creation_date");
    sheet.modification_date = seconds("modification_date");
    let (notes, condition) = read::notes(card.field("creator_notes_multilingual"));
    sheet.creator_notes_multilingual = notes;
    odd.extend(condition.map(|condition| ("creator_notes_multilingual", condition)));
    let (assets, condition) = assets::read(card.field("assets"));
    sheet.assets = assets;
    odd.extend(condition.map(|condition| ("assets", condition)));
    match card.field("extensions") {
        None | Some(Value::Null) => {}
        Some(extensions @ Value::Object(_)) => sheet.silly = silly(extensions),
        Some(other) => odd.push(("extensions", Condition::Broken(found(other)))),
    }
    match card.field("character_book") {
        None | Some(Value::Null | Value::Object(_)) => {}
        Some(other) => odd.push(("character_book", Condition::Broken(found(other)))),
    }
    (sheet, odd)
}

fn silly(extensions: &Value) -> Silly {
    let depth_prompt = extensions.get("depth_prompt").and_then(|depth_prompt| {
        let prompt = read::text(depth_prompt.get("prompt")).0;
        let depth = read::number(depth_prompt.get("depth")).unwrap_or(4.0).clamp(0.0, 10_000.0);
        let role = match depth_prompt.get("role").and_then(Value::as_str) {
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            _ => Role::System,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
        let depth = depth as u32;
        (!prompt.trim().is_empty()).then_some(DepthPrompt { prompt, depth, role })
    });
    let world = read::text(extensions.get("world")).0;
    Silly {
        depth_prompt,
        talkativeness: read::number(extensions.get("talkativeness")).map(|number| number.clamp(0.0, 1.0)),
        world: (!world.trim().is_empty()).then_some(world),
    }
}
