//! What certificates promise: the holder gets one at once, anybody checks it without a network, and a
//! certificate that is not plainly good is never called valid.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use model::{RecordId, RecordKind, RecordStatus};
use proptest::prelude::*;
use registry::{
    Answer, CertificateError, Check, Checker, EventKind, Issued, PLACES, RecordView, RowOutcome, StatusKnown,
    Trust,
};
use sd_jwt::{Bits, Status, StatusList};
use serde_json::Value;
use testkit::{Installation, SourceRow, made_up, on_both_engines, prove_log, prove_receipt, wait};

const LAW: &str = "law-bureau";
const DAY: i64 = 24 * 60 * 60;

fn licence_of(here: &Installation, n: u32) -> RecordId {
    let records = here.file_of(n).records;
    records
        .iter()
        .find(|one| one.kind == RecordKind::Licence)
        .unwrap()
        .record
}

fn issue(here: &Installation, n: u32) -> Result<Issued, CertificateError> {
    wait(
        here.registry
            .issue_certificate(here.person(n), licence_of(here, n), None),
    )
}

/// An installation in which the first people have a licence.
fn filled(engine: testkit::Engine) -> Installation {
    let here = Installation::new(engine, "gansu");
    here.file(LAW, RecordKind::Licence, &[1, 2, 3].map(SourceRow::licence));
    here
}

fn now(here: &Installation) -> i64 {
    here.registry.now().as_second()
}

fn trust(here: &Installation) -> Trust {
    wait(here.registry.trust()).unwrap()
}

/// Checks a text against the trust file as it is now, written and read again.
fn check(here: &Installation, text: &str) -> Check {
    let json = serde_json::to_vec(&trust(here)).unwrap();
    Checker::from_json(&json, now(here))
        .unwrap()
        .check(text, now(here))
}

