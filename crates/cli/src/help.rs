//! What `--help` says, and what is said of arguments that are not understood, in the language of whoever asks. English
//! stands beside the arguments; Chinese in `locales/zh/help.toml`.

use std::{collections::BTreeMap, process::ExitCode};

use clap::{
    Arg, Command, CommandFactory as _, Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{Arguments, failure::remark, words::Language};

/// A section a command by its words after `standing`, in it a text for each argument.
type Texts = BTreeMap<String, BTreeMap<String, String>>;

const CHINESE: &str = include_str!("../locales/zh/help.toml");

/// The section of what several commands have.
const EVERYWHERE: &str = "everywhere";

/// The columns that a text may take; a Chinese character takes two.
const WIDTH: usize = 78;

/// The columns that a list of commands takes beside what it says of them.
const LIST: usize = 16;

/// All commands, with their texts in `language`.
pub(crate) fn command(language: Language) -> Command {
    let mut command = Arguments::command();
    if language == Language::Zh {
        // So that what clap itself adds is there to be worded too.
        command.build();
        // A test reads the file whole.
        let texts: Texts = toml::from_str(CHINESE).unwrap_or_default();
        command = in_chinese(command, "", &texts);
    }
    command
}

fn text<'a>(texts: &'a Texts, section: &str, name: &str) -> Option<&'a str> {
    let own = texts.get(section).and_then(|section| section.get(name));
    own.or_else(|| texts.get(EVERYWHERE)?.get(name))
        .map(String::as_str)
}

/// The section of the command with these words.
fn section(path: &str) -> &str {
    if path.is_empty() { "standing" } else { path }
}

fn below(path: &str, name: &str) -> String {
    format!("{path} {name}").trim_start().to_owned()
}

fn in_chinese(command: Command, path: &str, texts: &Texts) -> Command {
    let own = texts.get(section(path));
    let own = |name: &str| own.and_then(|own| own.get(name));
    let about = own("about").cloned().unwrap_or_default();
    let lead = wrapped(&about, WIDTH);
    let whole = own("more").map_or_else(
        || lead.clone(),
        |more| format!("{lead}\n\n{}", wrapped(more, WIDTH)),
    );
    let command = command
        .about(wrapped(&about, WIDTH - LIST))
        .long_about(whole)
        .help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .mut_args(|arg| argument(arg, path, texts));
    let usage = command.clone().render_usage().to_string();
    let usage = usage
        .trim_start_matches("Usage:")
        .trim()
        .replace("[OPTIONS]", "[选项]");
    command
        .override_usage(usage)
        .mut_subcommands(|one| match one.get_name() {
            // Below it stand all the others once more.
            "help" => {
                let about = text(texts, "help", "about").unwrap_or_default().to_owned();
                one.about(about)
            }
            name => {
                let path = below(path, name);
                in_chinese(one, &path, texts)
            }
        })
}

fn argument(arg: Arg, path: &str, texts: &Texts) -> Arg {
    let name = arg.get_id().as_str();
    let mut said = text(texts, section(path), name).unwrap_or_default().to_owned();
    if arg.get_action().takes_values() {
        let choices: Vec<_> = arg.get_possible_values();
        let choices: Vec<_> = choices
            .iter()
            .map(|one| {
                let key = format!("{name}.{}", one.get_name());
                match text(texts, section(path), &key) {
                    Some(meaning) => format!("{}（{}）", one.get_name(), meaning.trim_end_matches('。')),
                    None => one.get_name().to_owned(),
                }
            })
            .collect();
        if !choices.is_empty() {
            said.push_str(&format!("可选：{}。", choices.join("、")));
        }
        let usual: Vec<_> = arg
            .get_default_values()
            .iter()
            .map(|one| one.to_string_lossy())
            .collect();
        if !usual.is_empty() {
            said.push_str(&format!("默认：{}。", usual.join(" ")));
        }
    }
    let heading = if arg.is_positional() { "参数" } else { "选项" };
    arg.help(wrapped(&said, WIDTH - 10))
        .long_help(None::<&str>)
        .help_heading(heading)
        .hide_default_value(true)
        .hide_possible_values(true)
}

