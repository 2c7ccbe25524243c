//! Signed requests: no request counts but the one that was signed.
//!
//! The input is a request as text: a line with method and address, header fields, a blank line, the body.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue};
use http_signatures::{
    ContentDigest, DigestCheck, Policy, Request, SignatureError, SignatureParams, Verified, VerifyingKey,
    sign, verify,
};
use ring::{
    digest::{SHA256, SHA512, digest},
    signature::{Ed25519KeyPair, KeyPair as _},
};

use crate::{Target, choices, seed};

/// See [`crate::signed_requests`].
pub const TARGET: Target = Target {
    name: "signed_requests",
    run,
    seeds,
    words: &[
        "signature-input: ",
        "signature: ",
        "content-digest: ",
        "sha-256=:",
        "sha-512=:",
        "sig1=(",
        "\"@method\" ",
        "\"@authority\"",
        "\"@path\"",
        "\"@query\"",
        "\"@target-uri\"",
        "\"content-digest\"",
        ";created=",
        ";expires=",
        ";nonce=\"",
        ";keyid=\"authority-1\"",
        ";tag=\"standing\"",
        ";alg=\"ed25519\"",
        ";sf",
        "=?1",
        ", ",
        "=:AAAA:",
        "=@0",
        "=%\"\"",
        "\n\n",
    ],
};

const NOW: i64 = 1_800_000_000;
const AUTHORITY: &str = "standing.example";
const POLICY: Policy<'static> = Policy::request("standing");

/// The last character of base64 has bits that no byte is made of; a structured field may have any there (RFC
/// 9651, section 4.2.7). So many characters are it and what fills up after it, at most.
const UNSURE: usize = 3;

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn public() -> VerifyingKey {
    VerifyingKey::ed25519(key().public_key().as_ref().try_into().unwrap())
}

/// A request of its own, so that any of it can be changed.
#[derive(Clone, PartialEq, Eq)]
struct Sent {
    method: String,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(2).position(|two| two == b"\n\n");
        let (head, body) = end.map_or((bytes, &b""[..]), |at| (&bytes[..at], &bytes[at + 2..]));
        let mut lines = head.split(|byte| *byte == b'\n');
        let first = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
        let (method, target) = first.split_once(' ').unwrap_or((&first, "/"));
        let mut headers = HeaderMap::new();
        for line in lines {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                continue;
            };
            let name = HeaderName::from_bytes(&line[..colon]);
            let value = HeaderValue::from_bytes(&line[colon + 1..]);
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: body.to_vec(),
        }
    }

    fn text(&self) -> Vec<u8> {
        let mut text = format!("{} {}\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            text.extend_from_slice(format!("{name}: ").as_bytes());
            text.extend_from_slice(value.as_bytes());
            text.push(b'\n');
        }
        text.push(b'\n');
        text.extend_from_slice(&self.body);
        text
    }

    fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            scheme: "https",
            authority: AUTHORITY,
            path_and_query: &self.target,
            headers: &self.headers,
        }
    }

    /// Signs it here.
    fn sign(&mut self) -> Result<(), SignatureError> {
        let params = SignatureParams {
            created: NOW - 5,
            expires: Some(NOW + 60),
            nonce: "n-0123456789".into(),
            key_id: "authority-1".into(),
            tag: "standing".into(),
        };
        let body = ContentDigest::of(&self.body);
        let signed = sign(&self.request(), Some(&body), &[], &key(), &params)?;
        for (name, value) in [
            ("content-digest", signed.content_digest.unwrap()),
            ("signature-input", signed.signature_input),
            ("signature", signed.signature),
        ] {
            self.headers.insert(name, value.parse().unwrap());
        }
        Ok(())
    }

    /// Signature and body; the whole of what counts.
    fn outcome(&self) -> Result<(String, Vec<String>), SignatureError> {
        let Verified {
            nonce,
            covered,
            mut body,
            ..
        } = verify(&self.request(), &POLICY, NOW, |id| {
            (id == "authority-1").then(public)
        })?;
        for piece in self.body.chunks(5) {
            body.update(piece);
        }
        body.finish()?;
        Ok((nonce, covered))
    }

    /// What a component comes to, as far as it can differ between requests that mean the same.
    fn component(&self, name: &str) -> Vec<u8> {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        match name {
            "@method" => self.method.clone().into_bytes(),
            "@path" => if path.is_empty() { "/" } else { path }.into(),
            "@query" => query.into(),
            "@authority" => AUTHORITY.into(),
            field => {
                let lines: Vec<&[u8]> = self
                    .headers
                    .get_all(field)
                    .iter()
                    .map(|line| line.as_bytes().trim_ascii())
                    .collect();
                lines.join(&b", "[..])
            }
        }
    }
}

