use maud::{Markup, html};

use super::{
    Frame, Sheet,
    blocked::{is_staff, shown},
};
use crate::{Asked, CertificateFault, UpstreamFault};

/// A site that cannot prove who it is. There is no way past it: the gate would be vouching for it.
pub(crate) fn certificate(frame: &Frame<'_>, asked: &Asked<'_>, fault: CertificateFault) -> Sheet {
    let (target, staff) = (asked.target, is_staff(asked.who));
    let (what, detail) = certificate_words(fault);
    let main = html! {
        h1 { "This site cannot prove who it is" }
        p.lead { span.place { (target.host()) } " " (what) }
        p { "So the page was not opened: someone could be pretending to be this site. You have done nothing wrong." }
        h2 { "What you can do" }
        ul {
            li { "Check the spelling of the address." }
            li { "Try again later, or use another site." }
            li { "Do not type a password or anything about yourself into this site." }
        }
        (actions(frame, asked))
        @if staff { (for_staff("Certificate", detail, frame)) }
    };
    Sheet::new(502, "This site cannot prove who it is", main).framed()
}

fn certificate_words(fault: CertificateFault) -> (&'static str, &'static str) {
    match fault {
        CertificateFault::Expired => {
            ("showed a certificate that is out of date.", "Expired. Only the site’s owner can renew it.")
        }
        CertificateFault::NotYetValid => (
            "showed a certificate that is not valid yet.",
            "Not valid yet. Check this server’s clock before blaming the site.",
        ),
        CertificateFault::WrongName => (
            "showed a certificate that belongs to a different site.",
            "The certificate’s names do not include the host asked for.",
        ),
        CertificateFault::SelfSigned => (
            "showed a certificate that it made itself, so nobody vouches for it.",
            "Self-signed. If the site is the school’s own, its certificate can be trusted in the gate’s settings.",
        ),
        CertificateFault::UnknownAuthority => (
            "showed a certificate from someone we do not know.",
            "The chain ends at no authority the gate trusts, or the site left an intermediate certificate out.",
        ),
        CertificateFault::Revoked => {
            ("showed a certificate that has been withdrawn.", "Revoked by the authority that issued it.")
        }
        CertificateFault::Broken => {
            ("showed a certificate that is damaged.", "The certificate or its signature cannot be read.")
        }
    }
}

/// A site that did not answer.
pub(crate) fn upstream(frame: &Frame<'_>, asked: &Asked<'_>, fault: UpstreamFault) -> Sheet {
    let (target, staff) = (asked.target, is_staff(asked.who));
    let (status, title, words, detail) = upstream_words(fault);
    let main = html! {
        h1 { (title) }
        p.lead { span.place { (target.host()) } " " (words) }
        p { span.soft { "You asked for " } span.place { (shown(target)) } }
        h2 { "What you can do" }
        ul {
            li { "Check the spelling of the address." }
            li { "Wait a minute, then load the page again." }
            li { "If other pages do not open either, tell a teacher." }
        }
        (actions(frame, asked))
        @if staff { (for_staff("Cause", detail, frame)) }
    };
    Sheet::new(status, title, main).framed()
}

fn upstream_words(fault: UpstreamFault) -> (u16, &'static str, &'static str, &'static str) {
    match fault {
        UpstreamFault::NotFound => (
            502,
            "There is no site with that name",
            "could not be found. It may be misspelt, or gone.",
            "The name does not resolve.",
        ),
        UpstreamFault::Refused => (
            502,
            "This site is not answering",
            "turned the connection away.",
            "The connection was refused or reset while connecting.",
        ),
        UpstreamFault::TimedOut => (
            504,
            "This site is taking too long",
            "did not answer in time.",
            "No connection, or no answer, within the time limit.",
        ),
        UpstreamFault::Stopped => (
            502,
            "This site stopped half-way",
            "began to answer and then stopped.",
            "The connection closed before the answer was whole.",
        ),
        UpstreamFault::Garbled => (
            502,
            "This site sent something we could not read",
            "answered with something that is not a web page.",
            "The answer is not valid HTTP or TLS.",
        ),
        UpstreamFault::Private => (
            403,
            "This address is inside the school",
            "is a private address that is not open from here.",
            "The name leads to a private or loopback address that the school has not listed.",
        ),
        UpstreamFault::Parent => (
            502,
            "The way to the internet is not working",
            "could not be reached, because the next proxy did not answer.",
            "The parent proxy refused or failed. Other sites are likely to fail too.",
        ),
    }
}

/// Rules or lists cannot be read, so everything is closed (FIL-28).
pub(crate) fn fault(frame: &Frame<'_>, staff: bool) -> Sheet {
    let faults = &frame.snapshot.faults;
    let main = html! {
        h1 { "The school’s internet is paused" }
        p.lead { "Something is wrong with the gate, not with you and not with this page. Pages stay closed until it is put right." }
        p { "Tell a teacher, or wait a few minutes and try again. The people who look after the gate have been told." }
        p { a.main href={ (frame.base) "/help" } { "Get help" } }
        @if staff && !faults.is_empty() {
            section aria-labelledby="why" {
                h2 #why { "For the network manager" }
                ul { @for fault in faults { li { (fault) } } }
            }
        }
    };
    Sheet::new(503, "The school’s internet is paused", main).header("retry-after", "60")
}

fn actions(frame: &Frame<'_>, asked: &Asked<'_>) -> Markup {
    html! {
        ul.do {
            li { a.main href=(asked.url) { "Try again" } }
            li { a.other href={ (frame.base) "/report?about=" (crate::desk::encode(&asked.target.to_string())) } { "Report this page" } }
        }
    }
}

fn for_staff(name: &str, detail: &str, frame: &Frame<'_>) -> Markup {
    html! {
        section aria-labelledby="why" {
            h2 #why { "For staff" }
            dl.facts {
                dt { (name) } dd { (detail) }
                dt { "Seen by" } dd { "the gate " span.code { (frame.snapshot.settings.gate_name) } }
            }
        }
    }
}
