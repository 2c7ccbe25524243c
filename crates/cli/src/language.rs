//! In which language a command speaks to people: the one that was asked for; else that of the environment, where it
//! names one of ours; else the first of the profile that the command works with, where there is one; else English. JSON
//! keeps its keys and codes whatever the language.
//!
//! A demonstration has no profile in this sense: whose language its made-up people speak says nothing of who tries it.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use clap::ArgMatches;
use intake::MessageLanguage;

use crate::words::Language;

/// `--language`, which every command takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Asked {
    /// The language to speak in. If not given: that of LC_ALL, LC_MESSAGES or LANG, else the first of the profile that is
    /// worked with, else English.
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    language: Option<Choice>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Choice {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// The language of `--help`, and of what is said before the arguments are understood.
pub(crate) fn before(arguments: impl Iterator<Item = OsString>) -> Language {
    asked(arguments).or_else(environment).unwrap_or(Language::En)
}

/// The language of a command.
pub(crate) fn of(asked: &Asked, matches: &ArgMatches) -> Language {
    let asked = asked.language.map(|choice| match choice {
        Choice::Zh => Language::Zh,
        Choice::En => Language::En,
    });
    asked
        .or_else(environment)
        .or_else(|| of_profile(&profile_of(matches)?))
        .unwrap_or(Language::En)
}

/// What `--language` says, wherever it stands.
fn asked(arguments: impl Iterator<Item = OsString>) -> Option<Language> {
    let mut words = arguments.map(|word| word.to_string_lossy().into_owned());
    let mut found = None;
    while let Some(word) = words.next() {
        let code = match word.as_str() {
            "--" => break,
            "--language" => words.next()?,
            _ => match word.strip_prefix("--language=") {
                Some(code) => code.to_owned(),
                None => continue,
            },
        };
        found = Language::from_code(&code);
    }
    found
}

fn environment() -> Option<Language> {
    of_environment(|name| std::env::var(name).ok())
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

/// The folder of the profile that a command works with: that of its data directory, of a copy of one, or its own.
fn profile_of(matches: &ArgMatches) -> Option<PathBuf> {
    let mut command = matches;
    while let Some((name, further)) = command.subcommand() {
        if name == "demo" {
            return None;
        }
        command = further;
    }
    // A command that has no such argument says so by an error.
    let path = |name: &str| command.try_get_one::<PathBuf>(name).ok().flatten();
    let own = path("profile").or_else(|| path("dir")).cloned();
    own.or_else(|| Some(path("data").or_else(|| path("copy"))?.join("profile")))
}

/// The first language of a profile, whatever else is wrong with it.
fn of_profile(folder: &Path) -> Option<Language> {
    let text = fs::read_to_string(folder.join("profile.toml")).ok()?;
    let profile: toml::Table = toml::from_str(&text).ok()?;
    Language::from_code(profile.get("languages")?.as_array()?.first()?.as_str()?)
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

    #[test]
    fn a_language_is_asked_for_anywhere_before_the_end_of_options() {
        let found = |words: &str| asked(words.split(' ').map(OsString::from));
        assert_eq!(found("standing submit --language zh --help"), Some(Language::Zh));
        assert_eq!(found("standing --language=en init"), Some(Language::En));
        for none in [
            "standing submit",
            "standing --language",
            "standing --language fr",
            "standing submit -- --language zh",
        ] {
            assert_eq!(found(none), None, "{none}");
        }
    }

    #[test]
    fn a_profile_that_has_faults_still_says_its_language() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("profile.toml");
        assert_eq!(of_profile(folder.path()), None);
        for (text, language) in [
            ("languages = [\"zh\", \"en\"]\nother = 1\n", Some(Language::Zh)),
            ("languages = [\"en\"]\n", Some(Language::En)),
            ("languages = \"zh\"\n", None),
            ("languages = [", None),
        ] {
            fs::write(&file, text).unwrap();
            assert_eq!(of_profile(folder.path()), language, "{text}");
        }
    }
}
