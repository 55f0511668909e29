//! Makers of files that share no code with what reads them: chunks, archives and pictures by other hands.

use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, RgbaImage};
use troupe_cards::import::{Import, import};
use troupe_cards::refusal::Refusal;

pub(crate) const V1: &str = r#"{"name":"Ada","description":"d","personality":"p","scenario":"s","first_mes":"Hello {{user}}","mes_example":"<START>\n{{user}}: hi"}"#;

/// V2 with all its fields.
pub(crate) const V2: &str = r#"{
  "spec": "chara_card_v2",
  "spec_version": "2.0",
  "data": {
    "name": "Ada", "description": "d", "personality": "p", "scenario": "s",
    "first_mes": "Hello", "mes_example": "<START>",
    "creator_notes": "notes", "system_prompt": "{{original}} be Ada",
    "post_history_instructions": "stay Ada", "alternate_greetings": ["Hi", "Hey"],
    "character_book": {
      "name": "lore", "description": "of Ada", "scan_depth": 3, "token_budget": 100, "recursive_scanning": false,
      "extensions": {"x": 1},
      "entries": [{"keys": ["engine"], "content": "It \u0063omputes.", "extensions": {}, "enabled": true,
        "insertion_order": 1.0, "case_sensitive": false, "name": "n", "priority": 10, "id": 1, "comment": "c",
        "selective": true, "secondary_keys": ["b"], "constant": false, "position": "before_char"}]
    },
    "tags": ["history", "Maths"], "creator": "me", "character_version": "1",
    "extensions": {"agnai": {"voice": null}, "big": 12345678901234567890123, "\u0078": 1e2 }
  },
  "unknown at root": [ 1,2 ]
}
"#;

/// V3 with all that it adds.
pub(crate) const V3: &str = r#"{"spec":"chara_card_v3","spec_version":"3.0","data":{"name":"Ada Lovelace","description":"d","tags":["t"],
"creator":"me","character_version":"2","mes_example":"","extensions":{"depth_prompt":{"prompt":"dp","depth":2,"role":"user"},
"talkativeness":"0.7","world":"W","fav":true},"system_prompt":"","post_history_instructions":"","first_mes":"Hello",
"alternate_greetings":["A"],"personality":"","scenario":"","creator_notes":"English","character_book":{"extensions":{},
"entries":[{"keys":["k"],"content":"@@depth 4\n@@@role user\n\nText @@kept","extensions":{},"enabled":true,"insertion_order":0,"use_regex":false,
"constant":true,"id":"a"}]},"assets":[{"type":"icon","uri":"ccdefault:","name":"main","ext":"png"},
{"type":"background","uri":"https://example.org/b.png","name":"main","ext":"png"}],"nickname":"Ada",
"creator_notes_multilingual":{"de":"Deutsch"},"source":["id-1"],"group_only_greetings":["All!"],
"creation_date":1700000000,"modification_date":0,"future":{"x":[1.50]}}}"#;

/// A picture of one colour, as this format's encoder writes it.
pub(crate) fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbaImage::from_pixel(width, height, image::Rgba([200, 40, 90, 255]));
    let mut out = Cursor::new(Vec::new());
    let picture = image::DynamicImage::ImageRgba8(pixels);
    let flat = image::DynamicImage::ImageRgb8(picture.to_rgb8());
    let picture = if format == ImageFormat::Jpeg { flat } else { picture };
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// PNG's checksum, bit by bit as its specification writes it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}

pub(crate) fn chunk(kind: &str, data: &[u8]) -> Vec<u8> {
    let mut out = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(data);
    let sum = checksum(&out[4..]);
    out.extend_from_slice(&sum.to_be_bytes());
    out
}

/// A text chunk with base64 in it.
pub(crate) fn card_chunk(keyword: &str, json: &str) -> Vec<u8> {
    chunk("tEXt", format!("{keyword}\0{}", STANDARD.encode(json)).as_bytes())
}

