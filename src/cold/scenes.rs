//! Scenes: their cast, where they stand, and their turns.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryableByName, SelectableHelper,
    dsl::max,
    sql_types::{Array, BigInt, Bool, Nullable, Text},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use futures::{FutureExt, future::BoxFuture};

use super::{
    ColdError, Connection, months,
    partitions::{Key, Partitioned},
    schema::{scene_cast, scene_turns, scenes},
    statement::{Bind, statement},
    types::count,
};
use crate::domain::{
    character::CharacterId,
    ids::{ChannelId, GuildId, SceneId, UserId},
    scene::{Cast, SceneState, Speaker, SpeakerKind},
};

/// Most bytes of a turn; the database holds no more.
pub const LONGEST_TURN: usize = 65_536;
/// Most open scenes of a channel that are looked at.
const MOST_OPEN: i64 = 25;

/// A scene that is to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScene {
    /// The interaction that begins it.
    pub id: SceneId,
    /// Where; `None` in direct messages.
    pub guild: Option<GuildId>,
    /// The channel or thread.
    pub channel: ChannelId,
    /// Who begins it.
    pub started_by: UserId,
    /// Its title, 1 to 200 characters.
    pub title: Option<String>,
    /// Who plays.
    pub cast: Cast,
}

/// A scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// The interaction that began it.
    pub id: SceneId,
    /// Where; `None` in direct messages.
    pub guild: Option<GuildId>,
    /// The channel or thread.
    pub channel: ChannelId,
    /// Who began it; `None` once erased.
    pub started_by: Option<UserId>,
    /// Its title.
    pub title: Option<String>,
    /// Where it stands.
    pub state: SceneState,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A turn that is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTurn {
    /// The scene.
    pub scene: SceneId,
    /// Who speaks.
    pub speaker: Speaker,
    /// The words, [`LONGEST_TURN`] bytes at most.
    pub content: String,
}

/// A turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Its number in the scene, from 1.
    pub number: u64,
    /// Who speaks.
    pub speaker: Speaker,
    /// The words; `None` once erased.
    pub content: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It has that number.
    Turn(u64),
    /// The scene takes no turns: it is paused, over, or not there.
    Closed,
}

#[derive(QueryableByName)]
struct Begun {
    #[diesel(sql_type = Bool)]
    begun: bool,
}

/// Begins a scene with its cast, in one statement; whether it began now and not before.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn begin(connection: &mut Connection, new: &NewScene) -> Result<bool, ColdError> {
    const BEGIN: &str = "WITH begun AS (
            INSERT INTO scenes (scene_id, guild_id, channel_id, started_by, title) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (scene_id) DO NOTHING RETURNING scene_id
        ), playing AS (
            INSERT INTO scene_cast (scene_id, position, character_id)
            SELECT scene_id, position - 1, character_id
            FROM begun, unnest($6) WITH ORDINALITY AS cast_member (character_id, position)
        )
        SELECT EXISTS (SELECT FROM begun) AS begun";
    let row: Begun = statement(BEGIN)
        .bind::<BigInt, _>(new.id)
        .bind::<Nullable<BigInt>, _>(new.guild)
        .bind::<BigInt, _>(new.channel)
        .bind::<BigInt, _>(new.started_by)
        .bind::<Nullable<Text>, _>(new.title.as_deref())
        .bind::<Array<Text>, _>(new.cast.characters())
        .get_result(connection)
        .await?;
    Ok(row.begun)
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = scenes, check_for_backend(diesel::pg::Pg))]
struct Row {
    scene_id: SceneId,
    guild_id: Option<GuildId>,
    channel_id: ChannelId,
    started_by: Option<UserId>,
    title: Option<String>,
    state: SceneState,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<Row> for Scene {
    fn from(row: Row) -> Self {
        Self {
            id: row.scene_id,
            guild: row.guild_id,
            channel: row.channel_id,
            started_by: row.started_by,
            title: row.title,
            state: row.state,
            started_at: row.started_at,
            ended_at: row.ended_at,
        }
    }
}

/// One scene.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn get(connection: &mut Connection, id: SceneId) -> Result<Option<Scene>, ColdError> {
    let query = scenes::table.find(id).select(Row::as_select());
    Ok(query.first(connection).await.optional()?.map(Scene::from))
}

/// The scenes of a channel that are not over, newest first; 25 at most.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn open_in(connection: &mut Connection, channel: ChannelId) -> Result<Vec<Scene>, ColdError> {
    let query = scenes::table
        .filter(scenes::channel_id.eq(channel))
        .filter(scenes::state.ne(SceneState::Ended))
        .order(scenes::scene_id.desc())
        .limit(MOST_OPEN)
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(connection).await?;
    Ok(rows.into_iter().map(Scene::from).collect())
}

