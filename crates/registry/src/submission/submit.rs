//! Taking a file in: read and check here, file in the store's own thread, part by part, both at once.

use std::{
    collections::VecDeque,
    io::{Read, Seek, SeekFrom},
    sync::{Arc, mpsc},
};

use intake::{Encoding, FaultCode, FileFault, Intake, OpenOptions};
use keys::{BufferedRandomness, DataKey, Place};
use model::{RecordKind, SubmissionId};
use ring::digest;
use serde_json::json;
use storage::{Access, Param, Pending, StoreError, Tx, Work};

use super::{
    desk::{self, SubmissionState},
    filing,
    incoming::{Common, Incoming},
    other_name,
    outcome::Counts,
    part::Part,
    prepare::Bench,
};
use crate::{Receipt, Registry, RegistryError, alert, log, procedure::readmit};

/// How many rows one part has at most. The store may commit several of them together. The rows of a part are put in in the
/// order of their keys, so the larger it is the fewer pages of the indexes each of them has to find.
const PART: usize = 8_192;

/// How many bytes the rows of one part hold in memory at most: rows of the usual length reach [`PART`] before.
/// Two parts are in memory at once: one being read, one being filed.
const PART_BYTES: usize = 16 * 1024 * 1024;

/// A file to be submitted.
#[derive(Debug, Clone)]
pub struct SubmissionFile {
    /// The authority that files it.
    pub authority: String,
    /// The kind of its records.
    pub kind: RecordKind,
    /// Its name, by which its format is told.
    pub name: String,
    /// Its encoding, if the sender names one.
    pub encoding: Option<Encoding>,
}

/// A submission that was taken in.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Submission {
    /// Its identifier.
    pub submission: SubmissionId,
    /// The SHA-256 of the file, in hexadecimal.
    pub file_sha256: String,
    /// What became of its rows.
    #[serde(flatten)]
    pub counts: Counts,
    /// The proof that it is in the log.
    pub receipt: Receipt,
}

/// Why nothing, or not all, of a file was taken in. What was filed before a failure stays filed: sending the
/// file again is harmless and takes the rest in.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Nothing could be read; nothing was filed.
    #[error("{0}")]
    File(FileFault),
    /// The authority, or its right to file this kind of record, is not in the profile.
    #[error("the authority is not one that files records of this kind: {0}")]
    NotYours(String),
    /// There is no such submission to go on with.
    #[error("there is no such submission")]
    NoSuchSubmission,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for SubmitError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// What tells when a part is on disk.
type Filed = Pending<(), RegistryError>;

/// The parts of a submission that were handed over to be filed.
struct Parts {
    /// The last row of the last one.
    last: u64,
    filed: VecDeque<Filed>,
}

impl Parts {
    /// None yet after this row.
    fn none(last: u64) -> Self {
        Self {
            last,
            filed: VecDeque::new(),
        }
    }

    /// One more. Fails where an earlier one is known to have failed.
    fn add(&mut self, (last, filed): (u64, Filed)) -> Result<(), RegistryError> {
        self.last = last;
        self.filed.push_back(filed);
        while let Some(outcome) = self.filed.front().and_then(Pending::try_wait) {
            self.filed.pop_front();
            outcome?;
        }
        Ok(())
    }

    /// Waits until all are on disk.
    fn wait(mut self) -> Result<Self, RegistryError> {
        self.filed.drain(..).try_for_each(Pending::wait)?;
        Ok(self)
    }
}

/// A submission under way.
struct Open {
    common: Common,
    key: Arc<DataKey>,
    /// Rows up to this one are filed already.
    done: u64,
    /// Whether it was finished before.
    finished: bool,
}

impl Registry {
    /// Takes in a file. `progress` hears how many rows are done. Blocks; not for async tasks.
    ///
    /// # Errors
    /// [`SubmitError`].
    pub fn submit(
        &self,
        file: &SubmissionFile,
        source: impl Read + Seek + Send + 'static,
        progress: &dyn Fn(u64),
    ) -> Result<Submission, SubmitError> {
        let id = SubmissionId::new(self.clock.now(), &*self.randomness).map_err(RegistryError::from)?;
        self.submit_as(id, file, source, progress)
    }

