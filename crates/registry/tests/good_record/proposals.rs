//! An association proposes, an authority takes up or declines; until then it is no record.

use std::collections::BTreeMap;

use model::{
    RecordKind,
    procedure::{Matter, ReviewerId, Speaker},
};
use registry::{
    Complain, EventKind, Finding, Found, NoticeKind, ProposalStanding, Propose, RowOutcome, TakeUp,
};
use testkit::{Installation, SourceRow, made_up, on_both_engines, prove_log, prove_receipt, wait};

use crate::kit::*;

on_both_engines! {
    fn the_person_sees_which_member_of_staff_opened_and_answered_a_proposal(engine: Engine) {
        let here = filled(engine);
        for account in ["clerk", "gone"] {
            testkit::name_staff(&here.registry, LAW, account);
        }
        here.registry.stop_staff(LAW, "gone").unwrap();
        let by = |account: &str| registry::ForBody::staff(LAW, account);
        testkit::name_staff(&here.registry, ASSOCIATION, "member");
        let gone = Propose { staff: Some("gone".to_owned()), ..proposal(1) };
        assert_eq!(code(wait(here.registry.propose_commendation(gone))), "staff-stopped");
        let named = Propose { staff: Some("member".to_owned()), ..proposal(1) };
        let first = wait(here.registry.propose_commendation(named)).unwrap();
        let second = propose(&here, 2);
        for account in ["gone", "nobody"] {
            assert_eq!(code(wait(here.registry.open_proposal(by(account), first)).map(|_| ())), "staff-stopped");
            assert_eq!(code(wait(here.registry.take_up_proposal(by(account), adding(first)))), "staff-stopped");
            assert_eq!(code(wait(here.registry.decline_proposal(by(account), first))), "staff-stopped");
        }
        assert!(here.file_of(1).records.iter().all(|one| one.kind != model::RecordKind::Commendation));
        wait(here.registry.open_proposal(by("clerk"), first)).unwrap();
        wait(here.registry.take_up_proposal(by("clerk"), adding(first))).unwrap();
        wait(here.registry.decline_proposal(by("clerk"), second)).unwrap();
        let mut staff = Vec::new();
        for n in [1, 2] {
            let events = here.file_of(n).events;
            let of_staff = events.into_iter().rev().filter(|one| one.staff.is_some());
            staff.extend(of_staff.map(|one| (one.kind, one.staff.unwrap())));
        }
        let clerk = || "clerk".to_owned();
        assert_eq!(staff, [
            (EventKind::CommendationProposed, "member".to_owned()),
            (EventKind::ProposalSeen, clerk()),
            (EventKind::ProposalTakenUp, clerk()),
            (EventKind::ProposalDeclined, clerk()),
        ]);
    }

    fn a_proposal_is_no_record_and_its_person_reads_who_proposed_what_when_and_to_whom(engine: Engine) {
        let here = filled(engine);
        let id = propose(&here, 1);
        let file = here.file_of(1);
        assert!(file.records.iter().all(|one| one.kind == RecordKind::Licence));
        let [one] = file.good_record.proposals.as_slice() else { panic!("one proposal") };
        assert_eq!((one.proposal, one.association.as_str(), one.authority.as_str()), (id, ASSOCIATION, LAW));
        assert_eq!((one.profession.as_str(), one.standing), ("lawyer", ProposalStanding::Waits));
        assert_eq!(one.proposed_at, here.registry.now());
        assert_eq!(one.kept_until.unwrap().to_string(), "2027-02-21", "ninety days");
        assert_eq!(one.words.as_ref().unwrap()["title"], "法律援助先进个人（推荐）");
        assert_eq!(one.words.as_ref().unwrap()["reason"], "虚构示例：多年义务代理。");
        assert_eq!(notices(&here, 1, NoticeKind::CommendationProposed), 1);
        let event = file.events.iter().find(|one| one.kind == EventKind::CommendationProposed).unwrap();
        assert_eq!((event.actor.as_str(), event.subject.as_deref()), (ASSOCIATION, Some(id.to_string().as_str())));
        let receipt = wait(here.registry.event_receipt(here.person(1), event.event)).unwrap().unwrap();
        prove_receipt(&here.registry, &receipt);
        // Nobody else hears of it, and nothing of it is published.
        assert!(good_record(&here, 2).proposals.is_empty());
        assert!(published(&here).is_empty());
    }

    fn taking_up_files_a_commendation_like_any_other_and_ends_the_proposal(engine: Engine) {
        let here = filled(engine);
        let id = propose(&here, 1);
        let record = take_up(&here, adding(id)).unwrap();
        let filed = commendation(&here, 1);
        assert_eq!((filed.record, filed.authority.as_str(), filed.profession.as_str()), (record, LAW, "lawyer"));
        assert_eq!(filed.basis, "lawyer-commendation");
        assert_eq!(filed.fields["title"], "法律援助先进个人（推荐）");
        assert_eq!(filed.fields["granted_on"], "2026-11-20");
        assert_eq!(filed.days.kept_until.unwrap().to_string(), "2036-11-20");
        let good = good_record(&here, 1);
        assert_eq!((good.proposals[0].standing, good.proposals[0].record), (ProposalStanding::TakenUp, Some(record)));
        assert_eq!(notices(&here, 1, NoticeKind::ProposalTakenUp), 1);
        assert_eq!(events(&here, 1, EventKind::ProposalTakenUp), 1);
        // The person's own yes is still to come.
        assert!(published(&here).is_empty() && good.publications.is_empty());
        let receipt = wait(here.registry.version_receipt(here.person(1), record, 1)).unwrap().unwrap();
        prove_receipt(&here.registry, &receipt);
        assert_eq!(code(take_up(&here, adding(id))), "proposal-answered");
        assert_eq!(code(wait(here.registry.decline_proposal(LAW, id))), "proposal-answered");
        // The same document again, from a file, is the same record.
        let again = SourceRow::commendation(1)
            .document("甘律奖〔2026〕1号")
            .with("title", "法律援助先进个人（推荐）")
            .with("reason", "虚构示例：多年义务代理。")
            .with("granted_on", "2026-11-20");
        let done = here.file(LAW, RecordKind::Commendation, &[again]);
        assert_eq!(here.outcomes(LAW, &done), [(RowOutcome::Unchanged, None)]);
        prove_log(&here.registry);
    }

    fn what_does_not_pass_the_checks_of_a_filed_row_files_nothing_and_the_proposal_waits_on(engine: Engine) {
        let here = filled(engine);
        here.file(LAW, RecordKind::Commendation, &[SourceRow::commendation(2)]);
        let id = propose(&here, 1);
        let with = |name: &str, value: &str| {
            let mut changed = adding(id);
            changed.fields.insert(name.to_owned(), value.to_owned());
            take_up(&here, changed)
        };
        for (name, value, expected) in [
            ("legal_basis", "", "basis-missing"),
            ("legal_basis", "teacher-commendation", "basis-scope"),
            ("legal_basis", "lawyer-discipline", "basis-scope"),
            ("granted_on", "2027-01-01", "date-future"),
            ("document_number", "甘律奖〔2025〕00002号", "document-conflict"),
        ] {
            assert_eq!(code(with(name, value)), expected, "{name} {value}");
        }
        assert!(here.file_of(1).records.iter().all(|one| one.kind == RecordKind::Licence));
        assert_eq!(good_record(&here, 1).proposals[0].standing, ProposalStanding::Waits);
        assert_eq!(notices(&here, 1, NoticeKind::ProposalTakenUp), 0);
        // Whom it is about and what was proposed is not the authority's to fill in.
        let mut other = adding(id);
        let stranger = made_up(2);
        other.fields.extend(texts(&[("name", &stranger.name), ("id_number", &stranger.number), ("title", "别的")]));
        take_up(&here, other).unwrap();
        assert_eq!(commendation(&here, 1).fields["title"], "法律援助先进个人（推荐）");
    }

    fn an_authority_sees_what_waits_without_whom_and_opening_shows_to_the_person(engine: Engine) {
        let here = filled(engine);
        let id = propose(&here, 1);
        let waiting = wait(here.registry.proposals_for(LAW)).unwrap();
        assert_eq!((waiting.len(), waiting[0].proposal), (1, id));
        let listed = serde_json::to_string(&waiting).unwrap();
        assert!(!listed.contains(&made_up(1).name) && !listed.contains("法律援助"));
        assert!(wait(here.registry.proposals_for(SCHOOLS)).unwrap().is_empty());
        assert_eq!(events(&here, 1, EventKind::ProposalSeen), 0);
        let opened = wait(here.registry.open_proposal(LAW, id)).unwrap();
        assert_eq!(opened.name, made_up(1).name);
        assert_eq!(opened.licences, ["LAW-00000001"], "not the teacher's licence");
        assert_eq!(opened.words["title"], "法律援助先进个人（推荐）");
        assert!(!serde_json::to_string(&opened).unwrap().contains(&made_up(1).number));
        let file = here.file_of(1);
        let seen: Vec<_> = file.events.iter().filter(|one| one.kind == EventKind::ProposalSeen).collect();
        assert_eq!((seen.len(), seen[0].event, seen[0].actor.as_str()), (1, opened.look, LAW));
        // It is nobody else's to open, take up or decline.
        assert_eq!(code(wait(here.registry.open_proposal(SCHOOLS, id)).map(|_| ())), "proposal-unknown");
        assert_eq!(code(wait(here.registry.take_up_proposal(SCHOOLS, adding(id)))), "proposal-unknown");
        assert_eq!(code(wait(here.registry.decline_proposal(SCHOOLS, id))), "proposal-unknown");
        assert_eq!(events(&here, 1, EventKind::ProposalSeen), 1);
    }

    fn declining_says_so_to_the_person_and_its_words_are_destroyed_some_days_later(engine: Engine) {
        let here = filled(engine);
        let id = propose(&here, 1);
        here.later(24 * 10);
        wait(here.registry.decline_proposal(LAW, id)).unwrap();
        assert!(wait(here.registry.proposals_for(LAW)).unwrap().is_empty());
        let one = good_record(&here, 1).proposals.remove(0);
        assert_eq!(one.standing, ProposalStanding::Declined);
        assert_eq!(one.kept_until.unwrap().to_string(), "2027-03-03");
        assert!(one.words.is_some());
        assert_eq!(notices(&here, 1, NoticeKind::ProposalDeclined), 1);
        here.at("2027-03-03T16:00:00Z");
        // Nothing is shown past the day, whether or not what is due was done.
        assert!(good_record(&here, 1).proposals[0].words.is_none());
        here.registry.do_what_is_due().unwrap();
        assert_eq!(sealed(&here), 0);
        assert_eq!(good_record(&here, 1).proposals[0].standing, ProposalStanding::Declined);
        assert_eq!(events(&here, 1, EventKind::ProposalLapsed), 0);
    }

    fn what_nobody_answers_lapses_by_itself_and_loses_its_words(engine: Engine) {
        let here = filled(engine);
        let id = propose(&here, 1);
        here.at("2027-02-21T15:59:59Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(good_record(&here, 1).proposals[0].standing, ProposalStanding::Waits);
        here.at("2027-02-21T16:00:00Z");
        assert_eq!(code(take_up(&here, adding(id))), "proposal-answered");
        assert_eq!(good_record(&here, 1).proposals[0].standing, ProposalStanding::Lapsed);
        for _ in 0..2 {
            here.registry.do_what_is_due().unwrap();
            assert_eq!(sealed(&here), 0);
            assert_eq!(good_record(&here, 1).proposals[0].standing, ProposalStanding::Lapsed);
            assert_eq!(events(&here, 1, EventKind::ProposalLapsed), 1);
            assert_eq!(notices(&here, 1, NoticeKind::ProposalLapsed), 1);
        }
        let own = wait(here.registry.proposals_of(ASSOCIATION)).unwrap();
        assert_eq!((own.len(), own[0].standing), (1, ProposalStanding::Lapsed));
        prove_log(&here.registry);
    }

    fn only_an_association_of_the_profession_proposes_and_only_to_who_licenses_it(engine: Engine) {
        let here = filled(engine);
        let as_others = [
            Propose { association: LAW.to_owned(), ..proposal(1) },
            Propose { association: "physicians-association".to_owned(), ..proposal(1) },
            Propose { association: "nobody".to_owned(), ..proposal(1) },
            Propose { authority: SCHOOLS.to_owned(), ..proposal(1) },
            Propose { profession: "teacher".to_owned(), authority: SCHOOLS.to_owned(), ..proposal(1) },
        ];
        for one in as_others {
            assert_eq!(code(wait(here.registry.propose_commendation(one))), "proposal-not-yours");
        }
        let mut wordless = proposal(1);
        wordless.words.clear();
        assert_eq!(code(wait(here.registry.propose_commendation(wordless))), "proposal-words");
        assert_eq!(here.store.rows("commendation_proposal"), 0);
    }

    fn only_somebody_known_in_the_profession_is_proposed_and_all_others_are_answered_alike(engine: Engine) {
        let here = filled(engine);
        here.file(SCHOOLS, RecordKind::Licence, &[SourceRow::teacher(3)]);
        let mut other_name = proposal(1);
        other_name.name = made_up(2).name;
        let mut malformed = proposal(1);
        malformed.id_number = "1".to_owned();
        for one in [proposal(99), proposal(3), other_name, malformed] {
            assert_eq!(code(wait(here.registry.propose_commendation(one))), "nobody-known");
        }
        assert_eq!(here.store.rows("commendation_proposal"), 0);
        // Whose number it is sees that somebody asked for it.
        assert_eq!(events(&here, 1, EventKind::LookFoundNothing), 1);
        assert_eq!(events(&here, 3, EventKind::LookFoundNothing), 1);
        // The same wish twice is one.
        propose(&here, 1);
        assert_eq!(code(wait(here.registry.propose_commendation(proposal(1)))), "proposal-waits");
        assert_eq!(here.store.rows("commendation_proposal"), 1);
    }

    fn whoever_was_sought_by_an_association_in_vain_complains_of_it_and_it_counts(engine: Engine) {
        let here = filled(engine);
        here.registry.add_reviewer("first", "测试员", None).unwrap();
        let other_name = Propose { name: made_up(2).name, ..proposal(1) };
        assert_eq!(code(wait(here.registry.propose_commendation(other_name))), "nobody-known");
        let person = here.person(1);
        let events = here.file_of(1).events;
        let sought = events.iter().find(|one| one.kind == EventKind::LookFoundNothing).unwrap().event;
        let detail = || wait(here.registry.look_detail(person, sought)).unwrap().unwrap();
        assert_eq!((detail().body.as_str(), detail().outcome.as_str()), (ASSOCIATION, "nothing"));
        let complaint = Complain {
            by: Speaker::Person,
            about: Matter::ImproperLook,
            look: Some(sought),
            body: None,
            text: "who asked for that".to_owned(),
            files: Vec::new(),
        };
        let id = wait(here.registry.open_complaint(person, complaint)).unwrap();
        let reviewer = || ReviewerId::new("first").unwrap();
        wait(here.registry.assign_procedure(id, reviewer(), reviewer())).unwrap();
        let founded = Finding::Founded(Found {
            reasons: "so it was".to_owned(),
            measures: "it was told so".to_owned(),
            breach: None,
        });
        wait(here.registry.answer_complaint(reviewer(), id, founded)).unwrap();
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[ASSOCIATION], 1);
        assert_eq!(detail().findings.len(), 1);
        prove_log(&here.registry);
    }

    fn limit_7_an_association_does_not_go_through_people_by_proposing(engine: Engine) {
        let here = filled(engine);
        let profile = here.registry.profile();
        let most = profile.associations[ASSOCIATION].proposals.on(here.registry.today()).per_day;
        for n in 0..most {
            assert_eq!(code(wait(here.registry.propose_commendation(proposal(1000 + n)))), "nobody-known");
        }
        assert_eq!(code(wait(here.registry.propose_commendation(proposal(1)))), "proposal-ceiling-reached");
        here.later(24);
        propose(&here, 1);
        let own = serde_json::to_string(&wait(here.registry.proposals_of(ASSOCIATION)).unwrap()).unwrap();
        assert!(!own.contains(&made_up(1).name) && !own.contains(&here.person(1).to_string()));
    }

    fn a_signed_request_counts_once(engine: Engine) {
        let here = filled(engine);
        let signed = Propose { nonce: Some(("key".to_owned(), "once".to_owned(), i64::MAX)), ..proposal(1) };
        wait(here.registry.propose_commendation(signed.clone())).unwrap();
        assert_eq!(code(wait(here.registry.propose_commendation(signed))), "replayed");
    }
}

