//! Enumerations that have a name in databases and JSON: one list gives the variants, their names and the way back.

/// A text that is none of an enumeration's names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not one of {known}")]
pub struct NotNamed {
    /// The names there are, as the message shows them.
    pub known: String,
}

macro_rules! named {
    ($($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {$(
            $(#[$inner])*
            #[serde(rename = $text)]
            $variant,
        )*}

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self {$(Self::$variant => $text,)*}
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::named::NotNamed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err($crate::domain::named::NotNamed { known: [$($text,)*].join(", ") }),
                }
            }
        }
    )*};
}
pub(super) use named;

#[cfg(test)]
mod tests {
    #![expect(unreachable_pub, reason = "enumerations elsewhere are public")]

    named! {
        /// Two of a kind.
        Pair {
            /// The first.
            Left = "left",
            /// The second.
            Right = "right_one",
        }
    }

    #[test]
    fn names_lead_back_to_their_variants_everywhere() {
        for pair in Pair::ALL {
            assert_eq!(pair.name().parse(), Ok(*pair));
            let json = serde_json::to_string(pair).expect("JSON");
            assert_eq!(json, format!("\"{pair}\""));
            assert_eq!(serde_json::from_str::<Pair>(&json).expect("a pair"), *pair);
        }
        assert_eq!(
            "Left".parse::<Pair>().map_err(|error| error.to_string()),
            Err("not one of left, right_one".to_owned())
        );
    }
}
