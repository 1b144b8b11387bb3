//! Made-up sites under `.test`, served on loopback, so that the demonstration works with no internet.
use std::{borrow::Cow, convert::Infallible};

use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, HOST, HeaderValue},
};

/// One site.
pub(crate) struct Site {
    pub(crate) host: &'static str,
    title: &'static str,
    /// Colour of its head; white text stands on it.
    tone: &'static str,
    body: &'static str,
}

const fn site(host: &'static str, title: &'static str, tone: &'static str, body: &'static str) -> Site {
    Site { host, title, tone, body }
}

/// Where pages take their style sheet and picture from, so that a page has parts on another host.
const ASSETS: &str = "cdn.river-lessons.test";
/// One real engine is played by a stand-in, so that forced safe search can be seen with no internet. The others are
/// themselves, where the internet is reached.
pub(crate) const SEARCH: &str = "www.bing.com";

pub(crate) const SITES: &[Site] = &[
    site("www.river-lessons.test", "River lessons", "#1b5e20", include_str!("../../demo/lessons.html")),
    site(ASSETS, "Parts of River lessons", "#33691e", "<p>Style sheets and pictures live here.</p>"),
    site(SEARCH, "A stand-in for Bing", "#4a148c", include_str!("../../demo/search.html")),
    site("www.block-drop.test", "Block Drop", "#bf360c", include_str!("../../demo/games.html")),
    site("www.lucky-spin.test", "Lucky Spin", "#b71c1c", include_str!("../../demo/gambling.html")),
    site("www.chatterbox.test", "Chatterbox", "#0d47a1", include_str!("../../demo/social.html")),
    site("www.county-bank.test", "County Bank", "#263238", include_str!("../../demo/bank.html")),
    site("www.daily-bugle.test", "The Daily Bugle", "#37474f", include_str!("../../demo/news.html")),
    site("www.talk-to-us.test", "Talk to us", "#006064", include_str!("../../demo/help.html")),
    site(
        "old-certificate.test",
        "A site that let its certificate lapse",
        "#5d4037",
        "<p>Nobody should see this.</p>",
    ),
];

/// The site whose certificate ended long ago.
pub(crate) const LAPSED: &str = "old-certificate.test";

/// Answers one request for any of the sites.
///
/// # Errors
/// Never; the type is what hyper asks for.
pub(crate) async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let host = request.uri().host().map(str::to_owned).or_else(|| {
        let host = request.headers().get(HOST)?.to_str().ok()?;
        Some(host.split(':').next().unwrap_or(host).to_owned())
    });
    let host = host.unwrap_or_default().to_ascii_lowercase();
    let path = request.uri().path();
    let secure = request.extensions().get::<Secure>().is_some();
    Ok(match (path, SITES.iter().find(|it| it.host == host)) {
        (_, None) => page(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "There is no such site here."),
        ("/site.css", _) => {
            page(StatusCode::OK, "text/css; charset=utf-8", include_str!("../../demo/site.css"))
        }
        ("/mark.svg", _) => page(StatusCode::OK, "image/svg+xml", include_str!("../../demo/mark.svg")),
        ("/puzzle.exe", _) => page(StatusCode::OK, "application/octet-stream", "MZ: not a program at all"),
        (_, Some(site)) => {
            let query = request.uri().query().unwrap_or_default();
            page(StatusCode::OK, "text/html; charset=utf-8", site.render(query, secure))
        }
    })
}

/// Marks a request that came over TLS.
#[derive(Clone)]
pub(crate) struct Secure;

fn page(status: StatusCode, kind: &'static str, body: impl Into<Cow<'static, str>>) -> Response<Full<Bytes>> {
    let body = match body.into() {
        Cow::Borrowed(it) => Bytes::from_static(it.as_bytes()),
        Cow::Owned(it) => Bytes::from(it),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

impl Site {
    fn render(&self, query: &str, secure: bool) -> String {
        let scheme = if secure { "https" } else { "http" };
        let body = if self.host == SEARCH { results(self.body, query) } else { self.body.to_owned() };
        include_str!("../../demo/site.html")
            .replace("{title}", self.title)
            .replace("{host}", self.host)
            .replace("{tone}", self.tone)
            .replace("{asset}", &format!("{scheme}://{ASSETS}"))
            .replace("{body}", &body)
    }
}

/// What was searched, and whether the gate asked for safe results.
fn results(form: &str, query: &str) -> String {
    let pairs: Vec<(String, String)> = query.split('&').filter_map(pair).collect();
    let get = |name: &str| pairs.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let safe = get("adlt") == Some("strict");
    let state = if safe { "Safe search is on." } else { "Safe search is off." };
    let found = match get("q") {
        None | Some("") => String::new(),
        Some(words) => format!(
            "<h2>Results for \u{201c}{}\u{201d}</h2><ul><li><a href=\"http://www.river-lessons.test/\">River lessons</a></li>\
             <li><a href=\"http://www.daily-bugle.test/\">The Daily Bugle</a></li></ul>",
            escaped(words)
        ),
    };
    format!("{form}<p id=\"safe\"><strong>{state}</strong></p>{found}")
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.to_owned(), decoded(value)))
}

/// Percent and plus of a form; what cannot be read stays as it is.
fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let hex = more
            .get(..2)
            .and_then(|it| std::str::from_utf8(it).ok())
            .and_then(|it| u8::from_str_radix(it, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => (bytes.push(byte), rest = &more[2..]).0,
            _ => (bytes.push(*first), rest = more).0,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_in_search_engine_says_whether_it_is_safe() {
        let search = SITES.iter().find(|it| it.host == SEARCH).expect("there");
        let check = |query: &str, words: &[&str]| {
            let text = search.render(query, true);
            for word in words {
                assert!(text.contains(word), "{query}: no {word}");
            }
        };
        check(
            "q=river+life&adlt=strict",
            &["Safe search is on", "river life", "https://cdn.river-lessons.test"],
        );
        check("q=%3Cscript%3E", &["Safe search is off", "&lt;script&gt;"]);
        check("q=x&adlt=off", &["Safe search is off"]);
    }
}
