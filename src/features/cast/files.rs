//! The files of the cast, built into the program.

/// One character's files.
pub(super) struct File {
    /// Their name.
    pub(super) slug: &'static str,
    /// Who it is, as TOML.
    pub(super) text: &'static str,
    /// Its picture, a square PNG.
    pub(super) avatar: &'static [u8],
}

macro_rules! files {
    ($($slug:literal),+ $(,)?) => {
        &[$(File {
            slug: $slug,
            text: include_str!(concat!("../../../assets/characters/", $slug, ".toml")),
            avatar: include_bytes!(concat!("../../../assets/characters/", $slug, ".png")),
        }),+]
    };
}

/// The whole cast, the default character first.
pub(super) const FILES: &[File] =
    files!["mira", "ogga", "dede", "osric", "zinnia", "nerea", "perigee", "quoin", "ottoline", "brimble"];
