//! A QR code as a picture drawn by the page itself.
use std::fmt::Write as _;

use fast_qr::QRBuilder;
use maud::{Markup, html};

/// Modules of white around it (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// `None`: too long for any QR code.
pub(crate) fn picture(text: &str, label: &str) -> Option<Markup> {
    let code = QRBuilder::new(text).build().ok()?;
    let size = code.size + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size {
        for (x, _) in code[y].iter().enumerate().filter(|(_, it)| it.value()) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some(html! {
        svg.sg-qr xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (size) " " (size) } role="img"
            aria-label=(label) shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}
