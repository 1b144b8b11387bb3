//! A browser without a window: asks through a proxy, over every way that browsers use.
use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri, Version};
use http_body_util::{BodyExt, Full};
use hyper::{
    client::conn::{http1, http2},
    rt::Executor,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Someone at a device.
#[derive(Debug, Clone)]
pub struct Asker {
    pub proxy: SocketAddr,
    /// The school's certificate, which the device trusts, and nothing else.
    pub trusts: CertificateDer<'static>,
    /// Offers HTTP/2.
    pub h2: bool,
    /// Sent with every request and CONNECT to the proxy, in lower case.
    pub headers: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub version: Version,
    pub headers: HeaderMap,
    pub trailers: Option<HeaderMap>,
    pub body: Bytes,
    /// Whether the body came to its proper end.
    pub whole: bool,
    /// The certificate that the other side of TLS showed.
    pub certificate: Option<CertificateDer<'static>>,
}

#[derive(Debug, thiserror::Error)]
pub enum NotGot {
    #[error("the connection failed")]
    Io(#[from] std::io::Error),
    #[error("the answer is not HTTP")]
    Http(#[from] hyper::Error),
    #[error("CONNECT was answered {0}")]
    Refused(u16),
}

impl Asker {
    pub fn new(proxy: SocketAddr, trusts: CertificateDer<'static>) -> Asker {
        Asker { proxy, trusts, h2: false, headers: Vec::new() }
    }

    /// # Errors
    /// [`NotGot`].
    pub async fn get(&self, url: &str) -> Result<Got, NotGot> {
        self.ask(Method::GET, url, "").await
    }

    /// Over `http:` in absolute form; over `https:` through a tunnel.
    ///
    /// # Errors
    /// [`NotGot`].
    pub async fn ask(&self, method: Method, url: &str, body: impl Into<Bytes>) -> Result<Got, NotGot> {
        let uri: Uri = url.parse().expect("a test asks for an address");
        let authority = uri.authority().expect("with a host").to_string();
        let mut request = Request::builder().method(method).header("host", &authority);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = Full::new(body.into());
        if uri.scheme_str() == Some("http") {
            let request = request.uri(uri).body(body).expect("a sound request");
            return one(TcpStream::connect(self.proxy).await?, request).await;
        }
        let host = uri.host().expect("a host");
        let stream = self.secure(&format!("{host}:{}", uri.port_u16().unwrap_or(443)), host).await?;
        let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first).cloned();
        let mut got = if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            let mut request = request.uri(uri).body(body).expect("a sound request");
            request.headers_mut().remove("host");
            two(stream, request).await?
        } else {
            let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
            one(stream, request.uri(path).body(body).expect("a sound request")).await?
        };
        got.certificate = certificate.map(CertificateDer::into_owned);
        Ok(got)
    }

    /// TLS inside a tunnel to `place` (`host:port`), with this name in the hello.
    ///
    /// # Errors
    /// [`NotGot`].
    pub async fn secure(&self, place: &str, name: &str) -> Result<TlsStream<TcpStream>, NotGot> {
        let tcp = self.tunnel(place).await?;
        let name = ServerName::try_from(name.trim_matches(['[', ']']).to_owned()).expect("a server name");
        Ok(TlsConnector::from(self.tls()).connect(name, tcp).await?)
    }

    /// As this device's TLS is set.
    pub fn tls(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusts.clone()).expect("a sound root");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols =
            if self.h2 { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
        Arc::new(config)
    }

    /// A granted `CONNECT`.
    ///
    /// # Errors
    /// [`NotGot::Refused`] with the proxy's status.
    pub async fn tunnel(&self, place: &str) -> Result<TcpStream, NotGot> {
        let mut tcp = TcpStream::connect(self.proxy).await?;
        let mut head = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n");
        for (name, value) in &self.headers {
            head = head + name + ": " + value + "\r\n";
        }
        tcp.write_all((head + "\r\n").as_bytes()).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(tcp.read_u8().await?);
        }
        let status = String::from_utf8_lossy(&answer).get(9..12).and_then(|it| it.parse().ok()).unwrap_or(0);
        if status == 200 { Ok(tcp) } else { Err(NotGot::Refused(status)) }
    }

    /// Sends these bytes to the proxy and reads until it hangs up.
    ///
    /// # Errors
    /// The connection failed.
    pub async fn say(&self, bytes: &[u8]) -> std::io::Result<String> {
        let mut tcp = TcpStream::connect(self.proxy).await?;
        tcp.write_all(bytes).await?;
        let mut answer = Vec::new();
        tcp.read_to_end(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

async fn one<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Got, NotGot>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut send, connection) = http1::handshake(TokioIo::new(stream)).await?;
    TokioExecutor::new().execute(async move {
        let _ = connection.await;
    });
    collect(send.send_request(request).await?).await
}

async fn two<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Got, NotGot>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut send, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    TokioExecutor::new().execute(async move {
        let _ = connection.await;
    });
    collect(send.send_request(request).await?).await
}

async fn collect(answer: http::Response<hyper::body::Incoming>) -> Result<Got, NotGot> {
    let (head, mut incoming) = answer.into_parts();
    let (mut body, mut trailers, mut whole) = (Vec::new(), None, true);
    while let Some(frame) = incoming.frame().await {
        match frame.map(hyper::body::Frame::into_data) {
            Ok(Ok(data)) => body.extend_from_slice(&data),
            Ok(Err(frame)) => trailers = frame.into_trailers().ok(),
            Err(_) => {
                whole = false;
                break;
            }
        }
    }
    let body = body.into();
    Ok(Got {
        status: head.status.as_u16(),
        version: head.version,
        headers: head.headers,
        trailers,
        body,
        whole,
        certificate: None,
    })
}

impl Got {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
