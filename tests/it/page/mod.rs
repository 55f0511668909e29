//! The local Discord's page in a real browser, with the real bot behind it.
//!
//! `PAGE_SCREENSHOTS=FOLDER` keeps a picture of each step.

mod hostile;
mod story;
mod work;
