//! What several commands say alike of accounts and other things that are registered and end.

use crate::words::{Language, Text2, both};

/// What a list says of what has ended.
pub(super) const fn ended(ended: bool, language: Language) -> &'static str {
    match (ended, language) {
        (false, _) => "",
        (true, Language::Zh) => " 已结束",
        (true, Language::En) => " ended",
    }
}

/// That somebody or something has been registered.
pub(super) fn registered(what: &str) -> Text2 {
    both!("{what} 已登记", "{what} is registered")
}

/// That somebody or something has been ended.
pub(super) fn now_ended(what: &str) -> Text2 {
    both!("{what} 已结束", "{what} is ended")
}
