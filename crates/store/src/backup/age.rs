//! A stream that only the holder of a secret key opens: the format of age (age-encryption.org/v1) for one X25519
//! recipient, so that a school needs nothing of ours to open its backup. `age -d -i KEY FILE` does it too.
//!
//! The stream is ChaCha20-Poly1305 in pieces of 64 KiB, each with its number and whether it is the last, so that nothing
//! can be cut off, changed or moved unseen.
use std::io::{self, BufRead, Read, Write};

use aws_lc_rs::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    agreement::{PrivateKey, UnparsedPublicKey, X25519, agree},
    hkdf::{HKDF_SHA256, Salt},
    hmac, rand,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

use super::keys::{Identity, Recipient};

pub(super) const FIRST_LINE: &str = "age-encryption.org/v1";
const PIECE: usize = 64 << 10;
const TAG: usize = 16;
const FILE_KEY: usize = 16;
/// A header of more lines, or longer ones, is none that we have to read.
const MOST_LINES: usize = 64;
const LONGEST_LINE: u64 = 1 << 10;

/// What is written into it comes out sealed. Nothing is whole before [`Sealing::finish`].
pub(super) struct Sealing<W> {
    to: W,
    key: LessSafeKey,
    number: u64,
    piece: Vec<u8>,
    /// A piece could not be written: nothing after it may be.
    broken: bool,
}

impl<W: Write> Sealing<W> {
    pub(super) fn new(mut to: W, recipient: &Recipient) -> io::Result<Sealing<W>> {
        let (mut file_key, mut nonce) = ([0; FILE_KEY], [0; 16]);
        rand::fill(&mut file_key).and_then(|()| rand::fill(&mut nonce)).map_err(failed)?;
        let own = PrivateKey::generate(&X25519).map_err(failed)?;
        let public = own.compute_public_key().map_err(failed)?;
        let wrapping = wrapping_key(&own, &recipient.0, public.as_ref(), &recipient.0)?;
        let mut wrapped = file_key.to_vec();
        cipher(&wrapping)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut wrapped)
            .map_err(failed)?;
        let header = format!(
            "{FIRST_LINE}\n-> X25519 {}\n{}\n---",
            STANDARD_NO_PAD.encode(public.as_ref()),
            STANDARD_NO_PAD.encode(&wrapped)
        );
        let mac = hmac::sign(&header_key(&file_key)?, header.as_bytes());
        writeln!(to, "{header} {}", STANDARD_NO_PAD.encode(mac.as_ref()))?;
        to.write_all(&nonce)?;
        let key = cipher(&derived(&nonce, &file_key, b"payload")?)?;
        Ok(Sealing { to, key, number: 0, piece: Vec::with_capacity(PIECE + TAG), broken: false })
    }

    /// Gives back what it wrote to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.piece(true)?;
        Ok(self.to)
    }

    fn piece(&mut self, last: bool) -> io::Result<()> {
        if std::mem::replace(&mut self.broken, true) {
            return Err(io::Error::other("what came before could not be written"));
        }
        let nonce = nonce(self.number, last);
        self.key.seal_in_place_append_tag(nonce, Aad::empty(), &mut self.piece).map_err(failed)?;
        self.to.write_all(&self.piece)?;
        self.piece.clear();
        self.number += 1;
        self.broken = false;
        Ok(())
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        // Only when more comes is it known that a full one is not the last.
        if self.broken || self.piece.len() == PIECE {
            self.piece(false)?;
        }
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The stream again. A piece is handed out when it has been found to be whole; an end that was cut off is an error.
pub(super) struct Opening<R> {
    from: R,
    key: LessSafeKey,
    number: u64,
    piece: Vec<u8>,
    given: usize,
    is_last: bool,
}

impl<R: BufRead> Opening<R> {
    /// # Errors
    /// `InvalidData`: not of this format, or for another key.
    pub(super) fn new(mut from: R, identity: &Identity) -> io::Result<Opening<R>> {
        let file_key = opened_header(&mut from, identity)?;
        let mut nonce = [0; 16];
        from.read_exact(&mut nonce)?;
        let key = cipher(&derived(&nonce, &file_key, b"payload")?)?;
        Ok(Opening { from, key, number: 0, piece: Vec::new(), given: 0, is_last: false })
    }

    fn next(&mut self) -> io::Result<()> {
        self.piece.clear();
        self.given = 0;
        (&mut self.from).take((PIECE + TAG) as u64).read_to_end(&mut self.piece)?;
        // Nothing comes after the last one.
        self.is_last = self.from.fill_buf()?.is_empty();
        let nonce = nonce(self.number, self.is_last);
        let opened = self.key.open_in_place(nonce, Aad::empty(), &mut self.piece);
        let length = opened.map_err(|_| bad("it was changed or cut off"))?.len();
        if length == 0 && self.number != 0 {
            return Err(bad("it ends with an empty piece"));
        }
        self.piece.truncate(length);
        self.number += 1;
        Ok(())
    }
}

impl<R: BufRead> Read for Opening<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.piece.len() {
            if self.is_last {
                return Ok(0);
            }
            self.next()?;
        }
        let taken = buffer.len().min(self.piece.len() - self.given);
        buffer[..taken].copy_from_slice(&self.piece[self.given..self.given + taken]);
        self.given += taken;
        Ok(taken)
    }
}

