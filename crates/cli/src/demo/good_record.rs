//! The demonstration's good record: a proposal that waits, a commendation that its person published, and a pledge.

use std::collections::BTreeMap;

use model::{RecordKind, procedure::Speaker};
use registry::{EventKind, Propose, Registry};

use super::batches;
use crate::failure::Failure;

/// Makes it, about the first of the made-up people.
pub(super) async fn make(registry: &Registry) -> Result<(), Failure> {
    let Some(one) = batches::people().into_iter().next() else {
        return Ok(());
    };
    let Some(person) = registry.find_person(&one.number, one.name).await? else {
        return Ok(());
    };
    let words = [
        ("title", "青年律师公益奖（示例）"),
        ("reason", "虚构示例：连续三年为社区提供免费法律咨询。"),
    ];
    registry
        .propose_commendation(Propose {
            association: "lawyers-association".to_owned(),
            staff: None,
            authority: "law-bureau".to_owned(),
            profession: "lawyer".to_owned(),
            id_number: one.number,
            name: one.name.to_owned(),
            words: BTreeMap::from(words.map(|(name, text)| (name.to_owned(), text.to_owned()))),
            nonce: None,
        })
        .await?;
    let file = registry.person_file(person, EventKind::OwnLook).await?;
    let commendation = |record: &&registry::RecordView| record.kind == RecordKind::Commendation;
    if let Some(record) = file.records.iter().find(commendation) {
        registry
            .give_publication(person, record.record, Speaker::Person)
            .await?;
    }
    registry.make_pledge(person, "lawyer", "lawful-practice").await?;
    Ok(())
}