    /// Takes in a file under an identifier given out before, or goes on with it where a kill left off.
    pub(crate) fn submit_as(
        &self,
        id: SubmissionId,
        file: &SubmissionFile,
        mut source: impl Read + Seek + Send + 'static,
        progress: &dyn Fn(u64),
    ) -> Result<Submission, SubmitError> {
        let authority = self.profile.authorities.get(&file.authority);
        if !authority.is_some_and(|authority| authority.record_kinds.contains(&file.kind)) {
            return Err(SubmitError::NotYours(file.authority.clone()));
        }
        let sha256 = hash(&mut source).map_err(RegistryError::from)?;
        let open = self.begin(id, file, sha256)?;
        if open.finished {
            // Filed to the end before a kill: its answer is given again, and nothing is done twice.
            return self.finish(id, Parts::none(open.done));
        }
        let parts = match self.take_in(&open, file, source, progress) {
            Ok(parts) => parts,
            Err(error) => {
                if let SubmitError::File(fault) = &error {
                    self.refuse(id, fault)?;
                }
                return Err(error);
            }
        };
        self.finish(id, parts)
    }

    fn begin(&self, id: SubmissionId, file: &SubmissionFile, sha256: [u8; 32]) -> Result<Open, SubmitError> {
        let (at, today) = (self.clock.now(), self.today());
        let key = DataKey::generate(&*self.randomness).map_err(RegistryError::from)?;
        let sealed = desk::SealedNames::seal(self, id, &key, &file.name)?;
        let this = self.clone();
        let (authority, kind) = (file.authority.clone(), file.kind);
        self.store.run("submission.open", Access::Write, move |tx| {
            desk::insert(tx, id, &authority, kind, &sha256, &sealed, at)?;
            let stored = desk::read(tx, &this, id)?.ok_or(SubmitError::NoSuchSubmission)?;
            if stored.view.authority != authority || stored.view.kind != kind || stored.sha256 != sha256 {
                return Err(SubmitError::NoSuchSubmission);
            }
            if stored.view.state == SubmissionState::Refused {
                // Refused before a kill: its answer is given again.
                let code = stored.view.fault.as_deref().map(str::parse);
                let code = code.and_then(Result::ok).unwrap_or(FaultCode::FileDamaged);
                return Err(SubmitError::File(FileFault::new(code)));
            }
            Ok(Open {
                common: Common {
                    submission: id,
                    authority: authority.as_str().into(),
                    kind,
                    at: stored.view.received_at,
                    today,
                },
                key: Arc::new(stored.key),
                done: desk::rows_done(tx, id)?,
                finished: stored.view.state != SubmissionState::Open,
            })
        })
    }

