//! Restores of older copies, kills and failures.

use std::fs;

use model::{EventId, RecordKind, RecordStatus};
use registry::EventKind;
use storage::{Access, Param};
use testkit::{Installation, SourceRow, made_up, on_both_engines, prove_log, wait};

const LAW: &str = "law-bureau";

/// Keys, contents and identities of a person that are stored.
pub(crate) fn secrets(here: &Installation, n: u32) -> usize {
    let person = here.registry.keys().person(&made_up(n).number);
    let found = here.store.store.run("test.secrets", Access::Read, move |tx| {
        let key = [Param::Blob(person.as_bytes())];
        let versions = "SELECT version FROM record_version WHERE person = $1 AND \
                        (wrapped_key IS NOT NULL OR sealed_content IS NOT NULL)";
        let certificates =
            "SELECT certificate FROM certificate WHERE person = $1 AND wrapped_key IS NOT NULL";
        let people = "SELECT person FROM person WHERE person = $1";
        let mut found = 0;
        for select in [versions, certificates, people] {
            found += tx.query(select, &key)?.len();
        }
        Ok::<_, storage::StoreError>(found)
    });
    found.unwrap()
}

fn erasures(here: &Installation) -> String {
    fs::read_to_string(here.folder.path().join("erasures.log")).unwrap()
}

fn erased_events(here: &Installation, n: u32) -> Vec<String> {
    let file = here.file_of(n);
    let mut found: Vec<_> = file
        .events
        .iter()
        .filter(|one| matches!(one.kind, EventKind::Erased | EventKind::IdentityErased))
        .map(|one| one.event.to_string())
        .collect();
    found.sort();
    found
}

/// Two people with a licence each, the first with a decision and a certificate too.
pub(crate) fn lived_in(engine: testkit::Engine) -> Installation {
    let here = Installation::new(engine, "gansu");
    here.file(
        LAW,
        RecordKind::Licence,
        &[SourceRow::licence(1), SourceRow::licence(2)],
    );
    let licence = here.file_of(1).records[0].record;
    wait(here.registry.issue_certificate(here.person(1), licence, None)).unwrap();
    here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
    // The second one's licence is kept longer.
    let longer = SourceRow::licence(2)
        .with("valid_until", "2044-05-04")
        .correcting();
    here.file(LAW, RecordKind::Licence, &[longer]);
    here
}

