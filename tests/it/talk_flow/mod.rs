//! The main job on the real program: from the member's key press to the last edit.

mod books;
mod buttons;
mod crash;
mod doors;
mod faults;
mod mid_stream;
pub mod stage;
mod switched;
mod twice;
mod waiting;
