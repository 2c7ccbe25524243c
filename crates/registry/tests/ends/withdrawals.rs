//! What was taken back stays so when an older copy is put back: a no, a revocation, an ended mandate, account or peer.

use std::{collections::BTreeSet, fs};

use model::{
    ConsentId, MandateId, PersonId, RecordId, RecordKind, consent::ConsentAnswer, procedure::Speaker,
};
use registry::{
    AuditorKey, AuthorityKey, Change, ConsentAsk, ConsentError, EventKind, InquiryError, InquiryRequest,
    MandateScope, NewMandate, NewPeer, NewStaff, StaffError, Under,
};
use testkit::{
    Engine, Installation, MadeUp, SourceRow, gansu, made_up, name_staff, on_both_engines, prove_log,
    under_law, wait,
};

const LAW: &str = "law-bureau";
const HOSPITAL: &str = "example-hospital";
const BODY_KEY: &str = "a key of 2026";

/// What somebody allows, and what can be used.
struct Allowed {
    person: PersonId,
    consents: [ConsentId; 2],
    commendation: RecordId,
    mandate: MandateId,
    certificate: model::CertificateId,
    pledge: model::PledgeId,
}

fn staff(id: &str, lead: bool) -> NewStaff {
    NewStaff {
        body: LAW.into(),
        staff: id.into(),
        name: "测试员".into(),
        own_number: None,
        keys: vec![id.into()],
        lead,
    }
}

fn consent(here: &Installation, asker: &str) -> ConsentId {
    let person = made_up(1);
    let asked = wait(here.registry.ask_consent(ConsentAsk {
        body: HOSPITAL.into(),
        asker: asker.into(),
        purpose: "employment-check".into(),
        profession: "lawyer".into(),
        fields: [(RecordKind::Licence, BTreeSet::from(["scope".to_owned()]))].into(),
        from: None,
        until: Some("2026-12-31".parse().unwrap()),
        looks: Some(2),
        keep_answer_days: 30,
        id_number: person.number,
        name: person.name,
        nonce: None,
    }))
    .unwrap();
    let held = wait(here.registry.consents_of(here.person(1))).unwrap();
    let terms = held
        .iter()
        .find(|one| one.consent == asked)
        .unwrap()
        .asked
        .clone();
    let yes = ConsentAnswer::Granted(terms);
    wait(
        here.registry
            .decide_consent(here.person(1), asked, yes, Speaker::Person),
    )
    .unwrap();
    asked
}

fn look(here: &Installation, asker: &str, under: Under) -> &'static str {
    let person = made_up(1);
    let (body, purpose) = match under {
        Under::Law { .. } => (LAW, "licensing-renewal"),
        Under::Consent(_) => (HOSPITAL, "employment-check"),
    };
    let answer = wait(here.registry.inquire(InquiryRequest {
        authority: body.into(),
        asker: asker.into(),
        purpose: purpose.into(),
        profession: "lawyer".into(),
        id_number: person.number,
        name: person.name,
        under,
        nonce: None,
    }));
    match answer {
        Ok(_) => "answered",
        Err(InquiryError::Refused(refusal)) => refusal.code(),
        Err(other) => panic!("{other}"),
    }
}

/// Somebody who allows much, with a body and its staff, where few looks a day are allowed.
fn allowing(engine: Engine) -> (Installation, Allowed) {
    let mut profile = gansu();
    for one in profile.oversight.all_mut() {
        one.staff_ceiling_per_day = 1;
        one.refusals_before_staff_stopped = 1;
        one.stopped_staff_before_member_stopped = 1;
    }
    let here = Installation::with(engine, profile);
    here.file(
        LAW,
        RecordKind::Licence,
        &[SourceRow::licence(1), SourceRow::licence(2)],
    );
    here.file(LAW, RecordKind::Commendation, &[SourceRow::commendation(1)]);
    for clerk in ["one", "two", "three", "four"] {
        name_staff(&here.registry, HOSPITAL, clerk);
    }
    for (id, lead) in [("first", true), ("second", true), ("third", false)] {
        here.registry.add_staff(staff(id, lead)).unwrap();
    }
    here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
    let auditor = AuditorKey {
        key_id: "witness".into(),
        holder: "测试员".into(),
        public_key: [8; 32],
    };
    here.registry.add_auditor_key(auditor).unwrap();
    let key = AuthorityKey {
        key_id: BODY_KEY.into(),
        authority: LAW.into(),
        public_key: [9; 32],
    };
    here.registry.add_authority_key(key).unwrap();
    let peer = NewPeer {
        peer: "there".into(),
        url: "https://there.example".into(),
        public_key: [7; 32],
        professions: ["lawyer".to_owned()].into(),
        sends: true,
        takes: false,
    };
    here.registry.add_peer(peer).unwrap();
    let person = here.person(1);
    let records = here.file_of(1).records;
    let of = |kind| records.iter().find(|one| one.kind == kind).unwrap().record;
    let commendation = of(RecordKind::Commendation);
    wait(
        here.registry
            .give_publication(person, commendation, Speaker::Person),
    )
    .unwrap();
    let mandate = NewMandate {
        person,
        representative: here.person(2),
        scope: MandateScope::ALL.into(),
        from: here.registry.today(),
        until: "2026-12-31".parse().unwrap(),
        registered_by: LAW.into(),
    };
    let mandate = wait(here.registry.register_mandate(mandate)).unwrap();
    let issued = wait(
        here.registry
            .issue_certificate(person, of(RecordKind::Licence), None),
    )
    .unwrap();
    let pledge = wait(here.registry.make_pledge(person, "lawyer", "lawful-practice")).unwrap();
    let consents = [consent(&here, "one"), consent(&here, "two")];
    let allowed = Allowed {
        person,
        consents,
        commendation,
        mandate,
        certificate: issued.certificate,
        pledge,
    };
    (here, allowed)
}

