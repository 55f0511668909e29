//! What people do with a bot: use commands and menus, press, choose, fill in.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::input::Given;
use super::names::{Named, Names};
use super::outcome::{self, Until, Wait};
use super::refusal::Refusal;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::World;
use crate::world::act::{Invocation, find_component};

/// The interaction that an act opened.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Acted {
    /// Its id.
    pub interaction: Id,
}

/// A slash command, or (`focused`) one that is being typed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Slash {
    /// Who.
    pub user: Named,
    /// Where.
    pub channel: Named,
    /// The command with its subcommand: `talk`, `character info`.
    pub command: String,
    /// Option values by name.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// Which application's, where several have a command of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Named>,
    /// For an autocompletion, and there needed: the option that is being typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focused: Option<String>,
    /// Whether to wait for the outcome, and answer that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Until>,
    /// How long to wait at most, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How long nothing may change before it counts as finished, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_ms: Option<u64>,
}

/// An entry of a context menu.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    /// Who.
    pub user: Named,
    /// Where.
    pub channel: Named,
    /// The entry.
    pub command: String,
    /// The message, or the user, whose menu it is.
    pub target: Named,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Until>,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_ms: Option<u64>,
}

/// A button pressed, or entries chosen in a select menu.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Press {
    /// Who.
    pub user: Named,
    /// Where.
    pub channel: Named,
    /// The message: its id, or `last`.
    pub message: Named,
    /// The component, by its custom id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_id: Option<String>,
    /// Or by what it says: a button's label, a menu's placeholder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What is chosen in a menu: values or labels, or ids or names.
    #[serde(default)]
    pub values: Vec<Named>,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Until>,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_ms: Option<u64>,
}

/// A modal sent off.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Submit {
    /// The interaction that opened it.
    pub interaction: Id,
    /// What is filled in, by custom id.
    #[serde(default)]
    pub fields: Map<String, Value>,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Until>,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// As in [`Slash`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_ms: Option<u64>,
}

/// `POST /act/slash`
pub(super) async fn slash(
    State(sandbox): State<Sandbox>,
    Given(act): Given<Slash>,
) -> Result<Response, Refusal> {
    if act.focused.is_some() {
        return Err(Refusal::bad("`focused` is for act/autocomplete"));
    }
    invoke(&sandbox, act).await
}

/// `POST /act/autocomplete`
pub(super) async fn autocomplete(
    State(sandbox): State<Sandbox>,
    Given(act): Given<Slash>,
) -> Result<Response, Refusal> {
    if act.focused.is_none() {
        return Err(Refusal::bad("say `focused`: the option that is being typed"));
    }
    invoke(&sandbox, act).await
}

async fn invoke(sandbox: &Sandbox, act: Slash) -> Result<Response, Refusal> {
    let wait = waiting(act.wait, act.timeout_ms, act.quiet_ms);
    let id = sandbox.change(|world| {
        let invocation = invocation(world, act)?;
        Ok::<_, Refusal>(world.invoke(&invocation)?)
    })?;
    acted(sandbox, id, wait).await
}

/// What an act means in a world.
pub(super) fn invocation(world: &World, act: Slash) -> Result<Invocation, Refusal> {
    let (user, channel) = actor(world, &act.user, &act.channel)?;
    let names = Names(world);
    let app = act.app.as_ref().map(|app| names.app(Some(app))).transpose()?;
    let options = names.options(channel, &act.command, app, &act.options)?;
    Ok(Invocation { user, channel, command: act.command, app, options, focused: act.focused })
}

/// `POST /act/menu`
pub(super) async fn menu(
    State(sandbox): State<Sandbox>,
    Given(act): Given<Menu>,
) -> Result<Response, Refusal> {
    let id = sandbox.change(|world| {
        let (user, channel) = actor(world, &act.user, &act.channel)?;
        let names = Names(world);
        let target = match names.message(channel, user, &act.target) {
            Ok(message) => message,
            Err(_) => names.user(&act.target)?,
        };
        Ok::<_, Refusal>(world.use_menu(user, channel, &act.command, target)?)
    })?;
    acted(&sandbox, id, waiting(act.wait, act.timeout_ms, act.quiet_ms)).await
}

