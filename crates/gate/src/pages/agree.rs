use agreements::Agreement;
use maud::{Markup, html};

use super::{Frame, Sheet};

/// The agreement in full, with both answers. `left` counts those still to come after this one.
pub(crate) fn page(
    frame: &Frame<'_>,
    agreement: &Agreement,
    left: usize,
    back: &str,
    token: &str,
    wrong: Option<&str>,
) -> Sheet {
    let hash = agreement.hash().to_string();
    let main = html! {
        h1 { "Please read and agree" }
        p.lead {
            "Before pages open, everyone at " (frame.school()) " says yes to the rules for using them. "
            "Take your time. Ask if something is not clear."
        }
        @if let Some(wrong) = wrong { div.box.wrong role="alert" { p { (wrong) } } }
        article.text aria-labelledby="title" {
            h2 #title { (agreement.title) }
            (text(&agreement.text))
        }
        form method="post" action={ (frame.base) "/agree" } {
            input type="hidden" name="token" value=(token);
            input type="hidden" name="back" value=(back);
            input type="hidden" name="agreement" value=(agreement.id);
            input type="hidden" name="text" value=(hash);
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
    Sheet::new(if wrong.is_some() { 503 } else { 200 }, title, main)
}

/// Shown in a site's place to one who has not agreed, where the browser cannot be sent to the agreement itself.
pub(crate) fn asked(frame: &Frame<'_>, link: &str) -> Sheet {
    let main = html! {
        h1 { "One thing first" }
        p.lead { "Pages open once you have read the school’s agreement and said yes to it." }
        ul.do { li { a.main href=(link) { "Read the agreement" } } }
        p { a href={ (frame.base) "/sign-out" } { "Sign out instead" } }
    };
    Sheet::new(403, "One thing first", main)
}

/// Paragraphs, headings (a short line that ends with a colon) and lists, as an [`Agreement`] writes them.
fn text(text: &str) -> Markup {
    html! {
        @for block in text.split("\n\n").map(str::trim).filter(|it| !it.is_empty()) {
            @let lines: Vec<&str> = block.lines().map(str::trim).collect();
            @let points = lines.iter().position(|it| it.starts_with("- ")).unwrap_or(lines.len());
            @let (before, points) = lines.split_at(points);
            @if let [heading] = before && let Some(heading) = heading.strip_prefix("# ") {
                h3 { (heading) }
            } @else if !before.is_empty() {
                p { (before.join(" ")) }
            }
            @if !points.is_empty() {
                ul { @for point in list(points) { li { (point) } } }
            }
        }
    }
}

/// A line that does not start with `- ` carries on the point before it.
fn list(lines: &[&str]) -> Vec<String> {
    let mut points: Vec<String> = Vec::new();
    for line in lines {
        match (line.strip_prefix("- "), points.last_mut()) {
            (None, Some(point)) => {
                point.push(' ');
                point.push_str(line);
            }
            (point, _) => points.push(point.unwrap_or(line).to_owned()),
        }
    }
    points
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
