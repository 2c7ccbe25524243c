use std::path::Path;

use jiff::civil::date;
use model::RecordStatus;

use super::*;

fn profile() -> Profile {
    Profile::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu")).unwrap()
}

const FRESH: Asker = Asker {
    staff: Staff::Active,
    member_stopped: false,
    looks_today: 0,
    staff_looks_today: 0,
};

fn inquiry<'a>() -> Inquiry<'a> {
    Inquiry {
        body: "law-bureau",
        purpose: "licensing-renewal",
        profession: "lawyer",
        under: Under::Law {
            case_reference: "2026-17",
            reason: "renewal",
        },
        asker: FRESH,
        today: date(2026, 11, 23),
    }
}

#[test]
fn the_licensing_authority_sees_the_fields_of_its_purpose() {
    let grant = decide(&profile(), inquiry()).unwrap();
    let fields = grant
        .sees(RecordKind::Licence, "lawyer", RecordStatus::InForce)
        .unwrap();
    assert!(fields.contains("licence_number"));
    assert!(!fields.contains("id_number"));
}

#[test]
fn every_refusal_has_its_own_code() {
    let profile = profile();
    let refused = |inquiry| decide(&profile, inquiry).unwrap_err();
    assert_eq!(
        refused(Inquiry {
            purpose: "curiosity",
            ..inquiry()
        }),
        Refusal::PurposeUnknown
    );
    assert_eq!(
        refused(Inquiry {
            body: "post-office",
            ..inquiry()
        }),
        Refusal::PurposeNotYours
    );
    assert_eq!(
        refused(Inquiry {
            profession: "doctor",
            ..inquiry()
        }),
        Refusal::OtherProfession
    );
    assert_eq!(
        refused(Inquiry {
            today: date(1950, 1, 1),
            ..inquiry()
        }),
        Refusal::BasisNotInForce
    );
    assert_eq!(
        refused(Inquiry {
            asker: Asker {
                looks_today: 1_000_000,
                ..FRESH
            },
            ..inquiry()
        }),
        Refusal::CeilingReached
    );
    let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), Refusal::ALL.len());
}

#[test]
fn limit_3_a_grant_in_one_profession_sees_nothing_of_another() {
    let grant = decide(&profile(), inquiry()).unwrap();
    for kind in RecordKind::ALL {
        assert_eq!(grant.sees(*kind, "tour-guide", RecordStatus::InForce), None);
    }
}

#[test]
fn what_has_ended_is_the_persons_own_affair() {
    let grant = decide(&profile(), inquiry()).unwrap();
    let others = RecordStatus::ALL
        .iter()
        .filter(|status| **status != RecordStatus::InForce);
    for (kind, status) in others.flat_map(|status| {
        let but_licences = RecordKind::ALL
            .iter()
            .filter(|kind| **kind != RecordKind::Licence);
        but_licences.map(move |kind| (*kind, *status))
    }) {
        assert_eq!(grant.sees(kind, "lawyer", status), None, "{kind} {status}");
    }
}

#[test]
fn a_licence_is_seen_whether_or_not_it_may_be_used_today() {
    let grant = decide(&profile(), inquiry()).unwrap();
    let unseen: Vec<RecordStatus> = RecordStatus::ALL
        .iter()
        .copied()
        .filter(|status| grant.sees(RecordKind::Licence, "lawyer", *status).is_none())
        .collect();
    let gone = [
        RecordStatus::Withdrawn,
        RecordStatus::Restored,
        RecordStatus::Erased,
    ];
    assert_eq!(unseen, gone);
}

#[test]
fn limit_7_a_ceiling_holds_for_every_purpose() {
    let profile = profile();
    for (id, purpose) in &profile.purposes {
        assert!(
            (1..=profile::HIGHEST_DAILY_CEILING).contains(&purpose.daily_ceiling.on(inquiry().today).number),
            "{id}"
        );
    }
    let last = u64::from(
        profile.purposes["licensing-renewal"]
            .daily_ceiling
            .on(inquiry().today)
            .number,
    );
    assert!(
        decide(
            &profile,
            Inquiry {
                asker: Asker {
                    looks_today: last - 1,
                    ..FRESH
                },
                ..inquiry()
            }
        )
        .is_ok()
    );
    assert!(
        decide(
            &profile,
            Inquiry {
                asker: Asker {
                    looks_today: last,
                    ..FRESH
                },
                ..inquiry()
            }
        )
        .is_err()
    );
}
