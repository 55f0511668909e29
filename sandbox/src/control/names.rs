//! Names for things: wherever one is named, its id will do, and its name where that is unique.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::ids::Id;
use crate::world::World;
use crate::world::command::{kind as command_kind, option};
use crate::world::permissions::bits;

/// How many candidates an error lists.
const LISTED: usize = 12;

/// An id or a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Named(pub String);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            other => Err(serde::de::Error::custom(format!("{other} is neither an id nor a name"))),
        }
    }
}

impl<T: ToString> From<T> for Named {
    fn from(named: T) -> Self {
        Self(named.to_string())
    }
}

/// Something that a name may mean.
struct Candidate<'a> {
    id: Id,
    names: [&'a str; 2],
    place: Option<&'a str>,
}

impl Candidate<'_> {
    fn is_called(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    fn is_called_loosely(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.to_lowercase() == name.to_lowercase())
    }
}

/// The one that is called so: first to the letter, then whatever the case.
fn pick<'a>(what: &str, name: &str, all: impl Iterator<Item = Candidate<'a>>) -> Result<Id, Refusal> {
    let all: Vec<Candidate<'a>> = all.collect();
    let mut fitting: Vec<&Candidate<'a>> = all.iter().filter(|one| one.is_called(name)).collect();
    if fitting.is_empty() {
        fitting = all.iter().filter(|one| one.is_called_loosely(name)).collect();
    }
    match fitting[..] {
        [one] => Ok(one.id),
        [] => Err(Refusal::missing(format!("there is no {what} {name:?}; {}", known(&all)))),
        _ => {
            let listed = list(fitting.iter().map(|one| match one.place {
                Some(place) => format!("{} ({}, in {place})", one.id, one.names[0]),
                None => format!("{} ({})", one.id, one.names[0]),
            }));
            Err(Refusal::conflict(format!("{name:?} may mean several: {listed}; use the id")))
        }
    }
}

