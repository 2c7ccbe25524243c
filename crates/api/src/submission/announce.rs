//! `POST /api/v1/submissions`: announces a file. The answer names the submission that it will be. A file that is
//! under way already is gone on with.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use intake::Text2;
use model::RecordKind;
use registry::UploadRequest;
use serde::Deserialize;

use crate::{
    problem::{Code, Problem},
    signed::{JsonBody, Signed},
    state::Shared,
};

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// The authority that the sender means to file for. None: the one whose key it is.
    authority: Option<String>,
    kind: RecordKind,
    file_name: String,
    length: u64,
    #[serde(with = "hex::serde")]
    sha256: [u8; 32],
}

/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 255;

/// In bytes.
const MIB: u64 = 1024 * 1024;

/// Announces.
pub(crate) async fn handle(
    State(state): State<Shared>,
    Signed {
        caller,
        body: JsonBody(body),
        ..
    }: Signed<JsonBody<Body>>,
) -> Result<Response, Problem> {
    if body
        .authority
        .as_deref()
        .is_some_and(|named| named != caller.authority())
    {
        return Err(others_key(&state, caller.authority(), body.authority.as_deref()));
    }
    let authority = state.registry().profile().authorities.get(caller.authority());
    if !authority.is_some_and(|authority| authority.record_kinds.contains(&body.kind)) {
        return Err(Problem::new(Code::NotYours));
    }
    if body.file_name.is_empty() || body.file_name.len() > LONGEST_NAME {
        return Err(Problem::new(Code::BodyMalformed).with("field", "file_name"));
    }
    let request = UploadRequest {
        authority: caller.authority().to_owned(),
        kind: body.kind,
        name: body.file_name,
        length: body.length,
        sha256: body.sha256,
    };
    let upload = state.registry().announce(request).await?;
    let location = format!("/api/v1/submissions/{}", upload.submission);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(upload)).into_response())
}

/// The key is another authority's than the one that the sender means. What is no authority's id is not said again.
fn others_key(state: &Shared, whose: &str, named: Option<&str>) -> Problem {
    let known = &state.registry().profile().authorities;
    let message = match named.filter(|named| known.contains_key(*named)) {
        Some(named) => Text2 {
            zh: format!("该密钥属于 {whose}，不属于 {named}").into(),
            en: format!("this key is {whose}'s, not {named}'s").into(),
        },
        None => Text2 {
            zh: format!("该密钥属于 {whose}，而所写的不是已登记的机关").into(),
            en: format!("this key is {whose}'s, and what is named is no authority here").into(),
        },
    };
    let expected = Text2 {
        zh: "请使用要为其报送的机关的密钥，或写明密钥所属的机关；没有任何记录入库".into(),
        en: "send with the key of the authority that you file for, or name the one whose key it is; nothing was filed"
            .into(),
    };
    Problem::new(Code::AuthorityMismatch)
        .saying("message", message)
        .saying("expected", expected)
}

/// The authority has as much under way as it may have: how much that is, and what helps.
pub(super) fn too_much(uploads: u64, most_uploads: u64, bytes: u64, most_bytes: u64) -> Problem {
    // What is under way is not said to be less than it is.
    let (mib, most_mib) = (bytes.div_ceil(MIB), most_bytes / MIB);
    let message = Text2 {
        zh: format!(
            "正在上传 {uploads} 个文件（最多 {most_uploads} 个），共 {mib} MiB（最多 {most_mib} MiB）"
        )
        .into(),
        en: format!(
            "{uploads} of at most {most_uploads} files and {mib} of at most {most_mib} MiB are on their way"
        )
        .into(),
    };
    let expected = Text2 {
        zh: "请先完成其中的文件，或稍后再报送；一天内无人继续的上传会自动清除".into(),
        en: "finish one of them first, or send this file later; an upload that nobody goes on with is removed \
             after a day"
            .into(),
    };
    Problem::new(Code::TooManyUploads)
        .with("uploads", uploads)
        .with("uploads_limit", most_uploads)
        .with("bytes", bytes)
        .with("bytes_limit", most_bytes)
        .saying("message", message)
        .saying("expected", expected)
}
