use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use policy::Target;

/// RFC 3986 unreserved characters stay as they are.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// As a value in a query.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

/// Fields of a query or of a posted form (`application/x-www-form-urlencoded`); what is not UTF-8 is replaced.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn read(text: &[u8]) -> Fields {
        let text = String::from_utf8_lossy(text);
        let pair = |it: &str| {
            let (name, value) = it.split_once('=').unwrap_or((it, ""));
            (decode(name), decode(value))
        };
        Fields(text.split('&').filter(|it| !it.is_empty()).map(pair).collect())
    }

    /// Empty where it is missing; the first where it is there twice.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

fn decode(text: &str) -> String {
    let text = if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// An address that it is safe to lead someone to: absolute, http or https, of a host that can exist, without a
/// name or password in it and without anything that a header or an attribute could trip over. Anything else is
/// no address at all. The gate's own pages are not led back to, so that nothing goes in circles.
pub(super) fn safe_back<'a>(back: &'a str, gate_name: &str) -> Option<&'a str> {
    const LONGEST: usize = 2_000;
    let plain = back.len() <= LONGEST
        && back.bytes().all(|it| it.is_ascii_graphic() && !matches!(it, b'\\' | b'"' | b'<' | b'>' | b'\''));
    let rest = back.strip_prefix("https://").or_else(|| back.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let target = Target::parse(back).ok()?;
    let elsewhere = !target.host().to_string().eq_ignore_ascii_case(gate_name);
    (plain && !authority.contains('@') && elsewhere).then_some(back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_a_browser_sends_them() {
        let fields = Fields::read(b"a=1+2&b=%C3%A9%26&a=3&c&d=%zz&%61b=x");
        let check = |name: &str, value: &str| assert_eq!(fields.get(name), value, "{name}");
        check("a", "1 2");
        check("b", "é&");
        check("c", "");
        check("d", "%zz");
        check("ab", "x");
        check("none", "");
    }

    #[test]
    fn only_a_whole_plain_web_address_is_led_back_to() {
        let check = |back: &str, safe: bool| {
            assert_eq!(safe_back(back, "gate.school.test").is_some(), safe, "{back}");
        };
        check("https://example.org/", true);
        check("http://example.org:8080/a?b=c&d=%20#e", true);
        check("", false);
        check("/sign-out", false);
        check("//example.org/", false);
        check("javascript:alert(1)", false);
        check("data:text/html,hello", false);
        check("HTTPS:example.org", false);
        check("https:/\\example.org/", false);
        check("https://name:word@example.org/", false);
        check("https://example.org/\r\nset-cookie: a=b", false);
        check("https://example.org/\"><script>", false);
        check("https://gate.school.test/sign-out", false);
        check("https://GATE.school.test./sign-out", false);
        check("https://", false);
        check(&format!("https://example.org/{}", "a".repeat(2000)), false);
    }

    #[test]
    fn what_is_encoded_reads_back() {
        for text in ["https://example.org/a?b=c&d", "é +%&=\"", ""] {
            assert_eq!(Fields::read(format!("x={}", encode(text)).as_bytes()).get("x"), text);
        }
    }
}
