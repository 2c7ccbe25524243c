//! The language of the command line: how it is found, and that every command speaks both.

use std::fs;

use serde_json::Value;

use crate::support::{init, new_key, project, standing, standing_in, text};

/// A data directory of a profile.
struct Data {
    folder: tempfile::TempDir,
    path: String,
}

impl Data {
    fn new(profile: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").display().to_string();
        init(&path, profile, "https://standing.example", &[]);
        Self { folder, path }
    }
}

/// What a command says on either output, in this locale.
fn said(arguments: &[&str], locale: &str) -> String {
    said_given(arguments, locale, "")
}

/// The same, with this on standard input.
fn said_given(arguments: &[&str], locale: &str, input: &str) -> String {
    let done = standing_in(locale, arguments, input);
    text(&done.stdout) + &text(&done.stderr)
}

fn chinese(said: &str) -> bool {
    said.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn a_command_speaks_as_asked_else_as_the_environment_else_as_the_profile_else_english() {
    let (gansu, north) = (Data::new("profiles/gansu"), Data::new("profiles/northshire"));
    let submit = |body: &'static str, data: &str, further: &[&str], locale| {
        let filing = [
            "submit",
            "no-such-file.csv",
            "--authority",
            body,
            "--type",
            "licence",
            "--data",
            data,
        ];
        said(&[&filing[..], further].concat(), locale)
    };
    // An identifier stands in every one, so each says its own in one language.
    assert!(submit("law-bureau", &gansu.path, &[], "").contains("没有这个文件"));
    assert!(submit("law-bureau", &gansu.path, &[], "C.UTF-8").contains("没有这个文件"));
    assert!(submit("law-bureau", &gansu.path, &[], "fr_FR.UTF-8").contains("没有这个文件"));
    assert!(submit("law-bureau", &gansu.path, &[], "en_US.UTF-8").contains("there is no such file"));
    assert!(
        submit("law-bureau", &gansu.path, &["--language", "en"], "zh_CN").contains("there is no such file")
    );
    assert!(submit("land-office", &north.path, &[], "").contains("there is no such file"));
    assert!(submit("land-office", &north.path, &[], "zh_CN.UTF-8").contains("没有这个文件"));

    // JSON has the same keys and codes, and its messages in that language.
    let json = submit("law-bureau", &gansu.path, &["--json"], "");
    let line: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(
        (line["fault"].as_str(), line["message"].as_str()),
        (Some("file-missing"), Some("没有这个文件"))
    );

    // The others that speak to people do alike: with a profile at hand, and without.
    let id = "00000000000000000000000000000000";
    let take_back = [
        "take-back",
        id,
        "--authority",
        "law-bureau",
        "--data",
        &gansu.path,
    ];
    let verify = ["log", "verify", "--data", &gansu.path];
    for command in [&take_back[..], &verify[..]] {
        let (own, english) = (said(command, ""), said(command, "en_GB.UTF-8"));
        assert!(chinese(&own) && !chinese(&english), "{own}{english}");
    }
    let none = gansu.folder.path().join("none");
    fs::write(&none, "nothing that they know").unwrap();
    let none = none.display().to_string();
    let trust = gansu.folder.path().join("trust.json").display().to_string();
    fs::write(
        &trust,
        standing(&["certificate", "trust", "--data", &gansu.path]).stdout,
    )
    .unwrap();
    let certificate = ["certificate", "verify", &none, "--trust", &trust];
    let (own, asked) = (said(&certificate, ""), said(&certificate, "zh_CN.UTF-8"));
    assert!(!chinese(&own) && chinese(&asked), "{own}{asked}");
    let chosen = said(&[&certificate[..], &["--language", "zh"]].concat(), "en_GB.UTF-8");
    assert_eq!(chosen, asked);
}

