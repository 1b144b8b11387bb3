//! The first thing a TLS client says (RFC 8446 section 4.1.2), read without answering it.
//!
//! Tolerant: records may be split anywhere, one message may lie over many records, unknown and GREASE values
//! (RFC 8701) are passed over, and bytes after the message are left alone.
mod reader;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use reader::Reader;

/// No hello is longer, in bytes with record headers; rustls has the same bound on a handshake message.
pub const MAX_HELLO: usize = 65_536;

/// What the bytes so far say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Glimpse {
    /// Could still become a hello.
    More,
    Hello(Hello),
    NotTls,
    /// TLS, but no sound hello; why.
    Broken(&'static str),
}

/// What a gate needs of a hello.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hello {
    /// `server_name` (RFC 6066 section 3), as sent: any case, perhaps a dot at the end.
    pub name: Option<String>,
    /// `application_layer_protocol_negotiation` (RFC 7301), in the client's order.
    pub alpn: Vec<Vec<u8>>,
    /// Versions offered (RFC 8446 section 4.2.1), without GREASE; the one old field where there is no list.
    pub versions: Vec<u16>,
    /// An `encrypted_client_hello` extension is there (0xfe0d); browsers also send it empty of meaning.
    pub ech: bool,
}

const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const RECORD_HEAD: usize = 5;
/// RFC 8446 section 5.1: 2^14; RFC 5246 lets a record be a little longer, which no first record is.
const MAX_RECORD: usize = 16_384;

impl Hello {
    pub fn offers(&self, protocol: &[u8]) -> bool {
        self.alpn.iter().any(|it| it == protocol)
    }
}

impl Glimpse {
    /// Reads `bytes` from the start of what the client sent. Reads all of them at each call: call it again with
    /// more bytes after [`Glimpse::More`].
    pub fn of(bytes: &[u8]) -> Glimpse {
        let message = match gather(bytes) {
            Ok(Some(message)) => message,
            Ok(None) if bytes.len() >= MAX_HELLO => return Glimpse::Broken("the hello is too long"),
            Ok(None) => return Glimpse::More,
            Err(outcome) => return outcome,
        };
        match parse(&message) {
            Ok(hello) => Glimpse::Hello(hello),
            Err(why) => Glimpse::Broken(why),
        }
    }
}

/// The hello's body out of its records; `None` when it is not all there yet.
fn gather(bytes: &[u8]) -> Result<Option<Cow<'_, [u8]>>, Glimpse> {
    let mut whole: Cow<'_, [u8]> = Cow::Borrowed(&[]);
    let mut rest = bytes;
    loop {
        match rest {
            [] => return Ok(None),
            [first, ..] if *first != HANDSHAKE => {
                return Err(if whole.is_empty() && rest.len() == bytes.len() {
                    Glimpse::NotTls
                } else {
                    Glimpse::Broken("something else interrupts the hello")
                });
            }
            [_, major, ..] if *major != 3 => return Err(Glimpse::NotTls),
            _ => {}
        }
        let Some((head, after)) = rest.split_at_checked(RECORD_HEAD) else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([head[3], head[4]]));
        if length == 0 || length > MAX_RECORD {
            return Err(Glimpse::Broken("a record has a length that cannot be"));
        }
        let piece = &after[..length.min(after.len())];
        if whole.is_empty() {
            whole = Cow::Borrowed(piece);
        } else {
            whole.to_mut().extend_from_slice(piece);
        }
        if let Some(message) = complete(&whole)? {
            return Ok(Some(match whole {
                Cow::Borrowed(all) => Cow::Borrowed(&all[4..4 + message]),
                Cow::Owned(all) => Cow::Owned(all[4..4 + message].to_vec()),
            }));
        }
        if after.len() < length {
            return Ok(None);
        }
        rest = &after[length..];
    }
}

/// The length of the message's body when all of it is in `whole`.
fn complete(whole: &[u8]) -> Result<Option<usize>, Glimpse> {
    match whole.first() {
        Some(&CLIENT_HELLO) | None => {}
        Some(_) => return Err(Glimpse::Broken("the first message is not a hello")),
    }
    let [_, high, middle, low, body @ ..] = whole else { return Ok(None) };
    let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
    if length > MAX_HELLO {
        return Err(Glimpse::Broken("the hello is too long"));
    }
    Ok((body.len() >= length).then_some(length))
}

fn parse(body: &[u8]) -> Result<Hello, &'static str> {
    const SHORT: &str = "the hello stops short";
    let mut reader = Reader::new(body);
    let mut hello = Hello::default();
    let version = reader.u16().ok_or(SHORT)?;
    reader.take(32).ok_or(SHORT)?;
    reader.block8().ok_or(SHORT)?;
    reader.block16().ok_or(SHORT)?;
    reader.block8().ok_or(SHORT)?;
    hello.versions.push(version);
    if reader.is_empty() {
        return Ok(hello);
    }
    let mut extensions = Reader::new(reader.block16().ok_or(SHORT)?);
    while !extensions.is_empty() {
        let kind = extensions.u16().ok_or(SHORT)?;
        let data = extensions.block16().ok_or(SHORT)?;
        match kind {
            0 => hello.name = server_name(data)?,
            16 => hello.alpn = protocols(data).ok_or("its list of protocols is not sound")?,
            43 => hello.versions = versions(data).ok_or("its list of versions is not sound")?,
            0xfe0d => hello.ech = true,
            _ => {}
        }
    }
    Ok(hello)
}

fn server_name(data: &[u8]) -> Result<Option<String>, &'static str> {
    const UNSOUND: &str = "its server name is not sound";
    let mut names = Reader::new(Reader::new(data).block16().ok_or(UNSOUND)?);
    while !names.is_empty() {
        let kind = names.u8().ok_or(UNSOUND)?;
        let name = names.block16().ok_or(UNSOUND)?;
        if kind == 0 {
            let sound = !name.is_empty()
                && name.len() <= 255
                && name.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'_'));
            return if sound {
                Ok(Some(name.iter().copied().map(char::from).collect()))
            } else {
                Err(UNSOUND)
            };
        }
    }
    Ok(None)
}

fn protocols(data: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Reader::new(Reader::new(data).block16()?);
    let mut found = Vec::new();
    while !list.is_empty() {
        found.push(list.block8()?.to_vec());
    }
    Some(found)
}

fn versions(data: &[u8]) -> Option<Vec<u16>> {
    let mut list = Reader::new(Reader::new(data).block8()?);
    let mut found = Vec::new();
    while !list.is_empty() {
        let version = list.u16()?;
        if version & 0x0f0f != 0x0a0a {
            found.push(version);
        }
    }
    Some(found)
}
