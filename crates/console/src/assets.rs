//! Style sheets, the mark and the script, embedded in the binary and addressed by what they hold, so that browsers keep them
//! for good and never show an old one.
use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::{failure::Failure, session::hex};

struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
    url: String,
}

/// In the order in which a page loads them: ours is last, so that it has the last word.
static STYLES: [&str; 3] = ["govuk-frontend.css", "moj-frontend.css", "schoolgate.css"];

static ASSETS: LazyLock<[Asset; 5]> = LazyLock::new(|| {
    let css = "text/css; charset=utf-8";
    [
        asset(STYLES[0], css, include_bytes!("../static/vendor/govuk-frontend.css")),
        asset(STYLES[1], css, include_bytes!("../static/vendor/moj-frontend.css")),
        asset(STYLES[2], css, include_bytes!("../static/schoolgate.css")),
        asset("mark.svg", "image/svg+xml", include_bytes!("../static/mark.svg")),
        asset("console.js", "text/javascript; charset=utf-8", include_bytes!("../static/console.js")),
    ]
});

pub(crate) fn style_urls() -> impl Iterator<Item = &'static str> {
    STYLES.iter().map(|name| url(name))
}

/// Where the asset of this name is served.
pub(crate) fn url(name: &str) -> &'static str {
    ASSETS.iter().find(|it| it.name == name).map_or("/static/missing", |it| it.url.as_str())
}

pub(crate) async fn get(Path((hash, name)): Path<(String, String)>) -> Result<Response, Failure> {
    let asked = format!("/static/{hash}/{name}");
    let asset = ASSETS.iter().find(|it| it.url == asked).ok_or(Failure::NotFound)?;
    let headers = [(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.bytes).into_response())
}

fn asset(name: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
    let url = format!("/static/{}/{name}", &hex(&Sha256::digest(bytes))[..12]);
    Asset { name, media_type, bytes, url }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendored_files_are_those_that_were_reviewed() {
        let sums = include_str!("../static/vendor/SHA256SUMS");
        for asset in ASSETS.iter().filter(|it| it.name.ends_with("-frontend.css")) {
            let hash = hex(&Sha256::digest(asset.bytes));
            assert!(sums.contains(&format!("{hash}  {}", asset.name)), "{}", asset.name);
        }
    }

    /// The console knows no gate, so each has its own.
    #[test]
    fn agreements_are_read_aloud_as_at_the_gate() {
        let theirs = include_str!("../../gate/src/pages/read-aloud.js");
        assert!(include_str!("../static/console.js").contains(theirs), "change both");
    }

    #[test]
    fn no_style_sheet_loads_anything_from_elsewhere() {
        for asset in ASSETS.iter().filter(|it| it.media_type.starts_with("text/css")) {
            let text = std::str::from_utf8(asset.bytes).expect("text");
            for word in ["@import", "url(", "GDS Transport"] {
                assert!(!text.contains(word), "{} holds {word}", asset.name);
            }
        }
    }
}
