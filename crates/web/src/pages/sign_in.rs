//! `/sign-in`: in a demonstration, as any of a handful of made-up people: persons, staff of bodies, reviewers. Elsewhere the page
//! says that no sign-in is set up, and nobody gets in.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};

use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    said,
    session::{Role, Session},
    visit::Visit,
};

/// Somebody to sign in as.
struct Choice {
    value: String,
    name: String,
    about: String,
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    page: Page,
    people: Vec<Choice>,
    clerks: Vec<Choice>,
    reviewers: Vec<Choice>,
    nobody_chosen: bool,
}

impl SignInPage {
    fn new(visit: &Visit, nobody_chosen: bool) -> Self {
        let demo = visit.state.demo.as_ref();
        let people = demo
            .into_iter()
            .flat_map(|demo| &demo.people)
            .enumerate()
            .map(|(n, one)| Choice {
                value: format!("person-{n}"),
                name: one.name.clone(),
                about: one.about.get(visit.language).to_owned(),
            });
        let clerks = demo
            .into_iter()
            .flat_map(|demo| &demo.staff)
            .enumerate()
            .map(|(n, one)| Choice {
                value: format!("clerk-{n}"),
                name: said::authority(visit.state.profile(), &one.body, visit.language),
                about: one.name.clone(),
            });
        let reviewers = demo
            .into_iter()
            .flat_map(|demo| &demo.reviewers)
            .enumerate()
            .map(|(n, one)| Choice {
                value: format!("reviewer-{n}"),
                name: one.name.clone(),
                about: String::new(),
            });
        Self {
            page: visit.page(Section::SignIn),
            people: people.collect(),
            clerks: clerks.collect(),
            reviewers: reviewers.collect(),
            nobody_chosen,
        }
    }
}

/// `GET /sign-in`
pub(crate) async fn show(mut visit: Visit) -> Result<Response, Fault> {
    if visit.state.demo.is_none() || visit.session.is_some() {
        return html(&SignInPage::new(&visit, false));
    }
    // The form needs a token, so its visitor needs a session, though of nobody yet.
    let session = start(&visit, Role::Nobody)?;
    let cookie = visit.cookie(&session);
    visit.session = Some(session);
    let page = html(&SignInPage::new(&visit, false))?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), page).into_response())
}

/// `POST /sign-in`
pub(crate) async fn sign_in(visit: Visit, form: Result<Form, Fault>) -> Result<Response, Fault> {
    let Some(demo) = &visit.state.demo else {
        return refused(StatusCode::FORBIDDEN, &SignInPage::new(&visit, false));
    };
    let form = form?;
    let chosen = form
        .one("as")
        .split_once('-')
        .and_then(|(role, n)| Some((role, n.parse::<usize>().ok()?)));
    let (role, place) = match chosen {
        Some(("person", n)) => (demo.people.get(n).map(|one| Role::Person(one.person)), "/records"),
        Some(("clerk", n)) => demo
            .staff
            .get(n)
            .map_or((None, ""), |one| at_work(&visit, &one.body, &one.staff)),
        Some(("reviewer", n)) => {
            let chosen = demo.reviewers.get(n);
            let role = chosen.map(|one| Role::Reviewer(one.reviewer.clone()));
            (role, "/review")
        }
        _ => (None, ""),
    };
    let Some(role) = role else {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage::new(&visit, true));
    };
    go(&visit, role, place)
}

/// A member of a body's staff, and the page where their work begins.
fn at_work(visit: &Visit, body: &str, staff: &str) -> (Option<Role>, &'static str) {
    let role = Role::Staff {
        body: body.to_owned(),
        staff: staff.to_owned(),
    };
    let profile = visit.state.profile();
    let place = if profile.authorities.contains_key(body) {
        "/desk"
    } else if profile.associations.contains_key(body) {
        "/proposals"
    } else {
        "/look"
    };
    (Some(role), place)
}

/// `POST /sign-out`
pub(crate) async fn sign_out(visit: Visit, _: Form) -> Result<Response, Fault> {
    if let Some(session) = &visit.session {
        visit.state.left.leave(session, visit.state.registry.now());
    }
    go(&visit, Role::Nobody, "/")
}

fn start(visit: &Visit, role: Role) -> Result<Session, Fault> {
    Session::start(role, visit.state.registry.now(), &*visit.state.randomness).map_err(|error| {
        tracing::error!(%error, "no session could be made");
        Fault::Internal
    })
}

/// A new session, with a token that no earlier page of this browser knows, and on to `place`.
fn go(visit: &Visit, role: Role, place: &'static str) -> Result<Response, Fault> {
    let cookie = visit.cookie(&start(visit, role)?);
    let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, place.to_owned())];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_visitor_signs_in_as_a_made_up_person_and_out_again() {
        let portal = Portal::demo().await;
        assert_eq!(portal.get("/records").await.location.as_deref(), Some("/sign-in"));
        let portal = portal.as_person().await;
        assert_eq!(portal.get("/records").await.status, StatusCode::OK);
        assert_eq!(portal.get("/desk").await.status, StatusCode::FORBIDDEN);
        let out = portal.post("/sign-out", &[]).await;
        assert_eq!(out.location.as_deref(), Some("/"));
        // Whoever has copied the cookie is out too.
        assert_eq!(portal.get("/records").await.location.as_deref(), Some("/sign-in"));
        let portal = portal.with_cookie(&out.cookie.unwrap());
        assert_eq!(portal.get("/records").await.location.as_deref(), Some("/sign-in"));
    }

    #[tokio::test]
    async fn outside_a_demonstration_nobody_signs_in() {
        let portal = Portal::plain().await;
        let page = portal.get("/sign-in").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("not set up"));
        assert!(!page.body.contains("<form method=\"post\""));
        let refused = portal.post("/sign-in", &[("as", "person-0")]).await;
        assert_eq!((refused.status, refused.cookie), (StatusCode::FORBIDDEN, None));
        let demo = Portal::demo().await.as_person().await;
        let with_a_session_of_a_demonstration = portal.with_cookie(&demo.cookie);
        let page = with_a_session_of_a_demonstration.get("/records").await;
        assert_eq!(page.location.as_deref(), Some("/sign-in"));
    }

    #[tokio::test]
    async fn a_form_without_its_sessions_token_is_refused() {
        let portal = Portal::demo().await;
        assert_eq!(
            portal.post("/sign-in", &[("as", "person-0")]).await.status,
            StatusCode::FORBIDDEN
        );
        let page = portal.get("/sign-in").await;
        let portal = portal.with_cookie(&page.cookie.unwrap());
        let fields = [("token", "AAAAAAAAAAAAAAAAAAAAAA"), ("as", "person-0")];
        let refused = portal.post_raw("/sign-in", &fields).await;
        assert_eq!((refused.status, refused.cookie), (StatusCode::FORBIDDEN, None));
        assert!(refused.body.contains("This form is too old"));
    }

    #[tokio::test]
    async fn choosing_nobody_is_said_at_the_form() {
        let portal = Portal::demo().await;
        let page = portal.get("/sign-in").await;
        let portal = portal.with_cookie(&page.cookie.unwrap());
        let again = portal.post("/sign-in", &[]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("govuk-error-summary"));
    }
}
