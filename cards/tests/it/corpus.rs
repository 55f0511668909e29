//! What the fuzzers start from, made here, and run here too: each file and each finding is an ordinary test.
//!
//! `TROUPE_CORPUS=write cargo test -p troupe-cards corpus` writes the files to `fuzz/corpus/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use troupe_cards::document::Document;
use troupe_cards::export;
use troupe_cards::import::import;
use troupe_cards::picture::{Form, avatar};

use crate::support::{RawFile, V1, V2, V3, archive, card_chunk, chunk, picture, png, raw_archive};

/// Files by their names within a target's folder.
type Files = BTreeMap<&'static str, Vec<u8>>;

fn containers() -> Files {
    let icon = picture(2, 2, ImageFormat::Png);
    let named = V3.replace("ccdefault:", "embeded://assets/icon/images/main.png");
    let charx = archive(&[("card.json", named.as_bytes()), ("assets/icon/images/main.png", &icon)]);
    let asset = chunk("tEXt", format!("chara-ext-asset_:0\0{}", STANDARD.encode(&icon)).as_bytes());
    let mirrored = V2.replacen('{', r#"{"name":"Old","creatorcomment":"c","talkativeness":"0.5","#, 1);
    Files::from([
        ("v1.json", V1.into()),
        ("v2.json", V2.into()),
        ("v3.json", V3.into()),
        ("marked.json", format!("\u{feff}\r\n{V1}\n").into()),
        ("mirrored.json", mirrored.into()),
        ("old-names.json", r#"{"char_name":"A","char_persona":"d","char_greeting":"g"}"#.into()),
        ("lorebook.json", r#"{"spec":"lorebook_v3","data":{"extensions":{},"entries":[]}}"#.into()),
        ("odd-types.json", r#"{"spec":"chara_card_v2","spec_version":2,"data":{"name":1,"tags":"a,b","description":null,"character_book":[],"extensions":[]}}"#.into()),
        ("v2.png", png(&[card_chunk("chara", V2)])),
        ("v3.png", png(&[card_chunk("chara", V2), card_chunk("ccv3", V3)])),
        ("plain.png", png(&[chunk("iTXt", format!("ccv3\0\0\0\0\0{V3}").as_bytes())])),
        ("assets.png", png(&[asset, card_chunk("ccv3", &V3.replace("ccdefault:", "__asset:0"))])),
        ("behind-jpeg.charx", [picture(2, 2, ImageFormat::Jpeg), charx.clone()].concat()),
        ("plain.charx", charx),
    ])
}

fn archives() -> Files {
    let card = || RawFile::stored("card.json", V1.as_bytes());
    let stored = raw_archive(&[card(), RawFile::stored("a/b.txt", b"b")]);
    Files::from([
        ("deflated", archive(&[("card.json", V3.as_bytes()), ("z", b"z"), ("assets/", b"")])),
        ("same-path", raw_archive(&[card(), RawFile::stored("a", b"1"), RawFile::stored("a", b"2")])),
        ("climbs", raw_archive(&[card(), RawFile::stored("../a", b"1")])),
        ("encrypted", raw_archive(&[RawFile { flags: 1, ..card() }])),
        ("no-card", raw_archive(&[RawFile::stored("a", b"1")])),
        ("empty", raw_archive(&[])),
        ("with-prefix", [b"#!/bin/sh\n".to_vec(), stored.clone()].concat()),
        ("cut-off", stored[..stored.len() - 9].to_vec()),
        ("stored", stored),
    ])
}

/// As `fuzz_targets/png.rs` reads them: a byte for the kind, two for the length.
fn chunks() -> Files {
    let one = |kind: u8, data: &str| {
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        [vec![kind], length.to_vec(), data.as_bytes().to_vec()].concat()
    };
    let chara = one(0, &format!("chara\0{}", STANDARD.encode(V1)));
    let ccv3 = one(0, &format!("ccv3\0{}", STANDARD.encode(V3)));
    Files::from([
        ("both", [chara.clone(), ccv3.clone()].concat()),
        ("twice", [ccv3.clone(), one(3, "x"), ccv3].concat()),
        ("asset", [one(0, "chara-ext-asset_:0\0AAAA"), chara.clone()].concat()),
        ("international", one(2, &format!("ccv3\0\0\0en\0k\0{V3}"))),
        ("early-end", [one(4, ""), chara].concat()),
    ])
}

fn documents() -> Files {
    Files::from([
        ("card", format!("{V2}\0\"edit\"").into()),
        ("surrogates", "{\"a\":\"\\ud83d\\ude00\\ud83d\\u0041\"}\0\"\\ude00\"".into()),
        ("numbers", "{\"a\":[1.0,-0,1e999,12345678901234567890123]}\0[1,0,null]".into()),
        ("last-bit", format!("{{}}\0[22222{}846847142,0]", "0".repeat(106)).into()),
        ("doubled", "{\"a\":1,\"\\u0061\":{\"b\":[]},\"c\" : [ ] }\0{\"b\":[1]}".into()),
        ("spaces", "\u{feff} { \"a\" :\t[ 1 ,\n2 ] ,\"b\":{ } } \n\0[2]".into()),
    ])
}

fn pictures() -> Files {
    Files::from([
        ("png", picture(3, 2, ImageFormat::Png)),
        ("jpeg", picture(3, 2, ImageFormat::Jpeg)),
        ("webp", picture(3, 2, ImageFormat::WebP)),
        ("gif", picture(3, 2, ImageFormat::Gif)),
    ])
}

fn corpus() -> BTreeMap<&'static str, Files> {
    BTreeMap::from([
        ("container", containers()),
        ("charx", archives()),
        ("png", chunks()),
        ("document", documents()),
        ("picture", pictures()),
    ])
}

#[test]
fn the_corpus_is_what_is_made_here() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (target, files) in corpus() {
        let folder = root.join(target);
        if std::env::var_os("TROUPE_CORPUS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            for (name, bytes) in &files {
                fs::write(folder.join(name), bytes).unwrap();
            }
        }
        for (name, bytes) in &files {
            let there = fs::read(folder.join(name)).unwrap_or_default();
            assert!(there == *bytes, "{target}/{name} isn't what is made here: run with TROUPE_CORPUS=write");
        }
        // The fuzzer names what it finds by a hash of 40 digits; these stay on the machine that found them.
        let entries =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let strange: Vec<_> =
            entries.filter(|name| name.len() != 40 && !files.contains_key(name.as_str())).collect();
        assert!(strange.is_empty(), "{target} has files of unknown origin: {strange:?}");
    }
}

#[test]
fn each_file_of_the_corpus_is_read_and_written_or_refused() {
    let mut taken = 0;
    for bytes in [containers(), archives()].into_iter().flat_map(BTreeMap::into_values) {
        let Ok(read) = import(bytes.clone()) else { continue };
        taken += 1;
        read.picture().unwrap();
        assert_eq!(export::json(&read.card, None).unwrap(), read.container.text().as_bytes());
        let made = export::charx(&read.card, Some(&read.container), None);
        let odd = read.card.field("extensions").is_some_and(serde_json::Value::is_array);
        assert!(made.is_ok() || odd, "{made:?}");
    }
    assert_eq!(taken, 17, "all but the lorebook and six broken archives");
    for bytes in pictures().into_values() {
        assert_eq!(avatar(&bytes, Form::Png).unwrap().side, 2);
    }
    for bytes in documents().into_values() {
        let text = String::from_utf8(bytes).unwrap();
        let (text, edit) = text.split_once('\0').unwrap();
        assert_eq!(Document::parse(text.to_owned()).unwrap().text(), text);
        Document::parse(edit.to_owned()).unwrap();
    }
}