fn payload(token: &str) -> Value {
    let part = token.split('~').next().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn place(text: &str) -> u64 {
    payload(text)["status"]["status_list"]["idx"].as_u64().unwrap()
}

/// What was changed is altered, or by an issuer that nobody knows: never good, and never some other thing.
fn plainly_altered(checker: &Checker, changed: &str, now: i64) {
    let answer = checker.check(changed, now).answer;
    assert!(
        matches!(answer, Answer::Altered | Answer::UnknownIssuer),
        "{answer:?}: {changed}"
    );
}

on_both_engines! {
    fn a_certificate_is_checked_offline_and_says_what_is_on_record(engine: Engine) {
        let here = filled(engine);
        let issued = issue(&here, 1).unwrap();
        let checked = check(&here, &issued.text);
        assert_eq!(checked.answer, Answer::Valid);
        assert_eq!(checked.status, Some(StatusKnown::Checked(now(&here))));
        assert_eq!(checked.issuer.as_deref(), Some("https://standing.example"));
        assert_eq!(checked.expires_at, Some(issued.expires_at.as_second()));
        assert_eq!(issued.expires_at.as_second(), now(&here) + 365 * DAY);
        let claims = checked.claims.unwrap();
        assert_eq!(claims["name"], made_up(1).name.as_str());
        assert_eq!(claims["licence_number"], "LAW-00000001");
        assert_eq!(claims["profession"]["en"], "Lawyer");
        assert_eq!(claims["authority"]["zh"], "司法厅");
        assert_eq!(claims["licence_status"], "in-force");
        assert_eq!(claims["first_granted_on"], "2020-05-04");
        assert_eq!(claims["valid_until"], "2035-05-04");
        assert_eq!(claims["decision_in_force"], false);
        assert_eq!(claims["whole_years_without_decision"], 6);
        // The identity number is not in it, in no form, and neither are other professions.
        let whole = format!("{:?}{:?}", payload(&issued.text), sd_jwt::disclosable_claims(&issued.text).unwrap());
        assert!(!whole.contains(&made_up(1).number));

        let kept = wait(here.registry.certificates(here.person(1))).unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].text, issued.text);
        let file = here.file_of(1);
        let event = file.events.iter().find(|one| one.kind == EventKind::CertificateIssued).unwrap();
        assert_eq!(event.subject.as_deref(), Some(issued.certificate.to_string().as_str()));
        let receipt = wait(here.registry.event_receipt(here.person(1), event.event)).unwrap().unwrap();
        prove_receipt(&here.registry, &receipt);
    }

    fn the_holder_chooses_what_to_show(engine: Engine) {
        let here = filled(engine);
        let issued = issue(&here, 1).unwrap();
        let shown = sd_jwt::present(&issued.text, &["name", "licence_number"]).unwrap();
        let checked = check(&here, &shown);
        assert_eq!(checked.answer, Answer::Valid);
        let claims: BTreeSet<String> = checked.claims.unwrap().into_iter().map(|(name, _)| name).collect();
        for hidden in ["first_granted_on", "valid_until", "decision_in_force", "whole_years_without_decision"] {
            assert!(!claims.contains(hidden), "{hidden}");
            assert!(!payload(&shown).as_object().unwrap().contains_key(hidden));
        }
        assert!(claims.contains("name") && claims.contains("licence_number"));
        let bare = check(&here, &sd_jwt::present(&issued.text, &[]).unwrap());
        assert_eq!(bare.answer, Answer::Valid);
        assert!(!bare.claims.unwrap().contains_key("name"));
    }

    fn it_ends_with_the_licence(engine: Engine) {
        let here = filled(engine);
        let short = SourceRow::licence(4).with("valid_until", "2026-12-31");
        here.file(LAW, RecordKind::Licence, &[short]);
        let issued = issue(&here, 4).unwrap();
        // The end of the last day in the profile's time zone.
        assert_eq!(issued.expires_at.to_string(), "2026-12-31T16:00:00Z");
        here.at("2026-12-31T15:59:59Z");
        assert_eq!(check(&here, &issued.text).answer, Answer::Valid);
        issue(&here, 4).unwrap();
        here.at("2026-12-31T16:02:00Z");
        assert_eq!(check(&here, &issued.text).answer, Answer::Expired);
        let expired = issue(&here, 4);
        assert!(matches!(expired, Err(CertificateError::NotInForce)), "{expired:?}");
    }

    fn nothing_is_certified_but_a_licence_of_ones_own_in_force(engine: Engine) {
        let here = filled(engine);
        here.file(LAW, RecordKind::Licence, &[
            SourceRow::licence(4).with("valid_from", "2027-01-01"),
            SourceRow::licence(5).with("valid_until", "2026-11-22"),
        ]);
        for n in [4, 5] {
            let answer = issue(&here, n);
            assert!(matches!(answer, Err(CertificateError::NotInForce)), "{answer:?}");
        }
        let others = wait(here.registry.issue_certificate(here.person(1), licence_of(&here, 2), None));
        assert!(matches!(others, Err(CertificateError::NoSuchLicence)), "{others:?}");
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let decision = here.file_of(1).records[0].record;
        let answer = wait(here.registry.issue_certificate(here.person(1), decision, None));
        assert!(matches!(answer, Err(CertificateError::NoSuchLicence)), "{answer:?}");
        assert!(wait(here.registry.certificates(here.person(5))).unwrap().is_empty());
    }

    fn a_decision_is_said_while_it_is_shown_and_years_count_from_it(engine: Engine) {
        let here = filled(engine);
        let old = SourceRow::decision(1)
            .with("penalty", "罚款")
            .with("decided_on", "2025-11-01")
            .with("effective_on", "2025-11-23")
            .with("disclosure_ends_on", "2026-11-23");
        here.file(LAW, RecordKind::Decision, &[old]);
        let claims = check(&here, &issue(&here, 1).unwrap().text).claims.unwrap();
        assert_eq!(claims["decision_in_force"], true);
        assert_eq!(claims["whole_years_without_decision"], 1);
        assert_eq!(claims["licence_status"], "in-force");
        // Its disclosure is over: it is not in force, and the years still count from it, for they are signed.
        here.later(24);
        let claims = check(&here, &issue(&here, 1).unwrap().text).claims.unwrap();
        assert_eq!(claims["decision_in_force"], false);
        assert_eq!(claims["whole_years_without_decision"], 1);
        assert_eq!(claims.get("green_channel_years"), None);
        // A minor one ends by itself, as though it had not been.
        let minor = SourceRow::decision(2)
            .with("penalty", "警告")
            .with("decided_on", "2026-11-01")
            .with("effective_on", "2026-11-20")
            .with("disclosure_ends_on", "2026-12-20");
        here.file(LAW, RecordKind::Decision, &[minor]);
        let years = |n| check(&here, &issue(&here, n).unwrap().text).claims.unwrap()["whole_years_without_decision"].clone();
        assert_eq!(years(2), 0);
        here.at("2026-12-21T04:00:00Z");
        assert_eq!(years(2), 6);
    }

    fn a_decision_about_another_licence_of_the_profession_is_said_too_and_ends_its_certificate(engine: Engine) {
        let here = filled(engine);
        let other = SourceRow::licence(1).document("另一份证").with("licence_number", "LAW-OTHER-1");
        here.file(LAW, RecordKind::Licence, &[other]);
        let records = here.file_of(1).records;
        let number = |record: &RecordView| record.fields["licence_number"].as_str().unwrap().to_owned();
        let of_number = |wanted: &str| records.iter().find(|one| number(one) == wanted).unwrap().record;
        let second = of_number("LAW-OTHER-1");
        let before = wait(here.registry.issue_certificate(here.person(1), second, None)).unwrap();
        assert_eq!(check(&here, &before.text).answer, Answer::Valid);

        let ends = "2027-11-10";
        let about_the_first = SourceRow::decision(1).with("penalty", "暂扣许可证件").with("disclosure_ends_on", ends);
        here.file(LAW, RecordKind::Decision, &[about_the_first]);
        assert_eq!(check(&here, &before.text).answer, Answer::Revoked);
        let after = wait(here.registry.issue_certificate(here.person(1), second, None)).unwrap();
        let claims = check(&here, &after.text).claims.unwrap();
        assert_eq!(claims["licence_status"], "in-force", "the second licence is not suspended");
        assert_eq!(claims["decision_in_force"], true);
        assert_eq!(claims.get("green_channel_years"), None);
    }

    fn a_suspension_is_said_and_a_licence_revoked_is_not_certified(engine: Engine) {
        let here = filled(engine);
        let ends = "2027-11-10";
        here.file(LAW, RecordKind::Decision, &[
            SourceRow::decision(1).with("penalty", "暂扣许可证件").with("disclosure_ends_on", ends),
            SourceRow::decision(2).with("penalty", "吊销许可证件").with("disclosure_ends_on", ends),
            SourceRow::decision(3).with("penalty", "限制从业").with("disclosure_ends_on", ends),
        ]);
        let claims = check(&here, &issue(&here, 1).unwrap().text).claims.unwrap();
        assert_eq!(claims["licence_status"], "suspended");
        for n in [2, 3] {
            let answer = issue(&here, n);
            assert!(matches!(answer, Err(CertificateError::NotInForce)), "{answer:?}");
        }
        // A prohibition ends with its day, a revocation never.
        here.at("2027-11-11T00:00:00Z");
        issue(&here, 3).unwrap();
        let answer = issue(&here, 2);
        assert!(matches!(answer, Err(CertificateError::NotInForce)), "{answer:?}");
    }

    fn a_suspension_ends_after_the_day_that_it_names_and_the_decision_stays(engine: Engine) {
        let here = filled(engine);
        let suspended = SourceRow::decision(1)
            .with("penalty", "暂扣许可证件")
            .with("disclosure_ends_on", "2027-11-10");
        let reversed = suspended.clone().with("restricted_until", "2026-11-09");
        let done = here.file(LAW, RecordKind::Decision, &[reversed]);
        assert_eq!(here.outcomes(LAW, &done), [(RowOutcome::Rejected, Some("period-reversed"))]);
        here.file(LAW, RecordKind::Decision, &[suspended.with("restricted_until", "2027-02-09")]);
        let said = |here: &Installation| {
            let claims = check(here, &issue(here, 1).unwrap().text).claims.unwrap();
            (claims["licence_status"].clone(), claims["decision_in_force"].clone())
        };
        assert_eq!(said(&here), ("suspended".into(), true.into()));
        // The last moment of its last day, by local time, and the next one.
        here.at("2027-02-09T15:59:59Z");
        assert_eq!(said(&here), ("suspended".into(), true.into()));
        here.at("2027-02-09T16:00:00Z");
        assert_eq!(said(&here), ("in-force".into(), true.into()));
        let decision = here.file_of(1).records.into_iter().find(|one| one.kind == RecordKind::Decision).unwrap();
        assert_eq!(decision.status, RecordStatus::InForce, "it is shown as long as before");
        assert_eq!(decision.fields["restricted_until"], "2027-02-09");
    }

    fn an_altered_text_is_never_good(engine: Engine) {
        let here = filled(engine);
        let text = issue(&here, 1).unwrap().text;
        let checker = Checker::new(trust(&here), now(&here));
        let ended = now(&here) + 366 * DAY;
        for at in 0..text.len() {
            for other in ["A", "_", ".", "~", "", "é"] {
                let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
                if changed != text {
                    plainly_altered(&checker, &changed, now(&here));
                    plainly_altered(&checker, &changed, ended);
                }
            }
        }
        // A disclosure of somebody else's certificate does not fit.
        let other = issue(&here, 2).unwrap().text;
        let foreign = other.split('~').nth(1).unwrap();
        let answer = checker.check(&format!("{}{foreign}~", sd_jwt::present(&text, &[]).unwrap()), now(&here));
        assert_eq!(answer.answer, Answer::Altered);
        // A longer life, signed by nobody.
        let mut parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        let mut claims = payload(&text);
        claims["exp"] = (now(&here) + 9_999 * DAY).into();
        parts[1] = URL_SAFE_NO_PAD.encode(claims.to_string());
        assert_eq!(checker.check(&parts.join("."), now(&here)).answer, Answer::Altered);
        // Altered comes before expired: nothing that is not genuine is called by a gentler name.
        claims["exp"] = (now(&here) - DAY).into();
        parts[1] = URL_SAFE_NO_PAD.encode(claims.to_string());
        assert_eq!(checker.check(&parts.join("."), now(&here)).answer, Answer::Altered);
        for nonsense in ["", "~", "a.b.c~", "你好", &"A".repeat(100_000)] {
            assert_eq!(checker.check(nonsense, now(&here)).answer, Answer::NotACertificate);
        }
    }

    fn any_one_character_of_any_presentation_makes_it_altered_or_of_an_unknown_issuer(engine: Engine) {
        let here = filled(engine);
        let text = issue(&here, 1).unwrap().text;
        let checker = Checker::new(trust(&here), now(&here));
        let shown = proptest::sample::subsequence(vec!["name", "licence_number", "valid_until"], 0..=3);
        let place = any::<proptest::sample::Index>();
        proptest!(ProptestConfig::with_cases(512), |(shown in shown, place in place, other in "[ -~]")| {
            let text = sd_jwt::present(&text, &shown).unwrap();
            let at = place.index(text.len());
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            if changed != text {
                plainly_altered(&checker, &changed, now(&here));
            }
        });
    }

    fn a_text_cut_short_is_altered_and_says_that_its_end_is_missing(engine: Engine) {
        let here = filled(engine);
        let text = issue(&here, 1).unwrap().text;
        let checker = Checker::new(trust(&here), now(&here));
        let header = text.find('.').unwrap();
        for end in header + 1..text.len() {
            let check = checker.check(&text[..end], now(&here));
            // What ends with a whole disclosure shows less, which is the holder's to choose.
            let whole = text[..end].ends_with('~');
            let answer = if whole { Answer::Valid } else { Answer::Altered };
            assert_eq!((check.answer, check.incomplete), (answer, !whole), "{end}");
        }
        let mut changed = text.clone();
        changed.replace_range(header + 9..header + 10, if &text[header + 9..header + 10] == "A" { "B" } else { "A" });
        assert!(!checker.check(&changed, now(&here)).incomplete);
    }

    fn what_the_issuer_signed_for_something_else_or_a_stranger_did_is_not_a_certificate(engine: Engine) {
        let here = filled(engine);
        issue(&here, 1).unwrap();
        let list = format!("{}~", trust(&here).status_lists[0]);
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let stranger = |header: &str, payload: &str| format!("{}.{}.AAAA~", part(header), part(payload));
        let login = r#"{"alg": "ES256", "typ": "JWT"}"#;
        let elsewhere = r#"{"iss": "https://elsewhere.example", "sub": "x"}"#;
        for text in [list, stranger(login, elsewhere), stranger(login, "no JSON"), stranger("no JSON", elsewhere)] {
            let checker = Checker::new(trust(&here), now(&here));
            assert_eq!(checker.check(&text, now(&here)).answer, Answer::NotACertificate, "{text}");
        }
    }

    fn what_does_not_hold_any_more_is_given_as_what_was_said_when_it_was_issued(engine: Engine) {
        let here = filled(engine);
        let issued = issue(&here, 1).unwrap();
        let said = |here: &Installation, text: &str| serde_json::to_value(check(here, text)).unwrap();
        let valid = said(&here, &issued.text);
        assert_eq!(valid["claims"]["decision_in_force"], false);
        assert_eq!((&valid["licence_status"], &valid["claims_as_issued"]), (&"in-force".into(), &Value::Null));
        here.file(LAW, RecordKind::Decision, &[
            SourceRow::decision(1).with("penalty", "暂扣许可证件").with("disclosure_ends_on", "2027-11-10"),
        ]);
        let revoked = said(&here, &issued.text);
        assert_eq!(revoked["answer"], "revoked");
        assert_eq!((&revoked["claims"], &revoked["licence_status"]), (&Value::Null, &Value::Null));
        assert_eq!(revoked["claims_as_issued"]["decision_in_force"], false);
        let suspended = said(&here, &issue(&here, 1).unwrap().text);
        assert_eq!((&suspended["answer"], &suspended["licence_status"]), (&"valid".into(), &"suspended".into()));
        let not_checked = Checker::new(Trust { status_lists: Vec::new(), ..trust(&here) }, now(&here));
        let not_checked = serde_json::to_value(not_checked.check(&issued.text, now(&here))).unwrap();
        assert_eq!(not_checked["claims"], Value::Null);
        here.later(366 * 24);
        let expired = said(&here, &issued.text);
        assert_eq!((&expired["answer"], &expired["claims"]), (&"expired".into(), &Value::Null));
        assert_eq!(expired["claims_as_issued"]["licence_status"], "in-force");
    }

    fn an_expired_one_says_so_and_what_it_was_about(engine: Engine) {
        let here = filled(engine);
        let text = issue(&here, 1).unwrap().text;
        here.later(366 * 24);
        let checked = check(&here, &text);
        assert_eq!(checked.answer, Answer::Expired);
        assert_eq!(checked.claims.unwrap()["licence_number"], "LAW-00000001");
    }

    fn an_issuer_that_is_not_trusted_is_unknown(engine: Engine) {
        let here = filled(engine);
        let text = issue(&here, 1).unwrap().text;
        let mut strange = trust(&here);
        strange.issuers[0].issuer = "https://elsewhere.example".to_owned();
        let answer = Checker::new(strange, now(&here)).check(&text, now(&here)).answer;
        assert_eq!(answer, Answer::UnknownIssuer);
        let nobody = Trust { issuers: Vec::new(), status_lists: Vec::new() };
        assert_eq!(Checker::new(nobody, now(&here)).check(&text, now(&here)).answer, Answer::UnknownIssuer);
        // Somebody who calls themself by the trusted name has another key.
        let impostor = filled(engine);
        let forged = issue(&impostor, 1).unwrap().text;
        let answer = check(&here, &forged).answer;
        assert!(matches!(answer, Answer::UnknownIssuer | Answer::Altered), "{answer:?}");
    }

    fn a_status_that_cannot_be_checked_is_never_called_valid(engine: Engine) {
        let here = filled(engine);
        let text = issue(&here, 1).unwrap().text;
        let fresh = trust(&here);
        let signed_at = now(&here);
        let later = signed_at + 2 * DAY;
        let answer = |checker: &Checker, at| {
            let checked = checker.check(&text, at);
            (checked.answer, checked.status.unwrap())
        };
        // A list that went stale in the file, and one that did in the verifier's hands.
        let from_file = Checker::new(fresh.clone(), later);
        let in_hand = Checker::new(fresh.clone(), signed_at);
        let too_old = (Answer::StatusNotChecked, StatusKnown::ListTooOld(signed_at));
        assert_eq!(answer(&from_file, later), too_old);
        assert_eq!(answer(&in_hand, later), too_old);
        assert_eq!(answer(&in_hand, signed_at + DAY).0, Answer::Valid);
        let without = Trust { status_lists: Vec::new(), ..fresh.clone() };
        let mut without = Checker::new(without, signed_at);
        assert_eq!(answer(&without, signed_at), (Answer::StatusNotChecked, StatusKnown::NoList));
        // A damaged list is as good as none; the list itself makes it valid.
        let mut damaged = fresh.status_lists[0].clone();
        damaged.replace_range(damaged.len() - 4..damaged.len() - 3, "~");
        assert!(!without.add_status_list(&damaged, signed_at));
        assert_eq!(answer(&without, signed_at), (Answer::StatusNotChecked, StatusKnown::NoList));
        assert!(without.add_status_list(&fresh.status_lists[0], signed_at));
        assert_eq!(answer(&without, signed_at).0, Answer::Valid);
    }

    fn an_older_status_list_does_not_bring_a_revoked_one_back(engine: Engine) {
        let here = filled(engine);
        let issued = issue(&here, 1).unwrap();
        let before = trust(&here);
        here.later(1);
        assert!(wait(here.registry.revoke_certificate(here.person(1), issued.certificate)).unwrap());
        let mut checker = Checker::new(trust(&here), now(&here));
        assert_eq!(checker.check(&issued.text, now(&here)).answer, Answer::Revoked);
        checker.add_status_list(&before.status_lists[0], now(&here));
        assert_eq!(checker.check(&issued.text, now(&here)).answer, Answer::Revoked);
    }

    fn a_status_list_tells_nobody_who_was_disciplined(engine: Engine) {
        let here = filled(engine);
        let issued: Vec<Issued> = (0..24).map(|n| issue(&here, 1 + n % 3).unwrap()).collect();
        let places: Vec<u64> = issued.iter().map(|one| place(&one.text)).collect();
        assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), places.len(), "no place is given twice");
        assert!(!places.is_sorted(), "places do not follow the order of issue");
        let neighbours = places.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < 8).count();
        assert_eq!(neighbours, 0, "places are far from each other");
        let spread = places.iter().max().unwrap() - places.iter().min().unwrap();
        assert!(spread > PLACES as u64 / 2);

        let revoked = &issued[5];
        assert!(wait(here.registry.revoke_certificate(here.person(3), revoked.certificate)).unwrap());
        let token = wait(here.registry.status_list(0)).unwrap().unwrap();
        let said = payload(&token);
        let names: BTreeSet<&str> = said.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["exp", "iat", "iss", "status_list", "sub", "ttl"].into());
        assert_eq!(said["status_list"]["bits"], 1);
        let list = StatusList::from_lst(Bits::One, said["status_list"]["lst"].as_str().unwrap()).unwrap();
        assert!(list.entries() >= 100_000);
        let marked: Vec<u64> = (0..list.entries()).filter(|at| list.status(*at) != Ok(Status::Valid)).collect();
        assert_eq!(marked, [place(&revoked.text)]);
        assert!(wait(here.registry.status_list(1)).unwrap().is_none());
        prove_log(&here.registry);
    }
}
