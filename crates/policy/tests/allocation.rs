//! The common path allocates nothing. A binary of its own, because it counts every allocation.
use std::sync::Arc;

use jiff::{Timestamp, civil, tz::TimeZone};
use policy::{Ask, Directory, LayerText, Rules, Stage, Target, Verdict, decide, lists::*};
use school::{Calendar, DaySpan, Layer, SchoolDays};

#[test]
fn a_common_decision_allocates_nothing() {
    let made_at = Timestamp::UNIX_EPOCH;
    let lists =
        STARTER_LISTS.iter().map(|it| CompiledList::open(Arc::new(it.compile(Hasher::open(1), made_at))));
    let lists = Lists::new(lists.collect::<Result<_, _>>().expect("the built-in lists open"));
    let text = "profile Open\n mode block by category\n block files exe\n search engines google\n\
                use profile Open for unknown\nblock rule.test during lessons\n\
                allow rule.test/a for unknown\nwarn category games for year 7";
    let source = LayerText { layer: Layer::School, name: "Hillview", text };
    let rules = Rules::compile(&[source], &Directory::default(), Arc::new(lists)).expect("compiles");
    let span = DaySpan { start: civil::time(8, 0, 0, 0), end: civil::time(16, 0, 0, 0) };
    let calendar = Calendar {
        zone: TimeZone::UTC,
        terms: vec![],
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: span,
        lessons: vec![span],
        closed: vec![],
    };
    let when = calendar.moment("2026-10-05T10:00:00Z".parse().expect("a time"));
    let check = |url: &str, stage: Stage<'_>, verdict: Verdict| {
        let target = Target::parse(url).expect("an address");
        let ask = Ask { who: rules.unknown(), site: None, target: &target, stage, when };
        // The first decision reads the built-in tables.
        assert_eq!(decide(&rules, &ask).verdict, verdict, "{url}");
        let counted = allocation_counter::measure(|| drop(decide(&rules, &ask)));
        assert_eq!(counted.count_total, 0, "{url}");
    };
    for stage in [Stage::Connect, Stage::Request] {
        check("https://www.never-heard-of.test/a/b.html?c=d", stage, Verdict::Allow);
        check("https://www.bbc.co.uk/bitesize/a", stage, Verdict::Allow);
        check("https://www.childline.org.uk/", stage, Verdict::Allow);
        check("https://rule.test/b", Stage::Request, Verdict::Block);
        check("https://rule.test/a/b", stage, Verdict::Allow);
        check("https://www.facebook.com/", stage, Verdict::Allow);
        check("https://www.google.co.uk/search?q=a", stage, Verdict::Allow);
    }
    let response = Stage::Response { media_type: Some("text/html; charset=utf-8"), file_name: Some("a.pdf") };
    check("https://www.never-heard-of.test/a/b.html?c=d", response, Verdict::Allow);
}
