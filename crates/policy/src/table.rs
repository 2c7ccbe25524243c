//! Every role × purpose × profession × record type × consent state, members of elsewhere among them, against an
//! oracle that is written another way: it lists what must hold for a yes.

use std::{collections::BTreeSet, path::Path};

use jiff::civil::{Date, date};
use model::{
    RecordKind, RecordStatus,
    consent::{Consent, ConsentAnswer, ConsentStanding, Terms},
};
use profile::{ByDay, ConsentTerms, Profile};

use crate::{
    Asker, ConsentRequest, Given, Inquiry, Refusal, Staff, Under, consent::check_consent_request, decide,
    decide_consent_request,
};

const TODAY: Date = date(2026, 11, 23);

fn load(name: &str) -> Profile {
    Profile::load(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../profiles")
            .join(name),
    )
    .unwrap()
}

/// A consent for all that the purpose sees, in this standing. One field less is granted than is asked for.
fn consent(profile: &Profile, purpose: &str, profession: &str, standing: ConsentStanding) -> Consent {
    let (from, until) = match standing {
        ConsentStanding::Lapsed | ConsentStanding::Expired => (date(2026, 9, 1), date(2026, 10, 1)),
        ConsentStanding::NotYet => (date(2026, 12, 1), date(2026, 12, 9)),
        _ => (TODAY, date(2026, 12, 9)),
    };
    let asked = Terms {
        profession: profession.to_owned(),
        fields: profile.purposes[purpose].fields.clone(),
        from,
        until,
        looks: 1,
        keep_answer_days: 1,
    };
    let consent = Consent::ask(asked.clone());
    let mut less = asked;
    for fields in less.fields.values_mut() {
        fields.pop_first();
    }
    let granted = || {
        consent
            .clone()
            .answer(ConsentAnswer::Granted(less), from)
            .unwrap()
    };
    let made = match standing {
        ConsentStanding::Asked | ConsentStanding::Lapsed => consent,
        ConsentStanding::Refused => consent.answer(ConsentAnswer::Refused, from).unwrap(),
        ConsentStanding::NotYet | ConsentStanding::Granted | ConsentStanding::Expired => granted(),
        ConsentStanding::Paused => granted().pause(from).unwrap(),
        ConsentStanding::Revoked => granted().revoke().unwrap(),
        ConsentStanding::UsedUp => granted().use_once(from).unwrap(),
    };
    assert_eq!(made.standing(TODAY), standing);
    made
}

const ASKERS: [(Asker, Option<Refusal>); 6] = {
    const FRESH: Asker = Asker {
        staff: Staff::Active,
        member_stopped: false,
        looks_today: 0,
        staff_looks_today: 0,
    };
    const MANY: u64 = 1_000_000;
    [
        (FRESH, None),
        (
            Asker {
                staff: Staff::Unknown,
                ..FRESH
            },
            Some(Refusal::StaffUnknown),
        ),
        (
            Asker {
                staff: Staff::Stopped,
                ..FRESH
            },
            Some(Refusal::StaffStopped),
        ),
        (
            Asker {
                member_stopped: true,
                ..FRESH
            },
            Some(Refusal::MemberStopped),
        ),
        (
            Asker {
                looks_today: MANY,
                ..FRESH
            },
            Some(Refusal::CeilingReached),
        ),
        (
            Asker {
                staff_looks_today: MANY,
                ..FRESH
            },
            Some(Refusal::StaffCeilingReached),
        ),
    ]
};

/// Bodies of the profile, and those of another region, which are members elsewhere.
fn bodies(profile: &Profile, other: &Profile) -> Vec<String> {
    [profile, other]
        .into_iter()
        .flat_map(|one| {
            one.authorities
                .keys()
                .chain(one.inquirers.keys())
                .chain(one.courts.keys())
        })
        .cloned()
        .collect()
}

