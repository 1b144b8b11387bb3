use gate::Page;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::{body::Answer, caller::Caller, entry::Entry};

/// A page of the desk's as an answer.
pub(crate) fn send(caller: &Caller, page: Page, entry: Option<Box<Entry>>) -> Response<Answer> {
    let mut entry = entry;
    if let Some(entry) = &mut entry {
        entry.status(page.status);
    }
    let mut answer = Response::new(Answer::page(page.body, entry, &caller.pace));
    *answer.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    for (name, value) in page.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    answer
}

/// One line of text for a request that no browser sends.
pub(crate) fn plain(caller: &Caller, status: StatusCode, why: &str) -> Response<Answer> {
    let page = Page {
        status: status.as_u16(),
        content_type: "text/plain; charset=utf-8",
        body: format!("{why}\n").into_bytes(),
        headers: Vec::new(),
    };
    send(caller, page, None)
}
