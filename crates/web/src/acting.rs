//! Acting for somebody else. A person who has a mandate may switch to act for whoever gave it; from then on every
//! page says so and has the way back, and shows what the mandate covers alone. A handler asks for whom it is by the
//! type of its argument ([`ForPerson`]), which names what a mandate has to cover.

use std::marker::PhantomData;

use axum::{extract::FromRequestParts, http::request::Parts};
use model::{MandateId, PersonId, RecordId, procedure::Speaker};
use registry::{EventKind, Mandate, MandateError, MandateScope, NamedRecord, PersonFile, Reader};

use crate::{
    fault::Fault,
    page::{Page, Place, Section},
    session::Role,
    visit::{self, NotSignedIn, Visit},
    words::Key,
};

/// What every page of a signed-in person shows.
#[derive(Clone, Default)]
pub(crate) struct Personal {
    /// How many notices are not read.
    pub(crate) unread: u64,
    /// For whom they act, if for somebody else.
    pub(crate) acting: Option<Acting>,
}

/// Acting for somebody else.
#[derive(Clone)]
pub(crate) struct Acting {
    /// Under which mandate. None: it is over.
    pub(crate) mandate: Option<Mandate>,
    /// The name of whoever gave it; empty where it is not known.
    pub(crate) name: String,
}

impl Personal {
    /// Of this visit. Where the store fails, nothing is covered.
    pub(crate) async fn of(visit: &Visit) -> Self {
        let nobody = Self::default();
        let Some(session) = visit.session.as_ref().filter(|_| visit.state.demo.is_some()) else {
            return nobody;
        };
        let Role::Person(person) = session.role else {
            return nobody;
        };
        let registry = &visit.state.registry;
        let Some(id) = session.acting else {
            let unread = registry.unread_notices(person).await;
            let unread = unread.inspect_err(|error| tracing::error!(%error, "the registry failed"));
            return Self {
                unread: unread.unwrap_or_default(),
                acting: None,
            };
        };
        let mandates = registry.acting_for(person).await;
        let mandates = mandates.inspect_err(|error| tracing::error!(%error, "the registry failed"));
        let mut mandates = mandates.unwrap_or_default().into_iter();
        let mandate = mandates.find(|one| one.mandate == id);
        let name = mandate.as_ref().and_then(|one| visit.state.demo_name(one.person));
        Self {
            unread: unread_of(visit, mandate.as_ref()).await,
            acting: Some(Acting {
                name: name.unwrap_or_default().to_owned(),
                mandate,
            }),
        }
    }
}

/// How many notices to the representative under this mandate are not read.
async fn unread_of(visit: &Visit, mandate: Option<&Mandate>) -> u64 {
    let Some(mandate) = mandate.filter(|one| one.scope.contains(&MandateScope::Procedures)) else {
        return 0;
    };
    let notices = visit
        .state
        .registry
        .body_notices(&inbox_of(mandate.mandate))
        .await;
    let notices = notices.inspect_err(|error| tracing::error!(%error, "the registry failed"));
    let unread = notices
        .unwrap_or_default()
        .iter()
        .filter(|one| one.read_at.is_none())
        .count();
    unread as u64
}

/// The name of a representative's inbox for one mandate.
pub(crate) fn inbox_of(mandate: MandateId) -> String {
    format!("mandate:{mandate}")
}

impl Page {
    /// Whether the visitor may do this here: for themself always, for somebody else where the mandate covers it.
    pub(crate) fn covers(&self, scope: MandateScope) -> bool {
        match &self.personal.acting {
            None => true,
            Some(acting) => acting
                .mandate
                .as_ref()
                .is_some_and(|mandate| mandate.scope.contains(&scope)),
        }
    }

    /// Whether the visitor may take steps in procedures here.
    pub(crate) fn covers_procedures(&self) -> bool {
        self.covers(MandateScope::Procedures)
    }
}

/// The places in the navigation of a person: seven, or those that the mandate covers.
pub(crate) fn places(page: &Page) -> Vec<Place> {
    let own = page.personal.acting.is_none();
    let covered = |scope| page.covers(scope);
    let all = [
        (
            "/inbox",
            Key("nav-inbox"),
            Section::Inbox,
            covered(MandateScope::Procedures),
        ),
        (
            "/records",
            Key("nav-records"),
            Section::Records,
            covered(MandateScope::Records),
        ),
        (
            "/looks",
            Key("nav-looks"),
            Section::Looks,
            covered(MandateScope::Records),
        ),
        (
            "/consents",
            Key("nav-consents"),
            Section::Consents,
            covered(MandateScope::Consents),
        ),
        (
            "/procedures",
            Key("nav-procedures"),
            Section::Procedures,
            covered(MandateScope::Procedures),
        ),
        (
            "/certificates",
            Key("nav-certificates"),
            Section::Certificates,
            own,
        ),
        ("/mandates", Key("nav-mandates"), Section::Mandates, true),
    ];
    all.into_iter()
        .filter(|(.., there)| *there)
        .map(|(path, word, section, _)| Place {
            path,
            word,
            current: page.section == section,
            new: if section == Section::Inbox {
                page.personal.unread
            } else {
                0
            },
        })
        .collect()
}

