//! Resume (op 6): a session goes on where its last connection broke off.

use serde::Deserialize;
use serde_json::{Value, json};

use super::close::Close;
use super::frame::{control, op};
use super::identify::app_of;
use super::link::Control;
use super::log::NoReplay;
use super::socket::Connection;

#[derive(Deserialize)]
struct Resume {
    token: String,
    session_id: String,
    seq: Option<u64>,
}

/// Ties a connection to the session that it asks for; the events it missed follow, and `RESUMED`.
pub(super) fn resume(connection: &Connection, data: Value) -> Result<(), Close> {
    let request: Resume = serde_json::from_value(data).map_err(Close::decode_error)?;
    let hub = &connection.sandbox.hub;
    let app = connection.sandbox.read(|world| app_of(world, &request.token))?;
    let invalid = || connection.link.send(Control::Payload(control(op::INVALID_SESSION, &json!(false))));
    let Some(session) = hub.session(app, &request.session_id) else {
        invalid();
        return Ok(());
    };
    if hub.refuses_resume(&session) {
        hub.end(&session);
        invalid();
        return Ok(());
    }
    let seq = request.seq.ok_or(Close::INVALID_SEQ)?;
    match session.resume(seq, &connection.link) {
        Ok(before) => {
            // The connection it had is half dead, or the client opened two: the newer one counts.
            if let Some(before) = before {
                before.leave();
                before.abort();
            }
            connection.link.enter(session);
            Ok(())
        }
        Err(NoReplay::Ahead) => {
            hub.end(&session);
            Err(Close::INVALID_SEQ)
        }
        Err(NoReplay::Forgotten) => {
            hub.end(&session);
            invalid();
            Ok(())
        }
    }
}
