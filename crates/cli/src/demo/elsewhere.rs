//! A demonstration of a profile that the sample batches are not made for: somebody works for each body, and for the
//! fictional `northshire` two licences are filed, so that there are people to sign in as.

use model::RecordKind;
use profile::Profile;
use registry::Registry;

use super::{
    batches::{Batch, Person},
    bodies, submit,
};
use crate::{
    failure::Failure,
    words::{Text2, both},
};

/// The profile that there are people for.
const PROFILE: &str = "northshire";

/// Its authority that licenses tram drivers.
const TRAMS: &str = "transport-board";

/// Where the digits of the own numbers of staff and reviewers begin. No record is about any of them.
const OWN_NUMBERS: u32 = 99_100_000;

/// The members of staff to sign in as: one of each body.
pub(super) fn staff(profile: &Profile) -> Vec<web::DemoStaff> {
    let bodies = profile.authorities.keys();
    let bodies = bodies
        .chain(profile.inquirers.keys())
        .chain(profile.associations.keys());
    let one = |(n, body): (usize, &String)| web::DemoStaff {
        body: body.clone(),
        staff: format!("staff-{:02}", n + 1),
        name: "Sam Example".to_owned(),
    };
    bodies.enumerate().map(one).collect()
}

/// What to try: what there is to do depends on the profile, so bodies are named from it.
pub(super) fn steps(profile: &Profile) -> Vec<Text2> {
    let mut steps = Vec::new();
    if profile.id == PROFILE
        && let Some(body) = profile.body_name(TRAMS)
    {
        let (zh, en) = (&body.zh, &body.en);
        steps.push(both!(
            "以{zh}的身份登录：查看已报送的文件及其各行，再撤回；依法查询一个人。",
            "Sign in for the {en}: see the file that was submitted and its rows, take it back; look at somebody under a law."
        ));
        steps.push(both!(
            "以个人身份对记录提出异议，再以其机关的身份答复。",
            "Dispute a record as a person, and answer the dispute as its authority."
        ));
    } else {
        steps.push(both!(
            "以机关身份登录：报送一份自己编写的虚构记录，并查看各行。",
            "Sign in for an authority: submit a file of your own made-up records, and see its rows."
        ));
    }
    steps.push(both!(
        "以监督员身份登录：查看等待核查的查询，并在 /oversight 查看公布的数字。",
        "Sign in as a reviewer: see what waits in the queue, and the public figure at /oversight."
    ));
    steps
}

/// The made-up people to sign in as.
pub(super) fn people(profile: &Profile) -> Vec<Person> {
    if profile.id != PROFILE {
        return Vec::new();
    }
    [("Ada Example", 99_000_001), ("Bo Example", 99_000_002)]
        .map(|(name, digits)| Person {
            name,
            number: resident_number(digits),
            about: ("有轨电车司机", "Tram driver"),
        })
        .into()
}

/// Files what there is and names everybody. A second start finds it and adds nothing. Blocks.
pub(super) fn load(registry: &Registry) -> Result<(), Failure> {
    let people = people(registry.profile());
    if !people.is_empty() {
        submit(registry, licences(&people))?;
    }
    let profile = registry.profile();
    // What a number looks like is the profile's own.
    let own = |n: usize| {
        let known = profile.id == PROFILE;
        known.then(|| resident_number(OWN_NUMBERS + n as u32))
    };
    bodies::name_everybody(registry, &staff(profile), own)
}

fn licences(people: &[Person]) -> Batch {
    let row = |(n, one): (usize, &Person)| {
        format!(
            "{},{},198{n}-03-04,G-{n},Tram driver's licence,TD-98{n:04},2020-01-15,2020-02-01,2040-01-31,{TRAMS},\
             tram-driver-register\r\n",
            one.name, one.number
        )
    };
    let rows: String = people.iter().enumerate().map(row).collect();
    let headings = "Full name,Resident no.,Date of birth,Grant no.,Licence,Licence no.,Granted,From,Until,Body,Legal basis";
    Batch {
        authority: TRAMS,
        kind: RecordKind::Licence,
        name: "licences-transport-board.csv",
        bytes: format!("{headings}\r\n{rows}").into_bytes(),
    }
}

/// A resident number: two letters, eight digits, two check digits (ISO 7064 MOD 97-10).
fn resident_number(digits: u32) -> String {
    let body = format!("QZ{digits:08}");
    let rest = format!("{body}00").bytes().fold(0u64, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u64::from(byte - b'0')) % 97,
        _ => (sum * 100 + u64::from(byte - b'A') + 10) % 97,
    });
    format!("{body}{:02}", 98 - rest)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{commands::runtime, demo};

    #[test]
    fn the_fictional_profile_has_people_too_and_a_second_start_doubles_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = demo::Arguments {
            data: folder.path().join("data"),
            profile: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/northshire")),
            listen: None,
            days_later: 0,
        };
        let opened = demo::open(&arguments).unwrap();
        load(&opened.registry).unwrap();
        load(&opened.registry).unwrap();
        let runtime = runtime().unwrap();
        let submissions = runtime.block_on(opened.registry.submissions(TRAMS)).unwrap();
        assert_eq!(submissions.len(), 1);
        assert_eq!(submissions[0].counts.accepted, 2);
        let profile = opened.registry.profile();
        let found = runtime.block_on(demo::people(&opened.registry, &people(profile)));
        assert_eq!(found.unwrap().len(), 2);
        for one in staff(profile) {
            assert!(profile.body_name(&one.body).is_some(), "{}", one.body);
        }
    }
}
