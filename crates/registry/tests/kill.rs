//! A kill at any moment leaves a log that verifies, with nothing missing that was acknowledged.
//!
//! The test runs itself as a child that files, looks, issues and uploads without pause on a SQLite installation
//! in a folder, and says each acknowledgement when it has it. The parent kills it at a random moment, opens the
//! folder, and holds the installation to what was said. Then the next child goes on with the same folder.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    io::{BufRead, BufReader, Cursor, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use keys::{Keyring, SystemRandomness};
use model::{Clock, RecordKind, SubmissionId};
use registry::{
    EventKind, InquiryRequest, Parts, Registry, SubmissionFile, SubmissionState, UploadError, UploadRequest,
};
use ring::digest;
use storage_sqlite::{Options, SqliteStore};
use testkit::{gansu, licences_csv, made_up, name_staff, prove_log, under_law, wait};

const LAW: &str = "law-bureau";
const FOLDER: &str = "STANDING_KILL_FOLDER";
const FIRST: &str = "STANDING_KILL_FIRST";
const KILLS: u32 = 220;
/// How long a child runs at most on a quiet machine, in microseconds.
const LONGEST_US: u64 = 150_000;
/// Rows in each file of the child.
const ROWS: u32 = 3;

struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "the child is killed in real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

fn open(folder: &Path) -> Registry {
    let options = Options {
        readers: 1,
        ..Options::default()
    };
    let store = SqliteStore::open(&folder.join("standing.db"), &options).unwrap();
    let parts = Parts {
        store: Arc::new(store),
        keys: Arc::new(Keyring::new(&[7; 32])),
        profile: Arc::new(gansu()),
        clock: Arc::new(RealClock),
        randomness: Arc::new(SystemRandomness::new()),
        signing: SystemRandomness::new(),
        public_url: "https://standing.example".to_owned(),
        spool: folder.join("spool").into(),
        erasures: folder.join("erasures.log").into(),
    };
    Registry::open(parts).unwrap()
}

/// Says that something is on disk. A pipe keeps what was written before a kill.
fn say(words: std::fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("ack {words}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

#[test]
#[ignore = "the child of the test below, which runs it"]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let first: u32 = std::env::var(FIRST).unwrap().parse().unwrap();
    let registry = open(Path::new(&folder));
    let mut n = first;
    loop {
        let file = SubmissionFile {
            authority: LAW.to_owned(),
            kind: RecordKind::Licence,
            name: "licences.csv".to_owned(),
            encoding: None,
        };
        let done = registry
            .submit(&file, Cursor::new(licences_csv(n, ROWS).into_bytes()), &|_| ())
            .unwrap();
        let proof = tlog::Receipt::parse(done.receipt.proof.as_bytes()).unwrap();
        say(format_args!(
            "submission {} {} {}",
            done.submission,
            proof.index(),
            done.receipt.entry
        ));

        let person = made_up(n);
        let request = InquiryRequest {
            authority: LAW.to_owned(),
            asker: format!("key-{n}"),
            purpose: "licensing-renewal".to_owned(),
            profession: "lawyer".to_owned(),
            id_number: person.number.clone(),
            name: person.name.clone(),
            under: under_law(),
            nonce: Some((format!("nonce-{n}"), i64::MAX)),
        };
        name_staff(&registry, LAW, &request.asker);
        let look = wait(registry.inquire(request)).unwrap();
        say(format_args!("event {n} {}", look.look));

        let id = wait(registry.find_person(&person.number, &person.name))
            .unwrap()
            .unwrap();
        let issued = wait(registry.issue_certificate(id, look.records[0].record, None)).unwrap();
        say(format_args!("certificate {n} {}", issued.certificate));

        upload(&registry, n + ROWS);
        if (n - first) / (2 * ROWS) % 2 == 1 {
            registry.take_back(LAW, done.submission).unwrap();
            say(format_args!("taken-back {}", done.submission));
        }
        n += 2 * ROWS;
    }
}

fn upload(registry: &Registry, n: u32) {
    let bytes = licences_csv(n, ROWS).into_bytes();
    let request = UploadRequest {
        authority: LAW.to_owned(),
        kind: RecordKind::Licence,
        name: "upload.csv".to_owned(),
        length: bytes.len() as u64,
        sha256: digest::digest(&digest::SHA256, &bytes)
            .as_ref()
            .try_into()
            .unwrap(),
    };
    let id = wait(registry.announce(request)).unwrap().submission;
    say(format_args!("upload {n} {id} 0"));
    let middle = bytes.len() / 2;
    for (from, to) in [(0, middle), (middle, bytes.len())] {
        registry.append(LAW, id, from as u64, &bytes[from..to]).unwrap();
        say(format_args!("upload {n} {id} {to}"));
    }
    let done = registry.finish_upload(LAW, id).unwrap();
    let proof = tlog::Receipt::parse(done.receipt.proof.as_bytes()).unwrap();
    say(format_args!(
        "submission {id} {} {}",
        proof.index(),
        done.receipt.entry
    ));
}

/// Runs a child for so long and kills it. Answers what it has said.
fn run_and_kill(folder: &Path, first: u32, wait_for: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "child", "--nocapture"])
        .env(FOLDER, folder)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(wait_for);
    child.kill().unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    let lines: Vec<String> = said.lines().map(Result::unwrap).collect();
    let status = child.wait().unwrap();
    assert_eq!(
        status.code(),
        None,
        "the child ended before it was killed: {lines:?}"
    );
    // The harness names the test on the line of the first acknowledgement.
    lines
        .iter()
        .filter_map(|line| Some(line.split_once("ack ")?.1.trim().to_owned()))
        .collect()
}