    fn take_in(
        &self,
        open: &Open,
        file: &SubmissionFile,
        source: impl Read + Seek + Send + 'static,
        progress: &dyn Fn(u64),
    ) -> Result<Parts, SubmitError> {
        let checker = intake::Checker::new(&self.profile, file.kind, &file.authority, open.common.today)
            .map_err(|_| SubmitError::NotYours(file.authority.clone()))?;
        let options = OpenOptions {
            name: file.name.clone(),
            encoding: file.encoding,
            format: None,
        };
        let mut rows = Intake::open(source, &options, &checker).map_err(|fault| match fault.code {
            FaultCode::FileUnreadable => SubmitError::Registry(unreadable()),
            _ => SubmitError::File(fault),
        })?;
        let form = desk::Form {
            headings: rows.headings().to_vec(),
            encoding: rows.encoding(),
        };
        desk::set_form(self, open.common.submission, &open.key, &form)?;
        let randomness = BufferedRandomness::new(&*self.randomness);
        let bench = Bench {
            keys: &self.keys,
            profile: &self.profile,
            randomness: &randomness,
            common: &open.common,
        };
        let done = open.done;
        let (sender, parts) = mpsc::sync_channel::<Part>(0);
        std::thread::scope(|scope| {
            let filing = scope.spawn(move || {
                let mut filed = Parts::none(done);
                for part in parts {
                    let part = Arc::new(part);
                    filed.add(self.file_part(&open.common, &open.key, filed.last, &part))?;
                }
                Ok(filed)
            });
            let read = (|| {
                let (mut part, mut held, mut last) = (Vec::new(), 0, done);
                while let Some(row) = rows.next() {
                    let incoming = match row {
                        Ok(checked) if checked.number <= done => continue,
                        Err(rejected) if rejected.number <= done => continue,
                        // Its source failed, not the file: what is filed stays filed, and sending goes on.
                        Err(rejected) if rejected.fault.code == FaultCode::FileUnreadable => {
                            return Err(unreadable());
                        }
                        Ok(checked) => Incoming::Checked(bench.prepare(checked, rows.kept())?),
                        Err(rejected) => Incoming::Rejected(Box::new(rejected)),
                    };
                    held += incoming.held();
                    last = incoming.number();
                    part.push(incoming);
                    if part.len() == PART || held >= PART_BYTES {
                        held = 0;
                        progress(last);
                        // A send fails only when filing has failed, which is told below.
                        if sender.send(Part::of(std::mem::take(&mut part))).is_err() {
                            return Ok(());
                        }
                    }
                }
                progress(last);
                if !part.is_empty() {
                    let _ = sender.send(Part::of(part));
                }
                Ok::<_, RegistryError>(())
            })();
            drop(sender);
            let filed = filing
                .join()
                .unwrap_or(Err(RegistryError::Stored("a part of a submission")));
            // What was read before a failure is filed all the same.
            let filed = filed.and_then(|filed| if read.is_ok() { Ok(filed) } else { filed.wait() });
            Ok(read.and(filed)?)
        })
    }

    /// Files the part that follows on row `after`. Answers its last row, and what tells when it is on disk.
    fn file_part(&self, common: &Common, key: &Arc<DataKey>, after: u64, part: &Arc<Part>) -> (u64, Filed) {
        let last = part.rows().last().map_or(after, Incoming::number);
        let (this, common, key, part) = (self.clone(), common.clone(), key.clone(), part.clone());
        let now = self.clock.now().as_second();
        let work = Work(*common.submission.as_bytes());
        let mut tried = false;
        let filed = self.store.run_part("submission.file", work, move |tx| {
            if std::mem::replace(&mut tried, true) {
                // Another process came in between. What it waits for is taken first now, and not for long parts in vain.
                log::append(tx, &[])?;
            }
            if desk::rows_done(tx, common.submission)? != after {
                // The part before it has failed after all, or somebody else goes on with the submission.
                return Err(RegistryError::Stored("the part before this one"));
            }
            let randomness = BufferedRandomness::new(&*this.randomness);
            let chunk = filing::file(tx, &this.keys, &randomness, &common, &part)?;
            if common.kind == RecordKind::Decision {
                alert::in_step(
                    tx,
                    &this,
                    chunk.accepted().map(|(_, person, record)| (person, record)),
                )?;
            }
            other_name::in_step(tx, &this, &common, chunk.other_names())?;
            readmit::in_step(tx, &this, chunk.again())?;
            chunk.insert(tx, common.submission, &key, &randomness)?;
            let counts = chunk.counts();
            let open = tx.execute(
                "UPDATE submission SET accepted = accepted + $1, unchanged = unchanged + $2, \
                 rejected = rejected + $3, touched_at = $4 WHERE submission = $5 AND state = 'open'",
                &[
                    Param::Int(counts.accepted as i64),
                    Param::Int(counts.unchanged as i64),
                    Param::Int(counts.rejected as i64),
                    Param::Int(now),
                    Param::Blob(common.submission.as_bytes()),
                ],
            )?;
            if open == 0 {
                // Somebody else went on with it and closed it; nothing of this part is filed.
                return Err(RegistryError::Stored("a submission that is open"));
            }
            Ok(())
        });
        (last, filed)
    }