#[test]
fn every_role_purpose_record_type_and_consent_state_is_decided_as_the_rules_say() {
    let profiles = [load("gansu"), load("northshire")];
    let mut refused = BTreeSet::new();
    let mut granted = 0;
    for (profile, other) in [(&profiles[0], &profiles[1]), (&profiles[1], &profiles[0])] {
        let professions: Vec<&String> = profile.professions.keys().collect();
        for body in bodies(profile, other) {
            for purpose in profile.purposes.keys() {
                for profession in &professions {
                    for (asker, stops) in ASKERS {
                        let inquiry = Inquiry {
                            body: &body,
                            purpose,
                            profession,
                            under: Under::Law {
                                case_reference: "1",
                                reason: "why",
                            },
                            asker,
                            today: TODAY,
                        };
                        let decided = decide(profile, inquiry);
                        law(profile, inquiry, stops, &decided);
                        granted += u32::from(decided.is_ok());
                        refused.extend(decided.err());
                        for standing in ConsentStanding::ALL {
                            let consent = consent(profile, purpose, profession, *standing);
                            let given = Given {
                                to: &body,
                                purpose,
                                asked_on: consent.asked().from.min(TODAY),
                                consent: &consent,
                            };
                            let inquiry = Inquiry {
                                under: Under::Consent(Some(given)),
                                ..inquiry
                            };
                            let decided = decide(profile, inquiry);
                            by_consent(profile, inquiry, (*standing, &consent), stops, &decided);
                            granted += u32::from(decided.is_ok());
                            refused.extend(decided.err());
                        }
                    }
                }
            }
        }
    }
    assert!(granted > 50, "{granted}");
    assert!(refused.len() >= 16, "{refused:?}");
}

/// What may be seen with every status, kind by kind, never in another profession, never by who is not of here.
fn shows(
    profile: &Profile,
    inquiry: Inquiry<'_>,
    kind: RecordKind,
    seen: Option<&BTreeSet<String>>,
    most: &BTreeSet<String>,
) {
    let allowed = profile.purposes[inquiry.purpose].fields.get(&kind);
    match seen {
        None => assert!(allowed.is_none_or(|_| most.is_empty())),
        Some(seen) => assert!(seen.is_subset(allowed.unwrap()) && seen.is_subset(most)),
    }
}

fn law(
    profile: &Profile,
    inquiry: Inquiry<'_>,
    stops: Option<Refusal>,
    decided: &Result<crate::Grant, Refusal>,
) {
    let purpose = &profile.purposes[inquiry.purpose];
    let licenses = profile
        .authorities
        .get(inquiry.body)
        .is_some_and(|body| body.professions.contains(inquiry.profession));
    let named = purpose.who.contains(inquiry.body);
    let bases = purpose.bases.iter().map(|id| &profile.bases[id]);
    let mut here = bases.filter(|basis| basis.profession == inquiry.profession);
    let may = named && licenses && here.any(|basis| basis.in_force_on(TODAY).is_some());
    assert_eq!(decided.is_ok(), may && stops.is_none(), "{inquiry:?} {decided:?}");
    match decided {
        Ok(grant) => {
            assert_ne!(grant.basis(), crate::BY_CONSENT);
            for kind in RecordKind::ALL {
                let most = purpose.fields.get(kind).cloned().unwrap_or_default();
                for status in RecordStatus::ALL {
                    if let Some(seen) = grant.sees(*kind, inquiry.profession, *status) {
                        shows(profile, inquiry, *kind, Some(seen), &most);
                    }
                }
                for other in profile
                    .professions
                    .keys()
                    .filter(|one| *one != inquiry.profession)
                {
                    assert_eq!(grant.sees(*kind, other, RecordStatus::InForce), None);
                }
            }
        }
        Err(refusal) if !named => assert_eq!(*refusal, Refusal::PurposeNotYours),
        Err(refusal) if may => assert_eq!(Some(*refusal), stops),
        Err(_) => {}
    }
}