#[test]
fn a_demonstration_is_not_spoken_of_in_its_profiles_language_and_help_not_either() {
    let gansu = Data::new("profiles/gansu");
    let demo = ["demo", "--data", &gansu.path, "--profile", "none"];
    assert!(said(&demo, "").contains("holds real data"));
    assert!(said(&demo, "zh_CN.UTF-8").contains("真实数据"));
    let init = [
        "init",
        "--data",
        "x",
        "--profile",
        "none",
        "--public-url",
        "nothing",
    ];
    assert!(said(&init, "").contains("an address such as"));
    for help in [&["--help"][..], &["help", "log"], &["due", "--help"]] {
        let (english, own) = (said(help, ""), said(help, "zh_CN.UTF-8"));
        assert!(!chinese(&english) && chinese(&own), "{english}{own}");
        assert_eq!(said(&[&["--language", "zh"], help].concat(), "en"), own);
    }
    let (english, own) = (said(&["due"], ""), said(&["due"], "zh"));
    assert!(
        english.contains("required") && own.contains("错误：缺少 --data"),
        "{own}"
    );
}

#[test]
fn every_command_speaks_both_languages() {
    let here = Data::new("profiles/gansu");
    let (data, folder) = (here.path.as_str(), here.folder.path());
    let path = |name: &str| folder.join(name).display().to_string();
    let public_key = new_key(&path("key.pem"), "a");
    let to = ["--data", data];
    let profile = project("profiles/gansu").display().to_string();
    let nowhere = path("nowhere");
    fs::write(path("text"), "text").unwrap();
    let text = path("text");
    let holder = r#"{"name": "nobody", "id_number": "993536199312192264"}"#;
    // Each is said once in Chinese and once in English; where the second finds what the first did, it says that.
    let add = |id: &'static str| {
        [
            "key",
            "add",
            "--id",
            id,
            "--authority",
            "law-bureau",
            "--public-key",
        ]
    };
    let cases: &[(&[&str], &str)] = &[
        (
            &[
                "init",
                "--data",
                data,
                "--profile",
                &profile,
                "--public-url",
                "https://a.example",
            ],
            "",
        ),
        (
            &[
                "init",
                "--data",
                &nowhere,
                "--profile",
                &nowhere,
                "--public-url",
                "https://a.example",
            ],
            "",
        ),
        (&["serve", "--data", &nowhere], ""),
        (&["serve", "--data", data, "--listen", "192.0.2.1:1"], ""),
        (&["key", "new", &path("key.pem"), "--id", "b"], ""),
        (&[&add("a")[..], &[&public_key], &to].concat(), ""),
        (&[&add("a")[..], &["x"], &to].concat(), ""),
        (
            &[
                "key",
                "add",
                "--id",
                "b",
                "--authority",
                "x",
                "--public-key",
                &public_key,
                "--data",
                data,
            ],
            "",
        ),
        (&["key", "retire", "--id", "none", "--data", data], ""),
        (
            &[
                "staff",
                "add",
                "--body",
                "law-bureau",
                "--id",
                "s",
                "--name",
                "S",
                "--data",
                data,
            ],
            "",
        ),
        (
            &[
                "staff", "add", "--body", "x", "--id", "s", "--name", "S", "--data", data,
            ],
            "",
        ),
        (&["staff", "list", "--body", "law-bureau", "--data", data], ""),
        (
            &[
                "staff",
                "stop",
                "--body",
                "law-bureau",
                "--id",
                "none",
                "--data",
                data,
            ],
            "",
        ),
        (
            &["reviewer", "add", "--id", "r", "--name", "R", "--data", data],
            "",
        ),
        (&["reviewer", "list", "--data", data], ""),
        (&["auditor", "end", "none", "--data", data], ""),
        (
            &[
                "auditor",
                "add",
                "--id",
                "w",
                "--holder",
                "H",
                "--public-key",
                &public_key,
                "--data",
                data,
            ],
            "",
        ),
        (
            &[
                "auditor",
                "add",
                "--id",
                "w",
                "--holder",
                " ",
                "--public-key",
                &public_key,
                "--data",
                data,
            ],
            "",
        ),
        (&["reviewer", "stop", "--id", "none", "--data", data], ""),
        (
            &[
                "breach",
                "report",
                "--noticed-on",
                "2026-01-05",
                "--happened",
                "x",
                "--measures",
                "y",
                "--affected",
                "-",
                "--data",
                data,
            ],
            "991153199208117961\n",
        ),
        (
            &[
                "breach",
                "report",
                "--noticed-on",
                "2026-01-05",
                "--happened",
                "x",
                "--measures",
                "y",
                "--affected",
                "-",
                "--data",
                data,
            ],
            "",
        ),
        (&["breach", "list", "--data", data], ""),
        (&["mandate", "list", "--person", "-", "--data", data], holder),
        (&["mandate", "list", "--person", "-", "--data", data], "x"),
        (
            &[
                "peer",
                "add",
                "--id",
                "p",
                "--url",
                "https://b.example",
                "--public-key",
                &public_key,
                "--professions",
                "doctor",
                "--data",
                data,
            ],
            "",
        ),
        (&["peer", "list", "--data", data], ""),
        (&["peer", "end", "none", "--data", data], ""),
        (&["erase", "verify", "--receipt", &text, "--data", data], ""),
        (&["erase", "verify", "--receipt", &nowhere, "--data", data], ""),
        (&["mail", "check", "--to", "a@example.org", "--data", data], ""),
        (&["due", "--data", data], ""),
        (&["backup", data, "--to", data], ""),
        (&["restore", data, "--to", data], ""),
        (
            &[
                "certificate",
                "issue",
                "--holder",
                "-",
                "--licence",
                "L",
                "--data",
                data,
            ],
            holder,
        ),
        (
            &[
                "certificate",
                "issue",
                "--holder",
                "-",
                "--licence",
                "L",
                "--data",
                data,
            ],
            "x",
        ),
        (&["certificate", "present", &text], ""),
        (&["certificate", "trust", "--data", &nowhere], ""),
        (&["certificate", "verify", &text, "--trust", &text], ""),
        (&["profile", "check", &profile], ""),
        (&["profile", "check", &nowhere], ""),
        (&["log", "verify"], ""),
        (&["log", "verify", "--data", data], ""),
        (&["log", "receipt", &text, "--vkey", "x"], ""),
        (
            &["log", "verify", "--url", "http://127.0.0.1:1", "--vkey", "x"],
            "",
        ),
        (
            &[
                "call",
                "get",
                "x",
                "--server",
                "https://a.example",
                "--key",
                &path("key.pem"),
            ],
            "",
        ),
        (
            &[
                "call",
                "get",
                "/x",
                "--server",
                "https://a.example",
                "--key",
                &text,
            ],
            "",
        ),
        (
            &[
                "submit",
                &text,
                "--authority",
                "x",
                "--type",
                "licence",
                "--data",
                data,
            ],
            "",
        ),
        (
            &[
                "submit",
                &text,
                "--authority",
                "x",
                "--type",
                "licence",
                "--encoding",
                "x",
                "--data",
                data,
            ],
            "",
        ),
        (&["demo", "--listen", "192.0.2.1:1"], ""),
    ];
    for (arguments, input) in cases {
        let own = said_given(arguments, "zh_CN.UTF-8", input);
        assert!(chinese(&own), "{arguments:?}: {own}");
        let english = said_given(arguments, "en_GB.UTF-8", input);
        assert!(
            !english.trim().is_empty() && !chinese(&english),
            "{arguments:?}: {english}"
        );
    }
    for language in ["zh", "en"] {
        let late = [
            "profile",
            "check",
            &profile,
            "--on",
            "2099-01-01",
            "--language",
            language,
        ];
        let said = said(&late, "");
        assert!(
            said.contains("calendar.toml:") && said.contains("year.2099"),
            "{said}"
        );
        assert_eq!(chinese(&said), language == "zh", "{said}");
    }
    for copy in ["zh", "en"] {
        let made = said(&["backup", data, "--to", &path(copy), "--language", copy], "");
        assert_eq!(chinese(&made), copy == "zh", "{made}");
        let back = format!("{copy}-back");
        let made = said(
            &["restore", &path(copy), "--to", &path(&back), "--language", copy],
            "",
        );
        assert_eq!(chinese(&made), copy == "zh", "{made}");
    }
}
