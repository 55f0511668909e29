//! Scenes: begun once with their cast, numbered turns, and an end that stays.

use troupe::{
    cold::scenes::{self, Appended, LONGEST_TURN, NewScene, NewTurn},
    domain::{
        ids::SceneId,
        scene::{Cast, NotACast, SceneState, Speaker},
    },
};

use super::{channel, character, guild, interaction, now, time, user};
use crate::support::postgres::migrated;

pub fn new_scene(id: SceneId) -> NewScene {
    let cast = Cast::new(vec![character("shipped:mira"), character("shipped:bo")]).expect("a cast");
    NewScene {
        id,
        guild: Some(guild(5)),
        channel: channel(6),
        started_by: user(7),
        title: Some("The lighthouse".to_owned()),
        cast,
    }
}

pub fn scene_id(at: &str) -> SceneId {
    SceneId::new(interaction(time(at), 1).get()).expect("an id")
}

pub fn turn(scene: SceneId, speaker: Speaker, content: &str) -> NewTurn {
    NewTurn { scene, speaker, content: content.to_owned() }
}

#[tokio::test]
async fn a_scene_begins_once_and_ends_for_good() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let id = SceneId::new(interaction(now(), 1).get()).expect("an id");
    let new = new_scene(id);
    let before = database.statements().await;
    assert!(scenes::begin(connection, &new).await.expect("begun"));
    assert!(!scenes::begin(connection, &new).await.expect("begun before"));
    assert_eq!(database.statements().await - before, 2);
    assert_eq!(scenes::cast(connection, id).await.expect("a cast"), new.cast.characters());

    let open = scenes::open_in(connection, channel(6)).await.expect("scenes");
    assert_eq!(
        open.iter().map(|scene| (scene.id, scene.state)).collect::<Vec<_>>(),
        [(id, SceneState::Active)]
    );
    assert_eq!((open[0].guild, open[0].started_by, &open[0].title), (new.guild, Some(user(7)), &new.title));
    assert!(scenes::open_in(connection, channel(7)).await.expect("scenes").is_empty());

    let narrator = turn(id, Speaker::Narrator(None), "Rain.");
    assert_eq!(scenes::append_turn(connection, &narrator).await.expect("a turn"), Appended::Turn(1));
    let mut changes = Vec::new();
    for state in
        [SceneState::Paused, SceneState::Paused, SceneState::Active, SceneState::Ended, SceneState::Active]
    {
        changes.push(scenes::set_state(connection, id, state, now()).await.expect("an answer"));
        let told = scenes::append_turn(connection, &narrator).await.expect("an answer");
        assert_eq!(told == Appended::Closed, state != SceneState::Active || changes.len() == 5);
    }
    assert_eq!(changes, [true, false, true, true, false]);
    let ended = scenes::get(connection, id).await.expect("an answer").expect("a scene");
    assert!(ended.state == SceneState::Ended && ended.ended_at.is_some());
    assert!(scenes::open_in(connection, channel(6)).await.expect("scenes").is_empty());
}

#[tokio::test]
async fn turns_are_numbered_from_one_and_read_from_the_end() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    // A month that has no partition yet, as when an old scene is brought in.
    let id = scene_id("2019-05-05T00:00:00Z");
    scenes::begin(connection, &new_scene(id)).await.expect("begun");
    let speakers = [
        Speaker::Narrator(Some(user(7))),
        Speaker::Member(Some(user(7))),
        Speaker::Character(character("shipped:mira"), Some(user(7))),
        Speaker::Character(character("shipped:bo"), None),
    ];
    for (speaker, number) in speakers.iter().zip(1..) {
        let told = scenes::append_turn(connection, &turn(id, speaker.clone(), &number.to_string())).await;
        assert_eq!(told.expect("a turn"), Appended::Turn(number));
    }
    let all = scenes::newest_turns(connection, id, None, 10).await.expect("turns");
    assert_eq!(all.iter().map(|turn| turn.speaker.clone()).collect::<Vec<_>>(), speakers);
    assert_eq!(all.iter().map(|turn| turn.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(all[2].content.as_deref(), Some("3"));
    let earlier = scenes::newest_turns(connection, id, Some(4), 2).await.expect("turns");
    assert_eq!(earlier, all[1..3]);

    let long = turn(id, Speaker::Narrator(None), &"x".repeat(LONGEST_TURN + 1));
    assert!(scenes::append_turn(connection, &long).await.is_err());
    let fits = turn(id, Speaker::Narrator(None), &"x".repeat(LONGEST_TURN));
    assert_eq!(scenes::append_turn(connection, &fits).await.expect("a turn"), Appended::Turn(5));
    let unknown = turn(scene_id("2019-05-06T00:00:00Z"), Speaker::Narrator(None), "?");
    assert_eq!(scenes::append_turn(connection, &unknown).await.expect("an answer"), Appended::Closed);
}

#[test]
fn a_cast_has_each_character_once() {
    let mira = character("shipped:mira");
    assert_eq!(Cast::new(vec![]), Err(NotACast));
    assert_eq!(Cast::new(vec![mira.clone(), mira]), Err(NotACast));
    let crowd = (0..=Cast::MOST).map(|number| character(&format!("shipped:c{number}"))).collect();
    assert_eq!(Cast::new(crowd), Err(NotACast));
}
