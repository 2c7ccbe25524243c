//! Files that a party puts to a procedure: checked before, sealed each under a key of its own that the procedure's
//! key wraps.

use keys::{DataKey, Place};
use model::{
    FileId, PersonId, ProcedureId,
    procedure::{FileKind, FileRef, Files, Sha256, Words},
};
use profile::FileFormat;
use ring::digest;
use storage::{Param, Tx};

use super::{
    ProcedureError,
    file_check::{FileFault, whole},
};
use crate::{Registry, RegistryError};

/// What a party wrote and put to it, checked.
pub(super) struct Put {
    pub(super) text: Words,
    pub(super) files: Files,
    contents: Vec<Vec<u8>>,
}

fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "procedure_file",
        column,
        row,
    }
}

impl Registry {
    /// Takes a text of a person, as long as the profile allows.
    pub(super) fn words(&self, text: String) -> Result<Words, ProcedureError> {
        let most = self
            .profile
            .procedures
            .statement_characters
            .on(self.today())
            .number;
        if text.chars().count() > most as usize {
            return Err(ProcedureError::TextTooLong { most });
        }
        Ok(Words::new(text)?)
    }

    /// Checks a text and files of a person.
    pub(super) fn check_put(&self, text: String, mut contents: Vec<Vec<u8>>) -> Result<Put, ProcedureError> {
        let text = self.words(text)?;
        let limits = self.profile.procedures.files.on(self.today());
        if contents.len() > limits.most as usize {
            return Err(FileFault::TooMany { most: limits.most }.into());
        }
        let mut files = Vec::with_capacity(contents.len());
        for content in &mut contents {
            let (bytes, most) = (content.len() as u64, limits.most_bytes());
            if bytes == 0 {
                return Err(FileFault::Empty.into());
            }
            if bytes > most {
                return Err(FileFault::TooLong { most }.into());
            }
            let found = whole(content).filter(|(kind, _)| limits.formats.contains(&format_of(*kind)));
            let (kind, length) = found
                .map(|(kind, part)| (kind, part.len()))
                .ok_or(FileFault::KindUnknown)?;
            content.truncate(length);
            let mut sha256 = [0; 32];
            sha256.copy_from_slice(digest::digest(&digest::SHA256, content).as_ref());
            files.push(FileRef {
                file: FileId::new(self.clock.now(), &*self.randomness)?,
                sha256: Sha256(sha256),
                kind,
                bytes: length as u64,
            });
        }
        Ok(Put {
            text,
            files: Files::new(files)?,
            contents,
        })
    }

    /// Seals and writes the files of a new procedure.
    pub(super) fn keep_files(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        procedure: ProcedureId,
        of_procedure: &DataKey,
        put: &Put,
    ) -> Result<(), RegistryError> {
        let randomness = &*self.randomness;
        for (file, content) in put.files.as_slice().iter().zip(&put.contents) {
            let row: [&[u8]; 3] = [person.as_bytes(), procedure.as_bytes(), file.file.as_bytes()];
            let key = DataKey::generate(randomness)?;
            let wrapped = of_procedure.wrap(&place("wrapped_key", &row), &key, randomness)?;
            let sealed = key.seal(&place("sealed_content", &row), content, randomness)?;
            tx.execute(
                "INSERT INTO procedure_file (person, procedure, file, wrapped_key, sealed_content) \
                 VALUES ($1, $2, $3, $4, $5)",
                &[
                    Param::Blob(row[0]),
                    Param::Blob(row[1]),
                    Param::Blob(row[2]),
                    Param::Blob(&wrapped),
                    Param::Blob(&sealed),
                ],
            )?;
        }
        Ok(())
    }
}

/// A file's content, if it is there.
pub(super) fn content(
    tx: &mut dyn Tx,
    person: PersonId,
    procedure: ProcedureId,
    of_procedure: &DataKey,
    file: FileId,
) -> Result<Option<Vec<u8>>, RegistryError> {
    let row: [&[u8]; 3] = [person.as_bytes(), procedure.as_bytes(), file.as_bytes()];
    let rows = tx.query(
        "SELECT wrapped_key, sealed_content FROM procedure_file \
         WHERE person = $1 AND procedure = $2 AND file = $3",
        &row.map(Param::Blob),
    )?;
    let Some(mut found) = rows.into_iter().next() else {
        return Ok(None);
    };
    let key = of_procedure.unwrap_key(&place("wrapped_key", &row), &found.blob()?)?;
    Ok(Some(key.open(&place("sealed_content", &row), &found.blob()?)?))
}

const fn format_of(kind: FileKind) -> FileFormat {
    match kind {
        FileKind::Pdf => FileFormat::Pdf,
        FileKind::Png => FileFormat::Png,
        FileKind::Jpeg => FileFormat::Jpeg,
    }
}
