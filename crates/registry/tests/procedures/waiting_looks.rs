//! Where a law lets the notice of a look wait, nothing that the person can read of a restoration names the body that
//! looked, or differs by it, before the day on which they are told.

use model::procedure::{AuthorityId, NoticeKind as Kind, Procedure, Status, StepName};
use profile::{ByDay, Delay};
use registry::{EventKind, InquiryRequest, NoticeKind, Reader, Verdict};
use testkit::{Engine, Installation, gansu, name_staff, on_both_engines, prove_log, wait, waiting_under_law};

use crate::kit::*;

/// The fine, where the law lets the notice of a look of this purpose wait 30 days.
fn waiting(engine: Engine) -> Installation {
    let here = waiting_since(engine, gansu());
    on(&here, "2027-02-10");
    here
}

/// The same before the day on which it can be restored.
fn waiting_since(engine: Engine, mut profile: profile::Profile) -> Installation {
    let purpose = profile.purposes.get_mut("licensing-renewal").unwrap();
    purpose.delay = Some(ByDay::always(Delay {
        days: 30,
        basis: "lawyer-licensing".to_owned(),
    }));
    // A second authority that licenses the profession, and so may look.
    let other = profile.authorities.get_mut(SCHOOLS).unwrap();
    other.professions.insert("lawyer".to_owned());
    let here = fined(Installation::with(engine, profile));
    name_staff(&here.registry, SCHOOLS, "clerk");
    wait(
        here.registry
            .set_email(here.person(1), Some("made-up@example.org".to_owned())),
    )
    .unwrap();
    here
}

fn for_days(days: u32) -> InquiryRequest {
    InquiryRequest {
        authority: SCHOOLS.to_owned(),
        under: waiting_under_law(days),
        ..by_law()
    }
}

/// A look of the other authority whose notice waits until 2 March.
fn hidden_look(here: &Installation) -> model::EventId {
    let answer = wait(here.registry.inquire(for_days(20))).unwrap();
    assert_eq!(answer.records.len(), 2, "the decision is given");
    answer.look
}

fn confirm(here: &Installation, body: &str, id: model::ProcedureId) -> &'static str {
    let by = registry::ForBody::staff(body, "clerk");
    code(wait(
        here.registry.confirm_stopped_use(by, told_as(here, body, id)),
    ))
}

/// All that the person can read of it, with whatever is drawn by chance or given in order left out.
fn read(here: &Installation, id: model::ProcedureId) -> Vec<String> {
    let person = here.person(1);
    let mut lines = Vec::new();
    let one = wait(here.registry.read_procedure(Reader::Person(person), id)).unwrap();
    for view in [one, view(here, id)] {
        let said = serde_json::to_string(&view).unwrap();
        for known in [id.to_string(), decision(here).to_string()] {
            assert!(said.contains(&known));
        }
        let said = said.replace(&id.to_string(), "procedure");
        lines.push(said.replace(&decision(here).to_string(), "decision"));
    }
    let file = wait(here.registry.person_file(person, EventKind::Download)).unwrap();
    lines.extend(
        file.events
            .iter()
            .map(|one| format!("{} {} {} {}", one.kind, one.actor, one.purpose, one.at)),
    );
    lines.extend(
        file.records
            .iter()
            .map(|one| format!("{:?} {:?}", one.kind, one.status)),
    );
    let own = wait(here.registry.procedures_of(person)).unwrap();
    lines.extend(own.iter().map(|one| {
        let one = &one.summary;
        let days = (one.opened_at, one.changed_at, one.due_on);
        format!("{:?} {days:?} {} {:?}", one.status, one.late, one.waits_for)
    }));
    let notices = wait(here.registry.notices(person)).unwrap();
    // Those of one moment stand in an order that chance draws.
    let mut notices: Vec<_> = notices
        .iter()
        .map(|one| format!("{} {}", one.at, one.kind.as_str()))
        .collect();
    notices.sort();
    lines.extend(notices);
    lines.push(wait(here.registry.unread_notices(person)).unwrap().to_string());
    for lease in wait(here.registry.lease_mail(100)).unwrap() {
        lines.push("a letter".to_owned());
        wait(here.registry.mail_sent(lease.token)).unwrap();
    }
    lines
}

/// The two lives read the same, and name the body that looked nowhere.
fn same([hidden, without]: &[Vec<String>; 2]) {
    for (one, other) in hidden.iter().zip(without) {
        assert_eq!(one, other);
        assert!(!one.contains(SCHOOLS), "{one}");
    }
    assert_eq!(hidden.len(), without.len());
}

fn names(here: &Installation, id: model::ProcedureId) -> Vec<StepName> {
    view(here, id).timeline.iter().map(|step| step.name).collect()
}