/// The one request that was ever signed by the key, outside of this target.
fn genuine() -> Sent {
    let mut sent = Sent::read(
        b"PATCH /api/v1/submissions/42?part=1\ncontent-type: text/csv\nupload-offset: 4096\n\nnumber,name\n1,made up\n",
    );
    sent.sign().unwrap();
    sent
}

fn run(bytes: &[u8]) {
    let ([which, place], rest) = choices(bytes);
    let sent = Sent::read(rest);
    digest_holds(&sent);
    if which & 1 == 0 {
        as_it_came(&sent);
    } else {
        signed_here(sent, place);
    }
}

fn as_it_came(sent: &Sent) {
    let Ok((nonce, covered)) = sent.outcome() else {
        return;
    };
    let genuine = genuine();
    let (own_nonce, own_covered) = genuine.outcome().unwrap();
    assert_eq!(
        (nonce, &covered),
        (own_nonce, &own_covered),
        "a signature covers what it covered"
    );
    for name in &covered {
        assert!(
            sent.component(name) == genuine.component(name),
            "{name} is what was signed"
        );
    }
    assert!(sent.body == genuine.body, "the body is what was signed");
}

/// What can be signed counts, until any of it is another.
fn signed_here(mut sent: Sent, place: u8) {
    if sent.sign().is_err() {
        return;
    }
    assert!(sent.outcome().is_ok(), "what was signed counts");
    let changes: [fn(&mut Sent, u8); 5] = [
        |sent, _| sent.method.push('X'),
        |sent, _| sent.target.push('x'),
        |sent, _| sent.body.push(0),
        |sent, place| change(sent, "signature", place),
        |sent, place| change(sent, "signature-input", place),
    ];
    for one in changes {
        let mut changed = sent.clone();
        one(&mut changed, place);
        assert!(
            changed == sent || changed.outcome().is_err(),
            "what was changed does not count"
        );
    }
}

/// Puts another character in one place of a field.
fn change(sent: &mut Sent, name: &'static str, place: u8) {
    let mut value = sent.headers[name].as_bytes().to_vec();
    let place = usize::from(place) * 7 % (value.len() - UNSURE - ":".len());
    value[place] = if value[place] == b'a' { b'b' } else { b'a' };
    sent.headers
        .insert(name, HeaderValue::from_bytes(&value).unwrap());
}

/// A body passes by its own digest alone.
fn digest_holds(sent: &Sent) {
    let passes = |body: &[u8]| {
        DigestCheck::of(&sent.headers).and_then(|mut check| {
            check.update(body);
            check.finish()
        })
    };
    if passes(&sent.body).is_err() {
        return;
    }
    let field = sent.component("content-digest");
    let field = String::from_utf8_lossy(&field);
    let named = [&SHA256, &SHA512]
        .map(|algorithm| STANDARD.encode(digest(algorithm, &sent.body)))
        .iter()
        .any(|one| field.contains(&one[..one.len() - UNSURE]));
    assert!(named, "the digest is the body's");
    assert!(
        passes(&[&sent.body[..], b"x"].concat()).is_err(),
        "a longer body is another"
    );
}

fn seeds() -> Vec<Vec<u8>> {
    let genuine = genuine();
    let mut beside = genuine.clone();
    let input = [
        b"proxy=(\"via\");keyid=\"p\", ",
        genuine.headers["signature-input"].as_bytes(),
    ]
    .concat();
    let signature = [b"proxy=:AAAA:, ", genuine.headers["signature"].as_bytes()].concat();
    beside
        .headers
        .insert("signature-input", HeaderValue::from_bytes(&input).unwrap());
    beside
        .headers
        .insert("signature", HeaderValue::from_bytes(&signature).unwrap());
    assert!(beside.outcome().is_ok());
    vec![
        seed(&[0, 0], genuine.text()),
        seed(&[0, 0], beside.text()),
        seed(&[1, 5], "POST /x?\ncontent-type: application/json\n\n{}"),
        seed(&[1, 9], "GET \n\n"),
        seed(
            &[0, 0],
            "POST /\ncontent-digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\n\n{\"hello\": \"world\"}",
        ),
    ]
}
