//! `/desk/procedures`: what waits for the authority, the first due first; then what is going on elsewhere, and what
//! has ended. Nobody is named here.

use askama::Template;
use axum::response::Response;
use jiff::{Timestamp, civil::Date};
use registry::DeskProcedure;

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    said, said_office,
    visit::{ClerkVisit, Visit},
    words::{Key, say},
};

/// A procedure in a list.
pub(crate) struct Row {
    /// None: it cannot be opened by whoever reads the list.
    pub(crate) address: Option<String>,
    pub(crate) kind: Key,
    /// The first digits of its identifier, by which two of a kind are told apart.
    pub(crate) short: String,
    pub(crate) status: Key,
    pub(crate) opened_at: Timestamp,
    pub(crate) due_on: Option<Date>,
    pub(crate) late: bool,
    pub(crate) turn: String,
}

impl Row {
    pub(crate) fn new(visit: &Visit, one: &DeskProcedure, base: &str) -> Self {
        let id = one.procedure.to_string();
        let (profile, language) = (visit.state.profile(), visit.language);
        let turn = if one.unconfirmed.is_empty() {
            said_office::turn(profile, one.waits_for.as_deref(), language)
        } else {
            let bodies = one.unconfirmed.iter();
            let names: Vec<String> = bodies
                .map(|body| said::authority(profile, body, language))
                .collect();
            names.join(&say(language, Key("office-comma")).to_string())
        };
        Self {
            address: Some(format!("{base}/{id}")),
            kind: said_office::procedure_kind(one.kind),
            // The last digits are drawn at random; the first tell the time.
            short: id.get(id.len() - 6..).unwrap_or_default().to_owned(),
            status: said_office::procedure_status(one.status),
            opened_at: one.opened_at,
            due_on: one.due_on.filter(|_| one.waits_for.is_some()),
            late: one.late,
            turn,
        }
    }
}

/// A list with its heading.
pub(crate) struct List {
    pub(crate) heading: Key,
    pub(crate) none: Key,
    pub(crate) rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "office-procedures.html")]
struct ProceduresPage {
    page: Page,
    authority: String,
    lists: Vec<List>,
}

/// `GET /desk/procedures`
pub(crate) async fn show(ClerkVisit { visit, authority, .. }: ClerkVisit) -> Result<Response, Fault> {
    let all = visit.state.registry.desk_procedures(&authority).await?;
    let list = |heading, none, wanted: &dyn Fn(Option<&str>) -> bool| List {
        heading,
        none,
        rows: all
            .iter()
            .filter(|one| wanted(one.waits_for.as_deref()))
            .map(|one| Row::new(&visit, one, "/desk/procedures"))
            .collect(),
    };
    let ours = |turn: Option<&str>| turn == Some(authority.as_str());
    let lists = vec![
        list(Key("office-list-ours"), Key("office-list-ours-none"), &ours),
        list(
            Key("office-list-others"),
            Key("office-list-others-none"),
            &|turn| turn.is_some() && !ours(turn),
        ),
        list(Key("office-list-ended"), Key("office-list-ended-none"), &|turn| {
            turn.is_none()
        }),
    ];
    html(&ProceduresPage {
        page: visit.page(Section::DeskProcedures),
        authority: said::authority(visit.state.profile(), &authority, visit.language),
        lists,
    })
}
