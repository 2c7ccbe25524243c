//! The words of the pages. All of them stand in `locales/`, one file a page and language, in Fluent
//! (<https://projectfluent.org/fluent/guide/>); a test fails on a word that is missing in a language, that
//! no page uses, or that takes other values in one language than in the other.

use std::{borrow::Cow, fmt, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use profile::Language;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

macro_rules! files {
    ($($name:literal)*) => {
        /// The files of words by name, Chinese and English.
        const FILES: &[(&str, &str, &str)] = &[$((
            $name,
            include_str!(concat!("../locales/zh/", $name, ".ftl")),
            include_str!(concat!("../locales/en/", $name, ".ftl")),
        ),)*];
    };
}

files! {
    "breaches"
    "common"
    "certificates"
    "consents"
    "desk"
    "errors"
    "good"
    "home"
    "inbox"
    "log"
    "looks"
    "mail"
    "mandates"
    "office"
    "procedures"
    "process"
    "process-words"
    "records"
    "review"
    "sign-in"
    "verify"
}

static CHINESE: LazyLock<Bundle> =
    LazyLock::new(|| bundle("zh-CN", FILES.iter().map(|(_, chinese, _)| *chinese)));
static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| bundle("en-GB", FILES.iter().map(|(_, _, english)| *english)));

fn bundle(language: &str, sources: impl Iterator<Item = &'static str>) -> Bundle {
    // Both names of languages are well-formed (BCP 47); the default one has no plural forms to choose by.
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Neither language runs right to left, so values need no direction marks around them, which would come
    // along when somebody copies a number from the page.
    bundle.set_use_isolating(false);
    for source in sources {
        // The parts that do read are kept; that every file reads whole is held by a test.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(rest, _)| rest);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The key of a text in `locales/`. Code writes it out where it chooses one, so that the test of unused
/// and missing words finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) &'static str);

/// What says which text is meant: a key, or its name written out.
pub(crate) trait AsKey {
    fn key(self) -> Key;
}

impl AsKey for Key {
    fn key(self) -> Key {
        self
    }
}

impl AsKey for &'static str {
    fn key(self) -> Key {
        Key(self)
    }
}

impl<T: AsKey + Copy> AsKey for &T {
    fn key(self) -> Key {
        (*self).key()
    }
}

/// A value that a text can take: another text, or a number that it may be worded by.
pub(crate) trait Value {
    fn value(&self) -> FluentValue<'static>;
}

impl Value for str {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self.to_owned()))
    }
}

impl Value for String {
    fn value(&self) -> FluentValue<'static> {
        self.as_str().value()
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Value for $number {
            fn value(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )*};
}

numbers! { i64 u64 usize }

impl Value for Said {
    fn value(&self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self.to_string()))
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn value(&self) -> FluentValue<'static> {
        (**self).value()
    }
}

/// A text about to be said in a language; it is worded when it is shown.
#[derive(Clone)]
pub(crate) struct Said {
    language: Language,
    key: Key,
    values: Vec<(&'static str, FluentValue<'static>)>,
}

/// The text with this key, in `language`.
pub(crate) fn say(language: Language, key: impl AsKey) -> Said {
    Said {
        language,
        key: key.key(),
        values: Vec::new(),
    }
}

impl Said {
    /// Gives the text a value to take.
    pub(crate) fn with(mut self, name: &'static str, value: impl Value) -> Self {
        self.values.push((name, value.value()));
        self
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bundle = match self.language {
            Language::Zh => &*CHINESE,
            Language::En => &*ENGLISH,
        };
        let Some(pattern) = bundle.get_message(self.key.0).and_then(|message| message.value()) else {
            // A test keeps this from happening; a page still says something if it does.
            tracing::error!(
                key = self.key.0,
                language = self.language.code(),
                "a text is missing"
            );
            return f.write_str(self.key.0);
        };
        let values: FluentArgs = self
            .values
            .iter()
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        f.write_str(&bundle.format_pattern(pattern, Some(&values), &mut Vec::new()))
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be about people.
        f.debug_tuple("Said").field(&self.key.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::{Path, PathBuf},
    };

    use fluent_syntax::{
        ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement},
        parser,
    };

    use super::*;

    type Keys = BTreeMap<String, BTreeSet<String>>;

