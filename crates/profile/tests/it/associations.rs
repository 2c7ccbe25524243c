//! Associations may propose, within their professions, to those who license them.

use std::collections::BTreeSet;

use profile::Ground;

use crate::common::{broken, changed_files, has, load};

#[test]
fn an_association_proposes_in_its_professions_to_who_licenses_them() {
    let profile = load("gansu");
    assert!(profile.may_propose("lawyers-association", "law-bureau", "lawyer"));
    for (association, authority, profession) in [
        ("lawyers-association", "law-bureau", "doctor"),
        ("lawyers-association", "health-commission", "lawyer"),
        ("physicians-association", "law-bureau", "lawyer"),
        ("law-bureau", "law-bureau", "lawyer"),
        ("nobody", "law-bureau", "lawyer"),
    ] {
        assert!(
            !profile.may_propose(association, authority, profession),
            "{association}"
        );
    }
    let commending: Vec<&str> = profile.commending("doctor").collect();
    assert_eq!(commending, ["health-commission"]);
}

#[test]
fn every_association_says_where_it_comes_from_and_no_lawyer_has_confirmed_it() {
    for name in ["gansu", "northshire"] {
        let profile = load(name);
        assert!(!profile.associations.is_empty());
        let mut ids: BTreeSet<&String> = profile.authorities.keys().collect();
        ids.extend(profile.inquirers.keys().chain(profile.courts.keys()));
        for association in profile.associations.values() {
            assert!(!ids.contains(&association.id), "{}", association.id);
            assert_eq!(profile.body_name(&association.id), Some(&association.name));
            for (_, proposals) in association.proposals.all() {
                if let Ground::Enactments(citations) = &proposals.ground {
                    assert!(citations.iter().all(|citation| !citation.is_confirmed()));
                }
            }
        }
    }
}

#[test]
fn a_place_may_do_without_associations() {
    let profile = changed_files("northshire", &[("associations.toml", "# None here.\n")]);
    assert!(profile.associations.is_empty());
}

#[test]
fn what_is_wrong_with_an_association_is_named_with_its_place() {
    const FILE: &str = "associations.toml";
    for (what, with, key, message) in [
        (
            "professions = [\"lawyer\"]",
            "professions = [\"lawyr\"]",
            "lawyers-association.professions[1]",
            "is not the id of a profession",
        ),
        (
            "professions = [\"lawyer\"]",
            "professions = []",
            "lawyers-association.professions",
            "is empty",
        ),
        (
            "proposals_per_day = 20",
            "proposals_per_day = 0",
            "lawyers-association.proposals_per_day",
            "is 0",
        ),
        (
            "[[lawyers-association.enactment]]",
            "[[lawyers-association.law]]",
            "lawyers-association.law",
            "is not a key",
        ),
    ] {
        let faults = broken("gansu", FILE, what, with);
        assert!(has(&faults, FILE, key, message), "{with}: {faults:?}");
    }
    for (id, other) in [
        ("law-bureau", "an authority"),
        ("high-court", "a court"),
        ("example-hospital", "an inquirer"),
    ] {
        let faults = renamed(id);
        let message = format!("already the id of {other}");
        assert!(has(&faults, FILE, id, &message), "{id}: {faults:?}");
    }
}

/// The faults of the profile with another id for the first association.
fn renamed(id: &str) -> Vec<profile::ProfileFault> {
    let copy = crate::common::copy("gansu");
    let path = copy.path().join("associations.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("lawyers-association", id)).unwrap();
    profile::Profile::load(copy.path()).err().unwrap_or_default()
}

#[test]
fn nobody_is_proposed_where_no_authority_files_commendations() {
    let faults = broken(
        "northshire",
        "authorities.toml",
        "professions = [\"tram-driver\"]\nrecords = [\"licence\", \"decision\", \"training\", \"commendation\"]",
        "professions = [\"tram-driver\"]\nrecords = [\"licence\", \"decision\", \"training\"]",
    );
    let key = "tram-drivers-guild.professions[1]";
    assert!(
        has(&faults, "associations.toml", key, "nobody who licenses"),
        "{faults:?}"
    );
}
