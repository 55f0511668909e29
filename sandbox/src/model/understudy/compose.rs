//! Composes an answer: a lead that takes up what was said, a line of the character, now and then a
//! question back.

use std::collections::HashMap;

use super::prompt::Cast;
use super::said::{Kind, Said};
use super::words::{self, Dice};

/// What is said of a character without lines.
const NO_LINES: [&str; 3] = [
    "Nobody has written me any lines yet, so I can only listen and answer plainly.",
    "There are no lines in my prompt to speak from. Give me some, and I will find my voice.",
    "I am only the understudy, and my script is blank so far.",
];

/// The answer. `luck` decides between what fits equally well.
pub(super) fn answer(cast: &Cast, said: &Said, history: &[String], luck: u64) -> String {
    let mut dice = Dice(luck);
    let mut lines = ranked(cast, said, history, luck).into_iter();
    let line = lines.next();
    let english = [&said.text, &cast.sample()].iter().all(|text| words::is_english(text) != Some(false));

    let mut parts: Vec<String> = Vec::new();
    if english {
        let leads_itself = said.kind == Kind::Greeting && line.is_some_and(is_greeting);
        if !leads_itself && said.kind != Kind::Nothing {
            // A name in every sentence grates.
            let by = said.by.clone().filter(|_| dice.roll(2) == 0);
            parts.extend(pick(leads(said), &Said { by, ..said.clone() }, cast, history, &mut dice));
        }
    } else if !said.text.is_empty() && dice.roll(2) == 0 {
        parts.push(format!("“{}”…", snippet(&said.text)));
    }
    parts.push(line.map_or_else(|| NO_LINES[dice.roll(NO_LINES.len())].to_owned(), str::to_owned));

    let is_short = line.is_some_and(|line| line.chars().count() < 90);
    let asks = parts.last().is_some_and(|last| last.ends_with('?'));
    match dice.roll(3) {
        0 if is_short => parts.extend(lines.next().map(str::to_owned)),
        1 if english && !asks => parts.extend(pick(closers(said.kind), said, cast, history, &mut dice)),
        _ => {}
    }
    fill(&parts.join(" "), said, cast)
}

/// The character's lines (where there are none, what it can say of itself), the fittest first: by the
/// rare words shared with what was said; those already spoken last.
fn ranked<'a>(cast: &'a Cast, said: &Said, history: &[String], luck: u64) -> Vec<&'a str> {
    let about_self = matches!(said.kind, Kind::WhoAreYou);
    let mut pool: Vec<&str> = cast.lines.iter().chain(&cast.facts).map(String::as_str).collect();
    let stems: Vec<Vec<String>> = pool.iter().map(|line| words::stems(line)).collect();
    let mut seen_in: HashMap<&str, f64> = HashMap::new();
    for stem in stems.iter().flatten() {
        *seen_in.entry(stem).or_default() += 1.0;
    }
    let wanted = words::stems(&said.text);
    let scores: HashMap<&str, f64> = pool
        .iter()
        .zip(&stems)
        .enumerate()
        .map(|(at, (line, stems))| {
            let is_fact = at >= cast.lines.len();
            let shared = stems.iter().filter(|stem| wanted.contains(stem));
            let mut score: f64 = shared.map(|stem| 2.0 / (1.0 + seen_in[stem.as_str()])).sum();
            score += if is_fact == about_self { 0.3 } else { 0.0 };
            score += match (is_greeting(line), said.kind) {
                (true, Kind::Greeting) => 2.0,
                (true, _) => -0.5,
                _ => 0.0,
            };
            // What was asked in an example is answered as it was there.
            let cues = cast.cues.iter().filter(|(line, _)| *line == at);
            let likest = cues.map(|(_, cue)| words::likeness(cue, &said.text)).fold(0.0, f64::max);
            score += if likest >= 0.4 { 4.0 * likest } else { 0.0 };
            // What was told just now is not told again; later it may be, if it fits.
            let told = fill(line, said, cast);
            score -= match history.iter().rev().position(|reply| reply.contains(&told)) {
                Some(0) => 10.0,
                Some(1 | 2) => 1.5,
                Some(_) => 0.8,
                None => 0.0,
            };
            (*line, score)
        })
        .collect();
    pool.sort_by_key(|line| words::hash(&(luck, line)));
    pool.sort_by(|a, b| scores[b].total_cmp(&scores[a]));
    pool.dedup();
    pool
}

/// Whether a line opens a conversation.
fn is_greeting(line: &str) -> bool {
    let first = words::split(line).next().unwrap_or_default().to_lowercase();
    ["hello", "hi", "hey", "welcome", "greetings", "good", "howdy", "hiya", "ahoy", "hail"]
        .contains(&first.as_str())
}

