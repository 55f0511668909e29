//! What a key is: a name that only [`super::keys`] can form, and the family that it belongs to.

use std::{fmt, marker::PhantomData, ops::Deref, time::Duration};

/// How Redis keeps a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One text.
    Text,
    /// Fields and their texts.
    Hash,
    /// Texts in order.
    List,
    /// Members, each with a number, in the order of the numbers.
    SortedSet,
}

impl Shape {
    /// What Redis's TYPE answers for it.
    pub const fn redis_type(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Hash => "hash",
            Self::List => "list",
            Self::SortedSet => "zset",
        }
    }
}

/// How long a key lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Always as long.
    Fixed(Duration),
    /// As long as that setting says.
    Setting(&'static str),
    /// As long as whoever writes it says: until when, in words.
    Until(&'static str),
    /// For ever, and why that is right.
    Forever(&'static str),
}

/// Whether a family holds what belongs to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// Nothing about a person.
    No,
    /// About the one whose id stands in the key: found, exported and erased by it.
    InKey,
    /// About the one in whose direct messages it is, whose place stands in the key: found, exported and erased by it.
    /// In a guild about nobody.
    InPlace,
    /// As [`Personal::InPlace`]; and the value names a person for so short a time that it is left to its lifetime: why.
    InPlaceAndPassing(&'static str),
    /// Inside writes that wait for PostgreSQL: found, exported and taken out of them by the sync queue, which can read
    /// them.
    InWrites,
    /// Holds a person's id or words inside its value, for so short a time that it is left to its lifetime: why.
    Passing(&'static str),
}

/// A family of keys, declared once in [`super::keys`].
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name in code and documentation.
    pub name: &'static str,
    /// Its keys' form, such as `talk:count:guild:{GUILD}:DAY`: parts in capitals vary, braces stand literally.
    pub pattern: &'static str,
    /// How Redis keeps its values.
    pub shape: Shape,
    /// How long its keys live.
    pub lifetime: Lifetime,
    /// What it is for.
    pub purpose: &'static str,
    /// What happens when it is lost.
    pub recovery: &'static str,
    /// Who writes it, and when.
    pub writer: &'static str,
    /// Whether it holds what belongs to a person.
    pub personal: Personal,
}

/// A key of any family: its name, without the namespace prefix that Redis's side adds.
#[derive(Clone, PartialEq, Eq)]
pub struct RawKey {
    family: &'static Family,
    name: String,
}

impl RawKey {
    /// A key that a walk has found, its name known to be of that family.
    pub(super) fn found(family: &'static Family, name: &str) -> Self {
        Self { family, name: name.to_owned() }
    }

    /// Its family.
    pub fn family(&self) -> &'static Family {
        self.family
    }

    /// Its name, without the prefix.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The part that decides a Redis Cluster's slot: what stands in its first pair of braces, else all of it.
    /// Source: Redis Cluster specification, "Hash tags".
    pub fn tag(&self) -> &str {
        let inside = self.name.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(tag, _)| tag);
        inside.filter(|tag| !tag.is_empty()).unwrap_or(&self.name)
    }
}

impl fmt::Debug for RawKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What ties a type to its family.
pub trait KeyFamily: 'static {
    /// The declaration.
    const FAMILY: &'static Family;
}

/// A key of family `F`.
pub struct Key<F> {
    raw: RawKey,
    family: PhantomData<fn() -> F>,
}

impl<F: KeyFamily> Key<F> {
    /// Only the registry forms keys.
    pub(in crate::hot) fn formed(name: String) -> Self {
        Self { raw: RawKey { family: F::FAMILY, name }, family: PhantomData }
    }

    /// The same key, its family known at run time only.
    pub fn into_raw(self) -> RawKey {
        self.raw
    }
}

impl<F> Deref for Key<F> {
    type Target = RawKey;

    fn deref(&self) -> &RawKey {
        &self.raw
    }
}

impl<F> Clone for Key<F> {
    fn clone(&self) -> Self {
        Self { raw: self.raw.clone(), family: PhantomData }
    }
}

impl<F> fmt::Debug for Key<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.raw.fmt(f)
    }
}
