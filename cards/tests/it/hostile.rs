//! Files made to hurt: the bounds hold, to the one where that can be shown.

use image::ImageFormat;
use troupe_cards::limits::{
    ARCHIVE_BYTES, ARCHIVE_FILES, FILE_BYTES, JSON_BYTES, LORE_ENTRIES, PNG_CHUNKS, PNG_TRIES,
};
use troupe_cards::picture::{Form, avatar};
use troupe_cards::refusal::Refusal;

use crate::support::{
    RawFile, V1, V3, archive, card_chunk, chunk, picture, png, raw_archive, refused, taken,
};

#[test]
fn a_file_has_a_largest_size() {
    let padded = |bytes: usize| V1.to_owned() + &" ".repeat(bytes - V1.len());
    assert!(troupe_cards::import::import(padded(JSON_BYTES).into()).is_ok());
    assert_eq!(refused(padded(JSON_BYTES + 1)), Refusal::JsonTooLarge { limit: JSON_BYTES });
    let bytes = FILE_BYTES + 1;
    assert_eq!(refused(padded(bytes)), Refusal::FileTooLarge { bytes, limit: FILE_BYTES });
    let mut picture = png(&[card_chunk("chara", V1)]);
    picture.resize(FILE_BYTES, 0);
    assert_eq!(taken(picture).card.text(), V1);
}

#[test]
fn a_lorebook_has_a_most_of_entries() {
    let book = |count: usize| V3.replace("{\"keys\"", &("{},".repeat(count - 1) + "{\"keys\""));
    assert!(troupe_cards::import::import(book(LORE_ENTRIES).into()).is_ok());
    let entries = LORE_ENTRIES + 1;
    assert_eq!(refused(book(entries)), Refusal::LoreEntries { entries, limit: LORE_ENTRIES });
}

#[test]
fn a_packed_chunk_does_not_burst() {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(b"chara\0\0".to_vec(), flate2::Compression::best());
    let spaces = vec![b' '; 1024 * 1024];
    for _ in 0..64 {
        encoder.write_all(&spaces).unwrap();
    }
    let packed = encoder.finish().unwrap();
    assert_eq!(refused(png(&[chunk("zTXt", &packed)])), Refusal::PngText { keyword: "chara".to_owned() });
}

#[test]
fn only_so_many_chunks_are_tried() {
    let broken = |count: usize| {
        let mut chunks = vec![card_chunk("chara", "{"); count];
        chunks.push(card_chunk("chara", V1));
        png(&chunks)
    };
    assert_eq!(taken(broken(PNG_TRIES - 1)).card.text(), V1);
    assert!(matches!(refused(broken(PNG_TRIES)), Refusal::Json { .. }));
}

