//! What is written reads back as it was, and other programs read it too.

use std::io::Cursor;

use base64::Engine as _;
use image::ImageFormat;
use serde_json::{Value, json};
use troupe_cards::card::{TextField, Version};
use troupe_cards::export;
use troupe_cards::import::Picture;

use crate::support::{
    RawFile, V1, V2, V3, archive, card_chunk, carried, chunk, chunks, picture, png, raw_archive, taken,
    unpacked,
};

#[test]
fn json_leaves_as_it_came() {
    for text in [V1.to_owned(), V2.to_owned(), V3.to_owned(), format!("\u{feff}{V3}\r\n")] {
        assert_eq!(export::json(&taken(text.clone()).card, None).unwrap(), text.as_bytes());
    }
    let v3 = export::json(&taken(V1).card, Some(Version::V3)).unwrap();
    assert_eq!(taken(v3).card.version(), Version::V3);
    let v2 = export::json(&taken(V3).card, Some(Version::V2)).unwrap();
    let v2 = taken(v2).card;
    assert_eq!((v2.version(), v2.sheet().creator_notes.as_str()), (Version::V2, "English"));
}

#[test]
fn a_png_keeps_all_that_is_no_card() {
    let odd = chunk("tEXt", b"Comment\0made by hand");
    let time = chunk("tIME", &[7, 234, 1, 1, 0, 0, 0]);
    let before = png(&[odd, card_chunk("chara", V2), time, card_chunk("ccv3", V3)]);
    let before = [before, b"behind the end".to_vec()].concat();
    let import = taken(before.clone());
    // Unchanged: the same file, whatever the older copy says.
    assert_eq!(export::png(&import.card, &before, Some("notice")).unwrap().bytes, before);
    let mut card = import.card;
    card.set_text(TextField::FirstMes, "Ho").unwrap();
    let after = export::png(&card, &before, Some("notice")).unwrap().bytes;
    assert!(after.ends_with(b"behind the end"));
    let (old, new) = (chunks(&before), chunks(&after));
    assert_eq!(old.len(), new.len());
    for (old, new) in old.iter().zip(&new) {
        let is_card = old.1.starts_with(b"chara\0") || old.1.starts_with(b"ccv3\0");
        assert_eq!(old == new, !is_card);
    }
    assert_eq!(carried(&after, "ccv3").unwrap(), V3.replace("\"Hello\"", "\"Ho\""));
    let copy: Value = serde_json::from_str(&carried(&after, "chara").unwrap()).unwrap();
    assert_eq!((&copy["spec"], &copy["data"]["first_mes"]), (&json!("chara_card_v2"), &json!("Ho")));
    assert_eq!(copy["data"]["creator_notes"], json!("notice\n\nEnglish"));
    assert_eq!(image::load_from_memory(&after).unwrap().width(), 6);
}

#[test]
fn an_animation_keeps_its_frames() {
    let still = picture(2, 2, ImageFormat::Png);
    let [(_, head), (_, pixels), _] = &chunks(&still)[..] else { panic!("a head, pixels, an end") };
    let frame = |sequence: u8| {
        let sizes = [0, 0, 0, sequence, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 0, 0];
        chunk("fcTL", &sizes)
    };
    let before = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk("IHDR", head),
        chunk("acTL", &[0, 0, 0, 2, 0, 0, 0, 0]),
        card_chunk("chara", V2),
        frame(0),
        chunk("IDAT", pixels),
        frame(1),
        chunk("fdAT", &[&[0, 0, 0, 2][..], pixels].concat()),
        chunk("IEND", b""),
    ]
    .concat();
    let mut card = taken(before.clone()).card;
    card.set_text(TextField::Name, "Bob").unwrap();
    let after = export::png(&card, &before, None).unwrap().bytes;
    let kinds = |bytes: &[u8]| chunks(bytes).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    let expected = ["IHDR", "acTL", "tEXt", "fcTL", "IDAT", "fcTL", "fdAT", "tEXt", "IEND"];
    assert_eq!(kinds(&after), expected);
    let frames =
        |bytes: &[u8]| chunks(bytes).into_iter().filter(|(kind, _)| kind != "tEXt").collect::<Vec<_>>();
    assert_eq!(frames(&after), frames(&before));
    assert_eq!(taken(after).card.sheet().name, "Bob");
}

