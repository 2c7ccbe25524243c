//! Complaints about how data was handled: a reviewer, thirty days, reasons, measures, and whoever a breach affects is
//! told.

use jiff::civil::date;
use model::procedure::{Matter, NoticeKind as Kind, Speaker, Status};
use registry::{
    Complain, ConsentAsk, EventKind, Finding, Found, InquiryRequest, NoticeKind, Reader, ReportBreach,
    Verdict,
};
use testkit::{Installation, SourceRow, made_up, on_both_engines, prove_log, wait};

use crate::kit::*;

fn find(
    here: &Installation,
    id: model::ProcedureId,
    by: &str,
    finding: Finding,
) -> Result<Status, registry::ProcedureError> {
    wait(here.registry.answer_complaint(reviewer(by), id, finding))
}

fn founded(affected: Option<&[u32]>) -> Finding {
    let breach = affected.map(|people| ReportBreach {
        body: LAW.to_owned(),
        noticed_on: date(2026, 11, 1),
        happened: "a list lay open".to_owned(),
        measures: "the list is gone".to_owned(),
        affected: people.iter().map(|n| made_up(*n).number).collect(),
    });
    Finding::Founded(Found {
        reasons: "so it was".to_owned(),
        measures: "the account is closed".to_owned(),
        breach,
    })
}

