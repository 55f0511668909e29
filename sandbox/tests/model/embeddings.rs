//! Embeddings over HTTP.

use base64::Engine;
use serde_json::{Value, json};

use crate::support::{Served, serve};

async fn embed(served: &Served, request: Value) -> Value {
    let (status, answer) = served.post("/v1/embeddings", request.to_string()).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn floats(embedding: &Value) -> Vec<f64> {
    embedding.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[tokio::test]
async fn both_encodings_say_the_same() {
    let served = serve().await;
    let answer =
        embed(&served, json!({ "model": "e", "input": ["A storm.", "A cake."], "dimensions": 64 })).await;
    assert_eq!(
        (&answer["object"], &answer["model"], &answer["data"][1]["index"]),
        (&json!("list"), &json!("e"), &json!(1))
    );
    assert_eq!(answer["usage"], json!({ "prompt_tokens": 6, "total_tokens": 6 }));
    let vector = floats(&answer["data"][0]["embedding"]);
    assert_eq!(vector.len(), 64);
    assert!((vector.iter().map(|value| value * value).sum::<f64>() - 1.0).abs() < 1e-4);

    let packed = json!({ "model": "e", "input": "A storm.", "dimensions": 64, "encoding_format": "base64" });
    let packed = embed(&served, packed).await["data"][0]["embedding"].as_str().unwrap().to_owned();
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed).unwrap();
    let unpacked = bytes.chunks(4).map(|four| f64::from(f32::from_le_bytes(four.try_into().unwrap())));
    assert!(unpacked.zip(&vector).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[tokio::test]
async fn token_numbers_are_texts_too() {
    let served = serve().await;
    let one = embed(&served, json!({ "model": "e", "input": [5, 6, 7] })).await;
    let many = embed(&served, json!({ "model": "e", "input": [[5, 6, 7], [5, 6, 7]] })).await;
    assert_eq!(one["data"][0]["embedding"], many["data"][1]["embedding"]);
    assert_eq!(
        (floats(&one["data"][0]["embedding"]).len(), &one["usage"]["total_tokens"]),
        (1536, &json!(3))
    );
}

#[tokio::test]
async fn what_is_wrong_is_refused() {
    let served = serve().await;
    for (request, param) in [
        (json!({ "input": "x" }), "model"),
        (json!({ "model": "e" }), "input"),
        (json!({ "model": "e", "input": "" }), "input"),
        (json!({ "model": "e", "input": [] }), "input"),
        (json!({ "model": "e", "input": { "text": "x" } }), "input"),
        (json!({ "model": "e", "input": vec!["x"; 2049] }), "input"),
        (json!({ "model": "e", "input": "word ".repeat(9000) }), "input"),
        (json!({ "model": "e", "input": "x", "dimensions": 0 }), "dimensions"),
        (json!({ "model": "e", "input": "x", "dimensions": 4097 }), "dimensions"),
        (json!({ "model": "e", "input": "x", "encoding_format": "hex" }), "encoding_format"),
    ] {
        let (status, answer) = served.post("/v1/embeddings", request.to_string()).await;
        assert_eq!((status, &answer["error"]["param"]), (400, &json!(param)), "{answer}");
    }
}
