//! A commendation is published only with its person's own yes, one at a time, and gone at once after their no.

use std::collections::BTreeSet;

use model::{RecordId, RecordKind, procedure::Speaker};
use registry::{
    CarryOut, DisputeAnswer, EventKind, MandateScope, NewMandate, NoticeKind, OpenDispute, PublicationError,
};
use testkit::{Installation, SourceRow, made_up, on_both_engines, prove_log, prove_receipt, wait};

use crate::kit::*;

fn give(here: &Installation, n: u32, record: RecordId) -> Result<(), PublicationError> {
    wait(
        here.registry
            .give_publication(here.person(n), record, Speaker::Person),
    )
}

fn withdraw(here: &Installation, n: u32, record: RecordId) -> Result<(), PublicationError> {
    wait(
        here.registry
            .withdraw_publication(here.person(n), record, Speaker::Person),
    )
}

fn why(answer: Result<(), PublicationError>) -> &'static str {
    answer.map_or_else(|error| error.code(), |()| "done")
}

/// Two lawyers with two commendations each.
fn commended(engine: testkit::Engine) -> Installation {
    let here = filled(engine);
    let second = |n: u32| {
        SourceRow::commendation(n)
            .document(&format!("甘律奖〔2024〕{n:05}号"))
            .with("title", "第二项表彰（示例）")
            .with("granted_on", "2024-12-04")
    };
    here.file(
        LAW,
        RecordKind::Commendation,
        &[
            SourceRow::commendation(1),
            second(1),
            SourceRow::commendation(2),
            second(2),
        ],
    );
    here
}

/// The commendation with this title.
fn titled(here: &Installation, n: u32, title: &str) -> RecordId {
    let records = here.file_of(n).records;
    records
        .into_iter()
        .find(|one| one.fields.get("title").is_some_and(|it| it == title))
        .unwrap()
        .record
}

fn first(here: &Installation, n: u32) -> RecordId {
    titled(here, n, "法律援助先进个人（示例）")
}

