/// One spelling of a path and query: escapes undone where the character means nothing of its own, all others in
/// upper case, no dot segments, no doubled slashes, no fragment (RFC 3986 section 6.2.2, and what servers commonly
/// make equal).
///
/// Decoding happens once, never twice, so `%252e` stays what it is. A `%` that escapes nothing becomes `%25`.
pub(super) fn canonical(path: &str) -> String {
    if is_canonical(path) {
        return path.to_owned();
    }
    let path = path.split('#').next().unwrap_or_default();
    let (path, query) = path.split_once('?').map_or((path, ""), |(path, query)| (path, query));
    let mut out = String::with_capacity(path.len() + query.len() + 2);
    out.push('/');
    if path != "*" {
        let mut spelled = String::with_capacity(path.len());
        spell(&mut spelled, path, true);
        push_segments(&mut out, &spelled);
    }
    if !query.is_empty() {
        out.push('?');
        spell(&mut out, query, false);
    }
    out
}

fn is_canonical(path: &str) -> bool {
    let bytes = path.as_bytes();
    if bytes.first() != Some(&b'/') || bytes.last() == Some(&b'?') {
        return false;
    }
    let mut in_path = true;
    let mut before = b' ';
    for &byte in bytes {
        match byte {
            b'%' => return false,
            b'?' => in_path = false,
            b'/' | b'.' if in_path && before == b'/' => return false,
            b'\\' if in_path => return false,
            _ if !may_stand(byte) => return false,
            _ => {}
        }
        before = byte;
    }
    true
}

/// Removes dot segments and empty segments (RFC 3986 section 5.2.4).
fn push_segments(out: &mut String, path: &str) {
    let directory = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                let end = out[..out.len() - 1].rfind('/').map_or(1, |slash| slash + 1);
                out.truncate(end);
            }
            _ => {
                out.push_str(segment);
                out.push('/');
            }
        }
    }
    if !directory && out.len() > 1 {
        out.pop();
    }
}

fn spell(out: &mut String, text: &str, in_path: bool) {
    let bytes = text.as_bytes();
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        i += 1;
        match byte {
            b'%' => match escaped(bytes.get(i..i + 2)) {
                Some(decoded) => {
                    i += 2;
                    if may_be_undone(decoded, in_path) {
                        out.push(char::from(decoded));
                    } else {
                        escape(out, decoded);
                    }
                }
                None => out.push_str("%25"),
            },
            b'\\' if in_path => out.push('/'),
            _ if may_stand(byte) => out.push(char::from(byte)),
            _ => escape(out, byte),
        }
    }
}

fn escaped(digits: Option<&[u8]>) -> Option<u8> {
    let [high, low] = *digits? else { return None };
    let value = char::from(high).to_digit(16)? << 4 | char::from(low).to_digit(16)?;
    u8::try_from(value).ok()
}

fn escape(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// Whether a character says the same escaped and plain: not where it would cut a path or a query apart.
fn may_be_undone(byte: u8, in_path: bool) -> bool {
    let cuts: &[u8] = if in_path { b"/?\\" } else { b"&=+;" };
    may_stand(byte) && !cuts.contains(&byte)
}

/// Printable ASCII that browsers leave alone in a path or query.
fn may_stand(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'{' | b'}' | b'|' | b'^' | b'#' | b'%')
}
