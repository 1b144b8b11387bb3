use bytes::BytesMut;
use tokio::{
    io::AsyncReadExt,
    time::{Duration, timeout},
};
use wire::{Glimpse, Hello, MAX_HELLO};

use crate::stream::Stream;

/// How a tunnel begins.
#[derive(Debug)]
pub(crate) enum Beginning {
    Tls(Hello),
    /// Plain HTTP, as browsers send to a WebSocket without TLS.
    Http,
    /// Anything else, or nothing: some protocols let the server speak first.
    Other,
    /// The person has gone.
    Gone,
}

/// Reads until it can be told what this is, and no further than `patience` and [`MAX_HELLO`] let it. What was read
/// is put back.
pub(crate) async fn peek(mut stream: Stream, patience: Duration) -> (Beginning, Stream) {
    let mut bytes = BytesMut::with_capacity(2_048);
    let beginning = timeout(patience, look(&mut stream, &mut bytes)).await.unwrap_or(Beginning::Other);
    (beginning, stream.after(bytes.freeze()))
}

async fn look(stream: &mut Stream, bytes: &mut BytesMut) -> Beginning {
    loop {
        match Glimpse::of(bytes) {
            Glimpse::Hello(hello) => return Beginning::Tls(hello),
            Glimpse::NotTls => {
                if !looks_like_http(bytes) {
                    return Beginning::Other;
                }
                if bytes.len() >= LONGEST_METHOD || bytes.contains(&b' ') {
                    return Beginning::Http;
                }
            }
            Glimpse::Broken(why) => {
                tracing::debug!(why, "a hello cannot be read");
                return Beginning::Other;
            }
            Glimpse::More => {}
        }
        match stream.read_buf(bytes).await {
            Ok(count) if count > 0 && bytes.len() < MAX_HELLO + 16_384 => {}
            Ok(0) if !bytes.is_empty() => return Beginning::Other,
            _ => return Beginning::Gone,
        }
    }
}

const LONGEST_METHOD: usize = 8;

/// A method in capitals, and a blank after it when there is that much.
fn looks_like_http(bytes: &[u8]) -> bool {
    let word = bytes.iter().take(LONGEST_METHOD).take_while(|it| it.is_ascii_uppercase()).count();
    match bytes.get(word) {
        Some(b' ') => word >= 3,
        Some(_) => false,
        None => word > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_told_from_other_protocols() {
        let check =
            |bytes: &str, wanted: bool| assert_eq!(looks_like_http(bytes.as_bytes()), wanted, "{bytes}");
        check("GET / HTTP/1.1", true);
        check("OPTIONS /", true);
        check("GE", true);
        check("SSH-2.0", false);
        check("get / HTTP/1.1", false);
        check("PROPFINDX", false);
        check("HI there", false);
        check("", false);
    }
}
