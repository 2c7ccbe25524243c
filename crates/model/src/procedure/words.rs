//! Free text of a party: the only thing in a procedure that may be personal.

use std::fmt;

/// Why a text is not taken.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum WordsError {
    /// There is nothing in it but blanks.
    #[error("there is nothing in the text; at least one character is expected")]
    Empty,
    /// It is too long.
    #[error("the text has {characters} characters; at most {} are taken", Words::MOST)]
    TooLong {
        /// How many it has.
        characters: usize,
    },
}

impl WordsError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "words-empty",
            Self::TooLong { .. } => "words-too-long",
        }
    }
}

/// What a party wrote, as they wrote it: never blank, and bounded. Its debug form shows none of it, so that it
/// can't reach a log.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Words(String);

impl Words {
    /// The most characters that are taken. A Chinese character counts as one, as a letter does.
    pub const MOST: usize = 4_000;

    /// Takes a text.
    ///
    /// # Errors
    /// When it is blank or too long.
    pub fn new(text: impl Into<String>) -> Result<Self, WordsError> {
        let text = text.into();
        let characters = text.chars().count();
        if characters > Self::MOST {
            return Err(WordsError::TooLong { characters });
        }
        if text.trim().is_empty() {
            return Err(WordsError::Empty);
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({} characters)", self.0.chars().count())
    }
}

impl TryFrom<String> for Words {
    type Error = WordsError;
    fn try_from(text: String) -> Result<Self, WordsError> {
        Self::new(text)
    }
}

impl From<Words> for String {
    fn from(words: Words) -> Self {
        words.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_count_and_not_bytes() {
        assert!(Words::new("证".repeat(Words::MOST)).is_ok());
        let error = Words::new("证".repeat(Words::MOST + 1)).unwrap_err();
        assert_eq!(error, WordsError::TooLong { characters: 4_001 });
        assert_eq!(error.code(), "words-too-long");
        assert!(error.to_string().contains("4001") && error.to_string().contains("4000"));
    }

    #[test]
    fn blanks_of_every_kind_say_nothing() {
        for text in ["", " ", "\n\t", "\u{3000}"] {
            assert_eq!(Words::new(text), Err(WordsError::Empty), "{text:?}");
        }
        assert_eq!(WordsError::Empty.code(), "words-empty");
        assert_eq!(
            Words::new(" as written ").unwrap().as_str(),
            " as written ",
            "nothing is trimmed"
        );
    }

    #[test]
    fn the_debug_form_shows_nothing_of_the_text() {
        let words = Words::new("not mine").unwrap();
        assert_eq!(format!("{words:?}"), "Words(8 characters)");
    }

    #[test]
    fn what_is_stored_is_checked_again_when_read() {
        let words = Words::new("no: \"证\"").unwrap();
        let json = serde_json::to_string(&words).unwrap();
        assert_eq!(serde_json::from_str::<Words>(&json).unwrap(), words);
        assert!(serde_json::from_str::<Words>("\"  \"").is_err());
        let long = serde_json::to_string(&"a".repeat(Words::MOST + 1)).unwrap();
        assert!(serde_json::from_str::<Words>(&long).is_err());
    }
}