fn by_consent(
    profile: &Profile,
    inquiry: Inquiry<'_>,
    (standing, consent): (ConsentStanding, &Consent),
    stops: Option<Refusal>,
    decided: &Result<crate::Grant, Refusal>,
) {
    let purpose = &profile.purposes[inquiry.purpose];
    let may_ask = purpose.who.contains(inquiry.body) && purpose.consent.is_some();
    let may = may_ask && standing == ConsentStanding::Granted;
    assert_eq!(
        decided.is_ok(),
        may && stops.is_none(),
        "{inquiry:?} {standing} {decided:?}"
    );
    match decided {
        Ok(grant) => {
            assert_eq!((grant.basis(), grant.shows_after_days()), (crate::BY_CONSENT, 0));
            for kind in RecordKind::ALL {
                let granted = consent
                    .permit()
                    .unwrap()
                    .terms
                    .fields
                    .get(kind)
                    .cloned()
                    .unwrap_or_default();
                let seen = grant.sees(*kind, inquiry.profession, RecordStatus::InForce);
                shows(profile, inquiry, *kind, seen, &granted);
                assert_eq!(seen.cloned().unwrap_or_default(), granted, "{kind}");
                for other in profile
                    .professions
                    .keys()
                    .filter(|one| *one != inquiry.profession)
                {
                    assert_eq!(grant.sees(*kind, other, RecordStatus::InForce), None);
                }
            }
        }
        Err(refusal) if may => assert_eq!(Some(*refusal), stops),
        Err(refusal) if may_ask && stops.is_none() => {
            let expected = match standing {
                ConsentStanding::Asked | ConsentStanding::Lapsed => Refusal::ConsentNotGiven,
                ConsentStanding::Refused => Refusal::ConsentRefused,
                ConsentStanding::NotYet => Refusal::ConsentNotYet,
                ConsentStanding::Paused => Refusal::ConsentPaused,
                ConsentStanding::Revoked => Refusal::ConsentRevoked,
                ConsentStanding::Expired => Refusal::ConsentExpired,
                ConsentStanding::UsedUp => Refusal::ConsentUsedUp,
                ConsentStanding::Granted => panic!("it is granted"),
            };
            assert_eq!(*refusal, expected);
        }
        Err(_) => {}
    }
}

#[test]
fn a_consent_is_of_use_to_its_own_body_purpose_and_profession_alone() {
    let profile = load("gansu");
    let consent = consent(&profile, "employment-check", "doctor", ConsentStanding::Granted);
    let inquiry = |body, profession, given| Inquiry {
        body,
        purpose: "employment-check",
        profession,
        under: Under::Consent(given),
        asker: ASKERS[0].0,
        today: TODAY,
    };
    let given = Given {
        to: "example-hospital",
        purpose: "employment-check",
        asked_on: TODAY,
        consent: &consent,
    };
    assert!(decide(&profile, inquiry("example-hospital", "doctor", Some(given))).is_ok());
    for other in [
        inquiry("example-hospital", "doctor", None),
        inquiry("example-school", "doctor", Some(given)),
        inquiry("example-hospital", "lawyer", Some(given)),
        inquiry(
            "example-hospital",
            "doctor",
            Some(Given {
                purpose: "licensing-renewal",
                ..given
            }),
        ),
    ] {
        assert_eq!(decide(&profile, other), Err(Refusal::ConsentUnknown));
    }
}

