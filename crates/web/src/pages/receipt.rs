//! Receipts: the proof that something stands in the log, for whom it is about. A receipt is a JSON file; how
//! to check it is on `/log`.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use model::{EventId, RecordId, SubmissionId};
use registry::Receipt;

use crate::{
    acting::{ForPerson, Records},
    fault::Fault,
    visit::ClerkVisit,
};

/// `GET /records/{record}/{version}/receipt`
pub(crate) async fn version(
    ForPerson { visit, person, .. }: ForPerson<Records>,
    Path((record, version)): Path<(String, i64)>,
) -> Result<Response, Fault> {
    let record: RecordId = record.parse().map_err(|_| Fault::NotFound)?;
    file(
        visit
            .state
            .registry
            .version_receipt(person, record, version)
            .await?,
    )
}

/// `GET /looks/{event}/receipt`
pub(crate) async fn event(
    ForPerson { visit, person, .. }: ForPerson<Records>,
    Path(event): Path<String>,
) -> Result<Response, Fault> {
    let event: EventId = event.parse().map_err(|_| Fault::NotFound)?;
    file(visit.state.registry.event_receipt(person, event).await?)
}

/// `GET /desk/{id}/receipt`
pub(crate) async fn submission(
    ClerkVisit { visit, authority, .. }: ClerkVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let id: SubmissionId = id.parse().map_err(|_| Fault::NotFound)?;
    file(visit.state.registry.submission_receipt(&authority, id).await?)
}

/// A receipt as a file to keep.
pub(crate) fn file(receipt: Option<Receipt>) -> Result<Response, Fault> {
    let receipt = receipt.ok_or(Fault::NotFound)?;
    let json = serde_json::to_vec_pretty(&receipt).map_err(|_| Fault::Internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"receipt.json\"",
        ),
    ];
    Ok((headers, json).into_response())
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_receipt_is_for_whom_it_is_about_and_nobody_else() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        let page = person.get("/records").await.body;
        let address = page
            .split("href=\"/records/")
            .find(|part| part.contains("/receipt"))
            .unwrap();
        let address = format!("/records/{}", address.split('"').next().unwrap());
        let receipt = person.get(&address).await;
        assert_eq!(receipt.status, StatusCode::OK);
        assert!(receipt.body.contains("\"proof\""));
        assert_eq!(
            portal.as_person_number(1).await.get(&address).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(portal.get(&address).await.location.as_deref(), Some("/sign-in"));
        assert_eq!(
            person.get("/records/zz/1/receipt").await.status,
            StatusCode::NOT_FOUND
        );
    }

    #[tokio::test]
    async fn wherever_a_receipt_is_given_stands_the_command_that_checks_one() {
        let portal = Portal::demo().await;
        let answer = portal.look_of_the_hospital().await.body;
        assert!(
            answer.contains("standing log receipt receipt.json --vkey KEY"),
            "{answer}"
        );
        let csv = testkit::licences_csv(0, 1);
        let submission = portal.submit("law-bureau", model::RecordKind::Licence, "l.csv", &csv);
        let person = portal.as_person().await;
        let looks = person.get("/looks").await.body;
        let start = looks.find("\">Details").unwrap();
        let look = looks[..start].rsplit("href=\"").next().unwrap().to_owned();
        let (hospital, clerk) = (portal.as_hospital().await, portal.as_clerk().await);
        for (visitor, path) in [
            (&person, "/records".to_owned()),
            (&person, "/looks".to_owned()),
            (&person, look),
            (&clerk, format!("/desk/{submission}")),
            (&hospital, "/my-looks".to_owned()),
        ] {
            let chinese = visitor.in_chinese();
            for (visitor, words) in [
                (visitor, "this command says whether it holds"),
                (&chinese, "用这条命令即可核对是否属实"),
            ] {
                let page = visitor.get(&path).await.body;
                assert!(page.contains("/receipt\""), "{path}: {page}");
                let (_, how) = page.split_once(words).unwrap_or_else(|| panic!("{path}: {page}"));
                let how = how.split("</p>").next().unwrap();
                assert!(
                    how.contains("standing log receipt receipt.json --vkey KEY"),
                    "{how}"
                );
                assert!(how.contains("href=\"/log\""), "where the key stands: {how}");
            }
        }
    }
}
