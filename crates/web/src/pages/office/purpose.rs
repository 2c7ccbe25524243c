//! A registered purpose as the pages show it: what it is for, which fields it may see, and how often.

use model::{RecordKind, consent::FieldsByKind};
use profile::{ConsentTerms, Profile, Purpose};

use crate::{
    said::{self, BasisView, GroundView},
    visit::Visit,
    words::Key,
};

/// The fields of one kind of record.
pub(crate) struct KindFields {
    pub(crate) kind: Key,
    pub(crate) fields: Vec<FieldBox>,
}

/// A field, as a checkbox where it may be chosen.
pub(crate) struct FieldBox {
    /// The kind and the field's name, parted by a full stop.
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// The fields by kind, with their labels. `chosen` says which boxes are ticked.
pub(crate) fn fields(visit: &Visit, fields: &FieldsByKind, chosen: impl Fn(&str) -> bool) -> Vec<KindFields> {
    let (profile, language) = (visit.state.profile(), visit.language);
    let kinds = RecordKind::ALL.iter().filter_map(|kind| {
        let (names, record_type) = (fields.get(kind)?, profile.record_type(*kind)?);
        // In the order of the record type, as records are shown.
        let named = record_type
            .fields
            .iter()
            .filter(|field| names.contains(&field.name));
        let boxes = named.map(|field| {
            let value = format!("{}.{}", kind.as_str(), field.name);
            FieldBox {
                label: field.label.get(language).to_owned(),
                chosen: chosen(&value),
                value,
            }
        });
        Some(KindFields {
            kind: said::kind(*kind),
            fields: boxes.collect(),
        })
    });
    kinds.filter(|kind| !kind.fields.is_empty()).collect()
}

/// A purpose in a list of those that a body may use.
pub(crate) struct PurposeRow {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// The purposes that a body may use in this way.
pub(crate) fn usable(visit: &Visit, may: impl Fn(&Purpose) -> bool) -> Vec<PurposeRow> {
    let purposes = visit.state.profile().purposes.values();
    purposes
        .filter(|purpose| may(purpose))
        .map(|purpose| PurposeRow {
            id: purpose.id.clone(),
            name: purpose.name.get(visit.language).to_owned(),
        })
        .collect()
}

/// Whether the body may use the purpose under a law.
pub(crate) fn by_law(profile: &Profile, purpose: &Purpose, body: &str) -> bool {
    !purpose.bases.is_empty() && purpose.who.contains(body) && profile.authorities.contains_key(body)
}

/// The professions in which the body may look under a law for this purpose, with the bases that let it.
pub(crate) fn professions_by_law(visit: &Visit, purpose: &Purpose, body: &str) -> Vec<(String, String)> {
    let profile = visit.state.profile();
    let Some(authority) = profile.authorities.get(body) else {
        return Vec::new();
    };
    let may = authority.professions.iter().filter(|profession| {
        let mut kinds = purpose.fields.keys();
        kinds.any(|kind| {
            profile
                .inquiry_basis(&purpose.id, body, profession, *kind)
                .is_some()
        })
    });
    may.map(|id| (id.clone(), said::profession(profile, id, visit.language)))
        .collect()
}

/// The legal bases by which the body may look for this purpose.
pub(crate) fn bases(visit: &Visit, purpose: &Purpose, body: &str) -> Vec<BasisView> {
    let profile = visit.state.profile();
    let professions = professions_by_law(visit, purpose, body);
    let bases = purpose.bases.iter().filter_map(|id| profile.bases.get(id));
    bases
        .filter(|basis| professions.iter().any(|(id, _)| *id == basis.profession))
        .filter_map(|basis| BasisView::new(basis, visit.state.registry.today(), visit.language))
        .collect()
}

/// The ceilings of a purpose that is used by consent.
pub(crate) struct Ceilings {
    pub(crate) longest_days: u64,
    pub(crate) most_looks: u64,
    pub(crate) keep_answer_days: u64,
    pub(crate) ground: GroundView,
}

impl Ceilings {
    pub(crate) fn new(visit: &Visit, terms: &ConsentTerms) -> Self {
        Self {
            longest_days: terms.longest_days.into(),
            most_looks: terms.most_looks.into(),
            keep_answer_days: terms.keep_answer_days.into(),
            ground: GroundView::new(&terms.ground, visit.language),
        }
    }
}
