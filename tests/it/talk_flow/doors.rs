//! Every way to a character: the command in all its places, a mention, a reply, a direct message, a form.

use serde_json::json;
use serenity::all::ChannelId;

use troupe_sandbox::world::permissions::bits;

use super::stage::{Stage, answer, slowly, talk};

#[tokio::test]
async fn a_member_talks_and_a_character_answers_below_their_line() {
    let stage = Stage::set().await;
    stage.says("Good evening. The kettle is on.").await;
    let max = stage.max();
    let mut reply = talk(&max, "Hello @everyone, **who** are you?").await;
    let answer = answer(&max, "The kettle is on.").await;
    assert!(answer.is_from_webhook(), "{:?}", answer.json());
    assert_ne!(answer.author(), "Troupe");
    reply.refresh().await.expect("a look");
    let own = reply.message().expect("the member's own line");
    assert!(own.text().contains("Max") && own.text().contains("> Hello"), "{}", own.text());
    assert!(own.id() < answer.id() && !own.is_ephemeral());
    assert!(own.pings().is_empty() && answer.pings().is_empty());
    for label in ["Again", "Reply", "Delete"] {
        assert!(answer.can_press(label), "{label}: {:?}", answer.buttons());
    }
    assert!(!answer.can_press("Continue"));
    stage.end().await;
}

#[tokio::test]
async fn it_works_with_nothing_but_the_program() {
    let stage = Stage::alone().await;
    stage.says("Just us, then.").await;
    talk(&stage.max(), "Anyone there?").await;
    answer(&stage.max(), "Just us, then.").await;
    stage.end().await;
}

#[tokio::test]
async fn private_stays_between_the_two() {
    let stage = Stage::set().await;
    stage.says("Our secret.").await;
    let max = stage.max();
    let command = max.uses("/talk").with("message", "psst").with("private", true);
    let mut reply = command.send().await.expect("acknowledged");
    reply
        .until("the whole answer", |reply| reply.message().is_ok_and(|shown| shown.can_press("Delete")))
        .await
        .expect("an answer");
    assert!(reply.is_ephemeral() && reply.text().contains("Our secret."), "{}", reply.text());
    stage.mia().sees_nothing_of(&reply).await.expect("ephemeral");
    assert!(stage.mia().sees().await.expect("messages").is_empty());
    stage.end().await;
}

#[tokio::test]
async fn direct_messages_are_answered_by_command_and_by_word() {
    let stage = Stage::set().await;
    let max = stage.max().in_direct_message_with("Troupe").await.expect("a direct message");
    stage.says("In private, by command.").await;
    let mut reply = talk(&max, "hello").await;
    reply.contains("In private, by command.").await.expect("an answer");
    stage.says("In private, by word.").await;
    max.says("and without a command?").await.expect("said");
    let answered = answer(&max, "In private, by word.").await;
    assert!(!answered.is_from_webhook());
    stage.end().await;
}

#[tokio::test]
async fn a_mention_is_answered_and_what_is_not_for_the_bot_is_not() {
    let stage = Stage::set().await;
    let max = stage.max();
    // An application's bot has its id.
    let bot = stage.discord.sandbox().read(|world| *world.apps.keys().next().expect("an application"));
    max.says("just chatting").await.expect("said");
    stage.says("You called?").await;
    max.says(&format!("<@{bot}> are you there?")).await.expect("said");
    let answered = answer(&max, "You called?").await;
    assert!(answered.is_from_webhook());
    assert_eq!(stage.calls().await, 1, "chatting is nothing to the model");
    let asked = stage.discord.model().requests().await.expect("requests");
    let asked = json!(asked).to_string();
    assert!(asked.contains("are you there?") && !asked.contains(&format!("<@{bot}>")), "{asked}");
    // A bare mention gets a hint, and costs nothing.
    max.says(&format!("<@{bot}>")).await.expect("said");
    max.reads("Write something after my name").await.expect("a hint");
    assert_eq!(stage.calls().await, 1);
    stage.end().await;
}

#[tokio::test]
async fn a_thread_is_answered_through_its_channels_webhook() {
    let stage = Stage::set().await;
    let max = stage.max();
    // Any message there says which channel it is.
    let posted = max.says("a thread, please").await.expect("said");
    let channel: ChannelId = posted.json()["channel_id"].as_str().expect("an id").parse().expect("an id");
    let thread = json!({ "name": "aside", "type": 11 });
    let thread = stage.rest().start_thread(channel, None, &thread).await.expect("a thread");
    let aside = max.in_channel(thread.id.to_string());
    stage.says("An aside.").await;
    talk(&aside, "whisper").await;
    assert!(answer(&aside, "An aside.").await.is_from_webhook());
    stage.end().await;
}

#[tokio::test]
async fn without_the_permission_for_webhooks_the_bot_speaks_in_embeds() {
    let stage = Stage::set().await;
    stage.discord.sandbox().change(|world| {
        let guild = *world.guilds.keys().next().expect("a guild");
        world.edit_guild(guild, |guild| {
            for role in guild.roles.values_mut() {
                role.permissions &= !bits::MANAGE_WEBHOOKS;
            }
        });
    });
    let max = stage.max();
    stage.scripted(slowly("The curtain is stuck again")).await;
    let mut reply = talk(&max, "Good evening").await;
    let shown = answer(&max, "stuck again").await;
    assert!(!shown.is_from_webhook() && shown.edits() > 0, "{:?}", shown.json());
    let [embed] = shown.embeds() else { panic!("one embed: {:?}", shown.json()) };
    let name = embed["author"]["name"].as_str().expect("a name").to_owned();
    assert!(!name.is_empty() && name != shown.author(), "the character's name above its words");
    assert_eq!(embed["description"], "The curtain is stuck again");
    reply.refresh().await.expect("a look");
    let own = reply.message().expect("the member's own line");
    assert!(own.text().contains("> Good evening") && own.id() < shown.id(), "{}", own.text());
    assert_eq!(stage.charge(reply.interaction()).await.messages, 1);
    let hooks = stage.discord.requests("POST", "/channels/{}/webhooks").await.expect("requests");
    assert_eq!(hooks.len(), 0, "what is forbidden is not tried");

    stage.says("It moves.").await;
    max.presses(&shown, "Again").await.expect("pressed");
    let again = answer(&max, "It moves.").await;
    assert!(again.id() == shown.id() && again.embeds()[0]["author"]["name"] == name, "{:?}", again.json());
    stage.end().await;
}

#[tokio::test]
async fn the_cast_is_suggested_and_names_are_taken_as_typed() {
    let stage = Stage::set().await;
    let max = stage.max();
    let all = max
        .types("/talk")
        .with("message", "hi")
        .with("character", "")
        .focused("character")
        .suggestions()
        .await
        .expect("suggestions");
    assert!(all.len() >= 6, "{all:?}");
    let name = all[1].name.split(" – ").next().expect("a name").to_owned();
    stage.says("It is I.").await;
    max.uses("/talk")
        .with("message", "hi")
        .with("character", name.to_uppercase())
        .send()
        .await
        .expect("sent");
    assert_eq!(answer(&max, "It is I.").await.author(), name);
    let mut nobody = max
        .uses("/talk")
        .with("message", "hi there")
        .with("character", "nobody@everyone")
        .send()
        .await
        .expect("sent");
    nobody.answered().await.expect("a refusal");
    assert!(nobody.is_ephemeral() && nobody.text().contains("hi there"), "{}", nobody.text());
    assert_eq!(stage.calls().await, 1);
    stage.end().await;
}
