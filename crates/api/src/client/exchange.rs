//! One signed request and its answer, and trying again.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use http_signatures::{ContentDigest, SignatureParams, sign};
use intake::MessageLanguage;
use serde::de::DeserializeOwned;
use ureq::Body;

use super::{Client, ClientError, Refusal};
use crate::{MAX_AGE_SECONDS, TAG};

/// The longest answer that is read into memory, in bytes.
pub(super) const LONGEST_ANSWER: u64 = 16 * 1024 * 1024;

/// A request.
pub(super) struct Ask<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    /// The body with its type.
    pub(super) body: Option<(&'static str, &'a [u8])>,
    /// Where a piece begins.
    pub(super) offset: Option<u64>,
}

impl<'a> Ask<'a> {
    pub(super) fn get(path: &'a str) -> Self {
        Self {
            method: "GET",
            path,
            body: None,
            offset: None,
        }
    }

    pub(super) fn post(path: &'a str) -> Self {
        Self {
            method: "POST",
            path,
            body: None,
            offset: None,
        }
    }
}

/// Why a request was not answered as it should.
pub(super) enum Failed {
    /// It may go better another time.
    Again(String),
    /// The server is at it and wants to be asked again.
    UnderWay,
    /// It will not.
    For(ClientError),
}

impl<E: Into<ClientError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::For(error.into())
    }
}

impl Client {
    /// Sends a request once.
    pub(super) fn once(&self, ask: &Ask<'_>) -> Result<Response<Body>, Failed> {
        let request = self.signed(ask)?;
        let mut response = self.agent.run(request).map_err(failed)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let text = response
            .body_mut()
            .with_config()
            .limit(64 * 1024)
            .read_to_string()
            .map_err(failed)?;
        let refusal: Refusal = serde_json::from_str(&text).unwrap_or_default();
        match (status.as_u16(), refusal.code.as_str()) {
            (503, "filing-under-way") => Err(Failed::UnderWay),
            // Other uploads have to be finished first, which trying again does not do.
            (429, "too-many-uploads") => Err(Failed::For(ClientError::Refused(Box::new(refusal)))),
            (408 | 429 | 502..=504, _) => Err(Failed::Again(format!("it answers {status}"))),
            (_, "body-interrupted") => Err(Failed::Again("the connection broke".into())),
            (_, "") => Err(Failed::For(ClientError::Unreachable(format!(
                "it answers {status}"
            )))),
            _ => Err(Failed::For(ClientError::Refused(Box::new(refusal)))),
        }
    }

    /// Sends a request once, and reads its answer.
    pub(super) fn json<T: DeserializeOwned>(&self, ask: &Ask<'_>) -> Result<T, Failed> {
        let mut response = self.once(ask)?;
        let text = response
            .body_mut()
            .with_config()
            .limit(LONGEST_ANSWER)
            .read_to_vec()
            .map_err(failed)?;
        serde_json::from_slice(&text).map_err(|_| Failed::For(ClientError::Answer("JSON of another shape")))
    }

    /// Tries until it works, it cannot, or patience ends.
    pub(super) fn patiently<T>(
        &self,
        mut attempt: impl FnMut() -> Result<T, Failed>,
    ) -> Result<T, ClientError> {
        let mut failures = 0;
        loop {
            match attempt() {
                Ok(done) => return Ok(done),
                Err(Failed::For(error)) => return Err(error),
                Err(Failed::UnderWay) => std::thread::sleep(self.patience.first.min(Duration::from_secs(2))),
                Err(Failed::Again(cause)) => self.wait(&mut failures, cause)?,
            }
        }
    }

    /// Waits after a failure, or gives up.
    pub(super) fn wait(&self, failures: &mut u32, cause: String) -> Result<(), ClientError> {
        *failures += 1;
        if *failures >= self.patience.tries {
            return Err(ClientError::Unreachable(cause));
        }
        std::thread::sleep(self.patience.wait(*failures));
        Ok(())
    }

    fn signed<'a>(&self, ask: &Ask<'a>) -> Result<http::Request<&'a [u8]>, ClientError> {
        let target = format!("{}{}", self.prefix, ask.path);
        let (headers, fields) = self.headers(ask);
        let digest = ask.body.map(|(_, bytes)| ContentDigest::of(bytes));
        let mut nonce = [0; 16];
        self.randomness.fill(&mut nonce)?;
        let created = self.clock.now().as_second();
        let params = SignatureParams {
            created,
            expires: Some(created + MAX_AGE_SECONDS),
            nonce: URL_SAFE_NO_PAD.encode(nonce),
            key_id: self.key.key_id().to_owned(),
            tag: TAG.to_owned(),
        };
        let parts = http_signatures::Request {
            method: ask.method,
            scheme: &self.scheme,
            authority: &self.authority,
            path_and_query: &target,
            headers: &headers,
        };
        let signed = sign(&parts, digest.as_ref(), fields, &self.key, &params)?;
        let mut request = http::Request::builder()
            .method(ask.method)
            .uri(format!("{}://{}{target}", self.scheme, self.authority))
            .header("signature-input", signed.signature_input)
            .header("signature", signed.signature);
        if let Some(digest) = signed.content_digest {
            request = request.header("content-digest", digest);
        }
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let body = ask.body.map_or(&[][..], |(_, bytes)| bytes);
        request.body(body).map_err(|_| ClientError::Address)
    }

    /// The header fields of a request, and those of them to be signed by name.
    fn headers(&self, ask: &Ask<'_>) -> (HeaderMap, &'static [&'static str]) {
        let mut headers = HeaderMap::new();
        let language = match self.language {
            MessageLanguage::Zh => "zh",
            MessageLanguage::En => "en",
        };
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(language));
        if let Some((content_type, _)) = ask.body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        let Some(offset) = ask.offset else {
            return (headers, &[]);
        };
        headers.insert(
            HeaderName::from_static("upload-offset"),
            HeaderValue::from(offset),
        );
        (headers, &["upload-offset"])
    }
}

/// Whether a failure of the connection may pass.
pub(super) fn failed(error: ureq::Error) -> Failed {
    let cause = error.to_string();
    match error {
        ureq::Error::Io(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Protocol(_) => Failed::Again(cause),
        _ => Failed::For(ClientError::Unreachable(cause)),
    }
}
