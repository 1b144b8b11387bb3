use std::sync::Arc;

use policy::{Category, Step, Verdict};
use school::{Post, remote::NotEntered};

use super::*;
use crate::{
    Known,
    sample::{self, Office, at, decision, due, gambling, hash, pupil, rig, snapshot, snapshot_of, teacher},
};

const DEVICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

/// The words of a page, a line for each block, without what every page has.
fn words(page: &Page) -> String {
    let html = String::from_utf8(page.body.clone()).expect("text");
    let main = html.split("<main").nth(1).and_then(|it| it.split("</main>").next()).expect("a main part");
    let mut out = String::new();
    let mut rest = main.split_once('>').map_or("", |(_, rest)| rest);
    while let Some((text, tag)) = rest.split_once('<') {
        out.push_str(text);
        let (tag, after) = tag.split_once('>').expect("a whole tag");
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        if ["h1", "h2", "h3", "p", "li", "dt", "dd", "label", "button", "summary"].contains(&name) {
            out.push('\n');
        }
        rest = after;
    }
    out.push_str(rest);
    let lines = out.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.collect::<Vec<_>>().join("\n").replace("&amp;", "&")
}

struct Case {
    desk: sample::Rig,
    who: Who,
    url: &'static str,
    wants: Wants,
    inside: bool,
}

impl Case {
    fn of(who: Who) -> Case {
        let desk = rig(snapshot(), Office::Open);
        Case { desk, who, url: "https://www.lucky-seven.test/slots?spin=1", wants: Wants::Page, inside: true }
    }
    fn show(&self, notice: Notice<'_>) -> Page {
        let target = Target::parse(self.url).expect("an address");
        let asked = Asked {
            target: &target,
            url: self.url,
            who: &self.who,
            device: DEVICE,
            wants: self.wants,
            inside: self.inside,
            now: at(0),
        };
        let desk = &self.desk.desk;
        desk.notice(&desk.current.load_full(), notice, &asked)
    }
}

fn known(known: Known) -> Who {
    Who::Known(Arc::new(known))
}
fn header<'a>(page: &'a Page, name: &str) -> &'a str {
    page.headers.iter().find(|(it, _)| *it == name).map_or("", |(_, value)| value)
}

/// FIL-21, REP-05, CHG-16.
#[tokio::test]
async fn a_pupil_is_told_why_kindly_and_what_to_do() {
    let page = Case::of(known(pupil())).show(Notice::Blocked(&gambling()));
    assert_eq!(page.status, 403);
    insta::assert_snapshot!(words(&page));
}

/// FIL-21, design decision 6.
#[tokio::test]
async fn a_teacher_is_told_which_list_and_profile_and_how_to_ask() {
    let page = Case::of(known(teacher())).show(Notice::Blocked(&gambling()));
    insta::assert_snapshot!(words(&page));
}

#[tokio::test]
async fn a_pupil_sees_neither_rule_nor_list() {
    let mut decision = gambling();
    decision.because.rule = Some("school line 12: block lucky-seven.test for year 7".into());
    let page = words(&Case::of(known(pupil())).show(Notice::Blocked(&decision)));
    assert!(!page.contains("ut1") && !page.contains("line 12") && !page.contains("Key Stage"), "{page}");
}

#[tokio::test]
async fn a_child_who_looked_for_self_harm_is_held_out_a_hand_first() {
    let mut asked = decision(Verdict::Block, Step::Category);
    asked.because.category = Some(Category::SelfHarm);
    let page = words(&Case::of(known(pupil())).show(Notice::Blocked(&asked)));
    let (hand, rest) = (page.find("Is something hard right now?"), page.find("What you can do"));
    assert!(hand.is_some() && hand < rest && page.contains("0800 1111"), "{page}");
}

#[tokio::test]
async fn a_sealed_list_is_named_and_its_subject_never() {
    let mut sealed = decision(Verdict::Block, Step::Sealed);
    sealed.because.list = Some("Member's list".into());
    sealed.because.category = Some(Category::Illegal);
    sealed.categories = sealed.categories.with(Category::Illegal);
    sealed.because.matched = 8;
    let pupil = words(&Case::of(known(pupil())).show(Notice::Blocked(&sealed)));
    let teacher = words(&Case::of(known(teacher())).show(Notice::Blocked(&sealed)));
    assert!(!pupil.contains("Illegal") && !pupil.contains("Member"), "{pupil}");
    assert!(!teacher.contains("Illegal") && !teacher.contains("Listed as"), "{teacher}");
    assert!(
        teacher.contains("Member's list") && teacher.contains("Nobody at school can open it"),
        "{teacher}"
    );
}

