use proptest::prelude::*;
use school::Choice;
use xxhash_rust::xxh3::xxh3_64;

use super::*;
use crate::Category;
use crate::lists::layout::{HEADER, Header, ROW};

fn categories(lists: &Lists, url: &str) -> Vec<Category> {
    lists.look_up(&target(url)).categories.iter().collect()
}

#[test]
fn a_listed_host_counts_for_all_below_it_and_nothing_beside_it() {
    let text = "games.test\nbig.example.co.uk\n10.9.8.7\n2001:db8::7\nco.uk\n*.zip\nblogspot.com\nuk.\n";
    let lists = Lists::new(vec![list("games", Category::Games, Format::Domains, text)]);
    let check = |url: &str, listed: bool| {
        assert_eq!(!categories(&lists, url).is_empty(), listed, "{url}");
    };
    check("http://games.test/", true);
    check("http://GAMES.test./any?thing", true);
    check("https://www.games.test:8443/", true);
    check("http://a.b.c.games.test/", true);
    check("http://xgames.test/", false);
    check("http://test/", false);
    check("http://games.test.example/", false);
    check("http://example.co.uk/", false);
    check("http://x.big.example.co.uk/", true);
    check("http://10.9.8.7/", true);
    check("http://0xa.9.8.7/", true);
    check("http://[::ffff:10.9.8.7]/", true);
    check("http://[64:ff9b::a09:807]/", true);
    check("http://9.8.7/", false);
    check("http://[2001:db8:0::7]/", true);
    check("http://co.uk/", true);
    check("http://innocent.co.uk/", false);
    check("http://other.uk/", false);
    check("http://whatever.zip/", true);
    check("http://someone.blogspot.com/", true);
}

#[test]
fn a_listed_path_counts_at_its_boundaries_only() {
    let text = "site.test/bad\nhttp://site.test/watch?v=1\nsite.test/Dir/Deep/\nhttps://u@alone.test:8080/\nsite.test/%7Ejo/x%2fy";
    let lists = Lists::new(vec![list("paths", Category::Violence, Format::Urls, text)]);
    let check = |url: &str, listed: bool| {
        let found = lists.look_up(&target(url));
        assert_eq!(!found.categories.is_empty(), listed, "{url}");
        assert!(found.has_paths || !url.contains("//site.test"), "{url}");
    };
    check("http://site.test/", false);
    check("http://site.test/bad", true);
    check("http://site.test/BAD/", true);
    check("http://site.test//x/..//bad", true);
    check("http://site.test/%62ad?x=1", true);
    check("http://www.site.test/bad/more", true);
    check("http://site.test/badly", false);
    check("http://site.test/good/bad", false);
    check("http://site.test/watch?v=1", true);
    check("http://site.test/watch?v=1&t=2", true);
    check("http://site.test/watch?v=12", false);
    check("http://site.test/watch", false);
    check("http://site.test/dir/deep", true);
    check("http://site.test/dir/", false);
    check("http://site.test/~jo/x%2Fy/z", true);
    check("http://alone.test/anything", true);
    let long = format!("http://site.test/bad/{}", "x/".repeat(3000));
    check(&long, true);
    assert!(!lists.look_up(&target("http://alone.test/")).has_paths);
}

#[test]
fn lists_are_looked_up_together_and_the_nearest_is_blamed() {
    let lists = Lists::new(vec![
        list("broad", Category::Games, Format::Domains, "play.test\n"),
        list("near", Category::Games, Format::Domains, "chess.play.test\n"),
        list("news", Category::News, Format::Hosts, "0.0.0.0 play.test\n"),
    ]);
    let at = target("http://www.chess.play.test/");
    assert_eq!(categories(&lists, "http://www.chess.play.test/"), [Category::Games, Category::News]);
    let blame = |category| lists.blame(&at, category);
    assert_eq!(blame(Category::Games), Some(Blame { list: "near".into(), matched: 15 }));
    assert_eq!(blame(Category::News), Some(Blame { list: "news".into(), matched: 9 }));
    assert_eq!(blame(Category::Gambling), None);
    assert_eq!(Lists::empty().look_up(&at), Found::default());
}

