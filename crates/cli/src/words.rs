//! What a command says, in both languages: each text stands twice, side by side, and one that stands once doesn't
//! compile. What `--help` says in Chinese stands in `locales/`.

pub(crate) use profile::{Language, Text2};

/// A text in Chinese and in English, each with the values it takes.
macro_rules! both {
    ($chinese:literal, $english:literal $(,)?) => {
        $crate::words::Text2 {
            zh: format!($chinese),
            en: format!($english),
        }
    };
}

pub(crate) use both;
