//! A visit: what is known of a request before its handler runs. A handler that needs a person, a member of staff or a reviewer
//! asks for one by the type of its argument and cannot forget to check.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::{PersonId, procedure::ReviewerId};
use profile::Language;
use registry::ForBody;

use crate::{
    Shared,
    acting::Personal,
    assets, cookie,
    fault::{self, Fault},
    language,
    page::{Greeted, Page, Section},
    session::{self, Role, Session},
};

/// What is known of a visitor.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) state: Shared,
    pub(crate) language: Language,
    pub(crate) session: Option<Session>,
    /// What every page of a signed-in person shows.
    pub(crate) personal: Personal,
    path: String,
}

impl Visit {
    fn of(state: Shared, headers: &HeaderMap, uri: &Uri) -> Self {
        let language = language::of(headers, &state.profile().languages);
        let session = cookie::read(headers, session::COOKIE)
            .and_then(|value| Session::read(&value, &state.session_key, state.registry.now()))
            .filter(|session| !state.left.has(session));
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Self {
            state,
            language,
            session,
            personal: Personal::default(),
            path,
        }
    }

    /// What the visitor's page has.
    pub(crate) fn page(&self, section: Section) -> Page {
        let profile = self.state.profile();
        Page {
            language: self.language,
            section,
            greeted: self.greeted(),
            demo: self.state.demo.is_some(),
            region: profile.name.get(self.language).to_owned(),
            offset_hours: profile.utc_offset_hours,
            path: self.path.clone(),
            token: self
                .session
                .as_ref()
                .map(|session| session.token.clone())
                .unwrap_or_default(),
            personal: self.personal.clone(),
            styles: assets::styles_path(),
            icon: assets::icon_path(),
        }
    }

    fn greeted(&self) -> Greeted {
        match self.session.as_ref().map(|session| &session.role) {
            None | Some(Role::Nobody) => Greeted::Nobody,
            Some(Role::Person(person)) => {
                Greeted::Person(self.state.demo_name(*person).unwrap_or_default().to_owned())
            }
            Some(Role::Staff { body, staff }) => {
                let profile = self.state.profile();
                let name = self.state.demo_staff_name(body, staff).unwrap_or(staff);
                let body_name = profile
                    .body_name(body)
                    .map_or(body.as_str(), |name| name.get(self.language));
                let name = format!("{name} · {body_name}");
                if profile.authorities.contains_key(body) {
                    Greeted::Clerk(name)
                } else if profile.associations.contains_key(body) {
                    Greeted::Association(name)
                } else {
                    Greeted::Inquirer(name)
                }
            }
            Some(Role::Reviewer(reviewer)) => {
                let name = self.state.demo_reviewer_name(reviewer);
                Greeted::Reviewer(name.unwrap_or(reviewer.as_str()).to_owned())
            }
        }
    }

    /// The person who is signed in, if one is.
    pub(crate) fn person(&self) -> Option<PersonId> {
        match self.session.as_ref()?.role {
            Role::Person(person) => Some(person),
            _ => None,
        }
    }

    /// The header that makes `session` the visitor's.
    pub(crate) fn cookie(&self, session: &Session) -> String {
        let value = session.sign(&self.state.session_key);
        cookie::set(
            session::COOKIE,
            &value,
            session::LASTS,
            self.state.secure_cookies(),
        )
    }
}

/// Works out the visit before the handler, and sees after it that every error has a page.
pub(crate) async fn around(State(state): State<Shared>, mut request: Request, next: Next) -> Response {
    let mut visit = Visit::of(state, request.headers(), request.uri());
    if !request.uri().path().starts_with("/assets/") {
        visit.personal = Personal::of(&visit).await;
    }
    request.extensions_mut().insert(visit.clone());
    fault::with_page(next.run(request).await, &visit)
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or(Fault::Internal)
    }
}

/// A signed-in person on a page of their own.
pub(crate) struct PersonVisit {
    pub(crate) visit: Visit,
    pub(crate) person: PersonId,
}

/// A member of an authority's staff at its desk, not stopped at this moment.
pub(crate) struct ClerkVisit {
    pub(crate) visit: Visit,
    pub(crate) authority: String,
    /// Their account.
    pub(crate) staff: String,
}

