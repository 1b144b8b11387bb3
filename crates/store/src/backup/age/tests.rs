use std::process::{Command, Stdio};

use base64::engine::general_purpose::STANDARD;

use super::*;

/// Made by age-keygen 1.1.1 for this test, and nobody's.
const KEY: &str = "# created: 2026-11-25T22:52:05Z\n\
    # public key: age1jt5u6m6dg0hqdq7g0pk02jr52nv6df8pzs4aslzfwxq0ycc32cdsem7wp2\n\
    AGE-SECRET-KEY-1AJRNHAVJPF6E35D7TJHLA7EJN3M6HXTNKWT4LGMQ72SHWJ8MXP9QVLZ6UM\n";
/// `A made-up school.` and an end of line, as age 1.1.1 sealed it for that key.
const SEALED: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBvejVVdXUzb3pLdlFGN3N0UEdZc1pBR21XTCtmNDY5c3JTbUtET2ZQajJn\
    Cjc1OUFkQlZjbVgxSk9SWHR4K0YrNkFjbit1N2VwcXA3eXZoSFFxVHUwQW8KLS0tIEpGa2cwSjZrOGN6RElQRWxXR2VsMWtKMW14\
    dmNxNExDYWFOSVBJbjZOT2cKyteTh29WzY/saSVY9Ya9inx4g7d2INd/n8Jt8ogMvrJrp+nkv2BlAz1e2PzdMxuPi2M=";

fn seal(bytes: &[u8], recipient: &Recipient) -> Vec<u8> {
    let mut sealing = Sealing::new(Vec::new(), recipient).unwrap();
    // In steps that fit no piece.
    for part in bytes.chunks(10_007) {
        sealing.write_all(part).unwrap();
    }
    sealing.finish().unwrap()
}

fn open(sealed: &[u8], identity: &Identity) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Opening::new(sealed, identity)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect()
}

#[test]
fn keys_are_written_as_age_writes_them() {
    let identity: Identity = KEY.parse().unwrap();
    assert!(KEY.contains(&identity.to_string()) && KEY.contains(&identity.recipient().unwrap().to_string()));
    let fresh = Identity::fresh().unwrap();
    let again: Identity = fresh.to_string().parse().unwrap();
    let recipient = fresh.recipient().unwrap();
    assert_eq!(again.recipient().unwrap(), recipient);
    assert_eq!(recipient.to_string().parse(), Ok(recipient));
    assert_ne!(Identity::fresh().unwrap().recipient().unwrap(), recipient);
    for wrong in
        ["", "age1", "age1jt5u6m6dg0hqdq7g0pk02jr52nv6df8pzs4aslzfwxq0ycc32cdsem7wp3", &identity.to_string()]
    {
        assert!(wrong.parse::<Recipient>().is_err(), "{wrong}");
    }
    assert!(recipient.to_string().parse::<Identity>().is_err() && "# nothing".parse::<Identity>().is_err());
    assert_eq!(format!("{fresh:?}"), "Identity");
}

#[test]
fn what_age_sealed_is_opened() {
    let sealed = STANDARD.decode(SEALED).unwrap();
    assert_eq!(open(&sealed, &KEY.parse().unwrap()).unwrap(), b"A made-up school.\n");
}

#[test]
fn what_was_sealed_comes_out_as_it_went_in_and_for_its_key_alone() {
    let (identity, other) = (Identity::fresh().unwrap(), Identity::fresh().unwrap());
    let recipient = identity.recipient().unwrap();
    for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5] {
        let sealed = seal(&bytes(length), &recipient);
        assert_eq!(open(&sealed, &identity).unwrap(), bytes(length), "{length}");
        assert!(open(&sealed, &other).unwrap_err().to_string().contains("another key"), "{length}");
        let first = bytes(length.min(30));
        let shown = length >= 30 && sealed.windows(30).take(1_000).any(|it| it == first);
        assert!(!shown, "{length}");
    }
}

#[test]
fn what_was_changed_moved_or_cut_off_is_refused() {
    let identity = Identity::fresh().unwrap();
    let good = seal(&bytes(3 * PIECE), &identity.recipient().unwrap());
    let start = good.len() - 3 * (PIECE + TAG);
    for at in (0..start).chain([start, start + PIECE, good.len() - 1]) {
        let mut changed = good.clone();
        changed[at] ^= 1;
        assert!(open(&changed, &identity).is_err(), "byte {at} was changed");
    }
    for pieces in 0..3 {
        assert!(
            open(&good[..start + pieces * (PIECE + TAG)], &identity).is_err(),
            "{pieces} pieces are left"
        );
    }
    assert!(open(&good[..good.len() - 1], &identity).is_err());
    assert!(open(&[&good[..], b"x"].concat(), &identity).is_err(), "something was put behind it");
    let mut moved = good.clone();
    moved[start..].rotate_left(PIECE + TAG);
    assert!(open(&moved, &identity).is_err());
    for rubbish in [
        &b""[..],
        b"age",
        b"age-encryption.org/v1\n",
        b"age-encryption.org/v2\n-> X25519 x\n---",
        &[b'\n'; 9_000],
    ] {
        assert!(open(rubbish, &identity).is_err());
    }
}

/// The other way round: the tool of others opens ours, and we what it seals in several pieces.
#[test]
fn age_itself_opens_it() {
    let folder = tempfile::TempDir::new().unwrap();
    let key = folder.path().join("key.txt");
    std::fs::write(&key, KEY).unwrap();
    let identity: Identity = KEY.parse().unwrap();
    let recipient = identity.recipient().unwrap();
    let run = |arguments: &[&str], input: &[u8]| -> Option<Vec<u8>> {
        let mut command = Command::new("age");
        let child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut child) = child else {
            assert!(!testkit::databases::is_builder(), "a builder needs age: apt-get install age");
            eprintln!("*** NOT TRIED WITH AGE: it is not installed (apt-get install age) ***");
            return None;
        };
        let mut to = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writing = std::thread::spawn(move || to.write_all(&input));
        let out = child.wait_with_output().unwrap();
        writing.join().unwrap().unwrap();
        assert!(out.status.success());
        Some(out.stdout)
    };
    for length in [0, PIECE, 2 * PIECE + 9] {
        let Some(opened) = run(&["-d", "-i", key.to_str().unwrap()], &seal(&bytes(length), &recipient))
        else {
            return;
        };
        assert!(opened == bytes(length), "{length}");
        let sealed = run(&["-r", &recipient.to_string()], &bytes(length)).unwrap();
        assert!(open(&sealed, &identity).unwrap() == bytes(length), "{length}");
    }
}