#[tokio::test]
async fn a_warning_says_why_and_lets_one_go_on() {
    let page = Case::of(known(pupil())).show(Notice::Warn(&gambling()));
    assert_eq!(page.status, 403);
    assert!(header(&page, "content-security-policy").contains("frame-ancestors 'none'"));
    insta::assert_snapshot!(words(&page));
}

/// FIL-28.
#[tokio::test]
async fn a_gate_in_trouble_says_so_and_tells_staff_what() {
    let mut case = Case::of(known(teacher()));
    let mut faulty = snapshot();
    faulty.faults = vec!["The list “ut1” could not be read.".into()];
    case.desk.desk.current.swap(faulty);
    let fault = decision(Verdict::Block, Step::Fault);
    let page = case.show(Notice::Blocked(&fault));
    assert_eq!((page.status, header(&page, "retry-after")), (503, "60"));
    assert!(words(&page).contains("could not be read"));
    case.who = known(pupil());
    let page = words(&case.show(Notice::Blocked(&fault)));
    assert!(page.contains("not with you") && !page.contains("ut1"), "{page}");
}

#[tokio::test]
async fn a_bad_certificate_is_named_with_its_host_and_fault() {
    let case = Case::of(known(pupil()));
    insta::assert_snapshot!(words(&case.show(Notice::Certificate(CertificateFault::Expired))));
    let check = |fault: CertificateFault, says: &str| {
        let page = case.show(Notice::Certificate(fault));
        let shown = words(&page);
        assert!(
            page.status == 502 && shown.contains(says) && shown.contains("www.lucky-seven.test"),
            "{shown}"
        );
        assert!(!shown.contains("Go on"), "there is no way past it: {shown}");
    };
    check(CertificateFault::NotYetValid, "not valid yet");
    check(CertificateFault::WrongName, "belongs to a different site");
    check(CertificateFault::SelfSigned, "made itself");
    check(CertificateFault::UnknownAuthority, "someone we do not know");
    check(CertificateFault::Revoked, "withdrawn");
    check(CertificateFault::Broken, "damaged");
}

#[tokio::test]
async fn a_site_that_fails_has_its_own_words_and_status() {
    let case = Case::of(Who::Nobody);
    let check = |fault: UpstreamFault, status: u16, says: &str| {
        let page = case.show(Notice::Upstream(fault));
        assert_eq!(page.status, status, "{says}");
        assert!(words(&page).contains(says), "{says}");
    };
    check(UpstreamFault::NotFound, 502, "no site with that name");
    check(UpstreamFault::Refused, 502, "not answering");
    check(UpstreamFault::TimedOut, 504, "too long");
    check(UpstreamFault::Stopped, 502, "stopped half-way");
    check(UpstreamFault::Garbled, 502, "could not read");
    check(UpstreamFault::Private, 403, "inside the school");
    check(UpstreamFault::Parent, 502, "way to the internet");
}

/// How each kind of asker is asked who they are: nothing loops, and a 407 goes only where it is understood.
#[tokio::test]
async fn who_is_asked_to_sign_in_and_how() {
    use SignInBy::{Page, Proxy};
    let check = |by: SignInBy,
                 url: &'static str,
                 wants: Wants,
                 inside: bool,
                 refusal: Option<Refusal>,
                 status: u16| {
        let mut case = Case::of(Who::Nobody);
        let mut snapshot = snapshot();
        snapshot.settings.sign_in = by;
        case.desk.desk.current.swap(snapshot);
        (case.url, case.wants, case.inside) = (url, wants, inside);
        let page = case.show(Notice::SignIn(refusal));
        let name = format!("{by:?} {url} {wants:?} inside {inside} {refusal:?}");
        assert_eq!(page.status, status, "{name}");
        assert_eq!(!header(&page, "proxy-authenticate").is_empty(), status == 407, "{name}");
        assert_eq!(!header(&page, "location").is_empty(), status == 302, "{name}");
        assert_eq!(!header(&page, "retry-after").is_empty(), matches!(status, 429 | 503), "{name}");
    };
    let (tls, plain) = ("https://example.org/a", "http://example.org/a");
    check(Page, tls, Wants::Page, true, None, 302);
    check(Page, tls, Wants::Part, true, None, 511);
    check(Page, plain, Wants::Page, false, None, 511);
    check(Page, plain, Wants::Part, false, None, 511);
    check(Proxy, plain, Wants::Page, false, None, 407);
    check(Proxy, tls, Wants::Part, false, None, 407);
    check(Proxy, tls, Wants::Page, true, None, 302);
    check(Proxy, plain, Wants::Page, false, Some(Refusal::Wrong), 407);
    check(Page, plain, Wants::Page, false, Some(Refusal::Wrong), 407);
    check(Proxy, plain, Wants::Part, false, Some(Refusal::Busy), 503);
    check(Proxy, plain, Wants::Part, false, Some(Refusal::SlowDown), 429);
    check(Proxy, plain, Wants::Page, false, Some(Refusal::Ended(at(360))), 511);
    check(Page, plain, Wants::Page, false, Some(Refusal::NotYet(at(360))), 511);
    check(Proxy, plain, Wants::Page, false, Some(Refusal::Closed), 511);
}

