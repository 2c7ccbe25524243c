//! The spool: the files of uploads under way, sealed.
//!
//! A file is made of frames, each sealed under the upload's key for its place in the file, after its length.
//! It is made with the first piece, and removed once its rows are filed.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use keys::{DataKey, Place};
use model::{Randomness, SubmissionId};

use crate::RegistryError;

/// The most bytes of a file in one frame.
const FRAME: usize = 64 * 1024;
/// What a frame is longer than its content: its length, and nonce and tag of the seal.
const FRAME_HEAD: u64 = 4;
const SEAL: u64 = 28;

/// For how many seconds a file that no upload belongs to is left: it may be that of one announced a moment ago.
const LEFT_ALONE: u64 = 60 * 60;

/// The folder of the files.
#[derive(Clone)]
pub(crate) struct Spool {
    folder: Arc<Path>,
    appending: Arc<Mutex<()>>,
}

impl Spool {
    /// The spool in this folder, which is made where there is none.
    pub(crate) fn open(folder: Arc<Path>) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            folder,
            appending: Arc::default(),
        })
    }

    /// Held while a piece is taken: two of one upload would write over each other.
    pub(super) fn one_piece(&self) -> MutexGuard<'_, ()> {
        self.appending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the first `received` bytes of an upload can be here.
    pub(super) fn holds(&self, id: SubmissionId, received: u64) -> bool {
        received == 0 || std::fs::metadata(self.file(id)).is_ok_and(|file| file.len() >= received)
    }

    /// Puts a piece after the first `received` bytes of an upload. It is on disk when this answers.
    pub(super) fn append(
        &self,
        id: SubmissionId,
        key: &DataKey,
        received: u64,
        piece: &[u8],
        randomness: &dyn Randomness,
    ) -> Result<(), RegistryError> {
        let mut file = self.open_file(id, received)?;
        // What a kill left behind the last acknowledged piece is written over.
        let (frames, end) = frames(&mut file, received)?;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        for (number, part) in (frames.len() as u64..).zip(piece.chunks(FRAME)) {
            let number = number.to_be_bytes();
            let sealed = key.seal(&place(&[id.as_bytes(), &number]), part, randomness)?;
            file.write_all(&(part.len() as u32).to_be_bytes())?;
            file.write_all(&sealed)?;
        }
        Ok(file.sync_all()?)
    }

    /// The first `received` bytes of an upload, to be read.
    pub(super) fn read(&self, id: SubmissionId, key: DataKey, received: u64) -> io::Result<Spooled> {
        let mut file = self.open_file(id, received)?;
        let (frames, _) = frames(&mut file, received)?;
        Ok(Spooled {
            file,
            key,
            id,
            frames,
            length: received,
            position: 0,
            current: None,
        })
    }

    /// Removes an upload's file, if it has one.
    pub(super) fn remove(&self, id: SubmissionId) -> io::Result<()> {
        remove(&self.file(id))
    }

    /// Removes the files of all uploads but these, as far as they have been left for some time.
    pub(super) fn sweep(&self, kept: &HashSet<SubmissionId>) -> io::Result<()> {
        let kept: HashSet<String> = kept.iter().map(ToString::to_string).collect();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let modified = match entry.metadata().and_then(|data| data.modified()) {
                // Its upload was finished meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                modified => modified?,
            };
            let old = modified.elapsed().is_ok_and(|age| age.as_secs() > LEFT_ALONE);
            if old && !kept.contains(entry.file_name().to_string_lossy().as_ref()) {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    fn file(&self, id: SubmissionId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// An upload's file. There need not be one before anything was received.
    fn open_file(&self, id: SubmissionId, received: u64) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(received == 0)
            .truncate(false)
            .open(self.file(id))
    }
}

/// Removes a file that somebody else may have removed already.
fn remove(file: &Path) -> io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "spool",
        column: "frame",
        row,
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the spool file is damaged")
}

/// Where a frame's content begins in the plain file, where the frame begins on disk, and how long its content
/// is.
#[derive(Debug, Clone, Copy)]
struct Frame {
    plain: u64,
    disk: u64,
    length: u32,
}

