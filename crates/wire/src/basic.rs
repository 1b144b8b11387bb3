use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Name and password of a `Basic` credential (RFC 7617), as a browser sends them to a proxy.
#[derive(Clone, PartialEq, Eq)]
pub struct Basic {
    pub username: String,
    pub password: String,
}

/// Longer credentials are nobody's.
const LONGEST: usize = 2_048;

impl Basic {
    /// From the value of an `Authorization` or `Proxy-Authorization` header. `None`: another scheme, not Base64,
    /// not UTF-8, no colon, or a control character (RFC 7617 section 2).
    pub fn parse(value: &[u8]) -> Option<Basic> {
        if value.len() > LONGEST {
            return None;
        }
        let space = value.iter().position(|&byte| byte == b' ')?;
        let (scheme, rest) = value.split_at(space);
        if !scheme.eq_ignore_ascii_case(b"basic") {
            return None;
        }
        let plain = String::from_utf8(STANDARD.decode(rest.trim_ascii()).ok()?).ok()?;
        let (username, password) = plain.split_once(':')?;
        if plain.chars().any(char::is_control) {
            return None;
        }
        Some(Basic { username: username.to_owned(), password: password.to_owned() })
    }

    /// The header's value, for a parent proxy.
    pub fn header(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.username, self.password)))
    }
}

impl std::fmt::Debug for Basic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Basic").field("username", &self.username).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_read_or_left() {
        let check = |value: &str, wanted: Option<(&str, &str)>| {
            let found = Basic::parse(value.as_bytes());
            let found = found.as_ref().map(|it| (it.username.as_str(), it.password.as_str()));
            assert_eq!(found, wanted, "{value}");
        };
        check("Basic YXlhOnNlc2FtZQ==", Some(("aya", "sesame")));
        check("basic   YXlhOnNlc2FtZQ== ", Some(("aya", "sesame")));
        check("Basic YXlhOmE6Yg==", Some(("aya", "a:b")));
        check("Basic YXlhOg==", Some(("aya", "")));
        check("Bearer YXlhOnNlc2FtZQ==", None);
        check("Basic", None);
        check("Basic !!!", None);
        check("Basic YXlh", None);
        check("Basic YXk6AA==", None);
        check("Basic /zo=", None);
    }

    #[test]
    fn a_header_reads_back() {
        let basic = Basic { username: "aya".into(), password: "pässwörd:1".into() };
        assert_eq!(Basic::parse(basic.header().as_bytes()), Some(basic));
    }

    #[test]
    fn a_password_never_shows_in_debug() {
        let basic = Basic { username: "aya".into(), password: "sesame".into() };
        assert!(!format!("{basic:?}").contains("sesame"));
    }
}
