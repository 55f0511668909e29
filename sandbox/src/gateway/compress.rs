//! Compression as the client asks for it: none, each large payload by itself, or one stream a connection.

use std::io::{self, Write as _};

use axum::extract::ws::Message;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Under payload compression, payloads of this many bytes or more are compressed (and `READY` always);
/// smaller ones travel as text, which Discord leaves itself free to do.
const LARGE_BYTES: usize = 4096;

/// Transport compression, by the connection's query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    None,
    Zlib,
    Zstd,
}

impl Transport {
    /// Reads the query's `compress`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "zlib-stream" => Some(Self::Zlib),
            "zstd-stream" => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The name in the query, or `none`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Zlib => "zlib-stream",
            Self::Zstd => "zstd-stream",
        }
    }
}

/// Whether a payload may be compressed by itself, where the client asked for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// It stays text.
    Never,
    /// If it is large.
    IfLarge,
    /// Whatever its size.
    Always,
}

/// Turns payloads into WebSocket messages, in the order they are sent.
pub(super) enum Encoder {
    /// No transport compression; a payload may be packed by itself.
    Payload,
    /// One zlib stream, flushed after each payload.
    Zlib(ZlibEncoder<Vec<u8>>),
    /// One zstd frame, flushed after each payload and never ended.
    Zstd(Box<zstd::stream::write::Encoder<'static, Vec<u8>>>),
}

impl Encoder {
    /// An encoder for one connection.
    pub(super) fn new(transport: Transport) -> io::Result<Self> {
        Ok(match transport {
            Transport::None => Self::Payload,
            Transport::Zlib => Self::Zlib(ZlibEncoder::new(Vec::new(), Compression::fast())),
            Transport::Zstd => Self::Zstd(Box::new(zstd::stream::write::Encoder::new(Vec::new(), 1)?)),
        })
    }

    /// The message that carries `payload`.
    pub(super) fn encode(&mut self, payload: String, packing: Packing) -> io::Result<Message> {
        let bytes = match self {
            Self::Payload => match packing {
                Packing::Always => pack(&payload)?,
                Packing::IfLarge if payload.len() >= LARGE_BYTES => pack(&payload)?,
                Packing::IfLarge | Packing::Never => return Ok(Message::Text(payload.into())),
            },
            Self::Zlib(stream) => {
                stream.write_all(payload.as_bytes())?;
                stream.flush()?;
                std::mem::take(stream.get_mut())
            }
            Self::Zstd(stream) => {
                stream.write_all(payload.as_bytes())?;
                stream.flush()?;
                std::mem::take(stream.get_mut())
            }
        };
        Ok(Message::Binary(Bytes::from(bytes)))
    }
}

/// A zlib stream of its own.
fn pack(payload: &str) -> io::Result<Vec<u8>> {
    let mut zlib = ZlibEncoder::new(Vec::with_capacity(payload.len() / 4), Compression::fast());
    zlib.write_all(payload.as_bytes())?;
    zlib.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::{Decompress, FlushDecompress};

    use super::*;

    fn payloads() -> Vec<String> {
        // Short, repetitive and incompressible ones, over every internal buffer's size.
        let mut noise = 1_u64;
        let mut digit = || {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + u8::try_from((noise >> 33) % 90).expect("is below 90"))
        };
        let noisy = (0..200_000).map(|_| digit()).collect();
        vec!["{}".into(), "a".repeat(100_000), noisy, r#"{"op":11}"#.into()]
    }

    fn bytes(message: Message) -> Bytes {
        match message {
            Message::Binary(bytes) => bytes,
            other => panic!("not binary: {other:?}"),
        }
    }

    #[test]
    fn zlib_shares_one_context_and_ends_each_payload_with_a_sync_flush() {
        let mut encoder = Encoder::new(Transport::Zlib).expect("builds");
        let mut inflate = Decompress::new(true);
        for payload in payloads() {
            let data = bytes(encoder.encode(payload.clone(), Packing::Never).expect("encodes"));
            assert!(data.ends_with(&[0, 0, 0xFF, 0xFF]));
            let mut out = Vec::with_capacity(payload.len() + 1);
            inflate.decompress_vec(&data, &mut out, FlushDecompress::Sync).expect("inflates");
            assert_eq!(out, payload.as_bytes());
        }
    }

    #[test]
    fn zstd_shares_one_frame() {
        let mut encoder = Encoder::new(Transport::Zstd).expect("builds");
        let mut decoder = zstd::stream::write::Decoder::new(Vec::new()).expect("builds");
        for payload in payloads() {
            let data = bytes(encoder.encode(payload.clone(), Packing::Never).expect("encodes"));
            decoder.write_all(&data).expect("decodes");
            decoder.flush().expect("flushes");
            assert_eq!(std::mem::take(decoder.get_mut()), payload.as_bytes());
        }
    }

    #[test]
    fn a_packed_payload_stands_alone_and_a_small_one_stays_text() {
        let mut encoder = Encoder::new(Transport::None).expect("builds");
        for payload in payloads() {
            let data = bytes(encoder.encode(payload.clone(), Packing::Always).expect("encodes"));
            let mut text = String::new();
            flate2::read::ZlibDecoder::new(&data[..]).read_to_string(&mut text).expect("inflates");
            assert_eq!(text, payload);
            let packed = matches!(encoder.encode(payload.clone(), Packing::IfLarge), Ok(Message::Binary(_)));
            assert_eq!(packed, payload.len() >= LARGE_BYTES);
            assert!(matches!(encoder.encode(payload, Packing::Never), Ok(Message::Text(_))));
        }
    }
}
