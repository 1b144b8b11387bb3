use std::pin::{Pin, pin};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::{Fetch, Parent, host, is_secure, uri};
use crate::health::told;

/// Of an answer that is kept in memory.
const MOST: usize = 1 << 20;

/// Why a question to a service got no answer, in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(pub(crate) String);

impl Fetch {
    /// One question, one answer, both small. Follows no redirect: what is asked of one service is told to no other.
    /// Sets no time limit of its own.
    ///
    /// # Errors
    /// [`Unanswered`], when there is no answer of HTTP at all; whatever status it has, an answer is an answer.
    pub(crate) async fn send(&self, asked: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unanswered> {
        let (mut head, body) = asked.into_parts();
        let at = uri(&head.uri.to_string()).map_err(Unanswered)?;
        let stream = self.connect(&at).await.map_err(Unanswered)?;
        let unanswered = |err: hyper::Error| Unanswered(format!("{}: {}", host(&at), told(&err)));
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unanswered)?;

        let through_parent = self.parent.is_some() && !is_secure(&at);
        if !through_parent {
            let path = at.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
            head.uri = path.parse().map_err(|_| Unanswered("it is no address".to_owned()))?;
        } else if let Some(login) = self.parent.as_ref().and_then(Parent::login) {
            let login = HeaderValue::try_from(login).map_err(|err| Unanswered(told(&err)))?;
            head.headers.insert(header::PROXY_AUTHORIZATION, login);
        }
        let authority = at.authority().map_or("", http::uri::Authority::as_str);
        let authority = HeaderValue::try_from(authority).map_err(|err| Unanswered(told(&err)))?;
        head.headers.insert(header::HOST, authority);
        head.headers.insert(header::USER_AGENT, HeaderValue::from_static("Schoolgate"));
        head.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        let request = Request::from_parts(head, Full::new(Bytes::from(body)));

        let work = async {
            let (head, body) = sender.send_request(request).await.map_err(unanswered)?.into_parts();
            let body = Limited::new(body, MOST).collect().await;
            let body = body.map_err(|err| Unanswered(format!("{}: {}", host(&at), told(&*err))))?;
            Ok(Response::from_parts(head, body.to_bytes().to_vec()))
        };
        let mut work = pin!(work);
        tokio::select! {
            answer = &mut work => answer,
            // The other side has closed; what it said before that is still to be read.
            _ = connection => work.await,
        }
    }
}

impl<'c> openidconnect::AsyncHttpClient<'c> for Fetch {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, Unanswered>> + Send + 'c>>;
    fn call(&'c self, asked: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(asked))
    }
}