/// Which of all that holds.
fn good(here: &Installation, it: &Allowed) -> Vec<&'static str> {
    let mut good = Vec::new();
    let mut holds = |what, it| {
        if it {
            good.push(what);
        }
    };
    let standing = wait(here.registry.consents_of(it.person)).unwrap();
    for (what, id) in ["consent", "other consent"].into_iter().zip(it.consents) {
        let one = standing.iter().find(|one| one.consent == id).unwrap();
        holds(what, one.standing == model::consent::ConsentStanding::Granted);
    }
    holds(
        "publication",
        !wait(here.registry.published_commendations(1))
            .unwrap()
            .commendations
            .is_empty(),
    );
    holds(
        "mandate",
        !wait(here.registry.acting_for(here.person(2))).unwrap().is_empty(),
    );
    let certificates = wait(here.registry.certificates(it.person)).unwrap();
    holds(
        "certificate",
        certificates
            .iter()
            .any(|one| one.certificate == it.certificate && one.revoked.is_none()),
    );
    holds("pledge", !here.file_of(1).good_record.pledges.is_empty());
    for one in wait(here.registry.staff(LAW)).unwrap() {
        match one.staff.as_str() {
            "first" => holds("lead", one.leads),
            "second" => holds("second", one.ended_at.is_none()),
            _ => holds("third", one.stopped_at.is_none()),
        }
    }
    holds(
        "reviewer",
        wait(here.registry.reviewers())
            .unwrap()
            .iter()
            .any(|one| one.ended_at.is_none()),
    );
    holds(
        "auditor",
        wait(here.registry.auditor_key("witness")).unwrap().is_some(),
    );
    holds(
        "key",
        wait(here.registry.authority_key(BODY_KEY)).unwrap().is_some(),
    );
    holds(
        "peer",
        here.registry.peers().unwrap().iter().any(|one| !one.ended),
    );
    good
}

/// Takes all of it back.
fn take_back(here: &Installation, it: &Allowed) {
    let registry = &here.registry;
    wait(registry.revoke_consent(it.person, it.consents[0], Speaker::Person)).unwrap();
    wait(registry.pause_consent(it.person, it.consents[1], Speaker::Person)).unwrap();
    wait(registry.withdraw_publication(it.person, it.commendation, Speaker::Representative(it.mandate)))
        .unwrap();
    wait(registry.end_mandate(it.person, it.mandate, "self")).unwrap();
    assert!(wait(registry.revoke_certificate(it.person, it.certificate)).unwrap());
    wait(registry.end_pledge(it.person, it.pledge)).unwrap();
    registry.set_lead("second", LAW, "first", false).unwrap();
    registry.stop_staff(LAW, "second").unwrap();
    assert_eq!(look(here, "third", under_law()), "answered");
    assert_eq!(look(here, "third", under_law()), "staff-ceiling-reached");
    registry.stop_reviewer("reviewer-1").unwrap();
    registry.end_auditor_key("witness").unwrap();
    registry.retire_authority_key(BODY_KEY).unwrap();
    registry.end_peer("there").unwrap();
}

fn written(here: &Installation) -> String {
    fs::read_to_string(here.folder.path().join("erasures.log")).unwrap()
}

fn events(here: &Installation) -> Vec<EventKind> {
    let kinds = [
        EventKind::ConsentRevoked,
        EventKind::ConsentPaused,
        EventKind::PublicationWithdrawn,
        EventKind::MandateEnded,
        EventKind::CertificateRevoked,
        EventKind::PledgeEnded,
    ];
    let mut found: Vec<EventKind> = here
        .file_of(1)
        .events
        .iter()
        .map(|one| one.kind)
        .filter(|kind| kinds.contains(kind))
        .collect();
    found.sort_by_key(|kind| kind.as_str());
    found
}

