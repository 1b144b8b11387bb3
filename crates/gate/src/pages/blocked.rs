use maud::{Markup, html};
use policy::{Category, Decision, Step, Target};
use school::{Choice, Role};

use super::{Frame, Sheet, help};
use crate::{Who, pages::trouble};

/// The notice for what is refused (FIL-21): why, what to do, and for staff what decided it.
pub(crate) fn page(frame: &Frame<'_>, decision: &Decision, target: &Target) -> Sheet {
    if decision.because.step == Step::Fault {
        return trouble::fault(frame, is_staff(frame.who));
    }
    let staff = is_staff(frame.who);
    let worrying = decision.because.category == Some(Category::SelfHarm);
    let main = html! {
        h1 { "This page is not open" }
        p.lead { (reason(decision)) }
        p { span.soft { "You asked for " } span.place { (shown(target)) } }
        @if worrying { (kindness(frame)) }
        @if staff { (for_staff(frame, decision, target)) } @else { (for_pupils(frame, target)) }
        @if !staff {
            (help::upset())
            @if !worrying { (help::short(frame)) }
        }
    };
    Sheet::new(403, "This page is not open", main).framed()
}

/// Who is told what decided: people who work at the school.
pub(crate) fn is_staff(who: &Who) -> bool {
    let Who::Known(known) = who else { return false };
    let mut roles = known.person.roles.iter();
    !known.person.roles.has(Role::Pupil)
        && roles.any(|it| !matches!(it, Role::Parent | Role::Visitor | Role::Governor | Role::Pupil))
}

/// Host and path as a person would say them, and no more of them than a person can take in.
pub(crate) fn shown(target: &Target) -> String {
    let path = target.path().split('?').next().unwrap_or_default().trim_end_matches('/');
    let whole = format!("{}{path}", target.host());
    let short: String = whole.chars().take(120).collect();
    if short.len() < whole.len() { format!("{short}…") } else { short }
}

/// Never names a sealed list's subject, and never blames.
fn reason(decision: &Decision) -> String {
    let category = decision.because.category;
    let about = category.map(|it| format!("“{}”", it.label()));
    match (decision.because.step, about) {
        (Step::Sealed, _) => {
            "Nobody at school can open this page. It is closed to protect people.".to_owned()
        }
        (Step::AlwaysBlocked, Some(about)) => {
            format!("Pages in the group {about} are closed for everyone at school.")
        }
        (Step::Schedule, _) => "It is closed at this time of day. It may open later.".to_owned(),
        (Step::SearchEngine, _) => {
            "This search engine is not one the school can keep safe. Please use another one.".to_owned()
        }
        (Step::FileType, _) => "This kind of file may not be downloaded here.".to_owned(),
        (Step::BaseMode, None) => {
            "Only pages that the school has chosen are open for you, and this is not one of them yet."
                .to_owned()
        }
        (_, Some(about)) => format!("Pages in the group {about} are closed for you at school."),
        (_, None) => "Your school has chosen to keep this page closed.".to_owned(),
    }
}

fn for_pupils(frame: &Frame<'_>, target: &Target) -> Markup {
    html! {
        h2 { "What you can do" }
        ul {
            li { "Need it for your work? Tell your teacher. Staff can ask for a page to be opened." }
            li { "Think it should be open, or found something bad? Report it. It takes a minute." }
        }
        ul.do { li { a.main href=(report_link(frame, target)) { "Report this page" } } }
    }
}

fn for_staff(frame: &Frame<'_>, decision: &Decision, target: &Target) -> Markup {
    let settings = &frame.snapshot.settings;
    html! {
        section aria-labelledby="ask" {
            h2 #ask { "Need it for teaching?" }
            @if decision.because.step == Step::Sealed {
                p { "This page is on a sealed list. Nobody at school can open it." }
            } @else {
                p {
                    "Ask for it to be opened: say which page, for which class and until when. "
                    @match &settings.ask_for_sites {
                        Some(how) => { "Write to " strong { (how) } "." }
                        None => "Use the form below, or speak to your network manager."
                    }
                }
            }
        }
        ul.do { li { a.main href=(report_link(frame, target)) { "Ask about or report this page" } } }
        (because(frame, decision, target))
    }
}

/// The rule, list and layer, for staff only (design decision 6).
fn because(frame: &Frame<'_>, decision: &Decision, target: &Target) -> Markup {
    let because = &decision.because;
    let labels: Vec<&str> = decision.categories.iter().map(Choice::label).collect();
    let sealed = because.step == Step::Sealed;
    let host = target.host().to_string();
    let matched = host.len().checked_sub(because.matched.into()).and_then(|from| host.get(from..));
    html! {
        section aria-labelledby="why" {
            h2 #why { "What decided this" }
            dl.facts {
                dt { "Decided by" } dd { (because.step.label()) }
                @if let Some(rule) = &because.rule { dt { "Rule" } dd.code { (rule) } }
                @if let Some(list) = &because.list { dt { "List" } dd { (list) } }
                @if !sealed {
                    @if let Some(matched) = matched.filter(|it| !it.is_empty()) {
                        dt { "Listed as" } dd.code { (matched) }
                    }
                    @if !labels.is_empty() { dt { "Categories" } dd { (labels.join(", ")) } }
                }
                @if let Some(profile) = &because.profile { dt { "Your profile" } dd { (profile) } }
            }
            @if let Some(console) = &frame.snapshot.settings.console_url {
                p { a href=(console) { "Open the console" } " to explain or change this, if that is your job." }
            }
        }
    }
}

/// What a child reads who looked for self-harm: a hand held out before anything else.
fn kindness(frame: &Frame<'_>) -> Markup {
    html! {
        section.box.warm aria-labelledby="kind" {
            h2 #kind { "Is something hard right now?" }
            p { "You do not have to carry it alone. Talking helps, and you can do it now." }
            (help::short(frame))
        }
    }
}

fn report_link(frame: &Frame<'_>, target: &Target) -> String {
    format!("{}/report?about={}", frame.base, crate::desk::encode(&target.to_string()))
}
