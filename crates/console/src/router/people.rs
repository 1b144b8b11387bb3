//! People, posts, plans and the access register.
use axum::routing::{get, post};
use school::Right;

use super::{Demand, GET, POST, Route, fresh, route};
use crate::pages::{access, digests, people, placements, plans, posts};

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/people", fresh(Right::SeePeople), || get(people::list::get)),
    route(GET, "/people.csv", fresh(Right::SeePeople), || get(people::export::get)),
    route(GET, "/people/add", fresh(Right::ManagePeople), || get(people::change::add)),
    route(POST, "/people/add", fresh(Right::ManagePeople), || post(people::change::post_add)),
    route(GET, "/people/cards", fresh(Right::ResetPupils), || get(people::cards::get)),
    route(POST, "/people/cards", fresh(Right::ResetPupils), || post(people::cards::post)),
    route(GET, "/people/pictures", fresh(Right::ResetPupils), || get(people::pictures::get)),
    route(POST, "/people/pictures", fresh(Right::ResetPupils), || post(people::pictures::post)),
    route(GET, "/people/shared", fresh(Right::SeePeople), || get(people::shared::get)),
    route(POST, "/people/shared", fresh(Right::ManagePeople), || post(people::shared::post)),
    route(POST, "/people/shared/{id}/adult", fresh(Right::ManagePeople), || post(people::shared::hand_over)),
    route(GET, "/people/{id}", fresh(Right::SeePeople), || get(people::person::get)),
    route(GET, "/people/{id}/change", fresh(Right::ManagePeople), || get(people::change::get)),
    route(POST, "/people/{id}/change", fresh(Right::ManagePeople), || post(people::change::post)),
    route(GET, "/people/{id}/password", fresh(Right::ManagePeople), || get(people::given::get)),
    route(POST, "/people/{id}/password", fresh(Right::ManagePeople), || post(people::given::post)),
    route(POST, "/people/{id}/reset", fresh(Right::ManagePeople), || post(people::act::reset)),
    route(POST, "/people/{id}/kept-by", fresh(Right::ManagePeople), || post(people::act::keep_by)),
    route(POST, "/people/{id}/access", fresh(Right::ManagePeople), || post(people::granted::post)),
    route(POST, "/people/{id}/forget-second", fresh(Right::ManagePeople), || {
        post(people::act::forget_second)
    }),
    route(POST, "/people/{id}/end", fresh(Right::ManagePeople), || post(people::act::end)),
    route(POST, "/people/{id}/back", fresh(Right::ManagePeople), || post(people::act::back)),
    route(GET, "/placements", fresh(Right::SeePeople), || get(placements::get)),
    route(GET, "/placements/add", fresh(Right::ManagePeople), || get(placements::give::get)),
    route(POST, "/placements/add", fresh(Right::ManagePeople), || post(placements::give::post)),
    route(GET, "/placements/{id}", fresh(Right::SeePeople), || get(placements::one::get)),
    route(POST, "/placements/{id}/change", fresh(Right::ManagePeople), || post(placements::one::change)),
    route(POST, "/placements/{id}/end", fresh(Right::ManagePeople), || post(placements::one::end)),
    route(GET, "/access", fresh(Right::SeeAccess), || get(access::get)),
    route(GET, "/access.csv", fresh(Right::SeeAccess), || get(access::csv)),
    route(GET, "/plans", fresh(Right::SeePlans), || get(plans::get)),
    route(GET, "/plans/add", fresh(Right::ManagePlans), || get(plans::make::get)),
    route(POST, "/plans/add", fresh(Right::ManagePlans), || post(plans::make::post)),
    route(GET, "/plans/{id}", fresh(Right::SeePlans), || get(plans::one::get)),
    route(POST, "/plans/{id}/review", fresh(Right::ManagePlans), || post(plans::one::review)),
    route(POST, "/plans/{id}/end", fresh(Right::ManagePlans), || post(plans::one::end)),
    route(GET, "/digests", Demand::SignedIn, || get(digests::all)),
    route(GET, "/digests/{id}", Demand::SignedIn, || get(digests::one)),
    route(GET, "/posts", Demand::SignedIn, || get(posts::get)),
    route(POST, "/posts", fresh(Right::ManagePosts), || post(posts::appoint)),
    route(POST, "/posts/{id}/end", fresh(Right::ManagePosts), || post(posts::end)),
    route(GET, "/set-password/{token}", Demand::Nothing, || get(people::link::get)),
    route(POST, "/set-password/{token}", Demand::Nothing, || post(people::link::post)),
];
