//! A breach that somebody noticed: reported by itself, told at once to each whom it affects, and to nobody else.

use model::{PersonId, procedure::ReviewerId};
use registry::{BreachReported, EventKind, INSTALLATION, NoticeKind, ProcedureError, ReportBreach};
use testkit::{Installation, made_up, on_both_engines, prove_log, prove_receipt, wait};

use crate::kit::*;

fn leak(noticed_on: &str, affected: &[u32]) -> ReportBreach {
    ReportBreach {
        body: LAW.to_owned(),
        noticed_on: noticed_on.parse().unwrap(),
        happened: "A list lay open for a night.".to_owned(),
        measures: "It is closed, and the keys are new.".to_owned(),
        affected: affected.iter().map(|n| made_up(*n).number).collect(),
    }
}

fn report(
    here: &Installation,
    who: Option<&str>,
    what: ReportBreach,
) -> Result<BreachReported, ProcedureError> {
    let reviewer = who.map(|who| ReviewerId::new(who).unwrap());
    wait(here.registry.report_breach(reviewer, what))
}

fn notices(here: &Installation, person: PersonId) -> usize {
    let notices = wait(here.registry.notices(person)).unwrap();
    notices
        .iter()
        .filter(|one| one.kind == NoticeKind::BreachReported)
        .count()
}

on_both_engines! {
    fn a_reviewer_whom_a_breach_affects_does_not_report_it(engine: Engine) {
        let here = filled(engine);
        here.registry.add_reviewer("first", "测试员", Some(&made_up(2).number)).unwrap();
        let today = here.registry.today().to_string();
        let refused = report(&here, Some("first"), leak(&today, &[1, 2])).unwrap_err();
        assert_eq!(refused.code(), "reviewer-concerned");
        assert_eq!(notices(&here, here.person(1)), 0);
        report(&here, Some("second"), leak(&today, &[1, 2])).unwrap();
        assert_eq!((notices(&here, here.person(1)), notices(&here, here.person(2))), (1, 1));
    }

    fn a_breach_is_reported_by_itself_and_each_whom_it_affects_is_told_at_once_with_a_leaf(engine: Engine) {
        let here = filled(engine);
        let today = here.registry.today().to_string();
        let before = prove_log(&here.registry);
        let done = report(&here, Some("first"), leak(&today, &[1, 2, 1])).unwrap();
        assert_eq!((done.affected, done.late, done.reported_by.as_str()), (2, false, "reviewer:first"));
        assert_eq!(done.tell_by, here.registry.today() + jiff::Span::new().days(3));
        assert_eq!(prove_log(&here.registry), before + 3, "the report, and each of them");
        for n in [1, 2] {
            let person = here.person(n);
            assert_eq!(notices(&here, person), 1);
            let event = here.file_of(n).events.into_iter().find(|one| one.kind == EventKind::BreachReported).unwrap();
            let receipt = wait(here.registry.event_receipt(person, event.event)).unwrap().unwrap();
            let (_, statement) = prove_receipt(&here.registry, &receipt);
            assert_eq!(statement["subject"], done.breach.to_string());
            let told = wait(here.registry.breach_told_to(person, done.breach)).unwrap().unwrap();
            assert_eq!(told.report, done);
            assert_eq!(told.happened.as_str(), "A list lay open for a night.");
            assert_eq!(told.measures.as_str(), "It is closed, and the keys are new.");
        }
        // Said again, as when the answer was lost, nobody is told twice.
        assert_eq!(report(&here, Some("second"), leak(&today, &[2, 1])).unwrap(), done);
        assert_eq!(notices(&here, here.person(1)), 1);
        assert_eq!(wait(here.registry.breach_reports()).unwrap(), [done]);
    }

    fn whom_it_does_not_affect_reads_nothing_of_it_and_who_is_known_shows_nowhere(engine: Engine) {
        let here = filled(engine);
        let today = here.registry.today().to_string();
        let known = report(&here, None, leak(&today, &[1])).unwrap();
        let unknown = report(&here, None, leak(&today, &[901])).unwrap();
        assert_eq!(known.reported_by, INSTALLATION);
        assert_eq!(wait(here.registry.breach_told_to(here.person(2), known.breach)).unwrap().map(|_| ()), None);
        let alike = |one: &BreachReported| (one.affected, one.late, one.noticed_on, one.body.clone());
        assert_eq!(alike(&known), alike(&unknown));
        // Whoever comes to be known later finds it.
        let later = here.registry.keys().person(&made_up(901).number);
        assert_eq!(notices(&here, later), 1);
        assert!(wait(here.registry.breach_told_to(later, unknown.breach)).unwrap().is_some());
        assert!(here.store.every_byte(here.folder.path()).iter().all(|(_, bytes)| {
            !bytes.windows(15).any(|part| part == b"A list lay open")
        }), "the words are sealed");
    }

    fn one_that_was_noticed_too_long_ago_says_so_and_a_wrong_report_tells_nobody(engine: Engine) {
        let here = filled(engine);
        let today = here.registry.today();
        let on = |days: i64| (today - jiff::Span::new().days(days)).to_string();
        assert!(!report(&here, Some("first"), leak(&on(3), &[1])).unwrap().late);
        assert!(report(&here, Some("first"), leak(&on(4), &[1])).unwrap().late);
        let list = wait(here.registry.breach_reports()).unwrap();
        assert_eq!(list.iter().filter(|one| one.late).count(), 1);
        let wrong = |change: &dyn Fn(&mut ReportBreach), who| {
            let mut what = leak(&on(0), &[2]);
            change(&mut what);
            code(report(&here, who, what))
        };
        let first = Some("first");
        assert_eq!(wrong(&|_| {}, Some("nobody")), "reviewer-unknown");
        assert_eq!(wrong(&|what| what.body = "moon-bureau".to_owned(), first), "body-unknown");
        assert_eq!(wrong(&|what| what.measures = " ".to_owned(), first), "words-empty");
        assert_eq!(wrong(&|what| what.happened = "x".repeat(4_001), first), "words-too-long");
        assert_eq!(wrong(&|what| what.affected.clear(), first), "breach-affects-nobody");
        assert_eq!(wrong(&|what| what.affected.push("12".to_owned()), first), "number-malformed");
        assert_eq!(wrong(&|what| what.noticed_on = today.tomorrow().unwrap(), first), "day-to-come");
        assert_eq!(notices(&here, here.person(2)), 0);
        assert_eq!(here.store.rows("breach"), 2);
    }
}
