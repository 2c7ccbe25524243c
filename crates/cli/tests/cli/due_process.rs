//! Staff, reviewers and mandates on the command line, and what they then do at a server.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    Server, fails, fails_given, free_url, init, new_key, project, standing, standing_given, succeeds,
    succeeds_given, text,
};

/// Somebody in the sample batches, and somebody who is in none.
const NAME: &str = "严例远";
const NUMBER: &str = "991153199208117961";
const OTHER: &str = "993536199312192264";

struct Desk {
    folder: tempfile::TempDir,
    data: String,
    url: String,
}

impl Desk {
    /// With a licence of the person's.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        let url = free_url();
        init(&data, "profiles/gansu", &url, &[]);
        let batch = folder.path().join("licences.csv");
        fs::copy(project("fixtures/batches/licences-law-bureau.csv"), &batch).unwrap();
        let batch = batch.display().to_string();
        standing(&[
            "submit",
            &batch,
            "--authority",
            "law-bureau",
            "--type",
            "licence",
            "--data",
            &data,
        ]);
        Self { folder, data, url }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A new key; answers the public one.
    fn key(&self, id: &str) -> String {
        new_key(&self.path(&format!("{id}.pem")), id)
    }

    /// A clerk of a body with a key.
    fn clerk(&self, body: &str, id: &str) {
        let public_key = self.key(id);
        let data = self.data.as_str();
        let key = [
            "key",
            "add",
            "--id",
            id,
            "--authority",
            body,
            "--public-key",
            &public_key,
            "--data",
            data,
        ];
        succeeds(&key);
        let staff = [
            "staff",
            "add",
            "--body",
            body,
            "--id",
            id,
            "--name",
            "测试员",
            "--key",
            id,
            "--data",
            data,
        ];
        succeeds(&staff);
    }

    /// The key of the log, as a server of it shows it.
    fn vkey(&self) -> String {
        let _server = self.serve();
        self.shown_vkey()
    }

    fn shown_vkey(&self) -> String {
        let shown = ureq::get(format!("{}/log/vkey", self.url)).call().unwrap();
        shown.into_body().read_to_string().unwrap().trim().to_owned()
    }

    fn serve(&self) -> Server {
        Server::start(&self.data, &self.url)
    }
}

#[test]
fn staff_are_named_listed_and_ended() {
    let desk = Desk::new();
    let data = desk.data.as_str();
    let add = |id: &str, more: &[&str], input: &str| {
        let mut arguments = vec![
            "staff",
            "add",
            "--body",
            "law-bureau",
            "--id",
            id,
            "--name",
            "测试员",
            "--data",
            data,
        ];
        arguments.extend(more);
        standing_given(&arguments, input)
    };
    assert!(
        add(
            "clerk-1",
            &["--key", "a", "--key", "b", "--own-number", "-"],
            &format!("{OTHER}\n")
        )
        .status
        .success()
    );
    assert!(add("clerk-2", &[], "").status.success());
    let list = succeeds(&["staff", "list", "--body", "law-bureau", "--data", data]);
    assert_eq!(list, "clerk-1 测试员\nclerk-2 测试员 no-own-number\n");
    // Whoever has no number yet may get it; the list marks who has none.
    let reviewer = |more: &[&str], input| {
        let mut arguments = vec![
            "reviewer",
            "add",
            "--id",
            "reviewer-9",
            "--name",
            "测试员",
            "--data",
            data,
        ];
        arguments.extend(more);
        standing_given(&arguments, input)
    };
    assert!(reviewer(&[], "").status.success());
    let reviewers = || succeeds(&["reviewer", "list", "--data", data]);
    assert!(
        reviewers().contains("reviewer-9 测试员  no-own-number"),
        "{}",
        reviewers()
    );
    assert!(reviewer(&["--own-number", "-"], NUMBER).status.success());
    assert!(!reviewers().contains("no-own-number"), "{}", reviewers());
    assert!(!reviewer(&["--own-number", "-"], OTHER).status.success());
    // The same key is not two people's, and an account is not two people's either.
    assert!(!add("clerk-2", &["--key", "a"], "").status.success());
    assert!(!add("clerk-1", &["--own-number", "-"], NUMBER).status.success());
    let wrong = add("clerk-3", &["--own-number", "-"], "12");
    assert!(!wrong.status.success());
    assert!(text(&wrong.stderr).contains("identity number"));

    succeeds(&[
        "staff",
        "stop",
        "--body",
        "law-bureau",
        "--id",
        "clerk-2",
        "--data",
        data,
    ]);
    let said = fails(&[
        "staff",
        "stop",
        "--body",
        "law-bureau",
        "--id",
        "clerk-2",
        "--data",
        data,
    ]);
    assert!(said.contains("no such account"), "{said}");
    let list = succeeds(&["staff", "list", "--body", "law-bureau", "--json", "--data", data]);
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(
        (&list[0]["staff"], &list[0]["ended_at"]),
        (&json!("clerk-1"), &Value::Null)
    );
    assert!(list[1]["ended_at"].is_string());
    assert!(fails(&["staff", "list", "--body", "market", "--data", data]).contains("no body market"));
}

