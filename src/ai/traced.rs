//! What traces tell of a call: by OpenTelemetry's conventions for models, and never a word of anyone.

use serde_json::json;
use tracing::Span;

use super::{
    fault::Fault,
    types::{Ending, Finished, Request, Terms},
};
use crate::trace;

/// A call of one provider, with all its tries, to the end of its answer.
pub(super) fn call(provider: &str, model: &str, request: &Request, terms: &Terms) -> Span {
    let span = trace::child!(
        "model",
        otel.name = format!("chat {model}"),
        otel.kind = "client",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = provider,
        gen_ai.request.model = model,
        gen_ai.request.max_tokens = i64::from(terms.max_tokens),
        gen_ai.request.stream = true,
    );
    if !span.is_disabled() && !request.parts.is_empty() {
        let part = |(name, tokens): &(&str, u32)| json!({ "part": name, "tokens": tokens });
        let parts: Vec<_> = request.parts.iter().map(part).collect();
        trace::note_text(&span, "troupe.prompt.parts", json!(parts).to_string());
    }
    span
}

/// It gave no words.
pub(super) fn failed(span: &Span, fault: &Fault) {
    trace::note(span, "troupe.outcome", fault.name());
    trace::fail(span, fault.name());
}

/// It gave words, and has ended.
pub(super) fn finished(span: &Span, finished: &Finished) {
    if span.is_disabled() {
        return;
    }
    let usage = finished.usage;
    trace::note(span, "gen_ai.usage.input_tokens", i64::from(usage.prompt));
    trace::note(span, "gen_ai.usage.output_tokens", i64::from(usage.completion));
    trace::note(span, "gen_ai.usage.cache_read.input_tokens", i64::from(usage.cached));
    trace::note(span, "troupe.usage.reported", usage.reported);
    trace::note(span, "gen_ai.response.time_to_first_chunk", finished.first_words.as_secs_f64());
    let reason = match finished.ending {
        Ending::Complete => "stop",
        Ending::Length => "length",
        Ending::Filtered => "content_filter",
        Ending::Cut => "cut",
        Ending::Stopped => "stopped",
    };
    trace::note_list(span, "gen_ai.response.finish_reasons", [reason.to_owned()]);
    if finished.ending == Ending::Cut {
        trace::fail(span, "cut");
    }
    trace::end(span);
}
