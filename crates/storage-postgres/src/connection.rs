//! A connection that is made when needed, and made again after it broke.

use std::collections::HashMap;

use postgres::{Client, Config, Error, NoTls, Statement};
use storage::StoreError;

use crate::error::unreachable;

/// Statements kept prepared on each connection.
const STATEMENTS: usize = 256;

/// A connection, or the means to make one.
pub(crate) struct Link {
    config: Config,
    session: Option<Session>,
}

impl Link {
    /// Connects when first used.
    pub(crate) fn closed(config: &Config) -> Self {
        Self {
            config: config.clone(),
            session: None,
        }
    }

    /// Connects now.
    pub(crate) fn open(config: &Config) -> Result<Self, StoreError> {
        let mut link = Self::closed(config);
        link.session()?;
        Ok(link)
    }

    /// The open connection.
    pub(crate) fn session(&mut self) -> Result<&mut Session, StoreError> {
        let session = match self.session.take() {
            Some(session) if !session.out_of_step && !session.client.is_closed() => session,
            _ => {
                let client = self.config.connect(NoTls).map_err(|error| unreachable(&error))?;
                Session {
                    client,
                    statements: HashMap::new(),
                    out_of_step: false,
                }
            }
        };
        Ok(self.session.insert(session))
    }

    /// Gives up a connection whose state is not known.
    pub(crate) fn reset(&mut self) {
        self.session = None;
    }
}

/// An open connection with its prepared statements.
pub(crate) struct Session {
    pub(crate) client: Client,
    /// Set when answers of the server may no longer belong to the questions they seem to. Nothing may be
    /// asked any more.
    pub(crate) out_of_step: bool,
    statements: HashMap<String, Statement>,
}

impl Session {
    /// The prepared statement for a text, and whether it had been prepared before.
    pub(crate) fn prepare(&mut self, sql: &str) -> Result<(Statement, bool), Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok((statement.clone(), true));
        }
        let statement = self.client.prepare(sql)?;
        if self.statements.len() >= STATEMENTS {
            // The code has fewer texts than this; only a flood of made ones comes here.
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok((statement, false))
    }

    /// Forgets every prepared statement, since the schema has moved under them.
    pub(crate) fn forget(&mut self) {
        self.statements.clear();
    }

    /// Runs one statement without parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql)
    }
}