/// A consent that was asked for and granted under a high ceiling, on days on which a lower one holds.
#[test]
fn the_ceiling_of_the_day_of_the_look_holds_whenever_the_consent_was_asked_for() {
    let mut profile = load("gansu");
    let ground = profile.purposes["employment-check"]
        .consent
        .as_ref()
        .unwrap()
        .on(TODAY)
        .ground
        .clone();
    let first = date(2026, 11, 1);
    let change = date(2026, 11, 20);
    let most = |longest_days, most_looks, keep_answer_days| ConsentTerms {
        longest_days,
        most_looks,
        keep_answer_days,
        ground: ground.clone(),
    };
    let high = most(90, 10, 90);
    let asked = |fields| Terms {
        profession: "doctor".to_owned(),
        fields,
        from: first,
        until: date(2027, 1, 29),
        looks: 10,
        keep_answer_days: 90,
    };
    let all = profile.purposes["employment-check"].fields.clone();
    let granted = |used: u32| {
        let mut consent = Consent::ask(asked(all.clone()));
        consent = consent
            .answer(ConsentAnswer::Granted(asked(all.clone())), first)
            .unwrap();
        for _ in 0..used {
            consent = consent.use_once(first).unwrap();
        }
        consent
    };
    let before = change.yesterday().unwrap();
    // The ceiling from the change on, the looks that were taken before it, the day, and what is said.
    let table = [
        (most(90, 10, 90), 0, change, None),
        (most(90, 10, 90), 9, change, None),
        (most(90, 3, 90), 2, change, None),
        (most(90, 3, 90), 3, change, Some(Refusal::ConsentUsedUp)),
        (most(90, 3, 90), 3, before, None),
        (most(20, 10, 90), 0, change, None),
        (most(19, 10, 90), 0, change, Some(Refusal::ConsentExpired)),
        (most(19, 10, 90), 0, before, None),
        (most(90, 10, 1), 0, change, None),
    ];
    for (low, used, today, refusal) in table {
        let days = ByDay::always(high.clone()).then(change, low.clone());
        profile.purposes.get_mut("employment-check").unwrap().consent = Some(days);
        let consent = granted(used);
        let given = Given {
            to: "example-hospital",
            purpose: "employment-check",
            asked_on: first,
            consent: &consent,
        };
        let inquiry = Inquiry {
            body: "example-hospital",
            purpose: "employment-check",
            profession: "doctor",
            under: Under::Consent(Some(given)),
            asker: ASKERS[0].0,
            today,
        };
        assert_eq!(
            decide(&profile, inquiry).err(),
            refusal,
            "{low:?} {used} on {today}"
        );
        let holds = crate::consent_on(&profile, &given, today);
        let (holds, most) = (
            &holds.permit().unwrap().terms,
            if today < change { &high } else { &low },
        );
        assert!(holds.within(&asked(all.clone())));
        assert!(holds.looks <= most.most_looks && holds.keep_answer_days <= most.keep_answer_days);
    }
    // A purpose that has become narrower, and a body that may not ask under it any more.
    let consent = granted(0);
    let given = Given {
        to: "example-hospital",
        purpose: "employment-check",
        asked_on: first,
        consent: &consent,
    };
    let purpose = profile.purposes.get_mut("employment-check").unwrap();
    purpose.fields.remove(&RecordKind::Decision);
    let holds = crate::consent_on(&profile, &given, first);
    assert!(
        !holds
            .permit()
            .unwrap()
            .terms
            .fields
            .contains_key(&RecordKind::Decision)
    );
    profile.purposes.get_mut("employment-check").unwrap().who.clear();
    assert!(crate::consent_on(&profile, &given, first).asked().is_empty());
}

#[test]
fn a_look_under_a_law_names_case_and_reason() {
    let profile = load("gansu");
    let under = |case_reference, reason| {
        let inquiry = Inquiry {
            body: "law-bureau",
            purpose: "licensing-renewal",
            profession: "lawyer",
            under: Under::Law {
                case_reference,
                reason,
            },
            asker: ASKERS[0].0,
            today: TODAY,
        };
        decide(&profile, inquiry).err()
    };
    assert_eq!(under("1", "why"), None);
    assert_eq!(under(" ", "why"), Some(Refusal::CaseMissing));
    assert_eq!(under("1", "\t\n"), Some(Refusal::ReasonMissing));
}

