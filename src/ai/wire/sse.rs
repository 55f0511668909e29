//! Server-sent events out of bytes: bounded, and forgiving about everything that servers get wrong.
//!
//! Lines end in LF, CR or CRLF; `data:` may have a space behind it or not; comments and other fields are passed
//! over. An event ends with a blank line, but a line of data that is whole JSON by itself is given out at once: some
//! servers forget the blank line, and nobody need wait for it. A body that begins with `{` is no stream: it is kept
//! until its end.

/// Longest line, and longest body that is no stream, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Bytes of which a reader of events is made.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// What has come; what is read of it goes when more comes.
    buffer: Vec<u8>,
    /// Up to where it is read.
    read: usize,
    /// Up to where the buffer is known to hold no end of a line.
    searched: usize,
    /// Data of an event that is not whole.
    data: Vec<u8>,
    kind: Kind,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Unknown,
    Stream,
    Whole,
}

/// What the bytes say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// The data of an event, or a whole body of JSON.
    Data(Vec<u8>),
    /// `[DONE]`.
    Done,
}

/// A line or an event is longer than any that makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Lines {
    /// Takes bytes in.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        self.buffer.drain(..self.read);
        self.searched = self.searched.saturating_sub(self.read);
        self.read = 0;
        self.buffer.extend_from_slice(bytes);
        if self.kind == Kind::Unknown {
            let text = self.buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.buffer);
            match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
                Some(b'{') => self.kind = Kind::Whole,
                Some(_) => self.kind = Kind::Stream,
                None => {}
            }
        }
        if self.kind != Kind::Stream && self.buffer.len() > LONGEST { Err(TooLong) } else { Ok(()) }
    }

    /// The next piece of what has come; `None` when it takes more bytes.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, TooLong> {
        if self.kind != Kind::Stream {
            return Ok(None);
        }
        let found = loop {
            let rest = &self.buffer[self.read..];
            let from = self.searched.max(self.read) - self.read;
            let Some(end) = rest[from..].iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                self.searched = self.buffer.len();
                break None;
            };
            let end = from + end;
            // Whether an LF follows a CR is not known yet.
            if rest[end] == b'\r' && end + 1 == rest.len() {
                self.searched = self.read + end;
                break None;
            }
            let width = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
            let piece = take_line(&rest[..end], &mut self.data);
            self.read += end + width;
            if piece.is_some() {
                break piece;
            }
        };
        let unread = self.buffer.len() - self.read;
        if (unread > LONGEST && found.is_none()) || self.data.len() > LONGEST {
            Err(TooLong)
        } else {
            Ok(found)
        }
    }

    /// Whether the body is one piece of JSON, and no stream.
    pub(crate) fn is_whole(&self) -> bool {
        self.kind == Kind::Whole
    }

    /// What is left when the bytes have ended.
    pub(crate) fn end(&mut self) -> Option<Piece> {
        let rest = self.buffer.split_off(self.read.min(self.buffer.len()));
        match self.kind {
            Kind::Unknown => None,
            Kind::Whole => Some(Piece::Data(rest)),
            Kind::Stream => {
                let last = rest.strip_suffix(b"\r").unwrap_or(&rest);
                take_line(last, &mut self.data).or_else(|| whole(&mut self.data))
            }
        }
    }
}

fn take_line(line: &[u8], data: &mut Vec<u8>) -> Option<Piece> {
    if line.is_empty() {
        return whole(data);
    }
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let value = line.strip_prefix(b"data:")?;
    let value = value.strip_prefix(b" ").unwrap_or(value);
    if !data.is_empty() {
        data.push(b'\n');
    }
    data.extend_from_slice(value);
    if data.trim_ascii() == b"[DONE]" {
        data.clear();
        return Some(Piece::Done);
    }
    let is_whole = value.trim_ascii_end().ends_with(b"}")
        && serde_json::from_slice::<serde::de::IgnoredAny>(data).is_ok();
    if is_whole { whole(data) } else { None }
}

fn whole(data: &mut Vec<u8>) -> Option<Piece> {
    let data = std::mem::take(data);
    (!data.trim_ascii().is_empty()).then_some(Piece::Data(data))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(chunks: &[&[u8]]) -> Result<Vec<Piece>, TooLong> {
        let (mut lines, mut pieces) = (Lines::default(), Vec::new());
        for chunk in chunks {
            lines.push(chunk)?;
            while let Some(piece) = lines.next()? {
                pieces.push(piece);
            }
        }
        pieces.extend(lines.end());
        Ok(pieces)
    }

    fn shown(text: &str) -> Vec<String> {
        let shown = |piece| match piece {
            Piece::Data(data) => String::from_utf8(data).expect("UTF-8"),
            Piece::Done => "done".to_owned(),
        };
        read(&[text.as_bytes()]).expect("short").into_iter().map(shown).collect()
    }

    #[test]
    fn every_way_to_write_an_event_is_read() {
        for text in [
            "data: {\"a\":1}\n\ndata: [DONE]\n\n",
            "data:{\"a\":1}\r\n\r\ndata:[DONE]\r\n\r\n",
            "\u{feff}data: {\"a\":1}\r\rdata: [DONE]\r\r",
            ": OPENROUTER PROCESSING\n\nevent: message\nid: 7\ndata: {\"a\":1}\nretry: 3\n\n:\n\ndata: [DONE]",
            "data: {\"a\":1}\ndata: [DONE]\n",
            "\n\ndata: {\"a\":1} \n\ndata: [DONE] \n",
        ] {
            assert_eq!(
                shown(text).iter().map(|data| data.trim()).collect::<Vec<_>>(),
                ["{\"a\":1}", "done"],
                "{text:?}"
            );
        }
        assert_eq!(shown("data: {\"a\":\ndata: 1}\n\n"), ["{\"a\":\n1}"], "one event on two lines");
        assert_eq!(shown("data: {\"a\":\n\ndata: {}\n\n"), ["{\"a\":", "{}"], "broken, and then sound");
        assert_eq!(shown(" {\n\n\"a\": 1}\n"), [" {\n\n\"a\": 1}\n"], "no stream");
        for nothing in ["", "\n", " ", "data:\n\n", "<html>\n</html>", ": ping\n\n"] {
            assert!(shown(nothing).is_empty(), "{nothing:?}");
        }
    }

    #[test]
    fn nothing_grows_without_bound() {
        let long = vec![b'x'; LONGEST + 8];
        assert_eq!(read(&[b"data: ", &long]), Err(TooLong));
        assert_eq!(read(&[b"{", &long]), Err(TooLong));
        assert_eq!(read(&[&vec![b' '; LONGEST + 1]]), Err(TooLong));
        let line = [b"data: ".as_slice(), &long[..LONGEST / 2], b"\n"].concat();
        assert_eq!(read(&[&line, &line, &line]), Err(TooLong));
        let short = b"data: {}\n\n".repeat(300_000);
        assert_eq!(read(&[&short]).map(|pieces| pieces.len()), Ok(300_000), "much at once is no fault");
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(
            text in "((data:|data: |: |event: |)([{}\"a:1 \\[\\]é]|\\[DONE\\]){0,6}(\n|\r|\r\n){0,2}){0,8}",
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(read(&chunks), read(&[bytes]));
        }
    }
}
