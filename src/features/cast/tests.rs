//! The shipped characters: whole, within their bounds, and found.

use std::{collections::BTreeSet, fs, path::Path};

use super::*;
use crate::domain::bond::Band;

/// Most tokens of what the prompt holds of a character, at four characters a token.
const MOST_TOKENS: usize = 600;

fn folder() -> impl Iterator<Item = (String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/characters");
    let names = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    names.filter_map(|name| {
        let name = name.into_string().expect("a name in UTF-8");
        name.rsplit_once('.').map(|(stem, kind)| (stem.to_owned(), kind.to_owned()))
    })
}

/// All texts of a character that a member or the model reads.
fn texts(persona: &Persona) -> Vec<&str> {
    let mut texts: Vec<&str> =
        vec![&persona.name, &persona.tagline, &persona.description, &persona.manner, &persona.greeting];
    texts.extend(persona.lore.iter().map(String::as_str));
    texts.extend(persona.examples.iter().flat_map(|pair| [pair.user.as_str(), pair.character.as_str()]));
    // Of how it treats a member one is in the prompt at a time.
    texts.extend(persona.bonds.iter().map(|bond| bond.manner.as_str()).max_by_key(|manner| manner.len()));
    texts
}

#[test]
fn the_folder_holds_the_cast_and_each_its_three_files() {
    let slugs: BTreeSet<String> = FILES.iter().map(|file| file.slug.to_owned()).collect();
    assert_eq!(slugs.len(), FILES.len(), "a slug stands twice in files.rs");
    for kind in ["toml", "svg", "png"] {
        let present: BTreeSet<_> = folder().filter(|(_, of)| of == kind).map(|(stem, _)| stem).collect();
        assert_eq!(present, slugs, "assets/characters/*.{kind}");
    }
}

#[test]
fn every_character_is_whole_and_within_its_bounds() {
    let cast = Cast::shipped();
    assert!((6..=12).contains(&cast.all().len()));
    for Member { persona, tags, .. } in cast.all() {
        let (id, within) =
            (&persona.id, |text: &str, most: usize| (1..=most).contains(&text.chars().count()));
        assert!(within(&persona.name, 80) && within(&persona.tagline, 100), "{id}");
        assert!(within(&persona.description, 600) && within(&persona.manner, 450), "{id}");
        assert!(within(&persona.greeting, 500) && persona.lore.len() <= 3, "{id}");
        assert!((2..=3).contains(&persona.examples.len()) && (1..=8).contains(&tags.len()), "{id}");
        opens_with_closeness(persona);
        let all = texts(persona);
        assert!(all.iter().all(|text| !text.is_empty() && !text.chars().any(char::is_control)), "{id}");
        let tokens = all.iter().map(|text| text.chars().count()).sum::<usize>().div_ceil(4);
        assert!(tokens <= MOST_TOKENS, "{id} has {tokens} tokens");
        for text in all {
            let bare = text.replace("{{char}}", "").replace("{{user}}", "");
            assert!(!bare.contains(['{', '}', '<', '@', '#', '`']), "{id}: {text}");
        }
        assert!(!persona.name.contains('{') && !persona.tagline.contains('{'), "{id}");
        // Discord refuses webhooks under such names.
        let name = persona.name.to_lowercase();
        assert!(!name.contains("discord") && !name.contains("clyde") && name != "everyone", "{id}");
        assert_eq!((persona.version.len(), persona.colour <= 0x00FF_FFFF), (8, true), "{id}");
    }
    let unique = |of: fn(&Member) -> String| cast.all().iter().map(of).collect::<BTreeSet<_>>().len();
    assert_eq!(unique(|member| folded(&member.persona.name)), cast.all().len());
    assert_eq!(unique(|member| member.persona.version.clone()), cast.all().len());
    assert_eq!(unique(|member| member.persona.colour.to_string()), cast.all().len());
}

