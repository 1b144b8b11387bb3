//! For parents: each child's agreement, and nobody else's (AUP-09, AUP-10).
use agreements::{Agreement, Audience, Level, Missing, Reading, Signature, Standing, What};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Choice, Id, Person};
use store::{
    StoreError,
    agreements::{self as kept, Method, Signed, Signing},
    parents, people,
};

use super::mine::history;
use crate::{
    Console,
    components::{
        agreement, layout,
        notice::{Tone, complaints, empty, notice},
    },
    failure::Failure,
    fields::Fields,
    people as named,
    staff::{Reader, Staff},
};

struct Child {
    person: Person,
    missing: Vec<Missing>,
    agreement: Option<Agreement>,
    file: Vec<(Signed, Agreement)>,
}

pub(crate) async fn list(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let links = parents::children(&mut tx, staff.school.id, staff.id()).await?;
    drop(tx);
    let mut children = Vec::new();
    for link in links {
        children.extend(Child::of(&console, &staff, link.child).await?);
    }
    let content = html! {
        h1.govuk-heading-l { "My children" }
        @if children.is_empty() {
            (empty("No child is linked to your account", "If you have a child at this school, ask the school office to link you."))
        }
        @for it in &children {
            section.sg-card {
                h2.govuk-heading-m { (named::name(&it.person)) }
                @match it.parents_part() {
                    Some(missing) => {
                        p.govuk-body { strong.govuk-tag.govuk-tag--orange { "Waits for you" } " " (missing.what.label()) "." }
                        a.govuk-button href={ "/children/" (it.person.id) } { "Read and sign" }
                    },
                    None => {
                        @if it.missing.is_empty() { p.govuk-body { strong.govuk-tag.govuk-tag--green { "Complete" } } }
                        @else { p.govuk-body { (it.person.name) " has still to sign: it is asked for when they sign in at school." } }
                        p.govuk-body { a.govuk-link href={ "/children/" (it.person.id) } { "Read the agreement" } }
                    },
                }
            }
        }
        p.govuk-body { a.govuk-link href="/agreements/mine" { "My own agreement as a parent or carer" } }
    };
    Ok(layout::page(&staff, "/children", "My children", &content))
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Markup, Failure> {
    let child = mine(&console, &staff, &id).await?;
    Ok(page(&console, &staff, &fields, &child, &[]))
}

pub(crate) async fn sign(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let child = mine(&console, &staff, &id).await?;
    let home = format!("/children/{}", child.person.id);
    let Some(missing) = child.parents_part() else { return Ok(Redirect::to(&home).into_response()) };
    let shown = child.agreement.as_ref().filter(|it| it.id.to_string() == fields.get("agreement"));
    let hash = shown.and_then(|it| {
        it.readings().iter().map(Reading::hash).find(|it| it.to_string() == fields.get("text"))
    });
    let stale =
        [("agreement", "The text has changed since you opened it. Read it again, and sign what stands now")];
    let (Some(agreement), Some(hash), "accept") = (shown, hash, fields.get("answer")) else {
        return Ok((StatusCode::CONFLICT, page(&console, &staff, &fields, &child, &stale)).into_response());
    };
    let standing = match missing.what {
        What::Counter => Standing::Counter,
        _ => Standing::InPlace,
    };
    let by = staff.by(&console);
    let signing = Signing {
        signature: Signature {
            agreement: agreement.id,
            hash,
            person: child.person.id,
            signer: Some(staff.id()),
            standing,
            at: by.at,
        },
        signer_name: staff.person.name.as_str(),
        method: Method::Console,
        job_title: None,
        appointed_on: None,
        form: None,
    };
    let mut tx = console.db.write().await?;
    match kept::sign(&mut tx, &by, staff.school.id, &signing).await {
        Err(StoreError::Stale) => {
            return Ok(
                (StatusCode::CONFLICT, page(&console, &staff, &fields, &child, &stale)).into_response()
            );
        }
        other => other?,
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{home}?signed=1")).into_response())
}

/// A child of whoever is reading; anybody else's is not found, whether there is one or not.
async fn mine(console: &Console, staff: &Staff, id: &str) -> Result<Child, Failure> {
    let id: Id<Person> = id.parse().map_err(|_| Failure::NotFound)?;
    let links = parents::children(&mut console.db.read().await?, staff.school.id, staff.id()).await?;
    if !links.iter().any(|it| it.child == id) {
        return Err(Failure::NotFound);
    }
    Child::of(console, staff, id).await?.ok_or(Failure::NotFound)
}

impl Child {
    async fn of(console: &Console, staff: &Staff, id: Id<Person>) -> Result<Option<Child>, Failure> {
        let mut tx = console.db.read().await?;
        let school = staff.school.id;
        let Some(kept) = people::get(&mut tx, school, id).await? else { return Ok(None) };
        let person = kept.person;
        let now = (console.clock)();
        let (missing, in_force) = kept::missing_of(&mut tx, &person, console.zone(school), now).await?;
        let agreement = in_force.into_iter().find(|it| it.audience == Audience::Pupils);
        let mut file = kept::file_of(&mut tx, school, id).await?;
        file.retain(|(_, of)| of.audience == Audience::Pupils);
        Ok(Some(Child { person, missing, agreement, file }))
    }

    /// What a parent has to do.
    fn parents_part(&self) -> Option<Missing> {
        self.missing.iter().copied().find(|it| !it.what.is_theirs())
    }
}

fn page(
    console: &Console,
    staff: &Staff,
    fields: &Fields,
    child: &Child,
    wrong: &[(&'static str, &'static str)],
) -> Markup {
    let part = child.parents_part();
    let here = format!("/children/{}", child.person.id);
    let content = html! {
        a.govuk-back-link href="/children" { "My children" }
        h1.govuk-heading-l { "The agreement of " (child.person.name) }
        (complaints(wrong))
        @if part.is_none() && !fields.get("signed").is_empty() {
            (notice(Tone::Good, &html! { "Thank you. You have signed for " (child.person.name) "." }))
        }
        @if let Some(agreement) = &child.agreement {
            @let level = Level::from_code(fields.get("reading"));
            @let shown = level.map_or_else(|| agreement.suited(&child.person), |it| agreement.reading(it));
            section.sg-card {
                @match part.map(|it| it.what) {
                    Some(What::Counter) => p.govuk-body-l { "Read this, talk it through with " (child.person.name) ", and sign beside them." },
                    Some(_) => p.govuk-body-l { "Read this with " (child.person.name) ". You sign in your child’s place." },
                    None => {},
                }
                (agreement::readings(agreement, shown.level(), &format!("{here}?reading=")))
                (agreement::text(shown))
                @match part.map(|it| it.what) {
                    Some(What::Counter) => (agreement::form(staff, &format!("{here}/sign"), agreement, shown, "I have read this with my child and I agree", &html! {})),
                    Some(_) => (agreement::form(staff, &format!("{here}/sign"), agreement, shown, "I sign in my child’s place", &html! {})),
                    None => {},
                }
            }
        } @else { (empty("The school has published no agreement for pupils yet", "There is nothing to sign.")) }
        (history(console, staff, &child.file))
    };
    layout::page(staff, "/children", "My children", &content)
}
