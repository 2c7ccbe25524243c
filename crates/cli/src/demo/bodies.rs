//! Who works for bodies in the demonstration, and the reviewer; a look in the queue, a complaint, a dispute and an
//! application that wait, and a consent that may be used. All of it made up. A second start finds it and adds nothing.

use model::{
    PersonId, RecordKind,
    consent::{ConsentAnswer, ConsentStanding},
    procedure::{Matter, ProcedureKind, ReviewerId, Speaker},
};
use profile::Profile;
use registry::{
    Apply, Complain, ConsentAsk, EventKind, InquiryRequest, NewStaff, OpenDispute, ProcedureError, Registry,
    StaffError, Under,
};

use super::batches;
use crate::{
    failure::Failure,
    words::{Language, Text2, both},
};

/// Members of staff: the body, the account, the name. The first of each body leads.
const STAFF: [(&str, &str, &str); 7] = [
    ("law-bureau", "law-01", "江示例"),
    ("health-commission", "health-01", "高示例"),
    ("tourism-commission", "tourism-01", "罗示例"),
    ("example-hospital", "hospital-01", "梁示例"),
    ("example-law-firm", "firm-01", "宋示例"),
    ("lawyers-association", "association-01", "唐示例"),
    ("law-bureau", "law-02", "许示例"),
];

/// Reviewers: the account, and the name in Chinese and English.
const REVIEWERS: [(&str, &str, &str); 2] = [
    ("review-01", "韩示例", "Robin Example"),
    ("review-02", "冯示例", "Kim Example"),
];

/// How many looks this adds to the one that the demonstration begins with: the third of one body at one person goes to
/// the reviewers.
const LOOKS: usize = 2;

/// The members of staff to sign in as.
pub(super) fn staff() -> Vec<web::DemoStaff> {
    let all = STAFF.iter().map(|(body, staff, name)| web::DemoStaff {
        body: (*body).to_owned(),
        staff: (*staff).to_owned(),
        name: (*name).to_owned(),
    });
    all.collect()
}

/// The reviewers to sign in as, named as in the profile's first language.
pub(super) fn reviewers(profile: &Profile) -> Vec<web::DemoReviewer> {
    let chinese = profile.languages.first() == Some(&Language::Zh);
    let all = REVIEWERS.iter().filter_map(|(reviewer, zh, en)| {
        Some(web::DemoReviewer {
            reviewer: ReviewerId::new(*reviewer).ok()?,
            name: if chinese { *zh } else { *en }.to_owned(),
        })
    });
    all.collect()
}

/// What to try with the bodies, the batches and what is begun here.
pub(super) fn steps() -> [Text2; 4] {
    [
        both!(
            "以旅游主管机关身份登录：报送 fixtures/batches/licences-tourism-commission.csv，查看各行，再撤回。",
            "Sign in for the tourism authority: submit fixtures/batches/licences-tourism-commission.csv, see its rows, take \
             it back."
        ),
        both!(
            "以司法机关身份登录：答复等待办理的异议；依法查询一个人。",
            "Sign in for the law bureau: answer the dispute that waits; look at somebody under a law."
        ),
        both!(
            "以医院身份登录：请求授权，本人同意后查询。",
            "Sign in for the hospital: ask for consent, and look once the person has granted it."
        ),
        both!(
            "以监督员身份登录：办结等待核查的查询，并在 /oversight 查看公布的数字。",
            "Sign in as a reviewer: close the look in the queue, and see the public figure at /oversight."
        ),
    ]
}

/// Names everybody, and begins what there is to do. Blocks.
pub(super) fn load(registry: &Registry) -> Result<(), Failure> {
    name_everybody(registry, &staff(), |n| Some(batches::own_number(n)))?;
    let runtime = crate::commands::runtime()?;
    runtime.block_on(async {
        let [lawyer, doctor, ..] = &batches::people()[..] else {
            return Ok(());
        };
        look_often(registry, lawyer).await?;
        dispute(registry, lawyer).await?;
        complaint(registry, lawyer).await?;
        consent(registry, doctor).await?;
        apply(registry, doctor).await
    })
}

/// Names these members of staff, and the reviewers, each with the own number of their place. Blocks.
pub(super) fn name_everybody(
    registry: &Registry,
    staff: &[web::DemoStaff],
    own_number: impl Fn(usize) -> Option<String>,
) -> Result<(), Failure> {
    // Somebody who was ended in an earlier run stays so.
    let named = |done: Result<(), StaffError>| match done {
        Ok(()) | Err(StaffError::Taken) => Ok(()),
        Err(error) => Err(Failure::from(error)),
    };
    for (n, one) in staff.iter().enumerate() {
        named(registry.add_staff(NewStaff {
            body: one.body.clone(),
            staff: one.staff.clone(),
            name: one.name.clone(),
            own_number: own_number(n),
            keys: vec![web::portal_key(&one.staff)],
            lead: staff.iter().position(|other| other.body == one.body) == Some(n),
        }))?;
    }
    for (n, one) in reviewers(registry.profile()).iter().enumerate() {
        let own_number = own_number(staff.len() + n);
        named(registry.add_reviewer(one.reviewer.as_str(), &one.name, own_number.as_deref()))?;
    }
    Ok(())
}

