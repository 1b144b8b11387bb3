//! Guests, contractors, community users and remote access.
use axum::routing::{get, post};
use school::Right;

use super::{GET, POST, Route, may, route};
use crate::pages;

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/guests", may(Right::SeeGuests), || get(pages::guests::get)),
    route(GET, "/guests.csv", may(Right::SeeGuests), || get(pages::guests::export)),
    route(GET, "/guests/new", may(Right::SponsorGuests), || get(pages::guests::new::get)),
    route(POST, "/guests", may(Right::SponsorGuests), || post(pages::guests::new::post)),
    route(GET, "/guests/community", may(Right::SeeGuests), || get(pages::guests::community::get)),
    route(POST, "/guests/community", may(Right::SponsorGuests), || post(pages::guests::community::post)),
    route(GET, "/guests/cases", may(Right::SeeGuests), || get(pages::guests::cases::get)),
    route(POST, "/guests/cases", may(Right::ApproveGuests), || post(pages::guests::cases::post)),
    route(GET, "/guests/{id}", may(Right::SeeGuests), || get(pages::guests::one::get)),
    route(POST, "/guests/{id}/approve", may(Right::ApproveGuests), || post(pages::guests::act::approve)),
    route(POST, "/guests/{id}/refuse", may(Right::ApproveGuests), || post(pages::guests::act::refuse)),
    route(POST, "/guests/{id}/admit", may(Right::SponsorGuests), || post(pages::guests::slip::admit)),
    route(POST, "/guests/{id}/slip", may(Right::SponsorGuests), || {
        post(pages::guests::slip::again_with_a_new_code)
    }),
    route(POST, "/guests/{id}/extend", may(Right::SponsorGuests), || post(pages::guests::act::extend)),
    route(POST, "/guests/{id}/end", may(Right::SponsorGuests), || post(pages::guests::act::end)),
    route(GET, "/remote", may(Right::SeeAccess), || get(pages::remote::get)),
    route(POST, "/remote", may(Right::ApproveRemote), || post(pages::remote::post)),
    route(POST, "/remote/{id}/end", may(Right::ApproveRemote), || post(pages::remote::end)),
];
