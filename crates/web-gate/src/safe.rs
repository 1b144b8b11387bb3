use http::{HeaderName, HeaderValue, Uri, request, uri::PathAndQuery};
use policy::SafeSearch;

/// Does to a request what keeps its search safe, whatever the person set (FIL-10).
pub(crate) fn make_safe(parts: &mut request::Parts, how: Option<&SafeSearch>) {
    match how {
        // A name to be reached instead is for connections that are carried unopened.
        None | Some(SafeSearch::Host { .. }) => {}
        Some(SafeSearch::Header { name, value }) => {
            if let Ok(name) = HeaderName::try_from(*name) {
                parts.headers.insert(name, HeaderValue::from_static(value));
            }
        }
        Some(SafeSearch::Parameter { name, value }) => {
            let path = with_parameter(&parts.uri, name, value);
            if let Ok(path) = PathAndQuery::try_from(path) {
                let mut uri = parts.uri.clone().into_parts();
                uri.path_and_query = Some(path);
                if let Ok(uri) = Uri::from_parts(uri) {
                    parts.uri = uri;
                }
            }
        }
    }
}

/// Takes out every spelling of the parameter and puts ours at the end. The other parameters stay as they were.
fn with_parameter(uri: &Uri, name: &str, value: &str) -> String {
    let kept = uri.query().unwrap_or_default().split('&').filter(|pair| {
        let key = pair.split('=').next().unwrap_or(pair);
        !key.is_empty() && !means(key, name)
    });
    let mut path = format!("{}?", uri.path());
    for pair in kept {
        path.push_str(pair);
        path.push('&');
    }
    path + name + "=" + value
}

/// Whether a key, percent-encoded or in another case, is read by a server as `name`.
fn means(key: &str, name: &str) -> bool {
    let mut bytes = key.bytes();
    let mut plain = Vec::with_capacity(key.len());
    while let Some(byte) = bytes.next() {
        let escaped = (byte == b'%')
            .then(|| {
                let hex: Vec<u8> = bytes.clone().take(2).collect();
                u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()
            })
            .flatten();
        if let Some(escaped) = escaped {
            bytes.nth(1);
            plain.push(escaped);
        } else {
            plain.push(byte);
        }
    }
    plain.eq_ignore_ascii_case(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_safe_whatever_the_person_set() {
        let check = |from: &str, wanted: &str| {
            let uri: Uri = format!("http://s.test{from}").parse().unwrap();
            assert_eq!(with_parameter(&uri, "safe", "active"), wanted, "{from}");
        };
        check("/search?q=cats", "/search?q=cats&safe=active");
        check("/search?q=cats&safe=off", "/search?q=cats&safe=active");
        check("/search?safe=off&q=a%20b&SAFE=off", "/search?q=a%20b&safe=active");
        check("/search?%73afe=off&q=cats", "/search?q=cats&safe=active");
        check("/search", "/search?safe=active");
        check("/search?&&", "/search?safe=active");
        check("/search?unsafe=1&safe", "/search?unsafe=1&safe=active");
    }
}
