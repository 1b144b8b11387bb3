use school::{Id, Moment, Site};

use crate::{Subject, Target};

/// One question to the rules: may this person have this, here, now?
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// From [`crate::Rules::subject`] or [`crate::Rules::unknown`], of these same rules.
    pub who: &'a Subject,
    pub site: Option<Id<Site>>,
    pub target: &'a Target,
    pub stage: Stage<'a>,
    pub when: Moment,
}

/// How much is known of what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage<'a> {
    /// A tunnel or a TLS hello: host and port, no path yet. A site that some path of which may be allowed is
    /// not refused here; it must be opened and asked about again.
    Connect,
    /// A whole request.
    Request,
    /// The head of an answer, for rules on kinds of file.
    Response { media_type: Option<&'a str>, file_name: Option<&'a str> },
}
