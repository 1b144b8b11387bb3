//! What each form does.
use std::sync::Arc;

use agreements::{Agreement, Level, Missing, Reading};
use jiff::Timestamp;
use policy::Target;
use school::{Choice, settings::TWO_PLACES};

use super::{
    Visit,
    form::{Fields, encode, safe_back},
    to,
    tokens::Form,
};
use crate::{
    Page, Report, Who,
    desk::Desk,
    pages::{
        Frame, Sheet, agree, held, home, password,
        report::{self, LONGEST, NO_FILES},
        sign_in,
    },
    who::refused,
};

impl Desk {
    pub(super) fn sign_in_form(
        &self,
        frame: &Frame<'_>,
        visit: &Visit<'_>,
        back: &str,
        wrong: Option<(sign_in::Wrong, &str)>,
    ) -> Page {
        if !visit.secure {
            return to(&format!(
                "https://{}/sign-in?back={}",
                frame.snapshot.settings.gate_name,
                encode(back)
            ));
        }
        let back = safe_back(back, &frame.snapshot.settings.gate_name).unwrap_or_default();
        let token = self.token(Form::SignIn, visit);
        let (wrong, username) = wrong.map_or((None, ""), |(wrong, username)| (Some(wrong), username));
        frame.bind(sign_in::form(frame, &sign_in::Form { username, back, token: &token, wrong }))
    }

    pub(super) async fn sign_in(&self, frame: &Frame<'_>, visit: &Visit<'_>, form: &Fields) -> Page {
        let (username, password, back) =
            (form.get("username").trim(), form.get("password"), form.get("back"));
        let again = |wrong| self.sign_in_form(frame, visit, back, Some((wrong, username)));
        if !visit.secure || !self.is_ours(Form::SignIn, visit, form.get("token")) {
            return again(sign_in::Wrong::Stale);
        }
        if username.is_empty() || password.is_empty() {
            return again(sign_in::Wrong::Empty);
        }
        let (snapshot, device, now) = (frame.snapshot, visit.device, visit.now);
        match self.credentials.check(snapshot, device, username, password, now).await {
            Ok(known) => self.let_in(frame, visit, known, back),
            Err(refusal) => {
                refused(snapshot, &self.errands, device, username, refusal, now);
                again(sign_in::Wrong::Refused(refusal))
            }
        }
    }

    /// Whoever has shown who they are, in whichever way: the device is theirs from now on.
    pub(super) fn let_in(
        &self,
        frame: &Frame<'_>,
        visit: &Visit<'_>,
        known: Arc<crate::Known>,
        back: &str,
    ) -> Page {
        let (snapshot, device, now) = (frame.snapshot, visit.device, visit.now);
        // ACC-04: one login is one person's, on one device, where the school says so.
        if snapshot.chosen.text(&TWO_PLACES) == "refuse"
            && !snapshot.people.is_shared(known.person.id)
            && let Some(until) = self.bindings.elsewhere(&known, device, now)
        {
            let name = known.person.username.as_str();
            let what = "refused: signed in on another device";
            self.errands.sign_in(Some(known.person.id), name, device, what, now);
            return self.sign_in_form(frame, visit, back, Some((sign_in::Wrong::Twice(until), name)));
        }
        if self.bindings.who(device, now).is_some_and(|it| it != known.person.id) {
            // PWD-08: whoever left the device open is signed out, and it is noted that they did.
            self.leave(frame, visit, "left signed in");
        }
        let lasts = snapshot.session(&known);
        self.bindings.bind(device, &known, now + lasts, now);
        self.errands.sign_in(Some(known.person.id), known.person.username.as_str(), device, "signed in", now);
        let back = safe_back(back, &snapshot.settings.gate_name);
        if known.has_to_change(now) {
            return to(&with_back("/password", back));
        }
        if known.missing.iter().any(|it| it.at(now, Some(now)).is_some()) {
            return to(&agree_link(back));
        }
        let (name, held) = (known.person.name.to_string(), known.held);
        let who = Who::Known(known);
        let frame = Frame { who: &who, ..*frame };
        if let Some(held) = held {
            return frame.bind(held::page(&frame, held));
        }
        frame.bind(sign_in::done(&frame, &name, back))
    }

