//! Nobody can be read out of what is stored: no name and no identity number is in any file of an
//! installation, or in any table of its server, in any of the encodings that senders use.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use model::{RecordKind, procedure::Speaker};
use registry::{InquiryRequest, Propose, TakeUp, UploadRequest};
use storage::{Access, Param};
use testkit::{Installation, MadeUp, SourceRow, name_staff, on_both_engines, under_law, wait};

/// The shortest text that is searched for, in bytes: a shorter one turns up in ciphertext by chance.
const SHORTEST: usize = 6;

/// What an association proposes a made-up person for.
const PROPOSED: &str = "虚构的公益奖推荐文字";

/// What must not be found, by its first bytes.
#[derive(Default)]
struct Wanted {
    by_start: BTreeMap<[u8; SHORTEST], Vec<Vec<u8>>>,
    count: usize,
}

impl Wanted {
    fn add(&mut self, text: &str) {
        let utf16: Vec<u16> = text.encode_utf16().collect();
        let forms = [
            text.as_bytes().to_vec(),
            encoding_rs::GB18030.encode(text).0.into_owned(),
            utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        ];
        for form in forms {
            let Some(start) = form.first_chunk() else { continue };
            let forms = self.by_start.entry(*start).or_default();
            if !forms.contains(&form) {
                forms.push(form);
                self.count += 1;
            }
        }
    }

    /// Where one of them is found.
    fn find(&self, bytes: &[u8]) -> Option<usize> {
        let starts: BTreeSet<[u8; 2]> = self.by_start.keys().map(|start| [start[0], start[1]]).collect();
        let mut likely = vec![false; 65_536];
        starts
            .iter()
            .for_each(|start| likely[usize::from(u16::from_be_bytes(*start))] = true);
        bytes.windows(SHORTEST).enumerate().find_map(|(at, window)| {
            let start: &[u8; SHORTEST] = window.first_chunk()?;
            if !likely[usize::from(u16::from_be_bytes([start[0], start[1]]))] {
                return None;
            }
            let forms = self.by_start.get(start)?;
            forms
                .iter()
                .any(|form| bytes[at..].starts_with(form))
                .then_some(at)
        })
    }
}

fn batches() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/batches");
    let mut found: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .filter(|(name, _)| !name.ends_with(".expected.jsonl"))
        .collect();
    found.sort();
    found
}

fn decoded(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0.into_owned(),
    }
}

/// Every name and identity number in the shared batches, good or not, that is long enough to be one.
fn people(batches: &[(String, Vec<u8>)]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, bytes) in batches {
        let text = decoded(bytes);
        let text = text.trim_start_matches('\u{feff}');
        if name.ends_with(".jsonl") {
            for row in text
                .lines()
                .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            {
                let values = ["name", "id_number"]
                    .iter()
                    .filter_map(|field| row[field].as_str());
                found.extend(values.map(str::to_owned));
            }
            continue;
        }
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let headings = reader.headers().unwrap().clone();
        let place = |wanted: [&str; 2]| {
            headings
                .iter()
                .position(|one| wanted.contains(&one.trim()))
                .unwrap()
        };
        let places = [
            place(["行政相对人名称", "姓名"]),
            place(["证件号码", "身份证号码"]),
        ];
        for row in reader.records().filter_map(Result::ok) {
            found.extend(
                places
                    .iter()
                    .filter_map(|place| row.get(*place))
                    .map(str::to_owned),
            );
        }
    }
    found.retain(|text| text.len() >= SHORTEST && text.chars().count() < 40);
    found
}

