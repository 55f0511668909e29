//! Files that members bring along: cards, pictures, lorebooks, and what means harm.

use serde_json::json;
use troupe_cards::card::{Card, New};
use troupe_cards::export;

use super::{file, makes, pressed, said, says};
use crate::support::program::get;
use crate::talk_flow::stage::Stage;

const PLAIN: &[u8] = include_bytes!("../../../assets/cards/plain.png");

fn card(name: &str) -> Card {
    let new = New { name: name.to_owned(), description: "Keeps a light".to_owned(), ..New::default() };
    Card::create(&new, 0)
}

/// A zip of one stored file.
fn zip(path: &str, content: &[u8], claimed: u32) -> Vec<u8> {
    let crc = crc32fast::hash(content);
    let size = u32::try_from(content.len()).expect("small");
    let mut shared = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    shared.extend([crc, size, claimed].iter().flat_map(|number| number.to_le_bytes()));
    shared.extend(u16::try_from(path.len()).expect("short").to_le_bytes());
    let mut out = b"PK\x03\x04".to_vec();
    out.extend(&shared);
    out.extend([0, 0]);
    out.extend(path.as_bytes());
    out.extend(content);
    let directory = u32::try_from(out.len()).expect("small");
    let mut entry = b"PK\x01\x02\x14\x00".to_vec();
    entry.extend(&shared);
    entry.extend([0; 16]);
    entry.extend(path.as_bytes());
    out.extend(&entry);
    out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend(u32::try_from(entry.len()).expect("small").to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[tokio::test]
async fn cards_come_with_pictures_and_a_report_and_only_once_unasked() {
    let settings = [("CHARACTERS_FREE", "2"), ("AVATAR_BASE_URL", "https://pictures.test/avatars")];
    let stage = Stage::set_with(&settings).await;
    let max = stage.max();
    let png = export::png(&card("Nora"), PLAIN, None).expect("written").bytes;
    let brought = said(max.uses("/character import").with_file("file", "nora.png", &png)).await;
    says(&brought, "**Nora** is yours");
    says(&brought, "1 of 2");
    let report = String::from_utf8(file(&brought, "report.txt").await).expect("text");
    assert!(report.contains("description: used in the prompt") && report.contains("PNG"), "{report}");
    let message = brought.message().expect("a message");
    let picture = message.json()["embeds"][0]["thumbnail"]["url"].as_str().expect("a picture").to_owned();
    let path = picture.strip_prefix("https://pictures.test").expect("below the base");
    let reached = reqwest::Client::builder().no_proxy().build().expect("a client");
    let served = reached.get(format!("http://{}{path}", stage.ops)).send().await.expect("an answer");
    assert_eq!(
        (served.status().as_u16(), &served.headers()["content-type"].clone()),
        (200, &"image/png".parse().expect("a type"))
    );
    assert_eq!(get(&format!("http://{}/avatars/custom/..%2fx.png", stage.ops)).await.0, 404);

    let same = said(max.uses("/character import").with_file("file", "other.png", &png)).await;
    says(&same, "You have this character already");
    says(&pressed(&same, "Keep both").await, "is yours");
    let full =
        said(max.uses("/character import").with_file("file", "a.json", card("Otis").text().as_bytes())).await;
    says(&full, "You have 2 characters of your own, the most");

    let sure = said(max.uses("/character list")).await;
    says(&sure, "Yours (2 of 2)");
    stage.end().await;
}

#[tokio::test]
async fn lorebooks_go_to_a_character_and_nothing_is_lost() {
    let stage = Stage::set().await;
    let max = stage.max();
    makes(&max, "Nora", "Keeps a light").await;
    let book = |keys: &str| {
        json!({"spec": "lorebook_v3", "data": {"name": "Sea", "entries": [
        {"keys": [keys], "content": "The sea is green.", "enabled": true, "insertion_order": 0, "extensions": {}},
        {"keys": ["(?<=x)y"], "content": "Never.", "enabled": true, "insertion_order": 1, "use_regex": true, "extensions": {}},
    ], "extensions": {}}}).to_string()
    };
    let import = |bytes: &str| max.uses("/character import").with_file("file", "book.json", bytes.as_bytes());
    says(&said(import(&book("sea"))).await, "This is a lorebook");
    let given = said(import(&book("sea")).with("character", "Nora")).await;
    says(&given, "has this lorebook now");
    let report = String::from_utf8(file(&given, "report.txt").await).expect("text");
    assert!(report.contains("looks around"), "{report}");
    stage.says("Green, yes.").await;
    max.uses("/talk")
        .with("message", "Tell me of the sea")
        .with("character", "Nora")
        .send()
        .await
        .expect("sent");
    max.reads("Green, yes.").await.expect("an answer");
    let again = said(import(&book("tide")).with("character", "Nora")).await;
    says(&again, "before is in a file");
    let before = String::from_utf8(file(&again, "lorebook-before.json").await).expect("text");
    assert!(before.contains("\"sea\""), "{before}");
    let wrong = said(import(&card("Otis").text()).with("character", "Nora")).await;
    says(&wrong, "This is a character, not a lorebook");
    let nameless = said(import(&card(" ").text())).await;
    says(&nameless, "needs one");
    says(&said(import(&card(" ").text()).with("name", "Otis")).await, "**Otis** is yours");
    stage.end().await;
}

#[tokio::test]
async fn what_means_harm_is_told_what_is_wrong_with_it() {
    let stage = Stage::set().await;
    let max = stage.max();
    let png = export::png(&card("Nora"), PLAIN, None).expect("written").bytes;
    let at = png.windows(4).position(|four| four == b"ccv3").expect("the chunk") + 20;
    let mut broken = png.clone();
    broken[at] ^= 1;
    let first = png.windows(4).position(|four| four == b"tEXt").expect("a chunk") + 20;
    let cut: Vec<u8> = png[..first].to_vec();
    let bomb = zip("card.json", b"{}", 4_000_000_000);
    for (name, bytes, told) in [
        ("empty.json", Vec::new(), "empty"),
        ("huge.png", vec![b'x'; 10 * 1024 * 1024 + 1], "too large"),
        ("cut.png", cut, "cut off"),
        ("broken.png", broken, "is damaged"),
        ("picture.png", PLAIN.to_vec(), "without a card"),
        ("climbs.charx", zip("../card.json", b"{}", 2), "forbidden path"),
        ("bomb.charx", bomb, "CHARX"),
        ("deep.json", [vec![b'['; 5_000], vec![b']'; 5_000]].concat(), "deeper"),
        ("photo.jpg", b"\xff\xd8\xff\xe0 photo".to_vec(), "JPEG"),
        ("prose.json", b"{\"name\": ".to_vec(), "broken in line 1"),
        ("list.json", b"[1,2,3]".to_vec(), "no character card"),
    ] {
        let refused = said(max.uses("/character import").with_file("file", name, &bytes)).await;
        says(&refused, told);
    }
    makes(&max, "Otis", "x").await;
    let picture =
        max.uses("/character edit").with("character", "Otis").with_file("picture", "a.png", b"no picture");
    says(&said(picture).await, "That picture can't be read");
    let list = said(max.uses("/character list")).await;
    says(&list, "Yours (1 of 5)");
    stage.end().await;
}
