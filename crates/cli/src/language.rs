//! In which language a command speaks to people: the one that was asked for; else that of the environment, where it
//! names one of ours; else the profile's first, where a profile is known; else English. JSON keeps its keys and codes
//! whatever the language.

use intake::MessageLanguage;
use profile::{Language, Profile};

/// `--language`, for every command that speaks to people in both languages.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Asked {
    /// The language of messages. If not given: that of the environment (LC_ALL, LC_MESSAGES or LANG) where it is Chinese or
    /// English, then the first of the profile where one is at hand, then English.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    language: Option<Choice>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Choice {
    Zh,
    En,
}

impl Asked {
    /// The language where no profile is at hand.
    pub(crate) fn alone(&self) -> Language {
        self.beside(None)
    }

    /// The language beside a profile, if there is one.
    pub(crate) fn beside(&self, profile: Option<&Profile>) -> Language {
        let asked = self.language.map(|choice| match choice {
            Choice::Zh => Language::Zh,
            Choice::En => Language::En,
        });
        asked
            .or_else(|| of_environment(|name| std::env::var(name).ok()))
            .or_else(|| profile?.languages.first().copied())
            .unwrap_or(Language::En)
    }
}

/// What the environment names, if it is one of ours. As everywhere, the first of the three that is not empty counts.
fn of_environment(value: impl Fn(&str) -> Option<String>) -> Option<Language> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(value)
        .find(|locale| !locale.is_empty())?;
    let name = locale.split(['_', '-', '.', '@']).next()?;
    Language::from_code(&name.to_ascii_lowercase())
}

/// The language of the faults that files and rows have.
pub(crate) const fn of_messages(language: Language) -> MessageLanguage {
    match language {
        Language::Zh => MessageLanguage::Zh,
        Language::En => MessageLanguage::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_set_counts_and_other_languages_are_none_of_ours() {
        let found = |all: &str, messages: &str, lang: &str| {
            of_environment(|name| {
                let value = match name {
                    "LC_ALL" => all,
                    "LC_MESSAGES" => messages,
                    "LANG" => lang,
                    _ => return None,
                };
                Some(value.to_owned())
            })
        };
        assert_eq!(found("", "", "zh_CN.UTF-8"), Some(Language::Zh));
        assert_eq!(found("", "en_GB", "zh_CN.UTF-8"), Some(Language::En));
        assert_eq!(found("zh_Hans.GB18030", "en_GB", "en"), Some(Language::Zh));
        assert_eq!(found("", "zh", ""), Some(Language::Zh));
        assert_eq!(
            found("C.UTF-8", "zh_CN", "zh_CN"),
            None,
            "it says that none is wanted"
        );
        assert_eq!(found("", "", "fr_FR.UTF-8"), None);
        assert_eq!(found("", "", ""), None);
        assert_eq!(of_environment(|_| None), None);
    }
}