#[test]
fn reviewers_are_registered_with_keys_of_their_own() {
    let desk = Desk::new();
    let data = desk.data.as_str();
    let public_key = desk.key("review-1");
    let add = |key: &str| {
        standing(&[
            "reviewer",
            "add",
            "--id",
            "reviewer-1",
            "--name",
            "测试员",
            "--key",
            key,
            "--public-key",
            &public_key,
            "--data",
            data,
        ])
    };
    assert!(add("review-1").status.success());
    assert!(add("review-1").status.success(), "said again, it is no error");
    assert!(add("review-2").status.success(), "a further key");
    let other = [
        "reviewer",
        "add",
        "--id",
        "reviewer-2",
        "--name",
        "测试员",
        "--key",
        "review-1",
        "--public-key",
        &public_key,
        "--data",
        data,
    ];
    assert!(fails(&other).contains("another account has this id, key or number"));
    let bare = [
        "reviewer", "add", "--id", "x", "--name", "y", "--key", "z", "--data", data,
    ];
    assert!(fails(&bare).contains("--public-key"));
    let list = succeeds(&["reviewer", "list", "--data", data]);
    assert_eq!(
        list, "reviewer-1 测试员 review-1,review-2 no-own-number\n",
        "nobody is registered without the key that was taken"
    );
    let bare = [
        "reviewer",
        "add",
        "--id",
        "reviewer-2",
        "--name",
        "测试员",
        "--data",
        data,
    ];
    succeeds(&bare);
    let number = |id: &str| {
        let own = [
            "reviewer",
            "add",
            "--id",
            id,
            "--name",
            "测试员",
            "--own-number",
            "-",
            "--data",
            data,
        ];
        standing_given(&own, NUMBER)
    };
    assert!(number("reviewer-1").status.success());
    let again = number("reviewer-2");
    assert!(!again.status.success() && !String::from_utf8_lossy(&again.stderr).contains(NUMBER));
    let list = succeeds(&["reviewer", "list", "--data", data]);
    assert!(
        list.starts_with("reviewer-1 测试员 review-1,review-2\n"),
        "{list}"
    );
    succeeds(&["reviewer", "stop", "--id", "reviewer-2", "--data", data]);
    let list = succeeds(&["reviewer", "list", "--json", "--data", data]);
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list[0]["keys"], json!(["review-1", "review-2"]));
    assert!(list[1]["ended_at"].is_string());
    succeeds(&["log", "verify", "--data", data]);
}

