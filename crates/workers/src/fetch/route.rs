use std::{io, pin::Pin};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::Uri;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{Fetch, is_secure};
use crate::health::told;

/// The proxy that everything to the internet goes through.
#[derive(Clone)]
pub struct Parent {
    pub host: String,
    pub port: u16,
    /// Username and password.
    pub credentials: Option<(String, String)>,
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The head of a proxy's answer to CONNECT.
const LONGEST_HEAD: usize = 16 * 1024;

impl Fetch {
    pub(super) async fn connect(&self, at: &Uri) -> Result<Pin<Box<dyn Stream>>, String> {
        let host = at.host().unwrap_or_default().trim_matches(['[', ']']);
        let port = at.port_u16().unwrap_or(if is_secure(at) { 443 } else { 80 });
        let unreached = |to: &str, err: io::Error| format!("{to} cannot be reached: {err}");
        let tcp = match &self.parent {
            None => TcpStream::connect((host, port)).await.map_err(|err| unreached(host, err))?,
            Some(parent) => {
                let tcp = TcpStream::connect((parent.host.as_str(), parent.port)).await;
                let mut tcp = tcp.map_err(|err| unreached(&parent.host, err))?;
                if is_secure(at) {
                    let opened = parent.open(&mut tcp, at.host().unwrap_or_default(), port).await;
                    opened.map_err(|err| unreached(&parent.host, err))?;
                }
                tcp
            }
        };
        if !is_secure(at) {
            return Ok(Box::pin(tcp));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|err| told(&err))?;
        let tls = TlsConnector::from(self.tls.clone()).connect(name, tcp).await;
        let tls = tls.map_err(|err| format!("no safe connection to {host}: {err}"))?;
        Ok(Box::pin(tls))
    }
}

impl Parent {
    pub(super) fn login(&self) -> Option<String> {
        let (username, password) = self.credentials.as_ref()?;
        Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{username}:{password}"))))
    }

    /// A tunnel through the proxy.
    async fn open(&self, tcp: &mut TcpStream, host: &str, port: u16) -> io::Result<()> {
        let login = self.login().map(|it| format!("Proxy-Authorization: {it}\r\n")).unwrap_or_default();
        let ask = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{login}\r\n");
        tcp.write_all(ask.as_bytes()).await?;
        // Byte by byte: what follows the head is the site's.
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if LONGEST_HEAD < head.len() {
                return Err(io::Error::other("the proxy's answer is too long"));
            }
            head.push(tcp.read_u8().await?);
        }
        let status = head.split(|it| *it == b' ').nth(1).unwrap_or_default();
        if status.starts_with(b"2") {
            return Ok(());
        }
        Err(io::Error::other(format!("the proxy says {}", String::from_utf8_lossy(status))))
    }
}