/// How to take up what was said. `{topic}` is what it is about, `{,by}` a comma and who said it.
fn leads(said: &Said) -> &'static [&'static str] {
    match (said.kind, &said.topic) {
        (Kind::Nothing, _) => &[],
        (Kind::Greeting, _) => {
            &["Hello{,by}.", "Ah, there you are{,by}.", "Good to see you{,by}.", "Well, hello{,by}."]
        }
        (Kind::Farewell, _) => {
            &["Farewell{,by}.", "Until next time{,by}.", "Go well{,by}.", "Leaving so soon{,by}?"]
        }
        (Kind::Thanks, _) => &["You are welcome{,by}.", "Think nothing of it{,by}.", "Gladly{,by}."],
        (Kind::HowAreYou, _) => &[
            "Well enough{,by}, thank you for asking.",
            "All the better for some company{,by}.",
            "I can't complain{,by}.",
        ],
        (Kind::WhoAreYou, _) => &["I am {name}.", "{name} is the name.", "They call me {name}."],
        (Kind::AreYouReal, _) => &[
            "In truth I am only an understudy: no model is configured here, so I speak from {name}'s own lines.",
            "Honestly? No model is configured here. I am an understudy with {name}'s own lines, no more.",
        ],
        (Kind::Sorrow, Some(_)) => &[
            "Oh, {topic}. I am sorry to hear that{,by}.",
            "{topic}… That sounds hard{,by}.",
            "I am sorry about {topic}{,by}.",
        ],
        (Kind::Sorrow, None) => {
            &["I am sorry to hear that{,by}.", "That sounds hard{,by}.", "Oh{,by}. Sit with me a while."]
        }
        (Kind::Joy, Some(_)) => &[
            "{topic}! That is good to hear{,by}.",
            "How wonderful, {topic}!",
            "{topic}? Now that is news I like{,by}.",
        ],
        (Kind::Joy, None) => {
            &["That is good to hear{,by}.", "How wonderful{,by}!", "Now that is news I like{,by}."]
        }
        (Kind::Gesture, _) => &["*looks up*", "I saw that{,by}.", "*smiles at that*"],
        (Kind::Question, Some(_)) => &[
            "You ask about {topic}{,by}.",
            "{topic}? Let me think.",
            "Hm, {topic}…",
            "What can I tell you about {topic}?",
            "{topic}, is it? A fair question{,by}.",
        ],
        (Kind::Question, None) => {
            &["A fair question{,by}.", "Let me think.", "Hm. You do ask{,by}.", "Well{,by}…"]
        }
        (Kind::Statement, Some(_)) => &[
            "{topic}, you say?",
            "{topic}… I see.",
            "So it is {topic}{,by}.",
            "Now you have me thinking about {topic}.",
            "Tell me about {topic}, then{,by}.",
        ],
        (Kind::Statement, None) => &["I see{,by}.", "Is that so{,by}?", "I hear you{,by}.", "Go on{,by}."],
    }
}

/// How to hand the word back.
fn closers(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Nothing | Kind::Greeting | Kind::WhoAreYou => {
            &["What brings you here?", "What is on your mind?"]
        }
        Kind::HowAreYou => &["And you?", "How are you yourself?"],
        Kind::Question => &["Why do you ask?", "What do you think?", "What made you think of that?"],
        Kind::Statement | Kind::Joy => &["Tell me more.", "And then?", "What happened next?"],
        Kind::Sorrow => &["Do you want to talk about it?", "What would help?"],
        Kind::Farewell | Kind::Thanks | Kind::AreYouReal | Kind::Gesture => &[],
    }
}

/// One of `choices`, filled in, that the last answer did not have.
fn pick(choices: &[&str], said: &Said, cast: &Cast, history: &[String], dice: &mut Dice) -> Option<String> {
    let filled = choices.iter().map(|choice| words::capitalised(&fill(choice, said, cast)));
    let mut fresh: Vec<String> = filled.collect();
    if let Some(last) = history.last()
        && fresh.iter().any(|choice| !last.contains(choice.as_str()))
    {
        fresh.retain(|choice| !last.contains(choice.as_str()));
    }
    (!fresh.is_empty()).then(|| fresh.swap_remove(dice.roll(fresh.len())))
}

/// `text` with its blanks, and a card's macros, filled in.
fn fill(text: &str, said: &Said, cast: &Cast) -> String {
    let name = cast.name.as_deref().unwrap_or("the understudy");
    let by = said.by.as_deref();
    let mut filled = text.replace("{,by}", &by.map(|by| format!(", {by}")).unwrap_or_default());
    filled = filled.replace("{name}", name).replace("{topic}", said.topic.as_deref().unwrap_or("that"));
    for (macros, value) in
        [(["{{char}}", "<char>", "<BOT>"], name), (["{{user}}", "<user>", "<USER>"], by.unwrap_or("friend"))]
    {
        for name in macros {
            filled = filled.replace(name, value);
        }
    }
    filled
}

/// The beginning of what was said, short enough to be quoted.
fn snippet(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() == text.len() {
        return short.trim_end_matches(['.', '。', '!', '?', '？', '！']).to_owned();
    }
    let whole_words = short.rsplit_once(' ').map_or(short.as_str(), |(words, _)| words);
    whole_words.to_owned()
}