#[test]
fn assets_that_burst_together_are_left_out() {
    use std::io::Write as _;
    // Base64 of 15 MiB of zeros, packed to nothing: five of them are more than an archive may hold.
    let asset = |nth: usize| {
        let head = format!("chara-ext-asset_:{nth}\0\0").into_bytes();
        let mut encoder = flate2::write::ZlibEncoder::new(head, flate2::Compression::fast());
        let letters = vec![b'A'; 1 << 20];
        (0..20).for_each(|_| encoder.write_all(&letters).unwrap());
        chunk("zTXt", &encoder.finish().unwrap())
    };
    let named: Vec<String> = (0..5)
        .map(|nth| format!(r#"{{"type":"x_a","uri":"__asset:{nth}","name":"a","ext":"bin"}}"#))
        .collect();
    let card = V3.replace("{\"type\":\"icon\"", &format!("{},{{\"type\":\"icon\"", named.join(",")));
    let mut chunks: Vec<_> = (0..5).map(asset).collect();
    chunks.push(card_chunk("ccv3", &card));
    let import = taken(png(&chunks));
    let made = troupe_cards::export::charx(&import.card, Some(&import.container), None).unwrap();
    assert_eq!(made.left_out, ["4"]);
}

#[test]
fn an_archive_does_not_burst() {
    let zeros = vec![0_u8; 8 * 1024 * 1024];
    let bomb = archive(&[("card.json", V3.as_bytes()), ("x", b"x"), ("assets/zeros", &zeros)]);
    assert_eq!(refused(bomb), Refusal::ArchiveBomb { path: "assets/zeros".to_owned() });
    let spaces = V3.to_owned() + &" ".repeat(JSON_BYTES);
    // Its own account is checked before anything is unpacked.
    assert!(matches!(refused(archive(&[("card.json", spaces.as_bytes())])), Refusal::ArchiveBomb { .. }));
    let claims = u32::try_from(ARCHIVE_BYTES).unwrap();
    let large = raw_archive(&[
        RawFile { unpacked: claims, ..RawFile::stored("large", b"x") },
        RawFile::stored("card.json", V3.as_bytes()),
    ]);
    assert!(matches!(refused(large), Refusal::ArchiveBomb { .. }));
    let long = "x".repeat(513);
    let long = raw_archive(&[RawFile::stored(&long, b""), RawFile::stored("card.json", V3.as_bytes())]);
    assert!(matches!(refused(long), Refusal::ArchivePath { .. }));
}

#[test]
fn archives_and_pictures_have_a_most_of_parts() {
    let names: Vec<String> = (0..ARCHIVE_FILES).map(|nth| nth.to_string()).collect();
    let mut files: Vec<_> = names.iter().map(|name| RawFile::stored(name, b"")).collect();
    files[0] = RawFile::stored("card.json", V3.as_bytes());
    assert!(troupe_cards::import::import(raw_archive(&files)).is_ok());
    files.push(RawFile::stored("one more", b""));
    let refusal = Refusal::ArchiveFiles { files: ARCHIVE_FILES + 1, limit: ARCHIVE_FILES };
    assert_eq!(refused(raw_archive(&files)), refusal);
    let many = vec![chunk("teSt", b""); PNG_CHUNKS];
    assert_eq!(refused(png(&many)), Refusal::PngChunks { limit: PNG_CHUNKS });
}

#[test]
fn a_card_of_many_assets_is_read_and_written_in_measure() {
    // Each asset names the same chunk of a megabyte: what is made must not be a thousand of them.
    let one = r#"{"type":"x_a","uri":"__asset:0","name":"a","ext":"png"},"#;
    let card = V3.replace("{\"type\":\"icon\"", &(one.repeat(2000) + "{\"type\":\"icon\""));
    let asset = chunk("tEXt", &[&b"chara-ext-asset_:0\0"[..], &vec![b'A'; 1 << 20]].concat());
    let import = taken(png(&[asset, card_chunk("ccv3", &card)]));
    assert_eq!(import.card.sheet().assets.len(), 1000);
    let made = troupe_cards::export::charx(&import.card, Some(&import.container), None).unwrap();
    assert!(made.bytes.len() < 2 << 20);
    assert_eq!(taken(made.bytes).card.field("assets").unwrap().as_array().unwrap().len(), 2002);
}

/// A PNG's head that says it is this large, with nothing in it.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend_from_slice(&[8, 6, 0, 0, 0]);
    let idat = chunk("IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]);
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk("IHDR", &head), idat, chunk("IEND", b"")].concat()
}

#[test]
fn a_picture_that_claims_too_much_is_refused_before_it_is_decoded() {
    let side = 4097;
    let refusal = avatar(&claims(side, side - 1), Form::Png).unwrap_err();
    assert_eq!(refusal, Refusal::PictureTooLarge { width: side, height: side - 1 });
    for (width, height) in [(60_000, 60_000), (16_385, 1), (u32::MAX >> 1, 1)] {
        let refusal = avatar(&claims(width, height), Form::Png).unwrap_err();
        assert!(matches!(refusal, Refusal::PictureTooLarge { .. } | Refusal::Picture), "{refusal:?}");
    }
    // Of an allowed size, and yet empty.
    assert_eq!(avatar(&claims(100, 100), Form::Png).unwrap_err(), Refusal::Picture);
    let mut screen = picture(2, 2, ImageFormat::Gif);
    screen[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert!(matches!(
        avatar(&screen, Form::Png).unwrap_err(),
        Refusal::PictureTooLarge { .. } | Refusal::Picture
    ));
    let mut frame = picture(2, 2, ImageFormat::Jpeg);
    let sof = frame.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    frame[sof + 5..sof + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert!(matches!(
        avatar(&frame, Form::Png).unwrap_err(),
        Refusal::PictureTooLarge { .. } | Refusal::Picture
    ));
}

#[test]
fn no_cut_of_any_file_panics() {
    let files = [
        png(&[card_chunk("chara", V1), card_chunk("ccv3", V3)]),
        archive(&[("card.json", V3.as_bytes()), ("a", b"x")]),
        V3.as_bytes().to_vec(),
    ];
    for file in files {
        for cut in 0..file.len() {
            let _ = troupe_cards::import::import(file[..cut].to_vec());
        }
        for at in (0..file.len()).step_by(3) {
            let mut flipped = file.clone();
            flipped[at] ^= 0x41;
            if let Ok(import) = troupe_cards::import::import(flipped) {
                let _ = import.picture();
                let _ = import.card.content_hash();
            }
        }
    }
}