/// The key of the file, if one of its recipients is ours and the header is as it was written.
fn opened_header(from: &mut impl BufRead, identity: &Identity) -> io::Result<Vec<u8>> {
    let own = PrivateKey::from_private_key(&X25519, &identity.0).map_err(failed)?;
    let public = own.compute_public_key().map_err(failed)?;
    let mut header = String::new();
    let (mut share, mut found): (Option<Vec<u8>>, Option<Vec<u8>>) = (None, None);
    for number in 0..MOST_LINES {
        let mut line = String::new();
        (&mut *from).take(LONGEST_LINE).read_line(&mut line)?;
        let Some(text) = line.strip_suffix('\n') else { break };
        if number == 0 && text != FIRST_LINE {
            break;
        }
        if let Some(mac) = text.strip_prefix("--- ") {
            header.push_str("---");
            let file_key = found.ok_or_else(|| bad("it is sealed for another key"))?;
            let mac = STANDARD_NO_PAD.decode(mac).map_err(|_| bad("its header does not read"))?;
            let right = hmac::verify(&header_key(&file_key)?, header.as_bytes(), &mac);
            return right.map(|()| file_key).map_err(|_| bad("its header was changed"));
        }
        if let Some(theirs) = share.take()
            && let Ok(mut wrapped) = STANDARD_NO_PAD.decode(text)
            && wrapped.len() == FILE_KEY + TAG
        {
            let wrapping = wrapping_key(&own, &theirs, &theirs, public.as_ref())?;
            let nonce = Nonce::assume_unique_for_key([0; 12]);
            if let Ok(key) = cipher(&wrapping)?.open_in_place(nonce, Aad::empty(), &mut wrapped) {
                found = Some(key.to_vec());
            }
        }
        let public = text.strip_prefix("-> X25519 ").and_then(|it| STANDARD_NO_PAD.decode(it).ok());
        share = public.filter(|it| it.len() == 32);
        header.push_str(&line);
    }
    Err(bad("it is not sealed as a backup is"))
}

fn wrapping_key(own: &PrivateKey, peer: &[u8], share: &[u8], recipient: &[u8]) -> io::Result<[u8; 32]> {
    let salt = [share, recipient].concat();
    agree(own, UnparsedPublicKey::new(&X25519, peer), bad("a key of it is none"), |shared| {
        derived(&salt, shared, b"age-encryption.org/v1/X25519")
    })
}

fn header_key(file_key: &[u8]) -> io::Result<hmac::Key> {
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &derived(&[], file_key, b"header")?))
}

/// HKDF with SHA-256 (RFC 5869).
fn derived(salt: &[u8], secret: &[u8], of: &[u8]) -> io::Result<[u8; 32]> {
    let mut key = [0; 32];
    let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
    let parts = [of];
    extracted.expand(&parts, HKDF_SHA256).and_then(|it| it.fill(&mut key)).map_err(failed)?;
    Ok(key)
}

fn cipher(key: &[u8; 32]) -> io::Result<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key).map(LessSafeKey::new).map_err(failed)
}

fn nonce(number: u64, last: bool) -> Nonce {
    let mut bytes = [0; 12];
    bytes[3..11].copy_from_slice(&number.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

fn failed(_: impl Sized) -> io::Error {
    io::Error::other("the cryptography of the system failed")
}

fn bad(words: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, words)
}

#[cfg(test)]
mod tests;
