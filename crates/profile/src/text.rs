//! Texts in both languages. Every text that a person reads is given twice, with equal care.

/// A language that pages and papers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Chinese, in simplified characters.
    Zh,
    /// English.
    En,
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// Its code in profiles and pages: `zh` or `en`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// A text in Chinese and in English, side by side, each with the values that it takes.
#[macro_export]
macro_rules! both {
    ($chinese:literal, $english:literal $(,)?) => {
        $crate::Text2 {
            zh: format!($chinese),
            en: format!($english),
        }
    };
}

/// One text in both languages; neither is ever empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text2 {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Text2 {
    /// The text in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// A text that takes no values, in Chinese and in English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said(pub(crate) &'static str, pub(crate) &'static str);

impl From<Said> for Text2 {
    fn from(Said(zh, en): Said) -> Self {
        Self {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

impl From<&Self> for Text2 {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

/// What can be said in both languages, and again.
pub(crate) trait Words: Into<Text2> + Copy {}

impl<T: Into<Text2> + Copy> Words for T {}