/// How many proposals hold words or a key.
pub(crate) fn sealed(here: &Installation) -> usize {
    let found = here.store.store.run("test.sealed", storage::Access::Read, |tx| {
        let sql = "SELECT proposal FROM commendation_proposal WHERE wrapped_key IS NOT NULL OR sealed_words IS NOT NULL";
        Ok::<_, storage::StoreError>(tx.query(sql, &[])?.len())
    });
    found.unwrap()
}

/// A resident number: two letters, eight digits, two check digits (ISO 7064 MOD 97-10).
fn resident(digits: u32) -> String {
    let body = format!("QZ{digits:08}");
    let rest = format!("{body}00").bytes().fold(0u64, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u64::from(byte - b'0')) % 97,
        _ => (sum * 100 + u64::from(byte - b'A') + 10) % 97,
    });
    format!("{body}{:02}", 98 - rest)
}

#[test]
fn another_jurisdiction_takes_up_with_its_own_bodies_fields_and_days() {
    let here = Installation::new(testkit::Engine::Sqlite, "northshire");
    let (registry, bo) = (&here.registry, resident(99_000_011));
    let licence = format!(
        "Full name,Resident no.,Date of birth,Grant no.,Licence,Licence no.,Granted,From,Until,Body,Legal basis\n\
         Bo Example,{bo},1981-03-04,G-9,Tram driver's licence,TD-9,2020-01-15,2020-02-01,2040-01-31,transport-board,\
         tram-driver-register\n"
    );
    let done = here
        .submit("transport-board", RecordKind::Licence, "l.csv", licence)
        .unwrap();
    assert_eq!(
        done.counts.accepted,
        1,
        "{:?}",
        here.outcomes("transport-board", &done)
    );
    let propose = Propose {
        association: "tram-drivers-guild".to_owned(),
        staff: None,
        authority: "transport-board".to_owned(),
        profession: "tram-driver".to_owned(),
        id_number: bo.clone(),
        name: "Bo Example".to_owned(),
        words: texts(&[("title", "A million miles without a bump")]),
        nonce: None,
    };
    let reasoned = Propose {
        words: texts(&[("title", "x"), ("reason", "no such field here")]),
        ..propose.clone()
    };
    assert_eq!(
        code(wait(registry.propose_commendation(reasoned))),
        "proposal-words"
    );
    let proposal = wait(registry.propose_commendation(propose)).unwrap();
    let waiting = wait(registry.proposals_for("transport-board")).unwrap();
    assert_eq!(
        waiting[0].answer_by.unwrap().to_string(),
        "2027-01-22",
        "sixty days"
    );
    let mut fields = texts(&[
        ("document_number", "C-1"),
        ("granted_on", "2026-11-20"),
        ("legal_basis", "tram-driver-honours"),
    ]);
    let take = |fields: &BTreeMap<String, String>| {
        let take_up = TakeUp {
            proposal,
            fields: fields.clone(),
        };
        wait(registry.take_up_proposal("transport-board", take_up))
    };
    assert_ne!(code(take(&fields)), "done", "the date of birth is missing");
    fields.extend(texts(&[("born_on", "1981-03-04")]));
    let record = take(&fields).unwrap();
    let person = wait(registry.find_person(&bo, "Bo Example")).unwrap().unwrap();
    wait(registry.give_publication(person, record, Speaker::Person)).unwrap();
    let shown = wait(registry.published_commendations(1)).unwrap().commendations;
    assert_eq!(shown[0].name, "Bo Example");
    assert_eq!(shown[0].words["title"], "A million miles without a bump");
}
