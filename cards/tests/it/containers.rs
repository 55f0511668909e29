//! Each kind of file, told by its content, whole and damaged.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use flate2::write::ZlibEncoder;
use image::ImageFormat;
use troupe_cards::container::{Container, Note};
use troupe_cards::import::Picture;
use troupe_cards::refusal::{Damage, Kind, Refusal};
use troupe_cards::report::Warning;

use crate::support::{
    RawFile, V1, V2, V3, archive, card_chunk, chunk, picture, png, raw_archive, refused, taken,
};

fn notes(bytes: Vec<u8>) -> Vec<Note> {
    let warnings = taken(bytes).report.warnings;
    warnings
        .into_iter()
        .filter_map(|warning| if let Warning::File(note) = warning { Some(note) } else { None })
        .collect()
}

#[test]
fn json_comes_with_marks_and_white_space_and_leaves_with_them() {
    for text in
        [V1.to_owned(), V2.to_owned(), V3.to_owned(), format!("\u{feff}\r\n {V1} \n"), format!("\n\t{V2}")]
    {
        let import = taken(text.clone());
        assert!(matches!(import.container, Container::Json(_)));
        assert_eq!(import.card.text(), text);
        assert_eq!(import.card.sheet().first_mes.get(..5), Some("Hello"));
        assert_eq!(import.picture().unwrap(), Picture::None);
    }
}