/// `POST /act/press`
pub(super) async fn press(
    State(sandbox): State<Sandbox>,
    Given(act): Given<Press>,
) -> Result<Response, Refusal> {
    let id = sandbox.change(|world| {
        let (user, channel) = actor(world, &act.user, &act.channel)?;
        let message = Names(world).message(channel, user, &act.message)?;
        let components = world.message(channel, message).map(|message| message.components.as_slice());
        let components = components.unwrap_or_default();
        let custom_id = match (&act.custom_id, &act.label) {
            (Some(custom_id), None) => custom_id.clone(),
            (None, Some(label)) => by_label(components, label)?,
            _ => return Err(Refusal::bad("say custom_id or label, one of them")),
        };
        let values = match find_component(components, &custom_id) {
            Some(component) => Names(world).values(channel, component, &act.values)?,
            None => Vec::new(),
        };
        Ok::<_, Refusal>(world.press(user, channel, message, &custom_id, &values)?)
    })?;
    acted(&sandbox, id, waiting(act.wait, act.timeout_ms, act.quiet_ms)).await
}

/// `POST /act/submit`
pub(super) async fn submit(
    State(sandbox): State<Sandbox>,
    Given(act): Given<Submit>,
) -> Result<Response, Refusal> {
    let id = sandbox.change(|world| world.submit_modal(act.interaction, &act.fields))?;
    acted(&sandbox, id, waiting(act.wait, act.timeout_ms, act.quiet_ms)).await
}

/// Who acts, and where: a person who sees that channel.
pub(super) fn actor(world: &World, user: &Named, channel: &Named) -> Result<(Id, Id), Refusal> {
    let names = Names(world);
    let id = names.user(user)?;
    if world.apps.contains_key(&id) {
        return Err(Refusal::bad(format!("{} is a bot: it acts by itself", user.0)));
    }
    let place = names.channel(channel, Some(id))?;
    if !names.sees(id, place) {
        return Err(Refusal::bad(format!("{} can't see the channel {}", user.0, channel.0)));
    }
    Ok((id, place))
}

fn waiting(until: Option<Until>, timeout_ms: Option<u64>, quiet_ms: Option<u64>) -> Option<Wait> {
    until.map(|until| Wait { until, timeout_ms, quiet_ms })
}

/// The answer of an act: its interaction, or what became of it.
async fn acted(sandbox: &Sandbox, id: Id, wait: Option<Wait>) -> Result<Response, Refusal> {
    match wait {
        None => Ok(Json(Acted { interaction: id }).into_response()),
        Some(wait) => Ok(Json(outcome::wait_for(sandbox, id, wait).await?).into_response()),
    }
}

/// The custom id of the component that says this.
fn by_label(components: &[Value], label: &str) -> Result<String, Refusal> {
    let mut said = Vec::new();
    say_all(components, &mut said);
    let fitting: Vec<_> = said.iter().filter(|(text, _)| *text == label).collect();
    match fitting[..] {
        [(_, custom_id)] => Ok((*custom_id).to_owned()),
        [] => {
            let known: Vec<_> = said.iter().map(|(text, _)| format!("{text:?}")).collect();
            let known = if known.is_empty() { "it has none".into() } else { known.join(", ") };
            Err(Refusal::bad(format!("that message has no button {label:?}; {known}")))
        }
        _ => Err(Refusal::conflict(format!("several components say {label:?}: use the custom_id"))),
    }
}

/// What each component says (a button's label or emoji, a menu's placeholder), and its custom id.
fn say_all<'a>(components: &'a [Value], said: &mut Vec<(&'a str, &'a str)>) {
    for component in components {
        if let Some(custom_id) = component["custom_id"].as_str() {
            let texts = [&component["label"], &component["placeholder"], &component["emoji"]["name"]];
            said.extend(texts.into_iter().find_map(Value::as_str).map(|text| (text, custom_id)));
        }
        say_all(component["components"].as_array().map(Vec::as_slice).unwrap_or_default(), said);
        if let Some(one) = component.get("accessory") {
            say_all(std::slice::from_ref(one), said);
        }
    }
}
