//! From SQLite's errors to the port's, without any stored value.

use rusqlite::{Error, ErrorCode, ffi};
use storage::StoreError;

/// The port's word for an error of SQLite.
pub(crate) fn engine(error: &Error) -> StoreError {
    match error {
        Error::SqliteFailure(failure, message) => failed(failure, message.as_deref()),
        Error::SqlInputError { error, msg, .. } => failed(error, Some(msg)),
        Error::MultipleStatement => StoreError::Engine("one statement at a time".into()),
        _ => StoreError::Engine("the driver refused the statement".into()),
    }
}

fn failed(failure: &ffi::Error, message: Option<&str>) -> StoreError {
    match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            return StoreError::Duplicate;
        }
        // The second is said of a key.
        ffi::SQLITE_CONSTRAINT_DATATYPE | ffi::SQLITE_MISMATCH => {
            return StoreError::Shape("a value has another type than its column");
        }
        _ => {}
    }
    let meaning = ffi::code_to_str(failure.extended_code);
    // In these two cases the message names tables, columns and words of the statement, which are constants
    // of the code; in the others it may say anything.
    let said = matches!(failure.code, ErrorCode::ConstraintViolation | ErrorCode::Unknown);
    StoreError::Engine(match message {
        Some(message) if said => format!("{meaning} ({message})"),
        _ => meaning.into(),
    })
}

/// A second copy, for the others of a group.
pub(crate) fn copy(error: &StoreError) -> StoreError {
    match error {
        StoreError::Duplicate => StoreError::Duplicate,
        StoreError::Engine(text) => StoreError::Engine(text.clone()),
        StoreError::Shape(text) => StoreError::Shape(text),
        StoreError::Unavailable(text) => StoreError::Unavailable(text.clone()),
        StoreError::InUse(seconds) => StoreError::InUse(*seconds),
    }
}