on_both_engines! {
    fn what_was_taken_back_is_not_good_again_in_an_older_copy_and_its_people_see_that(engine: Engine) {
        let (here, it) = allowing(engine);
        assert_eq!(good(&here, &it).len(), 13, "all of it");
        let (here, copy) = here.copy();
        take_back(&here, &it);
        assert_eq!(good(&here, &it), [""; 0]);
        let (told, file) = (events(&here), written(&here));
        assert_eq!((told.len(), file.lines().count()), (6, 1 + 14), "the stop of the body too");
        for n in [1, 2] {
            let MadeUp { name, number } = made_up(n);
            assert!(!file.contains(&name) && !file.contains(&number), "nothing about anybody");
        }

        let here = here.restore(&copy);
        assert_eq!((here.registry.withdrawn_again(), here.registry.erased_again()), (14, 0));
        assert_eq!(good(&here, &it), [""; 0]);
        assert_eq!(look(&here, "three", Under::Consent(it.consents[0])), "consent-revoked");
        assert_eq!(look(&here, "four", Under::Consent(it.consents[1])), "consent-paused");
        assert_eq!(look(&here, "first", under_law()), "member-stopped");
        assert_eq!(events(&here), told, "the person sees each");
        let steps: Vec<Change> = wait(here.registry.steps_of(LAW)).unwrap().iter().map(|one| one.change).collect();
        for change in [Change::LeadTaken, Change::StaffEnded, Change::StaffStopped, Change::MemberStopped] {
            assert!(steps.contains(&change), "{change:?} is in the log");
        }
        assert_eq!(written(&here), file, "nothing is written twice");
        prove_log(&here.registry);
        let here = here.reopen();
        assert_eq!(here.registry.withdrawn_again(), 0, "once is enough");
        assert_eq!(events(&here), told);
    }

    fn what_was_given_anew_stays_good_also_when_the_file_is_lost(engine: Engine) {
        let (here, it) = allowing(engine);
        let (here, copy) = here.copy();
        take_back(&here, &it);
        wait(here.registry.give_publication(it.person, it.commendation, Speaker::Person)).unwrap();
        wait(here.registry.resume_consent(it.person, it.consents[1], Speaker::Person)).unwrap();
        wait(here.registry.make_pledge(it.person, "lawyer", "lawful-practice")).unwrap();
        let anew = ["other consent", "publication", "pledge"];
        assert_eq!(good(&here, &it), anew);
        let here = here.reopen();
        assert_eq!((here.registry.withdrawn_again(), good(&here, &it)), (0, anew.to_vec()));
        fs::remove_file(here.folder.path().join("erasures.log")).unwrap();
        let here = here.reopen();
        assert_eq!((here.registry.withdrawn_again(), good(&here, &it)), (0, anew.to_vec()));
        assert_eq!(written(&here).lines().count(), 1 + 14, "the new file knows what the database knew");
        let here = here.restore(&copy);
        assert_eq!((here.registry.withdrawn_again(), good(&here, &it)), (14, Vec::new()));
    }

    fn an_empty_database_beside_a_file_of_erasures_is_no_new_installation(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let forget = |tx: &mut dyn storage::Tx| tx.execute("DELETE FROM setting WHERE name = 'public-url'", &[]);
        here.store.store.run("test.empty", storage::Access::Write, forget).unwrap();
        let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| here.reopen()));
        let said = opened.err().unwrap();
        let said = said.downcast_ref::<String>().unwrap();
        assert!(said.contains("DatabaseGone"), "{said}");
    }

    fn what_is_refused_writes_nothing_and_takes_nothing_back(engine: Engine) {
        let (here, it) = allowing(engine);
        let before = written(&here);
        let strange = Speaker::Representative(MandateId::from_bytes([9; 16]));
        let refused = wait(here.registry.revoke_consent(it.person, it.consents[0], strange)).unwrap_err();
        assert!(matches!(refused, ConsentError::Mandate(_)));
        wait(here.registry.withdraw_publication(it.person, it.commendation, strange)).unwrap_err();
        wait(here.registry.revoke_consent(here.person(2), it.consents[0], Speaker::Person)).unwrap_err();
        assert!(!wait(here.registry.revoke_certificate(here.person(2), it.certificate)).unwrap());
        here.registry.set_lead("first", LAW, "second", false).unwrap();
        let after = written(&here);
        assert_eq!(after.lines().count(), before.lines().count() + 1);
        for refused in [
            here.registry.end_colleague("first", LAW, "first"),
            here.registry.end_colleague("third", LAW, "second"),
            here.registry.stop_staff(LAW, "nobody"),
            here.registry.stop_reviewer("nobody"),
        ] {
            assert!(matches!(refused, Err(StaffError::LastLead | StaffError::NotLead | StaffError::Unknown)));
        }
        assert_eq!(written(&here), after);
        assert_eq!(good(&here, &it).len(), 13);
    }

    fn a_kill_before_the_transaction_is_made_good_at_the_next_start_for_what_was_taken_back(engine: Engine) {
        let here = Installation::stopping(engine, "staff.end", 0);
        here.registry.add_staff(staff("first", true)).unwrap();
        here.registry.stop_staff(LAW, "first").unwrap_err();
        let here = here.reopen();
        let ended = wait(here.registry.staff(LAW)).unwrap()[0].ended_at.is_some();
        assert_eq!((here.registry.withdrawn_again(), ended), (1, true));
        prove_log(&here.registry);
    }
}