/// An installation through which everybody in the batches has passed, in every way that leaves something.
fn lived_in(engine: testkit::Engine, batches: &[(String, Vec<u8>)]) -> Installation {
    let here = Installation::new(engine, "gansu");
    let kind = |name: &str| match name.split('-').next() {
        Some("licences") => RecordKind::Licence,
        Some("decisions") => RecordKind::Decision,
        _ => RecordKind::Training,
    };
    let authority = |name: &str| {
        name.split_once('-')
            .unwrap()
            .1
            .split_once('.')
            .unwrap()
            .0
            .to_owned()
    };
    for wanted in ["licences", "decisions", "training"] {
        for (name, bytes) in batches.iter().filter(|(name, _)| name.starts_with(wanted)) {
            here.submit(&authority(name), kind(name), name, bytes.clone())
                .unwrap();
        }
    }
    // A file that bears a name, with a row that is refused; a file that is refused whole.
    let MadeUp { name, number } = testkit::made_up(1);
    let licence = SourceRow::licence(1);
    let refused = licence
        .clone()
        .document("甘许〔2020〕二号")
        .with("valid_until", name.as_str());
    let file = testkit::json_lines(&[licence, refused]);
    here.submit(
        "law-bureau",
        RecordKind::Licence,
        &format!("{name}{number}.jsonl"),
        file.clone(),
    )
    .unwrap();
    here.submit(
        "law-bureau",
        RecordKind::Licence,
        &format!("{name}.csv"),
        format!("{name},{number}\r\n"),
    )
    .unwrap_err();
    // A certificate, an inquiry, a look of their own.
    let person = here.person(1);
    let record = here.file_of(1).records[0].record;
    wait(here.registry.issue_certificate(person, record, None)).unwrap();
    let request = InquiryRequest {
        authority: "law-bureau".to_owned(),
        asker: "key".to_owned(),
        purpose: "licensing-renewal".to_owned(),
        profession: "lawyer".to_owned(),
        id_number: number.clone(),
        name: name.clone(),
        under: under_law(),
        nonce: Some(("nonce".to_owned(), 2_000_000_000)),
    };
    name_staff(&here.registry, &request.authority, &request.asker);
    wait(here.registry.inquire(request)).unwrap();
    // A proposal that waits, and one that was taken up, with what its person said to it.
    for taken_up in [true, false] {
        let words = BTreeMap::from([("title".to_owned(), PROPOSED.to_owned())]);
        let propose = Propose {
            association: "lawyers-association".to_owned(),
            staff: None,
            authority: "law-bureau".to_owned(),
            profession: "lawyer".to_owned(),
            id_number: number.clone(),
            name: name.clone(),
            words,
            nonce: None,
        };
        let proposal = wait(here.registry.propose_commendation(propose)).unwrap();
        if taken_up {
            let fields = [
                ("document_number", "甘律奖〔2026〕9号"),
                ("granted_on", "2026-11-20"),
                ("legal_basis", "lawyer-commendation"),
            ];
            let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let take_up = TakeUp {
                proposal,
                fields: BTreeMap::from(fields),
            };
            let record = wait(here.registry.take_up_proposal("law-bureau", take_up)).unwrap();
            wait(here.registry.give_publication(person, record, Speaker::Person)).unwrap();
            let shown = wait(here.registry.published_commendations(1)).unwrap();
            assert_eq!(shown.commendations.len(), 1);
        }
    }
    // An upload that is not finished.
    let upload = UploadRequest {
        authority: "law-bureau".to_owned(),
        kind: RecordKind::Licence,
        name: format!("{name}.jsonl"),
        length: file.len() as u64,
        sha256: [0; 32],
    };
    let upload = wait(here.registry.announce(upload)).unwrap().submission;
    here.registry
        .append("law-bureau", upload, 0, &file.as_bytes()[..file.len() - 1])
        .unwrap();
    here
}

fn found(here: &Installation, wanted: &Wanted) -> Vec<String> {
    let stored = here.store.every_byte(here.folder.path());
    let all: usize = stored.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(all > 500_000, "{all} bytes are stored");
    stored
        .iter()
        .filter_map(|(place, bytes)| wanted.find(bytes).map(|at| format!("{place} at {at}")))
        .collect()
}

on_both_engines! {
    fn no_name_and_no_number_is_in_what_is_stored(engine: Engine) {
        let batches = batches();
        let mut wanted = Wanted::default();
        let people = people(&batches);
        assert!(people.len() > 900, "{} names and numbers", people.len());
        people.iter().for_each(|text| wanted.add(text));
        let made_up = testkit::made_up(1);
        wanted.add(&made_up.name);
        wanted.add(&made_up.number);
        wanted.add(PROPOSED);
        assert!(wanted.count > 3_000, "{} forms", wanted.count);

        let here = lived_in(engine, &batches);
        let places: Vec<String> =
            here.store.every_byte(here.folder.path()).into_iter().map(|(place, _)| place).collect();
        assert!(places.iter().any(|place| place.contains("spool/")), "the upload is searched too");
        assert_eq!(found(&here, &wanted), [""; 0]);
        let here = here.reopen();
        assert_eq!(found(&here, &wanted), [""; 0]);

        // The search does find what is there: one number, one name, each in another encoding.
        let planted = [
            made_up.number.as_bytes().to_vec(),
            encoding_rs::GB18030.encode(&made_up.name).0.into_owned(),
            made_up.name.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            made_up.number.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ];
        for bytes in planted {
            let planted = here.store.store.run("test.plant", Access::Write, move |tx| {
                let value = [b"before ".as_slice(), &bytes, b" after"].concat();
                tx.execute("DELETE FROM setting WHERE name = 'planted'", &[])?;
                tx.execute("INSERT INTO setting (name, value) VALUES ('planted', $1)", &[Param::Blob(&value)])
            });
            assert_eq!(planted.unwrap(), 1);
            assert!(!found(&here, &wanted).is_empty(), "the search finds nothing");
            here.store
                .store
                .run("test.plant", Access::Write, |tx| tx.execute("DELETE FROM setting WHERE name = 'planted'", &[]))
                .unwrap();
        }
    }
}