#[tokio::test]
async fn the_sign_in_box_names_the_school_in_a_header_that_cannot_be_broken() {
    let mut case = Case::of(Who::Nobody);
    let mut snapshot = snapshot();
    snapshot.settings.sign_in = SignInBy::Proxy;
    snapshot.school.name = "St \"Bride’s\\ School".parse().expect("a line");
    case.desk.desk.current.swap(snapshot);
    case.inside = false;
    let page = case.show(Notice::SignIn(None));
    assert_eq!(header(&page, "proxy-authenticate"), "Basic realm=\"St Brides School\", charset=\"UTF-8\"");
}

/// AUP-07.
#[tokio::test]
async fn one_who_has_not_agreed_is_led_to_the_agreement_and_back() {
    let mut case = Case::of(known(Known { missing: vec![due()], ..pupil() }));
    let page = case.show(Notice::Agree);
    let back = encode(case.url);
    assert_eq!(
        (page.status, header(&page, "location")),
        (302, &*format!("https://gate.school.test/agree?back={back}"))
    );
    case.wants = Wants::Part;
    let page = case.show(Notice::Agree);
    assert_eq!((page.status, page.content_type), (403, "text/plain; charset=utf-8"));
}

#[tokio::test]
async fn what_was_asked_for_is_shown_as_text_and_not_run() {
    let mut case = Case::of(known(pupil()));
    case.url = "https://example.org/<script>alert(1)</script>?\"onload=\"x";
    for notice in [
        Notice::Blocked(&gambling()),
        Notice::Warn(&gambling()),
        Notice::Certificate(CertificateFault::Expired),
        Notice::Upstream(UpstreamFault::NotFound),
    ] {
        let page = String::from_utf8(case.show(notice).body).expect("text");
        assert!(!page.contains("<script") && !page.contains("\"onload"), "{page}");
    }
}

#[test]
fn what_the_asker_can_make_use_of() {
    let check = |mode: Option<&str>, destination: Option<&str>, accept: Option<&str>, wants: Wants| {
        assert_eq!(Wants::of(mode, destination, accept), wants, "{mode:?} {destination:?} {accept:?}");
    };
    check(Some("navigate"), Some("document"), Some("*/*"), Wants::Page);
    check(Some("no-cors"), Some("image"), Some("text/html"), Wants::Part);
    check(Some("cors"), Some("empty"), Some("*/*"), Wants::Part);
    check(None, Some("iframe"), None, Wants::Page);
    check(None, None, Some("text/html,application/xhtml+xml;q=0.9"), Wants::Page);
    check(None, None, Some("image/png, TEXT/HTML;q=0.1"), Wants::Page);
    check(None, None, Some("*/*"), Wants::Part);
    check(None, None, Some("text/htmlx"), Wants::Part);
    check(None, None, None, Wants::Part);
}

