//! `/desk/staff`: who works for the body here, who is stopped, and what the steps against misuse did. Somebody is
//! added with a name and leaves for good; a stop is lifted by a reviewer alone.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use registry::{NewStaff, StaffError};

use super::Problems;
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::certificates::see_other,
    portal_key, said, said_office,
    visit::{StaffVisit, Visit},
    words::Key,
};

/// A member of the staff.
struct Member {
    account: String,
    name: String,
    state: Key,
    since: Option<Timestamp>,
    /// Whether the account can be ended from here: not one's own, and not one that has ended.
    ends: bool,
}

/// A step against misuse.
struct Step {
    what: Key,
    account: String,
    at: Timestamp,
    leaf: u64,
}

/// What the form to add somebody held.
#[derive(Default)]
struct Sent {
    account: String,
    name: String,
}

#[derive(Template)]
#[template(path = "office-staff.html")]
struct StaffPage {
    page: Page,
    body: String,
    /// Since when the body as a whole may not look.
    stopped_at: Option<Timestamp>,
    members: Vec<Member>,
    steps: Vec<Step>,
    problems: Problems,
    sent: Sent,
}

async fn page(
    visit: &Visit,
    (body, own): (&str, &str),
    problems: Problems,
    sent: Sent,
) -> Result<StaffPage, Fault> {
    let registry = &visit.state.registry;
    let members = registry.staff(body).await?.into_iter().map(|one| {
        let (state, since) = match (one.ended_at, one.stopped_at) {
            (Some(at), _) => (Key("office-member-left"), Some(at)),
            (None, Some(at)) => (Key("office-member-stopped"), Some(at)),
            (None, None) => (Key("office-member-works"), None),
        };
        Member {
            ends: one.ended_at.is_none() && one.staff != own,
            account: one.staff,
            name: one.name,
            state,
            since,
        }
    });
    let members = members.collect();
    let steps = registry.steps_of(body).await?.into_iter().map(|one| Step {
        what: said_office::change(one.change),
        account: one.staff.unwrap_or_default(),
        at: one.at,
        leaf: one.leaf,
    });
    let steps = steps.collect();
    let stops = registry.stops().await?;
    let stop = stops.iter().find(|one| one.body == body && one.staff.is_none());
    Ok(StaffPage {
        page: visit.page(Section::DeskStaff),
        body: said::authority(visit.state.profile(), body, visit.language),
        stopped_at: stop.map(|one| one.stopped_at),
        members,
        steps,
        problems,
        sent,
    })
}

/// `GET /desk/staff`
pub(crate) async fn show(StaffVisit { visit, body, staff }: StaffVisit) -> Result<Response, Fault> {
    html(&page(&visit, (&body, &staff), Problems::default(), Sent::default()).await?)
}

/// `POST /desk/staff`: the fields `account`, `name` and `own_number`.
pub(crate) async fn add(
    StaffVisit { visit, body, staff }: StaffVisit,
    form: Form,
) -> Result<Response, Fault> {
    let (account, name) = (form.one("account").trim(), form.one("name").trim());
    let own_number = Some(form.one("own_number").trim()).filter(|number| !number.is_empty());
    let sent = Sent {
        account: account.to_owned(),
        name: name.to_owned(),
    };
    // Whoever adds one of these keys to somebody else's account would ask in their name.
    let known = visit.state.registry.staff_member(&body, account).await?;
    let problems = if known.is_some() {
        Problems::new(&visit, "account", Key("office-staff-taken"))
    } else {
        let new = NewStaff {
            body: body.clone(),
            staff: account.to_owned(),
            name: name.to_owned(),
            own_number: own_number.map(str::to_owned),
            keys: vec![portal_key(account)],
        };
        let registry = visit.state.registry.clone();
        match tokio::task::spawn_blocking(move || registry.add_staff(new)).await? {
            Ok(()) => return Ok(see_other("/desk/staff".to_owned())),
            Err(StaffError::Registry(error)) => return Err(error.into()),
            Err(error) => {
                let (field, words) = said_office::staff_error(&error);
                Problems::new(&visit, field, words)
            }
        }
    };
    let page = page(&visit, (&body, &staff), problems, sent).await?;
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `POST /desk/staff/stop`: the field `account`. It is for good.
pub(crate) async fn stop(
    StaffVisit { visit, body, staff }: StaffVisit,
    form: Form,
) -> Result<Response, Fault> {
    let account = form.one("account").to_owned();
    if account == staff {
        return Err(Fault::Malformed);
    }
    let registry = visit.state.registry.clone();
    match tokio::task::spawn_blocking(move || registry.stop_staff(&body, &account)).await? {
        Ok(()) => Ok(see_other("/desk/staff".to_owned())),
        Err(StaffError::Registry(error)) => Err(error.into()),
        Err(_) => Err(Fault::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn somebody_is_added_leaves_and_is_refused_at_the_next_request() {
        let portal = Portal::demo().await;
        let clerk = portal.as_clerk().await;
        let fields = [("account", "second"), ("name", "SecondName"), ("own_number", "")];
        let added = clerk.post("/desk/staff", &fields).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
        assert!(clerk.get("/desk/staff").await.body.contains("SecondName"));
        let again = clerk.post("/desk/staff", &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        let nameless = clerk
            .post("/desk/staff", &[("account", "third"), ("name", "")])
            .await;
        assert!(nameless.body.contains("href=\"#name\""), "{}", nameless.body);
        let own = clerk.post("/desk/staff/stop", &[("account", "clerk-1")]).await;
        assert_eq!(own.status, StatusCode::BAD_REQUEST);

        let registry = portal.registry().clone();
        let stopped = tokio::task::spawn_blocking(move || registry.stop_staff("law-bureau", "clerk-1"));
        stopped.await.unwrap().unwrap();
        for path in ["/desk", "/desk/staff", "/look", "/desk/inbox"] {
            let refused = clerk.get(path).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
            assert!(refused.body.contains("may not be used at present"), "{path}");
        }
        let hospital = portal.as_hospital().await;
        assert!(!hospital.get("/desk/staff").await.body.contains("SecondName"));
    }
}