/// The frames that hold the first `length` bytes, and where they end on disk.
fn frames(file: &mut File, length: u64) -> io::Result<(Vec<Frame>, u64)> {
    let (mut frames, mut plain, mut disk) = (Vec::new(), 0, 0);
    while plain < length {
        let mut head = [0; 4];
        file.seek(SeekFrom::Start(disk))?;
        file.read_exact(&mut head)?;
        let part = u32::from_be_bytes(head);
        frames.push(Frame {
            plain,
            disk,
            length: part,
        });
        plain += u64::from(part);
        disk += FRAME_HEAD + u64::from(part) + SEAL;
    }
    if plain == length {
        Ok((frames, disk))
    } else {
        Err(damaged())
    }
}

/// A file of the spool, read as the file that was sent.
pub(super) struct Spooled {
    file: File,
    key: DataKey,
    id: SubmissionId,
    frames: Vec<Frame>,
    length: u64,
    position: u64,
    current: Option<(usize, Vec<u8>)>,
}

impl Spooled {
    fn frame(&mut self, index: usize) -> io::Result<&[u8]> {
        if self.current.as_ref().is_none_or(|(at, _)| *at != index) {
            let frame = self.frames[index];
            let mut sealed = vec![0; frame.length as usize + SEAL as usize];
            self.file.seek(SeekFrom::Start(frame.disk + FRAME_HEAD))?;
            self.file.read_exact(&mut sealed)?;
            let number = (index as u64).to_be_bytes();
            let plain = self.key.open(&place(&[self.id.as_bytes(), &number]), &sealed);
            self.current = Some((index, plain.map_err(|_| damaged())?));
        }
        Ok(self.current.as_ref().map_or(&[], |(_, plain)| plain))
    }
}

