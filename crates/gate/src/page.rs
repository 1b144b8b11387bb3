/// An answer that the gate gives itself, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// In lower case, beside `content-type` and `content-length`: policy on what the page may load, caching,
    /// where to go next.
    pub headers: Vec<(&'static str, String)>,
}

/// What the asker can make use of: a person looking at a page, or a programme and the parts of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// A whole page in a window or frame.
    Page,
    /// A picture, a script, a programme's request: gets the same status and a line of text, and is never sent
    /// elsewhere, so that nothing loops.
    Part,
}

impl Wants {
    /// From the request's `Sec-Fetch-Mode`, `Sec-Fetch-Dest` and `Accept` headers. A browser that sends the first
    /// two (W3C Fetch Metadata) is believed; of any other, one that takes HTML is given a page.
    pub fn of(mode: Option<&str>, destination: Option<&str>, accept: Option<&str>) -> Wants {
        let page = match (mode, destination) {
            (Some(mode), _) => mode.eq_ignore_ascii_case("navigate"),
            (None, Some(it)) => ["document", "iframe", "frame"].iter().any(|x| it.eq_ignore_ascii_case(x)),
            (None, None) => accept.is_some_and(|it| {
                it.split(',').any(|kind| {
                    let kind = kind.split(';').next().unwrap_or_default().trim();
                    kind.eq_ignore_ascii_case("text/html")
                        || kind.eq_ignore_ascii_case("application/xhtml+xml")
                })
            }),
        };
        if page { Wants::Page } else { Wants::Part }
    }
}
