//! Members' own characters: on the real program with a local Discord, and under races of several processes.

mod files;
mod life;
mod list;
mod races;

use serde_json::Value;
use troupe_sandbox::drive::{Command, Member, Reply};

use crate::talk_flow::stage::Stage;

/// Sends it, and waits for what it says.
async fn said(command: Command) -> Reply {
    let mut reply = command.send().await.expect("acknowledged");
    reply.answered().await.expect("an answer");
    reply
}

/// Presses it, and waits for what that says.
async fn pressed(reply: &Reply, label: &str) -> Reply {
    let mut pressed = reply.press(label).await.expect("pressed");
    pressed.answered().await.expect("an answer");
    pressed
}

#[track_caller]
fn says(reply: &Reply, text: &str) {
    let followups: Vec<String> = reply.followups().iter().map(troupe_sandbox::drive::Message::text).collect();
    let all = format!("{}\n{}", reply.text(), followups.join("\n"));
    assert!(all.contains(text), "{text:?} in {all}");
}

/// Makes one with that name and description.
async fn makes(member: &Member, name: &str, description: &str) -> Reply {
    let form = member.uses("/character create").send().await.expect("acknowledged").modal().expect("a form");
    let filled =
        form.fill("name", name).fill("description", description).fill("first_mes", "Hello {{user}}!");
    let mut made = filled.submit().await.expect("sent off");
    made.answered().await.expect("an answer");
    made
}

/// The identity behind a name, as it is suggested.
async fn id_of(member: &Member, name: &str) -> String {
    let typing = member.types("/character info").with("character", name).focused("character");
    let found = typing.suggestions().await.expect("suggestions");
    let found = found.into_iter().find(|choice| choice.name.starts_with(name)).expect("the one");
    found.value.as_str().expect("an id").to_owned()
}

/// An answer's file with that ending.
async fn file(reply: &Reply, ending: &str) -> Vec<u8> {
    let message = reply.message().expect("a message");
    let is_it = |file: &&Value| file["filename"].as_str().is_some_and(|name| name.ends_with(ending));
    let file =
        message.attachments().iter().find(is_it).unwrap_or_else(|| panic!("{ending}: {}", message.json()));
    let url = file["url"].as_str().expect("an address");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    client.get(url).send().await.expect("an answer").bytes().await.expect("a file").to_vec()
}

/// What the model was asked last.
async fn asked(stage: &Stage) -> String {
    let requests = stage.discord.model().requests().await.expect("requests");
    requests.last().expect("a request").body.to_string()
}
