//! The main job on the command line, as somebody does it: from an authority's file to a checked certificate.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{init, new_key, project, standing, succeeds, text};

struct Desk {
    folder: tempfile::TempDir,
    data: String,
}

impl Desk {
    fn new(profile: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        init(&data, profile, "https://standing.example", &[]);
        Self { folder, data }
    }

    /// A copy of a shared batch, so that rejected rows are not written among the fixtures.
    fn batch(&self, name: &str) -> String {
        let copy = self.folder.path().join(name);
        fs::copy(project("fixtures/batches").join(name), &copy).unwrap();
        copy.display().to_string()
    }

    /// Submits licences and answers the exit status and standard error.
    fn said(&self, files: &[&str], authority: &str) -> (i32, String) {
        let rest = [
            "--authority",
            authority,
            "--type",
            "licence",
            "--data",
            &self.data,
        ];
        let done = standing(&[&["submit"], files, &rest].concat());
        (done.status.code().unwrap(), text(&done.stderr))
    }

    fn submit(&self, file: &str, authority: &str, kind: &str) -> (i32, Value) {
        let done = standing(&[
            "submit",
            file,
            "--authority",
            authority,
            "--type",
            kind,
            "--data",
            &self.data,
            "--json",
        ]);
        let answer = serde_json::from_slice(&done.stdout).unwrap_or(Value::Null);
        (done.status.code().unwrap(), answer)
    }
}

#[test]
fn a_batch_gives_its_expected_answers_as_json_and_its_rejected_rows_can_be_sent_again() {
    let desk = Desk::new("profiles/gansu");
    let name = "licences-law-bureau.csv";
    let file = desk.batch(name);
    let (status, answer) = desk.submit(&file, "law-bureau", "licence");
    assert_eq!(status, 3);
    let expected =
        fs::read_to_string(project("fixtures/batches").join(format!("{name}.expected.jsonl"))).unwrap();
    for (row, expected) in answer["rows"].as_array().unwrap().iter().zip(expected.lines()) {
        let expected: Value = serde_json::from_str(expected).unwrap();
        for key in ["row", "outcome", "fault"] {
            assert_eq!(row[key], expected[key], "{row}");
        }
        assert_eq!(row["message"].is_string(), row["outcome"] == "rejected", "{row}");
    }
    assert_eq!(answer["rows"].as_array().unwrap().len(), expected.lines().count());
    assert_eq!(answer["file_sha256"].as_str().unwrap().len(), 64);
    assert!(
        answer["receipt"]["proof"]
            .as_str()
            .unwrap()
            .starts_with("c2sp.org/tlog-proof@v1\n")
    );

    let rejected = format!("{file}.rejected.csv");
    let (again, answer) = desk.submit(&rejected, "law-bureau", "licence");
    assert_eq!(again, 3);
    assert_eq!(answer["accepted"], 0);
    let (same, answer) = desk.submit(&file, "law-bureau", "licence");
    assert_eq!((same, &answer["accepted"]), (3, &Value::from(0)));
}

#[test]
fn a_file_that_cannot_be_read_says_why_and_leaves_nothing() {
    let desk = Desk::new("profiles/gansu");
    let file = desk.folder.path().join("empty.csv");
    fs::write(&file, "").unwrap();
    let (status, answer) = desk.submit(&file.display().to_string(), "law-bureau", "licence");
    assert_eq!((status, answer["fault"].as_str()), (1, Some("file-empty")));
    assert_eq!(answer["file_sha256"].as_str().unwrap().len(), 64);
    let rows = testkit::licences_csv(0, 1);
    fs::write(&file, &rows[..=rows.find('\n').unwrap()]).unwrap();
    let (status, answer) = desk.submit(&file.display().to_string(), "law-bureau", "licence");
    assert_eq!((status, answer["fault"].as_str()), (1, Some("no-rows")));
    assert_eq!(answer["message"], "there are no rows below the headings");
    let (status, answer) = desk.submit("no-such-file.csv", "law-bureau", "licence");
    assert_eq!((status, answer["fault"].as_str()), (1, Some("file-missing")));
    assert_eq!(answer["file_sha256"], Value::Null);
    let folder = desk.folder.path().display().to_string();
    let (status, answer) = desk.submit(&folder, "law-bureau", "licence");
    assert_eq!((status, answer["fault"].as_str()), (1, Some("file-is-folder")));
    let (status, _) = desk.submit(&desk.batch("licences-law-bureau.csv"), "post-office", "licence");
    assert_eq!(status, 1);
}

