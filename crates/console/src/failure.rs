//! Everything that can go wrong on a page, and the one place that turns it into one.
use std::borrow::Cow;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;
use school::{exceptional::Held, remote::NotEntered};

use crate::components::layout;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("there is no such page")]
    NotFound,
    #[error("the account does not have the right")]
    Forbidden,
    /// The form did not come from one of our own pages, or from an old session.
    #[error("the form was not sent from this console")]
    NotOurForm,
    /// Before someone's time, or after it (ACC-14, ACC-18); with the time in words.
    #[error("outside the time of this account")]
    OutOfTime { over: bool, at: String },
    /// They come in from outside without an approval for it (ACC-22, ACC-23).
    #[error("no remote access: {0}")]
    Outside(NotEntered),
    /// They have signed, and the head or campus lead has not approved it (ACC-19).
    #[error("access is not approved")]
    Held(Held),
    /// In words for the reader.
    #[error("the request cannot be read: {0}")]
    BadRequest(&'static str),
    /// Something has to be done first, at `to`; the form may be sent again after it.
    #[error("something has to be done first")]
    First { to: String, why: &'static str },
    #[error("the store failed")]
    Store(#[from] store::StoreError),
    #[error("the activity log failed")]
    Activity(#[from] store::activity::ActivityError),
    #[error("the page failed: {0}")]
    Broken(&'static str),
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::Forbidden
            | Failure::NotOurForm
            | Failure::OutOfTime { .. }
            | Failure::Outside(_)
            | Failure::Held(_)
            | Failure::First { .. } => StatusCode::FORBIDDEN,
            Failure::BadRequest(_) => StatusCode::BAD_REQUEST,
            Failure::Store(store::StoreError::Stale) => StatusCode::CONFLICT,
            Failure::Store(it) if it.is_clash() => StatusCode::CONFLICT,
            Failure::Store(it) if it.is_away() => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Store(_) | Failure::Activity(_) | Failure::Broken(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Failure::NotFound => "There is nothing here",
            Failure::Forbidden => "Your account cannot open this page",
            Failure::NotOurForm => "That form could not be accepted",
            Failure::OutOfTime { over: true, .. } => "Your access has ended",
            Failure::OutOfTime { over: false, .. } => "Your access has not begun yet",
            Failure::Outside(_) => "Not open to you from outside",
            Failure::Held(Held::Waiting) => "Your access waits for approval",
            Failure::Held(Held::Refused) => "Your access was not approved",
            Failure::BadRequest(_) => "That could not be read",
            Failure::Store(store::StoreError::Stale) => "Somebody else changed this first",
            Failure::First { .. } => "Nothing was changed yet",
            Failure::Store(it) if it.is_clash() => "Two people saved at the same moment",
            Failure::Store(it) if it.is_away() => "The records cannot be reached just now",
            Failure::Store(_) | Failure::Activity(_) | Failure::Broken(_) => {
                "Something went wrong on our side"
            }
        }
    }

    fn advice(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Failure::NotFound => {
                "The address may be mistyped, or what it showed is gone or belongs to another school."
            }
            Failure::Forbidden => {
                "Your role does not include it. If your work needs it, ask the head or the network manager."
            }
            Failure::NotOurForm => {
                "It was sent from another site, or you have signed in again or changed to another school since it was \
                 opened. Nothing was changed. Go back, reload the page and try again."
            }
            Failure::OutOfTime { over: true, at } => {
                return format!(
                    "It ended at {at}. If you need longer, ask the person who invited you, or the office."
                )
                .into();
            }
            Failure::OutOfTime { over: false, at } => {
                return format!("It begins at {at}. If you need it sooner, ask the office.").into();
            }
            Failure::Outside(NotEntered::NoApproval) => {
                "You are coming in from outside the school, and nobody has approved that for you at this time. Ask the \
                 head: an approval says what you need it for, by which way, and until when."
            }
            Failure::Outside(NotEntered::OtherRoute) => {
                "You are coming in from outside the school, but your approval is for another way in. Use the way that \
                 was approved, or ask the head."
            }
            Failure::Held(Held::Waiting) => {
                "You have signed; now the head or the campus lead has to approve it. Ask at the school office."
            }
            Failure::Held(Held::Refused) => {
                "The head or the campus lead has decided against it. If you think that this is a mistake, ask at the \
                 school office."
            }
            Failure::BadRequest(words) => words,
            Failure::Store(store::StoreError::Stale) => {
                "Nothing of yours was changed, and nothing of theirs was lost. Go back, reload the page to see how it \
                 stands now, and try again."
            }
            Failure::First { why, .. } => why,
            Failure::Store(it) if it.is_clash() => {
                "Nothing of yours was kept. Go one page back, where what you typed still stands, and send it again: it \
                 will most likely go through now."
            }
            Failure::Store(it) if it.is_away() => {
                "The database does not answer; it may be starting again. What you sent was not kept: try again in a \
                 minute. Filtering does not depend on it and goes on as it was."
            }
            Failure::Store(_) | Failure::Activity(_) | Failure::Broken(_) => {
                "Filtering does not depend on these pages and goes on as it was. Try again in a minute. If it keeps \
                 happening, the network manager will find the cause in the log of the server."
            }
        })
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = &self as &dyn std::error::Error, "page failed");
        }
        let page = layout::bare(
            self.title(),
            &html! {
                h1.govuk-heading-l { (self.title()) }
                p.govuk-body { (self.advice()) }
                @if matches!(self, Failure::OutOfTime { .. } | Failure::Outside(_)) {
                    p.govuk-body { a.govuk-link href="/sign-in" { "Sign in as someone else" } }
                } @else if let Failure::First { to, .. } = &self {
                    p.govuk-body {
                        "What you typed is not lost: "
                        a.govuk-link href=(to) target="_blank" rel="noopener" { "do that in a new tab" }
                        ", then come back to this one, go one page back and send the form again."
                    }
                } @else {
                    p.govuk-body { a.govuk-link href="/" { "Go to the first page" } }
                }
            },
        );
        (status, page).into_response()
    }
}
