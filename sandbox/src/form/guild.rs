//! Guilds, roles, members, direct messages, test entitlements.
//!
//! <https://docs.discord.com/developers/resources/guild>

use serde_json::Value;

use super::channel::permissions;
use super::errors::checked;
use super::webhook::image;
use crate::error::ApiResult;

/// Checks `PATCH /guilds/{id}`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn edit(body: &Value) -> ApiResult<()> {
    checked(body, |form, errors| {
        form.text(errors, "name", 2..=100);
        form.text(errors, "description", 0..=300);
        form.choice(errors, "verification_level", &[0, 1, 2, 3, 4]);
        form.choice(errors, "default_message_notifications", &[0, 1]);
        form.choice(errors, "explicit_content_filter", &[0, 1, 2]);
        form.choice(errors, "afk_timeout", &[60, 300, 900, 1800, 3600]);
        for key in ["afk_channel_id", "system_channel_id", "rules_channel_id", "public_updates_channel_id"] {
            form.id(errors, key);
        }
        image(form, "icon", errors);
    })
}

/// Checks `POST /guilds/{id}/roles` and `PATCH /guilds/{id}/roles/{id}`: their forms are the same.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn role(body: &Value) -> ApiResult<()> {
    checked(body, |form, errors| {
        form.text(errors, "name", 0..=100);
        permissions(form, "permissions", errors);
        form.integer(errors, "color", 0..=0x00ff_ffff);
        for key in ["hoist", "mentionable"] {
            form.flag(errors, key);
        }
        form.object(errors, "colors", |colors, errors| {
            colors.require(errors, "primary_color");
            for key in ["primary_color", "secondary_color", "tertiary_color"] {
                colors.integer(errors, key, 0..=0x00ff_ffff);
            }
        });
    })
}

/// Checks `PATCH /guilds/{id}/members/{id}` and `…/@me`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn edit_member(body: &Value) -> ApiResult<()> {
    checked(body, |form, errors| {
        form.text(errors, "nick", 0..=32);
        form.ids(errors, "roles", 0..=250);
        for key in ["mute", "deaf"] {
            form.flag(errors, key);
        }
        form.id(errors, "channel_id");
        if let Some(text) = form.text(errors, "communication_disabled_until", 0..=100)
            && !super::embed::is_iso8601(text)
        {
            let message = format!("Could not parse {text}. Should be ISO8601.");
            errors.add_at("communication_disabled_until", "DATE_TIME_TYPE_PARSE", message);
        }
    })
}

/// Checks `POST /users/@me/channels`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn open_direct_messages(body: &Value) -> ApiResult<()> {
    checked(body, |form, errors| {
        form.require(errors, "recipient_id");
        form.id(errors, "recipient_id");
    })
}

/// Checks `POST /applications/{id}/entitlements`: a test entitlement.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn test_entitlement(body: &Value) -> ApiResult<()> {
    checked(body, |form, errors| {
        for key in ["sku_id", "owner_id", "owner_type"] {
            form.require(errors, key);
        }
        form.id(errors, "sku_id");
        form.id(errors, "owner_id");
        form.choice(errors, "owner_type", &[1, 2]);
    })
}
