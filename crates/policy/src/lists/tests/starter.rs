use school::Choice;

use super::*;
use crate::Category;

fn all() -> Lists {
    Lists::new(starter_lists(&Hasher::open_for(&[1; 32]), label("x").made_at))
}

#[test]
fn every_line_of_the_starter_lists_is_read() {
    for list in STARTER_LISTS {
        let mut draft = Draft::new(Hasher::open(0));
        let report = read_grouped(list.text.as_bytes(), &mut draft);
        assert_eq!(report.shown, [], "{}", list.name);
        assert!(report.entries > 10, "{}", list.name);
        assert!(list.text.starts_with("# "), "{} says what it is for", list.name);
    }
}

#[test]
fn starter_lists_know_what_a_school_meets_first() {
    let lists = all();
    let check = |url: &str, category: Category| {
        let found = lists.look_up(&target(url));
        assert!(found.categories.has(category), "{url}: {found:?}");
    };
    for url in [
        "https://www.childline.org.uk/get-support/1-2-1-counsellor-chat/",
        "https://www.nspcc.org.uk/",
        "https://www.ceop.police.uk/Safety-Centre/",
        "https://www.samaritans.org/",
        "https://reportremove.org.uk/",
        "https://giveusashout.org/",
        "https://www.themix.org.uk/",
        "https://www.kooth.com/",
        "https://www.papyrus-uk.org/",
        "https://www.beateatingdisorders.org.uk/",
        "https://refuge.org.uk/",
        "https://anti-bullyingalliance.org.uk/",
        "https://www.internetmatters.org/",
        "https://saferinternet.org.uk/",
        "https://report.iwf.org.uk/",
        "https://www.nhs.uk/mental-health/",
        "https://www.stopitnow.org.uk/",
    ] {
        check(url, Category::Help);
    }
    check("https://www.bbc.co.uk/bitesize/subjects", Category::Education);
    check("https://www.thenational.academy/", Category::Education);
    check("https://en.wikipedia.org/wiki/Cat", Category::Reference);
    check("https://www.gov.uk/", Category::Government);
    check("https://www.google.com/search?q=cats", Category::SearchEngines);
    check("https://www.youtube.com/watch?v=1", Category::VideoSharing);
    check("https://discord.com/", Category::Chat);
    check("https://www.barclays.co.uk/", Category::Banking);
    check("https://www.nhs.uk/", Category::Health);
    check("https://dns.google/dns-query", Category::EncryptedDns);
    check("https://1.1.1.1/dns-query", Category::EncryptedDns);
    check("https://[2001:4860:4860:0::8888]/", Category::EncryptedDns);
    check("https://nordvpn.com/", Category::Bypass);
    check("https://www.roblox.com/", Category::Games);
    check("https://chatgpt.com/", Category::AiAssistants);
    let bbc = lists.look_up(&target("https://www.bbc.co.uk/"));
    assert!(bbc.categories.is_empty() && bbc.has_paths, "only parts of it are listed");
    assert!(!lists.look_up(&target("https://docs.google.com/")).categories.has(Category::SearchEngines));
}

#[test]
fn help_is_listed_by_whole_hosts_and_by_no_other_starter_list_as_harm() {
    let lists = all();
    let help = lists.get(0).expect("help comes first").info();
    assert_eq!((&*help.name, help.urls), ("Help", 0));
    let mut draft = Draft::new(Hasher::open(0));
    let harmless = [Category::Help, Category::Health, Category::Government];
    for line in STARTER_LISTS[0].text.lines().filter(|it| !it.starts_with(['#', '['])) {
        Import::read(Format::Domains, line.as_bytes(), &mut |entry| {
            let found = lists.look_up(&target(&format!("https://{}/", entry.host)));
            assert!(found.categories.iter().all(|it| harmless.contains(&it)), "{line}: {found:?}");
            draft.add(entry, CategorySet::NONE);
        });
    }
    assert!(!draft.is_empty());
}

#[test]
fn grouped_lists_report_what_they_cannot_place() {
    let mut draft = Draft::new(Hasher::open(0));
    let text = "early.test\n[games, chat]\none.test # both\nb!d\n[nonsense]\nlost.test\n[news]\ntwo.test";
    let report = read_grouped(text.as_bytes(), &mut draft);
    assert_eq!(
        report.shown,
        [
            (1, Fault::UnknownCategory),
            (4, Fault::NotAHost),
            (5, Fault::UnknownCategory),
            (6, Fault::UnknownCategory),
        ]
    );
    assert_eq!((report.lines, report.entries), (8, 2));
    let info = open(draft.compile(label("x")).expect("compiles")).expect("opens").info().clone();
    assert_eq!(info.counts, [(Category::Chat, 1), (Category::Games, 1), (Category::News, 1)]);
}

#[test]
fn the_category_table_covers_the_sources_we_know() {
    let map = CategoryMap::built_in();
    let check = |family: &str, name: &str, expected: &[&str]| {
        let found = match map.find(family, name) {
            Some(Mapping::To(set)) => set.iter().map(Category::code).collect(),
            Some(Mapping::Ignore) => vec!["ignore"],
            None => vec![],
        };
        assert_eq!(found, expected, "{family} {name}");
    };
    check("ut1", "drogue", &["drugs"]);
    check("UT1", "Social_Networks", &["social-media"]);
    check("ut1", "educational_games", &["games", "education"]);
    check("ut1", "special", &["ignore"]);
    check("ut1", "no such thing", &[]);
    check("sinfonietta", "pornography-hosts", &["pornography"]);
    check("someone", "Self-Harm", &["self-harm"]);
    let bench = "adult gambling games social_networks malware phishing publicite shopping warez drogue dating forums vpn \
                 filehosting violence weapons chat streaming cryptojacking hacking";
    for name in bench.split(' ') {
        assert!(matches!(map.find("bench", name), Some(Mapping::To(_))), "{name}");
    }
    assert_eq!(map.families().collect::<Vec<_>>(), ["any", "shalla", "sinfonietta", "stevenblack", "ut1"]);
}

#[test]
fn every_subject_that_school_policies_name_has_a_category() {
    // FIL-05.
    let named = "pornography,violence,racism,hate,extremism,terrorism,illegal,gambling,gaming,social media,chat,newsgroups,\
                 apps,search engines,webmail,music,video,shopping,drugs,alcohol,tobacco,self-harm,suicide,eating disorders,\
                 crime,weapons,dating,hacking,phishing,proxies,file sharing,ai";
    let map = CategoryMap::built_in();
    for name in named.split(',') {
        let found = map.find("a list we have never seen", name);
        assert!(matches!(found, Some(Mapping::To(set)) if !set.is_empty()), "{name}");
    }
}

#[test]
fn a_bad_category_table_names_its_lines() {
    let faults = CategoryMap::parse("x a = games\nx b\n = games\nx c = nonsense\nx A = chat\n")
        .expect_err("four faults");
    assert_eq!(faults.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    assert_eq!(faults[2].to_string(), "line 4: `nonsense` is not one of our categories");
}
