//! Every page there is, with what it demands of who opens it. The tests that refuse walk this table.
use std::time::Duration;

use axum::{
    Router,
    http::{Method, StatusCode},
    middleware::from_fn_with_state,
    response::IntoResponse,
    routing::{MethodRouter, get, post},
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
    Console, assets,
    failure::Failure,
    guard::{LARGEST_FORM, guard},
    headers, pages,
};

/// One method of one address.
pub(crate) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests that walk the table"))]
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) demand: Demand,
    page: fn() -> MethodRouter<Console>,
}

/// What must hold before a page is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Open to all.
    Nothing,
    SignedIn,
    Right(Right),
}

/// Longer than any page should take.
const TIME: Duration = Duration::from_secs(30);

pub(crate) static ROUTES: &[Route] = {
    use Demand::{Nothing, SignedIn};
    const fn may(right: Right) -> Demand {
        Demand::Right(right)
    }
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const fn route(
        method: Method,
        path: &'static str,
        demand: Demand,
        page: fn() -> MethodRouter<Console>,
    ) -> Route {
        Route { method, path, demand, page }
    }
    &[
        route(GET, "/static/{hash}/{name}", Nothing, || get(assets::get)),
        route(GET, "/sign-in", Nothing, || get(pages::sign_in::get)),
        route(POST, "/sign-in", Nothing, || post(pages::sign_in::post)),
        route(GET, "/set-up/{token}", Nothing, || get(pages::set_up::get)),
        route(POST, "/set-up/{token}", Nothing, || post(pages::set_up::post)),
        route(GET, "/", SignedIn, || get(pages::account::first)),
        route(GET, "/account", SignedIn, || get(pages::account::get)),
        route(POST, "/sign-out", SignedIn, || post(pages::account::sign_out)),
        route(GET, "/today", may(Right::SeeToday), || get(pages::today::get)),
        route(GET, "/activity", may(Right::SeeActivity), || get(pages::activity::get)),
        route(GET, "/activity.csv", may(Right::SeeActivity), || get(pages::activity_export::get)),
        route(GET, "/explain", may(Right::ExplainDecisions), || get(pages::explain::get)),
        route(GET, "/lists", may(Right::SeeLists), || get(pages::lists::get)),
        route(POST, "/lists/check", may(Right::ManageLists), || post(pages::lists::check)),
        route(GET, "/profiles", may(Right::SeeRules), || get(pages::profiles::get)),
        route(GET, "/profiles/text", may(Right::SeeRules), || get(pages::profiles_text::get)),
        route(GET, "/profiles/text/{version}", may(Right::SeeRules), || get(pages::profiles_text::export)),
        route(GET, "/profiles/versions", may(Right::SeeRules), || get(pages::profiles_versions::get)),
        route(GET, "/profiles/change", may(Right::ManageRules), || get(pages::profiles_change::get)),
        route(POST, "/profiles/change", may(Right::ManageRules), || post(pages::profiles_change::post)),
        route(GET, "/concerns", may(Right::SeeConcerns), || get(pages::concerns::get)),
        route(GET, "/concerns/{id}", may(Right::SeeConcerns), || get(pages::concern::get)),
        route(POST, "/concerns/{id}/seen", may(Right::SeeConcerns), || post(pages::concern::seen)),
        route(POST, "/concerns/{id}/close", may(Right::SeeConcerns), || post(pages::concern::close)),
        route(GET, "/audit", may(Right::SeeAudit), || get(pages::audit::get)),
    ]
};

/// The whole console. Serve it with the address of the client as `ConnectInfo<SocketAddr>`, so that guessing can be
/// slowed down by address too.
pub fn router(console: Console) -> Router {
    let routes = ROUTES.iter().fold(Router::new(), |router, route| {
        let guard = from_fn_with_state((console.clone(), route.demand), guard);
        router.route(route.path, (route.page)().route_layer(guard))
    });
    routes
        .fallback(|| async { Failure::NotFound })
        .method_not_allowed_fallback(|| async { Failure::NotFound })
        .layer(CsrfLayer::new().with_rejection_response(|_| Failure::NotOurForm.into_response()))
        .layer(RequestBodyLimitLayer::new(LARGEST_FORM))
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
