//! Alerts among those who license the same profession: a peer's message, and an authority's inbox.
//!
//! - `POST /api/v1/peer/alerts`: one revision of an alert, signed by a registered peer. Sent again, signed anew, it
//!   is answered the same.
//! - `POST /api/v1/peer/put-back`: an older copy of the peer's database was put back, and this is open there.
//! - `GET /api/v1/alerts`: the open alerts of the authority whose key signed, without whom they are about.
//! - `POST /api/v1/alerts/{alert}/open`: one of them, opened. The person sees that it was.

use axum::{
    Json,
    extract::{FromRequest, Request, State},
};
use http_signatures::{SignatureError, VerifyingKey, verify};
use model::AlertId;
use registry::{
    AlertError, AlertItem, AlertMessage, AlertTaken, OpenedAlert, Peer, PutBack, PutBackTaken, ReceiveError,
};
use serde::Serialize;

use crate::{
    path::Path,
    problem::{Code, Problem},
    signed::{self, JsonBody, LongJson, Nonce, Nothing, Signed, SignedBody},
    state::Shared,
};

/// A message that a registered peer signed.
pub(crate) struct FromPeer<B> {
    peer: Peer,
    message: B,
    nonce: Nonce,
}

impl<B: SignedBody> FromRequest<Shared> for FromPeer<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let now = state.registry().now().as_second();
        let described = signed::describe(&parts, state);
        // The key's name is the key; whether it is a peer's is looked up once it is known.
        let mut asked = None;
        let first = verify(&described, &signed::POLICY, now, |key_id| {
            let mut public_key = [0; 32];
            hex::decode_to_slice(key_id, &mut public_key).ok()?;
            asked = Some(public_key);
            Some(VerifyingKey::ed25519(public_key))
        });
        let verified = first.map_err(|fault| signed::refused(&fault, state))?;
        let public_key = asked.ok_or_else(|| signed::refused(&SignatureError::KeyUnknown, state))?;
        let found = state.registry().peer_of_key(public_key).await?;
        let peer = found.ok_or(Problem::new(Code::KeyUnknown))?;
        signed::covers_target(&parts, &verified)?;
        signed::covers(&verified, "content-type")?;
        signed::content_type(&parts.headers, "application/json")?;
        let nonce = signed::nonce(&verified);
        let whole = signed::in_time(&parts.headers, body, B::LIMIT, verified.body).await?;
        let message = B::read(&parts.headers, whole)?;
        Ok(Self { peer, message, nonce })
    }
}

/// Takes a message of a peer.
pub(crate) async fn receive(
    State(state): State<Shared>,
    FromPeer { peer, message, nonce }: FromPeer<JsonBody<AlertMessage>>,
) -> Result<Json<AlertTaken>, Problem> {
    let nonce = Some((nonce.text, nonce.until));
    let (from, JsonBody(message)) = (&peer.registered.peer, message);
    Ok(Json(state.registry().receive_alert(from, nonce, message).await?))
}

/// Takes what a peer tells after an older copy of its database was put back.
pub(crate) async fn put_back(
    State(state): State<Shared>,
    FromPeer { peer, message, nonce }: FromPeer<LongJson<PutBack>>,
) -> Result<Json<PutBackTaken>, Problem> {
    let nonce = Some((nonce.text, nonce.until));
    let (from, LongJson(message)) = (&peer.registered.peer, message);
    Ok(Json(
        state.registry().receive_put_back(from, nonce, message).await?,
    ))
}

/// The open alerts of an authority.
#[derive(Serialize)]
pub(crate) struct Inbox {
    alerts: Vec<AlertItem>,
}

/// Answers the inbox.
pub(crate) async fn inbox(
    State(state): State<Shared>,
    Signed { caller, .. }: Signed<Nothing>,
) -> Result<Json<Inbox>, Problem> {
    let alerts = state.registry().alerts_for(caller.authority()).await?;
    Ok(Json(Inbox { alerts }))
}

/// Opens one alert.
pub(crate) async fn open(
    State(state): State<Shared>,
    Path(alert): Path<String>,
    signed: Signed<Nothing>,
) -> Result<Json<OpenedAlert>, Problem> {
    let alert: AlertId = alert.parse().map_err(|_| Problem::new(Code::NoSuchAlert))?;
    Ok(Json(state.registry().open_alert(signed.for_body(), alert).await?))
}

impl From<AlertError> for Problem {
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::NoSuchAlert => Self::new(Code::NoSuchAlert),
            AlertError::Withheld => Self::new(Code::AlertWithheld),
            AlertError::NotAtWork => Self::new(Code::StaffStopped),
            AlertError::Registry(error) => error.into(),
        }
    }
}

impl From<ReceiveError> for Problem {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Registry(error) => error.into(),
            ReceiveError::Replayed => Self::new(Code::Replayed),
            ReceiveError::NotTaken => Self::new(Code::AlertsNotTaken),
            ReceiveError::Profession => Self::new(Code::AlertProfession),
            ReceiveError::Malformed => Self::new(Code::AlertMalformed),
        }
    }
}
