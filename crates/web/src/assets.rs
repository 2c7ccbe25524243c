//! The style sheet and the icon: built in, named by their content, so that a browser may keep them for good.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use ring::digest;

struct Asset {
    name: String,
    kind: &'static str,
    content: &'static [u8],
}

static STYLES: LazyLock<Asset> = LazyLock::new(|| {
    asset(
        "standing",
        "css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/standing.css"),
    )
});
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    asset(
        "icon",
        "svg",
        "image/svg+xml",
        include_bytes!("../assets/icon.svg"),
    )
});

fn asset(name: &str, extension: &str, kind: &'static str, content: &'static [u8]) -> Asset {
    let digest = digest::digest(&digest::SHA256, content);
    let short: String = hex::encode(digest.as_ref()).chars().take(16).collect();
    Asset {
        name: format!("{name}-{short}.{extension}"),
        kind,
        content,
    }
}

/// The path of the style sheet.
pub(crate) fn styles_path() -> String {
    format!("/assets/{}", STYLES.name)
}

/// The path of the icon.
pub(crate) fn icon_path() -> String {
    format!("/assets/{}", ICON.name)
}

/// `GET /assets/{name}`. Names carry the content's hash: what was fetched once never changes.
pub(crate) async fn serve(Path(name): Path<String>) -> Response {
    let Some(asset) = [&*STYLES, &*ICON].into_iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_styles_bring_nothing_from_elsewhere_and_no_reserved_typeface() {
        let styles = std::str::from_utf8(STYLES.content).unwrap();
        assert!(styles.contains(".govuk-button"));
        for foreign in [
            "url(http",
            "url(/",
            "@import",
            "@font-face",
            "GDS Transport",
            "crown",
        ] {
            assert!(!styles.contains(foreign), "{foreign}");
        }
    }
}
