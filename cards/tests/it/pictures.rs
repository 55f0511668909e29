//! Avatars: square, small, and nothing but pixels.

use image::{ImageFormat, Rgba, RgbaImage};
use troupe_cards::picture::{Form, avatar, canvas};
use troupe_cards::refusal::Refusal;

use crate::support::{V1, V3, archive, card_chunk, picture, png, taken};

#[test]
fn each_kind_becomes_a_small_square() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        for (width, height, side) in [(900, 700, 512), (40, 90, 40), (1, 1, 1)] {
            for (form, kind) in [(Form::Png, ImageFormat::Png), (Form::Webp, ImageFormat::WebP)] {
                let made = avatar(&picture(width, height, format), form).unwrap();
                assert_eq!(image::guess_format(&made.bytes).unwrap(), kind);
                let read = image::load_from_memory(&made.bytes).unwrap();
                assert_eq!((read.width(), read.height(), made.side), (side, side, side));
            }
        }
    }
}

#[test]
fn a_tall_picture_keeps_its_upper_part() {
    let pixels =
        RgbaImage::from_fn(
            100,
            300,
            |_, y| if y < 150 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 0, 255, 255]) },
        );
    let mut tall = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut tall, ImageFormat::Png).unwrap();
    let made =
        image::load_from_memory(&avatar(&tall.into_inner(), Form::Png).unwrap().bytes).unwrap().to_rgba8();
    assert!(made.pixels().all(|pixel| *pixel == Rgba([255, 0, 0, 255])));
}

#[test]
fn nothing_of_the_file_but_its_pixels_goes_on() {
    let carrier = png(&[card_chunk("ccv3", V3)]);
    for made in [avatar(&carrier, Form::Png).unwrap().bytes, canvas(&carrier, 1024).unwrap()] {
        assert!(!made.windows(4).any(|four| four == b"ccv3" || four == b"tEXt"));
    }
    let large =
        image::load_from_memory(&canvas(&picture(2000, 1000, ImageFormat::Jpeg), 1024).unwrap()).unwrap();
    assert_eq!((large.width(), large.height()), (1024, 512));
}

#[test]
fn a_card_gives_the_first_picture_that_can_be_decoded() {
    let icon =
        |name: &str, uri: &str| format!(r#"{{"type":"icon","uri":"{uri}","name":"{name}","ext":"png"}}"#);
    let card = |icons: &[String]| {
        let (head, tail) =
            V3.split_once(r#"{"type":"icon","uri":"ccdefault:","name":"main","ext":"png"}"#).unwrap();
        format!("{head}{}{tail}", icons.join(","))
    };
    let side = |bytes: Vec<u8>| taken(bytes).avatar(Form::Png).map(|made| made.map(|made| made.side));
    let [small, broken] = [picture(3, 3, ImageFormat::Gif), b"no picture".to_vec()];
    let charx = |main: &str, other: &str| {
        let card = card(&[icon("main", main), icon("other", other)]);
        archive(&[("card.json", card.as_bytes()), ("small", &small), ("broken", &broken)])
    };
    assert_eq!(side(charx("embeded://small", "embeded://broken")), Ok(Some(3)));
    assert_eq!(side(charx("embeded://broken", "embeded://small")), Ok(Some(3)));
    assert_eq!(side(charx("https://example.org/a.png", "embeded://small")), Ok(Some(3)));
    assert_eq!(side(charx("embeded://broken", "embeded://gone")), Err(Refusal::Picture));
    assert_eq!(side(charx("embeded://gone", "https://example.org/a.png")), Ok(None));
    // The file itself comes before icons that aren't the main one.
    let behind = [picture(5, 9, ImageFormat::Jpeg), charx("embeded://broken", "embeded://small")].concat();
    assert_eq!(side(behind), Ok(Some(5)));
    assert_eq!(side(png(&[card_chunk("ccv3", V3)])), Ok(Some(6)));
    assert_eq!(side(V1.into()), Ok(None));
}

#[test]
fn what_is_no_picture_is_refused() {
    for bytes in [&b""[..], b"GIF89a", b"BM\0\0\0\0", V3.as_bytes(), b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(avatar(bytes, Form::Png).unwrap_err(), Refusal::Picture);
    }
}
