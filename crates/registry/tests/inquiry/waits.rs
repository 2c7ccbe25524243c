//! Where a law lets the notice wait: the reviewer is told at once, the person on the day, and nobody can hide a look for
//! longer than the law says.

use profile::Delay;
use registry::{Cause, EventKind, NoticeKind, ReviewError, Verdict};
use testkit::{Engine, Installation, gansu, made_up, on_both_engines, wait, waiting_under_law};

use crate::kit::*;

/// The law lets the notice wait 10 days.
fn waiting(engine: Engine) -> Installation {
    let mut profile = gansu();
    let purpose = profile.purposes.get_mut(RENEWAL).unwrap();
    purpose.delay = Some(profile::ByDay::always(Delay {
        days: 10,
        basis: "lawyer-licensing".to_owned(),
    }));
    let here = fill(Installation::with(engine, profile));
    here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
    here
}

fn for_days(days: u32) -> registry::InquiryRequest {
    registry::InquiryRequest {
        under: waiting_under_law(days),
        ..by_law(1)
    }
}

on_both_engines! {
    fn the_notice_is_sent_on_its_day_without_anyones_help(engine: Engine) {
        let here = waiting(engine);
        let id = look(&here, for_days(3)).unwrap().look;
        let queue = wait(here.registry.review_queue()).unwrap();
        assert!(queue.looks[0].causes.contains(&Cause::NoticeWaits));
        assert_eq!(queue.looks[0].told_on.unwrap().to_string(), "2026-11-26");
        let shown = || (events(&here, 1, EventKind::Look), notices(&here, 1, NoticeKind::LookedAt));
        here.registry.do_what_is_due().unwrap();
        assert_eq!(shown(), (0, 0));
        assert!(wait(here.registry.look_detail(here.person(1), id)).unwrap().is_none());
        here.at("2026-11-25T15:59:59Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(shown(), (0, 0));
        here.at("2026-11-25T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(shown(), (1, 1));
        here.registry.do_what_is_due().unwrap();
        assert_eq!(shown(), (1, 1), "told once");
        let detail = wait(here.registry.look_detail(here.person(1), id)).unwrap().unwrap();
        assert_eq!(detail.told_at.unwrap().to_string(), "2026-11-25T16:00:00Z");
        let queue = wait(here.registry.review_queue()).unwrap();
        assert_eq!(queue.looks[0].told_on, None, "there is nothing left to put off");
    }

    fn a_reviewer_learns_nothing_of_a_look_at_themselves_whose_notice_waits(engine: Engine) {
        let here = waiting(engine);
        here.registry.add_reviewer("one", "测试员", Some(&made_up(1).number)).unwrap();
        let id = look(&here, for_days(3)).unwrap().look;
        let one = model::procedure::ReviewerId::new("one").unwrap();
        assert!(wait(here.registry.review_queue_for(&one)).unwrap().looks.is_empty());
        // As if there were none.
        let close = || wait(here.registry.close_review(id, "one", Verdict::Proper, "why")).unwrap_err().code();
        assert_eq!(close(), "item-unknown");
        assert_eq!(wait(here.registry.review_case("one", id)).unwrap_err().code(), "item-unknown");
        assert_eq!(wait(here.registry.renew_wait(id, "one", 2, "why")).unwrap_err().code(), "item-unknown");
        here.at("2026-11-25T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(close(), "reviewer-concerned");
    }

    fn only_a_reviewer_renews_a_wait_with_reasons_and_never_past_the_law(engine: Engine) {
        let here = waiting(engine);
        let id = look(&here, for_days(3)).unwrap().look;
        let renew = |reviewer, days, why| wait(here.registry.renew_wait(id, reviewer, days, why));
        assert!(matches!(renew("clerk", 2, "why"), Err(ReviewError::ReviewerUnknown)));
        assert!(matches!(renew("reviewer-1", 2, ""), Err(ReviewError::ReasonsMissing)));
        assert!(matches!(renew("reviewer-1", 8, "why"), Err(ReviewError::NoLonger)));
        assert_eq!(renew("reviewer-1", 4, "why").unwrap().to_string(), "2026-11-30");
        assert_eq!(renew("reviewer-1", 3, "why").unwrap().to_string(), "2026-12-03");
        assert!(matches!(renew("reviewer-1", 1, "why"), Err(ReviewError::NoLonger)));
        assert_eq!(count(&here, "oversight_step", "change", "wait-renewed"), 2);
        here.at("2026-12-02T16:00:00Z");
        assert_eq!(events(&here, 1, EventKind::Look), 1, "it shows though nothing ran");
        assert!(matches!(renew("reviewer-1", 1, "why"), Err(ReviewError::NoLonger)));
        here.registry.do_what_is_due().unwrap();
        assert!(matches!(renew("reviewer-1", 1, "why"), Err(ReviewError::Unknown)));
    }

    fn more_days_than_the_law_has_are_not_had(engine: Engine) {
        let here = waiting(engine);
        look(&here, for_days(10_000)).unwrap();
        look(&here, by_law(1)).unwrap();
        look(&here, for_days(0)).unwrap();
        assert_eq!(events(&here, 1, EventKind::Look), 1);
        let queue = wait(here.registry.review_queue()).unwrap();
        assert!(queue.looks.iter().any(|one| one.told_on.is_none()), "told at once");
        here.at("2026-12-02T16:00:00Z");
        assert_eq!(events(&here, 1, EventKind::Look), 3);
    }

    fn an_improper_look_waits_no_longer(engine: Engine) {
        let here = waiting(engine);
        let id = look(&here, by_law(1)).unwrap().look;
        assert_eq!(events(&here, 1, EventKind::Look), 0);
        wait(here.registry.close_review(id, "reviewer-1", Verdict::Improper, "no such case")).unwrap();
        assert_eq!(events(&here, 1, EventKind::Look), 1);
        here.at("2027-01-02T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(notices(&here, 1, NoticeKind::LookedAt), 1, "told once, with that it was improper");
    }
}