on_both_engines! {
    fn an_older_copy_that_is_put_back_has_everything_destroyed_again_before_it_is_served(engine: Engine) {
        let (here, copy) = lived_in(engine).copy();
        let before = secrets(&here, 1);
        assert_eq!(before, 4, "licence, decision, certificate, person");
        here.at("2040-05-05T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 2);
        assert_eq!(secrets(&here, 1), 0);
        let events = erased_events(&here, 1);
        let written = erasures(&here);
        assert_eq!(written.lines().count(), 1 + 3, "two records and a person");
        let other = secrets(&here, 2);

        let here = here.restore(&copy);
        assert_eq!(here.registry.erased_again(), 3);
        assert_eq!(secrets(&here, 1), 0);
        assert_eq!(secrets(&here, 2), other, "nobody else lost anything");
        assert!(here.file_of(1).records.iter().all(|one| one.status == RecordStatus::Erased));
        assert_eq!(erased_events(&here, 1), events, "the same events tell of it");
        assert_eq!(erasures(&here), written, "nothing is written twice");
        prove_log(&here.registry);
        let here = here.reopen();
        assert_eq!(here.registry.erased_again(), 0, "once is enough");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 0);
        prove_log(&here.registry);
    }

    fn a_copy_from_between_two_erasures_lacks_only_the_second(engine: Engine) {
        let here = lived_in(engine);
        here.at("2031-11-11T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        let (here, copy) = here.copy();
        here.at("2040-05-05T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        let here = here.restore(&copy);
        assert_eq!(here.registry.erased_again(), 2, "the licence and the person");
        assert_eq!(secrets(&here, 1), 0);
    }

    fn what_was_filed_after_an_erasure_is_not_destroyed_by_it(engine: Engine) {
        let here = lived_in(engine);
        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let anew = SourceRow::licence(1).document("甘许〔2040〕一号").with("valid_until", "2050-05-04");
        here.file(LAW, RecordKind::Licence, &[anew]);
        let held = secrets(&here, 1);
        assert_eq!(held, 2);
        let (here, copy) = here.copy();
        let here = here.restore(&copy);
        assert_eq!((here.registry.erased_again(), secrets(&here, 1)), (0, held));
        assert!(here.file_of(1).identity.is_some());
    }

    fn without_its_file_an_installation_writes_down_what_the_database_holds(engine: Engine) {
        let (here, copy) = lived_in(engine).copy();
        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let written = erasures(&here);
        fs::remove_file(here.folder.path().join("erasures.log")).unwrap();
        let here = here.reopen();
        let mut lines: Vec<Vec<String>> = Vec::new();
        for text in [written, erasures(&here)] {
            // All but the place and the MAC, which follow from the order.
            let mut events: Vec<String> =
                text.lines().skip(1).map(|line| line.split(' ').take(8).collect()).collect();
            events.sort();
            lines.push(events);
        }
        assert_eq!(lines[0], lines[1]);
        let here = here.restore(&copy);
        assert_eq!((here.registry.erased_again(), secrets(&here, 1)), (3, 0));
    }

    fn what_a_transaction_left_undone_stays_so_after_a_kill_before_the_file_says_it(engine: Engine) {
        let (here, copy) = lived_in(engine).copy();
        let held = secrets(&here, 1);
        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let written = erasures(&here);
        let path = here.folder.path().join("erasures.log");
        fs::remove_file(&path).unwrap();
        let here = here.restore(&copy);
        assert_eq!((here.registry.erased_again(), secrets(&here, 1)), (0, held));
        // As the transaction would have left the database that did none of these lines.
        let lines: Vec<Vec<&str>> = written.lines().skip(1).map(|line| line.split(' ').collect()).collect();
        let mark = hex::decode(lines.last().unwrap().last().unwrap()).unwrap();
        let left: Vec<u8> = lines
            .iter()
            .flat_map(|line| *line[4].parse::<EventId>().unwrap().as_bytes())
            .collect();
        here.store
            .store
            .run("test.left", Access::Write, move |tx| {
                for (name, value) in [("erasures", &mark), ("erasures-left", &left)] {
                    tx.execute("DELETE FROM setting WHERE name = $1", &[Param::Text(name)])?;
                    let values = [Param::Text(name), Param::Blob(value)];
                    tx.execute("INSERT INTO setting (name, value) VALUES ($1, $2)", &values)?;
                }
                Ok::<_, storage::StoreError>(())
            })
            .unwrap();
        fs::write(&path, &written).unwrap();
        let here = here.reopen();
        let voids = erasures(&here).lines().filter(|line| line.starts_with("void ")).count();
        assert_eq!((here.registry.erased_again(), secrets(&here, 1), voids), (0, held, 3));
        let here = here.restore(&copy);
        assert_eq!((here.registry.erased_again(), secrets(&here, 1)), (0, held), "nor from an older copy");
        let voids = erasures(&here).lines().filter(|line| line.starts_with("void ")).count();
        assert_eq!(voids, 3, "it is said once");
    }

    fn a_kill_before_the_transaction_is_made_good_at_the_next_start(engine: Engine) {
        let here = Installation::stopping(engine, "due.erase", 0);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap_err();
        assert_eq!(secrets(&here, 1), 2);
        let path = here.folder.path().join("erasures.log");
        let whole = fs::read(&path).unwrap();
        let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').map(|at| at + 1).collect();
        assert_eq!(ends.len(), 3);
        // Cut within the first line, after it, within the second, and not at all.
        fs::remove_file(&path).unwrap();
        let (mut here, copy) = here.copy();
        for (cut, again) in [(ends[0] + 9, 0), (ends[1], 1), (ends[1] + 9, 1), (whole.len(), 2)] {
            fs::write(&path, &whole[..cut]).unwrap();
            here = here.restore(&copy);
            assert_eq!(here.registry.erased_again(), again, "cut at {cut}");
            here.registry.do_what_is_due().unwrap();
            assert_eq!(secrets(&here, 1), 0, "cut at {cut}");
            prove_log(&here.registry);
        }
    }
}
