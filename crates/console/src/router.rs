//! Every page there is, with what it demands of who opens it. The tests that refuse walk these tables.
mod agreements;
mod first;
mod guests;
mod people;
mod records;
mod roster;
mod settings;
mod sign_in;
mod trust;

use std::time::Duration;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Method, StatusCode},
    middleware::from_fn_with_state,
    response::IntoResponse,
    routing::MethodRouter,
};
use school::Right;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
    csrf::CsrfLayer,
    limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
};

use crate::{
    Console,
    failure::Failure,
    guard::{LARGEST_FORM, guard},
    headers,
};

/// One method of one address.
pub(crate) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests that walk the table"))]
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) demand: Demand,
    page: fn() -> MethodRouter<Console>,
    /// Bytes of what is sent to it, at most.
    largest: usize,
}

impl Route {
    /// For what is uploaded.
    const fn taking(mut self, bytes: usize) -> Route {
        self.largest = bytes;
        self
    }
}

/// What must hold before a page is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Open to all.
    Nothing,
    SignedIn,
    Right(Right),
    /// The right, and a second credential shown a short while ago (ACC-07): whatever names a person or changes something.
    Fresh(Right),
}

impl Demand {
    pub(crate) fn right(self) -> Option<Right> {
        match self {
            Demand::Nothing | Demand::SignedIn => None,
            Demand::Right(right) | Demand::Fresh(right) => Some(right),
        }
    }
}

/// Longer than any page should take.
const TIME: Duration = Duration::from_secs(30);

/// By area, each a file: the routes of one part of the work, with what each demands.
pub(crate) static AREAS: &[&[Route]] = &[
    first::ROUTES,
    sign_in::ROUTES,
    people::ROUTES,
    roster::ROUTES,
    agreements::ROUTES,
    guests::ROUTES,
    settings::ROUTES,
    trust::ROUTES,
    records::ROUTES,
];

pub(crate) fn routes() -> impl Iterator<Item = &'static Route> {
    AREAS.iter().copied().flatten()
}

const GET: Method = Method::GET;
const POST: Method = Method::POST;

const fn may(right: Right) -> Demand {
    Demand::Right(right)
}

/// For whatever names a person or changes something.
const fn fresh(right: Right) -> Demand {
    Demand::Fresh(right)
}

const fn route(
    method: Method,
    path: &'static str,
    demand: Demand,
    page: fn() -> MethodRouter<Console>,
) -> Route {
    Route { method, path, demand, page, largest: LARGEST_FORM }
}

/// The whole console. Serve it with the address of the client as `ConnectInfo<SocketAddr>`, so that guessing can be
/// slowed down by address too.
pub fn router(console: Console) -> Router {
    let routes = routes().fold(Router::new(), |router, route| {
        let guard = from_fn_with_state((console.clone(), route.demand), guard);
        let page = (route.page)().route_layer(guard).route_layer(RequestBodyLimitLayer::new(route.largest));
        router.route(route.path, page.route_layer(DefaultBodyLimit::max(route.largest)))
    });
    routes
        .fallback(|| async { Failure::NotFound })
        .method_not_allowed_fallback(|| async { Failure::NotFound })
        .layer(CsrfLayer::new().with_rejection_response(|_| Failure::NotOurForm.into_response()))
        .layer(CatchPanicLayer::custom(|_| Failure::Broken("a page panicked").into_response()))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME))
        .layer(from_fn_with_state(console.clone(), headers::add))
        // Never pages: they hold a secret (the form token) beside what others may choose (a query), which compression
        // would give away letter by letter (BREACH).
        .layer(
            CompressionLayer::new()
                .compress_when(DefaultPredicate::new().and(NotForContentType::new("text/html"))),
        )
        .with_state(console)
}
