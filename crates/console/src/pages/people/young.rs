//! What the pages for cards and for pictures share: a class, and who of it is young enough (PWD-04).
use maud::{Markup, html};
use school::{
    Id, Person,
    passwords::is_young,
    pictures::Badge,
    settings::{PERSONAL_FROM, YOUNG_SIGN_IN},
};
use store::{accounts, groups, register, young};

use super::wanted;
use crate::{
    Console,
    components::{
        field::select,
        notice::{Tone, notice},
    },
    failure::Failure,
    fields::Fields,
    staff::Staff,
};

/// More are in no class.
const MOST: u32 = 60;

/// A pupil of the class who is young enough, and with what they can sign in now.
pub(super) struct Child {
    pub(super) person: Person,
    pub(super) has_code: bool,
    /// Of one who has pictures.
    pub(super) badge: Option<Badge>,
}

/// The names of all classes, and the children of the one that is asked for.
pub(super) async fn children(
    console: &Console,
    staff: &Staff,
    fields: &Fields,
) -> Result<(Vec<String>, Vec<Child>), Failure> {
    let school = staff.school.id;
    let mut tx = console.db.read().await?;
    let groups = groups::all(&mut tx, school).await?;
    let names = groups.iter().map(|it| it.name.to_string()).collect();
    let asked = wanted(fields, &groups);
    let Some(group) = asked.group else { return Ok((names, Vec::new())) };
    let asked = register::Wanted { group: Some(group), ..register::Wanted::default() };
    let found = register::find(&mut tx, school, &asked, 0, MOST).await?;
    let elsewhere = accounts::all_kept_elsewhere(&mut tx, school).await?;
    let young = young::all(&mut tx, school).await?;
    let badge = |id: Id<Person>| young.get(&id).map(|it| it.badge);
    let is_theirs = |it: &Person| is_young(&staff.settings, it) && !elsewhere.contains_key(&it.id);
    let children = found
        .into_iter()
        .filter(|it| is_theirs(&it.person))
        .map(|it| Child { has_code: it.password.is_some(), badge: badge(it.person.id), person: it.person })
        .collect();
    Ok((names, children))
}

/// Which of the two the school has chosen.
pub(super) fn is_chosen(staff: &Staff, way: &str) -> bool {
    staff.settings.text(&YOUNG_SIGN_IN) == way
}

/// What stands above either page: the two ways, which one holds, and the class.
pub(super) fn head(staff: &Staff, path: &str, class: &str, names: Vec<String>, lead: &str) -> Markup {
    let mut choices = vec![(String::new(), "Choose a class".to_owned())];
    choices.extend(names.into_iter().map(|it| (it.clone(), it)));
    let way = staff.settings.text(&YOUNG_SIGN_IN);
    let tab = |to: &str, name: &str| html! { li { a.sg-tabs__link href=(to) aria-current=[(to == path).then_some("page")] { (name) } } };
    let held = format!("/people/{way}");
    html! {
        h1.govuk-heading-l { "Sign-in of young pupils" }
        p.govuk-body.sg-lead { "Below year " (staff.settings.text(&PERSONAL_FROM)) ": " (lead) }
        nav.sg-tabs aria-label="With what they sign in" { ul { (tab("/people/cards", "Cards")) (tab("/people/pictures", "Pictures")) } }
        @if held != path {
            (notice(Tone::Warning, &html! {
                p {
                    "The school has chosen: " (YOUNG_SIGN_IN.kind.words(&way).to_lowercase()) ". Nothing is made here until that is changed, under Settings, " strong { (YOUNG_SIGN_IN.label) } "."
                }
            }))
        } @else {
            form.sg-panel.sg-filter method="get" action=(path) {
                (select("class", "Class or group", class, &choices))
                div.sg-filter__buttons { button.govuk-button type="submit" { "Show" } }
            }
        }
    }
}

/// The two buttons of either page.
pub(super) fn buttons(some_without: bool, without: &str, all: &str) -> Markup {
    html! {
        div.govuk-button-group {
            @if some_without { button.govuk-button type="submit" name="who" value="without" { (without) } }
            button.govuk-button.govuk-button--secondary type="submit" name="who" value="all" { (all) }
        }
    }
}
