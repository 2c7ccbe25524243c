//! Within one installation.

use model::{AlertId, RecordKind};
use registry::{AlertError, EventKind, NoticeKind};
use storage::Access;
use testkit::{SourceRow, made_up, on_both_engines, prove_log, prove_receipt, wait};

use crate::kit::{LAW, OTHER, actors, alerts, decide, inbox, installation, notices, opened, prohibition};

/// How many alerts have a key or a content.
fn sealed(here: &testkit::Installation) -> usize {
    let found = here.store.store.run("test.sealed", Access::Read, |tx| {
        tx.query(
            "SELECT alert FROM alert WHERE wrapped_key IS NOT NULL OR sealed_content IS NOT NULL",
            &[],
        )
    });
    found.unwrap().len()
}

on_both_engines! {
    fn limit_3_a_prohibition_reaches_those_who_license_the_same_profession_and_nobody_else(engine: Engine) {
        let here = installation(engine);
        decide(&here, prohibition("2027-11-10"));
        for authority in here.registry.profile().authorities.keys() {
            let expected = usize::from(authority == OTHER);
            assert_eq!(inbox(&here, authority).len(), expected, "{authority}");
        }
        let contents = opened(&here, OTHER);
        let said = serde_json::to_value(&contents[0]).unwrap();
        let expected = serde_json::json!({
            "name": made_up(1).name,
            "number": made_up(1).number,
            "profession": "lawyer",
            "authority": LAW,
            "authority_name": "司法厅",
            "effect": "prohibits",
            "starts_on": "2026-11-10",
            "ends_on": "2027-11-10",
        });
        assert_eq!(said, expected, "no reasons, and nothing else");
    }

    fn no_other_decision_and_no_other_record_is_told(engine: Engine) {
        let here = installation(engine);
        for penalty in ["警告", "通报批评", "罚款", "没收违法所得"] {
            let row = SourceRow::decision(1).with("penalty", penalty).document(&format!("甘律罚{penalty}"));
            decide(&here, row.with("disclosure_ends_on", "2027-11-10"));
        }
        assert!(alerts(&here).is_empty());
        assert_eq!(notices(&here), (0, 0));
        let suspension = SourceRow::decision(1).with("penalty", "暂扣许可证件").document("甘律罚暂扣");
        decide(&here, suspension.with("disclosure_ends_on", "2027-11-10"));
        assert_eq!(opened(&here, OTHER)[0].effect, "suspends");
    }

    fn an_alert_lasts_as_long_as_the_restriction_and_not_as_its_disclosure(engine: Engine) {
        let here = installation(engine);
        let row = SourceRow::decision(1).with("penalty", "暂扣许可证件").with("disclosure_ends_on", "2027-11-10");
        decide(&here, row.clone().with("restricted_until", "2027-02-09"));
        assert_eq!(opened(&here, OTHER)[0].ends_on.unwrap().to_string(), "2027-02-09");
        here.at("2027-02-09T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert!(inbox(&here, OTHER).is_empty());
        // A correction of what is over opens nothing again.
        let corrected = row.with("restricted_until", "2027-02-09").with("penalty_content", "暂扣三个月").correcting();
        decide(&here, corrected);
        assert!(inbox(&here, OTHER).is_empty());
    }

    fn limit_3_a_revocation_is_told_like_a_prohibition_and_to_nobody_else(engine: Engine) {
        let here = installation(engine);
        let revocation = SourceRow::decision(1).with("penalty", "吊销许可证件");
        decide(&here, revocation.with("disclosure_ends_on", "2029-11-10"));
        for authority in here.registry.profile().authorities.keys() {
            assert_eq!(inbox(&here, authority).len(), usize::from(authority == OTHER), "{authority}");
        }
        let items = wait(here.registry.alerts_for(OTHER)).unwrap();
        assert_eq!((items[0].effect.as_str(), items[0].profession.as_str()), ("revokes", "lawyer"));
        let said = opened(&here, OTHER).remove(0);
        assert_eq!((said.effect.as_str(), said.ends_on.unwrap().to_string().as_str()), ("revokes", "2029-11-10"));
        assert_eq!((notices(&here), actors(&here, EventKind::AlertSent)), ((1, 0), vec![OTHER.to_owned()]));
        // The licence stays revoked; that it was is disclosed no longer than the law lets it be.
        here.at("2029-11-10T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert!(inbox(&here, OTHER).is_empty());
        assert_eq!((sealed(&here), notices(&here)), (0, (1, 1)));
    }

    fn the_person_is_told_at_the_same_time_and_sees_each_receiver_and_each_opening(engine: Engine) {
        let here = installation(engine);
        decide(&here, prohibition("2027-11-10"));
        assert_eq!(notices(&here), (1, 0));
        assert_eq!(actors(&here, EventKind::AlertSent), [OTHER]);
        let mine = alerts(&here);
        assert_eq!(mine[0].receivers[0].due_on.unwrap().to_string(), "2026-11-26", "within three days");
        assert!(mine[0].receivers[0].told_at.is_some());

        let items = wait(here.registry.alerts_for(OTHER)).unwrap();
        assert_eq!(items[0].seen_at, None);
        assert!(actors(&here, EventKind::AlertSeen).is_empty(), "the inbox names nobody");
        let opened = wait(here.registry.open_alert(OTHER, items[0].alert)).unwrap();
        assert_eq!(actors(&here, EventKind::AlertSeen), [OTHER]);
        assert!(wait(here.registry.alerts_for(OTHER)).unwrap()[0].seen_at.is_some(), "receipt is confirmed");
        let receipt = wait(here.registry.event_receipt(here.person(1), opened.look)).unwrap().unwrap();
        assert_eq!(prove_receipt(&here.registry, &receipt).1["what"], "alert-seen");
        // The person sees which member of staff opened it; one who has left opens none.
        for account in ["clerk", "gone"] {
            testkit::name_staff(&here.registry, OTHER, account);
        }
        here.registry.stop_staff(OTHER, "gone").unwrap();
        let by = |account: &str| registry::ForBody::staff(OTHER, account);
        let gone = wait(here.registry.open_alert(by("gone"), items[0].alert));
        assert!(matches!(gone, Err(AlertError::NotAtWork)), "{gone:?}");
        let again = wait(here.registry.open_alert(by("clerk"), items[0].alert)).unwrap();
        let events = here.file_of(1).events;
        let look = |id| events.iter().find(|one| one.event == id).unwrap().staff.as_deref();
        assert_eq!((look(opened.look), look(again.look)), (None, Some("clerk")));
        // The filer has none to open, nor has anybody one that is not theirs.
        for (authority, alert) in [(LAW, items[0].alert), (OTHER, AlertId::from_bytes([0; 16]))] {
            let refused = wait(here.registry.open_alert(authority, alert));
            assert!(matches!(refused, Err(AlertError::NoSuchAlert)), "{refused:?}");
        }
        let file = here.file_of(1);
        let decision = file.records.iter().find(|one| one.kind == RecordKind::Decision).unwrap();
        let notice = wait(here.registry.notices(here.person(1))).unwrap();
        let notice = notice.iter().find(|one| one.kind == NoticeKind::AlertSent).unwrap();
        assert_eq!(notice.subject, Some(decision.record.to_string()));
        prove_log(&here.registry);
    }

    fn it_closes_by_itself_on_the_day_after_its_last(engine: Engine) {
        let here = installation(engine);
        decide(&here, prohibition("2027-11-10"));
        here.at("2027-11-10T15:59:59Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(inbox(&here, OTHER).len(), 1);
        here.at("2027-11-10T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        here.registry.do_what_is_due().unwrap();
        assert!(inbox(&here, OTHER).is_empty());
        assert_eq!((sealed(&here), notices(&here)), (0, (1, 1)));
        let mine = alerts(&here);
        assert!(mine[0].closed_at.is_some() && mine[0].receivers[0].closed_at.is_some());
    }

    fn a_correction_revises_or_closes_it_and_taking_back_closes_it(engine: Engine) {
        let here = installation(engine);
        decide(&here, prohibition("2027-11-10"));
        decide(&here, prohibition("2028-01-31").correcting());
        assert_eq!(opened(&here, OTHER)[0].ends_on.unwrap().to_string(), "2028-01-31");
        assert_eq!(notices(&here), (1, 0), "it is the same alert");
        // Corrected in what no alert speaks of, it stays as it is.
        decide(&here, prohibition("2028-01-31").with("facts", "更正后的事实").correcting());
        assert_eq!(alerts(&here).len(), 1);
        let warned = SourceRow::decision(1).with("disclosure_ends_on", "2028-01-31").correcting();
        decide(&here, warned);
        assert!(inbox(&here, OTHER).is_empty());
        assert_eq!((sealed(&here), notices(&here)), (0, (1, 1)));
        // Prohibited again after all: another alert.
        decide(&here, prohibition("2028-01-31").correcting());
        assert_eq!((inbox(&here, OTHER).len(), alerts(&here).len()), (1, 2));

        let taken = decide(&here, prohibition("2028-01-31").document("甘律罚〔2026〕二号"));
        assert_eq!(inbox(&here, OTHER).len(), 2);
        here.registry.take_back(LAW, taken.submission).unwrap();
        assert_eq!(inbox(&here, OTHER).len(), 1);
        prove_log(&here.registry);
    }

    fn nobody_can_be_read_out_of_an_alert_that_is_stored(engine: Engine) {
        let here = installation(engine);
        decide(&here, prohibition("2027-11-10"));
        assert_eq!(sealed(&here), 1);
        for (place, bytes) in here.store.every_byte(here.folder.path()) {
            for text in [&made_up(1).name, &made_up(1).number] {
                let found = bytes.windows(text.len()).any(|part| part == text.as_bytes());
                assert!(!found, "{place}");
            }
        }
    }
}
