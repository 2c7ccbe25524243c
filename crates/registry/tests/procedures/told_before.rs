//! Requests to stop using a record that were written before version 18 of the schema: each body still confirms by the
//! identifier that is in its notices, however many there are, and finds each that it has not confirmed, read or unread.

use model::{
    ProcedureId,
    procedure::{NoticeKind as Kind, Status},
};
use storage::{Access, Param, StoreError};
use testkit::{Engine, Installation, on_both_engines, wait};

use crate::kit::*;

/// The same installation with its database as version 17 of the schema left it, opened by this program.
fn upgraded(here: Installation) -> Installation {
    here.store
        .store
        .run("test.old", Access::Write, |tx| {
            for sql in [
                "DROP INDEX body_notice_known_as",
                "ALTER TABLE body_notice DROP COLUMN known_as",
                "DROP TABLE auditor_key",
                "ALTER TABLE peer DROP COLUMN put_back_at",
                "ALTER TABLE peer DROP COLUMN put_back_next",
                "ALTER TABLE status_list DROP COLUMN closed_at",
                "DELETE FROM schema_migration WHERE version >= 18",
            ] {
                tx.execute(sql, &[])?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    here.reopen()
}

/// Puts so many other requests to a body down, as the migration leaves them.
fn others(here: &Installation, body: &'static str, count: u64) {
    let (person, at) = (here.person(1), here.registry.now().as_second());
    here.store
        .store
        .run("test.others", Access::Write, move |tx| {
            for n in 0..count {
                let mut id = [0xee; 16];
                id[8..].copy_from_slice(&n.to_be_bytes());
                tx.execute(
                    "INSERT INTO body_notice (person, notice, body, kind, procedure, at, known_as) \
                     VALUES ($1, $2, $3, $4, $2, $5, $6)",
                    &[
                        Param::Blob(person.as_bytes()),
                        Param::Blob(&id),
                        Param::Text(body),
                        Param::Text(Kind::StopUsing.as_str()),
                        Param::Int(at),
                        Param::Blob(&[]),
                    ],
                )?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// How many rows there are with this condition.
fn count(here: &Installation, condition: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM body_notice WHERE {condition}");
    let counted = here.store.store.run("test.count", Access::Read, move |tx| {
        let rows = tx.query(&sql, &[])?;
        rows.into_iter()
            .next()
            .ok_or(StoreError::Shape("a count is expected"))?
            .int()
    });
    counted.unwrap()
}

const UNFILLED: &str =
    "(known_as IS NULL OR length(known_as) < 16) AND kind IN ('stop-using', 'stop-using-again')";

fn confirm(here: &Installation, body: &str, known: ProcedureId) -> Result<Status, registry::ProcedureError> {
    wait(here.registry.confirm_stopped_use(body, known))
}

/// Marks everything that a body was told as read, as could be done before requests had a place of their own.
fn mark_all(here: &Installation, body: &'static str) {
    let at = here.registry.now().as_second();
    here.store
        .store
        .run("test.read", Access::Write, move |tx| {
            let sql = "UPDATE body_notice SET read_at = $1 WHERE body = $2 AND read_at IS NULL";
            tx.execute(sql, &[Param::Int(at), Param::Text(body)])
        })
        .unwrap();
}

/// The kinds of the requests that a body has to confirm.
fn to_confirm(here: &Installation, body: &str) -> Vec<Kind> {
    let notices = wait(here.registry.body_notices(body)).unwrap();
    let asked = notices.iter().filter(|one| one.is_to_be_confirmed());
    asked.map(|one| one.kind).collect()
}

on_both_engines! {
    fn what_was_marked_as_read_and_not_confirmed_is_found_among_what_is_to_be_confirmed(engine: Engine) {
        let (here, id) = restored_of_two(engine);
        let known = told_as(&here, HOSPITAL, id);
        // One body has confirmed; the other has only read, and is asked once more.
        confirm(&here, FIRM, told_as(&here, FIRM, id)).unwrap();
        mark_all(&here, HOSPITAL);
        on(&here, "2027-02-25");
        mark_all(&here, HOSPITAL);
        assert!(to_confirm(&here, HOSPITAL).is_empty());
        let here = upgraded(here);
        assert_eq!(to_confirm(&here, HOSPITAL), [Kind::StopUsing, Kind::StopUsingAgain]);
        assert!(to_confirm(&here, FIRM).is_empty(), "it has confirmed");
        let others = wait(here.registry.body_notices(LAW)).unwrap();
        assert!(!others.is_empty());
        assert_eq!(confirm(&here, HOSPITAL, known).unwrap(), Status::Complete);
        assert!(to_confirm(&here, HOSPITAL).is_empty());
        let here = upgraded(here);
        assert!(to_confirm(&here, HOSPITAL).is_empty(), "nor does it come back");
    }

    fn a_body_confirms_what_it_was_asked_before_the_upgrade_by_the_identifier_in_its_notice(engine: Engine) {
        let (here, id) = restored_of_two(engine);
        let asked = wait(here.registry.body_notices(HOSPITAL)).unwrap().remove(0);
        let here = upgraded(here);
        assert_eq!(count(&here, UNFILLED), 0);
        let after = wait(here.registry.body_notices(HOSPITAL)).unwrap().remove(0);
        assert_eq!((asked.notice, asked.procedure), (after.notice, after.procedure));
        for known in [id, told_as(&here, FIRM, id)] {
            assert_eq!(code(confirm(&here, HOSPITAL, known)), "procedure-unknown");
        }
        assert_eq!(confirm(&here, HOSPITAL, asked.procedure).unwrap(), Status::Granted);
        assert_eq!(confirm(&here, FIRM, told_as(&here, FIRM, id)).unwrap(), Status::Complete);
    }

    fn what_a_kill_left_of_the_upgrade_is_done_when_it_is_opened_again(engine: Engine) {
        let (here, id) = restored_of_two(engine);
        let here = upgraded(here);
        // More than one transaction fills, as a kill between two of them leaves it.
        others(&here, HOSPITAL, 1_100);
        assert_eq!(count(&here, UNFILLED), 1_100);
        let here = here.reopen();
        assert_eq!(count(&here, UNFILLED), 0);
        assert_eq!(count(&here, "known_as = procedure"), 0, "no body has the procedure's own");
        let other = wait(here.registry.body_notices(HOSPITAL)).unwrap().remove(5);
        assert_eq!(code(confirm(&here, HOSPITAL, other.procedure)), "procedure-unknown", "there is none");
        assert_eq!(confirm(&here, HOSPITAL, told_as(&here, HOSPITAL, id)).unwrap(), Status::Granted);
    }

    fn what_confirms_a_request_is_found_by_an_index_and_not_by_going_through_all_of_them(engine: Engine) {
        let (here, _) = restored_of_two(engine);
        others(&here, HOSPITAL, 2_000);
        let here = here.reopen();
        let plan = match engine {
            Engine::Sqlite => "EXPLAIN QUERY PLAN ",
            Engine::Postgres => "EXPLAIN ",
        };
        let sql = format!("{plan}SELECT procedure FROM body_notice WHERE known_as = $1 AND body = $2 LIMIT 1");
        let found = here.store.store.run("test.plan", Access::Write, move |tx| {
            if engine == Engine::Postgres {
                tx.execute("ANALYZE body_notice", &[])?;
            }
            let rows = tx.query(&sql, &[Param::Blob(&[1; 16]), Param::Text(HOSPITAL)])?;
            rows.into_iter()
                .map(|mut row| {
                    if engine == Engine::Sqlite {
                        // Numbers stand before the words.
                        row.int()?;
                        row.int()?;
                        row.int()?;
                    }
                    row.text()
                })
                .collect::<Result<Vec<_>, StoreError>>()
        });
        let found = found.unwrap().join(" ");
        assert!(found.contains("body_notice_known_as"), "{found}");
    }
}