/// What a mandate has to cover.
pub(crate) trait Scope {
    /// The scope.
    const SCOPE: MandateScope;
}

macro_rules! scopes {
    ($($name:ident)*) => {$(
        /// A scope of mandates.
        pub(crate) struct $name;
        impl Scope for $name {
            const SCOPE: MandateScope = MandateScope::$name;
        }
    )*};
}

scopes! { Records Consents Procedures }

/// A signed-in person on a page of their own, or on one of somebody for whom they act under a mandate that covers `S`.
pub(crate) struct ForPerson<S> {
    pub(crate) visit: Visit,
    /// Whom it is about.
    pub(crate) person: PersonId,
    /// Who speaks for them.
    pub(crate) by: Speaker,
    scope: PhantomData<S>,
}

impl<S: Scope, T: Send + Sync> FromRequestParts<T> for ForPerson<S> {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &T) -> Result<Self, NotSignedIn> {
        let (visit, role) = visit::role(parts, state).await?;
        let own = match role {
            Role::Person(person) => person,
            Role::Nobody => return Err(NotSignedIn::SignIn),
            _ => return Err(NotSignedIn::OtherRole),
        };
        let (person, by) = match &visit.personal.acting {
            None => (own, Speaker::Person),
            Some(acting) => {
                let mandate = acting.mandate.as_ref();
                let mandate = mandate.filter(|mandate| mandate.scope.contains(&S::SCOPE));
                let mandate = mandate.ok_or(NotSignedIn::NotCovered)?;
                (mandate.person, Speaker::Representative(mandate.mandate))
            }
        };
        Ok(Self {
            visit,
            person,
            by,
            scope: PhantomData,
        })
    }
}

/// A signed-in person, whether or not they act for somebody else now. `person` is always themself.
pub(crate) struct AnyPerson {
    pub(crate) visit: Visit,
    pub(crate) person: PersonId,
}

impl<T: Send + Sync> FromRequestParts<T> for AnyPerson {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &T) -> Result<Self, NotSignedIn> {
        match visit::role(parts, state).await? {
            (visit, Role::Person(person)) => Ok(Self { visit, person }),
            (_, Role::Nobody) => Err(NotSignedIn::SignIn),
            _ => Err(NotSignedIn::OtherRole),
        }
    }
}

/// All that is held about a person, for them or for who speaks for them. It is logged.
pub(crate) async fn file(
    visit: &Visit,
    person: PersonId,
    by: Speaker,
    kind: EventKind,
) -> Result<PersonFile, Fault> {
    let registry = &visit.state.registry;
    match by {
        Speaker::Person => Ok(registry.person_file(person, kind).await?),
        Speaker::Representative(mandate) => Ok(registry.person_file_under(person, mandate, kind).await?),
    }
}

/// The records of a person that a procedure can be about, without what is in them, for them or for who speaks for them. It
/// is logged.
pub(crate) async fn named_records(
    visit: &Visit,
    person: PersonId,
    by: Speaker,
) -> Result<Vec<NamedRecord>, Fault> {
    let registry = &visit.state.registry;
    Ok(registry.named_records(person, by).await?)
}

/// One of them that stands, by the text of its identifier.
pub(crate) async fn standing_record(
    visit: &Visit,
    who: (PersonId, Speaker),
    id: &str,
) -> Result<NamedRecord, Fault> {
    let found = named_record(visit, who, id).await?;
    Some(found).filter(|one| one.stands).ok_or(Fault::NotFound)
}

/// One of them, by the text of its identifier.
pub(crate) async fn named_record(
    visit: &Visit,
    (person, by): (PersonId, Speaker),
    id: &str,
) -> Result<NamedRecord, Fault> {
    let id: RecordId = id.parse().map_err(|_| Fault::NotFound)?;
    let mut records = named_records(visit, person, by).await?.into_iter();
    records.find(|one| one.record == id).ok_or(Fault::NotFound)
}

/// Where somebody finds the records that a procedure can be about, and what the place is called: on their own page where
/// they may read what is in them, else in a list without it.
pub(crate) fn records_place(page: &Page) -> (String, Key) {
    if page.covers(MandateScope::Records) {
        ("/records".to_owned(), Key("nav-records"))
    } else {
        ("/procedures/records".to_owned(), Key("named-records-title"))
    }
}

/// Who reads a procedure of this person.
pub(crate) fn reader(person: PersonId, by: Speaker) -> Reader {
    match by {
        Speaker::Person => Reader::Person(person),
        Speaker::Representative(mandate) => Reader::Representative(mandate),
    }
}

impl From<MandateError> for Fault {
    fn from(error: MandateError) -> Self {
        match error {
            MandateError::Registry(error) => error.into(),
            _ => Self::NotCovered,
        }
    }
}