/// The bodies that the reviewers see not to have confirmed in time.
fn late_ones(here: &Installation) -> Vec<String> {
    let late = wait(here.registry.overdue_for(&reviewer("first"))).unwrap();
    late.into_iter().flat_map(|one| one.unconfirmed).collect()
}

on_both_engines! {
    fn nothing_that_the_person_reads_differs_by_a_body_whose_look_waits(engine: Engine) {
        // The same life twice, with a hidden look and without; once with another body that was given the record, and once
        // with none.
        for other in [true, false] {
            let lives = [true, false].map(|hidden| {
                let here = waiting(engine);
                if other {
                    give(&here, HOSPITAL);
                }
                if hidden {
                    hidden_look(&here);
                }
                let id = granted(&here);
                let mut lines = read(&here, id);
                here.later(60);
                if hidden {
                    assert_eq!(inbox(&here, SCHOOLS), [Kind::StopUsing], "it is told at once");
                    assert_eq!(confirm(&here, SCHOOLS, id), "done");
                    assert_eq!(confirm(&here, SCHOOLS, id), "already-confirmed");
                }
                lines.extend(read(&here, id));
                if other {
                    assert_eq!(confirm(&here, HOSPITAL, id), "done");
                }
                lines.extend(read(&here, id));
                assert_eq!(status(&here, id), Status::Complete);
                on(&here, "2027-02-28");
                lines.extend(read(&here, id));
                lines
            });
            same(&lives);
        }
    }

    fn nor_where_that_body_does_not_confirm(engine: Engine) {
        let lives = [true, false].map(|hidden| {
            let here = waiting(engine);
            give(&here, HOSPITAL);
            if hidden {
                hidden_look(&here);
            }
            let id = granted(&here);
            on(&here, "2027-02-25");
            if hidden {
                assert_eq!(inbox(&here, SCHOOLS), [Kind::StopUsing, Kind::StopUsingAgain]);
                let late = wait(here.registry.overdue()).unwrap().remove(0);
                assert_eq!(late.unconfirmed, [HOSPITAL, SCHOOLS], "the reviewers see it");
            }
            let mut lines = read(&here, id);
            confirm(&here, HOSPITAL, id);
            lines.extend(read(&here, id));
            lines
        });
        same(&lives);
    }

    fn nor_where_it_is_late_and_nobody_else_is_waited_for(engine: Engine) {
        // Nobody else was given the record; or somebody was, who confirms before the day or after it.
        for confirms_on in [None, Some("2027-02-20"), Some("2027-02-26")] {
            let lives = [true, false].map(|hidden| {
                let here = waiting(engine);
                if confirms_on.is_some() {
                    give(&here, HOSPITAL);
                }
                if hidden {
                    hidden_look(&here);
                }
                let id = granted(&here);
                let mut lines = Vec::new();
                for day in ["2027-02-20", "2027-02-24", "2027-02-25", "2027-02-26", "2027-02-28"] {
                    on(&here, day);
                    if confirms_on == Some(day) {
                        assert_eq!(confirm(&here, HOSPITAL, id), "done");
                    }
                    lines.extend(read(&here, id));
                }
                assert_eq!(status(&here, id), Status::Complete);
                if hidden {
                    assert_eq!(late_ones(&here), [SCHOOLS], "the reviewers see it");
                    assert_eq!(confirm(&here, SCHOOLS, id), "done");
                    lines.extend(read(&here, id));
                    assert!(late_ones(&here).is_empty());
                } else {
                    lines.extend(read(&here, id));
                }
                lines
            });
            same(&lives);
        }
    }

    fn it_is_reminded_once_by_its_own_day_and_the_reviewers_see_it_as_late_until_it_confirms(engine: Engine) {
        let here = waiting(engine);
        hidden_look(&here);
        let id = granted(&here);
        on(&here, "2027-02-24");
        assert_eq!((inbox(&here, SCHOOLS), late_ones(&here)), (vec![Kind::StopUsing], vec![]));
        on(&here, "2027-02-25");
        let reminded = [Kind::StopUsing, Kind::StopUsingAgain];
        assert_eq!(inbox(&here, SCHOOLS), reminded);
        let late = wait(here.registry.overdue_for(&reviewer("first"))).unwrap().remove(0);
        assert_eq!((late.procedure, late.due_on.unwrap().to_string().as_str(), late.late), (id, "2027-02-24", true));
        assert_eq!(late.unconfirmed, [SCHOOLS]);
        let reviewers = wait(here.registry.reviewer_notices(&reviewer("first"))).unwrap();
        assert_eq!(reviewers.iter().filter(|one| one.kind == Kind::ConfirmationOverdue).count(), 1);
        let opened = here.registry.read_procedure(Reader::Reviewer(reviewer("first")), id);
        assert_eq!(code(wait(opened)), "procedure-unknown", "the person would see that somebody opened it");
        on(&here, "2027-02-28");
        assert_eq!(inbox(&here, SCHOOLS), reminded);
        // Once the person is told, they see that it is late; it is not reminded again.
        on(&here, "2027-03-02");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(status(&here, id), Status::ConfirmationOverdue);
        assert_eq!((inbox(&here, SCHOOLS), late_ones(&here)), (reminded.to_vec(), vec![SCHOOLS.to_owned()]));
        assert_eq!(confirm(&here, SCHOOLS, id), "done");
        assert!(late_ones(&here).is_empty());
        prove_log(&here.registry);
    }

    fn from_the_day_of_the_notice_on_the_person_reads_which_body_it_was_and_that_it_confirmed(engine: Engine) {
        let here = waiting(engine);
        hidden_look(&here);
        let id = granted(&here);
        assert_eq!(confirm(&here, SCHOOLS, id), "done");
        on(&here, "2027-03-01");
        assert_eq!(names(&here, id), [StepName::Apply, StepName::Take, StepName::Grant, StepName::Complete]);
        on(&here, "2027-03-02");
        let after = [StepName::ShowRecipient, StepName::ConfirmStopped, StepName::Complete];
        assert_eq!(names(&here, id)[4..], after);
        let step = view(&here, id).timeline.remove(5);
        let schools = model::procedure::Actor::Authority(AuthorityId::new(SCHOOLS).unwrap());
        assert_eq!((step.actor, step.staff.as_deref()), (schools, Some("clerk")));
        assert_eq!(step.at.to_string(), "2027-02-10T04:00:00Z", "when it did");
        for kind in [Kind::RecipientShown, Kind::UseStopped] {
            assert_eq!(told(&here, 1, kind), 1);
        }
        here.registry.do_what_is_due().unwrap();
        assert_eq!(names(&here, id).len(), 7, "once");
        prove_log(&here.registry);
    }

    fn one_that_did_not_confirm_is_waited_for_in_sight_of_all_from_then_on(engine: Engine) {
        let here = waiting(engine);
        hidden_look(&here);
        let id = granted(&here);
        on(&here, "2027-03-02");
        // Its ten working days are over.
        here.registry.do_what_is_due().unwrap();
        assert_eq!(status(&here, id), Status::ConfirmationOverdue);
        assert_eq!(inbox(&here, SCHOOLS), [Kind::StopUsing, Kind::StopUsingAgain]);
        assert_eq!(confirm(&here, SCHOOLS, id), "done");
        assert_eq!(status(&here, id), Status::Complete);
        assert_eq!(told(&here, 1, Kind::UseStopped), 1);
    }

    fn a_wait_that_a_reviewer_ends_because_the_look_was_improper_ends_this_too(engine: Engine) {
        let here = waiting(engine);
        let look = hidden_look(&here);
        let id = granted(&here);
        wait(here.registry.close_review(look, "first", Verdict::Improper, "no such case")).unwrap();
        assert_eq!(names(&here, id).last(), Some(&StepName::ShowRecipient));
        assert_eq!(status(&here, id), Status::Granted);
        let notices = wait(here.registry.notices(here.person(1))).unwrap();
        assert!(notices.iter().any(|one| one.kind == NoticeKind::LookImproper));
    }

    fn a_look_of_long_ago_that_was_told_shows_nothing_of_one_that_waits(engine: Engine) {
        let mut profile = gansu();
        profile.procedures.recipients_months.all_mut().for_each(|one| one.number = 1);
        let here = waiting_since(engine, profile);
        wait(here.registry.inquire(for_days(1))).unwrap();
        on(&here, "2027-02-10");
        // Another look is told to the person before this one.
        wait(here.registry.inquire(InquiryRequest { authority: LAW.to_owned(), ..for_days(1) })).unwrap();
        hidden_look(&here);
        let id = granted(&here);
        on(&here, "2027-02-15");
        assert!(!names(&here, id).contains(&StepName::ShowRecipient));
        on(&here, "2027-03-02");
        assert!(names(&here, id).contains(&StepName::ShowRecipient));
    }

    fn nor_does_the_authority_that_decided_learn_of_it(engine: Engine) {
        let here = waiting(engine);
        hidden_look(&here);
        let id = granted(&here);
        let read = wait(here.registry.read_procedure(Reader::Body(LAW.to_owned()), id)).unwrap();
        assert!(!serde_json::to_string(&read).unwrap().contains(SCHOOLS));
        let Some(Procedure::Restoration(one)) = read.course else { panic!("a restoration") };
        assert!(one.state().apart().is_empty());
        assert!(!inbox(&here, LAW).contains(&Kind::UseStopped));
    }
}
