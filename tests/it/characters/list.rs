//! What a newcomer sees: who there is, and what can be done, in their language.

use troupe::features::cast::Cast;

use super::{makes, said};
use crate::talk_flow::stage::Stage;

/// Without the numbers of commands, which differ from run to run.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('>') else { break };
        let name = rest[at + 2..at + end].split(':').next().unwrap_or_default();
        out.extend(["[", name, "]"]);
        rest = &rest[at + end + 1..];
    }
    out + rest
}

#[tokio::test]
async fn a_newcomer_finds_out_from_the_list_what_can_be_done() {
    let stage = Stage::set().await;
    let cast = Cast::shipped().all().len();
    let english = said(stage.max().uses("/character list")).await;
    assert!(english.is_ephemeral());
    let text = bare(&english.text());
    for line in [
        "Characters (page 1 of",
        "You have no characters of your own yet. Make one with [character create], or bring a card along with [character import].",
        &format!("The cast ({cast})"),
        &format!("▶ **{}** (answers you here)", Cast::shipped().default().name),
        "Talk with [talk], choose who answers with [character select]",
        "let this server talk with yours with [character share]",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
    let german = said(stage.mia().uses("/character list")).await;
    let text = bare(&german.text());
    for line in [
        "Figuren (Seite 1 von",
        "Du hast noch keine eigenen Figuren. Erschaffe eine mit [character create], oder bring eine Karte mit [character import] mit.",
        &format!("Das Ensemble ({cast})"),
        "(antwortet dir hier)",
        "Sprich mit [talk], wähle mit [character select], wer antwortet",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }

    makes(&stage.max(), "Nora *bold* @everyone", "x").await;
    let list = said(stage.max().uses("/character list")).await;
    let text = bare(&list.text());
    assert!(text.contains("Yours (1 of 5)") && !text.contains("no characters"), "{text}");
    assert!(text.contains("\\*bold\\*") && !text.contains("@everyone"), "a name is no markup: {text}");
    let mut looked = list.choose("Look at one", &["Nora *bold* @everyone"]).await.expect("chosen");
    looked.answered().await.expect("an answer");
    assert!(looked.text().contains("Nora"), "{}", looked.text());
    if cast > 9 {
        let mut next = list.press("▶").await.expect("pressed");
        next.contains("(page 2 of").await.expect("the next page");
    }
    stage.end().await;
}
