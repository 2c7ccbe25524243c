//! From PostgreSQL's errors to the port's, without any stored value: its texts repeat the row at fault.

use postgres::Error;
use postgres::error::{DbError, SqlState};
use storage::StoreError;

/// What an error means for the transaction that met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It failed, and would again.
    Final,
    /// Another transaction was in the way; nothing was kept, and it may be tried again.
    Conflict,
    /// The connection is gone.
    Broken,
}

/// Sorts an error.
pub(crate) fn kind(error: &Error) -> Kind {
    if error.is_closed() {
        return Kind::Broken;
    }
    let Some(code) = error.code() else {
        // The driver's own refusals, such as of a value's type, come before anything is sent; an error of
        // the socket comes without a code too.
        return if by_transport(error) {
            Kind::Broken
        } else {
            Kind::Final
        };
    };
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        Kind::Conflict
    } else if code.code().starts_with("08")
        || code.code().starts_with("57P")
        || *code == SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
    {
        Kind::Broken
    } else {
        Kind::Final
    }
}

fn by_transport(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// The port's word for an error of PostgreSQL.
pub(crate) fn engine(error: &Error) -> StoreError {
    match error.as_db_error() {
        Some(error) if *error.code() == SqlState::UNIQUE_VIOLATION => StoreError::Duplicate,
        Some(error) => StoreError::Engine(describe(error)),
        None if kind(error) == Kind::Broken => StoreError::Unavailable("the connection broke".into()),
        None if std::error::Error::source(error)
            .is_some_and(|source| source.is::<crate::value::Mismatch>()) =>
        {
            StoreError::Shape("a value has another type than its column, or a text holds the character NUL")
        }
        None => StoreError::Engine("the driver refused the statement".into()),
    }
}

/// A failure to connect.
pub(crate) fn unreachable(error: &Error) -> StoreError {
    StoreError::Unavailable(match error.as_db_error() {
        Some(error) => format!("the server refused us: {}", describe(error)),
        None => "the server cannot be reached".into(),
    })
}

fn describe(error: &DbError) -> String {
    let code = error.code().code();
    let mut text = format!("SQLSTATE {code}, {}", error.severity());
    for (what, name) in [
        ("table", error.table()),
        ("column", error.column()),
        ("constraint", error.constraint()),
    ] {
        if let Some(name) = name {
            text.push_str(&format!(", {what} {name}"));
        }
    }
    // Of class 42, «syntax error or access rule violation», the message names words of the statement alone,
    // which are constants of the code.
    if code.starts_with("42") {
        text.push_str(&format!(": {}", error.message()));
    }
    text
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
