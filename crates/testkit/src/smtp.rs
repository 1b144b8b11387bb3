//! A mail server of one's own for tests (RFC 5321, as much as a sender needs).
use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub from: String,
    pub to: Vec<String>,
    /// Head and body as sent, lines ended by `\n`, dots unstuffed.
    pub text: String,
}

/// Listens on the loopback address from `open` until the test process ends.
#[derive(Debug)]
pub struct Mailbox {
    port: u16,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    letters: Mutex<Vec<Letter>>,
    /// How many of the next letters are turned away for now (451).
    busy: AtomicU32,
}

impl Mailbox {
    /// # Panics
    /// Where the loopback address cannot be listened on.
    pub fn open() -> Mailbox {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback can be listened on");
        let port = listener.local_addr().expect("it is bound").port();
        let inner = Arc::new(Inner::default());
        let shared = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || {
                    // A sender that hangs up has said all it wanted.
                    let _ = shared.converse(&stream);
                });
            }
        });
        Mailbox { port, inner }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Turns the next `letters` away with "try again later".
    pub fn be_busy(&self, letters: u32) {
        self.inner.busy.store(letters, Ordering::Relaxed);
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.inner.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Inner {
    fn converse(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut out = stream.try_clone()?;
        let mut lines = BufReader::new(stream).lines();
        let mut letter = Letter { from: String::new(), to: Vec::new(), text: String::new() };
        out.write_all(b"220 mail.test ready\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let answer = match verb.as_str() {
                "EHLO" | "HELO" => "250 mail.test",
                "MAIL" => {
                    letter = Letter { from: address(&line), to: Vec::new(), text: String::new() };
                    "250 ok"
                }
                "RCPT" if self.turns_away() => "451 busy, try again later",
                "RCPT" => {
                    letter.to.push(address(&line));
                    "250 ok"
                }
                "DATA" => {
                    out.write_all(b"354 go on\r\n")?;
                    while let Some(line) = lines.next().transpose()?.filter(|it| it != ".") {
                        letter.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                        letter.text.push('\n');
                    }
                    self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter.clone());
                    "250 taken"
                }
                "RSET" | "NOOP" => "250 ok",
                "QUIT" => {
                    out.write_all(b"221 bye\r\n")?;
                    return Ok(());
                }
                _ => "502 not here",
            };
            out.write_all(format!("{answer}\r\n").as_bytes())?;
        }
        Ok(())
    }

    fn turns_away(&self) -> bool {
        let one_less = |it: u32| it.checked_sub(1);
        self.busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}