on_both_engines! {
    fn a_look_that_was_refused_or_found_nothing_is_complained_of_and_counts_as_improper(engine: Engine) {
        let here = filled(engine);
        let misnamed = |request: &mut InquiryRequest| request.name = "虚一名".to_owned();
        let fruitless = [refused_look(&here), attempt(&here, EventKind::LookFoundNothing, misnamed)];
        for (n, look) in (1..).zip(fruitless) {
            let id = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
            assert_eq!(view(&here, id).summary.body.as_deref(), Some(LAW), "whoever tried");
            assign(&here, id, "first").unwrap();
            assert_eq!(find(&here, id, "first", founded(None)).unwrap(), Status::Founded);
            assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], n);
            let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
            let found: Vec<_> = detail.findings.iter().map(|one| one.verdict).collect();
            assert_eq!(found, [Verdict::Improper]);
            assert_eq!(detail.findings[0].reasons.as_deref(), Some("so it was"));
        }
        assert_eq!(inbox(&here, LAW), [Kind::ComplaintFounded, Kind::ComplaintFounded]);
        let improper = here.file_of(1).events.into_iter().filter(|one| one.kind == EventKind::LookImproper);
        assert_eq!(improper.count(), 2);
        prove_log(&here.registry);
    }

    fn an_unfounded_complaint_about_a_refused_look_counts_nothing(engine: Engine) {
        let here = filled(engine);
        let look = refused_look(&here);
        let id = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
        assign(&here, id, "first").unwrap();
        find(&here, id, "first", Finding::Unfounded("a slip of the hand".to_owned())).unwrap();
        assert!(wait(here.registry.improper_looks(2026)).unwrap().is_empty());
    }

    fn what_was_no_look_is_not_complained_of_as_one(engine: Engine) {
        let here = filled(engine);
        let mine = here.person(1);
        let complain_of = |look| code(wait(here.registry.open_complaint(mine, a_complaint(Some(look)))));
        let ask = ConsentAsk { looks: Some(100), ..an_ask(&here, HOSPITAL) };
        assert_eq!(wait(here.registry.ask_consent(ask)).unwrap_err().code(), "consent-too-often");
        let events = here.file_of(1).events;
        let asked = events.iter().find(|one| one.kind == EventKind::ConsentAskRefused).unwrap();
        assert_eq!(complain_of(asked.event), "look-unknown");
        let theirs = refused_look(&here);
        let other = wait(here.registry.open_complaint(here.person(2), a_complaint(Some(theirs))));
        assert_eq!(code(other), "look-unknown", "of one at somebody else");
        assert_eq!(complain_of(theirs), "done");
    }

    fn a_reviewer_finds_it_founded_or_not_and_the_body_hears_of_it_with_the_outcome(engine: Engine) {
        let here = filled(engine);
        let looked = look(&here).look;
        let id = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(looked)))).unwrap();
        assert_eq!(due(&here, id), "2026-12-23");
        assert_eq!(inbox(&here, REVIEWERS), [Kind::ComplaintOpened]);
        let reads = |body: &str| code(wait(here.registry.read_procedure(Reader::Body(body.to_owned()), id)));
        assert!(inbox(&here, LAW).is_empty() && wait(here.registry.desk_procedures(LAW)).unwrap().is_empty());
        assert_eq!(reads(LAW), "procedure-unknown");
        assert_eq!(code(find(&here, id, "first", founded(None))), "step-not-now");
        assign(&here, id, "first").unwrap();
        assert_eq!(code(find(&here, id, "second", founded(None))), "step-not-yours");
        assert!(inbox(&here, LAW).is_empty());
        assert_eq!(find(&here, id, "first", founded(None)).unwrap(), Status::Founded);
        // The look was improper: it counts for the body, and shows so to the person.
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], 1);
        let detail = wait(here.registry.look_detail(here.person(1), looked)).unwrap().unwrap();
        assert_eq!(detail.findings.last().map(|one| one.verdict), Some(registry::Verdict::Improper));
        assert_eq!(inbox(&here, LAW), [Kind::ComplaintFounded]);
        assert_eq!(wait(here.registry.desk_procedures(LAW)).unwrap().len(), 1);
        assert_eq!((reads(LAW), reads(SCHOOLS)), ("done", "procedure-unknown"));
        assert_eq!(told(&here, 1, Kind::ComplaintFounded), 1);
        assert_eq!(code(find(&here, id, "first", founded(None))), "step-not-now");

        let id = complain(&here);
        assign(&here, id, "first").unwrap();
        assert_eq!(code(find(&here, id, "first", Finding::Unfounded(String::new()))), "words-empty");
        let unfounded = find(&here, id, "first", Finding::Unfounded("nobody looked".to_owned()));
        assert_eq!(unfounded.unwrap(), Status::Unfounded);
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], 1);
        prove_log(&here.registry);
    }

    fn after_thirty_days_every_reviewer_is_told_and_it_goes_on(engine: Engine) {
        let here = filled(engine);
        let (one, other) = (complain(&here), complain_of(&here, "nor told me"));
        let same = wait(here.registry.open_complaint(here.person(1), a_complaint(None)));
        assert_eq!(code(same), "procedure-under-way", "sent twice");
        assign(&here, other, "first").unwrap();
        on(&here, "2026-12-23");
        assert_eq!((status(&here, one), status(&here, other)), (Status::Open, Status::Assigned));
        on(&here, "2026-12-24");
        assert_eq!((status(&here, one), status(&here, other)), (Status::Overdue, Status::AssignedOverdue));
        let late = inbox(&here, REVIEWERS).into_iter().filter(|kind| *kind == Kind::ComplaintOverdue).count();
        assert_eq!((late, told(&here, 1, Kind::ComplaintOverdue)), (2, 2));
        assert_eq!(inbox(&here, "reviewer:first").last(), Some(&Kind::ComplaintOverdue));
        assert_eq!(wait(here.registry.overdue()).unwrap().len(), 2);
        find(&here, other, "first", founded(None)).unwrap();
        wait(here.registry.take_back_procedure(here.person(1), Speaker::Person, one)).unwrap();
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
    }

    fn a_breach_report_names_whom_it_affects_and_tells_each_once(engine: Engine) {
        let here = filled(engine);
        here.file(LAW, model::RecordKind::Licence, &[SourceRow::licence(3)]);
        let id = complain(&here);
        assign(&here, id, "first").unwrap();
        assert_eq!(code(find(&here, id, "first", founded(Some(&[])))), "breach-affects-nobody");
        assert_eq!(status(&here, id), Status::Assigned);
        // One of them twice, and somebody of whom nothing is held.
        find(&here, id, "first", founded(Some(&[2, 1, 2, 99]))).unwrap();
        let breach = |n: u32| {
            let person = here.registry.keys().person(&made_up(n).number);
            let mut notices = wait(here.registry.notices(person)).unwrap();
            notices.retain(|one| one.kind == NoticeKind::BreachReported);
            assert!(notices.len() < 2, "told once");
            let subject = notices.pop()?.subject.unwrap();
            wait(here.registry.breach_told_to(person, subject.parse().unwrap())).unwrap()
        };
        for n in [1, 2, 99] {
            let told = breach(n).unwrap();
            assert_eq!((told.report.body.as_str(), told.happened.as_str()), (LAW, "a list lay open"), "{n}");
            assert_eq!(told.measures.as_str(), "the list is gone");
        }
        assert!(breach(3).is_none());
        let reports = wait(here.registry.breach_reports()).unwrap();
        assert_eq!((reports.len(), reports[0].affected, reports[0].reported_by.as_str()), (1, 3, "reviewer:first"));
        let two = here.person(2);
        let view = view(&here, id);
        let said = serde_json::to_value(view.course.unwrap()).unwrap();
        assert_eq!(said["state"]["breach"]["affected"], 3);
        assert!(!said.to_string().contains(&two.to_string()), "the complaint does not say who else");
    }

    fn a_breach_that_is_found_by_another_tells_nobody(engine: Engine) {
        let here = filled(engine);
        let id = complain(&here);
        assign(&here, id, "first").unwrap();
        assert_eq!(code(find(&here, id, "second", founded(Some(&[2])))), "step-not-yours");
        assert!(wait(here.registry.breach_reports()).unwrap().is_empty());
        assert!(wait(here.registry.notices(here.person(2))).unwrap().is_empty());
    }

    fn it_is_about_a_body_that_there_is_or_a_look_that_there_was(engine: Engine) {
        let here = filled(engine);
        let open = |change: &dyn Fn(&mut Complain)| {
            let mut wish = a_complaint(None);
            change(&mut wish);
            wait(here.registry.open_complaint(here.person(1), wish))
        };
        assert_eq!(code(open(&|wish| wish.body = Some("moon-bureau".to_owned()))), "body-unknown");
        let nothing = Some(model::EventId::from_bytes([3; 16]));
        assert_eq!(code(open(&|wish| wish.look = nothing)), "look-unknown");
        assert_eq!(code(open(&|wish| wish.text = String::new())), "words-empty");
        let id = open(&|wish| {
            wish.about = Matter::Sale;
            wish.body = Some(HOSPITAL.to_owned());
        }).unwrap();
        assert_eq!(view(&here, id).summary.body.as_deref(), Some(HOSPITAL));
        assert!(inbox(&here, HOSPITAL).is_empty());
    }
}
