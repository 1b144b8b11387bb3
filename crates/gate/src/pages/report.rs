use maud::html;

use super::{Frame, Sheet, help};
use crate::Who;

/// What has been typed, so that nothing is lost when the form comes back.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Form<'a> {
    pub(crate) words: &'a str,
    pub(crate) place: &'a str,
    pub(crate) about: &'a str,
    /// `Some(true)`: about a site; `Some(false)`: a worry about a person.
    pub(crate) about_site: Option<bool>,
    pub(crate) nameless: bool,
    pub(crate) token: &'a str,
    pub(crate) wrong: Option<Wrong>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Empty,
    TooLong,
    NoKind,
    NotTaken,
    Stale,
}

/// The most that may be written, in characters.
pub(crate) const LONGEST: usize = 4_000;

/// Also said to whoever tries (REP-12).
pub(crate) const NO_FILES: &str = "Pictures and videos cannot be sent here, because even passing one on to get help \
     can hurt someone more and may be against the law.";

impl Wrong {
    fn words(self) -> &'static str {
        match self {
            Wrong::Empty => "Write a few words about what happened.",
            Wrong::TooLong => "That is longer than can be sent at once. Please keep it under 4,000 letters.",
            Wrong::NoKind => "Choose what it is about.",
            Wrong::NotTaken => {
                "It could not be sent just now. Your words are still here: please press the button again in a \
                 minute, or tell an adult."
            }
            Wrong::Stale => {
                "This page was open for a long time. Your words are still here: please press the button again."
            }
        }
    }
    fn status(self) -> u16 {
        if self == Wrong::NotTaken { 503 } else { 422 }
    }
    fn field(self) -> &'static str {
        match self {
            Wrong::NoKind => "#site",
            _ => "#words",
        }
    }
}

/// `/report`: short, confidential, open to everyone, and without uploads (REP-02, REP-12, CHG-07).
pub(crate) fn form(frame: &Frame<'_>, form: &Form<'_>) -> Sheet {
    let words_wrong = matches!(form.wrong, Some(Wrong::Empty | Wrong::TooLong));
    let kind_wrong = form.wrong == Some(Wrong::NoKind);
    let main = html! {
        h1 { "Report something" }
        p.lead { "Tell the people who keep everyone safe at school. You will not be in trouble for telling." }
        @if let Some(wrong) = form.wrong {
            div.box.wrong role="alert" { p { a href=(wrong.field()) target="_self" { (wrong.words()) } } }
        }
        form method="post" action={ (frame.base) "/report" } {
            input type="hidden" name="token" value=(form.token);
            fieldset aria-describedby=[kind_wrong.then_some("kind-wrong")] {
                legend { "What is it about?" }
                @if kind_wrong { p.why #kind-wrong { (Wrong::NoKind.words()) } }
                label.tick for="person" {
                    input #person type="radio" name="kind" value="person" checked[form.about_site == Some(false)];
                    span { "Me or someone I know: bullying, a worry, something online" }
                }
                label.tick for="site" {
                    input #site type="radio" name="kind" value="site" checked[form.about_site == Some(true)];
                    span { "A web page: it should be closed, or it should be open" }
                }
            }
            label for="words" { "What happened?" }
            p.hint #words-hint { "A few words are enough. Please do not put anyone’s password here." }
            @if words_wrong { p.why #words-wrong { @if let Some(wrong) = form.wrong { (wrong.words()) } } }
            textarea #words name="words" rows="7" maxlength=(LONGEST) required spellcheck="true"
                aria-invalid=[words_wrong.then_some("true")]
                aria-describedby={ "words-hint" @if words_wrong { " words-wrong" } } { (form.words) }
            label for="about" { "Who is it about, if it is about someone?" }
            p.hint #about-hint { "Leave it empty if you do not want to say. If it is someone who works at school, write their whole name: then only the head reads it." }
            input.long #about type="text" name="about" value=(form.about) maxlength="200" autocomplete="off"
                spellcheck="false" aria-describedby="about-hint";
            label for="place" { "Web address, if there is one" }
            input.long #place type="text" name="place" value=(form.place) maxlength="2000" autocomplete="off"
                autocapitalize="none" spellcheck="false" inputmode="url";
            @if frame.snapshot.settings.anonymous_reports && matches!(frame.who, Who::Known(_)) {
                label.tick for="nameless" {
                    input #nameless type="checkbox" name="nameless" value="yes" checked[form.nameless];
                    span { "Do not send my name" }
                }
            }
            ul.do { li { button.main type="submit" { "Send" } } }
        }
        section.box aria-labelledby="who-reads" {
            h2 #who-reads { "Who reads it?" }
            @match frame.who {
                Who::Known(known) => {
                    p {
                        "Only the safeguarding leads at school, and for a web page the people who look after the "
                        "filter. Your name, " strong { (known.person.name) } ", goes with it so that they can "
                        "help you."
                    }
                }
                Who::Nobody => {
                    p {
                        "Only the safeguarding leads at school, and for a web page the people who look after the "
                        "filter. You are not signed in, so your name does not go with it. If you want someone to "
                        "talk to you, write your name above."
                    }
                }
            }
        }
        h2 { "Is it about a picture?" }
        p {
            (NO_FILES)
            " Do not copy it or send it on. Just say that there is one, and tell an adult you trust. If it is a "
            "nude picture of you and you are under 18, Report Remove on the "
            a href={ (frame.base) "/help" } { "help page" } " can get it taken down."
        }
        (help::short(frame))
    };
    let title = if form.wrong.is_some() { "Not sent yet: Report something" } else { "Report something" };
    Sheet::new(form.wrong.map_or(200, Wrong::status), title, main)
}

/// After it has been taken.
pub(crate) fn thanks(frame: &Frame<'_>) -> Sheet {
    let main = html! {
        h1 { "Thank you for telling us" }
        p.lead { "Your report has arrived. Someone at school will read it." }
        p { "If it cannot wait, speak to an adult now. In danger, ring " strong { "999" } "." }
        (help::upset())
        (help::short(frame))
        p { a.other href={ (frame.base) "/" } { "Done" } }
    };
    Sheet::new(200, "Thank you for telling us", main)
}
