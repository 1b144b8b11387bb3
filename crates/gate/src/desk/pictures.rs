//! Signing in with pictures (PWD-04): class, child, three pictures. What was picked so far travels in the form, as a
//! password does, and is looked at when there are three.
use std::sync::Arc;

use school::{
    Choice, Id, Person,
    pictures::{PICKS, Picture, Pictures},
};

use super::{
    Visit,
    form::{Fields, encode, safe_back},
    to,
    tokens::Form,
};
use crate::{
    Known, Page,
    desk::Desk,
    pages::{Frame, home, pictures, sign_in::Wrong},
    who::refused,
};

impl Desk {
    pub(super) fn pictures(&self, frame: &Frame<'_>, visit: &Visit<'_>, query: &Fields) -> Page {
        let gate = &frame.snapshot.settings.gate_name;
        let back = safe_back(query.get("back"), gate).unwrap_or_default();
        if !visit.secure {
            return to(&format!("https://{gate}/sign-in/pictures?back={}", encode(back)));
        }
        if !query.get("child").is_empty() {
            return self.pick_form(frame, visit, query, &[], None);
        }
        let classes = frame.snapshot.people.classes();
        let class = classes.iter().find(|it| it.group.id.to_string() == query.get("class"));
        frame.bind(match class {
            Some(class) => pictures::children(frame, class, back),
            None => pictures::classes(frame, back),
        })
    }

    pub(super) async fn pick(&self, frame: &Frame<'_>, visit: &Visit<'_>, form: &Fields) -> Page {
        if !visit.secure || !self.is_ours(Form::SignIn, visit, form.get("token")) {
            return self.pick_form(frame, visit, form, &[], Some(Wrong::Stale));
        }
        let mut picked: Vec<Picture> =
            form.get("picked").split_whitespace().filter_map(Picture::from_code).take(PICKS).collect();
        match Picture::from_code(form.get("pick")) {
            Some(one) => picked.push(one),
            None => picked.clear(),
        }
        let Ok(all) = <[Picture; PICKS]>::try_from(picked.as_slice()) else {
            // More than three are no answer of this form.
            let so_far = if picked.len() < PICKS { &picked[..] } else { &[] };
            return self.pick_form(frame, visit, form, so_far, None);
        };
        let Some(known) = child(frame, form) else { return frame.bind(home::missing(frame)) };
        let (id, now) = (known.person.id, visit.now);
        let picked = Pictures::picked(all);
        match self.credentials.check_pictures(frame.snapshot, visit.device, id, picked, now).await {
            Ok(known) => self.let_in(frame, visit, known, form.get("back")),
            Err(refusal) => {
                let name = known.person.username.as_str();
                refused(frame.snapshot, &self.errands, visit.device, name, refusal, now);
                self.pick_form(frame, visit, form, &[], Some(Wrong::Refused(refusal)))
            }
        }
    }

    fn pick_form(
        &self,
        frame: &Frame<'_>,
        visit: &Visit<'_>,
        fields: &Fields,
        picked: &[Picture],
        wrong: Option<Wrong>,
    ) -> Page {
        let back = safe_back(fields.get("back"), &frame.snapshot.settings.gate_name).unwrap_or_default();
        if !visit.secure {
            return self.pictures(frame, visit, fields);
        }
        let Some(child) = child(frame, fields) else { return frame.bind(home::missing(frame)) };
        let Some(theirs) = &child.pictures else { return frame.bind(home::missing(frame)) };
        let token = self.token(Form::SignIn, visit);
        let form = pictures::Form { child, theirs, picked, back, token: &token, wrong };
        frame.bind(pictures::pick(frame, &form))
    }
}

/// Whom the form is of: somebody of the classes that are shown, and nobody else.
fn child<'a>(frame: &Frame<'a>, fields: &Fields) -> Option<&'a Arc<Known>> {
    let id: Id<Person> = fields.get("child").parse().ok()?;
    let known = frame.snapshot.people.get(id)?;
    known.may_pick(&frame.snapshot.chosen).then_some(known)
}
