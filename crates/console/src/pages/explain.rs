use axum::extract::State;
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use policy::{Ask, Inspect, Stage, Target, Trace, Verdict};
use school::{Choice, Id, Person, Site};
use store::schools;

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::complaints,
        tag, when,
    },
    failure::Failure,
    fields::Fields,
    people::{Named, People, name},
    search::moment,
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let zone = console.zone(school);
    let mut tx = console.db.read().await?;
    let people = People::typed(&mut tx, school, fields.get("person")).await?;
    let sites = schools::sites(&mut tx, school).await?;
    let gates = (console.in_force)(school).and_then(|it| it.site());
    let fields = with_site(fields, gates);
    let mut all = Vec::new();
    let question =
        if fields.get("url").is_empty() { None } else { read(&fields, &people, &sites, &zone, &mut all) };
    let Some(question) = question else {
        return Ok(page(&staff, &fields, (&people, &sites), &zone, &all, None));
    };
    let Some(in_force) = (console.in_force)(school) else {
        all.push(("url", "This school has no gate here, so nothing is in force to explain"));
        return Ok(page(&staff, &fields, (&people, &sites), &zone, &all, None));
    };
    let at = question.at.unwrap_or_else(|| (console.clock)());
    let rules = in_force.rules();
    // As the gate does: an access plan comes before the profile of the year (ACC-16).
    let subject = match question.person {
        None => None,
        Some(it) => {
            let plan = store::plans::profile_of(&mut tx, school, it.id).await?;
            let planned = plan.and_then(|profile| rules.subject_planned(it, &profile));
            Some(planned.unwrap_or_else(|| rules.subject(it)))
        }
    };
    let ask = Ask {
        who: subject.as_ref().unwrap_or(rules.unknown()),
        site: question.site,
        target: &question.target,
        stage: Stage::Request,
        when: in_force.calendar().moment(at),
    };
    let answer = Answer { trace: policy::trace(rules, &ask), person: question.person, at };
    let who = question.person.map_or("nobody signed in", |it| it.username.as_str());
    // A name beside a help site would read as a visit, and visits to help are never written down.
    let what = if answer.trace.decision.protected { "a help site" } else { &answer.trace.address };
    let subject = format!("{what} for {who}");
    drop(tx);
    console.viewed(&staff, "explain decision", &subject).await?;
    Ok(page(&staff, &fields, (&people, &sites), &zone, &all, Some(&answer)))
}

struct Question<'a> {
    target: Target,
    person: Option<&'a Person>,
    at: Option<Timestamp>,
    site: Option<Id<Site>>,
}

struct Answer<'a> {
    trace: Trace,
    person: Option<&'a Person>,
    at: Timestamp,
}

fn read<'a>(
    fields: &Fields,
    people: &'a People,
    sites: &[Site],
    zone: &TimeZone,
    all: &mut Vec<(&'static str, &'static str)>,
) -> Option<Question<'a>> {
    let url = fields.get("url");
    let url = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    let target = Target::parse(&url)
        .map_err(|_| all.push(("url", "Enter an address such as www.bbc.co.uk/bitesize")))
        .ok();
    let person = match people.named() {
        Named::Nobody => Some(None),
        Named::One(person) => Some(Some(person)),
        Named::Several(_) => {
            all.push(("person", "Several people have this in their name: choose one below"));
            None
        }
        Named::NoSuch => {
            all.push(("person", "Nobody here has this name or username"));
            None
        }
    };
    let at = moment(fields.get("at"), zone)
        .map_err(|()| all.push(("at", "Enter a date and time, such as 2026-11-23T09:00")))
        .ok();
    let site = sites.iter().map(|it| it.id).find(|it| it.to_string() == fields.get("site"));
    Some(Question { target: target?, person: person?, at: at?, site })
}