/// Every request for consent that differs in one thing from one that is right, with what is said to it.
#[test]
fn no_consent_is_wider_longer_or_more_frequent_than_its_purpose_allows_and_none_without_an_end() {
    let profile = load("gansu");
    let fields = profile.purposes["employment-check"].fields.clone();
    let most = profile.purposes["employment-check"]
        .consent
        .as_ref()
        .unwrap()
        .on(TODAY);
    let last = TODAY
        .checked_add(jiff::Span::new().days(i64::from(most.longest_days) - 1))
        .unwrap();
    let right = ConsentRequest {
        body: "example-hospital",
        purpose: "employment-check",
        profession: "doctor",
        fields: &fields,
        from: None,
        until: Some(last),
        looks: Some(most.most_looks),
        keep_answer_days: most.keep_answer_days,
        today: TODAY,
    };
    let terms = check_consent_request(&profile, &right).unwrap();
    assert_eq!(
        (terms.from, terms.until, terms.looks),
        (TODAY, last, most.most_looks)
    );
    let once = ConsentRequest {
        looks: None,
        ..right.clone()
    };
    assert_eq!(check_consent_request(&profile, &once).unwrap().looks, 1);
    for (asker, refusal) in ASKERS {
        let decided = decide_consent_request(&profile, &right, asker);
        assert_eq!(decided.err(), refusal, "{asker:?}");
        let at_ceiling = matches!(
            refusal,
            Some(Refusal::CeilingReached | Refusal::StaffCeilingReached)
        );
        assert_eq!(refusal.is_some_and(Refusal::at_ceiling), at_ceiling);
    }
    let mut wider = fields.clone();
    wider
        .entry(RecordKind::Licence)
        .or_default()
        .insert("id_number".to_owned());
    let kind = [(RecordKind::Training, BTreeSet::from(["course".to_owned()]))].into();
    let nothing = [(RecordKind::Licence, BTreeSet::new())].into();
    let next = last.tomorrow().unwrap();
    let table = [
        (
            ConsentRequest {
                purpose: "curiosity",
                ..right.clone()
            },
            Refusal::PurposeUnknown,
        ),
        (
            ConsentRequest {
                body: "post-office",
                ..right.clone()
            },
            Refusal::ConsentNotForYou,
        ),
        (
            ConsentRequest {
                purpose: "licensing-renewal",
                ..right.clone()
            },
            Refusal::ConsentNotForYou,
        ),
        (
            ConsentRequest {
                profession: "poet",
                ..right.clone()
            },
            Refusal::ProfessionUnknown,
        ),
        (
            ConsentRequest {
                fields: &wider,
                ..right.clone()
            },
            Refusal::ConsentTooWide,
        ),
        (
            ConsentRequest {
                fields: &kind,
                ..right.clone()
            },
            Refusal::ConsentTooWide,
        ),
        (
            ConsentRequest {
                fields: &nothing,
                ..right.clone()
            },
            Refusal::ConsentForNothing,
        ),
        (
            ConsentRequest {
                looks: Some(0),
                ..right.clone()
            },
            Refusal::ConsentForNothing,
        ),
        (
            ConsentRequest {
                until: None,
                ..right.clone()
            },
            Refusal::ConsentWithoutEnd,
        ),
        (
            ConsentRequest {
                until: Some(date(2026, 11, 22)),
                ..right.clone()
            },
            Refusal::ConsentOverBefore,
        ),
        (
            ConsentRequest {
                from: Some(next),
                ..right.clone()
            },
            Refusal::ConsentOverBefore,
        ),
        (
            ConsentRequest {
                until: Some(next),
                ..right.clone()
            },
            Refusal::ConsentTooLong,
        ),
        (
            ConsentRequest {
                from: Some(date(2030, 1, 1)),
                until: Some(date(2030, 1, 2)),
                ..right.clone()
            },
            Refusal::ConsentTooLong,
        ),
        (
            ConsentRequest {
                looks: Some(most.most_looks + 1),
                ..right.clone()
            },
            Refusal::ConsentTooOften,
        ),
        (
            ConsentRequest {
                keep_answer_days: most.keep_answer_days + 1,
                ..right.clone()
            },
            Refusal::ConsentKeptTooLong,
        ),
    ];
    for (request, refusal) in table {
        assert_eq!(
            check_consent_request(&profile, &request),
            Err(refusal),
            "{request:?}"
        );
    }
}
