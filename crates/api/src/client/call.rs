//! Any one call of the interface, signed and sent once. What it asks for may be a look, which counts each time that it
//! is sent: so it is not tried again. What is only read, such as a part of the log, is.

use http::StatusCode;
use serde_json::Value;

use super::{
    Client, ClientError,
    exchange::{Ask, Failed, LONGEST_ANSWER, failed},
};

/// What a call was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// The answer's type; empty where there is no answer.
    pub content_type: String,
    /// The answer.
    pub body: Vec<u8>,
}

impl Client {
    /// Calls once: `method` and `path`, with this JSON.
    ///
    /// # Errors
    /// [`ClientError`]. Where it says that the server could not be reached, the call may have been done all the same.
    pub fn call(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Called, ClientError> {
        let text = body.map(Value::to_string);
        let ask = Ask {
            method,
            path,
            body: text.as_deref().map(|text| ("application/json", text.as_bytes())),
            offset: None,
        };
        self.read(&ask).map_err(|failure| match failure {
            Failed::Again(broken) => ClientError::Unreachable(broken.cause),
            Failed::UnderWay => ClientError::Unreachable("it is busy".to_owned()),
            Failed::For(error) => error,
        })
    }

    /// Reads what stands at this path and changes by no reading, such as a part of the log; tries again where that may
    /// help.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn fetch(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        self.patiently(|| self.read(&Ask::get(path)).map(|called| called.body))
    }

    fn read(&self, ask: &Ask<'_>) -> Result<Called, Failed> {
        let mut response = self.once(ask)?;
        let content_type = response.headers().get(http::header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(Called {
                content_type,
                body: Vec::new(),
            });
        }
        let body = response
            .body_mut()
            .with_config()
            .limit(LONGEST_ANSWER)
            .read_to_vec()
            .map_err(failed)?;
        Ok(Called { content_type, body })
    }
}