#[test]
fn a_mended_file_of_rejected_rows_is_never_written_over() {
    let desk = Desk::new("profiles/gansu");
    let file = desk.batch("licences-law-bureau.csv");
    desk.submit(&file, "law-bureau", "licence");
    let (first, second) = (format!("{file}.rejected.csv"), format!("{file}.rejected-2.csv"));
    desk.submit(&file, "law-bureau", "licence");
    assert!(!Path::new(&second).exists(), "the same rows need no second file");
    let rows = fs::read(&first).unwrap();
    fs::write(&first, "mended").unwrap();
    let said = desk.said(&[&file], "law-bureau");
    assert_eq!(said.0, 3);
    assert!(
        said.1.contains(&format!("the rejected rows are in {second}")),
        "{}",
        said.1
    );
    assert_eq!(fs::read_to_string(&first).unwrap(), "mended");
    assert_eq!(fs::read(&second).unwrap(), rows);
    // One that is still there after a run without rejected rows is called what it is.
    fs::write(&file, testkit::licences_csv(0, 2)).unwrap();
    let said = desk.said(&[&file], "law-bureau");
    assert_eq!(said.0, 0, "{}", said.1);
    assert!(said.1.contains("is from an earlier run"), "{}", said.1);
    assert_eq!(fs::read_to_string(&first).unwrap(), "mended");
}

#[test]
fn rejected_rows_that_cannot_be_written_and_a_missing_file_stop_no_other() {
    let desk = Desk::new("profiles/gansu");
    let file = desk.batch("licences-law-bureau.csv");
    // A folder stands where the rows are written first.
    fs::create_dir(format!("{file}.rejected.csv.part")).unwrap();
    let (status, said) = desk.said(&[&file], "law-bureau");
    assert_eq!(status, 3, "{said}");
    assert!(said.contains("the rejected rows could not be written"), "{said}");
    let right = desk.folder.path().join("right.csv");
    fs::write(&right, testkit::licences_csv(0, 2)).unwrap();
    let right = right.display().to_string();
    let (status, said) = desk.said(&["no-such-file.csv", &right], "law-bureau");
    assert_eq!(status, 1);
    assert!(said.contains("no-such-file.csv: file-missing"), "{said}");
    let (status, _) = desk.said(&[&right], "law-bureau");
    assert_eq!(status, 0);
    let all = desk.submit(&right, "law-bureau", "licence").1;
    assert_eq!(all["unchanged"], 2, "it was filed beside the missing one");
}

#[test]
fn the_choices_of_submit_are_said() {
    let none = standing(&[
        "submit",
        "a.csv",
        "--authority",
        "law-bureau",
        "--type",
        "licence",
    ]);
    let said = text(&none.stderr);
    assert!(said.contains("--data") && said.contains("--server"), "{said}");
    let other = standing(&[
        "submit",
        "a.csv",
        "--authority",
        "x",
        "--type",
        "licences",
        "--data",
        "d",
    ]);
    let said = text(&other.stderr);
    assert!(
        said.contains("licence, decision, training, commendation"),
        "{said}"
    );
    for command in ["submit", "take-back"] {
        let help = text(&standing(&[command, "--help"]).stdout);
        assert!(
            help.contains("Exit status: 0") && help.contains("3 when some"),
            "{help}"
        );
    }
}

