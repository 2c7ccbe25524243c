//! What ends with a record or a person, and stays ended when an older copy is put back.

use model::{RecordKind, procedure::Speaker};
use registry::ProposalStanding;
use testkit::{Installation, SourceRow, on_both_engines, prove_log, wait};

use crate::{kit::*, proposals::sealed};

/// A lawyer with a commendation that was proposed, another proposal, a publication and a pledge.
fn lived_in(engine: testkit::Engine) -> Installation {
    let here = Installation::new(engine, "gansu");
    let short = SourceRow::licence(1).with("valid_until", "2027-05-04");
    here.file(LAW, RecordKind::Licence, &[short, SourceRow::licence(2)]);
    let record = take_up(&here, adding(propose(&here, 1))).unwrap();
    wait(
        here.registry
            .give_publication(here.person(1), record, Speaker::Person),
    )
    .unwrap();
    propose(&here, 1);
    wait(
        here.registry
            .make_pledge(here.person(1), "lawyer", "lawful-practice"),
    )
    .unwrap();
    here
}

fn rows(here: &Installation) -> (i64, i64, usize) {
    (
        here.store.rows("published_commendation"),
        here.store.rows("pledge"),
        sealed(here),
    )
}

on_both_engines! {
    fn with_the_last_record_goes_all_that_speaks_for_a_person_also_from_an_older_copy(engine: Engine) {
        let (here, copy) = lived_in(engine).copy();
        assert_eq!(rows(&here), (1, 1, 2));
        // Licence until 2032, commendation until 20 November 2036.
        here.at("2036-11-20T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(rows(&here), (0, 0, 0));
        assert!(published(&here).is_empty());
        let good = good_record(&here, 1);
        let mut standing: Vec<ProposalStanding> = good.proposals.iter().map(|one| one.standing).collect();
        // Both were made at the same moment.
        standing.sort_unstable_by_key(|one| one.as_str());
        assert_eq!(standing, [ProposalStanding::Lapsed, ProposalStanding::TakenUp], "that there were some stays");
        assert!(good.proposals.iter().all(|one| one.words.is_none()));
        let here = here.restore(&copy);
        assert!(here.registry.erased_again() > 0);
        assert_eq!(rows(&here), (0, 0, 0));
        assert!(good_record(&here, 1).proposals.iter().all(|one| one.words.is_none()));
        prove_log(&here.registry);
    }

    fn a_proposal_about_somebody_erased_cannot_be_opened_or_taken_up(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let old = SourceRow::licence(1).with("valid_until", "2021-12-25");
        here.file(LAW, RecordKind::Licence, &[old]);
        here.later(24);
        let id = propose(&here, 1);
        here.at("2026-12-27T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(here.store.rows("person"), 0);
        assert_eq!(sealed(&here), 0);
        assert_eq!(code(wait(here.registry.open_proposal(LAW, id)).map(|_| ())), "proposal-answered");
        assert_eq!(code(take_up(&here, adding(id))), "proposal-answered");
    }
}
