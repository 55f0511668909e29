//! Embeds: their parts' lengths, addresses, colours, and the sum over all of a message.
//!
//! <https://docs.discord.com/developers/resources/message#embed-object-embed-limits>

use super::errors::Errors;
use super::field::{Form, length};

const MAX_EMBEDS: usize = 10;
const MAX_SUM: usize = 6000;
const MAX_URL: usize = 2048;
const LINKS: [&str; 3] = ["http", "https", "discord"];
const MEDIA: [&str; 3] = ["http", "https", "attachment"];

/// Checks the field `embeds` of a message.
pub(super) fn check(message: Form<'_>, errors: &mut Errors) {
    let before = errors.count();
    let mut sum = 0;
    message.each(errors, "embeds", 0..=MAX_EMBEDS, |embed, errors| {
        one(embed, errors);
        sum += size(embed);
    });
    // Discord adds up only what is right in itself.
    if sum > MAX_SUM && errors.count() == before {
        let message = format!("Embed size exceeds maximum size of {MAX_SUM}");
        errors.add_at("embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
    }
}

fn one(embed: Form<'_>, errors: &mut Errors) {
    let shows = [
        "title",
        "description",
        "author",
        "footer",
        "image",
        "thumbnail",
        "fields",
        "video",
        "provider",
        "url",
    ];
    if !shows.iter().any(|key| embed.has(key)) {
        errors.at("description", Errors::required);
    }
    embed.text(errors, "title", 0..=256);
    embed.text(errors, "description", 0..=4096);
    embed.url(errors, "url", MAX_URL, &LINKS);
    embed.integer(errors, "color", 0..=0x00ff_ffff);
    timestamp(embed, errors);
    embed.object(errors, "author", |author, errors| {
        required(author, errors, "name", 256);
        author.url(errors, "url", MAX_URL, &LINKS);
        author.url(errors, "icon_url", MAX_URL, &MEDIA);
    });
    embed.object(errors, "footer", |footer, errors| {
        required(footer, errors, "text", 2048);
        footer.url(errors, "icon_url", MAX_URL, &MEDIA);
    });
    for key in ["image", "thumbnail"] {
        embed.object(errors, key, |media, errors| media.url(errors, "url", MAX_URL, &MEDIA));
    }
    embed.each(errors, "fields", 0..=25, |field, errors| {
        required(field, errors, "name", 256);
        required(field, errors, "value", 1024);
        field.flag(errors, "inline");
    });
}

/// A text that must be there: an empty one counts as missing.
fn required(form: Form<'_>, errors: &mut Errors, key: &str, most: usize) {
    if let Some(text) = form.required_text(errors, key, 0..=most)
        && length(text) == 0
    {
        errors.at(key, Errors::required);
    }
}

fn timestamp(embed: Form<'_>, errors: &mut Errors) {
    if let Some(text) = embed.text(errors, "timestamp", 0..=100)
        && !is_iso8601(text)
    {
        errors.add_at(
            "timestamp",
            "DATE_TIME_TYPE_PARSE",
            format!("Could not parse {text}. Should be ISO8601."),
        );
    }
}

/// Whether a text is a date, or a date and a time: `2024-01-31`, `2024-01-31T10:20:30.5+02:00`.
pub(super) fn is_iso8601(text: &str) -> bool {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    is_date(date) && time.is_none_or(is_time)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    digits(year, 4, 1..=9999) && digits(month, 2, 1..=12) && digits(day, 2, 1..=31)
}

fn is_time(text: &str) -> bool {
    let (clock, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<&str> = whole.split(':').collect();
    let clock = match parts[..] {
        [hour, minute] => digits(hour, 2, 0..=23) && digits(minute, 2, 0..=59),
        [hour, minute, second] => {
            digits(hour, 2, 0..=23) && digits(minute, 2, 0..=59) && digits(second, 2, 0..=60)
        }
        _ => false,
    };
    let fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    clock && fraction && is_zone(zone)
}

fn is_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return matches!(text, "" | "Z" | "z") };
    match offset.split_once(':') {
        Some((hour, minute)) => digits(hour, 2, 0..=23) && digits(minute, 2, 0..=59),
        None => digits(offset, 2, 0..=23) || digits(offset, 4, 0..=2359),
    }
}

fn digits(text: &str, count: usize, range: std::ops::RangeInclusive<u32>) -> bool {
    text.len() == count
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse().is_ok_and(|number| range.contains(&number))
}

/// What an embed adds to the sum.
fn size(embed: Form<'_>) -> usize {
    let text = |form: Form<'_>, key: &str| form.get(key).and_then(|value| value.as_str()).map_or(0, length);
    let inside =
        |key: &str, part: &str| embed.get(key).and_then(|value| value.get(part)?.as_str()).map_or(0, length);
    let fields = embed.get("fields").and_then(|value| value.as_array()).into_iter().flatten();
    let fields: usize = fields
        .flat_map(|field| [field.get("name"), field.get("value")])
        .map(|value| value.and_then(|value| value.as_str()).map_or(0, length))
        .sum();
    text(embed, "title")
        + text(embed, "description")
        + inside("author", "name")
        + inside("footer", "text")
        + fields
}