/// ACC-19, ACC-22, ACC-23: whom it waits for, what to do, and no box of the browser, which could do nothing about it.
#[tokio::test]
async fn one_who_is_held_or_outside_is_told_whom_it_waits_for() {
    let mut case = Case::of(known(teacher()));
    for inside in [true, false] {
        case.inside = inside;
        let page = case.show(Notice::Held(Held::Waiting));
        let told = words(&page);
        assert_eq!(page.status, 403);
        for part in ["the head or the campus lead has to approve", "school office", "Get help", "Sign out"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(words(&case.show(Notice::Held(Held::Refused))).contains("decided against it"));
        for (why, part) in [
            (NotEntered::NoApproval, "an approval says what you need it for, by which way, and until when"),
            (NotEntered::OtherRoute, "Use the way that was approved, or ask the head"),
        ] {
            case.url = "http://example.org/";
            let page = case.show(Notice::SignIn(Some(Refusal::Outside(why))));
            assert_eq!((page.status, header(&page, "proxy-authenticate")), (511, ""), "{why:?}");
            let told = words(&page);
            assert!(told.contains(part) && told.contains("Not open to you from outside"), "{told}");
        }
    }
    let mut posts = snapshot_of([teacher()]);
    posts.people = posts.people.with_posts(vec![(Post::Head, teacher().person.id)]);
    case.desk = rig(posts, Office::Open);
    assert!(words(&case.show(Notice::Held(Held::Waiting))).contains("Tobias Okafor"), "the head by name");
}

/// Draws every page into `/tmp/gate-pages`, to be looked at: `cargo test -p gate -- --ignored every_page`.
#[tokio::test]
#[ignore = "writes files for people to look at"]
async fn every_page_is_drawn() {
    let folder = std::path::Path::new("/tmp/gate-pages");
    std::fs::create_dir_all(folder).expect("a folder");
    let draw = |name: &str, page: &Page| {
        std::fs::write(folder.join(format!("{name}.html")), &page.body).expect("written");
    };
    let (child, adult) = (Case::of(known(pupil())), Case::of(known(teacher())));
    let mut plain = Case::of(Who::Nobody);
    plain.url = "http://example.org/";
    let mut rule = decision(Verdict::Block, Step::Rule);
    rule.because.rule = Some("school line 12: block lucky-seven.test for year 7".into());
    let mut harm = decision(Verdict::Block, Step::Category);
    harm.because.category = Some(Category::SelfHarm);
    draw("blocked", &child.show(Notice::Blocked(&gambling())));
    draw("blocked-rule", &child.show(Notice::Blocked(&rule)));
    draw("blocked-self-harm", &child.show(Notice::Blocked(&harm)));
    draw("blocked-base", &child.show(Notice::Blocked(&decision(Verdict::Block, Step::BaseMode))));
    draw("blocked-staff", &adult.show(Notice::Blocked(&gambling())));
    draw("warn", &child.show(Notice::Warn(&gambling())));
    draw("certificate", &adult.show(Notice::Certificate(CertificateFault::Expired)));
    draw("held", &adult.show(Notice::Held(Held::Waiting)));
    draw("held-refused", &adult.show(Notice::Held(Held::Refused)));
    draw("outside", &plain.show(Notice::SignIn(Some(Refusal::Outside(NotEntered::NoApproval)))));
    draw("upstream", &child.show(Notice::Upstream(UpstreamFault::TimedOut)));
    draw("fault", &child.show(Notice::Blocked(&decision(Verdict::Block, Step::Fault))));
    draw("sign-in-asked", &plain.show(Notice::SignIn(None)));

    let not_agreed = Known { password: Some(hash("x")), missing: vec![due()], ..pupil() };
    let (nobody, signed, asked) = (Who::Nobody, known(pupil()), known(not_agreed));
    let desk = &child.desk.desk;
    desk.bindings.bind(DEVICE, &pupil(), at(480), at(0));
    for (name, who, path, query, form) in [
        ("home", &signed, "/", "", ""),
        ("home-nobody", &nobody, "/", "", ""),
        ("sign-in", &nobody, "/sign-in", "", ""),
        ("sign-in-wrong", &nobody, "/sign-in", "", "username=a.rahman&password=&token="),
        ("agree", &asked, "/agree", "", ""),
        ("agreed", &signed, "/agree", "back=https://example.org/", ""),
        ("help", &nobody, "/help", "", ""),
        ("report", &signed, "/report", "about=https%3A%2F%2Fexample.org%2F", ""),
        ("report-wrong", &nobody, "/report", "", "words=&place=example.org&kind=site"),
        ("set-up", &nobody, "/set-up", "", ""),
        ("missing", &nobody, "/nothing", "", ""),
    ] {
        let method = if form.is_empty() { policy::Method::Get } else { policy::Method::Post };
        let visit = crate::Visit {
            method,
            path,
            query,
            form: form.as_bytes(),
            secure: true,
            device: DEVICE,
            who,
            refused: None,
            now: at(0),
        };
        draw(name, &desk.answer(visit).await);
    }
}
