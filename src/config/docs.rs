//! Writes `.env.example`, `docs/configuration.md` and the effective configuration from the declarations.

use std::fmt::Write as _;

use super::{
    SECTIONS,
    values::{Source, Values},
    variable::Variable,
};

/// The text of `.env.example`: every variable, explained and commented out.
pub fn env_example() -> String {
    let mut text = String::from(
        "# Troupe's configuration. Copy to .env and uncomment what you need.\n\
         # The real environment wins over this file. Put values with spaces, `#` or `$` in single quotes.\n\
         # Written by `troupe config --env-example`: edit src/config/, not this file.\n",
    );
    for section in SECTIONS {
        push(&mut text, &format!("\n# ---- {} ----\n", section.title));
        for variable in section.variables {
            push(&mut text, "\n");
            for line in wrap(&plain(variable.doc), 100) {
                push(&mut text, &format!("# {line}\n"));
            }
            let default = variable.default.map_or("not set".to_owned(), str::to_owned);
            push(&mut text, &format!("# Accepted: {}. Default: {default}.\n", plain(variable.accepted)));
            push(&mut text, &format!("#{}={}\n", variable.name, variable.example));
        }
    }
    text
}

/// The text of `docs/configuration.md`: one table a section.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Configuration\n\n\
         <!-- Written by `troupe config --markdown`: edit src/config/, not this file. -->\n\n\
         Troupe reads its settings from the environment and from a file `.env` in the folder it starts in \
         (`--env-file` names another). The environment wins. An empty value counts as not set. In the file, put \
         values with spaces, `#` or `$` in single quotes.\n\n\
         All mistakes are reported at once, and `troupe doctor` checks the settings against the real services. \
         `troupe config` shows what is in force and where it comes from.\n\n\
         Variables marked *live* are read again on SIGHUP; since a process keeps the environment it was started \
         with, change those in the file. All others need a restart. *Secret* values are never shown.\n",
    );
    for section in SECTIONS {
        push(&mut text, &format!("\n## {}\n\n", section.title));
        push(&mut text, "| variable | what it is for | accepted | default |\n|---|---|---|---|\n");
        for variable in section.variables {
            let Variable { name, doc, accepted, default, secret, reread, .. } = variable;
            let marks = [(*secret, " *secret*"), (*reread, " *live*")];
            let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
            let default = default.map_or("not set".to_owned(), |value| format!("`{value}`"));
            push(&mut text, &format!("| `{name}`{marks} | {doc} | {accepted} | {default} |\n"));
        }
    }
    text
}

/// The configuration in force: a line a variable with its value, masked where secret, and its source.
/// Values are shown as given, also those that don't parse.
pub fn effective(values: &Values) -> String {
    let variables = || SECTIONS.iter().flat_map(|section| section.variables);
    let width = variables().map(|variable| variable.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for variable in variables() {
        let (value, source) = match (values.get(variable.name), variable.default) {
            (Some((value, source)), _) => (mask(variable, value), describe(source)),
            (None, Some(default)) => (default.to_owned(), "default"),
            (None, None) => ("-".to_owned(), "not set"),
        };
        push(&mut text, &format!("{:width$}  {value}  ({source})\n", variable.name));
    }
    text
}

fn mask(variable: &Variable, value: &str) -> String {
    if variable.secret || value.contains('@') {
        "********".to_owned()
    } else {
        value.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
    }
}

fn describe(source: Source) -> &'static str {
    match source {
        Source::Environment => "environment",
        Source::File => "file",
    }
}

/// Drops the Markdown marks that only clutter a comment.
fn plain(doc: &str) -> String {
    doc.replace(['*', '<', '>', '`'], "")
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn push(text: &mut String, more: &str) {
    text.write_str(more).expect("writing to a string can't fail");
}