#[test]
fn a_server_where_nobody_is_is_said_and_given_up_soon() {
    let desk = Desk::new("profiles/gansu");
    let key = desk.folder.path().join("key.pem").display().to_string();
    new_key(&key, "law-1");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let file = desk.batch("licences-law-bureau.csv");
    let begun = std::time::Instant::now();
    let done = standing(&[
        "submit",
        &file,
        "--authority",
        "law-bureau",
        "--type",
        "licence",
        "--server",
        &server,
        "--key",
        &key,
    ]);
    assert_eq!(done.status.code(), Some(1));
    let said = text(&done.stderr);
    assert!(
        said.contains(&format!("cannot reach {server}")) && said.contains("trying again until"),
        "{said}"
    );
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn a_certificate_that_was_issued_since_a_copy_is_not_valid_once_that_is_put_back() {
    let desk = Desk::new("profiles/gansu");
    desk.submit(&desk.batch("licences-law-bureau.csv"), "law-bureau", "licence");
    let path = |name: &str| desk.folder.path().join(name).display().to_string();
    let person = r#"{"name": "严例远", "id_number": "991153199208117961"}"#;
    fs::write(path("holder.json"), person).unwrap();
    let issue = |name: &str, data: &str| {
        let (holder, licence) = (path("holder.json"), "LAW-99000009");
        let text = succeeds(&[
            "certificate",
            "issue",
            "--holder",
            &holder,
            "--licence",
            licence,
            "--data",
            data,
        ]);
        fs::write(path(name), text).unwrap();
    };
    let code = |name: &str, data: &str| {
        fs::write(
            path("trust.json"),
            succeeds(&["certificate", "trust", "--data", data]),
        )
        .unwrap();
        let trust = path("trust.json");
        let checked = standing(&["certificate", "verify", &path(name), "--trust", &trust, "--json"]);
        let answer: Value = serde_json::from_slice(&checked.stdout).unwrap();
        answer["answer"].as_str().unwrap().to_owned()
    };
    issue("before", &desk.data);
    succeeds(&["backup", &desk.data, "--to", &path("copy")]);
    issue("since", &desk.data);
    assert_eq!(code("since", &desk.data), "valid");
    // Nothing was destroyed or taken back since: the copy itself cannot tell that it is older.
    succeeds(&["restore", &path("copy"), "--to", &path("bare")]);
    fs::create_dir_all(path("bare/keys")).unwrap();
    let secret = format!("{}/keys/installation.key", desk.data);
    fs::copy(secret, path("bare/keys/installation.key")).unwrap();
    issue("anew", &path("bare"));
    for (name, answer) in [("before", "valid"), ("since", "revoked"), ("anew", "valid")] {
        assert_eq!(code(name, &path("bare")), answer, "{name}");
    }
    let left: Vec<_> = fs::read_dir(path("bare"))
        .unwrap()
        .map(|one| one.unwrap().file_name())
        .collect();
    assert!(
        left.iter().all(|name| !name.to_string_lossy().contains(".new")),
        "{left:?}"
    );
}

#[test]
fn a_certificate_is_issued_shown_in_part_and_checked_offline_and_the_log_holds() {
    let desk = Desk::new("profiles/gansu");
    desk.submit(&desk.batch("licences-law-bureau.csv"), "law-bureau", "licence");
    let holder = desk.folder.path().join("holder.json");
    fs::write(
        &holder,
        r#"{"name": "严例远", "id_number": "991153199208117961"}"#,
    )
    .unwrap();
    let pdf = desk.folder.path().join("certificate.pdf");
    let issued = standing(&[
        "certificate",
        "issue",
        "--holder",
        holder.to_str().unwrap(),
        "--licence",
        "LAW-99000009",
        "--pdf",
        pdf.to_str().unwrap(),
        "--data",
        &desk.data,
    ]);
    assert!(issued.status.success(), "{issued:?}");
    let whole = desk.folder.path().join("whole.txt");
    fs::write(&whole, &issued.stdout).unwrap();
    let shown = standing(&[
        "certificate",
        "present",
        whole.to_str().unwrap(),
        "--disclose",
        "licence_number",
    ]);
    let part = desk.folder.path().join("part.txt");
    fs::write(&part, &shown.stdout).unwrap();
    let trust = standing(&["certificate", "trust", "--data", &desk.data]);
    let file = desk.folder.path().join("trust.json");
    fs::write(&file, &trust.stdout).unwrap();

    let verify = |what: &Path| {
        standing(&[
            "certificate",
            "verify",
            what.to_str().unwrap(),
            "--trust",
            file.to_str().unwrap(),
            "--json",
        ])
    };
    for what in [&whole, &pdf] {
        let checked = verify(what);
        let answer: Value = serde_json::from_slice(&checked.stdout).unwrap();
        assert_eq!(
            (checked.status.code(), answer["answer"].as_str()),
            (Some(0), Some("valid")),
            "{answer}"
        );
        assert_eq!(answer["claims"]["name"], "严例远");
    }
    let answer: Value = serde_json::from_slice(&verify(&part).stdout).unwrap();
    assert_eq!(answer["claims"]["licence_number"], "LAW-99000009");
    assert_eq!(answer["claims"]["name"], Value::Null);
    let said = |language: &str| {
        let (whole, file) = (whole.to_str().unwrap(), file.to_str().unwrap());
        text(
            &standing(&[
                "certificate",
                "verify",
                whole,
                "--trust",
                file,
                "--language",
                language,
            ])
            .stdout,
        )
    };
    let (english, chinese) = (said("en"), said("zh"));
    for words in [
        "The certificate is valid",
        "Status of the licence: in force",
        "Name: 严例远",
        "Issuer: http",
    ] {
        assert!(english.contains(words), "{words}: {english}");
    }
    for words in ["证明有效", "许可状态：有效", "姓名：严例远", "签发方：http"] {
        assert!(chinese.contains(words), "{words}: {chinese}");
    }
    let help = text(&standing(&["certificate", "verify", "--help"]).stdout);
    assert!(
        help.contains("Exit status: 0 genuine") && help.contains("claims_as_issued"),
        "{help}"
    );
    for (changed, incomplete) in [
        (text(&shown.stdout).replacen('.', ".x", 1), false),
        (text(&shown.stdout)[..600].to_owned(), true),
    ] {
        fs::write(&part, changed).unwrap();
        let altered = verify(&part);
        let answer: Value = serde_json::from_slice(&altered.stdout).unwrap();
        assert_eq!(altered.status.code(), Some(1));
        assert_eq!(
            (answer["answer"].as_str(), &answer["incomplete"]),
            (Some("altered"), &incomplete.into())
        );
    }
    // Without a status list nothing is called valid.
    let mut bare: Value = serde_json::from_slice(&trust.stdout).unwrap();
    bare["status_lists"] = Value::Array(Vec::new());
    fs::write(&file, bare.to_string()).unwrap();
    assert_eq!(verify(&whole).status.code(), Some(4));

    let log = standing(&["log", "verify", "--data", &desk.data]);
    assert!(
        log.status.success() && text(&log.stdout).starts_with("the log holds"),
        "{log:?}"
    );
}

#[test]
fn a_submission_is_taken_back_and_can_be_sent_again() {
    let desk = Desk::new("profiles/gansu");
    let file = desk.batch("training-health-commission.jsonl");
    let (_, first) = desk.submit(&file, "health-commission", "training");
    let id = first["submission"].as_str().unwrap();
    let back = standing(&[
        "take-back",
        id,
        "--authority",
        "health-commission",
        "--data",
        &desk.data,
        "--json",
    ]);
    assert!(back.status.success(), "{back:?}");
    let report: Value = serde_json::from_slice(&back.stdout).unwrap();
    assert_eq!(
        (&report["taken_back"], &report["left"]),
        (&first["accepted"], &serde_json::json!([]))
    );
    let (_, again) = desk.submit(&file, "health-commission", "training");
    assert_eq!(again["accepted"], first["accepted"]);
    let twice = standing(&[
        "take-back",
        id,
        "--authority",
        "health-commission",
        "--data",
        &desk.data,
    ]);
    assert_eq!(twice.status.code(), Some(1));
}

#[test]
fn a_profile_is_checked_with_file_line_and_what_would_be_right() {
    let right = standing(&["profile", "check", project("profiles/gansu").to_str().unwrap()]);
    assert!(
        right.status.success() && text(&right.stdout).contains("not confirmed"),
        "{right:?}"
    );
    let late = standing(&[
        "profile",
        "check",
        project("profiles/gansu").to_str().unwrap(),
        "--on",
        "2099-01-01",
    ]);
    assert_eq!(late.status.code(), Some(1));
    let said = text(&late.stdout);
    assert!(
        said.contains("year.2099: is missing") && said.contains("year.2100: is missing"),
        "{said}"
    );
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &Path| {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from)
            .unwrap()
            .map(Result::unwrap)
            .filter(|entry| entry.path().is_file())
        {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    };
    let northshire = project("profiles/northshire");
    copy(&northshire, folder.path());
    copy(
        &northshire.join("record-types"),
        &folder.path().join("record-types"),
    );
    let main = folder.path().join("profile.toml");
    let broken = fs::read_to_string(&main)
        .unwrap()
        .replace("minimum_age = 18", "minimum_age = 14");
    fs::write(&main, broken).unwrap();
    let wrong = standing(&["profile", "check", folder.path().to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = text(&wrong.stdout);
    assert!(
        said.contains("profile.toml:7: minimum_age") && said.contains("expected"),
        "{said}"
    );
    // Put right again; what an enactment sets that ended is one too.
    fs::copy(northshire.join("profile.toml"), &main).unwrap();
    let before = standing(&[
        "profile",
        "check",
        folder.path().to_str().unwrap(),
        "--on",
        "2026-11-28",
    ]);
    assert!(before.status.success(), "{before:?}");
    let procedures = folder.path().join("procedures.toml");
    let text_before = fs::read_to_string(&procedures).unwrap();
    let (start, rest) = text_before.split_once("[[dispute_answer.enactment]]").unwrap();
    let ended = rest.replacen("\nsource", "\nin_force_to = 2020-12-31\nsource", 1);
    fs::write(&procedures, format!("{start}[[dispute_answer.enactment]]{ended}")).unwrap();
    let wrong = standing(&["profile", "check", folder.path().to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = text(&wrong.stdout);
    assert!(
        said.contains("procedures.toml:")
            && said.contains("dispute_answer.enactment: comes from no enactment"),
        "{said}"
    );
    // So is a value that ended with none after it.
    let ended = text_before.replacen("[dispute_answer]\n", "[dispute_answer]\nuntil = 2026-12-31\n", 1);
    fs::write(&procedures, ended).unwrap();
    let check = |on| {
        let wrong = standing(&["profile", "check", folder.path().to_str().unwrap(), "--on", on]);
        (wrong.status.code(), text(&wrong.stdout))
    };
    assert_eq!(check("2026-12-31").0, Some(0));
    let (code, said) = check("2027-01-01");
    assert_eq!(code, Some(1));
    assert!(
        said.contains("dispute_answer.until: ended on 2026-12-31") && said.contains("from = 2027-01-01"),
        "{said}"
    );
}

#[test]
fn help_says_what_each_command_does() {
    let help = standing(&["--help"]);
    let said = text(&help.stdout);
    for command in [
        "init",
        "serve",
        "demo",
        "submit",
        "take-back",
        "profile",
        "log",
        "certificate",
        "key",
        "due",
    ] {
        assert!(said.contains(&format!("  {command}")), "{command}");
    }
}
