use agreements::{Agreement, Block, Reading, What, blocks};
use maud::{Markup, html};
use school::Choice;

use super::{Frame, Sheet};
use crate::{Known, Who, desk::encode};

/// Reads the text out in the browser's own voice. Without it the text is there all the same.
pub(crate) const READ_ALOUD: &str = include_str!("read-aloud.js");

/// What `/agree` shows.
pub(crate) struct Form<'a> {
    pub(crate) agreement: &'a Agreement,
    pub(crate) shown: &'a Reading,
    /// Still to come after this one.
    pub(crate) left: usize,
    pub(crate) back: &'a str,
    pub(crate) token: &'a str,
    pub(crate) wrong: Option<&'a str>,
}

/// The agreement in full, with both answers.
pub(crate) fn page(frame: &Frame<'_>, form: &Form<'_>) -> Sheet {
    let Form { agreement, shown, left, back, token, wrong } = *form;
    let main = html! {
        h1 { "Please read and agree" }
        p.lead {
            "Before pages open, everyone at " (frame.school()) " says yes to the rules for using them. "
            "Take your time. Ask if something is not clear."
        }
        @if let Some(wrong) = wrong { div.box.wrong role="alert" { p { (wrong) } } }
        @if 1 < agreement.readings().len() {
            nav.readings aria-label="Ways to read it" {
                ul {
                    @for it in agreement.readings() {
                        li {
                            a href={ (frame.base) "/agree?reading=" (it.level().code()) "&back=" (encode(back)) }
                                aria-current=[(it.level() == shown.level()).then_some("true")] { (it.level().label()) }
                        }
                    }
                }
            }
        }
        p hidden { button.other #read-aloud type="button" { "Read it to me" } }
        article.text #agreement aria-labelledby="title" {
            h2 #title { (shown.title()) }
            (text(shown.text()))
        }
        form method="post" action={ (frame.base) "/agree" } {
            input type="hidden" name="token" value=(token);
            input type="hidden" name="back" value=(back);
            input type="hidden" name="agreement" value=(agreement.id);
            input type="hidden" name="reading" value=(shown.level().code());
            input type="hidden" name="text" value=(shown.hash());
            ul.do {
                li { button.main type="submit" name="answer" value="accept" { "I have read this and I agree" } }
                li { button.other type="submit" name="answer" value="decline" { "I do not agree: sign me out" } }
            }
        }
        p.soft {
            "Version " (agreement.version) ". Your answer is kept with today’s date."
            @if left != 0 { " There is one more to read after this." }
        }
    };
    let title = if wrong.is_some() { "Not saved: please try again" } else { "Please read and agree" };
    Sheet::new(if wrong.is_some() { 503 } else { 200 }, title, main).script(READ_ALOUD)
}

/// For a pupil who can do no more: a parent has to sign (AUP-09, AUP-10).
pub(crate) fn waiting(frame: &Frame<'_>, known: &Known, what: What) -> Sheet {
    let (lead, who) = waits_for(what);
    let main = html! {
        h1 { "Hello, " (known.person.name) }
        p.lead { (lead) }
        div.box {
            p { (who) }
            p {
                "They can sign "
                @if let Some(url) = &frame.snapshot.settings.console_url { "at " span.place { (url.trim_end_matches('/')) "/children" } ", or " }
                "on paper at the school office. Pages open by themselves when they have."
            }
        }
        p { "You can get help and report something now, without waiting." }
        ul.do {
            li { a.main href={ (frame.base) "/help" } { "Get help" } }
            li { a.other href={ (frame.base) "/sign-out" } { "Sign out" } }
        }
    };
    Sheet::new(200, "Waiting for a parent or carer", main)
}

fn waits_for(what: What) -> (&'static str, &'static str) {
    match what {
        What::InPlace | What::InPlaceAgain => (
            "Pages open when a grown-up from home has signed the promise for you.",
            "A parent or carer reads the promise with you and signs it.",
        ),
        What::Counter | What::Own | What::OwnAgain => (
            "Thank you, you have signed. Pages open when a parent or carer has signed too.",
            "A parent or carer who is known to the school has to counter-sign your agreement.",
        ),
    }
}

/// Shown in a site's place to one who has not agreed, where the browser cannot be sent to the agreement itself.
pub(crate) fn asked(frame: &Frame<'_>, link: &str, now: jiff::Timestamp) -> Sheet {
    let waits = match frame.who {
        Who::Known(known) => known.missing_at(now).next().filter(|it| !it.what.is_theirs()),
        Who::Nobody => None,
    };
    let main = html! {
        h1 { "One thing first" }
        @if let Some(it) = waits {
            p.lead { (waits_for(it.what).0) }
            ul.do { li { a.main href=(link) { "See what is missing" } } }
        } @else {
            p.lead { "Pages open once you have read the school’s agreement and said yes to it." }
            ul.do { li { a.main href=(link) { "Read the agreement" } } }
        }
        p { a href={ (frame.base) "/sign-out" } { "Sign out instead" } }
    };
    Sheet::new(403, "One thing first", main)
}

fn text(text: &str) -> Markup {
    html! {
        @for block in blocks(text) {
            @match block {
                Block::Heading(words) => h3 { (words) },
                Block::Paragraph(words) => p { (words) },
                Block::Points(points) => ul { @for it in points { li { (it) } } },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_headings_paragraphs_and_lists_and_stays_text() {
        let shown = text("# Safe\n\nOne\nline.\n\nI will:\n- be <kind>\n- ask\n  first\n\n\n").into_string();
        assert_eq!(
            shown,
            "<h3>Safe</h3><p>One line.</p><p>I will:</p>\
             <ul><li>be &lt;kind&gt;</li><li>ask first</li></ul>"
        );
    }
}