on_both_engines! {
    fn nothing_is_published_without_its_persons_own_yes_and_each_yes_is_for_one(engine: Engine) {
        let here = commended(engine);
        assert!(published(&here).is_empty());
        give(&here, 1, first(&here, 1)).unwrap();
        let [one] = published(&here).try_into().ok().unwrap();
        assert_eq!((one.name.as_str(), one.profession.as_str()), (made_up(1).name.as_str(), "lawyer"));
        assert_eq!((one.authority.as_str(), one.granted_on.unwrap().to_string().as_str()), (LAW, "2025-12-04"));
        assert_eq!(one.words["title"], "法律援助先进个人（示例）");
        assert_eq!(one.words.len(), 2, "title and reason alone");
        let said = serde_json::to_string(&one).unwrap();
        for hidden in [made_up(1).number.as_str(), "甘律奖", "LAW-", "lawyer-commendation"] {
            assert!(!said.contains(hidden), "{hidden}");
        }
        let good = good_record(&here, 1);
        assert_eq!(good.publications.len(), 1);
        assert!(good.publications[0].published);
        assert!(good_record(&here, 2).publications.is_empty());
        // Said twice it is said once.
        give(&here, 1, first(&here, 1)).unwrap();
        assert_eq!((events(&here, 1, EventKind::PublicationGiven), published(&here).len()), (1, 1));
        give(&here, 1, titled(&here, 1, "第二项表彰（示例）")).unwrap();
        assert_eq!(names(&here), [made_up(1).name, made_up(1).name]);
        let event = here.file_of(1).events.into_iter().find(|one| one.kind == EventKind::PublicationGiven).unwrap();
        prove_receipt(&here.registry, &wait(here.registry.event_receipt(here.person(1), event.event)).unwrap().unwrap());
    }

    fn it_is_gone_at_once_after_the_no_and_the_other_yes_stays(engine: Engine) {
        let here = commended(engine);
        let (one, other) = (first(&here, 1), titled(&here, 1, "第二项表彰（示例）"));
        give(&here, 1, one).unwrap();
        give(&here, 1, other).unwrap();
        withdraw(&here, 1, one).unwrap();
        // Not a second has passed.
        let left = published(&here);
        assert_eq!((left.len(), &left[0].words["title"]), (1, &"第二项表彰（示例）".into()));
        withdraw(&here, 1, one).unwrap();
        assert_eq!(events(&here, 1, EventKind::PublicationWithdrawn), 1);
        give(&here, 1, one).unwrap();
        assert_eq!(published(&here).len(), 2);
        prove_log(&here.registry);
    }

    fn nobody_publishes_what_is_not_theirs_or_no_commendation(engine: Engine) {
        let here = commended(engine);
        assert_eq!(why(give(&here, 1, first(&here, 2))), "commendation-unknown");
        withdraw(&here, 1, first(&here, 2)).unwrap();
        let licence = here.file_of(1).records.into_iter().find(|one| one.kind == RecordKind::Licence).unwrap();
        assert_eq!(why(give(&here, 1, licence.record)), "commendation-unknown");
        assert_eq!(why(give(&here, 1, RecordId::from_bytes([7; 16]))), "commendation-unknown");
        assert!(published(&here).is_empty());
        assert_eq!(events(&here, 1, EventKind::PublicationGiven), 0);
    }

    fn a_corrected_one_is_not_published_until_its_person_says_yes_to_what_it_says_now(engine: Engine) {
        let here = commended(engine);
        let record = first(&here, 1);
        give(&here, 1, record).unwrap();
        let corrected = SourceRow::commendation(1).with("title", "更正后的名称").correcting();
        here.file(LAW, RecordKind::Commendation, &[corrected]);
        assert!(published(&here).is_empty());
        assert!(!good_record(&here, 1).publications[0].published);
        give(&here, 1, record).unwrap();
        assert_eq!(published(&here)[0].words["title"], "更正后的名称");
        assert_eq!(events(&here, 1, EventKind::PublicationGiven), 2);
    }

    fn a_withdrawn_one_is_not_published_and_cannot_be(engine: Engine) {
        let here = filled(engine);
        let done = here.file(LAW, RecordKind::Commendation, &[SourceRow::commendation(1)]);
        let record = commendation(&here, 1).record;
        give(&here, 1, record).unwrap();
        here.registry.take_back(LAW, done.submission).unwrap();
        assert!(published(&here).is_empty());
        assert_eq!(why(give(&here, 1, record)), "commendation-not-standing");
        // Filed again it is another record, which waits for a yes of its own.
        here.file(LAW, RecordKind::Commendation, &[SourceRow::commendation(1)]);
        assert!(published(&here).is_empty());
    }

    fn a_disputed_one_is_not_published_and_neither_is_one_that_is_withheld_or_withdrawn_after(engine: Engine) {
        let here = commended(engine);
        let record = first(&here, 1);
        give(&here, 1, record).unwrap();
        let dispute = OpenDispute {
            by: Speaker::Person,
            record,
            field: None,
            text: "虚构示例：名称有误。".to_owned(),
            files: Vec::new(),
        };
        let id = wait(here.registry.open_dispute(here.person(1), dispute)).unwrap();
        assert!(published(&here).is_empty());
        assert_eq!(why(give(&here, 1, record)), "commendation-disputed");
        // Late with its answer: withheld.
        here.later(24 * 60);
        here.registry.do_what_is_due().unwrap();
        assert!(commendation_of(&here, record).withheld);
        assert!(published(&here).is_empty());
        let answer = DisputeAnswer::Change(CarryOut::Withdraw);
        let reasons = "虚构示例：本不应报送。".to_owned();
        wait(here.registry.answer_dispute(LAW, id, answer, reasons)).unwrap();
        assert!(!commendation_of(&here, record).withheld);
        assert!(published(&here).is_empty());
        assert_eq!(why(give(&here, 1, record)), "commendation-not-standing");
    }

    fn once_a_dispute_is_answered_and_the_commendation_stands_the_yes_holds_again(engine: Engine) {
        let here = commended(engine);
        let record = first(&here, 1);
        give(&here, 1, record).unwrap();
        let dispute = OpenDispute {
            by: Speaker::Person,
            record,
            field: None,
            text: "虚构示例：日期有误。".to_owned(),
            files: Vec::new(),
        };
        let id = wait(here.registry.open_dispute(here.person(1), dispute)).unwrap();
        assert!(published(&here).is_empty());
        let reasons = "虚构示例：日期无误。".to_owned();
        wait(here.registry.answer_dispute(LAW, id, DisputeAnswer::Uphold, reasons)).unwrap();
        assert_eq!(names(&here), [made_up(1).name]);
    }

    fn an_erased_one_is_gone_with_the_yes(engine: Engine) {
        let here = commended(engine);
        give(&here, 1, first(&here, 1)).unwrap();
        give(&here, 2, first(&here, 2)).unwrap();
        // Kept ten years from the day of the commendation.
        here.at("2035-12-04T16:00:00Z");
        assert!(published(&here).is_empty(), "over its day it is shown to nobody, also before it is destroyed");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(here.store.rows("published_commendation"), 0);
        assert!(good_record(&here, 1).publications.is_empty());
    }

    fn a_representative_needs_a_mandate_for_consents_and_the_person_is_told(engine: Engine) {
        let here = commended(engine);
        let record = first(&here, 1);
        let register = |scope: MandateScope| {
            let mandate = NewMandate {
                person: here.person(1),
                representative: here.person(2),
                scope: BTreeSet::from([scope]),
                from: "2026-11-23".parse().unwrap(),
                until: "2026-12-01".parse().unwrap(),
                registered_by: "reviewer-1".to_owned(),
            };
            Speaker::Representative(wait(here.registry.register_mandate(mandate)).unwrap())
        };
        let wrong = register(MandateScope::Records);
        let refused = wait(here.registry.give_publication(here.person(1), record, wrong));
        assert_eq!(why(refused), "mandate-not-covered");
        assert!(published(&here).is_empty());
        let right = register(MandateScope::Consents);
        wait(here.registry.give_publication(here.person(1), record, right)).unwrap();
        assert_eq!(names(&here), [made_up(1).name]);
        assert_eq!(notices(&here, 1, NoticeKind::PublicationByRepresentative), 1);
        let event = here.file_of(1).events.into_iter().find(|one| one.kind == EventKind::PublicationGiven).unwrap();
        assert!(event.mandate.is_some());
        wait(here.registry.withdraw_publication(here.person(1), record, right)).unwrap();
        assert!(published(&here).is_empty());
        assert_eq!(notices(&here, 1, NoticeKind::PublicationByRepresentative), 2);
    }

    fn limit_2_the_public_page_goes_by_the_order_of_the_yeses_and_lacks_whoever_said_none(engine: Engine) {
        let here = filled(engine);
        let people: Vec<u32> = (10..35).collect();
        let licences: Vec<SourceRow> = people.iter().map(|n| SourceRow::licence(*n)).collect();
        let rows: Vec<SourceRow> = people.iter().map(|n| SourceRow::commendation(*n)).collect();
        here.file(LAW, RecordKind::Licence, &licences);
        here.file(LAW, RecordKind::Commendation, &rows);
        let mut said = Vec::new();
        for n in people.iter().rev().filter(|n| **n != 20) {
            here.later(1);
            give(&here, *n, commendation(&here, *n).record).unwrap();
            said.insert(0, made_up(*n).name);
        }
        let page = |number| wait(here.registry.published_commendations(number)).unwrap();
        let (one, two, three) = (page(1), page(2), page(3));
        assert_eq!((one.commendations.len(), one.more), (20, true));
        assert_eq!((two.commendations.len(), two.more), (4, false));
        assert!(three.commendations.is_empty() && !three.more);
        let shown: Vec<String> = one.commendations.into_iter().chain(two.commendations).map(|one| one.name).collect();
        assert_eq!(shown, said);
        assert_eq!(page(0).commendations.len(), 20, "the first page is the nearest");
        assert!(page(u64::MAX).commendations.is_empty());
    }
}

fn commendation_of(here: &Installation, record: RecordId) -> registry::RecordView {
    here.file_of(1)
        .records
        .into_iter()
        .find(|one| one.record == record)
        .unwrap()
}
