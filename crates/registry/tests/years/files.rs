//! Files that people put to their procedures: whole ones, and some whose content is not what it should be.

use std::collections::BTreeMap;

use model::procedure::{FileRef, Procedure as Course};
use registry::{ProcedureError, Reader};
use storage::{Access, StoreError};
use testkit::wait;

use crate::{
    model::{Procedure, Who},
    procedures::{refused, reviewer},
    run::{EDUCATION, REVIEWERS, Run, SCHOOL},
};

fn pdf(mark: &str) -> Vec<u8> {
    format!("%PDF-1.7\n%{mark}\n1 0 obj\n<<>>\nendobj\nxref\ntrailer\n<<>>\nstartxref\n29\n%%EOF\n")
        .into_bytes()
}

fn png(mark: &str) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0][..];
    for (kind, data) in [(b"IHDR", header), (b"IDAT", mark.as_bytes()), (b"IEND", &[])] {
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(kind);
        bytes.extend(data);
        bytes.extend([0; 4]);
    }
    bytes
}

fn jpeg(mark: &str) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x04ab".to_vec();
    bytes.extend(b"\xff\xc0\x00\x09\x08\x00\x01\x00\x01\x01\x00");
    bytes.extend(b"\xff\xda\x00\x03\x00");
    bytes.extend(mark.as_bytes());
    bytes.extend(b"\xff\xd9");
    bytes
}

/// A file that is none of these, whatever it begins like.
fn false_one(which: u64) -> Vec<u8> {
    let page = b"<html><script>alert(1)</script></html>";
    match which {
        0 => page.to_vec(),
        1 => [b"%PDF-1.7\n", &page[..]].concat(),
        2 => [png("x"), page.to_vec()].concat(),
        3 => jpeg("cut short")[..24].to_vec(),
        _ => b"MZ\x90\x00 a program".to_vec(),
    }
}

/// What somebody puts to a procedure.
pub(crate) struct Put {
    pub(crate) files: Vec<Vec<u8>>,
    /// Whether each is what it should be.
    whole: bool,
}

impl Run {
    pub(crate) fn draw_files(&mut self) -> Put {
        let mut put = Put {
            files: Vec::new(),
            whole: true,
        };
        if !self.one_in(3) {
            return put;
        }
        for _ in 0..1 + self.draw(2) {
            let mark = format!("made-up file {}", self.next_text());
            let make = self.pick(&[pdf, png, jpeg]);
            put.files.push(make(&mark));
        }
        if self.one_in(4) {
            let which = self.draw(5);
            put.files.push(false_one(which));
            put.whole = false;
        }
        put
    }

    /// Whether nothing was opened because of a false file, with which nothing is opened whatever else there is.
    pub(crate) fn refused_files<T: std::fmt::Debug>(
        &mut self,
        who: Who,
        put: &Put,
        outcome: &Result<T, ProcedureError>,
    ) -> bool {
        self.touched.insert(who);
        if !put.whole {
            let code = outcome.as_ref().map_err(ProcedureError::code).unwrap_err();
            assert_eq!(code, "file-kind-unknown", "{who}");
            self.did("files refused");
        } else if !put.files.is_empty() && outcome.is_ok() {
            self.did("files put to procedures");
        }
        !put.whole
    }

    /// The other side reads what was put to a procedure, as it was put, and is put down each time.
    pub(crate) fn read_files(&mut self) {
        let Some((who, at)) = self.procedure(|one| !one.files.is_empty()) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let by = self.pick(&REVIEWERS);
        let (reader, actor) = match (one.kind, one.authority.clone()) {
            ("dispute" | "reconsideration", Some(body)) => (Reader::Body(body.clone()), body),
            _ => (Reader::Reviewer(reviewer(by)), format!("reviewer:{by}")),
        };
        let view = wait(self.registry().read_procedure(reader.clone(), one.id));
        if matches!(reader, Reader::Reviewer(_)) && self.kept_apart(by, who, refused(&view)) {
            return;
        }
        let view = view.unwrap();
        let refs = files_of(&view.course.unwrap());
        let own = Reader::Person(self.id(who));
        // Neither takes part in anything that a lawyer asks of others.
        let stranger = Reader::Body(
            if one.authority.as_deref() == Some(SCHOOL) {
                EDUCATION
            } else {
                SCHOOL
            }
            .to_owned(),
        );
        let read = |registry: &registry::Registry, reader: &Reader, file: &FileRef| {
            wait(registry.procedure_file(reader.clone(), one.id, file.file))
        };
        self.m.event(who, "procedure-read", &actor, one.kind);
        assert_eq!(refs.len(), one.files.len(), "files in a {} of {who}", one.kind);
        for (file, put) in refs.iter().zip(&one.files) {
            let seen = self.call(|registry| read(registry, &reader, file)).unwrap();
            assert_eq!(seen, *put, "a file in a {} of {who}", one.kind);
            self.m.event(who, "procedure-read", &actor, one.kind);
            assert_eq!(read(self.registry(), &own, file).unwrap(), *put);
            assert!(read(self.registry(), &stranger, file).is_err());
        }
        self.did("files read by the other side");
    }

    /// Files are stored as long as what was said with them, and no longer.
    pub(crate) fn check_files(&self) {
        let store = &self.here().store.store;
        let stored = store.run("test.files", Access::Read, |tx| {
            let rows = tx.query("SELECT procedure FROM procedure_file", &[])?;
            rows.into_iter()
                .map(|mut row| row.array())
                .collect::<Result<Vec<[u8; 16]>, StoreError>>()
        });
        let mut found: BTreeMap<[u8; 16], usize> = BTreeMap::new();
        for procedure in stored.unwrap() {
            *found.entry(procedure).or_default() += 1;
        }
        let held = |one: &&Procedure| !one.forgotten && !one.files.is_empty();
        let all = self.m.people.iter().flat_map(|person| &person.procedures);
        let expected = all.filter(held).map(|one| (*one.id.as_bytes(), one.files.len()));
        assert_eq!(found, expected.collect(), "files that are stored");
    }
}

fn files_of(course: &Course) -> Vec<FileRef> {
    let files = match course {
        Course::Dispute(one) => &one.opening().files,
        Course::Reconsideration(one) => &one.opening().files,
        Course::Complaint(one) => &one.opening().files,
        Course::Restoration(_) => return Vec::new(),
    };
    files.as_slice().to_vec()
}
