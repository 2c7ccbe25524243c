//! `/desk/staff`: who works for the body here, who leads, who is stopped, and what was done to the body and its staff.
//! Whoever leads adds somebody with a name, ends accounts for good and lets others lead; a stop is lifted by a reviewer
//! alone.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use jiff::Timestamp;
use profile::Language;
use registry::{NewStaff, StaffError, StaffMember};

use super::Problems;
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::certificates::see_other,
    said, said_office,
    visit::{StaffVisit, Visit},
    words::Key,
};

/// A member of the staff.
struct Member {
    account: String,
    name: String,
    state: Key,
    since: Option<Timestamp>,
    leads: bool,
    /// Whether they are registered with their own number.
    own_number: bool,
    /// Whether the visitor may end the account, and take the lead from it or give it.
    changes: bool,
}

/// Something that was done to the body or to a member of its staff.
struct Step {
    what: Key,
    account: String,
    /// The account of the colleague who did it; empty: the rules or a reviewer did.
    by: String,
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
    /// Whether the visitor leads.
    leads: bool,
    /// Whether an account in use has no own number.
    unnumbered: bool,
    /// The names of those who lead.
    leaders: String,
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
    let staff = registry.staff(body).await?;
    let leaders: Vec<&str> = staff
        .iter()
        .filter(|one| one.leads)
        .map(|one| one.name.as_str())
        .collect();
    let between = if visit.language == Language::Zh {
        "、"
    } else {
        ", "
    };
    let leaders = leaders.join(between);
    let active = |one: &&StaffMember| one.leads && one.stopped_at.is_none();
    let leads = staff.iter().filter(active).any(|one| one.staff == own);
    // Somebody has to be left who leads.
    let others = staff.iter().filter(active).any(|one| one.staff != own);
    let members = staff.into_iter().map(|one| {
        let (state, since) = match (one.ended_at, one.stopped_at) {
            (Some(at), _) => (Key("office-member-left"), Some(at)),
            (None, Some(at)) => (Key("office-member-stopped"), Some(at)),
            (None, None) => (Key("office-member-works"), None),
        };
        Member {
            leads: one.leads,
            own_number: one.own_number || one.ended_at.is_some(),
            changes: leads && one.ended_at.is_none() && (one.staff != own || others),
            account: one.staff,
            name: one.name,
            state,
            since,
        }
    });
    let members: Vec<Member> = members.collect();
    let steps = registry.steps_of(body).await?.into_iter().map(|one| Step {
        what: said_office::change(one.change),
        account: one.staff.unwrap_or_default(),
        by: one.by_staff.unwrap_or_default(),
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
        unnumbered: members.iter().any(|one| !one.own_number),
        members,
        leads,
        leaders,
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
    let new = NewStaff {
        body: body.clone(),
        staff: account.to_owned(),
        name: name.to_owned(),
        own_number: own_number.map(str::to_owned),
        keys: Vec::new(),
        lead: false,
    };
    let (registry, lead) = (visit.state.registry.clone(), staff.clone());
    let added = tokio::task::spawn_blocking(move || registry.add_colleague(&lead, new)).await?;
    answer(&visit, (&body, &staff), added, sent).await
}

/// `POST /desk/staff/stop`: the field `account`. It is for good.
pub(crate) async fn stop(
    StaffVisit { visit, body, staff }: StaffVisit,
    form: Form,
) -> Result<Response, Fault> {
    let (registry, account) = (visit.state.registry.clone(), form.one("account").to_owned());
    let of = (body.clone(), staff.clone());
    let end = move || registry.end_colleague(&of.1, &of.0, &account);
    let ended = tokio::task::spawn_blocking(end).await?;
    answer(&visit, (&body, &staff), ended, Sent::default()).await
}

/// `POST /desk/staff/lead`: the fields `account`, and `lead`, which is `give` or `take`.
pub(crate) async fn lead(
    StaffVisit { visit, body, staff }: StaffVisit,
    form: Form,
) -> Result<Response, Fault> {
    let leads = match form.one("lead") {
        "give" => true,
        "take" => false,
        _ => return Err(Fault::Malformed),
    };
    let (registry, account) = (visit.state.registry.clone(), form.one("account").to_owned());
    let of = (body.clone(), staff.clone());
    let set = move || registry.set_lead(&of.1, &of.0, &account, leads);
    let set = tokio::task::spawn_blocking(set).await?;
    answer(&visit, (&body, &staff), set, Sent::default()).await
}

/// Back to the page, which says what is wrong if something is.
async fn answer(
    visit: &Visit,
    (body, staff): (&str, &str),
    done: Result<(), StaffError>,
    sent: Sent,
) -> Result<Response, Fault> {
    let error = match done {
        // Whoever ended their own account has no page here any more.
        Ok(()) => return Ok(see_other("/desk/staff".to_owned())),
        Err(StaffError::Registry(error)) => return Err(error.into()),
        Err(StaffError::NotLead) => return Err(Fault::Forbidden),
        Err(StaffError::Unknown) => return Err(Fault::NotFound),
        Err(error) => error,
    };
    let (field, words) = said_office::staff_error(&error);
    let problems = Problems::new(visit, field, words);
    refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page(visit, (body, staff), problems, sent).await?,
    )
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
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(own.body.contains("let somebody else lead first"), "{}", own.body);

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

    #[tokio::test]
    async fn whoever_does_not_lead_is_shown_who_does_and_changes_nothing() {
        let portal = Portal::demo().await;
        let clerk = portal.as_clerk().await;
        let page = clerk.get("/desk/staff").await.body;
        assert!(page.contains("Lead here: 工作人员"), "{page}");
        assert!(
            !page.contains("action=\"/desk/staff/stop\""),
            "nobody else leads: {page}"
        );
        let fields = [("account", "clerk-2"), ("name", "SecondName")];
        clerk.post("/desk/staff", &fields).await;
        let second = portal.as_second_clerk().await;
        let page = second.get("/desk/staff").await.body;
        assert!(page.contains("Lead here: 工作人员"), "{page}");
        assert!(!page.contains("action=\"/desk/staff"), "{page}");
        let account = ("account", "clerk-1");
        for (path, fields) in [
            ("/desk/staff", vec![("account", "clerk-3"), ("name", "x")]),
            ("/desk/staff/stop", vec![account]),
            ("/desk/staff/stop", vec![("account", "clerk-2")]),
            ("/desk/staff/lead", vec![("account", "clerk-2"), ("lead", "give")]),
            ("/desk/staff/lead", vec![account, ("lead", "take")]),
        ] {
            let refused = second.post(path, &fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path} {fields:?}");
        }

        let lead = |lead: &'static str| [("account", "clerk-2"), ("lead", lead)];
        let given = clerk.post("/desk/staff/lead", &lead("give")).await;
        assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.body);
        let odd = clerk.post("/desk/staff/lead", &lead("more")).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST);
        let page = second.get("/desk/staff").await.body;
        assert!(page.contains("SecondName") && page.contains("action=\"/desk/staff/lead\""));
        for words in ["An account was added", "The account leads from now on"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        // Now that somebody else leads, one may leave oneself.
        let left = clerk.post("/desk/staff/stop", &[account]).await;
        assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.body);
        assert_eq!(clerk.get("/desk/staff").await.status, StatusCode::FORBIDDEN);
    }
}