#[test]
fn a_mandate_is_registered_listed_and_ended_and_nobody_stands_on_the_command_line() {
    let desk = Desk::new();
    let data = desk.data.as_str();
    let people = |name: &str, representative: &str| {
        json!({"name": name, "id_number": NUMBER, "representative_id_number": representative}).to_string()
    };
    let register = [
        "mandate",
        "register",
        "--people",
        "-",
        "--scope",
        "records,procedures",
        "--until",
        "2099-12-31",
        "--data",
        data,
    ];
    assert!(fails_given(&register, &people("别人", OTHER)).contains("nobody"));
    assert!(fails_given(&register, &people(NAME, "12")).contains("identity number"));
    assert!(fails_given(&register, &people(NAME, NUMBER)).contains("two people"));
    assert!(
        fails_given(
            &register,
            &format!("{{\"name\": \"{NAME}\", \"number\": \"{NUMBER}\"}}")
        )
        .contains("representative_id_number")
    );
    let id = succeeds_given(&register, &people(NAME, OTHER));
    let id = id.trim();

    let person = json!({"name": NAME, "id_number": NUMBER}).to_string();
    let file = desk.path("person.json");
    fs::write(&file, &person).unwrap();
    let list = succeeds(&["mandate", "list", "--person", &file, "--data", data]);
    assert!(list.starts_with(&format!("{id} records,procedures 20")), "{list}");
    assert!(list.ends_with(" 2099-12-31\n"), "{list}");
    succeeds_given(&["mandate", "end", id, "--person", "-", "--data", data], &person);
    assert!(
        fails_given(&["mandate", "end", id, "--person", "-", "--data", data], &person)
            .contains("no such mandate")
    );
    let list = succeeds_given(
        &["mandate", "list", "--person", "-", "--json", "--data", data],
        &person,
    );
    assert!(!list.contains(NUMBER) && !list.contains(OTHER));
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list[0]["scope"], json!(["records", "procedures"]));
    assert!(list[0]["ended_at"].is_string());
}

#[test]
fn a_clerk_looks_and_a_reviewer_looks_into_it_at_a_server() {
    let desk = Desk::new();
    // Every look under a law is looked into.
    let oversight = desk.folder.path().join("data/profile/oversight.toml");
    let all = fs::read_to_string(&oversight)
        .unwrap()
        .replace("random_share_percent = 5", "random_share_percent = 100");
    fs::write(&oversight, all).unwrap();
    desk.clerk("law-bureau", "clerk-1");
    let public_key = desk.key("review-1");
    let data = desk.data.as_str();
    let reviewer = [
        "reviewer",
        "add",
        "--id",
        "reviewer-1",
        "--name",
        "测试员",
        "--key",
        "review-1",
        "--public-key",
        &public_key,
        "--data",
        data,
    ];
    succeeds(&reviewer);
    let (clerk, review) = (desk.path("clerk-1.pem"), desk.path("review-1.pem"));
    let _server = desk.serve();

    let person = json!({"name": NAME, "id_number": NUMBER}).to_string();
    let mut inquire = vec![
        "inquire",
        "--server",
        &desk.url,
        "--key",
        &clerk,
        "--purpose",
        "licensing-renewal",
        "--profession",
        "lawyer",
    ];
    assert!(
        fails_given(&inquire, &person).contains("--case"),
        "a law or a consent"
    );
    inquire.extend(["--case", "CASE-1", "--reason", "made-up reason"]);
    let shown = succeeds_given(&inquire, &person);
    assert!(shown.contains("licence_number: LAW-99000009"), "{shown}");
    inquire.push("--json");
    let seen: Value = serde_json::from_str(&succeeds_given(&inquire, &person)).unwrap();
    let look = seen["look"].as_str().unwrap();
    let nobody = json!({"name": "别人", "id_number": NUMBER}).to_string();
    assert!(fails_given(&inquire, &nobody).contains("nobody-known"));

    let call = |key: &str, method: &str, path: &str, body: Option<Value>| {
        let mut arguments = vec!["call", method, path, "--server", &desk.url, "--key", key];
        if body.is_some() {
            arguments.extend(["--body", "-"]);
        }
        standing_given(&arguments, &body.map(|body| body.to_string()).unwrap_or_default())
    };
    let own = call(&clerk, "get", "/api/v1/looks", None);
    let own: Value = serde_json::from_slice(&own.stdout).unwrap();
    assert_eq!(own["looks"].as_array().unwrap().len(), 3);

    let queue = call(&review, "get", "/api/v1/review/queue", None);
    let queue: Value = serde_json::from_slice(&queue.stdout).unwrap();
    let outcomes = queue["looks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["outcome"]);
    // The one that found nobody is the third at the same person. Those of one moment stand in no order.
    assert_eq!(
        outcomes.clone().filter(|one| **one == "seen").count(),
        2,
        "{queue}"
    );
    assert_eq!(outcomes.filter(|one| **one == "nothing").count(), 1, "{queue}");
    let path = format!("/api/v1/review/looks/{look}/close");
    let verdict = json!({"verdict": "improper", "reasons": "No such case."});
    let closed = call(&review, "post", &path, Some(verdict.clone()));
    assert!(closed.status.success() && closed.stdout.is_empty(), "{closed:?}");
    let again = call(&review, "post", &path, Some(verdict));
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("item-closed"));
    let refused = call(&clerk, "get", "/api/v1/review/queue", None);
    assert!(text(&refused.stderr).contains("key-unknown"));

    let out = desk.path("queue.json");
    let saved = [
        "call",
        "get",
        "/api/v1/review/queue",
        "--server",
        &desk.url,
        "--key",
        &review,
        "--out",
        &out,
    ];
    assert!(succeeds(&saved).is_empty());
    assert!(fs::read_to_string(&out).unwrap().starts_with('{'));
    assert!(fails(&saved).contains("queue.json"), "nothing is written over");
}