    /// What somebody is shown whose password has to be changed before anything else opens (PWD-03).
    pub(super) fn password(frame: &Frame<'_>, visit: &Visit<'_>, back: &str) -> Page {
        let back = safe_back(back, &frame.snapshot.settings.gate_name);
        match visit.who {
            Who::Known(known) if known.has_to_change(visit.now) => frame.bind(password::page(frame, back)),
            Who::Known(known) => frame.bind(sign_in::done(frame, known.person.name.as_str(), back)),
            Who::Nobody => to(&sign_in_link(back)),
        }
    }

    pub(super) fn sign_out_form(&self, frame: &Frame<'_>, visit: &Visit<'_>) -> Sheet {
        home::page(frame, self.signed_in_until(visit), &self.token(Form::SignOut, visit))
    }

    /// When the sign-in on this device ends: at its time, or with the person's own time at the school.
    pub(super) fn signed_in_until(&self, visit: &Visit<'_>) -> Option<Timestamp> {
        let until = self.bindings.until(visit.device, visit.now)?;
        let stay = if let Who::Known(known) = visit.who { known.person.stay.until } else { None };
        Some(stay.map_or(until, |it| it.min(until)))
    }

    pub(super) fn sign_out(&self, frame: &Frame<'_>, visit: &Visit<'_>, form: &Fields) -> Page {
        if !self.is_ours(Form::SignOut, visit, form.get("token")) {
            return frame.bind(self.sign_out_form(frame, visit));
        }
        self.leave(frame, visit, "signed out");
        let frame = Frame { who: &Who::Nobody, ..*frame };
        frame.bind(sign_in::out(&frame, false))
    }

    fn leave(&self, frame: &Frame<'_>, visit: &Visit<'_>, what: &'static str) {
        if let Some(person) = self.bindings.release(visit.device) {
            let name = frame.snapshot.people.get(person).map_or("", |it| it.person.username.as_str());
            self.errands.sign_in(Some(person), name, visit.device, what, visit.now);
        }
    }

    /// `reading`: the code of the wording that was asked for; else the one that suits the person.
    pub(super) fn agree_form(
        &self,
        frame: &Frame<'_>,
        visit: &Visit<'_>,
        back: &str,
        reading: &str,
        wrong: Option<&str>,
    ) -> Page {
        let back = safe_back(back, &frame.snapshot.settings.gate_name);
        let Who::Known(known) = visit.who else { return to(&sign_in_link(back)) };
        let missing: Vec<Missing> = known.missing_at(visit.now).collect();
        let theirs = || missing.iter().filter(|it| it.what.is_theirs()).filter_map(|it| in_force(frame, *it));
        let Some(agreement) = theirs().next() else {
            return match missing.first() {
                Some(it) => frame.bind(agree::waiting(frame, known, it.what)),
                None => match known.held {
                    Some(held) => frame.bind(held::page(frame, held)),
                    None => frame.bind(sign_in::done(frame, known.person.name.as_str(), back)),
                },
            };
        };
        let level = Level::from_code(reading);
        let shown = level.map_or_else(|| agreement.suited(&known.person), |it| agreement.reading(it));
        let token = self.token(Form::Agree, visit);
        let form = agree::Form {
            agreement,
            shown,
            left: theirs().count() - 1,
            back: back.unwrap_or_default(),
            token: &token,
            wrong,
        };
        frame.bind(agree::page(frame, &form))
    }

    /// Accepting signs the very text that was shown; declining signs out (AUP-07, AUP-08).
    pub(super) async fn agree(&self, frame: &Frame<'_>, visit: &Visit<'_>, form: &Fields) -> Page {
        let (back, reading) = (form.get("back"), form.get("reading"));
        let Who::Known(known) = visit.who else {
            return to(&sign_in_link(safe_back(back, &frame.snapshot.settings.gate_name)));
        };
        if !self.is_ours(Form::Agree, visit, form.get("token")) {
            let wrong = "This page was open for a long time. Please answer again.";
            return self.agree_form(frame, visit, back, reading, Some(wrong));
        }
        if form.get("answer") == "decline" {
            self.errands.sign_in(
                Some(known.person.id),
                known.person.username.as_str(),
                visit.device,
                "declined the agreement",
                visit.now,
            );
            self.leave(frame, visit, "signed out");
            let frame = Frame { who: &Who::Nobody, ..*frame };
            return frame.bind(sign_in::out(&frame, true));
        }
        let missing = known.missing_at(visit.now).filter(|it| it.what.is_theirs());
        let shown = missing.filter_map(|it| in_force(frame, it)).find_map(|it| {
            let is_shown = |reading: &&Reading| reading.hash().to_string() == form.get("text");
            (it.id.to_string() == form.get("agreement"))
                .then(|| it.readings().iter().find(is_shown).map(|reading| (it.id, reading.hash())))
                .flatten()
        });
        let (Some((agreement, hash)), "accept") = (shown, form.get("answer")) else {
            // Signed in another window meanwhile, or the text has changed since: what is missing now is shown.
            return self.agree_form(frame, visit, back, reading, None);
        };
        let signed = self.errands.sign(known.person.id, agreement, hash, visit.now).await;
        if signed.is_err() {
            let wrong = "Your answer could not be kept just now. Please press the button again in a minute.";
            return self.agree_form(frame, visit, back, reading, Some(wrong));
        }
        // By now a newer snapshot knows of the signature; the next request, and this link, are judged by it.
        to(&agree_link(safe_back(back, &frame.snapshot.settings.gate_name)))
    }

