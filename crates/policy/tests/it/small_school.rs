//! A made-up school: `gambling.test` is a gambling site, and so for every category.
use std::sync::Arc;

use jiff::{
    Timestamp,
    civil::{DateTime, date, time},
    tz::TimeZone,
};
use policy::{
    Ask, Category, CategorySet, Decision, Directory, LayerText, Rules, Stage, Target, Trace, Verdict, decide,
    lists::{CompiledList, Draft, Entry, Hasher, Label, Lists, STARTER_LISTS},
    trace,
};
use school::{
    Calendar, Choice, DaySpan, Group, Id, Layer, Moment, Person, Role, Roles, School, SchoolDays, Site, Term,
};

const SECRET: [u8; 32] = [7; 32];
const SCHOOL: Id<School> = Id::from_u128(1);
pub(crate) const SITE: Id<Site> = Id::from_u128(50);
/// A Monday, in a lesson.
pub(crate) const LESSON: &str = "2026-10-05T10:00";
pub(crate) const BREAK: &str = "2026-10-05T11:10";
pub(crate) const EVENING: &str = "2026-10-05T19:00";
pub(crate) const SUNDAY: &str = "2026-10-04T10:00";

pub(crate) fn lists() -> Arc<Lists> {
    let made_at = Timestamp::UNIX_EPOCH;
    let label =
        |name: &str| Label { name: name.into(), source: "test".into(), licence: "none".into(), made_at };
    let mut lists: Vec<CompiledList> = Vec::new();
    for category in Category::ALL {
        let mut draft = Draft::new(Hasher::open(1));
        let set = CategorySet::NONE.with(*category);
        draft.add(Entry::host(&format!("{}.test", category.code())), set);
        let path = format!("/{}", category.code());
        draft.add(Entry { path: &path, ..Entry::host("mixed.test") }, set);
        if *category == Category::Games {
            draft.add(Entry { path: "/play", ..Entry::host("games-in-part.test") }, set);
        }
        if *category == Category::Help {
            draft.add(Entry::host("help-in-part.test"), set);
        }
        lists.push(
            CompiledList::open(Arc::new(draft.compile(label(category.code())).expect("made up to be right")))
                .expect("made up to be right"),
        );
    }
    let mut sealed = Draft::new(Hasher::sealed(&SECRET, [1; 16]));
    sealed.add(Entry::host("sealed.test"), CategorySet::NONE);
    sealed.add(Entry { path: "/sealed", ..Entry::host("host.test") }, CategorySet::NONE);
    sealed.add(Entry { path: "/sealed", ..Entry::host("help-in-part.test") }, CategorySet::NONE);
    let sealed = sealed.compile(label("Sealed")).expect("made up to be right");
    lists.push(CompiledList::open_sealed(Arc::new(sealed), &SECRET).expect("made up to be right"));
    for list in STARTER_LISTS {
        lists.push(
            CompiledList::open(Arc::new(list.compile(Hasher::open(1), made_at)))
                .expect("made up to be right"),
        );
    }
    Arc::new(Lists::new(lists))
}

pub(crate) fn group(id: u128, name: &str) -> Group {
    Group { id: Id::from_u128(id), school: SCHOOL, name: name.parse().expect("made up to be right") }
}

fn groups() -> Vec<Group> {
    vec![group(100, "9B"), group(101, "Chess club")]
}

/// `pupil-7`, `pupil-9-9B`, `teacher`, `head` and so on; the name is the username.
pub(crate) fn person(name: &str) -> Person {
    let mut parts = name.split('-');
    let role = parts.next().and_then(|it| Role::from_code(&it.replace('_', "-"))).expect(name);
    let year = parts.next().map(|it| it.parse().expect(name));
    let in_groups = parts
        .map(|it| groups().iter().find(|group| group.name.as_str() == it.replace('_', " ")).expect(name).id);
    Person {
        id: Id::from_u128(1000 + name.len() as u128),
        school: SCHOOL,
        username: name.parse().expect("made up to be right"),
        name: name.parse().expect("made up to be right"),
        roles: Roles::NONE.with(role),
        year,
        groups: in_groups.collect(),
        email: None,
        stay: school::Stay::ALWAYS,
    }
}

pub(crate) fn directory() -> Directory {
    let people: Vec<Person> = ["pupil-7", "pupil-9-9B", "teacher", "head"].map(person).into();
    let site = Site { id: SITE, school: SCHOOL, name: "North".parse().expect("made up to be right") };
    Directory::new(&people, &groups(), [&site])
}

pub(crate) fn try_compile(layers: &[(Layer, &str)]) -> Result<Rules, Vec<policy::Fault>> {
    let texts: Vec<LayerText<'_>> = layers
        .iter()
        .map(|(layer, text)| LayerText {
            layer: *layer,
            name: if *layer == Layer::Site { "North" } else { "Hillview" },
            text,
        })
        .collect();
    Rules::compile(&texts, &directory(), lists())
}

pub(crate) fn layers(texts: &[(Layer, &str)]) -> Rules {
    try_compile(texts).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// One school's text.
pub(crate) fn rules(text: &str) -> Rules {
    layers(&[(Layer::School, text)])
}

pub(crate) fn starter() -> Rules {
    rules(policy::starter())
}

pub(crate) fn moment(at: &str) -> Moment {
    let span = |a, b, c, d| DaySpan { start: time(a, b, 0, 0), end: time(c, d, 0, 0) };
    let calendar = Calendar {
        zone: TimeZone::get("Europe/London").expect("made up to be right"),
        terms: vec![Term {
            name: "Autumn".parse().expect("made up to be right"),
            first: date(2026, 9, 2),
            last: date(2026, 12, 18),
        }],
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: span(8, 30, 15, 30),
        lessons: vec![span(9, 0, 11, 0), span(11, 20, 12, 20)],
        closed: vec![],
    };
    let local: DateTime = at.parse().expect(at);
    calendar.moment(local.to_zoned(calendar.zone.clone()).expect("made up to be right").timestamp())
}

/// A question with everything in it.
pub(crate) struct Question<'a> {
    pub(crate) rules: &'a Rules,
    /// `-`: nobody.
    pub(crate) who: &'a str,
    pub(crate) url: &'a str,
    pub(crate) stage: Stage<'a>,
    pub(crate) at: &'a str,
    pub(crate) site: Option<Id<Site>>,
}

impl<'a> Question<'a> {
    pub(crate) fn new(rules: &'a Rules, who: &'a str, url: &'a str) -> Question<'a> {
        Question { rules, who, url, stage: Stage::Request, at: LESSON, site: None }
    }
    pub(crate) fn at(self, at: &'a str) -> Question<'a> {
        Question { at, ..self }
    }
    pub(crate) fn stage(self, stage: Stage<'a>) -> Question<'a> {
        Question { stage, ..self }
    }
    pub(crate) fn on_site(self) -> Question<'a> {
        Question { site: Some(SITE), ..self }
    }

    pub(crate) fn trace(&self) -> Trace {
        let subject = match self.who {
            "-" => self.rules.unknown().clone(),
            name => self.rules.subject(&person(name)),
        };
        let url =
            if self.url.contains("://") { self.url.to_owned() } else { format!("https://{}", self.url) };
        let target = Target::parse(&url).expect(self.url);
        let ask =
            Ask { who: &subject, site: self.site, target: &target, stage: self.stage, when: moment(self.at) };
        let trace = trace(self.rules, &ask);
        assert_eq!(trace.decision, decide(self.rules, &ask), "explained as decided: {url}");
        trace
    }

    pub(crate) fn decide(&self) -> Decision {
        self.trace().decision
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.decide().verdict
    }
}