fn page(
    staff: &Staff,
    fields: &Fields,
    (people, sites): (&People, &[Site]),
    zone: &TimeZone,
    all: &[(&str, &str)],
    answer: Option<&Answer<'_>>,
) -> Markup {
    let complaint = |name: &str| all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let person = match people.named() {
        Named::One(person) => person.username.as_str(),
        _ => fields.get("person"),
    };
    let at = answer.map_or_else(
        || fields.get("at").to_owned(),
        |it| it.at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
    );
    let ask = |name, label, hint, kind, value| {
        input(&Input { kind, hint, complaint: complaint(name), ..Input::text(name, label, value) })
    };
    let content = html! {
        (complaints(all))
        h1.govuk-heading-l { "Explain a decision" }
        p.govuk-body.sg-lead { "What would the gate say, to whom, when, and because of what? It answers from the rules in force now." }
        form.sg-panel.sg-filter.sg-filter--hints method="get" action="/explain" {
            (ask("url", "Address", "Such as www.bbc.co.uk/bitesize", "text", fields.get("url")))
            (ask("person", "Person", "Empty: nobody signed in", "text", person))
            (ask("at", "When", "Empty: now", "datetime-local", &at))
            @if !sites.is_empty() { (select("site", "Site", fields.get("site"), &site_choices(sites))) }
            div.sg-filter__buttons { button.govuk-button type="submit" { "Explain" } }
        }
        @if let Named::Several(several) = people.named() {
            section.sg-card {
                h2.govuk-heading-s { "Who do you mean?" }
                ul.govuk-list {
                    @for it in several { li { a.govuk-link href={ "/explain?" (fields.query_with(&[("person", &it.id.to_string())])) } { (name(it)) } } }
                }
            }
        }
        @if let Some(answer) = answer { (verdict(answer, zone)) (steps(&answer.trace)) }
    };
    layout::page(staff, "/explain", "Explain", &content)
}

/// The gate's own site where the reader has not chosen one.
fn with_site(mut fields: Fields, gates: Option<Id<Site>>) -> Fields {
    if let (false, Some(site)) = (fields.has("site"), gates) {
        fields.push("site".to_owned(), site.to_string());
    }
    fields
}

fn site_choices(sites: &[Site]) -> Vec<(String, String)> {
    let whole = (String::new(), "The school as a whole".to_owned());
    [whole].into_iter().chain(sites.iter().map(|it| (it.id.to_string(), it.name.to_string()))).collect()
}

fn verdict(answer: &Answer<'_>, zone: &TimeZone) -> Markup {
    let trace = &answer.trace;
    let decision = &trace.decision;
    let who = answer.person.map_or_else(|| "Someone who has not signed in".to_owned(), name);
    let may = match decision.verdict {
        Verdict::Allow => "may open",
        Verdict::Warn => "is warned before opening",
        Verdict::Block => "may not open",
    };
    let fact = |key: &str, value: Markup| html! { div.sg-fact { dt { (key) } dd { (value) } } };
    let from = trace.profile_from.as_deref().unwrap_or("nothing gives one, so the strictest");
    html! {
        section class={ "sg-verdict sg-verdict--" (decision.verdict.code()) } aria-label="Answer" {
            p.sg-verdict__sentence { (who) " " (may) " " (trace.address) }
            p.govuk-body { (tag::verdict(decision.verdict)) " " (decision.because.for_staff()) "." }
            dl.sg-facts {
                (fact("When", when::full(answer.at, zone)))
                (fact("Profile", html! { (trace.profile) span.sg-sub { (from) } }))
                (fact("About", html! {
                    @if trace.categories.is_empty() { "In no category" }
                    @for (category, blame) in &trace.categories {
                        (category.label()) @if let Some(blame) = blame { span.sg-sub { "says " (blame.list) } } " "
                    }
                }))
                (fact("Encrypted pages", html! {
                    @match trace.connection.inspect { Inspect::Open => "Inspected", Inspect::Tunnel => "Carried unopened" }
                    span.sg-sub { (trace.connection.words) }
                }))
                (fact("Safe search", html! { @if decision.safe_search.is_some() { "Forced" } @else { "Not a search" } }))
                @if decision.protected { (fact("Help", html! { "Never inspected, scored or recorded" })) }
            }
        }
    }
}

fn steps(trace: &Trace) -> Markup {
    html! {
        h2.govuk-heading-m { "Step by step" }
        p.govuk-body.sg-lead { "The first step that speaks decides." }
        ol.sg-trace {
            @for (number, it) in (1..).zip(&trace.steps) {
                @let decided = it.verdict.is_some() && it.step == trace.decision.because.step;
                li.sg-trace__step.sg-trace__step--decided[decided].sg-trace__step--silent[it.verdict.is_none()]
                    aria-current=[decided.then_some("step")] {
                    span.sg-trace__number { (number) }
                    span { (it.step.label()) @if let Some(verdict) = it.verdict { " " (tag::verdict(verdict)) } }
                    div {
                        p { (it.words) }
                        @for rule in &it.rules { p.sg-mono { (rule) } }
                    }
                }
            }
        }
    }
}
