//! Guests, contractors, community users and remote access.
use axum::routing::{get, post};
use school::Right;

use super::{GET, POST, Route, fresh, may, route};
use crate::pages;

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/guests", fresh(Right::SeeGuests), || get(pages::guests::get)),
    route(GET, "/guests.csv", fresh(Right::SeeGuests), || get(pages::guests::export)),
    route(GET, "/guests/new", fresh(Right::SponsorGuests), || get(pages::guests::new::get)),
    route(POST, "/guests", fresh(Right::SponsorGuests), || post(pages::guests::new::post)),
    route(GET, "/guests/community", fresh(Right::SeeGuests), || get(pages::guests::community::get)),
    route(POST, "/guests/community", fresh(Right::SponsorGuests), || post(pages::guests::community::post)),
    route(GET, "/guests/cases", fresh(Right::SeeGuests), || get(pages::guests::cases::get)),
    route(POST, "/guests/cases", fresh(Right::ApproveGuests), || post(pages::guests::cases::post)),
    route(GET, "/guests/{id}", fresh(Right::SeeGuests), || get(pages::guests::one::get)),
    route(POST, "/guests/{id}/approve", fresh(Right::ApproveGuests), || post(pages::guests::act::approve)),
    route(POST, "/guests/{id}/refuse", may(Right::ApproveGuests), || post(pages::guests::act::refuse)),
    route(POST, "/guests/{id}/admit", fresh(Right::SponsorGuests), || post(pages::guests::slip::admit)),
    route(POST, "/guests/{id}/slip", fresh(Right::SponsorGuests), || {
        post(pages::guests::slip::again_with_a_new_code)
    }),
    route(POST, "/guests/{id}/extend", fresh(Right::SponsorGuests), || post(pages::guests::act::extend)),
    route(POST, "/guests/{id}/end", may(Right::SponsorGuests), || post(pages::guests::act::end)),
    route(GET, "/remote", fresh(Right::SeeAccess), || get(pages::remote::get)),
    route(POST, "/remote", fresh(Right::ApproveRemote), || post(pages::remote::post)),
    route(POST, "/remote/{id}/end", may(Right::ApproveRemote), || post(pages::remote::end)),
];
