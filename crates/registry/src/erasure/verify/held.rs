//! What the database holds of what a receipt speaks of: every place at which something of it could be read.

use jiff::Timestamp;
use model::PersonId;
use storage::{Param, StoreError, Tx};

use super::{Of, Subject};
use crate::{
    RegistryError,
    event::{self, EventKind, LoggedEvent},
    leaf, mail,
};

/// What is said, in both languages.
#[derive(Clone, Copy)]
pub(super) struct Both {
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

/// A kind of thing that something could be read in.
pub(super) struct Place {
    /// What it is.
    pub(super) what: Both,
    /// How many there are.
    pub(super) looked_at: i64,
    /// How many of them have a key or content.
    pub(super) left: i64,
}

/// An erasure, with what stands at its place in the log.
pub(super) type Told = (LoggedEvent, Option<Vec<u8>>);

/// What the database holds.
pub(super) struct Held {
    pub(super) places: Vec<Place>,
    /// How many other records of the person can be read, or that came after their erasure.
    pub(super) others: i64,
    /// Whether the person has a key.
    pub(super) person: bool,
    /// Why they have one though no other record of theirs can be read.
    pub(super) kept_for: Option<Both>,
    /// Erasures of it.
    pub(super) events: Vec<Told>,
}

/// Where to look: what stands there, which rows, and how a row shows that something can be read. `$1` is the person.
struct Look {
    what: Both,
    rows: &'static str,
    readable: &'static str,
}

/// Where something of a record, `$2`, could be read.
const OF_RECORD: [Look; 7] = [
    Look {
        what: Both {
            zh: "该记录的各个版本",
            en: "versions of the record",
        },
        rows: "record_version WHERE person = $1 AND record = $2",
        readable: "wrapped_key IS NOT NULL OR sealed_content IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "关于它的证明",
            en: "certificates about it",
        },
        rows: "certificate WHERE person = $1 AND record = $2",
        readable: "wrapped_key IS NOT NULL OR sealed_text IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "关于其他记录而显示它的证明",
            en: "certificates about another record that showed it",
        },
        rows: "certificate WHERE person = $1 AND record <> $2 AND certificate IN \
               (SELECT certificate FROM certificate_shows WHERE person = $1 AND subject = $2)",
        readable: "wrapped_key IS NOT NULL OR sealed_text IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "关于它的程序",
            en: "procedures about it",
        },
        rows: "procedure WHERE person = $1 AND record = $2",
        readable: "wrapped_key IS NOT NULL OR sealed_state IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "这些程序中的材料",
            en: "files that were put to such procedures",
        },
        rows: "procedure_file WHERE person = $1 AND procedure IN \
               (SELECT procedure FROM procedure WHERE person = $1 AND record = $2)",
        readable: "sealed_content IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "成为该记录的表彰推荐",
            en: "proposals of a commendation that became it",
        },
        rows: "commendation_proposal WHERE person = $1 AND record = $2",
        readable: "wrapped_key IS NOT NULL OR sealed_words IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "关于它的通报",
            en: "alerts about it",
        },
        rows: "alert WHERE person = $1 AND record = $2",
        readable: "wrapped_key IS NOT NULL OR sealed_content IS NOT NULL",
    },
];

/// Where something of a procedure, `$2`, could be read.
const OF_PROCEDURE: [Look; 2] = [
    Look {
        what: Both {
            zh: "这个编号的程序",
            en: "procedures of this identifier",
        },
        rows: "procedure WHERE person = $1 AND procedure = $2",
        readable: "wrapped_key IS NOT NULL OR sealed_state IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "其中的材料",
            en: "files that were put to it",
        },
        rows: "procedure_file WHERE person = $1 AND procedure = $2",
        readable: "sealed_content IS NOT NULL",
    },
];

/// Where something of a person could be read that was there before the leaf `$2`.
const OF_PERSON: [Look; 4] = [
    Look {
        what: Both {
            zh: "其各项记录的各个版本",
            en: "versions of their records",
        },
        rows: "record_version WHERE person = $1 AND leaf < $2",
        readable: "wrapped_key IS NOT NULL OR sealed_content IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "其证明",
            en: "certificates of theirs",
        },
        rows: "certificate WHERE person = $1 AND certificate IN (SELECT subject FROM event WHERE person = $1 AND leaf < $2)",
        readable: "wrapped_key IS NOT NULL OR sealed_text IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "其程序",
            en: "procedures of theirs",
        },
        rows: "procedure WHERE person = $1 AND leaf < $2",
        readable: "wrapped_key IS NOT NULL OR sealed_state IS NOT NULL",
    },
    Look {
        what: Both {
            zh: "这些程序中的材料",
            en: "files that were put to such procedures",
        },
        rows: "procedure_file WHERE person = $1 AND procedure IN \
               (SELECT procedure FROM procedure WHERE person = $1 AND leaf < $2)",
        readable: "sealed_content IS NOT NULL",
    },
];