#[test]
fn a_sealed_list_says_only_that_it_holds_a_target() {
    let secret = [3; 32];
    let mut draft = Draft::new(Hasher::sealed(&secret, [9; 16]));
    let text = b"awful.test\nhttp://host.test/a/b.html\n";
    Import::read(Format::Urls, text, &mut |entry| draft.add(entry, CategorySet::NONE));
    let bytes = draft.compile(label("sealed")).expect("compiles");
    for part in ["awful", "host.test", "b.html"] {
        let part = part.as_bytes();
        assert!(!bytes.windows(part.len()).any(|it| it == part), "no entry is readable");
    }
    assert_eq!(open(bytes.clone()).map(|_| ()), Err(NotAList::WrongSecret));
    let sealed = |secret| CompiledList::open_sealed(Arc::new(bytes.clone()), secret);
    assert_eq!(sealed(&[4; 32]).map(|_| ()), Err(NotAList::WrongSecret));

    let sealed = sealed(&secret).expect("the right secret");
    let info = sealed.info().clone();
    assert!(info.sealed && info.counts.is_empty());
    assert_eq!((info.hosts, info.urls), (1, 1));
    let lists = Lists::new(vec![list("games", Category::Games, Format::Domains, "host.test"), sealed]);
    let found = lists.look_up(&target("https://www.awful.test/"));
    assert_eq!((found.sealed, found.categories), (Some(1), CategorySet::NONE));
    assert_eq!(lists.look_up(&target("http://host.test/a/B.html?x")).sealed, Some(1));
    assert_eq!(lists.look_up(&target("http://host.test/a")).sealed, None);
    assert!(lists.look_up(&target("http://host.test/")).has_paths);
    assert_eq!(lists.blame(&target("http://awful.test/"), Category::Illegal), None);
    let shown = format!("{lists:?} {:?}", lists.get(1));
    assert!(!shown.contains("awful"));
}

#[test]
fn information_is_kept() {
    let mut draft = Draft::new(Hasher::open(1));
    let games = CategorySet::NONE.with(Category::Games);
    let chat = CategorySet::NONE.with(Category::Chat);
    draft.add(Entry::host("both.test"), games);
    draft.add(Entry::host("both.test"), chat);
    draft.add(Entry::host("games.test"), games);
    draft.add(Entry { path: "/x", ..Entry::host("both.test") }, chat);
    draft.count_bad_lines(4);
    let info = open(draft.compile(label("two\nlines")).expect("compiles")).expect("opens").info().clone();
    assert_eq!(&*info.name, "two lines");
    assert_eq!((info.hosts, info.urls, info.bad_lines), (2, 1, 4));
    assert_eq!(info.counts, [(Category::Chat, 2), (Category::Games, 2)]);
    let day = jiff::SignedDuration::from_hours(24);
    assert!(!info.is_stale(info.made_at + day, day * 2));
    assert!(info.is_stale(info.made_at + day * 3, day * 2));
}

#[test]
fn order_leaves_no_trace() {
    let compile = |names: &[(&str, Category)]| {
        let mut draft = Draft::new(Hasher::open(1));
        for (name, category) in names {
            draft.add(Entry::host(name), CategorySet::NONE.with(*category));
        }
        draft.compile(label("x")).expect("compiles")
    };
    let mut names = [
        ("a.test", Category::Games),
        ("b.test", Category::News),
        ("a.test", Category::Chat),
        ("c.test", Category::Chat),
    ];
    let one = compile(&names);
    names.reverse();
    assert_eq!(one, compile(&names));
}

