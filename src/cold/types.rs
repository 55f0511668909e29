//! How the domain's values stand in columns: ids as `bigint`, characters and enumerations as `text`.

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types::{BigInt, Text},
};

use crate::domain::{
    bond::Nickname,
    character::CharacterId,
    collection::{Decision, Origin, Rarity},
    ids::{ChannelId, GuildId, InteractionId, RoleId, SceneId, UserId},
    oversight::{Action, BlockKind, Reason, SwitchScope},
    scene::{SceneState, SpeakerKind},
    trade::TradeState,
    usage::{Feature, Outcome},
};

macro_rules! ids {
    ($($name:ident $stand_in:ident,)*) => {$(
        // Stands in for a type of another room: diesel's derives then write what they would for that one.
        #[derive(AsExpression, FromSqlRow)]
        #[diesel(foreign_derive, sql_type = BigInt)]
        #[expect(dead_code, reason = "only its derives count")]
        struct $stand_in($name);

        impl ToSql<BigInt, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                ToSql::<BigInt, Pg>::to_sql(&self.to_i64(), &mut out.reborrow())
            }
        }

        impl FromSql<BigInt, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                Ok(Self::try_from(<i64 as FromSql<BigInt, Pg>>::from_sql(value)?)?)
            }
        }
    )*};
}

ids! {
    UserId UserIdColumn,
    GuildId GuildIdColumn,
    ChannelId ChannelIdColumn,
    RoleId RoleIdColumn,
    InteractionId InteractionIdColumn,
    SceneId SceneIdColumn,
}

macro_rules! texts {
    ($($name:ident $stand_in:ident $write:expr, $read:expr;)*) => {$(
        #[derive(AsExpression, FromSqlRow)]
        #[diesel(foreign_derive, sql_type = Text)]
        #[expect(dead_code, reason = "only its derives count")]
        struct $stand_in($name);

        impl ToSql<Text, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let text: String = $write(self);
                ToSql::<Text, Pg>::to_sql(text.as_str(), &mut out.reborrow())
            }
        }

        impl FromSql<Text, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                Ok($read(&<String as FromSql<Text, Pg>>::from_sql(value)?)?)
            }
        }
    )*};
}

texts! {
    CharacterId CharacterIdColumn ToString::to_string, str::parse::<CharacterId>;
    Feature FeatureColumn ToString::to_string, str::parse::<Feature>;
    Outcome OutcomeColumn ToString::to_string, str::parse::<Outcome>;
    Rarity RarityColumn ToString::to_string, str::parse::<Rarity>;
    Origin OriginColumn ToString::to_string, str::parse::<Origin>;
    Decision DecisionColumn ToString::to_string, str::parse::<Decision>;
    TradeState TradeStateColumn ToString::to_string, str::parse::<TradeState>;
    SceneState SceneStateColumn ToString::to_string, str::parse::<SceneState>;
    SpeakerKind SpeakerKindColumn ToString::to_string, str::parse::<SpeakerKind>;
    SwitchScope SwitchScopeColumn ToString::to_string, str::parse::<SwitchScope>;
    BlockKind BlockKindColumn ToString::to_string, str::parse::<BlockKind>;
    Action ActionColumn ToString::to_string, Action::new;
    Nickname NicknameColumn |name: &Nickname| name.as_str().to_owned(), Nickname::new;
    Reason ReasonColumn |reason: &Reason| reason.as_str().to_owned(), Reason::new;
}

/// A number whose column has a check that it is never negative.
pub(super) const fn count(number: i64) -> u64 {
    number.unsigned_abs()
}

/// A number for a `bigint` column; what is greater than one holds becomes the greatest.
pub(super) fn bigint(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number for an `integer` column; what is greater than one holds becomes the greatest.
pub(super) fn integer(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
