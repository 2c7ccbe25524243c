//! Closed lists of words: an enum whose members have one stable word each, the same in code, tables and files.

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every one of them, in the order of the definition.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The word for it in files, tables and interfaces.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::IdError;
            fn from_str(text: &str) -> Result<Self, crate::IdError> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or(crate::IdError)
            }
        }
    };
}