#[test]
fn other_encodings_are_told_from_other_faults() {
    let latin =
        V1.replace("Ada", "Adä").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<_>>();
    assert_eq!(refused(latin), Refusal::NotUtf8 { at: 11 });
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(V1.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(refused(wide), Refusal::NotUtf8 { at: 0 });
    assert_eq!(refused(""), Refusal::Empty);
    assert_eq!(refused(" \n"), Refusal::Empty);
    assert!(matches!(refused("name: Ada"), Refusal::Json { line: 1, .. }));
}

#[test]
fn other_files_are_named() {
    assert_eq!(refused(picture(4, 4, ImageFormat::Jpeg)), Refusal::Kind(Kind::Jpeg));
    assert_eq!(refused(picture(4, 4, ImageFormat::WebP)), Refusal::Kind(Kind::Webp));
    assert_eq!(refused(picture(4, 4, ImageFormat::Gif)), Refusal::Kind(Kind::Gif));
    assert_eq!(refused("%PDF-1.7\n%"), Refusal::Kind(Kind::Pdf));
    assert_eq!(refused(b"\x7fELF\0\0\0".to_vec()), Refusal::Kind(Kind::Other));
    assert_eq!(refused(png(&[])), Refusal::PngWithoutCard);
    assert_eq!(refused(archive(&[("readme.txt", b"hi")])), Refusal::ArchiveWithoutCard);
    assert_eq!(refused(archive(&[("sub/card.json", V3.as_bytes())])), Refusal::ArchiveWithoutCard);
    assert_eq!(refused(archive(&[("Card.json", V3.as_bytes())])), Refusal::ArchiveWithoutCard);
}

#[test]
fn a_png_gives_its_newest_card() {
    for (chunks, expected) in [
        (vec![card_chunk("chara", V1)], V1),
        (vec![card_chunk("Chara", V2)], V2),
        (vec![card_chunk("CCV3", V3)], V3),
        (vec![card_chunk("chara", V2), card_chunk("ccv3", V3)], V3),
        (vec![card_chunk("ccv3", V3), card_chunk("chara", V2)], V3),
    ] {
        let bytes = png(&chunks);
        let import = taken(bytes.clone());
        assert_eq!(import.card.text(), expected);
        assert_eq!(import.picture().unwrap(), Picture::Here(bytes.into()));
        assert_eq!(notes(png(&chunks)), []);
    }
}

#[test]
fn base64_comes_as_tools_write_it() {
    let text = V1.replace("Ada", "Ada?>~ß漢");
    let lines: Vec<String> = STANDARD
        .encode(&text)
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    let spellings = [STANDARD_NO_PAD.encode(&text), URL_SAFE.encode(&text), lines.join("\r\n"), text.clone()];
    for spelling in spellings {
        let import = taken(png(&[chunk("tEXt", format!("chara\0{spelling}").as_bytes())]));
        assert_eq!(import.card.text(), text);
    }
    let nonsense = png(&[chunk("tEXt", b"chara\0!!!")]);
    assert_eq!(refused(nonsense), Refusal::PngText { keyword: "chara".to_owned() });
    assert_eq!(refused(png(&[chunk("tEXt", b"chara\0rcc||rccv1||x")])), Refusal::Encrypted);
}

fn zlib(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_and_international_text_chunks_are_read_too() {
    let coded = STANDARD.encode(V2);
    let packed = [b"chara\0\0".to_vec(), zlib(&coded)].concat();
    assert_eq!(taken(png(&[chunk("zTXt", &packed)])).card.text(), V2);
    let plain = [b"ccv3\0\0\0en\0keyword\0".to_vec(), V3.as_bytes().to_vec()].concat();
    assert_eq!(taken(png(&[chunk("iTXt", &plain)])).card.text(), V3);
    let packed = [b"ccv3\0\x01\0\0\0".to_vec(), zlib(&coded)].concat();
    assert_eq!(taken(png(&[chunk("iTXt", &packed)])).card.text(), V2);
}

#[test]
fn a_damaged_card_is_refused_by_name_and_a_damaged_picture_noted() {
    let mut bytes = png(&[card_chunk("chara", V1), chunk("tIME", &[7, 234, 1, 1, 0, 0, 0])]);
    let card = bytes.windows(4).position(|four| four == b"tEXt").unwrap();
    let time = bytes.windows(4).position(|four| four == b"tIME").unwrap();
    bytes[time + 5] ^= 1;
    assert_eq!(notes(bytes.clone()), [Note::Checksum { chunk: "tIME".to_owned(), at: time - 4 }]);
    bytes[card + 20] ^= 1;
    let expected =
        Refusal::PngDamaged { chunk: "tEXt".to_owned(), keyword: "chara".to_owned(), at: card - 4 };
    assert_eq!(refused(bytes), expected);
}

#[test]
fn a_png_that_is_cut_off_is_told_unless_the_card_came_before() {
    let bytes = png(&[card_chunk("chara", V1)]);
    let card = bytes.windows(4).position(|four| four == b"tEXt").unwrap() - 4;
    assert_eq!(notes(bytes[..bytes.len() - 5].to_vec()), [Note::CutOff]);
    let within = refused(bytes[..card + 30].to_vec());
    assert_eq!(within, Refusal::PngCutOff { chunk: "tEXt".to_owned(), at: card });
    let long = [&bytes[..], b"behind"].concat();
    assert_eq!(notes(long.clone()), [Note::Trailing(6)]);
    assert_eq!(taken(long).card.text(), V1);
}

#[test]
fn of_several_cards_the_first_that_reads_is_taken() {
    let one = V1.replace("Ada", "One");
    let bytes = png(&[card_chunk("chara", &one), card_chunk("chara", V1)]);
    assert_eq!(taken(bytes.clone()).card.sheet().name, "One");
    assert_eq!(notes(bytes), [Note::SeveralCards { keyword: "chara".to_owned(), count: 2 }]);
    let bytes = png(&[card_chunk("ccv3", "{\"spec\":"), card_chunk("chara", V2)]);
    let import = taken(bytes.clone());
    assert_eq!(import.card.text(), V2);
    assert!(matches!(notes(bytes)[..], [Note::PassedOver { why: Refusal::Json { .. }, .. }]));
}

#[test]
fn old_assets_stand_in_chunks() {
    let card = V3.replace("\"ccdefault:\"", "\"__asset:0\"");
    let icon = picture(3, 3, ImageFormat::Png);
    let coded = STANDARD.encode(&icon);
    for mark in ["chara-ext-asset_:0", "chara-ext-asset_0"] {
        let asset = chunk("tEXt", format!("{mark}\0{coded}").as_bytes());
        let import = taken(png(&[asset, card_chunk("ccv3", &card)]));
        assert_eq!(import.picture().unwrap(), Picture::Here(icon.clone().into()));
        assert!(import.container.asset("1").unwrap().is_none());
    }
}

#[test]
fn a_charx_gives_its_card_and_its_assets() {
    let card = V3.replace("ccdefault:", "embeded://assets/icon/images/Main.png");
    let icon = picture(3, 3, ImageFormat::Png);
    let bytes = archive(&[("card.json", card.as_bytes()), ("assets/icon/images/Main.png", &icon)]);
    let import = taken(bytes);
    assert_eq!(import.card.text(), card);
    assert_eq!(import.picture().unwrap(), Picture::Here(icon.into()));
    // Paths are case-sensitive.
    assert!(import.container.asset("assets/icon/images/main.png").unwrap().is_none());
}

#[test]
fn a_charx_may_stand_behind_a_picture() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let front = picture(5, 5, format);
        let bytes = [front.clone(), archive(&[("a.txt", b"a"), ("card.json", V3.as_bytes())])].concat();
        let import = taken(bytes);
        assert_eq!(import.card.text(), V3);
        assert_eq!(import.picture().unwrap(), Picture::Here(front.into()));
        assert_eq!(import.container.asset("a.txt").unwrap().as_deref(), Some(&b"a"[..]));
    }
}