#[test]
fn a_damaged_file_is_an_error_and_never_a_list() {
    let mut draft = Draft::new(Hasher::open(1));
    for i in 0..100 {
        draft.add(Entry::host(&format!("h{i}.test")), CategorySet::NONE.with(Category::Games));
    }
    let good = draft.compile(label("x")).expect("compiles");
    assert!(open(good.clone()).is_ok());
    for length in 0..good.len() {
        assert!(open(good[..length].to_vec()).is_err(), "cut at {length}");
    }
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        assert!(open(bad).is_err(), "changed at {at}");
    }
    let longer = [&*good, b"x"].concat();
    assert_eq!(open(longer).map(|_| ()), Err(NotAList::Damaged));
    assert_eq!(open(b"example.org\n".to_vec()).map(|_| ()), Err(NotAList::WrongMagic));
}

#[test]
fn an_empty_list_is_a_list() {
    let empty = open(Draft::new(Hasher::open(1)).compile(label("x")).expect("compiles")).expect("opens");
    assert_eq!(empty.info().entries(), 0);
    assert_eq!(Lists::new(vec![empty]).look_up(&target("http://a.test/b")), Found::default());
}

proptest! {
    #[test]
    fn a_file_that_lies_never_breaks_a_look_up(at in 68_usize..2000, value: u8, header in prop::bool::ANY) {
        let mut draft = Draft::new(Hasher::open(1));
        for i in 0..60 {
            let path = if i % 2 == 0 { "/p" } else { "" };
            draft.add(Entry { path, ..Entry::host(&format!("h{i}.test")) }, CategorySet::NONE.with(Category::Games));
        }
        let mut file = draft.compile(label("x")).expect("compiles");
        let at = if header { at % 68 } else { 84 + at % (file.len() - 84) };
        file[at] = value;
        layout::reseal(&mut file);
        if let Ok(list) = open(file) {
            let lists = Lists::new(vec![list]);
            for i in 0..60 {
                lists.look_up(&target(&format!("http://h{i}.test/p")));
            }
        }
    }

    #[test]
    fn every_listed_host_is_found(names in prop::collection::hash_set("[a-z]{1,8}(\\.[a-z]{1,8}){1,2}", 1..30)) {
        let mut draft = Draft::new(Hasher::open(11));
        for (i, name) in names.iter().enumerate() {
            let set = CategorySet::NONE.with(Category::ALL[i % Category::ALL.len()]);
            draft.add(Entry { host: name, path: "", cover: Cover::Below }, set);
        }
        let lists = Lists::new(vec![open(draft.compile(label("x")).expect("compiles")).expect("opens")]);
        for (i, name) in names.iter().enumerate() {
            let found = lists.look_up(&target(&format!("http://www.{name}/")));
            prop_assert!(found.categories.has(Category::ALL[i % Category::ALL.len()]));
        }
    }
}

/// A list compiled before it was written down which hosts hold what is always blocked counts as if all of them did.
#[test]
fn a_list_of_the_first_version_opens_and_hides_nothing() {
    let check = |text: &str, category, version: u32, shut: bool| {
        let made = list("made", category, Format::Urls, text);
        let mut bytes = made.file().to_vec();
        if version == 1 {
            bytes[8..12].copy_from_slice(&1_u32.to_le_bytes());
            let (_, rows, _, _) =
                Header::read(made.file()).expect("sound").0.parts(bytes.len()).expect("sound");
            bytes[rows].chunks_mut(ROW).for_each(|row| row[ROW - 1] &= 1);
            let body = xxh3_64(&bytes[HEADER..]);
            bytes[68..76].copy_from_slice(&body.to_le_bytes());
            let head = xxh3_64(&bytes[..76]);
            bytes[76..84].copy_from_slice(&head.to_le_bytes());
        }
        let lists = Lists::new(vec![open(bytes).expect("both versions are read")]);
        let found = lists.look_up(&target("http://site.test/"));
        assert_eq!((found.has_paths, found.has_shut_paths), (true, shut), "{category:?}, version {version}");
    };
    for version in [1, 2] {
        check("site.test/bad", Category::Extremism, version, true);
        check("site.test/bad", Category::Games, version, false);
    }
}
