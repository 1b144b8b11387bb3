//! Headers that are for the next hop only (RFC 9110 section 7.6.1), and those that a school's gate must change.
use http::{HeaderMap, HeaderName, HeaderValue, header};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const ALT_SVC: HeaderName = HeaderName::from_static("alt-svc");
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

/// Takes out of a request what is not for the site.
pub(crate) fn clean_request(headers: &mut HeaderMap, keep_upgrade: bool) {
    let trailers = headers.get(header::TE).is_some_and(|it| {
        it.to_str().is_ok_and(|it| it.split(',').any(|it| it.trim().eq_ignore_ascii_case("trailers")))
    });
    named_by_connection(headers, keep_upgrade);
    headers.remove(PROXY_CONNECTION);
    headers.remove(header::PROXY_AUTHORIZATION);
    headers.remove(HTTP2_SETTINGS);
    if headers.remove(header::TE).is_some() && trailers {
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
    }
    if keep_upgrade {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        // One, and this one: a second could ask for a protocol whose requests nobody would see.
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    }
}

/// Takes out of an answer what is not for the person. `Alt-Svc` would lead the browser to QUIC, past the gate.
pub(crate) fn clean_answer(headers: &mut HeaderMap, keep_upgrade: bool) {
    named_by_connection(headers, keep_upgrade);
    headers.remove(PROXY_CONNECTION);
    headers.remove(header::PROXY_AUTHENTICATE);
    headers.remove(ALT_SVC);
    if keep_upgrade {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    }
}

fn named_by_connection(headers: &mut HeaderMap, keep_upgrade: bool) {
    if let Some(connection) = headers.remove(header::CONNECTION)
        && let Ok(text) = connection.to_str()
        // The usual values name nothing to take out.
        && !["keep-alive", "close", "upgrade"].iter().any(|it| text.eq_ignore_ascii_case(it))
    {
        for name in text.split(',').map(str::trim) {
            // Some name headers that a message cannot do without; no honest sender does.
            let vital = ["host", "content-length", "upgrade", "te", "cookie", "authorization"];
            if !vital.iter().any(|it| name.eq_ignore_ascii_case(it)) {
                headers.remove(name);
            }
        }
    }
    headers.remove(KEEP_ALIVE);
    headers.remove(header::TRANSFER_ENCODING);
    if !keep_upgrade {
        headers.remove(header::UPGRADE);
    }
}

/// HTTP/2 may split `Cookie`; HTTP/1 may not (RFC 9113 section 8.2.3).
pub(crate) fn join_cookies(headers: &mut HeaderMap) {
    let mut cookies = headers.get_all(header::COOKIE).iter();
    if cookies.next().is_some() && cookies.next().is_some() {
        let all: Vec<_> = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
        if let Ok(joined) = HeaderValue::from_bytes(&all.join(&b"; "[..])) {
            headers.insert(header::COOKIE, joined);
        }
    }
}

/// Whether a connection is to become something else, and may: WebSocket over HTTP/1.
pub(crate) fn upgrades(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// The file's name that an answer gives (RFC 6266), as a browser reads it, for rules on kinds of file.
pub(crate) fn file_name(headers: &HeaderMap) -> Option<String> {
    let value = String::from_utf8_lossy(headers.get(header::CONTENT_DISPOSITION)?.as_bytes());
    let mut plain = None;
    for part in parts(&value).skip(1) {
        let Some((key, name)) = part.split_once('=') else { continue };
        let name = unquoted(name.trim());
        if key.trim().eq_ignore_ascii_case("filename*") {
            // RFC 8187: the character set, a language, then the name. What is not so written is not read as one.
            if let Some(name) = name.splitn(3, '\'').nth(2) {
                return Some(percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned());
            }
        } else if key.trim().eq_ignore_ascii_case("filename") {
            plain = plain.or(Some(name));
        }
    }
    plain
}

/// Cut at semicolons outside quotes.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    value.split(move |it| {
        let cut = it == ';' && !quoted;
        quoted ^= it == '"' && !escaped;
        escaped = it == '\\' && quoted && !escaped;
        cut
    })
}

fn unquoted(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"') else { return text.to_owned() };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut escaped = false;
    let kept = |it: &char| {
        escaped = *it == '\\' && !escaped;
        !escaped
    };
    inner.chars().filter(kept).collect()
}

/// `type/subtype`, without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or(value).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap()))
            .collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        headers.keys().map(HeaderName::as_str).collect()
    }

    #[test]
    fn what_is_for_the_next_hop_stops_here() {
        let mut headers = map(&[
            ("host", "x.test"),
            ("connection", "X-Secret, host, keep-alive"),
            ("x-secret", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic x"),
            ("te", "gzip, trailers"),
            ("upgrade", "h2c"),
            ("accept", "*/*"),
        ]);
        clean_request(&mut headers, false);
        assert_eq!(names(&headers), ["host", "accept", "te"]);
        assert_eq!(headers["te"], "trailers");
    }

    #[test]
    fn an_answer_does_not_lead_past_the_gate() {
        let mut headers =
            map(&[("alt-svc", "h3=\":443\""), ("connection", "close"), ("content-type", "text/html")]);
        clean_answer(&mut headers, false);
        assert_eq!(names(&headers), ["content-type"]);
    }

    #[test]
    fn a_file_is_named_by_its_answer() {
        let check = |value: &str, wanted: Option<&str>| {
            assert_eq!(file_name(&map(&[("content-disposition", value)])).as_deref(), wanted, "{value}");
        };
        check("attachment", None);
        check("attachment; filename=a.exe", Some("a.exe"));
        check("attachment; filename=\"a b.zip\"", Some("a b.zip"));
        check("attachment; filename=x; filename*=UTF-8''game.apk", Some("game.apk"));
    }

    #[test]
    fn cookies_are_one_again() {
        let mut headers = map(&[("cookie", "a=1"), ("cookie", "b=2")]);
        join_cookies(&mut headers);
        assert_eq!(headers.get_all("cookie").iter().collect::<Vec<_>>(), ["a=1; b=2"]);
    }

    #[test]
    fn a_file_is_named_as_a_browser_would_name_it() {
        let check = |value: &str, wanted: Option<&str>| {
            let headers = map(&[("content-disposition", value)]);
            assert_eq!(file_name(&headers).as_deref(), wanted, "{value}");
        };
        check("attachment", None);
        check("attachment; filename=game.exe", Some("game.exe"));
        check("attachment; filename=\"game.exe\"; size=3", Some("game.exe"));
        check("attachment; filename=\"notes; game.exe\"", Some("notes; game.exe"));
        check("attachment; filename=\"a \\\"b\\\"; c.exe\"", Some("a \"b\"; c.exe"));
        check("attachment; filename=x.txt; filename*=UTF-8''game%2Eexe", Some("game.exe"));
        check("attachment; filename*=game.txt; filename=game.exe", Some("game.exe"));
        check("attachment; FileName=game.exe; filename=x.txt", Some("game.exe"));
    }

    #[test]
    fn only_one_upgrade_is_asked_for() {
        let mut headers = map(&[("connection", "upgrade")]);
        headers.append(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.append(header::UPGRADE, HeaderValue::from_static("h2c"));
        clean_request(&mut headers, true);
        assert!(headers.get_all(header::UPGRADE).iter().eq(["websocket"]));
    }
}