#[test]
fn a_calendar_without_this_year_is_not_served_and_says_what_to_do() {
    let desk = Desk::new();
    let calendar = desk.folder.path().join("data/profile/calendar.toml");
    let old = "weekly_days_off = [\"saturday\", \"sunday\"]\n\n[year.2000]\nholidays = [2000-01-03]\n\
        source = { zh = \"虚构\", en = \"made up\" }\nconfirmed = false\n";
    fs::write(calendar, old).unwrap();
    let said = fails(&["serve", "--data", &desk.data, "--listen", "127.0.0.1:0"]);
    assert!(
        said.contains("[year.20") && said.contains("calendar.toml"),
        "{said}"
    );
}

#[test]
fn help_suffices_for_a_newcomer() {
    for (arguments, words) in [
        (
            &["staff", "add", "--help"][..],
            &["standard input", "standing key add", "Never a name"][..],
        ),
        (&["staff", "list", "--help"], &["--json"]),
        (
            &["reviewer", "add", "--help"],
            &["standing key new", "stands for no body"],
        ),
        (
            &["mandate", "register", "--help"],
            &["The person is told", "standard input", "representative_id_number"],
        ),
        (
            &["inquire", "--help"],
            &["the person sees it", "standard input", "--consent"],
        ),
        (&["call", "--help"], &["openapi.json", "Examples"]),
    ] {
        let said = succeeds(arguments);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(said.contains(word), "{arguments:?}: {word}\n{said}");
        }
    }
    let help = succeeds(&["--help"]);
    for command in ["staff", "reviewer", "mandate", "inquire", "call"] {
        assert!(help.contains(&format!("  {command}")), "{command}");
    }
}