impl ClerkVisit {
    /// Who acts for the authority: the person sees which member of staff it was.
    pub(crate) fn for_body(&self) -> ForBody {
        ForBody::staff(&*self.authority, &*self.staff)
    }
}

/// A member of the staff of an authority or of an inquirer, not stopped at this moment.
pub(crate) struct StaffVisit {
    pub(crate) visit: Visit,
    pub(crate) body: String,
    pub(crate) staff: String,
}

/// A reviewer who has not left.
pub(crate) struct ReviewerVisit {
    pub(crate) visit: Visit,
    pub(crate) reviewer: ReviewerId,
}

/// Why a page that needs a role is not given.
pub(crate) enum NotSignedIn {
    SignIn,
    OtherRole,
    /// They act for somebody else, and their mandate does not cover this.
    NotCovered,
    /// It may be theirs, but not now.
    Fault(Fault),
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn => (StatusCode::SEE_OTHER, [(header::LOCATION, "/sign-in")]).into_response(),
            Self::OtherRole => Fault::Forbidden.into_response(),
            Self::NotCovered => Fault::NotCovered.into_response(),
            Self::Fault(fault) => fault.into_response(),
        }
    }
}

pub(crate) async fn role<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<(Visit, Role), NotSignedIn> {
    let visit = Visit::from_request_parts(parts, state)
        .await
        .map_err(|_| NotSignedIn::SignIn)?;
    // Sign-in exists in demonstrations alone; a session from one is worth nothing outside.
    let session = visit.session.as_ref().filter(|_| visit.state.demo.is_some());
    let role = session.map_or(Role::Nobody, |session| session.role.clone());
    Ok((visit, role))
}

impl<S: Send + Sync> FromRequestParts<S> for PersonVisit {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSignedIn> {
        match role(parts, state).await? {
            // What is their own is not shown while the page says that they act for somebody else.
            (visit, Role::Person(_)) if visit.personal.acting.is_some() => Err(NotSignedIn::NotCovered),
            (visit, Role::Person(person)) => Ok(Self { visit, person }),
            (_, Role::Nobody) => Err(NotSignedIn::SignIn),
            (_, Role::Staff { .. } | Role::Reviewer(_)) => Err(NotSignedIn::OtherRole),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for StaffVisit {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSignedIn> {
        let (visit, body, staff) = match role(parts, state).await? {
            (visit, Role::Staff { body, staff }) => (visit, body, staff),
            (_, Role::Nobody) => return Err(NotSignedIn::SignIn),
            (_, Role::Person(_) | Role::Reviewer(_)) => return Err(NotSignedIn::OtherRole),
        };
        // A session outlives a stop; the account does not.
        let member = visit.state.registry.staff_member(&body, &staff).await;
        let member = member.map_err(|error| NotSignedIn::Fault(error.into()))?;
        if member.is_some_and(|member| member.stopped_at.is_none() && member.ended_at.is_none()) {
            Ok(Self { visit, body, staff })
        } else {
            Err(NotSignedIn::Fault(Fault::Stopped))
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClerkVisit {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSignedIn> {
        let StaffVisit { visit, body, staff } = StaffVisit::from_request_parts(parts, state).await?;
        if visit.state.profile().authorities.contains_key(&body) {
            Ok(Self {
                visit,
                authority: body,
                staff,
            })
        } else {
            Err(NotSignedIn::OtherRole)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ReviewerVisit {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, NotSignedIn> {
        let (visit, reviewer) = match role(parts, state).await? {
            (visit, Role::Reviewer(reviewer)) => (visit, reviewer),
            (_, Role::Nobody) => return Err(NotSignedIn::SignIn),
            (_, Role::Person(_) | Role::Staff { .. }) => return Err(NotSignedIn::OtherRole),
        };
        match visit.state.registry.reviews(&reviewer).await {
            Ok(true) => Ok(Self { visit, reviewer }),
            Ok(false) => Err(NotSignedIn::Fault(Fault::Stopped)),
            Err(error) => Err(NotSignedIn::Fault(error.into())),
        }
    }
}
