//! Letters from an installation, as the program sends them, to a mail server that others wrote: once, also when the
//! program is killed or told to stop in the middle, and with a plain word where it cannot.
//!
//! They run under `cargo xtask test`, which installs that server and says where it is.

#[path = "../../../mail/tests/support/mod.rs"]
#[allow(dead_code, reason = "not every test needs all of it")]
mod mail_server;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use keys::{SystemRandomness, open_keystore};
use model::{Clock, FixedClock, RecordKind};
use profile::Profile;
use registry::{InquiryRequest, Parts, Registry, SubmissionFile};
use serde_json::json;
use storage::{Access, Store, StoreError};
use storage_sqlite::SqliteStore;
use testkit::{licences_csv, made_up, name_staff, under_law, wait};

use crate::support::{Server, init, standing, text};
use mail_server::MailServer;

const ADDRESS: &str = "somebody@example.org";

/// A data directory with one person who is to be told something at this address.
struct Data {
    folder: tempfile::TempDir,
}

impl Data {
    fn new(mail: &str, address: &str) -> Self {
        let here = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        init(&here.data(), "profiles/gansu", "https://standing.example", &[]);
        let settings = here.path().join("standing.toml");
        let text = fs::read_to_string(&settings).unwrap();
        fs::write(&settings, format!("{text}\n[mail]\n{mail}")).unwrap();
        here.tell(address);
        // Whatever this machine's clock says.
        here.leases_run_out();
        here
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn data(&self) -> String {
        self.path().display().to_string()
    }

    fn store(&self) -> SqliteStore {
        SqliteStore::open(
            &self.path().join("standing.db"),
            &storage_sqlite::Options::default(),
        )
        .unwrap()
    }

    /// Files a licence, gives its holder the address, and looks at them.
    fn tell(&self, address: &str) {
        let randomness = SystemRandomness::new();
        let registry = Registry::open(Parts {
            store: Arc::new(self.store()),
            keys: Arc::new(open_keystore(&self.path().join("keys/installation.key")).unwrap()),
            profile: Arc::new(Profile::load(&self.path().join("profile")).unwrap()),
            clock: Arc::new(FixedClock::new("2026-11-23T04:00:00Z".parse().unwrap())) as Arc<dyn Clock>,
            randomness: Arc::new(randomness.clone()),
            signing: randomness,
            public_url: "https://standing.example".into(),
            spool: self.path().join("spool").into(),
            erasures: self.path().join("erasures.log").into(),
        })
        .unwrap();
        let file = SubmissionFile {
            authority: "law-bureau".into(),
            kind: RecordKind::Licence,
            name: "l.csv".into(),
            encoding: None,
        };
        registry
            .submit(&file, std::io::Cursor::new(licences_csv(1, 1)), &|_| ())
            .unwrap();
        let one = made_up(1);
        let person = wait(registry.find_person(&one.number, &one.name))
            .unwrap()
            .unwrap();
        testkit::give_email(&registry, person, address);
        name_staff(&registry, "law-bureau", "clerk");
        let look = InquiryRequest {
            authority: "law-bureau".into(),
            asker: "clerk".into(),
            purpose: "licensing-renewal".into(),
            profession: "lawyer".into(),
            id_number: one.number,
            name: one.name,
            under: under_law(),
            nonce: None,
        };
        wait(registry.inquire(look)).unwrap();
    }

    /// Does as though the time had passed for which whoever sends a letter has it alone.
    fn leases_run_out(&self) {
        let expire = |tx: &mut dyn storage::Tx| -> Result<(), StoreError> {
            tx.execute("UPDATE mail_job SET next_at = 0", &[])?;
            Ok(())
        };
        let store: &dyn Store = &self.store();
        store.run("test.expire", Access::Write, expire).unwrap();
    }

    fn standing(&self, arguments: &[&str]) -> Output {
        standing(&[arguments, &["--data", &self.data()]].concat())
    }

    /// Does what is due, and gives what it says of letters.
    fn due(&self) -> String {
        let done = self.standing(&["due"]);
        assert!(done.status.success(), "{done:?}");
        let said = text(&done.stdout);
        said.lines()
            .find(|line| line.contains("letters"))
            .unwrap_or_default()
            .to_owned()
    }

    fn serve(&self) -> Server {
        Server::logging(&self.data(), "127.0.0.1:0", Stdio::piped())
    }
}

fn in_clear(server: &MailServer) -> String {
    format!(
        "host = \"localhost\"\nport = {}\ntls = \"none\"\nfrom = \"standing@mail.example\"\n",
        server.port
    )
}

/// Asks a server to end, waits until it has, and gives what is left of its log.
fn terminate(mut server: Server) -> String {
    let child = &mut server.0;
    let asked = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(asked.unwrap().success());
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut log = String::new();
    if let Some(mut rest) = child.stderr.take() {
        rest.read_to_string(&mut log).unwrap();
    }
    log
}

#[test]
fn foreign_serving_sends_what_is_due_once_and_says_nothing_of_anybody() {
    let mut there = MailServer::start(&json!({"tls": "none"}));
    let data = Data::new(&in_clear(&there), ADDRESS);
    let server = data.serve();
    let letter = there.letter();
    assert_eq!(letter["to"], json!([ADDRESS]));
    let read = mail_server::read_by_others(letter["text"].as_str().unwrap());
    let words = format!("{} {}", read["subject"], read["body"]);
    assert!(
        words.contains("收件箱") && words.contains("inbox") && words.contains("https://standing.example"),
        "{words}"
    );
    assert!(
        !words.contains(&made_up(1).name) && !words.contains(&made_up(1).number),
        "{words}"
    );
    let logged = terminate(server);
    assert!(
        !logged.contains("letter") && !logged.contains("example.org"),
        "nothing is logged of a letter that left: {logged}"
    );
    assert_eq!(data.due(), "0 letters sent, 0 put off, 0 given up");
    assert_eq!(there.letters_left(), 0);
}

#[test]
fn foreign_a_kill_in_the_middle_loses_nothing_and_sends_twice_at_most() {
    // This server takes the letter, and never says so.
    let mut slow = MailServer::start(&json!({"tls": "none", "slow": true}));
    let data = Data::new(&in_clear(&slow), ADDRESS);
    let server = data.serve();
    let first = slow.letter();
    drop(server);
    assert_eq!(
        data.due(),
        "0 letters sent, 0 put off, 0 given up",
        "nobody else has it yet"
    );
    data.leases_run_out();
    let mut there = MailServer::start(&json!({"tls": "none"}));
    let settings = data.path().join("standing.toml");
    let moved = fs::read_to_string(&settings)
        .unwrap()
        .replace(&slow.port.to_string(), &there.port.to_string());
    fs::write(&settings, moved).unwrap();
    let server = data.serve();
    let again = there.letter();
    assert_eq!(again["to"], first["to"]);
    let id = |letter: &serde_json::Value| {
        let text = letter["text"].as_str().unwrap();
        text.lines()
            .find(|line| line.starts_with("Message-ID"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(id(&again), id(&first));
    terminate(server);
    data.leases_run_out();
    assert_eq!(data.due(), "0 letters sent, 0 put off, 0 given up");
    assert_eq!((slow.letters_left(), there.letters_left()), (0, 0));
}

#[test]
fn foreign_a_server_that_is_away_is_said_without_whom_a_letter_is_for_and_one_under_way_is_finished() {
    let mut there = MailServer::start(&json!({"tls": "none"}));
    let data = Data::new(&in_clear(&there), "cut@example.org");
    let mut server = data.serve();
    let mut said = String::new();
    let mut log = BufReader::new(server.0.stderr.take().unwrap());
    while !said.contains("letters wait") {
        assert!(log.read_line(&mut said).unwrap() > 0, "{said}");
    }
    terminate(server);
    assert!(!said.contains("example.org"), "{said}");
    assert_eq!(there.letters_left(), 0);
    // Told to stop while the server is thinking, it waits for the answer.
    let mut thinking = MailServer::start(&json!({"tls": "none", "thinks": 3}));
    let data = Data::new(&in_clear(&thinking), ADDRESS);
    let server = data.serve();
    thinking.letter();
    terminate(server);
    data.leases_run_out();
    assert_eq!(data.due(), "0 letters sent, 0 put off, 0 given up");
}

#[test]
fn foreign_a_refusal_is_put_off_or_given_up_and_stays_in_the_inbox() {
    let mut there = MailServer::start(&json!({"tls": "none"}));
    let later = Data::new(&in_clear(&there), "later@example.org");
    assert_eq!(later.due(), "0 letters sent, 1 put off, 0 given up");
    assert_eq!(later.due(), "0 letters sent, 0 put off, 0 given up");
    later.leases_run_out();
    assert_eq!(later.due(), "1 letters sent, 0 put off, 0 given up");
    assert_eq!(there.letter()["to"], json!(["later@example.org"]));
    let never = Data::new(&in_clear(&there), "never@example.org");
    assert_eq!(never.due(), "0 letters sent, 0 put off, 1 given up");
    never.leases_run_out();
    assert_eq!(never.due(), "0 letters sent, 0 put off, 0 given up");
    assert_eq!(there.letters_left(), 0);
}

#[test]
fn foreign_a_test_letter_leaves_by_starttls_with_the_password_of_a_file_and_says_what_is_wrong() {
    let mut there =
        MailServer::start(&json!({"tls": "starttls", "user": "standing", "password": "correct horse"}));
    let port = there.port;
    let mail = format!(
        "host = \"localhost\"\nport = {port}\ntls = \"starttls\"\nfrom = \"Standing <standing@mail.example>\"\n\
         user = \"standing\"\npassword_file = \"mail-password\"\nca_file = \"mail-ca.pem\"\n"
    );
    let data = Data::new(&mail, ADDRESS);
    fs::copy(there.roots_file(), data.path().join("mail-ca.pem")).unwrap();
    let password = data.path().join("mail-password");
    let check = || data.standing(&["mail", "check", "--to", "operator@example.org"]);
    let fails = |words: &[&str]| {
        let done = check();
        assert_eq!(done.status.code(), Some(1), "{done:?}");
        let said = text(&done.stderr);
        for word in words {
            assert!(said.contains(word), "{word} in {said}");
        }
        assert!(!said.contains("horse") && !said.contains("mule"), "{said}");
    };
    fails(&["mail-password"]);
    fs::write(&password, "wrong mule\n").unwrap();
    fails(&["can be read by others", "chmod 600"]);
    let private = |text: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        fs::write(&password, text).unwrap();
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
    };
    private("wrong mule\n");
    fails(&["does not take the user and password (535)", "look at `user`"]);
    private("correct horse\n");
    let done = check();
    assert!(done.status.success(), "{done:?}");
    assert!(text(&done.stdout).contains("has taken the letter to operator@example.org"));
    let letter = there.letter();
    assert_eq!(
        (&letter["encrypted"], &letter["signed_in"]),
        (&json!(true), &json!("standing"))
    );
    assert_eq!(letter["to"], json!(["operator@example.org"]));
    // And what waits leaves the same way.
    assert_eq!(data.due(), "1 letters sent, 0 put off, 0 given up");
    assert_eq!(there.letter()["encrypted"], true);
    drop(there);
    fails(&["cannot be reached", "firewall"]);
    let settings = data.path().join("standing.toml");
    let with = |from: &str, to: &str| {
        let text = fs::read_to_string(&settings).unwrap();
        fs::write(&settings, text.replace(from, to)).unwrap();
    };
    with("host = \"localhost\"", "host = \"mail.example.org\"");
    with("\"starttls\"", "\"none\"");
    fails(&["on this machine"]);
    with("\"none\"", "\"starttls\"");
    with("from = \"Standing <standing@mail.example>\"", "from = \"nobody\"");
    fails(&["from: an address"]);
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.split("[mail]").next().unwrap()).unwrap();
    fails(&["no mail server is set", "docs/operating.md"]);
}