/// The text in lines of at most so many columns. No line begins with what closes the one before it, and no word in
/// Latin letters is parted.
fn wrapped(text: &str, columns: usize) -> String {
    let mut lines = Vec::new();
    for paragraph in text.trim().lines() {
        let (mut line, mut taken) = (String::new(), 0);
        let indented = paragraph.starts_with(' ');
        for piece in pieces(paragraph) {
            let width: usize = piece.chars().map(width).sum();
            // What is set apart, as examples are, is left as it is.
            if !indented && taken > 0 && taken + width > columns {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                taken = 0;
            }
            if taken > 0 || indented || piece != " " {
                line.push_str(piece);
                taken += width;
            }
        }
        lines.push(line);
    }
    lines.join("\n")
}

fn width(c: char) -> usize {
    if c >= '\u{2e80}' || ['“', '”', '…'].contains(&c) {
        2
    } else {
        1
    }
}

/// What is kept on one line: a word, or a Chinese character with the signs that belong to it.
fn pieces(text: &str) -> Vec<&str> {
    let latin = |c: char| c.is_ascii() && c != ' ';
    let closes = |c: char| "，。；：、）”…".contains(c);
    let opens = |c: char| "（“".contains(c);
    let mut pieces = Vec::new();
    let mut begun = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let stays = before.is_some_and(|before| closes(c) || opens(before) || (latin(before) && latin(c)));
        if at > begun && !stays {
            pieces.push(&text[begun..at]);
            begun = at;
        }
        before = Some(c);
    }
    if begun < text.len() {
        pieces.push(&text[begun..]);
    }
    pieces
}