/// Every band changes how it treats a member, and opens something from the third on.
fn opens_with_closeness(persona: &Persona) {
    let id = &persona.id;
    assert_eq!(persona.bonds.iter().map(|bond| bond.from).collect::<Vec<_>>(), Band::ALL, "{id}");
    let greeted: Vec<_> = persona.greetings.iter().map(|greeting| greeting.from).collect();
    assert!(greeted.contains(&Band::Friend) && greeted.contains(&Band::Close), "{id}: {greeted:?}");
    let told: Vec<_> = persona.secrets.iter().map(|secret| secret.from).collect();
    assert_eq!(told, [Band::Trusted, Band::Close, Band::Devoted, Band::Soulbound], "{id}");
    let manners = persona.bonds.iter().map(|bond| (&bond.manner, 150));
    let greetings = persona.greetings.iter().map(|greeting| (&greeting.text, 320));
    let secrets = persona.secrets.iter().map(|secret| (&secret.text, 150));
    for (text, most) in manners.chain(greetings).chain(secrets) {
        assert!(
            (1..=most).contains(&text.chars().count()),
            "{id}: {} of {most}: {text}",
            text.chars().count()
        );
        let bare = text.replace("{{user}}", "");
        assert!(
            !bare.contains(['{', '}', '<', '@', '#', '`']) && !text.chars().any(char::is_control),
            "{id}: {text}"
        );
    }
    assert!(
        persona.secrets.iter().all(|secret| !secret.text.contains("{{user}}")),
        "{id}: the prompt says who"
    );
}

#[test]
fn every_picture_is_a_square_png() {
    for file in FILES {
        let (slug, png) = (file.slug, file.avatar);
        assert!(png.len() <= 40 * 1024, "{slug}: {} bytes", png.len());
        let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap_or_else(|| panic!("{slug} is no PNG"));
        let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().expect("four bytes"));
        let mut kinds = Vec::new();
        while !rest.is_empty() {
            let length = usize::try_from(number(&rest[..4])).expect("small");
            let (kind, data) = (&rest[4..8], &rest[8..8 + length]);
            assert_eq!(
                number(&rest[8 + length..12 + length]),
                crc32fast::hash(&rest[4..8 + length]),
                "{slug}"
            );
            if kind == b"IHDR" {
                assert_eq!((number(&data[..4]), number(&data[4..8])), (256, 256), "{slug}");
            }
            kinds.push(String::from_utf8_lossy(kind).into_owned());
            rest = &rest[12 + length..];
        }
        assert_eq!(
            (kinds.first().map(String::as_str), kinds.last().map(String::as_str)),
            (Some("IHDR"), Some("IEND"))
        );
        assert!(kinds.iter().any(|kind| kind == "IDAT"), "{slug}");
    }
}

#[test]
fn members_find_who_they_mean() {
    let cast = Cast::shipped();
    let found = |typed: &str, most| -> Vec<String> {
        cast.search(typed, most).into_iter().map(|member| member.persona.id.to_string()).collect()
    };
    assert_eq!(found("", 25).len(), cast.all().len());
    assert_eq!(found("", 2), ["shipped:mira", "shipped:ogga"]);
    assert_eq!(found("MÍR", 25), ["shipped:mira"]);
    assert_eq!(found("  galdo ", 25), ["shipped:nerea"], "any word of the name");
    assert_eq!(found("nerea", 25), ["shipped:nerea"], "the slug");
    assert_eq!(found("noir", 25), ["shipped:osric"], "a tag");
    assert_eq!(found("o", 25)[..2], ["shipped:ogga", "shipped:osric"], "names first");
    assert_eq!(found("igee", 25), ["shipped:perigee"], "the middle of a name");
    for nobody in ["xyzzy", "*", "mira\u{0}", "[a-z]", &"mira ".repeat(4_000)] {
        assert_eq!(found(nobody, 25), [""; 0], "{nobody}");
    }
}

#[test]
fn characters_have_identities_and_addresses_for_their_pictures() {
    let cast = Cast::shipped();
    let mira = cast.default();
    assert_eq!(mira.id, shipped("mira"));
    assert!(cast.get(&mira.id).is_some_and(|found| Arc::ptr_eq(&found, &mira)));
    assert!(cast.get(&shipped("nobody")).is_none());
    assert!(cast.get(&CharacterId::Custom(uuid::Uuid::nil())).is_none());
    assert_eq!(cast.avatar_url(&mira), None, "nobody said where");
    let there = cast.with_avatars_at(BaseUrl::parse("https://example.org/avatars/").ok());
    let url = there.avatar_url(&mira).expect("an address");
    assert!(url.starts_with("https://example.org/avatars/mira.png?v=") && url.len() == 47, "{url}");
    let pictures = there.pictures();
    assert_eq!((pictures.len(), pictures.get("mira.png").copied()), (FILES.len(), Some(FILES[0].avatar)));
    assert!(format!("{there:?}").len() < 400);
}
