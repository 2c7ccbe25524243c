//! What these tests share.

use std::collections::BTreeSet;

use model::{
    EventId, ProcedureId, RecordId, RecordKind,
    consent::{ConsentAnswer, FieldsByKind},
    procedure::{NoticeKind as Kind, ReviewerId, Speaker, Status},
};
use profile::Profile;
use registry::{
    Apply, CarryOut, Complain, ConsentAsk, DisputeAnswer, EventKind, InquiryAnswer, InquiryRequest,
    NoticeKind, OpenDispute, ProcedureError, ProcedureView, Reconsider, RecordView, Registry,
    RestorationAnswer, SeenRecord, Submission, Under,
};
use testkit::{
    Engine, Installation, SourceRow, gansu, json_lines, made_up, name_staff, profiles_folder, under_law, wait,
};

pub(crate) const LAW: &str = "law-bureau";
pub(crate) const SCHOOLS: &str = "education-department";
pub(crate) const HOSPITAL: &str = "example-hospital";
pub(crate) const FIRM: &str = "example-law-firm";
pub(crate) const REVIEWERS: &str = ":reviewers";

/// A lawyer with a warning, another lawyer, staff of each body, and three reviewers.
pub(crate) fn filled(engine: Engine) -> Installation {
    fill(Installation::new(engine, "gansu"))
}

pub(crate) fn fill(here: Installation) -> Installation {
    let licences = [SourceRow::licence(1), SourceRow::licence(2)];
    here.file(LAW, RecordKind::Licence, &licences);
    decide(&here, SourceRow::decision(1));
    people(&here.registry);
    here
}

/// The same with a fine, which is to be restored in its time, in place of the warning.
pub(crate) fn fined(here: Installation) -> Installation {
    here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
    decide(&here, fine());
    people(&here.registry);
    here
}

pub(crate) fn people(registry: &Registry) {
    for body in [LAW, HOSPITAL, FIRM] {
        name_staff(registry, body, "clerk");
    }
    for reviewer in ["first", "second", "third"] {
        registry.add_reviewer(reviewer, "测试员", None).unwrap();
    }
}

/// A fine of 10 November 2026: shown for a year, to be restored from 10 February 2027 on.
pub(crate) fn fine() -> SourceRow {
    SourceRow::decision(1)
        .with("penalty", "罚款")
        .with("disclosure_ends_on", "2027-11-10")
}

pub(crate) fn decide(here: &Installation, row: SourceRow) -> Submission {
    let done = here.file(LAW, RecordKind::Decision, &[row]);
    assert_eq!(done.counts.rejected, 0, "{:?}", here.outcomes(LAW, &done));
    done
}