    pub(super) fn report_form(&self, frame: &Frame<'_>, visit: &Visit<'_>, about: &str) -> Sheet {
        let token = self.token(Form::Report, visit);
        let about_site = (!about.is_empty()).then_some(true);
        report::form(frame, &report::Form { place: about, about_site, token: &token, ..Default::default() })
    }

    pub(super) async fn report(&self, frame: &Frame<'_>, visit: &Visit<'_>, form: &Fields) -> Page {
        // REP-12: how a multipart body begins (RFC 2046, 5.1.1), which alone carries files; our form never does.
        if visit.form.starts_with(b"--") {
            return frame.bind(home::refused(frame, 415, NO_FILES));
        }
        let (words, place) = (form.get("words").trim(), form.get("place").trim());
        let about = form.get("about").trim();
        let about_site = match form.get("kind") {
            "site" => Some(true),
            "person" => Some(false),
            _ => None,
        };
        let nameless = form.get("nameless") == "yes" && frame.snapshot.settings.anonymous_reports;
        let token = self.token(Form::Report, visit);
        let again = |wrong| {
            let form =
                report::Form { words, place, about, about_site, nameless, token: &token, wrong: Some(wrong) };
            frame.bind(report::form(frame, &form))
        };
        let Some(about_site) = about_site else { return again(report::Wrong::NoKind) };
        match words.chars().count() {
            0 => return again(report::Wrong::Empty),
            length if LONGEST < length => return again(report::Wrong::TooLong),
            _ if !self.is_ours(Form::Report, visit, form.get("token")) => return again(report::Wrong::Stale),
            _ => {}
        }
        let report = Report {
            person: visit.who.id().filter(|_| !nameless),
            words: words.to_owned(),
            place: (!place.is_empty()).then(|| place.chars().take(2_000).collect()),
            about: (!about.is_empty()).then(|| about.chars().take(200).collect()),
            about_site,
            at: visit.now,
        };
        match self.errands.report(report).await {
            Ok(()) => frame.bind(report::thanks(frame)),
            Err(_) => again(report::Wrong::NotTaken),
        }
    }

    pub(super) fn go_on(&self, frame: &Frame<'_>, visit: &Visit<'_>, form: &Fields) -> Page {
        let back = safe_back(form.get("to"), &frame.snapshot.settings.gate_name);
        let target = back.and_then(|it| Target::parse(it).ok());
        let (Some(back), Some(target)) = (back, target) else {
            return frame.bind(home::refused(frame, 422, "That address cannot be opened from here."));
        };
        if !self.is_go_on(visit, &target, form.get("token")) {
            let words = "That page was open for a long time. Open the site again, and choose again.";
            return frame.bind(home::refused(frame, 403, words));
        }
        self.passes.give(visit.who, visit.device, &target, visit.now);
        frame.bind(sign_in::going(frame, back))
    }
}

fn in_force<'a>(frame: &Frame<'a>, missing: Missing) -> Option<&'a Agreement> {
    frame.snapshot.agreements.iter().find(|it| it.id == missing.agreement)
}

fn agree_link(back: Option<&str>) -> String {
    with_back("/agree", back)
}

fn sign_in_link(back: Option<&str>) -> String {
    with_back("/sign-in", back)
}

fn with_back(path: &str, back: Option<&str>) -> String {
    match back {
        Some(back) => format!("{path}?back={}", encode(back)),
        None => path.to_owned(),
    }
}
