//! Messages, embeds, mentions, polls.

use serde_json::{Value, json};

use super::super::message::{self, Context, Route};
use super::{fine, long, most, refused};
use crate::error::ApiResult;

fn create(body: &Value) -> ApiResult<()> {
    message::create(body, &Context::default())
}

fn embed(embed: &Value) -> ApiResult<()> {
    create(&json!({ "embeds": [embed] }))
}

#[test]
fn lengths() {
    most(create, 2000, |n| json!({ "content": long(n) }), "content:BASE_TYPE_MAX_LENGTH");
    most(create, 25, |n| json!({"content": "a", "nonce": "n".repeat(n)}), "nonce:NONCE_TYPE_TOO_LONG");
    most(create, 10, |n| json!({ "embeds": vec![json!({"title": "a"}); n] }), "embeds:BASE_TYPE_MAX_LENGTH");
    let ids = |n: usize| (1..=n).collect::<Vec<_>>();
    most(create, 3, |n| json!({ "sticker_ids": ids(n) }), "sticker_ids:BASE_TYPE_MAX_LENGTH");
    for key in ["users", "roles"] {
        let refusal = format!("allowed_mentions.{key}:BASE_TYPE_MAX_LENGTH");
        most(create, 100, |n| json!({"content": "a", "allowed_mentions": {key: ids(n)}}), &refusal);
    }
}

#[test]
fn embeds() {
    let at = |path: &str, code: &str| format!("embeds.0.{path}:{code}");
    let over = |path: &str| at(path, "BASE_TYPE_MAX_LENGTH");
    let one = embed;
    most(one, 256, |n| json!({ "title": long(n) }), &over("title"));
    most(one, 4096, |n| json!({ "description": long(n) }), &over("description"));
    most(one, 256, |n| json!({ "author": {"name": long(n)} }), &over("author.name"));
    most(one, 2048, |n| json!({ "footer": {"text": long(n)} }), &over("footer.text"));
    let field = |name: usize, value: usize| json!({"name": long(name), "value": long(value)});
    most(one, 256, |n| json!({ "fields": [field(n, 1)] }), &over("fields.0.name"));
    most(one, 1024, |n| json!({ "fields": [field(1, n)] }), &over("fields.0.value"));
    most(one, 25, |n| json!({ "fields": vec![field(1, 1); n] }), &over("fields"));
    most(one, 0x00ff_ffff, |n| json!({ "title": "a", "color": n }), &at("color", "NUMBER_TYPE_MAX"));
    refused(embed(&json!({"title": "a", "color": -1})), &at("color", "NUMBER_TYPE_MIN"));
    refused(embed(&json!({})), &at("description", "BASE_TYPE_REQUIRED"));
    refused(
        embed(&json!({"fields": [{"name": "", "value": "v"}]})),
        &at("fields.0.name", "BASE_TYPE_REQUIRED"),
    );
    refused(embed(&json!({"fields": [{"name": "n"}]})), &at("fields.0.value", "BASE_TYPE_REQUIRED"));
    refused(
        embed(&json!({"author": {"url": "https://example.com"}})),
        &at("author.name", "BASE_TYPE_REQUIRED"),
    );
}

#[test]
fn all_embeds_of_a_message_hold_6000_characters() {
    let sum = |n: usize| {
        json!({ "embeds": [
            {"description": long(3000)},
            {"title": long(100), "author": {"name": long(200)}, "footer": {"text": long(n - 4000)},
             "fields": [{"name": long(200), "value": long(500)}]},
        ]})
    };
    most(create, 6000, sum, "embeds:MAX_EMBED_SIZE_EXCEEDED");
}

#[test]
fn white_space_around_a_text_does_not_count() {
    fine(embed(&json!({ "title": format!("  {}  ", long(256)) })));
    refused(create(&json!({"content": " \n "})), "50006");
}

#[test]
fn addresses_and_times() {
    fine(embed(
        &json!({"title": "a", "url": "https://example.com/ü", "image": {"url": "attachment://a.png"}}),
    ));
    refused(embed(&json!({"title": "a", "url": "ftp://a.b"})), "embeds.0.url:URL_TYPE_INVALID_SCHEME");
    refused(embed(&json!({"title": "a", "url": "a"})), "embeds.0.url:URL_TYPE_INVALID_URL");
    let image = json!({"image": {"url": "javascript:alert(1)"}});
    refused(embed(&image), "embeds.0.image.url:URL_TYPE_INVALID_SCHEME");
    let times = [
        "2024-01-31",
        "2024-01-31T10:20",
        "2024-01-31T10:20:30.123456+00:00",
        "2024-01-31 10:20:30Z",
        "2024-01-31T10:20:30-0500",
    ];
    for time in times {
        fine(embed(&json!({"title": "a", "timestamp": time})));
    }
    for time in [
        "",
        "now",
        "2024-13-01",
        "2024-01-31T25:00",
        "2024-01-31T10:20:30+25:00",
        "2024-01-31T10:20:30.Z",
        "é-1-1",
    ] {
        refused(embed(&json!({"title": "a", "timestamp": time})), "embeds.0.timestamp:DATE_TIME_TYPE_PARSE");
    }
}

