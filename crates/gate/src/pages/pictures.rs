//! Signing in with pictures, for those who cannot type a password yet (PWD-04): the class, then oneself, then three
//! pictures in their order. Every step is a page of its own, so that it works without scripts and by keyboard.
use maud::{Markup, PreEscaped, html};
use school::{
    Choice,
    pictures::{Badge, PICKS, Picture},
};

use super::{Frame, Sheet, sign_in::Wrong};
use crate::{Class, Known, Pictured, desk::encode};

/// What stands in the form with the pictures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form<'a> {
    pub(crate) child: &'a Known,
    pub(crate) theirs: &'a Pictured,
    pub(crate) picked: &'a [Picture],
    pub(crate) back: &'a str,
    pub(crate) token: &'a str,
    pub(crate) wrong: Option<Wrong>,
}

/// `/sign-in/pictures`.
pub(crate) fn classes(frame: &Frame<'_>, back: &str) -> Sheet {
    let classes = frame.snapshot.people.classes();
    let main = html! {
        h1 { "Which class are you in?" }
        @if classes.is_empty() {
            p.lead { "Nobody signs in with pictures here yet. Ask a grown-up." }
        }
        ul.choose {
            @for class in classes {
                li { a.tile href={ (link(frame, back)) "&class=" (class.group.id) } { (class.group.name) } }
            }
        }
        (other_ways(frame, back))
    };
    Sheet::new(200, "Which class are you in?", main)
}

/// `/sign-in/pictures?class=`.
pub(crate) fn children(frame: &Frame<'_>, class: &Class, back: &str) -> Sheet {
    let children: Vec<&Known> =
        class.children.iter().filter_map(|id| frame.snapshot.people.get(*id)).map(AsRef::as_ref).collect();
    let main = html! {
        h1 { "Who are you?" }
        p.lead { "Find your name and your badge." }
        ul.choose {
            @for child in &children {
                @if let Some(theirs) = &child.pictures {
                    li {
                        a.tile href={ (link(frame, back)) "&child=" (child.person.id) } {
                            (badge(theirs.badge)) span { (short_name(child, &children)) }
                        }
                    }
                }
            }
        }
        p { a href=(link(frame, back)) { "Another class" } }
        (other_ways(frame, back))
    };
    Sheet::new(200, "Who are you?", main)
}

/// `/sign-in/pictures?child=`.
pub(crate) fn pick(frame: &Frame<'_>, form: &Form<'_>) -> Sheet {
    let number = form.picked.len() + 1;
    let words = form.wrong.map(words);
    let picked: Vec<&str> = form.picked.iter().map(|it| it.code()).collect();
    let given = form.child.person.name.as_str().split_whitespace().next().unwrap_or_default();
    let main = html! {
        p.me { (badge(form.theirs.badge)) span { (given) } }
        h1 { "Pick picture " (number) " of " (PICKS) }
        @if let Some(words) = words { p.why role="alert" { (words) } }
        // Which ones were picked is not shown: somebody may be looking.
        p.dots aria-hidden="true" { @for n in 0..PICKS { span.dot.full[n < form.picked.len()] {} } }
        form method="post" action={ (frame.base) "/sign-in/pictures" } {
            input type="hidden" name="token" value=(form.token);
            input type="hidden" name="back" value=(form.back);
            input type="hidden" name="child" value=(form.child.person.id);
            input type="hidden" name="picked" value=(picked.join(" "));
            ul.choose.pictures {
                @for picture in Picture::ALL {
                    li { button.tile type="submit" name="pick" value=(picture.code()) { (drawing(*picture)) span { (picture.label()) } } }
                }
            }
            ul.do {
                @if !form.picked.is_empty() { li { button.other type="submit" name="pick" value="again" { "Start again" } } }
            }
        }
        p { a href=(link(frame, form.back)) { "This is not me" } }
        p.soft { "Your pictures are a secret. If you have forgotten them, ask your teacher." }
        (other_ways(frame, form.back))
    };
    let title = if form.wrong.is_some() {
        "Not signed in: try again".to_owned()
    } else {
        format!("Pick picture {number} of {PICKS}")
    };
    let sheet = Sheet::new(form.wrong.map_or(200, Wrong::status), title, main);
    match form.wrong {
        Some(it) if it.is_to_wait() => sheet.header("retry-after", "600"),
        _ => sheet,
    }
}

/// As a child or whoever helps them reads it.
fn words(wrong: Wrong) -> &'static str {
    use crate::Refusal::{Busy, Closed, Ended, NotYet, Outside, SlowDown};
    match wrong {
        Wrong::Refused(Busy) => "Many people are signing in. Wait a moment, then try again.",
        Wrong::Refused(SlowDown) => {
            "That was a lot of wrong tries. Please tell your teacher. You can try again in ten minutes."
        }
        Wrong::Refused(Ended(_) | NotYet(_) | Closed | Outside(_)) => {
            "You cannot sign in today. Please tell your teacher."
        }
        Wrong::Stale => "This page was open for a long time. Please pick your pictures again.",
        _ => "Those are not your pictures, or not in that order. Try again, or ask your teacher.",
    }
}

/// No more of a name than it takes to find oneself: this page is shown to whoever stands at the device.
fn short_name(child: &Known, class: &[&Known]) -> String {
    let parts = |known: &Known| {
        let mut words = known.person.name.as_str().split_whitespace().map(str::to_owned);
        let given = words.next().unwrap_or_default();
        (given, words.next_back())
    };
    let (given, family) = parts(child);
    let alike = class.iter().filter(|it| parts(it).0 == given).count();
    match family.and_then(|it| it.chars().next()) {
        Some(letter) if alike > 1 => format!("{given} {letter}"),
        _ => given,
    }
}

fn link(frame: &Frame<'_>, back: &str) -> String {
    format!("{}/sign-in/pictures?back={}", frame.base, encode(back))
}

fn other_ways(frame: &Frame<'_>, back: &str) -> Markup {
    html! {
        p.soft {
            a href={ (frame.base) "/sign-in?back=" (encode(back)) } { "Sign in with a password" }
            " · "
            a href={ (frame.base) "/help" } { "Get help" }
        }
    }
}

fn drawing(picture: Picture) -> Markup {
    svg(&html! {}, picture, None)
}

fn badge(badge: Badge) -> Markup {
    svg(
        &html! { rect x="-7" y="-7" width="62" height="62" rx="12" stroke="none" fill=(badge.colour.shade()) {} },
        badge.picture,
        Some(&badge.label()),
    )
}

fn svg(behind: &Markup, picture: Picture, label: Option<&str>) -> Markup {
    html! {
        svg viewBox=(if label.is_some() { "-7 -7 62 62" } else { "-2 -2 52 52" }) stroke="#17282b" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round" fill="none" role=[label.map(|_| "img")] aria-label=[label]
            aria-hidden=[label.is_none().then_some("true")] {
            (behind)
            (PreEscaped(picture.drawing()))
        }
    }
}
