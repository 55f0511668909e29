//! Avatars from strangers' pictures: decoded within bounds, cut square, and encoded anew, so that nothing of the file
//! but its pixels goes on.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits, RgbaImage,
    imageops,
};

use crate::limits::{AVATAR_SIDE, PICTURE_BYTES, PICTURE_PIXELS, PICTURE_SIDE};
use crate::refusal::Refusal;

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// PNG.
    Png,
    /// WebP, without loss.
    Webp,
}

/// A square picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avatar {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its side, in pixels: [`AVATAR_SIDE`] at most.
    pub side: u32,
}

/// A square avatar from a PNG, JPEG, WebP or GIF (its first frame). A tall picture keeps its upper part, where faces
/// are; a small one is not enlarged.
///
/// Needs up to twice [`PICTURE_BYTES`] for a moment, and time: run it off the async threads, few at once.
///
/// # Errors
/// [`Refusal::Picture`] when it can't be decoded, [`Refusal::PictureTooLarge`] before decoding when it is too large.
pub fn avatar(bytes: &[u8], form: Form) -> Result<Avatar, Refusal> {
    let picture = decode(bytes)?;
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    // A view: a copy would take as much memory as the picture.
    let square = imageops::crop_imm(&picture, (width - side) / 2, (height - side) / 4, side, side);
    let small = if side > AVATAR_SIDE {
        imageops::thumbnail(&*square, AVATAR_SIDE, AVATAR_SIDE)
    } else {
        square.to_image()
    };
    Ok(Avatar { bytes: encode(&small, form)?, side: small.width() })
}

/// A whole picture as a plain PNG, for a card to be put into. Its longest side is `side` pixels at most.
///
/// # Errors
/// As [`avatar`].
pub fn canvas(bytes: &[u8], side: u32) -> Result<Vec<u8>, Refusal> {
    let picture = decode(bytes)?;
    let fits = picture.width() <= side && picture.height() <= side;
    let picture = if fits { picture } else { picture.thumbnail(side, side) };
    encode(&picture.into_rgba8(), Form::Png)
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, Refusal> {
    let format = image::guess_format(bytes).map_err(|_| Refusal::Picture)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif) {
        return Err(Refusal::Picture);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(PICTURE_SIDE);
    limits.max_image_height = Some(PICTURE_SIDE);
    limits.max_alloc = Some(PICTURE_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let too_large = u64::from(width) * u64::from(height) > PICTURE_PIXELS
        || width.max(height) > PICTURE_SIDE
        || decoder.total_bytes() > PICTURE_BYTES;
    if too_large {
        return Err(Refusal::PictureTooLarge { width, height });
    }
    if width == 0 || height == 0 {
        return Err(Refusal::Picture);
    }
    // A phone's pictures lie on their side and say so.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

/// What a decoder says of a hostile file is of no use to its sender.
fn refused(_: image::ImageError) -> Refusal {
    Refusal::Picture
}

fn encode(pixels: &RgbaImage, form: Form) -> Result<Vec<u8>, Refusal> {
    let (width, height, color) = (pixels.width(), pixels.height(), ExtendedColorType::Rgba8);
    let mut out = Vec::new();
    let written = match form {
        Form::Png => PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive)
            .write_image(pixels, width, height, color),
        Form::Webp => WebPEncoder::new_lossless(&mut out).write_image(pixels, width, height, color),
    };
    written.map_err(refused)?;
    Ok(out)
}