/// Reads it.
pub(super) fn read(tx: &mut dyn Tx, subject: Subject, now: Timestamp) -> Result<Held, RegistryError> {
    let Subject { person, what } = subject;
    let whose = Param::Blob(person.as_bytes());
    let events = erasures(tx, person, what)?;
    // What came after the latest erasure that the log holds is none of it.
    let stands = events.iter().filter(|told| is_in_log(told));
    let before = stands
        .map(|(event, _)| event.leaf as i64)
        .max()
        .unwrap_or(i64::MAX);
    let (looks, key): (&[Look], _) = match &what {
        Of::Record(record) => (&OF_RECORD, Param::Blob(record.as_bytes())),
        Of::Procedure(procedure) => (&OF_PROCEDURE, Param::Blob(procedure.as_bytes())),
        Of::Identity => (&OF_PERSON, Param::Int(before)),
    };
    let mut places = Vec::with_capacity(looks.len());
    for look in looks {
        let all = format!("SELECT COUNT(*) FROM {}", look.rows);
        places.push(Place {
            what: look.what,
            looked_at: count(tx, &all, &[whose, key])?,
            left: count(tx, &format!("{all} AND ({})", look.readable), &[whose, key])?,
        });
    }
    let others = match &what {
        Of::Record(_) => "record <> $2",
        Of::Procedure(_) | Of::Identity => "leaf >= $2",
    };
    let others = format!(
        "SELECT COUNT(*) FROM record_version WHERE person = $1 AND {others} AND wrapped_key IS NOT NULL"
    );
    let key = match &what {
        Of::Record(record) => Param::Blob(record.as_bytes()),
        Of::Procedure(_) | Of::Identity => Param::Int(before),
    };
    Ok(Held {
        places,
        others: count(tx, &others, &[whose, key])?,
        person: count(tx, "SELECT COUNT(*) FROM person WHERE person = $1", &[whose])? > 0,
        kept_for: kept_for(tx, person, now)?,
        events,
    })
}

fn count(tx: &mut dyn Tx, sql: &str, params: &[Param<'_>]) -> Result<i64, StoreError> {
    let rows = tx.query(sql, params)?;
    rows.into_iter().next().map_or(Ok(0), |mut row| row.int())
}

/// Why somebody has a key of whom no record can be read.
fn kept_for(tx: &mut dyn Tx, person: PersonId, now: Timestamp) -> Result<Option<Both>, RegistryError> {
    let whose = Param::Blob(person.as_bytes());
    let runs =
        "SELECT COUNT(*) FROM certificate WHERE person = $1 AND revoked_at IS NULL AND expires_at > $2";
    if count(tx, runs, &[whose, Param::Int(now.as_second())])? > 0 {
        return Ok(Some(Both {
            zh: "其有一份证明仍在有效期内",
            en: "a certificate of theirs still runs",
        }));
    }
    let going = "SELECT COUNT(*) FROM procedure WHERE person = $1 AND wrapped_key IS NOT NULL \
                 AND waits_for IS NOT NULL AND kept_alone = 0";
    if count(tx, going, &[whose])? > 0 {
        return Ok(Some(Both {
            zh: "其提起的事项还在等待答复",
            en: "something that they opened waits for an answer",
        }));
    }
    Ok(mail::letter_first(tx, person, now)?.then_some(Both {
        zh: "须先向其发出邮件，在半天之内",
        en: "a letter to them leaves first, within half a day",
    }))
}

/// The erasures of it.
fn erasures(tx: &mut dyn Tx, person: PersonId, what: Of) -> Result<Vec<Told>, RegistryError> {
    let (kind, subject) = match what {
        Of::Record(record) => (EventKind::Erased, Some(*record.as_bytes())),
        Of::Procedure(procedure) => (EventKind::ProcedureErased, Some(*procedure.as_bytes())),
        Of::Identity => (EventKind::IdentityErased, None),
    };
    let mut found = Vec::new();
    for event in event::of_person(tx, person)? {
        if event.event.kind != kind || event.event.subject != subject {
            continue;
        }
        let stored = tx.query(
            "SELECT entry FROM log_leaf WHERE leaf = $1",
            &[Param::Int(event.leaf as i64)],
        )?;
        let entry = stored.into_iter().next().map(|mut row| row.blob()).transpose()?;
        found.push((event, entry));
    }
    Ok(found)
}

/// Whether the log holds an erasure.
pub(super) fn is_in_log((event, stored): &Told) -> bool {
    let entry = leaf::entry(&event.salt, &leaf::event_statement(&event.event));
    stored.as_deref() == Some(&entry[..])
}
