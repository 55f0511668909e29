//! Characters that members brought along: who may talk with them, what their lorebooks add, and what stays remembered.

use serde_json::{Value, json};
use troupe::{
    cold::characters::{self as store, Content},
    domain::{
        character::CharacterId,
        denial::Denial,
        ids::{GuildId, Place, UserId},
    },
    features::{characters::Viewer, talk::Wish},
};
use troupe_sandbox::model::Script;
use uuid::Uuid;

use super::stage::{Stage, place, speaker, user};
use crate::support::redis::Redis;

const ID: Uuid = Uuid::from_u128(0xada << 116);
const OTHER: Uuid = Uuid::from_u128(0xbee << 116);

fn ada() -> CharacterId {
    CharacterId::Custom(ID)
}

fn entry(key: &str, content: &str, extensions: &Value) -> Value {
    json!({"keys": [key], "content": content, "enabled": true, "insertion_order": 1, "extensions": extensions})
}

fn card() -> String {
    let entries = [
        entry("engine", "The engine has {{roll:1}} crank, {{user}}.", &json!({"position": 1})),
        entry("byron", "Her father wrote.", &json!({"position": 4, "depth": 0, "sticky": 4})),
        entry("tea", "Tea was had.", &json!({"position": 1, "cooldown": 4})),
    ];
    json!({
        "spec": "chara_card_v2", "spec_version": "2.0",
        "data": {
            "name": "Ada", "description": "{{char}} counts for {{user}}.", "personality": "", "scenario": "",
            "first_mes": "Good day.", "mes_example": "", "creator_notes": "Counts.", "system_prompt": "",
            "post_history_instructions": "", "alternate_greetings": [], "tags": [], "creator": "",
            "character_version": "", "extensions": {}, "character_book": {"extensions": {}, "entries": entries},
        },
    })
    .to_string()
}

async fn make(stage: &Stage, id: Uuid, name: &str) {
    let content = Content { name: name.to_owned(), card: card() };
    let connection = &mut stage.database.connect().await;
    store::create(connection, id, user(), &content, None).await.expect("written").expect("new");
}

fn say(text: &str) -> Wish {
    Wish::Say { character: Some(ada()), text: text.to_owned() }
}

/// What the model was asked last.
fn asked(stage: &Stage) -> String {
    stage.model.requests().last().expect("asked").body["messages"].to_string()
}

#[tokio::test]
async fn lore_is_active_as_words_touch_it_and_is_remembered_with_its_turn() {
    let server = Redis::start().await;
    for redis in [Some(&server), None] {
        let stage = Stage::set(redis).await;
        make(&stage, ID, "Ada").await;
        stage.scripted(Script::text("Indeed."));
        stage.whole(say("Hello!")).await;
        assert!(asked(&stage).contains("Ada counts for Max."));
        assert!(!asked(&stage).contains("The engine has"));
        stage.whole(say("Tell me of the Engine")).await;
        assert!(asked(&stage).contains("The engine has 1 crank, Max."));

        // Sticky for four messages, then gone; made anew, it is as it was before.
        let (line, _) = stage.whole(say("And Byron?")).await;
        assert!(asked(&stage).contains("Her father wrote."));
        stage.whole(Wish::Again(line)).await;
        assert!(asked(&stage).contains("Her father wrote."));
        for (text, active) in [("a", true), ("b", false)] {
            stage.whole(say(text)).await;
            assert_eq!(asked(&stage).contains("Her father wrote."), active, "{text}");
        }
        // Active, and then for four messages not, though it is named.
        for (text, active) in [("tea?", true), ("more tea?", false), ("tea!", true)] {
            stage.whole(say(text)).await;
            assert_eq!(asked(&stage).contains("Tea was had."), active, "{text}");
        }
        let turns = stage.talk.recall(place(), user(), Some(&ada())).await;
        assert_eq!(turns[0].persona.name, "Ada");
    }
}

#[tokio::test]
async fn a_custom_character_is_its_owners_until_it_is_shared() {
    let stage = Stage::set(None).await;
    make(&stage, ID, "Ada").await;
    stage.scripted(Script::text("Indeed."));
    let guest = UserId::new(8).expect("an id");
    let by = |user| Viewer { user, place: place() };
    let open =
        async |viewer| stage.talk.characters().open(viewer, &ada()).await.map(|persona| persona.name.clone());
    assert_eq!(open(by(user())).await.as_deref(), Ok("Ada"));
    assert_eq!(open(by(guest)).await, Err(Denial::NoSuchCharacter));
    let mut theirs = speaker();
    theirs.user = guest;
    let refused = stage.talk.open(theirs, say("Hello!")).await.expect_err("not theirs");
    assert_eq!(refused, Denial::NoSuchCharacter);

    let connection = &mut stage.database.connect().await;
    let guild = GuildId::new(5).expect("an id");
    assert!(store::share(connection, ID, user(), Some(guild)).await.expect("shared"));
    stage.talk.characters().changed(ID).await;
    assert_eq!(open(by(guest)).await.as_deref(), Ok("Ada"));
    let elsewhere = Viewer { user: guest, place: Place::Direct(guest) };
    assert_eq!(open(elsewhere).await, Err(Denial::NoSuchCharacter));

    // Names are for people: two of them are told apart, and neither is taken for the other.
    make(&stage, OTHER, "ada").await;
    let characters = stage.talk.characters();
    assert_eq!(characters.resolve(by(guest), "Ada").await.map(|one| one.id.clone()), Ok(ada()));
    assert_eq!(characters.resolve(by(user()), "Ada").await.err(), Some(Denial::ManyCharacters));
    assert_eq!(characters.resolve(by(user()), "ad").await.err(), Some(Denial::ManyCharacters));
    assert_eq!(characters.resolve(by(user()), &ada().to_string()).await.map(|one| one.id.clone()), Ok(ada()));
    let suggested = characters.suggest(by(user()), "AD", 25).await;
    let tags: Vec<_> =
        suggested.iter().filter(|found| found.own).map(|found| found.beside.as_str()).collect();
    assert_eq!(tags, ["#ada000", "#bee000"], "the beginnings of their ids");

    assert!(store::delete(connection, ID, user(), chrono::Utc::now()).await.expect("deleted"));
    characters.changed(ID).await;
    assert_eq!(open(by(user())).await, Err(Denial::NoSuchCharacter));
}

#[tokio::test]
async fn whoever_was_chosen_answers_and_serves_while_postgres_is_away() {
    let mut stage = Stage::set_on_a_wire().await;
    make(&stage, ID, "Ada").await;
    stage.scripted(Script::text("Indeed."));
    let viewer = Viewer { user: user(), place: place() };
    let guild = place().guild();
    let characters = stage.talk.characters().clone();
    let who = async |stage: &Stage| stage.talk.whom(viewer, None).await.map(|persona| persona.name.clone());
    assert_eq!(who(&stage).await.as_deref(), Ok("Mira Tallow"));
    characters.choose(user(), guild, Some(&ada())).await.expect("chosen");
    assert_eq!(who(&stage).await.as_deref(), Ok("Ada"));
    assert_eq!(
        stage.talk.whom(Viewer { user: user(), place: Place::Direct(user()) }, None).await.expect("one").name,
        "Mira Tallow"
    );
    stage.cut();
    assert_eq!(who(&stage).await.as_deref(), Ok("Ada"));
    let unread = CharacterId::Custom(OTHER);
    assert_eq!(characters.open(viewer, &unread).await.err(), Some(Denial::CharactersAway));
    let refused = characters.choose(user(), guild, None).await;
    assert!(refused.is_err(), "nothing is promised that can't be kept");
}
