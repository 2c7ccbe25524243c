//! What the person's pages show at the first start: a request for consent, a dispute under way and answered
//! ones, mandates, and the notices that come with them. A second start finds them there.

use jiff::Span;
use model::{
    PersonId, ProcedureId, RecordKind,
    consent::FieldsByKind,
    procedure::{ProcedureKind, Speaker},
};
use registry::{ConsentAsk, DisputeAnswer, EventKind, MandateScope, NewMandate, OpenDispute, Registry, SELF};

use super::batches::{self, Person};
use crate::failure::Failure;

/// The body that asks for consent.
const FIRM: &str = "example-law-firm";

/// Makes what is not there yet.
pub(super) async fn load(registry: &Registry) -> Result<(), Failure> {
    let people = batches::people();
    let mut known = Vec::new();
    for one in &people {
        known.push(registry.find_person(&one.number, one.name).await?);
    }
    let [Some(lawyer), Some(doctor), Some(pharmacist), _, Some(colleague)] = known[..] else {
        return Ok(());
    };
    for (person, one) in [(lawyer, &people[0]), (colleague, &people[4])] {
        if registry.consents_of(person).await?.is_empty() {
            ask_consent(registry, one).await?;
        }
    }
    if !disputes(registry, doctor).await? {
        dispute(registry, doctor, RecordKind::Decision, Some("facts")).await?;
    }
    for (person, authority) in [
        (pharmacist, "drug-administration"),
        (colleague, "tourism-commission"),
    ] {
        if !disputes(registry, person).await? {
            upheld(registry, person, authority).await?;
        }
    }
    mandate(registry, (pharmacist, lawyer), &MandateScope::ALL).await?;
    mandate(
        registry,
        (lawyer, colleague),
        &[MandateScope::Records, MandateScope::Procedures],
    )
    .await
}

/// A law firm would like to see the licence before it hires.
async fn ask_consent(registry: &Registry, person: &Person) -> Result<(), Failure> {
    super::name_staff(registry, FIRM)?;
    let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let until = registry.today().saturating_add(Span::new().days(60));
    registry
        .ask_consent(ConsentAsk {
            body: FIRM.to_owned(),
            asker: super::ACCOUNT.to_owned(),
            purpose: "employment-check".to_owned(),
            profession: "lawyer".to_owned(),
            fields: FieldsByKind::from([
                (
                    RecordKind::Licence,
                    fields(&["name", "licence_name", "licence_number", "scope", "valid_until"]),
                ),
                (
                    RecordKind::Decision,
                    fields(&["penalty", "effective_on", "authority"]),
                ),
            ]),
            from: None,
            until: Some(until),
            looks: Some(2),
            keep_answer_days: 90,
            id_number: person.number.clone(),
            name: person.name.to_owned(),
            nonce: None,
        })
        .await?;
    Ok(())
}

/// Whether this person has opened a dispute.
async fn disputes(registry: &Registry, person: PersonId) -> Result<bool, Failure> {
    let opened = registry.procedures_of(person).await?;
    Ok(opened
        .iter()
        .any(|one| one.summary.kind == ProcedureKind::Dispute))
}

/// A person disputes the latest record of this kind.
async fn dispute(
    registry: &Registry,
    person: PersonId,
    kind: RecordKind,
    field: Option<&str>,
) -> Result<Option<ProcedureId>, Failure> {
    let file = registry.person_file(person, EventKind::OwnLook).await?;
    let Some(record) = file.records.iter().find(|one| one.kind == kind) else {
        return Ok(None);
    };
    let dispute = OpenDispute {
        by: Speaker::Person,
        record: record.record,
        field: field.map(str::to_owned),
        text: "虚构示例：所列内容与事实不符，请核对原件。 / Made up: this is not as it was; please compare it with \
               the original."
            .to_owned(),
        files: Vec::new(),
    };
    Ok(Some(registry.open_dispute(person, dispute).await?))
}

/// A dispute that was answered: the record stands, and the person can say something to it.
async fn upheld(registry: &Registry, person: PersonId, authority: &str) -> Result<(), Failure> {
    let Some(procedure) = dispute(registry, person, RecordKind::Licence, None).await? else {
        return Ok(());
    };
    let reasons =
        "虚构示例：经核对原件，内容无误。 / Made up: compared with the original, it is right.".to_owned();
    let by = super::name_staff(registry, authority)?;
    registry
        .answer_dispute(by, procedure, DisputeAnswer::Uphold, reasons)
        .await?;
    Ok(())
}

/// A mandate of the one for the other, for a year.
async fn mandate(
    registry: &Registry,
    (person, representative): (PersonId, PersonId),
    scope: &[MandateScope],
) -> Result<(), Failure> {
    if !registry.mandates_of(person).await?.is_empty() {
        return Ok(());
    }
    let today = registry.today();
    let new = NewMandate {
        person,
        representative,
        scope: scope.iter().copied().collect(),
        from: today,
        until: today.saturating_add(Span::new().years(1)),
        registered_by: SELF.to_owned(),
    };
    registry.register_mandate(new).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{commands::runtime, demo};

    #[test]
    fn every_page_of_the_person_has_something_to_show_and_a_second_start_doubles_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = demo::Arguments {
            data: folder.path().join("data"),
            profile: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu")),
            listen: None,
            days_later: 0,
        };
        let opened = demo::open(&arguments).unwrap();
        demo::load(&opened.registry).unwrap();
        demo::load(&opened.registry).unwrap();
        let (runtime, registry) = (runtime().unwrap(), &opened.registry);
        let person = |n: usize| {
            let one = &batches::people()[n];
            runtime
                .block_on(registry.find_person(&one.number, one.name))
                .unwrap()
                .unwrap()
        };
        assert_eq!(
            runtime.block_on(registry.consents_of(person(0))).unwrap().len(),
            1
        );
        assert_eq!(
            runtime.block_on(registry.procedures_of(person(1))).unwrap().len(),
            1
        );
        assert_eq!(
            runtime.block_on(registry.mandates_of(person(0))).unwrap().len(),
            1
        );
        assert_eq!(runtime.block_on(registry.acting_for(person(0))).unwrap().len(), 1);
        assert!(runtime.block_on(registry.unread_notices(person(0))).unwrap() >= 3);
    }
}