#[test]
fn a_breach_is_reported_once_from_a_file_of_numbers_and_names_nobody_in_what_is_said() {
    let desk = Desk::new();
    let report = |noticed_on: &str, numbers: &str| {
        let arguments = [
            "breach",
            "report",
            "--data",
            &desk.data,
            "--body",
            "law-bureau",
            "--noticed-on",
            noticed_on,
            "--happened",
            "A list was sent to the wrong address.",
            "--measures",
            "It was called back.",
            "--affected",
            "-",
        ];
        standing_given(&arguments, numbers)
    };
    let list = || -> Value {
        let said = succeeds(&["breach", "list", "--json", "--data", &desk.data]);
        serde_json::from_str(&said).unwrap()
    };
    let today = "2026-01-05".to_owned();
    let both = format!("{NUMBER}\n\n  {OTHER}  \n");
    for (noticed_on, numbers) in [("2999-01-01", both.as_str()), (&today, ""), (&today, "991153\n")] {
        let refused = report(noticed_on, numbers);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(!refused.stderr.is_empty());
    }
    assert_eq!(list(), json!([]), "what is refused leaves nothing");

    // One of them is known and the other is not, which nothing says.
    let done = report(&today, &both);
    assert!(done.status.success(), "{done:?}");
    let said = text(&done.stdout);
    assert!(said.contains("law-bureau") && said.contains("2 people"), "{said}");
    for name in [NUMBER, OTHER, NAME] {
        assert!(!said.contains(name), "nobody is named");
    }
    assert!(report(&today, &both).status.success(), "the same again");
    let reports = list();
    assert_eq!(reports.as_array().unwrap().len(), 1, "{reports}");
    assert_eq!(reports[0]["affected"], 2);
    let plain = succeeds(&["breach", "list", "--data", &desk.data]);
    assert_eq!(plain, said);
}

#[test]
fn the_whole_log_of_a_server_is_for_those_with_a_key_and_each_refusal_says_what_to_do() {
    let desk = Desk::new();
    desk.clerk("law-bureau", "law-key");
    desk.key("stranger");
    let server = desk.serve();
    let (log, vkey) = (format!("{}/log", desk.url), desk.shown_vkey());
    let verify = ["log", "verify", "--url", &log, "--vkey", &vkey];
    let said = fails(&verify);
    assert!(
        said.contains("registered key") && said.contains("--key FILE"),
        "{said}"
    );
    let key = desk.path("law-key.pem");
    let said = succeeds(&[&verify[..], &["--key", &key]].concat());
    assert!(said.starts_with("the log holds: "), "{said}");
    // Whoever has no body reads it with a key of their own, which opens nothing else, until it is ended.
    let (data, public_key) = (desk.data.as_str(), desk.key("witness-1"));
    let witness = desk.path("witness-1.pem");
    let with_it = [&verify[..], &["--key", &witness]].concat();
    assert!(fails(&with_it).contains("key-unknown"));
    drop(server);
    let add = [
        "auditor",
        "add",
        "--id",
        "witness-1",
        "--holder",
        "Example University",
    ];
    succeeds(&[&add[..], &["--public-key", &public_key, "--data", data]].concat());
    let server = desk.serve();
    assert!(succeeds(&with_it).starts_with("the log holds: "));
    let call = [
        "call",
        "get",
        "/api/v1/looks",
        "--server",
        &desk.url,
        "--key",
        &witness,
    ];
    assert!(fails(&call).contains("key-unknown"));
    drop(server);
    assert_eq!(
        succeeds(&["auditor", "list", "--data", data]),
        "witness-1 Example University\n"
    );
    succeeds(&["auditor", "end", "witness-1", "--data", data]);
    let list = succeeds(&["auditor", "list", "--json", "--data", data]);
    let list: Value = serde_json::from_str(&list).unwrap();
    assert!(list[0]["ended_at"].is_string(), "{list}");
    let _server = desk.serve();
    assert!(fails(&with_it).contains("key-unknown"));
    // A key that nobody registered opens nothing.
    let stranger = desk.path("stranger.pem");
    let said = fails(&[&verify[..], &["--key", &stranger]].concat());
    assert!(said.contains("could not read"), "{said}");
    let said = fails(&["log", "verify"]);
    assert!(
        said.contains("either --data DIR or --url URL --vkey KEY"),
        "{said}"
    );
}