/// Looks at one person again and again, which reviewers look into.
async fn look_often(registry: &Registry, person: &batches::Person) -> Result<(), Failure> {
    let (body, account, _) = STAFF[0];
    let looks = registry.looks_of(body).await?;
    let before = looks
        .iter()
        .filter(|look| look.staff.as_deref() == Some(account))
        .count();
    for n in before..LOOKS {
        let looked = registry.inquire(InquiryRequest {
            authority: body.to_owned(),
            asker: web::portal_key(account),
            purpose: "licensing-renewal".to_owned(),
            profession: "lawyer".to_owned(),
            id_number: person.number.clone(),
            name: person.name.to_owned(),
            under: Under::Law {
                case_reference: format!("DEMO-LAW-{}", n + 1),
                reason: "演示：许可延续审查 / demonstration: renewal of a licence".to_owned(),
                wait_days: None,
            },
            nonce: None,
        });
        looked.await?;
    }
    Ok(())
}

/// The one of these people, and whether they have opened a procedure of this kind.
async fn known(
    registry: &Registry,
    person: &batches::Person,
    kind: ProcedureKind,
) -> Result<Option<PersonId>, Failure> {
    let Some(id) = registry.find_person(&person.number, person.name).await? else {
        return Ok(None);
    };
    let opened = registry.procedures_of(id).await?;
    Ok((!opened.iter().any(|one| one.summary.kind == kind)).then_some(id))
}

/// A dispute about a licence, which its authority has to answer.
async fn dispute(registry: &Registry, person: &batches::Person) -> Result<(), Failure> {
    let Some(id) = known(registry, person, ProcedureKind::Dispute).await? else {
        return Ok(());
    };
    let file = registry.person_file(id, EventKind::OwnLook).await?;
    let Some(licence) = file.records.iter().find(|one| one.kind == RecordKind::Licence) else {
        return Ok(());
    };
    let dispute = OpenDispute {
        by: Speaker::Person,
        record: licence.record,
        field: Some("scope".to_owned()),
        text: "演示：执业范围应为“律师”。 / Demonstration: the scope should be “lawyer”.".to_owned(),
        files: Vec::new(),
    };
    taken(registry.open_dispute(id, dispute).await)
}

/// A complaint, which a reviewer has to take.
async fn complaint(registry: &Registry, person: &batches::Person) -> Result<(), Failure> {
    let Some(id) = known(registry, person, ProcedureKind::Complaint).await? else {
        return Ok(());
    };
    let complaint = Complain {
        by: Speaker::Person,
        about: Matter::Other,
        look: None,
        body: Some(STAFF[0].0.to_owned()),
        text:
            "演示：多次被查询，请核查。 / Demonstration: I was looked at several times; please look into it."
                .to_owned(),
        files: Vec::new(),
    };
    taken(registry.open_complaint(id, complaint).await)
}

/// A consent that the hospital may use today.
async fn consent(registry: &Registry, person: &batches::Person) -> Result<(), Failure> {
    let (body, account, _) = STAFF[3];
    let purpose = "employment-check";
    let Some(id) = registry.find_person(&person.number, person.name).await? else {
        return Ok(());
    };
    let before = registry.consents_of(id).await?;
    if before
        .iter()
        .any(|one| one.body == body && one.standing == ConsentStanding::Granted)
    {
        return Ok(());
    }
    let (profile, today) = (registry.profile(), registry.today());
    let Some(fields) = profile.purposes.get(purpose).map(|one| one.fields.clone()) else {
        return Ok(());
    };
    let asked = registry.ask_consent(ConsentAsk {
        body: body.to_owned(),
        asker: web::portal_key(account),
        purpose: purpose.to_owned(),
        profession: "doctor".to_owned(),
        fields,
        from: None,
        until: today.checked_add(jiff::Span::new().days(60)).ok(),
        looks: Some(3),
        keep_answer_days: 30,
        id_number: person.number.clone(),
        name: person.name.to_owned(),
        nonce: None,
    });
    let asked = asked.await?;
    let wished = registry.consents_of(id).await?;
    let Some(wished) = wished.into_iter().find(|one| one.consent == asked) else {
        return Ok(());
    };
    let yes = ConsentAnswer::Granted(wished.asked);
    Ok(registry.decide_consent(id, asked, yes, Speaker::Person).await?)
}

/// An application that a fine no longer counts. Before the day from which it may be applied for there is none.
async fn apply(registry: &Registry, person: &batches::Person) -> Result<(), Failure> {
    let Some(id) = known(registry, person, ProcedureKind::Restoration).await? else {
        return Ok(());
    };
    let file = registry.person_file(id, EventKind::OwnLook).await?;
    let today = registry.today();
    let may = |day: Option<jiff::civil::Date>| day.is_some_and(|day| day <= today);
    let decision = file
        .records
        .iter()
        .find(|one| one.kind == RecordKind::Decision && may(one.days.restorable_from));
    let Some(decision) = decision else {
        return Ok(());
    };
    let apply = Apply {
        by: Speaker::Person,
        decision: decision.record,
        pledge: Some(
            "演示：今后依规保存病历。 / Demonstration: I will keep records as the rules say.".to_owned(),
        ),
        duties: Some("演示：罚款已缴清。 / Demonstration: the fine is paid.".to_owned()),
    };
    taken(registry.apply_restoration(id, apply).await)
}

/// What the rules of the day refuse is left out of the demonstration.
fn taken<T>(done: Result<T, ProcedureError>) -> Result<(), Failure> {
    match done {
        Err(ProcedureError::Registry(error)) => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_of_a_body_of_the_profile() {
        let profile = profile::Profile::load(
            &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu"),
        )
        .unwrap();
        for one in staff() {
            assert!(profile.body_name(&one.body).is_some(), "{}", one.body);
        }
        assert_eq!(reviewers(&profile).len(), REVIEWERS.len());
    }
}
