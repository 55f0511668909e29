//! A request in a trace: by its route's template, for paths hold tokens.

use tracing::Span;

use super::{name, route::Route};
use crate::trace;

/// The span of one try, its wait for a turn included.
pub(super) fn request(route: &Route, tries: u32) -> Span {
    let span = trace::child!(
        "rest",
        otel.name = name(route),
        otel.kind = "client",
        http.request.method = route.id.method.as_str(),
        url.template = route.id.template,
    );
    if tries > 1 {
        trace::note(&span, "http.request.resend_count", i64::from(tries - 1));
    }
    span
}