/// Says what clap has to say: help, a version, or what is wrong with the arguments.
pub(crate) fn answer(error: &Error, language: Language) -> ExitCode {
    if language == Language::Zh
        && error.use_stderr()
        && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        remark(format_args!("错误：{}", wrong(error)));
        if let Some(usage) = error.get(ContextKind::Usage) {
            let usage = usage.to_string();
            remark(format_args!(
                "\n用法：{}",
                usage.trim_start_matches("Usage:").trim()
            ));
        }
        remark("\n更多说明见 --help。");
    } else {
        // A reader who has gone is no failure.
        let _ = error.print();
    }
    // 0 or 2, as everywhere.
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// What is wrong with the arguments, in Chinese.
fn wrong(error: &Error) -> String {
    let said = |kind| match error.get(kind) {
        Some(ContextValue::Strings(all)) => all.join("、"),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let what = said(ContextKind::InvalidArg);
    let value = said(ContextKind::InvalidValue);
    let mut words = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("{what} 缺少取值"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("{what} 不能是“{value}”"),
        ErrorKind::UnknownArgument => format!("没有 {what} 这一项"),
        ErrorKind::InvalidSubcommand => {
            format!("没有 {} 这个命令", said(ContextKind::InvalidSubcommand))
        }
        ErrorKind::NoEquals => format!("{what} 与取值之间需要等号"),
        ErrorKind::TooManyValues => format!("{what} 不能再有取值“{value}”"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{what} 的取值个数不对")
        }
        ErrorKind::ArgumentConflict => {
            let other = said(ContextKind::PriorArg);
            if other == what {
                format!("{what} 只能写一次")
            } else {
                format!("{what} 不能与 {other} 一起使用")
            }
        }
        ErrorKind::MissingRequiredArgument => format!("缺少 {what}"),
        ErrorKind::MissingSubcommand => "请写明要做什么".to_owned(),
        ErrorKind::InvalidUtf8 => "参数不是 UTF-8 文本".to_owned(),
        _ => "无法理解这些参数".to_owned(),
    };
    for kind in [ContextKind::ValidValue, ContextKind::ValidSubcommand] {
        let right = said(kind);
        if !right.is_empty() {
            words.push_str(&format!("；可选：{right}"));
        }
    }
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ] {
        let meant = said(kind);
        if !meant.is_empty() {
            words.push_str(&format!("；是否要写 {meant}？"));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every command with its words after `standing`.
    fn commands(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        found.push((path.to_owned(), command.clone()));
        for one in command.get_subcommands().filter(|one| one.get_name() != "help") {
            commands(one, &below(path, one.get_name()), found);
        }
    }

    fn all(language: Language) -> Vec<(String, Command)> {
        let mut command = command(language);
        command.build();
        let mut found = Vec::new();
        commands(&command, "", &mut found);
        found
    }

    fn texts() -> Texts {
        toml::from_str(CHINESE).unwrap()
    }

    fn han(text: &str) -> bool {
        text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    }

    #[test]
    fn every_command_option_and_choice_has_words_in_both_languages_and_there_are_no_others() {
        let (texts, mut used) = (texts(), BTreeSet::new());
        used.insert(("help".to_owned(), "about".to_owned()));
        let mut look_up = |path: &str, name: &str| {
            let place = [section(path), EVERYWHERE]
                .into_iter()
                .find(|one| texts.get(*one).is_some_and(|one| one.contains_key(name)));
            let place = place.unwrap_or_else(|| panic!("no Chinese for {name} of “{path}”"));
            used.insert((place.to_owned(), name.to_owned()));
        };
        for (path, command) in all(Language::En) {
            let about = command
                .get_about()
                .unwrap_or_else(|| panic!("no English for “{path}”"));
            assert!(
                !about.to_string().is_empty() && !han(&about.to_string()),
                "{path}"
            );
            look_up(&path, "about");
            let long = command.get_long_about().map(ToString::to_string);
            let more = texts[section(&path)].contains_key("more");
            assert_eq!(
                more,
                long.is_some_and(|long| long.trim_end_matches('.') != about.to_string()),
                "“{path}” says more in one language"
            );
            if more {
                look_up(&path, "more");
            }
            for arg in command.get_arguments() {
                let name = arg.get_id().as_str();
                let help = arg
                    .get_help()
                    .unwrap_or_else(|| panic!("no English for {name} of “{path}”"));
                assert!(
                    !help.to_string().is_empty() && !han(&help.to_string()),
                    "{path}: {name}"
                );
                look_up(&path, name);
                for choice in arg.get_possible_values() {
                    if choice.get_help().is_some() && arg.get_action().takes_values() {
                        look_up(&path, &format!("{name}.{}", choice.get_name()));
                    }
                }
            }
        }
        for (section, names) in &texts {
            for (name, words) in names {
                assert!(han(words), "{section}: {name} is not Chinese");
                assert!(
                    used.contains(&(section.clone(), name.clone())),
                    "{section}: {name} is of nothing"
                );
            }
        }
    }

    #[test]
    fn help_in_chinese_has_no_word_of_the_english_one_and_fits_a_terminal() {
        for (path, mut command) in all(Language::Zh) {
            for said in [command.render_help(), command.render_long_help()] {
                let said = said.to_string();
                for word in [
                    "Usage",
                    "Options",
                    "OPTIONS",
                    "Commands",
                    "COMMAND",
                    "Arguments:",
                    "Print ",
                    "efault",
                    "ossible",
                ] {
                    assert!(!said.contains(word), "{path}: {word} in\n{said}");
                }
                assert!(han(&said) && said.contains("用法：standing"), "{path}: {said}");
            }
            let said = command.render_long_help().to_string();
            for line in said.lines().filter(|line| han(line) && !line.starts_with("用法")) {
                let columns: usize = line.chars().map(width).sum();
                assert!(columns <= WIDTH + 2, "{path}: {line}");
            }
        }
    }

    #[test]
    fn lines_break_where_a_reader_expects_it() {
        assert_eq!(wrapped("一二三。四五", 6), "一二\n三。四\n五");
        assert_eq!(wrapped("见 --help 说明", 8), "见\n--help\n说明");
        assert_eq!(
            wrapped("一\n\n  standing call get", 4),
            "一\n\n  standing call get"
        );
    }

    #[test]
    fn what_is_wrong_with_the_arguments_is_said_in_chinese() {
        for (words, said) in [
            ("submit", "缺少"),
            ("nothing", "没有 nothing 这个命令"),
            ("inti", "init？"),
            ("due --dato x", "没有 --dato 这一项；是否要写 --data"),
            ("due --data", "--data <DATA> 缺少取值"),
            ("serve --data d --listen x", "--listen <LISTEN> 不能是“x”"),
            (
                "submit f --authority a --type x --data d",
                "可选：licence、decision",
            ),
            ("log verify --data d --url u --vkey v", "不能与"),
            ("due --data a --data b", "--data <DATA> 只能写一次"),
        ] {
            let words = ["standing"].into_iter().chain(words.split(' '));
            let error = command(Language::Zh).try_get_matches_from(words).unwrap_err();
            let wrong = wrong(&error);
            assert!(wrong.contains(said), "{wrong}");
        }
    }
}
