use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::{Page, Snapshot, Who};

pub(crate) const FAVICON: &str = include_str!("favicon.svg");
const LOOK: &str = include_str!("look.css");

/// The style sheet's hash, so that the page's own rules allow this one and no other.
static LOOK_HASH: LazyLock<String> = LazyLock::new(|| STANDARD.encode(Sha256::digest(LOOK.as_bytes())));
static ICON: LazyLock<String> =
    LazyLock::new(|| format!("data:image/svg+xml;base64,{}", STANDARD.encode(FAVICON.trim())));

/// What stands around every page: whose gate this is, and where its other pages are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) who: &'a Who,
    /// Before the path of the gate's pages: empty on the gate's own, `https://its.name` on a notice shown in
    /// another site's place.
    pub(crate) base: &'a str,
}

/// One page before it is bound.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) status: u16,
    pub(crate) title: String,
    pub(crate) main: Markup,
    /// May be shown inside another page's frame: only what has nothing to press.
    pub(crate) framed: bool,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Runs at the end of the page, and nothing else does.
    pub(crate) script: Option<&'static str>,
}

impl Sheet {
    pub(crate) fn new(status: u16, title: impl Into<String>, main: Markup) -> Sheet {
        Sheet { status, title: title.into(), main, framed: false, headers: Vec::new(), script: None }
    }

    #[must_use]
    pub(crate) fn framed(self) -> Sheet {
        Sheet { framed: true, ..self }
    }

    #[must_use]
    pub(crate) fn script(self, script: &'static str) -> Sheet {
        Sheet { script: Some(script), ..self }
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Sheet {
        self.headers.push((name, value.into()));
        self
    }
}

impl Frame<'_> {
    pub(crate) fn school(&self) -> &str {
        self.snapshot.school.name.as_str()
    }

    pub(crate) fn bind(&self, sheet: Sheet) -> Page {
        let Sheet { status, title, main, framed, mut headers, script } = sheet;
        let gate = &self.snapshot.settings.gate_name;
        let runs = script
            .map(|it| format!("script-src 'sha256-{}'; ", STANDARD.encode(Sha256::digest(it))))
            .unwrap_or_default();
        let ancestors = if framed { "" } else { "; frame-ancestors 'none'" };
        headers.extend([
            (
                "content-security-policy",
                format!(
                    "default-src 'none'; style-src 'sha256-{}'; {runs}img-src data:; base-uri 'none'; \
                     form-action 'self' https://{gate} http://{gate}{ancestors}",
                    *LOOK_HASH
                ),
            ),
            ("cache-control", "no-store".to_owned()),
            ("referrer-policy", "no-referrer".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
        ]);
        let body = self.document(&title, &main, script).into_string().into_bytes();
        Page { status, content_type: "text/html; charset=utf-8", body, headers }
    }

    fn document(&self, title: &str, main: &Markup, script: Option<&'static str>) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en-GB" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    title { (title) " – " (self.school()) }
                    base target="_top";
                    link rel="icon" href=(*ICON);
                    style { (PreEscaped(LOOK)) }
                }
                body {
                    a.skip href="#main" target="_self" { "Skip to the page" }
                    header.top { div.wide { (self.top()) } }
                    main #main .wide tabindex="-1" { (main) }
                    footer.foot { div.wide { (self.foot()) } }
                    @if let Some(script) = script { script { (PreEscaped(script)) } }
                }
            }
        }
    }

    fn top(&self) -> Markup {
        html! {
            span.school {
                svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="3"
                    stroke-linecap="round" aria-hidden="true" {
                    path d="M5 28V15a11 11 0 0 1 22 0v13M12 28V13M20 28V13M5 21h22" {}
                }
                span { (self.school()) }
            }
            @if let Who::Known(known) = self.who {
                span.you { "Signed in as " (known.person.name) }
            }
        }
    }

    fn foot(&self) -> Markup {
        html! {
            nav aria-label="Help and this device" {
                ul {
                    li { a href={ (self.base) "/help" } { "Get help" } }
                    li { a href={ (self.base) "/report" } { "Report something" } }
                    li { a href={ (self.base) "/set-up" } { "Set up a device" } }
                    li { a href={ (self.base) "/" } { "My sign-in" } }
                }
            }
            p { "No filter is perfect. If something does not look right, tell an adult you trust." }
        }
    }
}
