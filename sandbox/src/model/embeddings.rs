//! `POST /v1/embeddings`: vectors from a hash of character n-grams.
//!
//! A text is lower-cased, every run of what is neither letter nor digit becomes one space, and a
//! space is put at each end. Each run of three and of four characters is hashed (64-bit FNV-1a over
//! its UTF-8 bytes); the hash modulo the dimensions says where it counts, its highest bit whether
//! for or against. The vector is then scaled to length 1. So equal texts have equal vectors on every
//! machine, texts that share words or parts of words are near, and others are almost at right angles.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ModelError;
use super::record::Outcome;
use super::{ModelServer, body, chat, tokens};

/// The length of a vector where the request does not say.
const DIMENSIONS: usize = 1_536;
/// The longest vector.
const MAX_DIMENSIONS: usize = 4_096;
/// The most texts of one request.
const MAX_INPUTS: usize = 2_048;
/// The most tokens of one text.
const MAX_INPUT_TOKENS: u64 = 8_192;

#[derive(Debug, Deserialize)]
struct EmbeddingRequest {
    model: Option<String>,
    input: Option<Inputs>,
    dimensions: Option<usize>,
    encoding_format: Option<Encoding>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string, an array of strings, or token numbers")]
enum Inputs {
    Text(String),
    Texts(Vec<String>),
    Tokens(Vec<u32>),
    TokenLists(Vec<Vec<u32>>),
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    #[default]
    Float,
    Base64,
}

/// A request that passed its checks.
struct Job {
    model: String,
    texts: Vec<String>,
    dimensions: usize,
    encoding: Encoding,
    tokens: u64,
}

/// The handler.
pub(crate) async fn embed(State(server): State<ModelServer>, request: Request) -> Response {
    let (parts, raw) = request.into_parts();
    let (read, raw) = match body::read(raw).await {
        Ok(raw) => (Ok(()), raw),
        Err(error) => (Err(error), bytes::Bytes::new()),
    };
    let mut ticket = server.begin(parts.uri.path(), &parts.headers, &raw);
    let job = match read.and_then(|()| check(&server, &parts.headers, &raw)) {
        Ok(job) => job,
        Err(error) => return chat::refuse(&error, ticket),
    };
    // Thousands of texts take a while: not on a thread that serves others.
    let answer = tokio::task::spawn_blocking(move || answer(&job)).await;
    ticket.status(200);
    ticket.end(Outcome::Finished);
    Json(answer.expect("hashing does not panic")).into_response()
}

fn check(server: &ModelServer, headers: &HeaderMap, raw: &[u8]) -> Result<Job, ModelError> {
    server.authorize(headers)?;
    let request: EmbeddingRequest = body::parse(raw)?;
    let wrong = |param: &str, message: String| Err(ModelError::invalid(param.to_owned(), message));
    let Some(model) = request.model.filter(|model| !model.is_empty()) else {
        return wrong("model", "Missing required parameter: 'model'.".into());
    };
    let Some(inputs) = request.input else {
        return wrong("input", "Missing required parameter: 'input'.".into());
    };
    let (texts, counts) = inputs.texts();
    if texts.is_empty() || texts.len() > MAX_INPUTS {
        return wrong("input", format!("'input' must hold 1 to {MAX_INPUTS} texts."));
    }
    if texts.iter().any(String::is_empty) {
        return wrong("input", "'input' must not hold an empty text.".into());
    }
    if counts.iter().any(|count| *count > MAX_INPUT_TOKENS) {
        return wrong("input", format!("A text of 'input' is longer than {MAX_INPUT_TOKENS} tokens."));
    }
    let dimensions = request.dimensions.unwrap_or(DIMENSIONS);
    if !(1..=MAX_DIMENSIONS).contains(&dimensions) {
        return wrong("dimensions", format!("'dimensions' must be between 1 and {MAX_DIMENSIONS}."));
    }
    let encoding = request.encoding_format.unwrap_or_default();
    Ok(Job { model, texts, dimensions, encoding, tokens: counts.iter().sum() })
}

impl Inputs {
    /// The texts, and the tokens of each. Token numbers are spelled out, so that equal lists are equal.
    fn texts(self) -> (Vec<String>, Vec<u64>) {
        let spell = |list: &[u32]| list.iter().map(|token| format!("t{token}")).collect::<Vec<_>>().join(" ");
        match self {
            Self::Text(text) => Self::Texts(vec![text]).texts(),
            Self::Texts(texts) => {
                let counts = texts.iter().map(|text| tokens::count(text)).collect();
                (texts, counts)
            }
            Self::Tokens(list) => Self::TokenLists(vec![list]).texts(),
            Self::TokenLists(lists) => (
                lists.iter().map(|list| spell(list)).collect(),
                lists.iter().map(|list| list.len() as u64).collect(),
            ),
        }
    }
}

fn answer(job: &Job) -> Value {
    let data: Vec<Value> = job
        .texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let vector = vector(text, job.dimensions);
            let embedding = match job.encoding {
                Encoding::Float => json!(vector),
                Encoding::Base64 => {
                    let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
                    json!(STANDARD.encode(bytes))
                }
            };
            json!({ "object": "embedding", "index": index, "embedding": embedding })
        })
        .collect();
    json!({
        "object": "list",
        "data": data,
        "model": job.model,
        "usage": { "prompt_tokens": job.tokens, "total_tokens": job.tokens },
    })
}

/// The vector of `text`: `dimensions` numbers, of length 1 together.
pub(crate) fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut spaced = vec![' '];
    for c in text.chars().flat_map(char::to_lowercase) {
        match c.is_alphanumeric() {
            true => spaced.push(c),
            false if spaced.last() != Some(&' ') => spaced.push(' '),
            false => {}
        }
    }
    if spaced.last() != Some(&' ') {
        spaced.push(' ');
    }
    let mut vector = vec![0_f32; dimensions];
    for size in [3, 4] {
        for gram in spaced.windows(size) {
            let hash = fnv1a(gram);
            let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
            vector[usize::try_from(hash % dimensions as u64).expect("below a usize")] += sign;
        }
    }
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length == 0.0 {
        // A text of signs alone, or one whose n-grams cancel out, still needs a direction.
        vector[0] = 1.0;
        return vector;
    }
    for value in &mut vector {
        *value /= length;
    }
    vector
}

fn fnv1a(gram: &[char]) -> u64 {
    let mut buffer = [0; 4];
    gram.iter().fold(0xcbf2_9ce4_8422_2325, |hash, c| {
        c.encode_utf8(&mut buffer)
            .bytes()
            .fold(hash, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearness(a: &str, b: &str) -> f32 {
        vector(a, 512).iter().zip(vector(b, 512)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn similar_texts_are_nearer() {
        let storm = "The storm broke over the harbour at night";
        assert!((nearness(storm, storm) - 1.0).abs() < 1e-5);
        let near = nearness(storm, "At night a storm came to the harbour");
        let far = nearness(storm, "Bake the cake for twenty minutes");
        assert!(near > 0.4 && far < 0.2, "near {near}, far {far}");
    }

    #[test]
    fn every_text_has_a_vector_of_length_one() {
        for text in ["a", "!!!", " ", "今日は", "t1 t2 "] {
            for dimensions in [1, 3, 1536] {
                let length: f32 = vector(text, dimensions).iter().map(|value| value * value).sum();
                assert!((length - 1.0).abs() < 1e-4, "{text:?} in {dimensions}: {length}");
            }
        }
    }
}
