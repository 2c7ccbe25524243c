//! What a command says, in both languages: each text stands twice, side by side, and one that stands once doesn't
//! compile. What `--help` says in Chinese stands in `locales/`.

pub(crate) use profile::{Language, Text2, both};
