//! One signed request and its answer, and trying again.

use std::{io, sync::atomic::Ordering, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use http_signatures::{ContentDigest, SignatureParams, sign};
use intake::MessageLanguage;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use ureq::Body;

use super::{Client, ClientError, Refusal, Trying};
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
    Again(Broken),
    /// The server is at it and wants to be asked again.
    UnderWay,
    /// It will not.
    For(ClientError),
}

/// What did not get through.
pub(super) struct Broken {
    pub(super) cause: String,
    /// Nobody is at the address: there is no such host, or it refuses the connection.
    nobody: bool,
}

impl Broken {
    /// What comes and goes.
    pub(super) fn passing(cause: impl Into<String>) -> Self {
        Self {
            cause: cause.into(),
            nobody: false,
        }
    }
}

/// What failed in a row.
#[derive(Default)]
pub(super) struct Failures {
    count: u32,
    /// When to give up.
    until: Option<Timestamp>,
}

/// How often a server is tried that nobody was ever found at: its address is wrong rather than its connection bad.
const TRIES_AT_NOBODY: u32 = 3;

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
        self.reached.store(true, Ordering::Relaxed);
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
            (408 | 429 | 502..=504, _) => Err(Failed::Again(Broken::passing(format!("it answers {status}")))),
            (_, "body-interrupted") => Err(Failed::Again(Broken::passing("the connection broke"))),
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
        let mut failures = Failures::default();
        loop {
            match attempt() {
                Ok(done) => return Ok(done),
                Err(Failed::For(error)) => return Err(error),
                Err(Failed::UnderWay) => std::thread::sleep(self.patience.first.min(Duration::from_secs(2))),
                Err(Failed::Again(broken)) => self.wait(&mut failures, broken)?,
            }
        }
    }

    /// Waits after a failure, or gives up. The first one is said, with how long it is tried.
    pub(super) fn wait(&self, failures: &mut Failures, broken: Broken) -> Result<(), ClientError> {
        failures.count += 1;
        let tries = match broken.nobody && !self.reached.load(Ordering::Relaxed) {
            true => TRIES_AT_NOBODY.min(self.patience.tries),
            false => self.patience.tries,
        };
        let now = self.clock.now();
        if failures.count >= tries || failures.until.is_some_and(|until| now >= until) {
            return Err(ClientError::Unreachable(broken.cause));
        }
        if failures.until.is_none() {
            let waits: Duration = (1..tries).map(|count| self.patience.wait(count)).sum();
            // The end of time, where it would be later.
            let until = now.checked_add(waits).unwrap_or(Timestamp::MAX);
            failures.until = Some(until);
            if let Some(remark) = &self.remark {
                remark(&Trying {
                    server: format!("{}://{}{}", self.scheme, self.authority, self.prefix),
                    cause: broken.cause,
                    until,
                });
            }
        }
        std::thread::sleep(self.patience.wait(failures.count));
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
    let nobody = match &error {
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => true,
        _ => false,
    };
    match error {
        ureq::Error::Io(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::Protocol(_) => Failed::Again(Broken { cause, nobody }),
        _ => Failed::For(ClientError::Unreachable(cause)),
    }
}
