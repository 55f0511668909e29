//! What Discord's content network serves: attachments, and default avatars.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::guard::At;
use crate::ids::Id;
use crate::instance::Sandbox;

/// `GET /attachments/{channel}/{id}/{name}` and `/ephemeral-attachments/…`
pub(super) async fn attachment(
    State(sandbox): State<Sandbox>,
    At((_channel, id, _name)): At<(Id, Id, String)>,
) -> Response {
    match sandbox.read(|world| world.files.get(id)) {
        Some((content_type, bytes)) => {
            // Never shown as a page of this origin, whatever a bot uploads.
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::CONTENT_DISPOSITION, "attachment".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ];
            (headers, bytes).into_response()
        }
        None => (StatusCode::NOT_FOUND, "This content is no longer available.").into_response(),
    }
}
