//! Beside and through a server: the log is verified while it is served, files that cannot be read are said of as one
//! shape, and a submission is taken back.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::Value;
use testkit::{Engine, SourceRow, TestStore, json_lines, licences_csv, on_both_engines};

use crate::support::{Server, free_url, init, new_key, standing, succeeds, text};

/// Exit status, standard output and standard error.
fn answers(arguments: &[&str]) -> (i32, String, String) {
    let done = standing(arguments);
    (
        done.status.code().unwrap(),
        text(&done.stdout),
        text(&done.stderr),
    )
}

/// A data directory that is served, and a key of the law bureau's.
struct Served {
    // Ended before what it serves goes.
    _server: Server,
    folder: tempfile::TempDir,
    _database: Option<TestStore>,
    data: String,
    url: String,
    key: String,
}

impl Served {
    fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (data, key) = (path("data"), path("law.pem"));
        let url = free_url();
        let database = (engine == Engine::Postgres).then(|| TestStore::open(engine, folder.path()));
        let config = database.as_ref().and_then(TestStore::config);
        let further = config.map_or(Vec::new(), |config| vec!["--postgres", config]);
        init(&data, "profiles/gansu", &url, &further);
        let public_key = new_key(&key, "law-1");
        let add = [
            "key",
            "add",
            "--id",
            "law-1",
            "--authority",
            "law-bureau",
            "--data",
            &data,
        ];
        succeeds(&[&add[..], &["--public-key", &public_key]].concat());
        let server = Server::start(&data, &url);
        Self {
            _database: database,
            folder,
            _server: server,
            data,
            url,
            key,
        }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let file: PathBuf = self.folder.path().join(name);
        fs::write(&file, bytes).unwrap();
        file.display().to_string()
    }

    fn submit(&self, files: &[&str], kind: &str, further: &[&str]) -> (i32, Vec<Value>) {
        let submit = [&["submit"], files].concat();
        let filing = ["--authority", "law-bureau", "--type", kind, "--json"];
        let (status, said, remarks) = answers(&[&submit, &filing[..], &self.to_it(), further].concat());
        let lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
        let lines: Vec<Value> = lines.collect();
        assert!(!lines.is_empty(), "{remarks}");
        (status, lines)
    }

    fn to_it(&self) -> [&str; 4] {
        ["--server", &self.url, "--key", &self.key]
    }

    fn take_back(&self, submission: &str, further: &[&str]) -> (i32, String, String) {
        answers(&[&["take-back", submission], &self.to_it()[..], further].concat())
    }
}

on_both_engines! {
    fn the_log_is_verified_from_the_data_directory_while_it_is_served(engine: Engine) {
        let here = Served::new(engine);
        let verify = || {
            let begun = Instant::now();
            let (status, said, why) = answers(&["log", "verify", "--data", &here.data]);
            assert_eq!(status, 0, "{why}");
            assert!(begun.elapsed() < Duration::from_secs(8), "it waits for nobody: {:?}", begun.elapsed());
            said
        };
        assert!(verify().contains("the log holds: 0 leaves"), "{}", verify());
        let file = here.file("licences.csv", licences_csv(1, 300));
        assert_eq!(here.submit(&[&file], "licence", &[]).0, 0);
        // Three hundred filed; the announcement and the key are entries of their own.
        let said = verify();
        let leaves = said.split_whitespace().nth(3).unwrap().parse::<u64>().unwrap();
        assert!(leaves >= 300, "{said}");
        // The server goes on writing after it.
        let more = here.file("more.csv", licences_csv(301, 5));
        assert_eq!(here.submit(&[&more], "licence", &[]).0, 0);
        assert_ne!(verify(), said);
    }
}

