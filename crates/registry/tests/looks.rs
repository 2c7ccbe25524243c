//! What looks promise: one person, one profession, a registered purpose, its fields alone, its ceiling; on
//! disk before the answer; shown to the person with a receipt.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    collections::BTreeSet,
    future::Future as _,
    pin::pin,
    task::{Context, Waker},
};

use model::{PersonId, RecordKind};
use policy::Refusal;
use registry::{EventKind, InquiryAnswer, InquiryError, InquiryRequest, Registry};
use storage::{Access, Param, StoreError};
use testkit::{
    Installation, SourceRow, gansu, made_up, name_staff, on_both_engines, prove_log, prove_receipt,
    under_law, wait,
};

const LAW: &str = "law-bureau";
const RENEWAL: &str = "licensing-renewal";

fn request(n: u32) -> InquiryRequest {
    let person = made_up(n);
    InquiryRequest {
        authority: LAW.to_owned(),
        asker: "law-bureau-key-1".to_owned(),
        purpose: RENEWAL.to_owned(),
        profession: "lawyer".to_owned(),
        id_number: person.number,
        name: person.name,
        under: under_law(),
        nonce: None,
    }
}

fn ask(registry: &Registry, request: InquiryRequest) -> Result<InquiryAnswer, InquiryError> {
    name_staff(registry, &request.authority, &request.asker);
    wait(registry.inquire(request))
}

fn refusal(answer: Result<InquiryAnswer, InquiryError>) -> Refusal {
    match answer {
        Err(InquiryError::Refused(refusal)) => refusal,
        other => panic!("a refusal is expected, not {:?}", other.map(|_| "an answer")),
    }
}

/// How many looks are on disk, read past the registry.
fn looks_on_disk(here: &Installation) -> i64 {
    let counted = here.store.store.run("test.count", Access::Read, |tx| {
        let rows = tx.query(
            "SELECT COUNT(*) FROM event WHERE kind = $1",
            &[Param::Text("look")],
        )?;
        rows.into_iter()
            .next()
            .ok_or(StoreError::Shape("a count is expected"))?
            .int()
    });
    counted.unwrap()
}

/// Two people: a lawyer who is a teacher too and has a decision, and a lawyer.
fn filled(engine: testkit::Engine) -> Installation {
    fill(Installation::new(engine, "gansu"))
}

fn fill(here: Installation) -> Installation {
    here.file(
        LAW,
        RecordKind::Licence,
        &[SourceRow::licence(1), SourceRow::licence(2)],
    );
    here.file(
        "education-department",
        RecordKind::Licence,
        &[SourceRow::teacher(1)],
    );
    here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
    here
}