    /// Closes a submission of which these parts were handed over, and answers what is stored of it.
    fn finish(&self, id: SubmissionId, parts: Parts) -> Result<Submission, SubmitError> {
        let (this, last) = (self.clone(), parts.last);
        // Not after the parts are on disk: the store commits the last ones with this.
        let stored = self.store.run("submission.finish", Access::Write, move |tx| {
            if desk::rows_done(tx, id)? < last {
                return Err(RegistryError::Stored("a part of a submission"));
            }
            this.close(tx, id)?;
            desk::read(tx, &this, id)
        });
        // Why a part failed says more than that it is missing.
        parts.wait()?;
        let stored = stored?;
        let stored = stored.ok_or(SubmitError::NoSuchSubmission)?;
        let (leaf, salt) = stored.leaf.ok_or(RegistryError::Stored("a submission's leaf"))?;
        self.integrate()?;
        let (view, sha256) = (stored.view, stored.sha256);
        let statement = statement(&view.authority, view.kind, id, &sha256, view.counts);
        Ok(Submission {
            submission: id,
            file_sha256: view.file_sha256,
            counts: view.counts,
            receipt: self.receipt_now(leaf, salt, statement)?,
        })
    }

    /// Ends an open submission with the rows that are filed, and logs it. Any other is left as it is.
    pub(super) fn close(&self, tx: &mut dyn Tx, id: SubmissionId) -> Result<(), RegistryError> {
        // The log is locked before the submission, as when a part is filed.
        log::append(tx, &[])?;
        let at = self.clock.now();
        let open = tx.execute(
            "UPDATE submission SET state = 'done', finished_at = $1 WHERE submission = $2 AND state = 'open'",
            &[Param::Int(at.as_second()), Param::Blob(id.as_bytes())],
        )?;
        if open == 0 {
            return Ok(());
        }
        let stored = desk::read(tx, self, id)?.ok_or(RegistryError::Stored("a submission"))?;
        let view = &stored.view;
        let statement = statement(&view.authority, view.kind, id, &stored.sha256, view.counts);
        let (salt, leaf) = log::append_statement(tx, &*self.randomness, &statement)?;
        tx.execute(
            "UPDATE submission SET leaf = $1, salt = $2 WHERE submission = $3",
            &[Param::Int(leaf), Param::Blob(&salt), Param::Blob(id.as_bytes())],
        )?;
        Ok(())
    }

    fn refuse(&self, id: SubmissionId, fault: &FileFault) -> Result<(), RegistryError> {
        let (at, code) = (self.clock.now().as_second(), fault.code.as_str());
        self.store.run("submission.refuse", Access::Write, move |tx| {
            tx.execute(
                "UPDATE submission SET state = 'refused', finished_at = $1, fault = $2 \
                 WHERE submission = $3 AND state = 'open'",
                &[Param::Int(at), Param::Text(code), Param::Blob(id.as_bytes())],
            )?;
            Ok(())
        })
    }
}

/// The source of a file failed while it was read.
fn unreadable() -> RegistryError {
    std::io::Error::other("the source of a submission cannot be read").into()
}

/// The statement that a submission's leaf commits to.
pub(super) fn statement(
    authority: &str,
    kind: RecordKind,
    id: SubmissionId,
    sha256: &[u8; 32],
    counts: Counts,
) -> String {
    json!({
        "what": "submission",
        "submission": id.to_string(),
        "authority": authority,
        "kind": kind.as_str(),
        "file_sha256": hex::encode(sha256),
        "accepted": counts.accepted,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
    })
    .to_string()
}

pub(super) fn hash(source: &mut (impl Read + Seek)) -> std::io::Result<[u8; 32]> {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 128 * 1024];
    source.seek(SeekFrom::Start(0))?;
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        context.update(&buffer[..read]);
    }
    source.seek(SeekFrom::Start(0))?;
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(context.finish().as_ref());
    Ok(sha256)
}

/// Where a submission's sealed columns stand.
pub(super) fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "submission",
        column,
        row,
    }
}