fn known(all: &[Candidate<'_>]) -> String {
    if all.is_empty() {
        return "there is none yet".into();
    }
    format!("there are {}", list(all.iter().map(|one| one.names[0].to_owned())))
}

fn list(texts: impl ExactSizeIterator<Item = String>) -> String {
    let count = texts.len();
    let shown: Vec<String> = texts.take(LISTED).collect();
    let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Finds what names mean in a world.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a>(pub(crate) &'a World);

impl Names<'_> {
    /// A person or a bot.
    pub(crate) fn user(self, named: &Named) -> Result<Id, Refusal> {
        let users = &self.0.users;
        if let Some(id) = id_in(named, |id| users.contains_key(&id)) {
            return Ok(id);
        }
        let candidates = users.values().map(|user| Candidate {
            id: user.id,
            names: [user.global_name.as_deref().unwrap_or(&user.username), &user.username],
            place: user.bot.then_some("its application"),
        });
        pick("user", named.0.trim_start_matches('@'), candidates)
    }

    /// An application; without a name the only one.
    pub(super) fn app(self, named: Option<&Named>) -> Result<Id, Refusal> {
        let apps = &self.0.apps;
        let Some(named) = named else {
            return match apps.len() {
                1 => Ok(*apps.keys().next().expect("there is one")),
                0 => Err(Refusal::missing("there is no application yet; POST /_sandbox/apps makes one")),
                _ => {
                    let listed = list(apps.values().map(|app| app.name.clone()));
                    Err(Refusal::conflict(format!("which application? say app: {listed}")))
                }
            };
        };
        if let Some(id) = id_in(named, |id| apps.contains_key(&id)) {
            return Ok(id);
        }
        let candidates =
            apps.values().map(|app| Candidate { id: app.id, names: [&app.name; 2], place: None });
        pick("application", &named.0, candidates)
    }

    /// A server.
    pub(super) fn guild(self, named: &Named) -> Result<Id, Refusal> {
        let guilds = &self.0.guilds;
        if let Some(id) = id_in(named, |id| guilds.contains_key(&id)) {
            return Ok(id);
        }
        let candidates =
            guilds.values().map(|guild| Candidate { id: guild.id, names: [&guild.name; 2], place: None });
        pick("guild", &named.0, candidates)
    }

    /// A role of a server.
    pub(super) fn role(self, guild: Id, named: &Named) -> Result<Id, Refusal> {
        let roles = self.0.guilds.get(&guild).map(|guild| &guild.roles);
        if let Some(id) = id_in(named, |id| roles.is_some_and(|roles| roles.contains_key(&id))) {
            return Ok(id);
        }
        let candidates = roles.into_iter().flat_map(|roles| roles.values()).map(|role| Candidate {
            id: role.id,
            names: [&role.name; 2],
            place: None,
        });
        pick("role", &named.0, candidates)
    }

    /// A channel: its id, its name, or `guild/channel`. Of several with that name, the one that
    /// `viewer` sees.
    pub(super) fn channel(self, named: &Named, viewer: Option<Id>) -> Result<Id, Refusal> {
        let channels = &self.0.channels;
        if let Some(id) = id_in(named, |id| channels.contains_key(&id)) {
            return Ok(id);
        }
        let (place, name) = match named.0.split_once('/') {
            Some((guild, name)) => (Some(self.guild(&Named(guild.to_owned()))?), name),
            None => (None, named.0.as_str()),
        };
        let name = name.trim_start_matches('#');
        let here = |id: &Id| channels.get(id).filter(|it| place.is_none() || it.guild == place);
        let named_so = |id: &Id| here(id).is_some_and(|it| it.name.to_lowercase() == name.to_lowercase());
        let fitting: Vec<Id> = channels.keys().copied().filter(named_so).collect();
        let seen: Vec<Id> = match viewer {
            Some(viewer) if fitting.len() > 1 => {
                fitting.iter().copied().filter(|id| self.sees(viewer, *id)).collect()
            }
            _ => Vec::new(),
        };
        let mut ids: Vec<Id> = match (seen.is_empty(), fitting.is_empty()) {
            (false, _) => seen,
            (true, false) => fitting,
            (true, true) => channels.keys().copied().filter(|id| here(id).is_some()).collect(),
        };
        ids.sort_unstable();
        let candidates = ids.iter().filter_map(here).filter(|it| !it.name.is_empty()).map(|it| Candidate {
            id: it.id,
            names: [&it.name; 2],
            place: it.guild.and_then(|guild| self.0.guilds.get(&guild)).map(|guild| guild.name.as_str()),
        });
        pick("channel", name, candidates)
    }

    /// A message that `viewer` sees: its id, or `last` for the newest.
    pub(super) fn message(self, channel: Id, viewer: Id, named: &Named) -> Result<Id, Refusal> {
        if named.0 == "last" {
            let newest = self.0.seen_by(channel, viewer).last().map(|message| message.id);
            return newest.ok_or_else(|| Refusal::missing("there is no message yet for this member"));
        }
        let id = named.0.parse().map_err(|_| {
            Refusal::bad(format!("a message is named by its id, or as \"last\", not as {:?}", named.0))
        })?;
        let shown = self.0.message(channel, id).is_some_and(|message| message.shown_to(viewer));
        shown.then_some(id).ok_or_else(|| Refusal::missing(format!("this member sees no message {id} there")))
    }

    /// Whether somebody sees a channel.
    pub(crate) fn sees(self, user: Id, channel: Id) -> bool {
        let channel = self.0.channels.get(&channel);
        channel.is_some_and(|channel| self.0.permissions(channel, user) & bits::VIEW_CHANNEL != 0)
    }

    /// What an option of this type means by `value`, if that is a name.
    fn valued(self, guild: Option<Id>, kind: u64, value: &Value) -> Result<Option<Id>, Refusal> {
        let Some(text) = value.as_str().filter(|text| text.parse::<u64>().is_err()) else { return Ok(None) };
        let named = Named(text.to_owned());
        let role =
            || guild.map_or_else(|| Err(Refusal::bad("there are no roles here")), |it| self.role(it, &named));
        match kind {
            option::USER => self.user(&named).map(Some),
            option::ROLE => role().map(Some),
            option::MENTIONABLE => self.user(&named).or_else(|_| role()).map(Some),
            option::CHANNEL => {
                let inside = guild.map_or_else(|| named.clone(), |guild| Named(format!("{guild}/{text}")));
                self.channel(&inside, None).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A command's options with ids in place of names. What is no option of it stays as it is: the
    /// world says what is wrong with it.
    pub(super) fn options(
        self,
        channel: Id,
        command: &str,
        app: Option<Id>,
        given: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Refusal> {
        let guild = self.0.channels.get(&channel).and_then(|channel| channel.guild);
        let mut path = command.trim_start_matches('/').split_whitespace();
        let name = path.next().unwrap_or_default();
        let found = self.0.commands_in(guild).find(|it| {
            it.name() == name && it.kind() == command_kind::CHAT_INPUT && app.is_none_or(|app| app == it.app)
        });
        let mut definitions = found.map(|command| &command.json["options"]);
        for level in path {
            let below = definitions.and_then(Value::as_array).into_iter().flatten();
            definitions = below.into_iter().find(|d| d["name"] == level).map(|d| &d["options"]);
        }
        let definitions = definitions.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut options = given.clone();
        for definition in definitions {
            let kind = definition["type"].as_u64().unwrap_or_default();
            if let Some(value) = definition["name"].as_str().and_then(|name| options.get_mut(name))
                && let Some(id) = self.valued(guild, kind, value)?
            {
                *value = Value::String(id.to_string());
            }
        }
        Ok(options)
    }

    /// The values chosen in a select menu, with ids in place of names and values in place of labels.
    pub(super) fn values(self, channel: Id, menu: &Value, given: &[Named]) -> Result<Vec<String>, Refusal> {
        let guild = self.0.channels.get(&channel).and_then(|channel| channel.guild);
        let kind = match menu["type"].as_u64() {
            Some(5) => option::USER,
            Some(6) => option::ROLE,
            Some(7) => option::MENTIONABLE,
            Some(8) => option::CHANNEL,
            _ => option::STRING,
        };
        let entries = menu["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        given
            .iter()
            .map(|Named(text)| {
                if let Some(id) = self.valued(guild, kind, &Value::String(text.clone()))? {
                    return Ok(id.to_string());
                }
                let by_value = entries.iter().find(|entry| entry["value"] == text.as_str());
                let entry = by_value.or_else(|| entries.iter().find(|entry| entry["label"] == text.as_str()));
                Ok(entry.and_then(|entry| entry["value"].as_str()).unwrap_or(text).to_owned())
            })
            .collect()
    }
}

/// The id that a text is, if there is such a thing.
fn id_in(named: &Named, exists: impl Fn(Id) -> bool) -> Option<Id> {
    named.0.parse().ok().filter(|id| exists(*id))
}
