//! `/procedures/{id}/reconsideration` and `/looks/{look}/reconsideration`: the person asks that a reviewer who had no
//! part in it looks again, at the outcome of a dispute or at a look. `/records/{record}/court`: the person says that a
//! court or an appeals body decided about a record, so that a reviewer puts it down and it is followed.

use axum::{
    extract::{Multipart, Path, multipart::MultipartRejection},
    response::Response,
    routing::{MethodRouter, get},
};
use model::{
    EventId, PersonId, ProcedureId,
    procedure::{Reconsidered, Speaker},
};
use registry::{LookDetail, Reconsider};

use super::{
    case_form::{self, Area, CasePage, Sent},
    certificates::see_other,
};
use crate::{
    Shared,
    acting::{self, ForPerson, Procedures},
    fault::Fault,
    page::Section,
    visit::Visit,
    words::Key,
};

/// What an address names.
#[derive(Clone, Copy)]
pub(crate) enum Named {
    Dispute,
    Look,
    Record,
}

/// The page and its form, at an address that names this.
pub(crate) fn of(named: Named) -> MethodRouter<Shared> {
    let show = move |who: ForPerson<Procedures>, id: Path<String>| show(named, who, id);
    let open =
        move |who: ForPerson<Procedures>, id: Path<String>, form: Result<Multipart, MultipartRejection>| {
            open(named, who, id, form)
        };
    get(show).post(open)
}

impl Named {
    /// What is reconsidered, once it is found to be the person's.
    async fn find(
        self,
        visit: &Visit,
        (person, by): (PersonId, Speaker),
        id: &str,
    ) -> Result<Reconsidered, Fault> {
        let registry = &visit.state.registry;
        Ok(match self {
            Self::Dispute => {
                let id: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
                registry.read_procedure(acting::reader(person, by), id).await?;
                Reconsidered::Dispute(id)
            }
            Self::Look => {
                let id: EventId = id.parse().map_err(|_| Fault::NotFound)?;
                let detail = registry.look_detail(person, id).await?;
                let detail = detail.filter(LookDetail::may_be_reconsidered);
                detail.ok_or(Fault::NotFound)?;
                Reconsidered::Look(id)
            }
            Self::Record => Reconsidered::Record(acting::named_record(visit, (person, by), id).await?.record),
        })
    }
}

fn page(visit: &Visit, of: Reconsidered, sent: &Sent) -> CasePage {
    const AGAIN: (Key, Key) = (Key("reconsider-title"), Key("reconsider-button"));
    const TEXT: (Key, Key) = (Key("reconsider-text"), Key("reconsider-text-hint"));
    let (section, (title, button), lead, text, back, action) = match of {
        Reconsidered::Record(id) => (
            Section::Records,
            (Key("court-title"), Key("court-button")),
            Key("court-lead"),
            (Key("court-text"), Key("court-text-hint")),
            (format!("/records#record-{id}"), Key("records-title")),
            format!("/records/{id}/court"),
        ),
        Reconsidered::Dispute(id) => (
            Section::Procedures,
            AGAIN,
            Key("reconsider-dispute-lead"),
            TEXT,
            (format!("/procedures/{id}"), Key("procedure-dispute")),
            format!("/procedures/{id}/reconsideration"),
        ),
        Reconsidered::Look(id) => (
            Section::Looks,
            AGAIN,
            Key("reconsider-look-lead"),
            TEXT,
            (format!("/looks/{id}"), Key("look-title")),
            format!("/looks/{id}/reconsideration"),
        ),
    };
    let words = (title, lead, button);
    let mut page = CasePage::new(visit, section, words);
    page.back = back;
    page.action = action;
    page.areas = vec![Area {
        name: "text",
        label: text.0,
        hint: text.1,
        value: sent.one("text"),
    }];
    page
}

async fn show(
    named: Named,
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let of = named.find(&visit, (person, by), &id).await?;
    page(&visit, of, &Sent::default()).answer()
}

async fn open(
    named: Named,
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let mut sent = case_form::receive(&visit, form).await?;
    let of = named.find(&visit, (person, by), &id).await?;
    let mut page = page(&visit, of, &sent);
    page.problem = sent.problem(&page);
    if page.problem.is_none() {
        let wish = Reconsider {
            by,
            of,
            text: sent.one("text"),
            files: std::mem::take(&mut sent.files),
        };
        match visit.state.registry.open_reconsideration(person, wish).await {
            Ok(procedure) => return Ok(see_other(format!("/procedures/{procedure}"))),
            Err(error) => page.problem = Some(case_form::problem(&page, error)?),
        }
    }
    page.answer()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_person_asks_that_a_look_is_reconsidered_once() {
        let portal = Portal::demo().await;
        portal.look().await;
        let person = portal.as_person().await;
        let page = person.get("/looks").await.body;
        let more = page.find("\">Details").unwrap();
        let look = page[..more].rsplit("href=\"").next().unwrap().to_owned();
        let detail = person.get(&look).await.body;
        for words in [
            "CASE-2026-0017",
            "made-up reason",
            "clerk",
            "/reconsideration\"",
            "/complaint\"",
        ] {
            assert!(detail.contains(words), "{words}: {detail}");
        }
        let address = format!("{look}/reconsideration");
        let token = person.token();
        let fields: [(&str, &[u8]); 2] = [("token", token.as_bytes()), ("text", b"no case of mine")];
        let opened = person.upload(&address, &fields).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let page = person.get(&opened.location.unwrap()).await.body;
        assert!(
            page.contains("Reconsideration") && page.contains("8 December 2026"),
            "{page}"
        );
        let again = person.upload(&address, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("under way already"), "{}", again.body);
        let other = portal.as_person_number(1).await;
        for path in [&look, &address] {
            assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
