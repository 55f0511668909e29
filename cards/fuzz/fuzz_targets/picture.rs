//! Pictures.
#![no_main]

use libfuzzer_sys::fuzz_target;
use troupe_cards::limits::AVATAR_SIDE;
use troupe_cards::picture::{Form, avatar};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(made) = avatar(bytes, Form::Png) {
        assert!(made.side <= AVATAR_SIDE);
        assert_eq!(avatar(&made.bytes, Form::Png).expect("ours is a picture").side, made.side);
    }
});
