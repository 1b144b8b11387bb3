//! An agreement as people read it, and the form that signs it.
use agreements::{Agreement, Block, Level, Reading, blocks};
use maud::{Markup, html};
use school::Choice;

use crate::{components::layout, staff::Staff};

pub(crate) fn text(reading: &Reading) -> Markup {
    html! {
        article.sg-agreement id="agreement" aria-labelledby="agreement-title" {
            h2.govuk-heading-m id="agreement-title" { (reading.title()) }
            @for block in blocks(reading.text()) {
                @match block {
                    Block::Heading(words) => h3.govuk-heading-s { (words) },
                    Block::Paragraph(words) => p.govuk-body { (words) },
                    Block::Points(points) => ul.govuk-list.govuk-list--bullet { @for it in points { li { (it) } } },
                }
            }
        }
    }
}

/// Links to the other readings; `address` ends where the code of one goes. Beside them, the button that reads aloud:
/// hidden, until a script finds that the browser has a voice.
pub(crate) fn readings(agreement: &Agreement, shown: Level, address: &str) -> Markup {
    html! {
        div.sg-readings {
            @if 1 < agreement.readings().len() {
                nav aria-label="Ways to read it" {
                    ul.sg-readings__list {
                        @for it in agreement.readings() {
                            li { a.govuk-link href={ (address) (it.level().code()) } aria-current=[(it.level() == shown).then_some("true")] { (it.level().label()) } }
                        }
                    }
                }
            }
            p hidden { button.govuk-button.govuk-button--secondary.sg-readings__aloud id="read-aloud" type="button" { "Read it to me" } }
        }
    }
}

/// Signs this very reading. `more` stands between the text and the button.
pub(crate) fn form(
    staff: &Staff,
    action: &str,
    agreement: &Agreement,
    shown: &Reading,
    button: &str,
    more: &Markup,
) -> Markup {
    html! {
        form.sg-sign method="post" action=(action) {
            (layout::token(staff))
            input type="hidden" name="agreement" value=(agreement.id);
            input type="hidden" name="reading" value=(shown.level().code());
            input type="hidden" name="text" value=(shown.hash());
            (more)
            button.govuk-button type="submit" name="answer" value="accept" { (button) }
        }
    }
}