#[test]
fn what_cannot_be_read_has_one_line_of_one_shape_at_a_server_too() {
    let here = Served::new(Engine::Sqlite);
    let rows = licences_csv(1, 2);
    let (heading, _) = rows.split_once('\n').unwrap();
    let missing = here.folder.path().join("missing.csv").display().to_string();
    let folder = here.folder.path().display().to_string();
    let empty = here.file("empty.csv", "");
    let alone = here.file("alone.csv", format!("{heading}\n"));
    let column = here.file("column.csv", rows.replacen("许可类别", "信用等级", 1));
    let good = here.file("good.csv", &rows);
    let files = [&missing[..], &folder, &empty, &alone, &column, &good];
    let (status, there) = here.submit(&files, "licence", &["--language", "en"]);
    assert_eq!(
        (status, there.len()),
        (1, files.len()),
        "each has its line, and the worst counts"
    );
    assert_eq!(there[5]["accepted"], 2, "what cannot be read stops no other");
    let faults: Vec<&str> = there[..5]
        .iter()
        .map(|line| line["fault"].as_str().unwrap())
        .collect();
    assert_eq!(
        faults,
        [
            "file-missing",
            "file-is-folder",
            "file-empty",
            "no-rows",
            "heading-unknown"
        ]
    );
    let columns: Vec<Option<&str>> = there[..5].iter().map(|line| line["column"].as_str()).collect();
    assert_eq!(columns, [None, None, None, None, Some("信用等级")]);
    for (line, known) in there.iter().zip([false, false, true, true, true]) {
        assert_eq!(line["file_sha256"].is_string(), known, "{line}");
        assert!(
            line["submission"].is_null() && line["receipt"].is_null(),
            "{line}"
        );
        assert_eq!(
            (line["accepted"].as_u64(), line["rejected"].as_u64()),
            (Some(0), Some(0))
        );
        assert_eq!(line["rows"], Value::Array(Vec::new()));
        assert!(line["message"].as_str().unwrap().is_ascii(), "{line}");
    }
    // A data directory answers the same, but for what only filing makes.
    let chinese = here.submit(&files[..5], "licence", &["--language", "zh"]).1;
    for (line, english) in chinese.iter().zip(&there) {
        assert!(!line["message"].as_str().unwrap().is_ascii(), "{line}");
        assert_eq!(
            (&line["fault"], &line["column"]),
            (&english["fault"], &english["column"])
        );
    }
    let own = here.folder.path().join("own").display().to_string();
    let profile = Path::new(&here.data).join("profile").display().to_string();
    succeeds(&[
        "init",
        "--data",
        &own,
        "--profile",
        &profile,
        "--public-url",
        "https://own.example",
    ]);
    let filing = [
        "--authority",
        "law-bureau",
        "--type",
        "licence",
        "--json",
        "--data",
        &own,
    ];
    let (status, said, _) = answers(&[&["submit"], &files[..5], &filing[..]].concat());
    assert_eq!(status, 1);
    let here_lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(here_lines, there[..5]);
}

#[test]
fn a_submission_is_taken_back_at_a_server_and_what_is_left_is_said() {
    let here = Served::new(Engine::Sqlite);
    let licences = here.file("licences.csv", licences_csv(1, 3));
    let filed = here.submit(&[&licences], "licence", &[]).1;
    let licences = filed[0]["submission"].as_str().unwrap();
    let decisions = here.file("decisions.jsonl", json_lines(&[SourceRow::decision(2)]));
    let filed = here.submit(&[&decisions], "decision", &[]).1;
    assert_eq!(filed[0]["accepted"], 1, "{filed:?}");
    let decisions = filed[0]["submission"].as_str().unwrap();

    let (status, said, remarks) = here.take_back(licences, &[]);
    assert_eq!(status, 3, "{said}{remarks}");
    assert!(said.contains("2 rows taken back"), "{said}");
    assert!(
        said.contains("row 2 left as it is: a decision speaks of the licence"),
        "{said}"
    );
    assert!(remarks.contains("take back the decisions first"), "{remarks}");
    let (status, said, _) = here.take_back(decisions, &["--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (status, report),
        (0, serde_json::json!({"taken_back": 1, "left": []}))
    );
    let (status, said, _) = here.take_back(licences, &[]);
    assert_eq!((status, said.contains("3 rows taken back")), (0, true), "{said}");
    let (status, _, remarks) = here.take_back(licences, &[]);
    assert_eq!(status, 1);
    assert!(remarks.contains("taken back"), "{remarks}");
    let (status, _, remarks) = here.take_back("00000000000000000000000000000000", &[]);
    assert_eq!(status, 1);
    assert!(!remarks.is_empty());
}
