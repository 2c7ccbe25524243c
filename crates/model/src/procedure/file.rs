//! Files that a party puts to a procedure. Only what they are is here; their content is kept apart.

use std::fmt;

use crate::{FileId, IdError};

named! {
    /// What a file is, by its content and not by its name.
    FileKind {
        /// A PDF document.
        Pdf = "pdf",
        /// A PNG picture.
        Png = "png",
        /// A JPEG picture.
        Jpeg = "jpeg",
    }
}

/// The SHA-256 of a file's content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sha256(pub [u8; 32]);

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

impl TryFrom<String> for Sha256 {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IdError)?;
        Ok(Self(bytes))
    }
}

impl From<Sha256> for String {
    fn from(hash: Sha256) -> Self {
        hash.to_string()
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRef {
    /// Under which its content is kept.
    pub file: FileId,
    /// The hash of its content.
    pub sha256: Sha256,
    /// What it is.
    pub kind: FileKind,
    /// How long it is.
    pub bytes: u64,
}

/// Why files are not taken.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum FilesError {
    /// There are too many.
    #[error("there are {count} files; at most {} are taken", Files::MOST)]
    TooMany {
        /// How many there are.
        count: usize,
    },
    /// One has nothing in it.
    #[error("a file is empty; at least one byte is expected")]
    Empty,
    /// One is too long.
    #[error("a file has {bytes} bytes; at most {} are taken", Files::MOST_BYTES)]
    TooLong {
        /// How many it has.
        bytes: u64,
    },
}

impl FilesError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooMany { .. } => "files-too-many",
            Self::Empty => "file-empty",
            Self::TooLong { .. } => "file-too-long",
        }
    }
}

/// The files of one party, few and bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(into = "Vec<FileRef>", try_from = "Vec<FileRef>")]
pub struct Files(Vec<FileRef>);

impl Files {
    /// The most files that are taken at once.
    pub const MOST: usize = 10;
    /// The most bytes of one file.
    pub const MOST_BYTES: u64 = 10 * 1024 * 1024;

    /// Takes files.
    ///
    /// # Errors
    /// When there are too many, or one is empty or too long.
    pub fn new(files: Vec<FileRef>) -> Result<Self, FilesError> {
        if files.len() > Self::MOST {
            return Err(FilesError::TooMany { count: files.len() });
        }
        for one in &files {
            match one.bytes {
                0 => return Err(FilesError::Empty),
                bytes if bytes > Self::MOST_BYTES => return Err(FilesError::TooLong { bytes }),
                _ => {}
            }
        }
        Ok(Self(files))
    }

    /// The files, in the order in which they were put.
    pub fn as_slice(&self) -> &[FileRef] {
        &self.0
    }
}

impl TryFrom<Vec<FileRef>> for Files {
    type Error = FilesError;
    fn try_from(files: Vec<FileRef>) -> Result<Self, FilesError> {
        Self::new(files)
    }
}

impl From<Files> for Vec<FileRef> {
    fn from(files: Files) -> Self {
        files.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: u64) -> FileRef {
        FileRef {
            file: FileId::from_bytes([1; 16]),
            sha256: Sha256([2; 32]),
            kind: FileKind::Pdf,
            bytes,
        }
    }

    #[test]
    fn ten_files_of_ten_megabytes_are_taken_and_no_more() {
        let ten = vec![file(Files::MOST_BYTES); Files::MOST];
        assert_eq!(Files::new(ten.clone()).unwrap().as_slice(), ten);
        let eleven = Files::new(vec![file(1); 11]).unwrap_err();
        assert_eq!(
            (eleven, eleven.code()),
            (FilesError::TooMany { count: 11 }, "files-too-many")
        );
        let long = Files::new(vec![file(1), file(Files::MOST_BYTES + 1)]).unwrap_err();
        assert_eq!(
            (long, long.code()),
            (FilesError::TooLong { bytes: 10_485_761 }, "file-too-long")
        );
        let empty = Files::new(vec![file(0)]).unwrap_err();
        assert_eq!((empty, empty.code()), (FilesError::Empty, "file-empty"));
    }

    #[test]
    fn files_read_back_and_are_checked_again() {
        let files = Files::new(vec![file(3)]).unwrap();
        let json = serde_json::to_value(&files).unwrap();
        assert_eq!(json[0]["sha256"], "02".repeat(32));
        assert_eq!(json[0]["kind"], "pdf");
        assert_eq!(serde_json::from_value::<Files>(json.clone()).unwrap(), files);

        let mut emptied = json.clone();
        emptied[0]["bytes"] = 0.into();
        assert!(serde_json::from_value::<Files>(emptied).is_err());
        let mut named = json.clone();
        named[0]["name"] = "letter.pdf".into();
        assert!(
            serde_json::from_value::<Files>(named).is_err(),
            "a file's name is not kept"
        );
        let mut cut = json;
        cut[0]["sha256"] = "02".into();
        assert!(serde_json::from_value::<Files>(cut).is_err());
    }
}