/// Who plays, in order. Characters that were deleted since are still named.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn cast(connection: &mut Connection, id: SceneId) -> Result<Vec<CharacterId>, ColdError> {
    let query = scene_cast::table
        .filter(scene_cast::scene_id.eq(id))
        .order(scene_cast::position)
        .limit(i64::try_from(Cast::MOST).unwrap_or(i64::MAX))
        .select(scene_cast::character_id);
    Ok(query.load(connection).await?)
}

/// Pauses a scene, lets it go on, or ends it at that moment; whether that changed anything. An ended scene stays so.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn set_state(
    connection: &mut Connection,
    id: SceneId,
    state: SceneState,
    at: DateTime<Utc>,
) -> Result<bool, ColdError> {
    let scene =
        scenes::table.find(id).filter(scenes::state.ne(SceneState::Ended)).filter(scenes::state.ne(state));
    let changed = if state == SceneState::Ended {
        diesel::update(scene)
            .set((scenes::state.eq(state), scenes::ended_at.eq(at)))
            .execute(connection)
            .await?
    } else {
        diesel::update(scene).set(scenes::state.eq(state)).execute(connection).await?
    };
    Ok(changed > 0)
}

/// Adds a turn to an active scene and gives it the next number, in one transaction: numbers have no gaps, however
/// many write at once. The same turn given twice is two turns: a repeated interaction is stopped before.
///
/// # Errors
/// [`ColdError::Query`], also for words that are too long.
pub async fn append_turn(connection: &mut Connection, turn: &NewTurn) -> Result<Appended, ColdError> {
    let month = (Partitioned::SceneTurns, Key::Id(turn.scene.to_i64()));
    months::insert(connection, month, turn, append).await
}

fn append<'a>(
    connection: &'a mut Connection,
    turn: &'a NewTurn,
) -> BoxFuture<'a, Result<Appended, ColdError>> {
    connection
        .transaction(async move |connection| {
            // Whoever holds the scene's row gives numbers out; the next statement sees all that were given.
            let active: Option<SceneId> = scenes::table
                .find(turn.scene)
                .filter(scenes::state.eq(SceneState::Active))
                .select(scenes::scene_id)
                .for_no_key_update()
                .first(connection)
                .await
                .optional()?;
            if active.is_none() {
                return Ok(Appended::Closed);
            }
            let last: Option<i32> = scene_turns::table
                .filter(scene_turns::scene_id.eq(turn.scene))
                .select(max(scene_turns::turn))
                .get_result(connection)
                .await?;
            let number = last.unwrap_or(0) + 1;
            diesel::insert_into(scene_turns::table)
                .values((
                    scene_turns::scene_id.eq(turn.scene),
                    scene_turns::turn.eq(number),
                    scene_turns::speaker.eq(turn.speaker.kind()),
                    scene_turns::user_id.eq(turn.speaker.user()),
                    scene_turns::character_id.eq(turn.speaker.character()),
                    scene_turns::content.eq(&turn.content),
                ))
                .execute(connection)
                .await?;
            Ok(Appended::Turn(count(number.into())))
        })
        .boxed()
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = scene_turns, check_for_backend(diesel::pg::Pg))]
struct TurnRow {
    turn: i32,
    speaker: SpeakerKind,
    user_id: Option<UserId>,
    character_id: Option<CharacterId>,
    content: Option<String>,
    at: DateTime<Utc>,
}

impl From<TurnRow> for Turn {
    fn from(row: TurnRow) -> Self {
        // The database holds a character exactly where one speaks.
        let speaker = match (row.character_id, row.speaker) {
            (Some(character), _) => Speaker::Character(character, row.user_id),
            (None, SpeakerKind::Member) => Speaker::Member(row.user_id),
            (None, SpeakerKind::Narrator | SpeakerKind::Character) => Speaker::Narrator(row.user_id),
        };
        Self { number: count(row.turn.into()), speaker, content: row.content, at: row.at }
    }
}

/// The newest turns of a scene before a number (or of all), in their order.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn newest_turns(
    connection: &mut Connection,
    id: SceneId,
    before: Option<u32>,
    limit: u8,
) -> Result<Vec<Turn>, ColdError> {
    let mut query = scene_turns::table
        .filter(scene_turns::scene_id.eq(id))
        .order(scene_turns::turn.desc())
        .limit(limit.into())
        .select(TurnRow::as_select())
        .into_boxed();
    if let Some(number) = before {
        query = query.filter(scene_turns::turn.lt(super::types::integer(number)));
    }
    let rows: Vec<TurnRow> = query.load(connection).await?;
    Ok(rows.into_iter().rev().map(Turn::from).collect())
}