#[test]
fn archives_that_lie_are_refused() {
    let card = || RawFile::stored("card.json", V3.as_bytes());
    assert!(troupe_cards::import::import(raw_archive(&[card()])).is_ok());
    assert_eq!(refused(raw_archive(&[card(), card()])), Refusal::ArchiveTwoCards);
    for path in ["../evil", "a/../../evil", "/etc/passwd", "C:\\evil", "..\\evil", "a\0b"] {
        let refusal = refused(raw_archive(&[card(), RawFile::stored(path, b"x")]));
        assert_eq!(refusal, Refusal::ArchivePath { path: path.to_owned() });
    }
    let same = raw_archive(&[card(), RawFile::stored("a", b"1"), RawFile::stored("a", b"2")]);
    assert_eq!(notes(same.clone()), [Note::SamePath("a".to_owned())]);
    assert_eq!(taken(same).container.asset("a").unwrap().as_deref(), Some(&b"2"[..]));
    assert_eq!(refused(raw_archive(&[RawFile { flags: 1, ..card() }])), Refusal::Encrypted);
    let other = raw_archive(&[RawFile { method: 14, ..card() }]);
    assert_eq!(refused(other), Refusal::Archive(Damage::Method("card.json".to_owned())));
    let longer = raw_archive(&[RawFile { unpacked: 5, ..card() }]);
    assert_eq!(refused(longer), Refusal::Archive(Damage::Content("card.json".to_owned())));
    let mut flipped = raw_archive(&[card()]);
    flipped[60] ^= 1;
    assert_eq!(refused(flipped), Refusal::Archive(Damage::Content("card.json".to_owned())));
    // The directory says another path than the file's own header.
    let mut renamed = raw_archive(&[card(), RawFile::stored("a", b"1")]);
    let end = renamed.len() - 22 - 1;
    renamed[end] = b'b';
    assert_eq!(refused(renamed), Refusal::Archive(Damage::Entry("b".to_owned())));
    let whole = raw_archive(&[card()]);
    assert_eq!(refused(whole[..whole.len() - 1].to_vec()), Refusal::Archive(Damage::Directory));
}

#[test]
fn an_archive_that_uses_bytes_twice_is_a_bomb() {
    let files = [RawFile::stored("card.json", V3.as_bytes()), RawFile::stored("a", b"PK")];
    // The second file reaches into the directory.
    let mut bytes = raw_archive(&files);
    let second = bytes.len() - 22 - 47;
    bytes[second + 20] = 30;
    assert_eq!(refused(bytes), Refusal::Archive(Damage::Overlap("a".to_owned())));
    // The first one reaches over the second.
    let mut bytes = raw_archive(&files);
    let first = second - 55;
    bytes[first + 20] += 1;
    assert_eq!(refused(bytes), Refusal::Archive(Damage::Overlap("a".to_owned())));
}