#[test]
fn a_chunk_that_says_the_same_keeps_its_spelling() {
    let coded = |text: &str| base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
    let chara = chunk("tEXt", format!("Chara\0{}\n", coded(V2)).as_bytes());
    let ccv3 = chunk("iTXt", format!("CCV3\0\0\0\0\0{V3}").as_bytes());
    let before = png(&[chara, ccv3]);
    assert_eq!(export::png(&taken(before.clone()).card, &before, None).unwrap().bytes, before);
}

#[test]
fn an_older_card_stands_as_it_is_beside_its_newer_form() {
    for (text, version) in [(V1, Version::V1), (V2, Version::V2)] {
        let before = png(&[card_chunk("chara", text)]);
        let import = taken(before.clone());
        assert_eq!(import.card.version(), version);
        let after = export::png(&import.card, &before, None).unwrap().bytes;
        assert_eq!(carried(&after, "chara").unwrap(), text);
        let newer = taken(after.clone());
        assert_eq!(newer.card.version(), Version::V3);
        assert_eq!(newer.card.sheet(), import.card.sheet());
        assert_eq!(newer.card.content_hash(), import.card.content_hash());
        // From then on nothing differs.
        assert_eq!(export::png(&newer.card, &after, None).unwrap().bytes, after);
    }
}

#[test]
fn stale_copies_do_not_survive_an_edit() {
    let before = png(&[
        card_chunk("ccv3", V3),
        card_chunk("CHARA", V2),
        card_chunk("chara", V1),
        card_chunk("ccv3", V3),
    ]);
    let mut card = taken(before.clone()).card;
    card.set_text(TextField::Name, "Bob").unwrap();
    let after = export::png(&card, &before, None).unwrap().bytes;
    assert!(carried(&after, "ccv3").unwrap().contains("Bob"));
    assert!(carried(&after, "chara").unwrap().contains("Bob"));
    assert!(!chunks(&after).iter().any(|(_, data)| data.starts_with(b"CHARA\0")));
}

#[test]
fn any_png_can_carry_a_card_and_no_other_file_can() {
    let plain = picture(9, 9, ImageFormat::Png);
    let exported = export::png(&taken(V3).card, &plain, None).unwrap();
    assert_eq!(taken(exported.bytes).card.text(), V3);
    assert!(export::png(&taken(V3).card, &picture(9, 9, ImageFormat::Jpeg), None).is_err());
    assert!(export::png(&taken(V3).card, &plain[..plain.len() - 4], None).is_err());
    let named = V3.replace("ccdefault:", "embeded://a.png");
    assert_eq!(export::png(&taken(named).card, &plain, None).unwrap().left_out, ["a.png"]);
}

#[test]
fn a_charx_keeps_all_files_but_the_card() {
    let card = V3.replace("ccdefault:", "embeded://assets/icon/images/main.png");
    let icon = picture(3, 3, ImageFormat::Png);
    let front = picture(5, 5, ImageFormat::Jpeg);
    let files: &[(&str, &[u8])] = &[
        ("module.risum", b"\x00\x01"),
        ("card.json", card.as_bytes()),
        ("assets/icon/images/main.png", &icon),
        ("z", b""),
    ];
    for before in [archive(files), [front.clone(), archive(files)].concat()] {
        let import = taken(before.clone());
        let same = export::charx(&import.card, Some(&import.container), None).unwrap();
        assert_eq!((same.bytes, same.left_out), (before.clone(), vec![]));
        let mut edited = import.card.clone();
        edited.set_text(TextField::Description, &"long ".repeat(2000)).unwrap();
        let after = export::charx(&edited, Some(&import.container), None).unwrap().bytes;
        assert_eq!(unpacked(&after, "card.json"), edited.text().as_bytes());
        for (path, content) in files.iter().filter(|(path, _)| *path != "card.json") {
            assert_eq!(unpacked(&after, path), *content);
        }
        let again = taken(after.clone());
        assert_eq!(again.card.text(), edited.text());
        assert_eq!(again.picture().unwrap(), Picture::Here(icon.clone().into()));
        assert_eq!(after.starts_with(&front), before.starts_with(&front));
        // Before the card in the file, every byte is the same.
        let card_at = before.windows(9).position(|nine| nine == b"card.json").unwrap() - 30;
        assert_eq!(after[..card_at], before[..card_at]);
        // And back: the same content, the same names, in the same order.
        let back = export::charx(&import.card, Some(&again.container), None).unwrap().bytes;
        assert_eq!(unpacked(&back, "card.json"), card.as_bytes());
        let names = |bytes: &[u8]| -> Vec<String> {
            zip::ZipArchive::new(Cursor::new(bytes))
                .unwrap()
                .file_names()
                .map(|name| name.unwrap().into_owned())
                .collect()
        };
        assert_eq!(names(&back), names(&before));
    }
    let stored = raw_archive(&[RawFile::stored("card.json", V3.as_bytes()), RawFile::stored("a", b"1")]);
    let import = taken(stored);
    let mut edited = import.card.clone();
    edited.set_text(TextField::Name, "Bob").unwrap();
    let after = export::charx(&edited, Some(&import.container), None).unwrap().bytes;
    assert_eq!(
        (unpacked(&after, "card.json"), unpacked(&after, "a")),
        (edited.text().as_bytes().to_vec(), b"1".to_vec())
    );
}