/// Holds the installation to one acknowledgement.
fn hold(registry: &Registry, said: &str) {
    let words: Vec<&str> = said.split(' ').collect();
    let person = |n: &str| {
        let one = made_up(n.parse().unwrap());
        wait(registry.find_person(&one.number, &one.name))
            .unwrap()
            .unwrap()
    };
    match words.as_slice() {
        ["submission", id, leaf, entry] => {
            let receipt = wait(registry.submission_receipt(LAW, id.parse().unwrap()))
                .unwrap()
                .unwrap();
            let proof = tlog::Receipt::parse(receipt.proof.as_bytes()).unwrap();
            assert_eq!(
                (proof.index().to_string().as_str(), receipt.entry.as_str()),
                (*leaf, *entry),
                "{said}"
            );
        }
        ["event", n, event] => {
            let file = wait(registry.person_file(person(n), EventKind::OwnLook)).unwrap();
            assert!(
                file.events.iter().any(|one| one.event.to_string() == *event),
                "{said}"
            );
        }
        ["certificate", n, certificate] => {
            let kept = wait(registry.certificates(person(n))).unwrap();
            assert!(
                kept.iter().any(|one| one.certificate.to_string() == *certificate),
                "{said}"
            );
        }
        ["taken-back", id] => {
            let view = wait(registry.submission(LAW, id.parse().unwrap()))
                .unwrap()
                .unwrap();
            assert_eq!(view.state, SubmissionState::TakenBack, "{said}");
        }
        ["upload", ..] => {}
        _ => panic!("{said}"),
    }
}

/// The last upload that was spoken of: what was acknowledged of it is there, and it can be finished.
fn finish(registry: &Registry, said: &[String]) {
    let Some(last) = said.iter().rev().find(|line| line.starts_with("upload ")) else {
        return;
    };
    let words: Vec<&str> = last.split(' ').collect();
    let (n, id): (u32, SubmissionId) = (words[1].parse().unwrap(), words[2].parse().unwrap());
    let acknowledged: u64 = words[3].parse().unwrap();
    let bytes = licences_csv(n, ROWS).into_bytes();
    match wait(registry.upload(LAW, id)) {
        Ok(upload) => {
            assert!(
                upload.received >= acknowledged,
                "{last}: {} bytes are here",
                upload.received
            );
            let left = &bytes[upload.received as usize..];
            registry.append(LAW, id, upload.received, left).unwrap();
            let done = registry.finish_upload(LAW, id).unwrap();
            assert_eq!(done.counts.accepted, u64::from(ROWS));
        }
        Err(UploadError::NoSuchUpload) => {
            let view = wait(registry.submission(LAW, id)).unwrap().unwrap();
            assert_eq!(view.state, SubmissionState::Done, "{last}");
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_kill_at_any_moment_leaves_a_log_that_verifies_with_nothing_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut seed: u64 = 0x5eed_2026;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let (mut all, mut size) = (Vec::new(), 0);
    // From before the store is open to some rounds into the work, which a busy machine takes longer for.
    let mut longest = LONGEST_US;
    for kill in 0..KILLS {
        let said = run_and_kill(
            folder.path(),
            1 + kill * 10_000,
            Duration::from_micros(random(longest)),
        );
        longest = match said.len() {
            0..2 => longest + longest / 20,
            _ => (longest - longest / 40).max(LONGEST_US),
        };
        let registry = open(folder.path());
        said.iter().for_each(|line| hold(&registry, line));
        finish(&registry, &said);
        all.extend(said);
        let summary = wait(registry.log_summary()).unwrap();
        assert!(summary.size >= size, "the log shrank");
        size = summary.size;
        if kill % 20 == 19 || kill + 1 == KILLS {
            size = prove_log(&registry);
        }
    }
    let registry = open(folder.path());
    all.iter().for_each(|line| hold(&registry, line));
    assert!(
        all.len() > KILLS as usize,
        "only {} acknowledgements: the children were killed too early",
        all.len()
    );
    for word in ["submission", "event", "certificate", "upload", "taken-back"] {
        assert!(
            all.iter().any(|line| line.starts_with(word)),
            "nothing was said of {word}"
        );
    }
    prove_log(&registry);
}