impl Read for Spooled {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || out.is_empty() {
            return Ok(0);
        }
        let position = self.position;
        let index = self.frames.partition_point(|frame| frame.plain <= position) - 1;
        let skip = (position - self.frames[index].plain) as usize;
        let plain = self.frame(index)?;
        let count = plain.len().saturating_sub(skip).min(out.len());
        out[..count].copy_from_slice(&plain[skip..skip + count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Spooled {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => i128::from(at),
            SeekFrom::End(by) => i128::from(self.length) + i128::from(by),
            SeekFrom::Current(by) => i128::from(self.position) + i128::from(by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the file's beginning");
        self.position = u64::try_from(position).map_err(|_| before())?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use tempfile::TempDir;
    use testkit::SeededRandomness;

    use super::*;

    /// A spool of its own.
    struct Here {
        spool: Spool,
        randomness: SeededRandomness,
        folder: TempDir,
    }

    const ID: SubmissionId = SubmissionId::from_bytes([1; 16]);

    impl Here {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            Self {
                spool: Spool::open(folder.path().join("spool").into()).unwrap(),
                randomness: SeededRandomness::new(1),
                folder,
            }
        }

        /// With an upload of these bytes, that came in pieces of this length.
        fn with(bytes: &[u8], piece: usize) -> Self {
            let here = Self::new();
            for (number, part) in bytes.chunks(piece).enumerate() {
                here.append((number * piece) as u64, part);
            }
            here
        }

        fn append(&self, received: u64, piece: &[u8]) {
            let done = self.spool.append(ID, &key(), received, piece, &self.randomness);
            done.unwrap();
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("spool").join(ID.to_string())
        }

        fn read(&self, length: u64) -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            self.spool.read(ID, key(), length)?.read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }

    fn key() -> DataKey {
        DataKey::from_bytes(&[7; 32])
    }

    /// Bytes of which no two stretches of a frame's length are the same.
    fn bytes(length: u32) -> Vec<u8> {
        (0..length)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect()
    }

    #[test]
    fn what_came_in_pieces_reads_back_whole_and_from_any_place() {
        let sent = bytes(3 * FRAME as u32 + 5);
        for piece in [sent.len(), FRAME, FRAME + 1, 50_000] {
            let here = Here::with(&sent, piece);
            assert!(here.read(sent.len() as u64).unwrap() == sent, "pieces of {piece}");
            let mut file = here.spool.read(ID, key(), sent.len() as u64).unwrap();
            for from in [0, 1, FRAME - 1, FRAME, 2 * FRAME + 3, sent.len() - 1, sent.len()] {
                file.seek(SeekFrom::Start(from as u64)).unwrap();
                let mut rest = Vec::new();
                file.read_to_end(&mut rest).unwrap();
                assert!(rest == sent[from..], "from {from} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_place_is_counted_from_the_beginning_the_end_or_the_last_place() {
        let here = Here::with(&bytes(100), 30);
        let mut file = here.spool.read(ID, key(), 100).unwrap();
        assert_eq!(file.seek(SeekFrom::End(-10)).unwrap(), 90);
        assert_eq!(file.seek(SeekFrom::Current(-50)).unwrap(), 40);
        let before = file.seek(SeekFrom::Current(-41)).unwrap_err();
        assert_eq!(before.kind(), io::ErrorKind::InvalidInput);
        assert_eq!(file.stream_position().unwrap(), 40);
        assert_eq!(file.seek(SeekFrom::End(1)).unwrap(), 101);
        assert_eq!(file.read(&mut [0; 8]).unwrap(), 0);
    }

    #[test]
    fn an_empty_file_needs_no_piece() {
        let here = Here::new();
        assert!(here.spool.holds(ID, 0));
        assert!(here.read(0).unwrap().is_empty());
    }

    #[test]
    fn what_was_not_acknowledged_is_written_over() {
        let sent = bytes(1000);
        let here = Here::with(&sent[..600], 300);
        // The last piece was not acknowledged, and more of it is there than of what comes in its place.
        here.append(300, &sent[300..310]);
        here.append(310, &sent[310..]);
        assert_eq!(here.read(1000).unwrap(), sent);
    }

    #[test]
    fn what_is_cut_short_or_begins_elsewhere_is_not_taken_for_the_file() {
        let here = Here::with(&bytes(1000), 500);
        assert!(here.spool.holds(ID, 1000));
        assert_eq!(here.read(700).unwrap_err().kind(), io::ErrorKind::InvalidData);
        let file = OpenOptions::new().write(true).open(here.path()).unwrap();
        file.set_len(900).unwrap();
        assert!(!here.spool.holds(ID, 1000));
        assert!(here.read(1000).is_err());
        here.spool.remove(ID).unwrap();
        here.spool.remove(ID).unwrap();
        assert!(!here.spool.holds(ID, 1));
        assert_eq!(here.read(1000).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_frame_opens_only_as_it_was_sealed_and_where() {
        let sent = bytes(1000);
        let here = Here::with(&sent, 500);
        let whole = std::fs::read(here.path()).unwrap();
        let damaged = |changed: &[u8]| {
            std::fs::write(here.path(), changed).unwrap();
            here.read(1000).unwrap_err().kind() == io::ErrorKind::InvalidData
        };
        let (first, second) = whole.split_at(whole.len() / 2);
        assert!(damaged(&[second, first].concat()), "frames that changed places");
        let mut flipped = whole.clone();
        flipped[100] ^= 1;
        assert!(damaged(&flipped), "a bit that changed");
        let other = SubmissionId::from_bytes([2; 16]);
        std::fs::write(here.folder.path().join("spool").join(other.to_string()), &whole).unwrap();
        let mut file = here.spool.read(other, key(), 1000).unwrap();
        assert!(file.read(&mut [0; 8]).is_err(), "another upload's file");
    }

    #[test]
    fn only_what_belongs_to_no_upload_and_is_old_is_swept() {
        let here = Here::with(&bytes(10), 10);
        let sweep = |kept: &[SubmissionId]| {
            here.spool.sweep(&kept.iter().copied().collect()).unwrap();
            here.path().exists()
        };
        assert!(sweep(&[]), "its upload may have been announced a moment ago");
        let file = OpenOptions::new().write(true).open(here.path()).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert!(sweep(&[ID]), "its upload is under way");
        assert!(!sweep(&[]));
    }
}
