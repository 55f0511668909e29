//! A character's life: made, chosen, talked with, changed, shared, deleted, brought back, taken elsewhere.

use super::{asked, file, id_of, makes, pressed, said, says};
use crate::talk_flow::stage::{Stage, answer, talk};

#[tokio::test]
async fn made_chosen_and_changed_it_speaks_and_goes_along_byte_for_byte() {
    let stage = Stage::set().await;
    let (max, mia) = (stage.max(), stage.mia());
    let made = makes(&max, "Nora", "A lighthouse keeper who counts ships").await;
    assert!(made.is_ephemeral());
    says(&made, "Nora");
    says(&made, "1 of 5");
    says(&made, "Hello Max!");
    says(&pressed(&made, "Choose").await, "answers you on this server now");
    stage.says("Ship number nine.").await;
    talk(&max, "What do you see?").await;
    answer(&max, "Ship number nine.").await;
    assert!(asked(&stage).await.contains("lighthouse keeper who counts ships"));

    let edit = said(max.uses("/character edit").with("character", "Nora")).await;
    let form = edit.press("Who it is").await.expect("pressed").modal().expect("a form");
    assert!(form.json().to_string().contains("counts ships"), "it has what is there: {}", form.json());
    let mut changed = form.fill("personality", "Grumpy before noon").submit().await.expect("sent off");
    changed.answered().await.expect("an answer");
    says(&changed, "is changed");
    // A form that was opened before that change: nothing is lost, neither the change nor the words.
    let before = edit.press("Who it is").await.expect("pressed").modal().expect("a form");
    let again = edit.press("More").await.expect("pressed").modal().expect("a form");
    let mut greeted =
        again.fill("add_greeting", "Ahoy.").fill("tags", "sea, night").submit().await.expect("sent");
    greeted.answered().await.expect("an answer");
    says(&greeted, "is changed");
    let mut late = before.fill("scenario", "A storm of words").submit().await.expect("sent off");
    late.answered().await.expect("an answer");
    says(&late, "nothing was saved");
    let words = String::from_utf8(file(&late, ".txt").await).expect("text");
    assert!(words.contains("A storm of words"), "{words}");

    let info = said(max.uses("/character info")).await;
    for text in ["Nora", "Yours", "sea, night", "Only you can talk", "(1 of 2)"] {
        says(&info, text);
    }
    says(&pressed(&info, "▶").await, "Ahoy.");

    let exported = said(max.uses("/character export").with("character", "Nora").with("form", "json")).await;
    let card = file(&exported, ".json").await;
    for (form, ending) in [("png", ".png"), ("charx", ".charx"), ("json", ".json")] {
        let exported = said(max.uses("/character export").with("character", "Nora").with("form", form)).await;
        let bytes = file(&exported, ending).await;
        let brought =
            said(mia.uses("/character import").with_file("file", &format!("a{ending}"), &bytes)).await;
        if form == "charx" {
            // A CHARX names its icon, or has none: the same words in any case.
            assert!(brought.text().contains("hast du schon") || brought.text().contains("gehört dir"));
        } else if form == "json" {
            says(&brought, "Diese Figur hast du schon");
        } else {
            says(&brought, "gehört dir");
        }
    }
    let theirs = said(mia.uses("/character export").with("character", "Nora").with("form", "json")).await;
    let theirs: serde_json::Value = serde_json::from_slice(&file(&theirs, ".json").await).expect("JSON");
    let own: serde_json::Value = serde_json::from_slice(&card).expect("JSON");
    assert_eq!(theirs, own, "field by field");
    stage.end().await;
}

#[tokio::test]
async fn shared_it_speaks_to_others_and_belongs_to_one() {
    let stage = Stage::set().await;
    let (max, mia) = (stage.max(), stage.mia());
    let made = makes(&max, "Nora", "A lighthouse keeper").await;
    let id = id_of(&max, "Nora").await;
    let hidden = said(mia.uses("/character info").with("character", id.as_str())).await;
    assert!(!hidden.text().contains("Nora") && !hidden.text().is_empty(), "{}", hidden.text());
    says(&pressed(&made, "Share here").await, "is shared with this server");

    let info = said(mia.uses("/character info").with("character", "Nora")).await;
    says(&info, "mit diesem Server geteilt");
    assert!(!info.message().expect("a message").can_press("Bearbeiten"));
    stage.says("To Mia.").await;
    mia.uses("/talk")
        .with("message", "Hi")
        .with("character", id.as_str())
        .send()
        .await
        .expect("acknowledged");
    mia.reads("To Mia.").await.expect("an answer");
    for command in ["edit", "delete", "export", "share"] {
        let refused = said(mia.uses(&format!("/character {command}")).with("character", id.as_str())).await;
        says(&refused, "gehört nicht dir");
    }
    // Ada manages the server: who answers there is hers to say, and nobody else's.
    let refused = said(mia.uses("/character default").with("character", id.as_str())).await;
    assert!(!refused.text().contains("Nora"), "{}", refused.text());
    let ada = stage.member("Ada");
    says(
        &said(ada.uses("/character default").with("character", id.as_str())).await,
        "Nora answers on this server",
    );
    stage.says("By default.").await;
    talk(&mia, "Anyone?").await;
    mia.reads("By default.").await.expect("an answer");
    assert!(asked(&stage).await.contains("A lighthouse keeper"));

    says(&said(max.uses("/character share").with("character", "Nora")).await, "no longer shared");
    let calls = stage.calls().await;
    let gone = mia.uses("/talk").with("message", "Hi").with("character", id.as_str()).send().await;
    gone.expect("acknowledged").answered().await.expect("a refusal");
    assert_eq!(stage.calls().await, calls, "nobody speaks for one that is not shared");
    stage.end().await;
}

#[tokio::test]
async fn deleted_it_can_be_brought_back_after_a_restart() {
    let mut stage = Stage::set_with(&[("CHARACTERS_FREE", "1")]).await;
    let max = stage.max();
    makes(&max, "Nora", "A lighthouse keeper").await;
    let full = said(max.uses("/character create")).await;
    says(&full, "You have one character of your own, the most");
    let sure = said(max.uses("/character delete").with("character", "Nora")).await;
    says(&sure, "For 7 days");
    stage.restart().await;
    let max = stage.max();
    pressed(&sure, "Yes, delete").await;
    let none = said(max.uses("/character export").with("character", "Nora")).await;
    assert!(none.message().expect("a message").attachments().is_empty());
    makes(&max, "Otis", "In her place").await;
    let list = said(max.uses("/character restore")).await;
    says(&list, "Nora");
    let mut back = list.choose("Bring one back", &["Nora"]).await.expect("chosen");
    back.answered().await.expect("an answer");
    says(&back, "the most");
    let sure = said(max.uses("/character delete").with("character", "Otis")).await;
    pressed(&sure, "Yes, delete").await;
    let mut back = list.choose("Bring one back", &["Nora"]).await.expect("chosen");
    back.answered().await.expect("an answer");
    says(&back, "is back");
    let info = said(max.uses("/character info").with("character", "Nora")).await;
    says(&info, "Yours");
    stage.end().await;
}