#[test]
fn a_message_needs_something_in_it() {
    for body in [json!({}), json!({"content": ""}), json!({"content": null, "embeds": [], "components": []})]
    {
        refused(create(&body), "50006");
        fine(message::edit(&body, &Context::default()));
    }
    fine(create(&json!({"sticker_ids": ["1"]})));
    fine(create(&json!({"poll": {"question": {"text": "a"}, "answers": [{"poll_media": {"text": "b"}}]}})));
    fine(create(&json!({"message_reference": {"type": 1, "message_id": "5", "channel_id": "6"}})));
    fine(message::create(&json!({}), &Context { files: &[0], ..Context::default() }));
}

#[test]
fn mentions() {
    let check = |mentions: Value| create(&json!({"content": "a", "allowed_mentions": mentions}));
    fine(check(json!({"parse": []})));
    fine(check(json!({"parse": ["everyone", "roles"], "users": ["1"], "replied_user": true})));
    fine(check(json!({"parse": ["users"], "users": []})));
    let exclusive = "allowed_mentions:MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE";
    refused(check(json!({"parse": ["users"], "users": ["1"]})), exclusive);
    refused(check(json!({"parse": ["roles"], "roles": ["1"]})), exclusive);
    refused(check(json!({"parse": ["all"]})), "allowed_mentions.parse.0:BASE_TYPE_CHOICES");
    let twice = "allowed_mentions.users.1:SET_TYPE_ALREADY_CONTAINS_VALUE";
    refused(check(json!({"users": ["1", "1"]})), twice);
    refused(check(json!({"users": ["ann"]})), "allowed_mentions.users.0:NUMBER_TYPE_COERCE");
}

#[test]
fn attachments_name_files_that_came_along() {
    let context = Context { files: &[0, 3], ..Context::default() };
    let check = |ids: Value| {
        let list: Vec<_> =
            ids.as_array().unwrap().iter().map(|id| json!({"id": id, "filename": "a"})).collect();
        message::edit(&json!({ "attachments": list }), &context)
    };
    fine(check(json!([0, "3", "1100000000000000000"])));
    refused(check(json!([1])), "attachments.0.id:ATTACHMENT_NOT_FOUND");
    refused(check(json!([null])), "attachments.0.id:BASE_TYPE_REQUIRED");
    let text = |n: usize| json!({"attachments": [{"id": 0, "description": long(n)}]});
    most(|body| message::edit(body, &context), 1024, text, "attachments.0.description:BASE_TYPE_MAX_LENGTH");
    let files: Vec<u64> = (0..11).collect();
    fine(message::create(&json!({}), &Context { files: &files[..10], ..Context::default() }));
    let many = Context { files: &files, ..Context::default() };
    refused(message::create(&json!({}), &many), "attachments:BASE_TYPE_MAX_LENGTH");
}

#[test]
fn polls() {
    let poll = |question: usize, answers: usize, answer: usize, hours: i64| {
        let answer = json!({"poll_media": {"text": long(answer)}});
        create(&json!({"poll": {
            "question": {"text": long(question)}, "answers": vec![answer; answers], "duration": hours,
        }}))
    };
    fine(poll(300, 10, 55, 768));
    fine(poll(1, 1, 1, 1));
    refused(poll(301, 1, 1, 1), "poll.question.text:BASE_TYPE_BAD_LENGTH");
    refused(poll(0, 1, 1, 1), "poll.question.text:BASE_TYPE_BAD_LENGTH");
    refused(poll(1, 11, 1, 1), "poll.answers:BASE_TYPE_BAD_LENGTH");
    refused(poll(1, 0, 1, 1), "poll.answers:BASE_TYPE_BAD_LENGTH");
    refused(poll(1, 1, 56, 1), "poll.answers.0.poll_media.text:BASE_TYPE_BAD_LENGTH");
    refused(poll(1, 1, 1, 769), "poll.duration:NUMBER_TYPE_MAX");
    refused(poll(1, 1, 1, 0), "poll.duration:NUMBER_TYPE_MIN");
}

#[test]
fn flags_count_where_they_are_allowed() {
    let all = json!({"flags": u32::MAX});
    assert_eq!(message::flags(&all, Route::Deferred), message::EPHEMERAL);
    assert_eq!(message::flags(&all, Route::Create) & message::EPHEMERAL, 0);
    assert_eq!(message::flags(&all, Route::Edit), message::SUPPRESS_EMBEDS | message::IS_COMPONENTS_V2);
    assert_eq!(message::flags(&json!({}), Route::Create), 0);
    assert_eq!(message::flags(&json!({"flags": -1}), Route::Create), 0);
}

#[test]
fn components_v2_leave_no_room_for_content() {
    let text = json!([{"type": 10, "content": "a"}]);
    let legacy = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2";
    fine(create(&json!({"flags": 1 << 15, "components": text, "content": "", "embeds": []})));
    let with = |key: &str, value: Value| create(&json!({"flags": 1 << 15, "components": text, key: value}));
    refused(with("content", json!("a")), &format!("content:{legacy}"));
    refused(with("embeds", json!([{"title": "a"}])), &format!("embeds:{legacy}"));
    refused(with("sticker_ids", json!(["1"])), &format!("sticker_ids:{legacy}"));
    refused(create(&json!({ "components": text })), "components.0:UNION_TYPE_CHOICES");
    // A message that is of components already stays so when it is edited without the flag.
    let already = Context { components_v2: true, ..Context::default() };
    fine(message::edit(&json!({ "components": text }), &already));
    refused(message::edit(&json!({"content": "a"}), &already), &format!("content:{legacy}"));
}