/// The profile with moved days of work in February 2027: off from Friday 5 to Thursday 11, and Saturday 13 and Saturday
/// 20 worked for it.
pub(crate) fn with_moved_days() -> Profile {
    let folder = tempfile::tempdir().unwrap();
    copy(&profiles_folder().join("gansu"), folder.path());
    let calendar = folder.path().join("calendar.toml");
    let text = std::fs::read_to_string(&calendar).unwrap();
    let mut text = text.replacen("\"2027-02-05..2027-02-08\"", "\"2027-02-05..2027-02-11\"", 1);
    let year = text.find("[year.2027]").unwrap();
    let list = year + text[year..].find("\n]\n").unwrap() + 3;
    text.insert_str(list, "worked = [2027-02-13, 2027-02-20]\n");
    std::fs::write(&calendar, text).unwrap();
    Profile::load(folder.path()).unwrap()
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

pub(crate) fn reviewer(id: &str) -> ReviewerId {
    ReviewerId::new(id).unwrap()
}

/// The first person's latest record of this kind.
pub(crate) fn record(here: &Installation, kind: RecordKind) -> RecordView {
    let records = here.file_of(1).records;
    records.into_iter().find(|one| one.kind == kind).unwrap()
}

pub(crate) fn decision(here: &Installation) -> RecordId {
    record(here, RecordKind::Decision).record
}

pub(crate) fn a_dispute(record: RecordId) -> OpenDispute {
    OpenDispute {
        by: Speaker::Person,
        record,
        field: None,
        text: "this is not so".to_owned(),
        files: Vec::new(),
    }
}

/// The first person disputes their decision.
pub(crate) fn dispute(here: &Installation) -> ProcedureId {
    wait(
        here.registry
            .open_dispute(here.person(1), a_dispute(decision(here))),
    )
    .unwrap()
}

pub(crate) fn answer(
    here: &Installation,
    id: ProcedureId,
    answer: DisputeAnswer,
) -> Result<Status, ProcedureError> {
    wait(
        here.registry
            .answer_dispute(LAW, id, answer, "so it is".to_owned()),
    )
}

pub(crate) fn withdrawal() -> DisputeAnswer {
    DisputeAnswer::Change(CarryOut::Withdraw)
}

/// The row as it should be, as an authority sends it with its answer.
pub(crate) fn correction(row: SourceRow) -> CarryOut {
    CarryOut::Correct(json_lines(&[row]).trim_end().to_owned())
}

/// A dispute of the first person's decision that was upheld.
pub(crate) fn upheld(here: &Installation) -> ProcedureId {
    let id = dispute(here);
    answer(here, id, DisputeAnswer::Uphold).unwrap();
    id
}

pub(crate) fn a_reconsideration(of: model::procedure::Reconsidered) -> Reconsider {
    Reconsider {
        by: Speaker::Person,
        of,
        text: "still not so".to_owned(),
        files: Vec::new(),
    }
}

/// The reconsideration of a dispute that was upheld.
pub(crate) fn reconsidered(here: &Installation) -> ProcedureId {
    let of = model::procedure::Reconsidered::Dispute(upheld(here));
    wait(
        here.registry
            .open_reconsideration(here.person(1), a_reconsideration(of)),
    )
    .unwrap()
}

pub(crate) fn assign(here: &Installation, id: ProcedureId, to: &str) -> Result<(), ProcedureError> {
    wait(here.registry.assign_procedure(id, reviewer(to), reviewer(to)))
}

pub(crate) fn an_application(decision: RecordId) -> Apply {
    Apply {
        by: Speaker::Person,
        decision,
        pledge: Some("made-up pledge".to_owned()),
        duties: Some("made-up duties".to_owned()),
    }
}

pub(crate) fn apply(here: &Installation) -> Result<ProcedureId, ProcedureError> {
    wait(
        here.registry
            .apply_restoration(here.person(1), an_application(decision(here))),
    )
}

pub(crate) fn grant(here: &Installation, id: ProcedureId) -> Result<Status, ProcedureError> {
    let granted = RestorationAnswer::Grant("done".to_owned());
    wait(here.registry.answer_restoration(LAW, id, granted))
}

pub(crate) fn take(here: &Installation, id: ProcedureId) -> Status {
    wait(here.registry.answer_restoration(LAW, id, RestorationAnswer::Take)).unwrap()
}

/// The decision's restoration, applied for, taken and granted.
pub(crate) fn granted(here: &Installation) -> ProcedureId {
    let id = apply(here).unwrap();
    take(here, id);
    grant(here, id).unwrap();
    id
}

/// The fine was given to two bodies, and is restored.
pub(crate) fn restored_of_two(engine: testkit::Engine) -> (Installation, ProcedureId) {
    let here = fined(unchanged(engine));
    on(&here, "2027-02-10");
    give(&here, HOSPITAL);
    give(&here, FIRM);
    let id = granted(&here);
    (here, id)
}

pub(crate) fn a_complaint(look: Option<EventId>) -> Complain {
    Complain {
        by: Speaker::Person,
        about: model::procedure::Matter::ImproperLook,
        look,
        body: None,
        text: "nobody asked me".to_owned(),
        files: Vec::new(),
    }
}

pub(crate) fn complain(here: &Installation) -> ProcedureId {
    complain_of(here, "nobody asked me")
}

pub(crate) fn complain_of(here: &Installation, text: &str) -> ProcedureId {
    let wish = Complain {
        text: text.to_owned(),
        ..a_complaint(None)
    };
    wait(here.registry.open_complaint(here.person(1), wish)).unwrap()
}

/// The first person's procedure.
pub(crate) fn view(here: &Installation, id: ProcedureId) -> ProcedureView {
    let all = wait(here.registry.procedures_of(here.person(1))).unwrap();
    all.into_iter().find(|one| one.summary.procedure == id).unwrap()
}

pub(crate) fn status(here: &Installation, id: ProcedureId) -> Status {
    view(here, id).summary.status
}

/// How often the `n`th person was told this of a procedure.
pub(crate) fn told(here: &Installation, n: u32, kind: Kind) -> usize {
    let person = here.registry.keys().person(&made_up(n).number);
    let notices = wait(here.registry.notices(person)).unwrap();
    let wanted = NoticeKind::Procedure(kind);
    notices.iter().filter(|one| one.kind == wanted).count()
}

/// The identifier under which a body that was given the record is told of a procedure.
pub(crate) fn told_as(here: &Installation, body: &str, id: ProcedureId) -> ProcedureId {
    here.registry.keys().procedure_for_body(id, body)
}

/// What a body or the reviewers were told, the first first.
pub(crate) fn inbox(here: &Installation, body: &str) -> Vec<Kind> {
    let mut notices = wait(here.registry.body_notices(body)).unwrap();
    // What comes at one moment in the order of a procedure's steps.
    notices.sort_by_key(|one| (one.at, one.kind));
    notices.into_iter().map(|one| one.kind).collect()
}

/// How many steps of the first person's procedures stand in the log.
pub(crate) fn steps(here: &Installation, step: &str) -> usize {
    let events = here.file_of(1).events;
    let wanted = |one: &&registry::EventView| one.kind == EventKind::ProcedureStep && one.purpose == step;
    events.iter().filter(wanted).count()
}

/// A look of the law bureau at the first person.
pub(crate) fn by_law() -> InquiryRequest {
    let person = made_up(1);
    InquiryRequest {
        authority: LAW.to_owned(),
        asker: "clerk".to_owned(),
        purpose: "licensing-renewal".to_owned(),
        profession: "lawyer".to_owned(),
        under: under_law(),
        id_number: person.number,
        name: person.name,
        nonce: None,
    }
}

pub(crate) fn look(here: &Installation) -> InquiryAnswer {
    wait(here.registry.inquire(by_law())).unwrap()
}

/// A record as an inquiry shows it, if it does.
pub(crate) fn seen(here: &Installation, record: RecordId) -> Option<SeenRecord> {
    look(here).records.into_iter().find(|one| one.record == record)
}

/// A look at the first person that comes to nothing, as they find it in their list.
pub(crate) fn attempt(
    here: &Installation,
    kind: EventKind,
    change: impl FnOnce(&mut InquiryRequest),
) -> EventId {
    let mut request = by_law();
    change(&mut request);
    wait(here.registry.inquire(request)).unwrap_err();
    let file = here.file_of(1);
    file.events.iter().find(|one| one.kind == kind).unwrap().event
}

/// One that the rules refuse: the law bureau does not license doctors.
pub(crate) fn refused_look(here: &Installation) -> EventId {
    attempt(here, EventKind::LookRefused, |request| {
        request.profession = "doctor".to_owned();
    })
}

/// A body's wish to be allowed one look at the first person's licence and decision.
pub(crate) fn an_ask(here: &Installation, body: &str) -> ConsentAsk {
    let person = made_up(1);
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let fields: FieldsByKind = [
        (RecordKind::Licence, set(&["licence_number"])),
        (RecordKind::Decision, set(&["penalty"])),
    ]
    .into();
    ConsentAsk {
        body: body.to_owned(),
        asker: "clerk".to_owned(),
        purpose: "employment-check".to_owned(),
        profession: "lawyer".to_owned(),
        fields,
        from: None,
        until: Some(here.registry.today().saturating_add(jiff::Span::new().days(30))),
        looks: Some(1),
        keep_answer_days: 30,
        id_number: person.number,
        name: person.name,
        nonce: None,
    }
}

/// A body gets the first person's yes, looks, and so is given licence and decision.
pub(crate) fn give(here: &Installation, body: &str) -> InquiryAnswer {
    let ask = an_ask(here, body);
    let id = wait(here.registry.ask_consent(ask)).unwrap();
    let all = wait(here.registry.consents_of(here.person(1))).unwrap();
    let terms = all.into_iter().find(|one| one.consent == id).unwrap().asked;
    let granted = ConsentAnswer::Granted(terms);
    wait(
        here.registry
            .decide_consent(here.person(1), id, granted, Speaker::Person),
    )
    .unwrap();
    let request = InquiryRequest {
        authority: body.to_owned(),
        purpose: "employment-check".to_owned(),
        under: Under::Consent(id),
        ..by_law()
    };
    wait(here.registry.inquire(request)).unwrap()
}

/// What a certificate of the first person's licence says.
pub(crate) fn certified(here: &Installation) -> serde_json::Value {
    let licence = record(here, RecordKind::Licence).record;
    let issued = wait(here.registry.issue_certificate(here.person(1), licence, None)).unwrap();
    let now = here.registry.now().as_second();
    let checker = registry::Checker::new(wait(here.registry.trust()).unwrap(), now);
    serde_json::to_value(checker.check(&issued.text, now).claims.unwrap()).unwrap()
}

/// How many of the first person's certificates are good.
pub(crate) fn good_certificates(here: &Installation) -> usize {
    let all = wait(here.registry.certificates(here.person(1))).unwrap();
    all.iter().filter(|one| one.revoked.is_none()).count()
}

/// The day on which an answer is due.
pub(crate) fn due(here: &Installation, id: ProcedureId) -> String {
    view(here, id)
        .summary
        .due_on
        .map_or_else(String::new, |day| day.to_string())
}

/// Lets the clock come to noon of this day, by the profile's time, and does what is due.
pub(crate) fn on(here: &Installation, day: &str) {
    here.at(&format!("{day}T04:00:00Z"));
    here.registry.do_what_is_due().unwrap();
}

pub(crate) fn code<T: std::fmt::Debug>(outcome: Result<T, ProcedureError>) -> &'static str {
    match outcome {
        Ok(_) => "done",
        Err(error) => error.code(),
    }
}

pub(crate) fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\ntrailer\n<<>>\nstartxref\n29\n%%EOF\n".to_vec()
}

pub(crate) fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0][..];
    for (kind, data) in [(b"IHDR", header), (b"IDAT", &[1, 2, 3]), (b"IEND", &[])] {
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(kind);
        bytes.extend(data);
        bytes.extend([0; 4]);
    }
    bytes
}

pub(crate) fn jpeg() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x04ab".to_vec();
    bytes.extend(b"\xff\xc0\x00\x09\x08\x00\x01\x00\x01\x01\x00");
    bytes.extend(b"\xff\xda\x00\x03\x00\x11\x22\x33\xff\xd9");
    bytes
}

/// The profile, unchanged.
pub(crate) fn unchanged(engine: Engine) -> Installation {
    Installation::with(engine, gansu())
}