#[test]
fn a_charx_from_another_file_takes_its_assets_along() {
    let icon = picture(3, 3, ImageFormat::Png);
    let coded = base64::engine::general_purpose::STANDARD.encode(&icon);
    let card = V3.replace("ccdefault:", "__asset:0").replace("https://example.org/b.png", "__asset:gone");
    let before =
        png(&[chunk("tEXt", format!("chara-ext-asset_:0\0{coded}").as_bytes()), card_chunk("ccv3", &card)]);
    let import = taken(before.clone());
    let made = export::charx(&import.card, Some(&import.container), Some(&before)).unwrap();
    assert_eq!(made.left_out, ["gone"]);
    assert_eq!(unpacked(&made.bytes, "assets/icon/images/0.png"), icon);
    let read = taken(made.bytes);
    assert_eq!(read.picture().unwrap(), Picture::Here(icon.into()));
    assert_eq!(read.card.text(), card.replace("__asset:0", "embeded://assets/icon/images/0.png"));
}

#[test]
fn a_charx_made_anew_takes_no_stale_card_and_no_asset_twice() {
    let icon = picture(3, 3, ImageFormat::Png);
    let coded = base64::engine::general_purpose::STANDARD.encode(&icon);
    let twice = V3.replace("https://example.org/b.png", "__asset:\u{fffd}7");
    let asset = chunk("tEXt", &[b"chara-ext-asset_:\xff7\0", coded.as_bytes()].concat());
    let time = chunk("tIME", &[7, 234, 1, 1, 0, 0, 0]);
    let before = png(&[asset, time.clone(), card_chunk("chara", V2), card_chunk("ccv3", &twice)]);
    let import = taken(before.clone());
    assert_eq!(import.container.asset("\u{fffd}7").unwrap().as_deref(), Some(&icon[..]));
    let made = export::charx(&import.card, Some(&import.container), Some(&before)).unwrap();
    assert_eq!(made.left_out, Vec::<String>::new());
    assert_eq!(unpacked(&made.bytes, "assets/background/images/1.png"), icon);
    assert_eq!(unpacked(&made.bytes, "assets/icon/images/main.png"), png(&[time]));
    // An icon that is named and missing is replaced by the picture at hand.
    let lost = taken(V3.replace("ccdefault:", "embeded://lost.png"));
    let made = export::charx(&lost.card, Some(&lost.container), Some(&icon)).unwrap();
    assert_eq!(made.left_out, ["lost.png"]);
    assert_eq!(taken(made.bytes).picture().unwrap(), Picture::Here(icon.into()));
}

#[test]
fn a_charx_of_an_older_version_keeps_it() {
    let before = archive(&[("card.json", V2.as_bytes())]);
    let import = taken(before.clone());
    assert_eq!(export::charx(&import.card, Some(&import.container), None).unwrap().bytes, before);
}

#[test]
fn a_charx_made_anew_has_the_picture_as_its_main_icon() {
    let face = picture(4, 4, ImageFormat::WebP);
    for text in [V1, V2, V3] {
        let made = export::charx(&taken(text).card, None, Some(&face)).unwrap().bytes;
        assert_eq!(unpacked(&made, "assets/icon/images/main.webp"), face);
        let read = taken(made.clone());
        assert_eq!(read.picture().unwrap(), Picture::Here(face.clone().into()));
        assert_eq!(read.card.version(), Version::V3);
        // Made of the same, it is the same.
        assert_eq!(made, export::charx(&taken(text).card, None, Some(&face)).unwrap().bytes);
    }
}
