//! Who is still at work, and whom the oversight has stopped.

use model::procedure::ReviewerId;
use registry::{Change, InquiryRequest, Stop};
use testkit::{Installation, SourceRow, gansu, made_up, name_staff, on_both_engines, under_law, wait};

const LAW: &str = "law-bureau";

fn look(here: &Installation, clerk: &str) -> bool {
    let person = made_up(1);
    let looked = here.registry.inquire(InquiryRequest {
        authority: LAW.to_owned(),
        asker: clerk.to_owned(),
        purpose: "licensing-renewal".to_owned(),
        profession: "lawyer".to_owned(),
        under: under_law(),
        id_number: person.number,
        name: person.name,
        nonce: None,
    });
    wait(looked).is_ok()
}

on_both_engines! {
    fn somebody_is_at_work_until_they_leave_and_of_their_own_body_alone(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        name_staff(&here.registry, LAW, "one");
        let member = |body: &str, staff: &str| wait(here.registry.staff_member(body, staff)).unwrap();
        let one = member(LAW, "one").unwrap();
        assert_eq!((one.name.as_str(), one.ended_at, one.stopped_at), ("测试员", None, None));
        assert!(member(LAW, "two").is_none() && member("health-commission", "one").is_none());
        here.registry.stop_staff(LAW, "one").unwrap();
        assert!(member(LAW, "one").unwrap().ended_at.is_some());
    }

    fn a_reviewer_reviews_until_they_leave(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let id = ReviewerId::new("reviewer-1").unwrap();
        let reviews = || wait(here.registry.reviews(&id)).unwrap();
        assert!(!reviews());
        here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
        assert!(reviews());
        here.registry.stop_reviewer("reviewer-1").unwrap();
        assert!(!reviews());
    }

    fn stops_are_listed_for_reviewers_and_steps_for_the_body_that_they_were_done_to(engine: Engine) {
        let mut profile = gansu();
        for one in profile.oversight.all_mut() {
            one.staff_ceiling_per_day = 1;
            one.refusals_before_staff_stopped = 1;
            one.stopped_staff_before_member_stopped = 1;
        }
        let here = Installation::with(engine, profile);
        here.file(LAW, model::RecordKind::Licence, &[SourceRow::licence(1)]);
        name_staff(&here.registry, LAW, "one");
        assert!(wait(here.registry.stops()).unwrap().is_empty());
        assert!(look(&here, "one") && !look(&here, "one"));
        let stopped_at = here.registry.now();
        let stop = |staff: Option<&str>| Stop {
            body: LAW.to_owned(),
            staff: staff.map(str::to_owned),
            stopped_at,
        };
        assert_eq!(wait(here.registry.stops()).unwrap(), [stop(None), stop(Some("one"))]);
        let steps = wait(here.registry.steps_of(LAW)).unwrap();
        let changes: Vec<_> = steps.iter().map(|step| step.change).collect();
        assert_eq!(changes, [
            Change::MemberStopped, Change::StaffStopped, Change::CeilingRefused, Change::StaffAdded,
        ]);
        assert!(wait(here.registry.steps_of("health-commission")).unwrap().is_empty());
    }
}
