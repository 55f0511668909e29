//! What metrics tell of the gateway: by provider and outcome, never a word of anyone.

use metrics::{counter, histogram};

use super::{
    fault::Fault,
    types::{Ending, Finished},
};

/// A call that gave words has ended.
pub(super) fn finished(finished: &Finished) {
    let provider = || finished.provider.clone();
    let outcome = match finished.ending {
        Ending::Complete => "complete",
        Ending::Length => "length",
        Ending::Filtered => "filtered",
        Ending::Cut => "cut",
        Ending::Stopped => "stopped",
    };
    counter!("troupe_ai_calls_total", "provider" => provider(), "outcome" => outcome).increment(1);
    histogram!("troupe_ai_first_words_seconds", "provider" => provider()).record(finished.first_words);
    histogram!("troupe_ai_answer_seconds", "provider" => provider()).record(finished.took);
    let usage = finished.usage;
    let kinds = [
        ("prompt", usage.prompt - usage.cached.min(usage.prompt)),
        ("cached", usage.cached),
        ("completion", usage.completion),
    ];
    for (kind, tokens) in kinds {
        counter!("troupe_ai_tokens_total", "provider" => provider(), "kind" => kind)
            .increment(u64::from(tokens));
    }
    if let Some(cost) = finished.cost_micros {
        counter!("troupe_ai_cost_micros_total", "provider" => provider()).increment(cost);
    }
}

/// A provider gave no words.
pub(super) fn failed(provider: &str, fault: &Fault) {
    counter!("troupe_ai_calls_total", "provider" => provider.to_owned(), "outcome" => fault.name())
        .increment(1);
}

/// A provider is asked again.
pub(super) fn retried(provider: &str) {
    counter!("troupe_ai_retries_total", "provider" => provider.to_owned()).increment(1);
}