on_both_engines! {
    fn the_licensing_authority_sees_that_profession_and_the_purposes_fields_alone(engine: Engine) {
        let here = filled(engine);
        let answer = ask(&here.registry, request(1)).unwrap();
        let kinds: Vec<RecordKind> = answer.records.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [RecordKind::Decision, RecordKind::Licence]);
        assert_eq!(answer.basis, "lawyer-licensing");
        let purpose = &here.registry.profile().purposes[RENEWAL];
        for record in &answer.records {
            assert_eq!(record.authority, LAW);
            let seen: BTreeSet<String> = record.fields.keys().cloned().collect();
            let allowed = &purpose.fields[&record.kind];
            assert!(seen.is_subset(allowed), "{seen:?} is more than {allowed:?}");
            assert!(!seen.is_empty());
        }
        assert!(!answer.records[0].fields.contains_key("facts"));
        assert!(!serde_json::to_string(&answer).unwrap().contains("TEA-"));

        let mut teacher = request(1);
        teacher.authority = "education-department".to_owned();
        teacher.profession = "teacher".to_owned();
        let other = ask(&here.registry, teacher).unwrap();
        assert_eq!(other.records.len(), 1);
        assert_eq!(other.records[0].fields["licence_number"], "TEA-00000001");
        assert_ne!(other.person, answer.person, "two authorities cannot join what they see");
        assert_ne!(answer.person, here.person(1).to_string());
        assert_eq!(ask(&here.registry, request(1)).unwrap().person, answer.person);
    }

    fn what_the_rules_do_not_allow_is_refused_by_code_and_shows_as_refused(engine: Engine) {
        let here = filled(engine);
        let with = |change: &dyn Fn(&mut InquiryRequest)| {
            let mut changed = request(1);
            change(&mut changed);
            refusal(ask(&here.registry, changed)).code()
        };
        assert_eq!(with(&|one| one.purpose = "curiosity".into()), "purpose-unknown");
        assert_eq!(with(&|one| one.authority = "nobody".into()), "purpose-not-yours");
        assert_eq!(with(&|one| one.profession = "teacher".into()), "other-profession");
        assert_eq!(with(&|one| one.profession = "official".into()), "other-profession");
        assert_eq!(looks_on_disk(&here), 0);
        let refused = here.file_of(1).events.into_iter().filter(|one| one.kind == EventKind::LookRefused);
        assert_eq!(refused.count(), 4);
    }

    fn an_unknown_number_and_a_wrong_name_get_the_same_answer(engine: Engine) {
        let here = filled(engine);
        let mut unknown = request(1);
        unknown.id_number = made_up(77).number;
        let mut misnamed = request(1);
        misnamed.name = "虚一名".to_owned();
        let mut malformed = request(1);
        malformed.id_number = "990000".to_owned();
        for asked in [unknown, misnamed, malformed] {
            let answer = ask(&here.registry, asked);
            assert!(matches!(answer, Err(InquiryError::NobodyKnown)), "{answer:?}");
        }
        assert_eq!(looks_on_disk(&here), 0);
    }

    fn guesses_count_towards_the_ceiling(engine: Engine) {
        let here = filled(engine);
        let ceiling = here.registry.profile().purposes[RENEWAL].daily_ceiling.on(here.registry.today()).number;
        for n in 100..100 + ceiling {
            let answer = ask(&here.registry, request(n));
            assert!(matches!(answer, Err(InquiryError::NobodyKnown)), "{answer:?}");
        }
        assert_eq!(refusal(ask(&here.registry, request(1))), Refusal::CeilingReached);
    }

    fn the_ceiling_holds_when_many_ask_at_once_and_ends_with_the_day(engine: Engine) {
        let mut profile = gansu();
        // Whoever goes on is stopped, which is another test's.
        profile.oversight.all_mut().for_each(|one| one.refusals_before_staff_stopped = u32::MAX);
        let here = fill(Installation::with(engine, profile));
        let ceiling = i64::from(here.registry.profile().purposes[RENEWAL].daily_ceiling.on(here.registry.today()).number);
        let answered = std::thread::scope(|scope| {
            let askers: Vec<_> = (0..8)
                .map(|asker| {
                    let registry = here.registry.clone();
                    scope.spawn(move || {
                        let ask_one = |turn: u32| match ask(&registry, request(1 + (asker + turn) % 2)) {
                            Ok(_) => 1,
                            Err(InquiryError::Refused(Refusal::CeilingReached)) => 0,
                            Err(other) => panic!("{other}"),
                        };
                        (0..10).map(ask_one).sum::<i64>()
                    })
                })
                .collect();
            askers.into_iter().map(|asker| asker.join().unwrap()).sum::<i64>()
        });
        assert_eq!(answered, ceiling);
        assert_eq!(looks_on_disk(&here), ceiling);
        assert_eq!(refusal(ask(&here.registry, request(1))), Refusal::CeilingReached);
        let mut colleague = request(1);
        colleague.asker = "law-bureau-key-2".to_owned();
        ask(&here.registry, colleague).unwrap();
        // Midnight of the profile, not of UTC.
        here.at("2026-11-23T15:59:59Z");
        assert_eq!(refusal(ask(&here.registry, request(1))), Refusal::CeilingReached);
        here.at("2026-11-23T16:00:00Z");
        ask(&here.registry, request(1)).unwrap();
        prove_log(&here.registry);
    }

    fn a_signed_request_counts_once(engine: Engine) {
        let here = filled(engine);
        let signed = |nonce: &str, asker: &str| InquiryRequest {
            nonce: Some((nonce.to_owned(), here.registry.now().as_second() + 300)),
            asker: asker.to_owned(),
            ..request(1)
        };
        ask(&here.registry, signed("n-1", "key-1")).unwrap();
        let replay = ask(&here.registry, signed("n-1", "key-1"));
        assert!(matches!(replay, Err(InquiryError::Replayed)), "{replay:?}");
        ask(&here.registry, signed("n-2", "key-1")).unwrap();
        ask(&here.registry, signed("n-1", "key-2")).unwrap();
        assert_eq!(looks_on_disk(&here), 3);
        // A guess cannot be sent again either.
        let guess = || InquiryRequest { name: "虚一名".to_owned(), ..signed("n-3", "key-1") };
        assert!(matches!(ask(&here.registry, guess()), Err(InquiryError::NobodyKnown)));
        assert!(matches!(ask(&here.registry, guess()), Err(InquiryError::Replayed)));
        // Remembered for as long as the signature holds, then forgotten.
        here.registry.do_what_is_due().unwrap();
        assert!(matches!(ask(&here.registry, signed("n-1", "key-1")), Err(InquiryError::Replayed)));
    }

    fn the_person_sees_every_look_and_holds_a_receipt_for_it(engine: Engine) {
        let here = filled(engine);
        let answer = ask(&here.registry, request(1)).unwrap();
        let person = here.person(1);
        let file = here.file_of(1);
        let look = file.events.iter().find(|one| one.kind == EventKind::Look).unwrap();
        assert_eq!(look.event, answer.look);
        assert_eq!((look.actor.as_str(), look.purpose.as_str()), (LAW, RENEWAL));
        let receipt = wait(here.registry.event_receipt(person, look.event)).unwrap().unwrap();
        let (leaf, statement) = prove_receipt(&here.registry, &receipt);
        assert_eq!(leaf, look.leaf);
        assert_eq!(statement["what"], "look");
        assert_eq!(statement["actor"], LAW);
        assert_eq!(statement["purpose"], RENEWAL);
        assert_eq!(statement["person"], person.to_string());
        let salt: [u8; 16] = hex::decode(&receipt.salt).unwrap().try_into().unwrap();
        assert_eq!(hex::encode(registry::leaf::entry(&salt, &receipt.statement)), receipt.entry);
        // It is this person's look and nobody else's.
        let other: PersonId = here.person(2);
        assert!(wait(here.registry.event_receipt(other, look.event)).unwrap().is_none());
        assert!(here.file_of(2).events.iter().all(|one| one.kind == EventKind::OwnLook));
        // The person's own looks are looks too.
        let own = here.file_of(1).events;
        assert_eq!(own.iter().filter(|one| one.kind == EventKind::OwnLook).count(), 2);
    }

    fn the_look_is_on_disk_even_if_nobody_waits_for_the_answer(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        {
            name_staff(&here.registry, LAW, &request(1).asker);
            let mut asking = pin!(here.registry.inquire(request(1)));
            let _ = asking.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            // Whoever asked has gone.
        }
        let here = here.reopen();
        assert_eq!(looks_on_disk(&here), 1);
        assert!(here.file_of(1).events.iter().any(|one| one.kind == EventKind::Look));
        prove_log(&here.registry);
    }

    fn nothing_is_shown_when_the_look_cannot_be_logged(engine: Engine) {
        let here = Installation::stopping(engine, "inquiry", 0);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let answer = ask(&here.registry, request(1));
        assert!(matches!(answer, Err(InquiryError::Registry(_))), "{answer:?}");
        assert_eq!(looks_on_disk(&here.reopen()), 0);
    }

    fn the_persons_own_look_is_on_disk_before_their_file_is_shown(engine: Engine) {
        let here = Installation::stopping(engine, "mine.read", 0);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let person = here.person(1);
        wait(here.registry.person_file(person, EventKind::Download)).unwrap_err();
        let events = here.reopen().file_of(1).events;
        let kinds: Vec<EventKind> = events.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [EventKind::OwnLook, EventKind::Download]);
    }
}
