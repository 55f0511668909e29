//! `/limits`: what a member has left, and what their server has for those who manage it. Counts nothing.

use serenity::all::CreateEmbed;

use crate::discord::denials::{denial_text, moment};
use crate::discord::{Context, Invocation, Reply};
use crate::domain::denial::Limit;
use crate::domain::ids::{GuildId, Place, UserId};
use crate::domain::policy::Tier;
use crate::domain::usage::Feature;
use crate::error::{Error, Result};
use crate::gates::{Standing, Stands};
use crate::i18n::{Args, Catalog, Locale, Text, texts};

/// See `assets/locales/en/limits.ftl`.
#[poise::command(slash_command)]
pub(super) async fn limits(ctx: Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let actor = invocation.actor();
    let user = UserId::new(actor.user.get()).map_err(Error::failed)?;
    let place = match actor.guild {
        Some(guild) => Place::Guild(GuildId::new(guild.get()).map_err(Error::failed)?),
        None => Place::Direct(user),
    };
    let member = ctx.interaction.member.as_ref();
    let manages =
        member.and_then(|member| member.permissions).is_some_and(serenity::all::Permissions::manage_guild);
    let standing = invocation.data().gates.standing(place, user).await?;
    let page = Page { catalog: invocation.catalog(), locale: invocation.locale(), standing: &standing };
    Ok(invocation.reply(Reply::embed(page.embed(manages)).ephemeral()).await?)
}

struct Page<'a> {
    catalog: &'a Catalog,
    locale: Locale,
    standing: &'a Standing,
}

impl Page<'_> {
    fn embed(&self, manages: bool) -> CreateEmbed {
        let mut embed =
            CreateEmbed::new().title(self.say(texts::LIMITS_TITLE, &Args::new())).description(self.head());
        let own = [Limit::UserDay, Limit::UserWeek, Limit::TokensDay, Limit::TokensWeek];
        let guilds = [Limit::GuildDay, Limit::GuildWeek];
        for (title, limits, shown) in
            [(texts::LIMITS_OWN, &own[..], true), (texts::LIMITS_OF_GUILD, &guilds[..], manages)]
        {
            for feature in Feature::ALL.iter().filter(|_| shown) {
                let lines = self.lines(|stands| stands.feature == *feature && limits.contains(&stands.limit));
                if !lines.is_empty() {
                    let title = self.say(title, &Args::new().trusted("feature", feature.name()));
                    embed = embed.field(title, lines.join("\n"), true);
                }
            }
        }
        embed.field(self.say(texts::LIMITS_PACE, &Args::new()), self.pace(manages).join("\n"), false)
    }

    fn head(&self) -> String {
        let tier = match self.standing.tier {
            Tier::Free => "free",
            Tier::Pro => "pro",
        };
        let mut lines = Vec::new();
        if let Some(off) = &self.standing.off {
            let why = denial_text(self.catalog, self.locale, off);
            lines.push(self.say(texts::LIMITS_OFF, &Args::new().trusted("why", why)));
        }
        if let Some(until) = self.standing.penalty {
            lines.push(self.say(texts::LIMITS_PENALTY, &Args::new().trusted("until", moment(Some(until)))));
        }
        lines.push(self.say(texts::LIMITS_TIER, &Args::new().trusted("tier", tier)));
        lines.join("\n")
    }

    fn pace(&self, manages: bool) -> Vec<String> {
        let mut lines = self.lines(|stands| match stands.limit {
            Limit::UserWindow => true,
            Limit::GuildWindow => manages,
            _ => false,
        });
        if manages {
            let Standing { slots_used, slots, waiting, .. } = self.standing;
            let args = Args::new().number("used", *slots_used).number("of", (*slots).into());
            lines.push(self.say(texts::LIMITS_SLOTS, &args));
            if *waiting > 0 {
                lines.push(self.say(texts::LIMITS_WAITING, &Args::new().number("waiting", *waiting)));
            }
        }
        lines
    }

    fn lines(&self, wanted: impl Fn(&Stands) -> bool) -> Vec<String> {
        self.standing.limits.iter().filter(|stands| wanted(stands)).map(|stands| self.line(stands)).collect()
    }

    fn line(&self, stands: &Stands) -> String {
        let args = Args::new().number("left", stands.left()).number("of", stands.of.into());
        let args = args.trusted("until", moment(stands.renews_at));
        let (text, args) = match stands.limit {
            Limit::UserWindow => (texts::LIMITS_WINDOW, args.number("seconds", stands.seconds.into())),
            Limit::GuildWindow => (texts::LIMITS_GUILD_WINDOW, args.number("seconds", stands.seconds.into())),
            Limit::UserDay | Limit::GuildDay => (texts::LIMITS_CALLS_DAY, args),
            Limit::UserWeek | Limit::GuildWeek => (texts::LIMITS_CALLS_WEEK, args),
            Limit::TokensDay => (texts::LIMITS_TOKENS_DAY, args),
            Limit::TokensWeek => (texts::LIMITS_TOKENS_WEEK, args),
        };
        self.say(text, &args)
    }

    fn say(&self, text: Text, args: &Args<'_>) -> String {
        self.catalog.format(self.locale, text, args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::denial::Denial;

    fn standing() -> Standing {
        let stands = |limit, used, of, seconds, renews_at| Stands {
            limit,
            feature: Feature::Talk,
            used,
            of,
            seconds,
            renews_at,
        };
        Standing {
            tier: Tier::Free,
            limits: vec![
                stands(Limit::UserWindow, 1, 3, 30, Some(1_000)),
                stands(Limit::GuildWindow, 0, 10, 30, None),
                stands(Limit::UserDay, 3, 10, 0, Some(2_000)),
                stands(Limit::GuildDay, 99, 100, 0, Some(2_000)),
            ],
            penalty: None,
            slots_used: 1,
            slots: 2,
            waiting: 3,
            off: Some(Denial::AiDisabled),
        }
    }

    #[test]
    fn a_member_sees_their_own_and_a_manager_the_guilds_too() {
        let (catalog, standing) = (Catalog::new(), standing());
        let page = Page { catalog: &catalog, locale: Locale::En, standing: &standing };
        let shown = |manages| serde_json::to_string(&page.embed(manages)).expect("JSON");
        assert!(shown(false).contains("Today: **7** of 10 left, renews <t:2:R>"), "{}", shown(false));
        assert!(!shown(false).contains("**1** of 100") && !shown(false).contains("under way"));
        assert!(shown(true).contains("Today: **1** of 100 left, renews <t:2:R>"), "{}", shown(true));
        assert!(shown(true).contains("1 of 2") && shown(true).contains("In line on this server: 3"));
        assert!(shown(true).contains("**10** of 10 in 30 seconds left\\n"), "{}", shown(true));
    }
}