#[test]
fn a_receipt_is_checked_offline_says_what_it_proves_and_one_that_was_changed_does_not_hold() {
    let desk = Desk::new();
    let vkey = desk.vkey();
    let (data, batch) = (desk.data.as_str(), desk.path("licences.csv"));
    let submit = ["submit", &batch, "--authority", "law-bureau", "--type", "licence"];
    let answer = standing(&[&submit[..], &["--data", data, "--json"]].concat()).stdout;
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let write = |name: &str, value: &Value| {
        let path = desk.folder.path().join(name);
        fs::write(&path, value.to_string()).unwrap();
        path.display().to_string()
    };
    let opened = tlog::Receipt::parse(answer["receipt"]["proof"].as_str().unwrap().as_bytes()).unwrap();
    let check = |file: &str, vkey: &str| standing(&["log", "receipt", file, "--vkey", vkey]);
    // As the pages give it, and as the answer to a submission holds it.
    for file in [
        write("receipt.json", &answer["receipt"]),
        write("answer.json", &answer),
    ] {
        let done = check(&file, &vkey);
        let words = text(&done.stdout);
        assert!(done.status.success(), "{done:?}");
        for part in [
            "The receipt holds.".to_owned(),
            format!("entry {} (counted from 0) of ", opened.index()),
            "the statement names no time".to_owned(),
            "does not prove".to_owned(),
        ] {
            assert!(words.contains(&part), "{part}: {words}");
        }
    }
    let file = write("receipt.json", &answer["receipt"]);
    let done = standing(&["log", "receipt", &file, "--vkey", &vkey, "--json"]);
    let proved: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(
        (&proved["holds"], &proved["index"]),
        (&true.into(), &opened.index().into())
    );
    assert!(
        proved["statement"].is_object() && proved["at"].is_null(),
        "{proved}"
    );

    let mut changed = answer["receipt"].clone();
    let statement = changed["statement"]
        .as_str()
        .unwrap()
        .replace("law-bureau", "tax-bureau");
    assert_ne!(changed["statement"], statement);
    changed["statement"] = statement.into();
    let file = write("changed.json", &changed);
    let done = check(&file, &vkey);
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stderr).contains("one of them was changed"), "{done:?}");
    let done = standing(&["log", "receipt", &file, "--vkey", &vkey, "--json"]);
    assert_eq!(done.status.code(), Some(1));
    let refused: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(refused["holds"], false);
    let chinese = |file: &str| standing(&["log", "receipt", file, "--vkey", &vkey, "--language", "zh"]);
    let done = chinese(&file);
    assert!(
        text(&done.stderr).contains("回执不成立：陈述、盐值与条目不相符"),
        "{done:?}"
    );
    let done = chinese(&write("receipt.json", &answer["receipt"]));
    assert!(text(&done.stdout).starts_with("回执成立。\n陈述："), "{done:?}");
    let json = [
        "log",
        "receipt",
        &file,
        "--vkey",
        &vkey,
        "--json",
        "--language",
        "zh",
    ];
    assert_eq!(
        serde_json::from_slice::<Value>(&standing(&json).stdout).unwrap(),
        refused
    );
    // Another log's key, a key that is none, and what is no receipt.
    let stranger = Desk::new();
    let file = write("receipt.json", &answer["receipt"]);
    let done = check(&file, &stranger.vkey());
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stderr).contains("does not hold"), "{done:?}");
    assert_eq!(
        check(&file, "standing.example/log+00000000+AAAA").status.code(),
        Some(1)
    );
    let done = check(&write("none.json", &Value::from(1)), &vkey);
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stderr).contains("is no receipt"), "{done:?}");
}
