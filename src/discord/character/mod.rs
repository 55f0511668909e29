//! `/character` on Discord: what it shows, its buttons, menus and forms, and members' files.

mod acts;
mod forms;
mod ids;
mod import;
mod info;
mod list;
mod press;
mod report;
mod visit;
mod words;

pub(crate) use self::acts::FileForm;
pub(crate) use self::ids::{CharacterButton, CharacterForm};
pub(crate) use self::import::{Beside, Intake};
pub(crate) use self::press::pressed;
pub(crate) use self::visit::Visit;