    /// Every key with the names of the values that it takes.
    fn keys(sources: impl Iterator<Item = &'static str>) -> Keys {
        let mut keys = Keys::new();
        for source in sources {
            let resource = parser::parse(source)
                .map_err(|(_, errors)| errors)
                .expect("a file of words reads");
            for entry in resource.body {
                if let Entry::Message(message) = entry {
                    let mut values = BTreeSet::new();
                    in_pattern(&message.value.expect("a text has words"), &mut values);
                    assert!(
                        keys.insert(message.id.name.to_owned(), values).is_none(),
                        "{} stands twice",
                        message.id.name
                    );
                }
            }
        }
        keys
    }

    fn in_pattern(pattern: &Pattern<&str>, values: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                in_expression(expression, values);
            }
        }
    }

    fn in_expression(expression: &Expression<&str>, values: &mut BTreeSet<String>) {
        match expression {
            Expression::Inline(inline) => in_inline(inline, values),
            Expression::Select { selector, variants } => {
                in_inline(selector, values);
                for variant in variants {
                    in_pattern(&variant.value, values);
                }
            }
        }
    }

    fn in_inline(inline: &InlineExpression<&str>, values: &mut BTreeSet<String>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                values.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => in_expression(expression, values),
            InlineExpression::FunctionReference {
                arguments: CallArguments { positional, .. },
                ..
            } => {
                positional.iter().for_each(|argument| in_inline(argument, values));
            }
            _ => {}
        }
    }

    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found)
            } else {
                found.push(path)
            }
        }
    }

    /// Every key that a template or a line of code writes out.
    fn used() -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        files(&root.join("templates"), &mut found);
        files(&root.join("src"), &mut found);
        let mut keys = BTreeSet::new();
        for file in found {
            let text = fs::read_to_string(&file).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for opening in ["say(\"", "Key(\"", "say(language, \""] {
                for rest in text.split(opening).skip(1) {
                    keys.insert(rest.split('"').next().unwrap_or_default().to_owned());
                }
            }
        }
        keys
    }

    fn chinese() -> Keys {
        keys(FILES.iter().map(|(_, chinese, _)| *chinese))
    }

    fn english() -> Keys {
        keys(FILES.iter().map(|(_, _, english)| *english))
    }

    #[test]
    fn every_text_is_there_in_both_languages_and_takes_the_same_values() {
        let (chinese, english) = (chinese(), english());
        let missing: Vec<_> = english.keys().filter(|key| !chinese.contains_key(*key)).collect();
        assert!(missing.is_empty(), "not in Chinese: {missing:?}");
        let missing: Vec<_> = chinese.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty(), "not in English: {missing:?}");
        for (key, values) in &chinese {
            assert_eq!(values, &english[key], "{key} takes other values in one language");
        }
    }

    #[test]
    fn every_text_that_a_page_uses_is_there_and_no_other() {
        let (there, used) = (english(), used());
        let missing: Vec<_> = used.iter().filter(|key| !there.contains_key(*key)).collect();
        assert!(missing.is_empty(), "used but not there: {missing:?}");
        let unused: Vec<_> = there.keys().filter(|key| !used.contains(*key)).collect();
        assert!(unused.is_empty(), "there but not used: {unused:?}");
    }

    #[test]
    fn every_file_of_words_is_taken_up() {
        for language in ["zh", "en"] {
            let mut found = Vec::new();
            files(
                &Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("locales")
                    .join(language),
                &mut found,
            );
            let names: BTreeSet<_> = found
                .iter()
                .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            let taken: BTreeSet<_> = FILES.iter().map(|(name, _, _)| (*name).to_owned()).collect();
            assert_eq!(names, taken);
        }
    }

    #[test]
    fn chinese_is_chinese_and_english_is_english() {
        let han = |text: &str| text.chars().any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one));
        for (name, chinese, english) in FILES {
            assert!(!han(english), "{name}: Chinese in the English words");
            for line in chinese
                .lines()
                .filter(|line| line.contains(" = ") && !line.contains('{'))
            {
                assert!(han(line), "{name}: {line}");
            }
        }
    }

    #[test]
    fn a_text_takes_values_and_is_worded_by_numbers() {
        assert_eq!(
            say(Language::En, "desk-rows").with("n", 1_u64).to_string(),
            "1 row"
        );
        assert_eq!(
            say(Language::En, "desk-rows").with("n", 2_u64).to_string(),
            "2 rows"
        );
        assert_eq!(
            say(Language::Zh, "desk-rows").with("n", 2_u64).to_string(),
            "2 行"
        );
    }
}
