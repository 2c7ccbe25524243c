//! A visitor without a browser: signs in, keeps cookies, follows links and sends forms.

use std::future::Future;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tower::ServiceExt as _;

use super::{Answer, Portal};

impl Portal {
    /// The code in the letter that waits to be sent.
    pub(crate) async fn code_in_the_letter(&self) -> String {
        let lease = self
            .installation
            .registry
            .lease_mail(1)
            .await
            .unwrap()
            .pop()
            .unwrap();
        match lease.letter {
            registry::MailLetter::Code(code) => code,
            registry::MailLetter::Notice => panic!("a letter with a code comes first"),
        }
    }

    pub(crate) fn in_chinese(&self) -> Self {
        Self {
            language: "zh-CN",
            ..self.clone()
        }
    }

    pub(crate) fn with_cookie(&self, cookie: &str) -> Self {
        Self {
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
            ..self.clone()
        }
    }

    pub(crate) async fn as_person(&self) -> Self {
        self.as_person_number(0).await
    }

    pub(crate) async fn as_person_number(&self, n: usize) -> Self {
        self.sign_in(format!("person-{n}")).await
    }

    pub(crate) async fn as_clerk(&self) -> Self {
        self.as_clerk_number(0).await
    }

    pub(crate) async fn as_clerk_number(&self, n: usize) -> Self {
        self.sign_in(format!("clerk-{n}")).await
    }

    /// As the colleague of the law bureau's clerk, who is not on its staff before the clerk adds them.
    pub(crate) async fn as_second_clerk(&self) -> Self {
        self.as_clerk_number(4).await
    }

    pub(crate) async fn as_hospital(&self) -> Self {
        self.as_clerk_number(2).await
    }

    pub(crate) async fn as_reviewer(&self, n: usize) -> Self {
        self.sign_in(format!("reviewer-{n}")).await
    }

    async fn sign_in(&self, who: String) -> Self {
        let page = self.with_cookie("").get("/sign-in").await;
        let visitor = self.with_cookie(&page.cookie.expect("a session"));
        let answer = visitor.post("/sign-in", &[("as", &who)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        visitor.with_cookie(&answer.cookie.expect("a session"))
    }

    /// The token of this visitor's session, as a form has it.
    pub(crate) fn token(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let Some((_, value)) = self.cookie.split_once('=') else {
            return String::new();
        };
        let body = URL_SAFE_NO_PAD
            .decode(value.split('.').next().unwrap_or_default())
            .unwrap();
        let session: serde_json::Value = serde_json::from_slice(&body).unwrap();
        session["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form with the session's token.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        let fields: Vec<_> = [("token", token.as_str())]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        self.post_raw(path, &fields).await
    }

    /// Sends a form as it is.
    pub(crate) async fn post_raw(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).unwrap()).await
    }

    /// Sends a form with files; the field `file` is one, called `file.csv`.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, content) in fields {
            let file = if ["file", "files"].contains(name) && !content.is_empty() {
                "; filename=\"file.csv\""
            } else {
                ""
            };
            body.extend_from_slice(
                format!("--border\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
                    .as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--border--\r\n");
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=border");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, self.language)
    }

    fn send(&self, request: Request<Body>) -> impl Future<Output = Answer> {
        let router = self.router.clone();
        async move {
            let response = router.oneshot(request).await.unwrap();
            let (status, headers) = (response.status(), response.headers().clone());
            let text = |name| {
                headers
                    .get(name)
                    .map(|value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned())
            };
            let (location, cookie) = (text(header::LOCATION), text(header::SET_COOKIE));
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
                .await
                .unwrap()
                .to_vec();
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Answer {
                status,
                location,
                cookie,
                headers,
                bytes,
                body,
            }
        }
    }
}
