//! Agreements: texts, who has signed, signing for a child.
use axum::routing::{get, post};
use school::Right;

use super::{Demand, GET, POST, Route, fresh, may, route};
use crate::{guard::LARGEST_FORM, pages::agreements as pages};

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/agreements", fresh(Right::SeeAgreements), || get(pages::get)),
    route(GET, "/agreements.csv", fresh(Right::SeeAgreements), || get(pages::export::get)),
    route(POST, "/agreements/remind", fresh(Right::SeeAgreements), || post(pages::remind)),
    route(GET, "/agreements/person/{id}", fresh(Right::SeeAgreements), || get(pages::person::get)),
    route(POST, "/agreements/person/{id}/paper", fresh(Right::RecordAgreements), || {
        post(pages::person::paper)
    })
    .taking(store::agreements::LARGEST_FORM + LARGEST_FORM),
    route(GET, "/agreements/form/{id}", fresh(Right::RecordAgreements), || get(pages::person::form)),
    route(GET, "/agreements/discussions", fresh(Right::RecordDiscussions), || get(pages::discussions::get)),
    route(POST, "/agreements/discussions", fresh(Right::RecordDiscussions), || {
        post(pages::discussions::post)
    }),
    route(GET, "/agreements/issued", fresh(Right::SeeAgreements), || get(pages::issued::get)),
    route(POST, "/agreements/issued", fresh(Right::RecordAgreements), || post(pages::issued::post)),
    route(GET, "/agreements/texts", may(Right::SeeAgreements), || get(pages::texts::list)),
    route(GET, "/agreements/texts/{audience}", may(Right::SeeAgreements), || get(pages::texts::history)),
    route(GET, "/agreements/publish/{audience}", fresh(Right::ManageAgreements), || get(pages::publish::get)),
    route(POST, "/agreements/publish/{audience}", fresh(Right::ManageAgreements), || {
        post(pages::publish::post)
    }),
    route(GET, "/agreements/read/{audience}/{version}", Demand::SignedIn, || get(pages::read::get)),
    route(GET, "/agreements/mine", Demand::SignedIn, || get(pages::mine::get)),
    route(POST, "/agreements/mine", Demand::SignedIn, || post(pages::mine::post)),
    route(GET, "/children", Demand::SignedIn, || get(pages::children::list)),
    route(GET, "/children/{id}", Demand::SignedIn, || get(pages::children::get)),
    route(POST, "/children/{id}/sign", Demand::SignedIn, || post(pages::children::sign)),
];