/// A small PNG with these chunks before its end.
pub(crate) fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = picture(6, 8, ImageFormat::Png);
    let end = bytes.len() - 12;
    let tail = bytes.split_off(end);
    bytes.extend(chunks.concat());
    bytes.extend(tail);
    bytes
}

/// The types and data of all chunks, by a walk of its own.
pub(crate) fn chunks(png: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut at = 8;
    while at < png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        let kind = String::from_utf8(png[at + 4..at + 8].to_vec()).unwrap();
        let data = png[at + 8..at + 8 + length].to_vec();
        let said = u32::from_be_bytes(png[at + 8 + length..at + 12 + length].try_into().unwrap());
        assert_eq!(said, checksum(&png[at + 4..at + 8 + length]), "the checksum of {kind}");
        at += 12 + length;
        let last = kind == "IEND";
        found.push((kind, data));
        if last {
            break;
        }
    }
    found
}

/// The JSON that a PNG carries under a keyword.
pub(crate) fn carried(png: &[u8], keyword: &str) -> Option<String> {
    let mark = format!("{keyword}\0");
    let texts = chunks(png).into_iter().filter(|(kind, _)| kind == "tEXt");
    let mut texts = texts.filter_map(|(_, data)| Some(data.strip_prefix(mark.as_bytes())?.to_vec()));
    let found = texts.next()?;
    assert!(texts.next().is_none(), "{keyword} is there twice");
    Some(String::from_utf8(STANDARD.decode(found).unwrap()).unwrap())
}

/// An archive by the zip crate.
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (nth, (path, content)) in files.iter().enumerate() {
        let method =
            if nth % 2 == 0 { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(*path, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An archive byte by byte, stored: what no library would write. Each file is (path, content, flags, method, what it says
/// its size is).
pub(crate) struct RawFile<'a> {
    pub(crate) path: &'a str,
    pub(crate) content: &'a [u8],
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) unpacked: u32,
}

impl<'a> RawFile<'a> {
    pub(crate) fn stored(path: &'a str, content: &'a [u8]) -> Self {
        Self { path, content, flags: 0, method: 0, unpacked: u32::try_from(content.len()).unwrap() }
    }
}

pub(crate) fn raw_archive(files: &[RawFile<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let offset = u32::try_from(out.len()).unwrap();
        let mut fields = Vec::new();
        fields.extend_from_slice(&file.flags.to_le_bytes());
        fields.extend_from_slice(&file.method.to_le_bytes());
        fields.extend_from_slice(&[0, 0, 0x21, 0]);
        fields.extend_from_slice(&checksum(file.content).to_le_bytes());
        fields.extend_from_slice(&u32::try_from(file.content.len()).unwrap().to_le_bytes());
        fields.extend_from_slice(&file.unpacked.to_le_bytes());
        fields.extend_from_slice(&u16::try_from(file.path.len()).unwrap().to_le_bytes());
        fields.extend_from_slice(&[0, 0]);
        out.extend_from_slice(b"PK\x03\x04\x14\0");
        out.extend_from_slice(&fields);
        out.extend_from_slice(file.path.as_bytes());
        out.extend_from_slice(file.content);
        directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0");
        directory.extend_from_slice(&fields);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(file.path.as_bytes());
    }
    let (start, size) = (u32::try_from(out.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    out.extend(directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    out.extend_from_slice(&[count, count].concat());
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

/// A file of an archive, by the zip crate.
pub(crate) fn unpacked(archive: &[u8], path: &str) -> Vec<u8> {
    let mut reader = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut file = reader.by_name(path).unwrap();
    let mut out = Vec::new();
    std::io::copy(&mut file, &mut out).unwrap();
    out
}

pub(crate) fn taken(bytes: impl Into<Vec<u8>>) -> Import {
    import(bytes.into()).unwrap()
}

pub(crate) fn refused(bytes: impl Into<Vec<u8>>) -> Refusal {
    import(bytes.into()).map(|import| import.report).unwrap_err()
}
