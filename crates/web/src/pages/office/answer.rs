//! `POST /desk/procedures/{id}/answer`: the authority's answer to a dispute or an application, and what it does where
//! something was ordered.

use axum::{extract::Path, response::Response};
use model::ProcedureId;
use registry::{CarryOut, DisputeAnswer, ForBody, ProcedureError, RestorationAnswer};

use super::{
    Problems,
    procedure::{again, page},
};
use crate::{
    fault::Fault,
    form::Form,
    pages::certificates::see_other,
    said_office,
    visit::{ClerkVisit, Visit},
    words::Key,
};

/// `POST /desk/procedures/{id}/answer`: the fields `do` and `reasons`.
pub(crate) async fn answer(asked: ClerkVisit, Path(id): Path<String>, form: Form) -> Result<Response, Fault> {
    let (by, ClerkVisit { visit, authority, .. }) = (asked.for_body(), asked);
    let procedure: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let (chosen, reasons) = (form.one("do"), form.one("reasons"));
    let problem = match done(&visit, by, procedure, (chosen, reasons)).await {
        Ok(true) => return Ok(see_other(format!("/desk/procedures/{id}"))),
        Ok(false) => Problems::new(&visit, "do", Key("office-choose-answer")),
        Err(ProcedureError::NoSuchProcedure) => return Err(Fault::NotFound),
        Err(ProcedureError::Registry(error)) => return Err(error.into()),
        Err(error @ ProcedureError::Words(_)) => {
            Problems::new(&visit, "reasons", said_office::procedure_error(&error))
        }
        Err(error) => Problems::new(&visit, "", said_office::procedure_error(&error)),
    };
    again(&page(&visit, &authority, &id, problem, (chosen, reasons)).await?)
}

/// Gives the answer. False: none was chosen.
async fn done(
    visit: &Visit,
    by: ForBody,
    id: ProcedureId,
    (chosen, reasons): (&str, &str),
) -> Result<bool, ProcedureError> {
    let (registry, reasons) = (&visit.state.registry, reasons.trim().to_owned());
    let restoration = match chosen {
        "uphold" => {
            registry
                .answer_dispute(by, id, DisputeAnswer::Uphold, reasons)
                .await?;
            return Ok(true);
        }
        "withdraw" => {
            let answer = DisputeAnswer::Change(CarryOut::Withdraw);
            registry.answer_dispute(by, id, answer, reasons).await?;
            return Ok(true);
        }
        "follow" => {
            registry.follow_order(by, id, CarryOut::Withdraw).await?;
            return Ok(true);
        }
        "take" => RestorationAnswer::Take,
        "not-take" => RestorationAnswer::NotTake(reasons),
        "grant" => RestorationAnswer::Grant(reasons),
        "refuse" => RestorationAnswer::Refuse(reasons),
        _ => return Ok(false),
    };
    registry.answer_restoration(by, id, restoration).await?;
    Ok(true)
}
