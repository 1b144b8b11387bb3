use policy::{SafeSearch, Step, Target, Verdict, Verdict::*, search_term};

use crate::small_school::*;

#[test]
fn fil_10_each_profile_has_its_search_engines_kept_safe() {
    let rules = starter();
    let check = |who: &str, url: &str, verdict: Verdict, safe: Option<(&'static str, &'static str)>| {
        let decision = Question::new(&rules, who, url).decide();
        assert_eq!(decision.verdict, verdict, "{who} {url} {:?}", decision.because);
        assert_eq!(decision.because.step, Step::SearchEngine, "{who} {url}");
        let safe = safe.map(|(name, value)| SafeSearch::Parameter { name, value });
        assert_eq!(decision.safe_search, safe, "{who} {url}");
    };
    check("pupil-7", "www.google.co.uk/search?q=a&safe=off", Allow, Some(("safe", "active")));
    check("pupil-7", "google.com/search?q=a", Allow, Some(("safe", "active")));
    check("pupil-7", "www.google.com/anything?q=a", Allow, Some(("safe", "active")));
    check("pupil-7", "www.bing.com/search?q=a", Allow, Some(("adlt", "strict")));
    check("pupil-7", "www.bing.com/SEARCH?Q=a", Allow, Some(("adlt", "strict")));
    check("pupil-7", "duckduckgo.com/?q=a", Allow, Some(("kp", "1")));
    check("pupil-7", "html.duckduckgo.com/html/", Allow, Some(("kp", "1")));
    check("pupil-7", "www.google.com/", Allow, None);
    check("pupil-7", "yandex.com/search?text=a", Block, None);
    check("pupil-7", "www.ecosia.org/search?q=a", Block, None);
    check("pupil-2", "www.google.com/search?q=a", Block, None);
    check("pupil-2", "www.kiddle.co/s.php?q=a", Allow, None);
    check("teacher", "search.brave.com/search?q=a", Allow, Some(("safesearch", "strict")));
    check("-", "www.google.com/search?q=a", Block, None);
    // What only looks like a search engine is none.
    for url in
        ["google.evil.test/search?q=a", "www.google.com.evil.test/search?q=a", "notgoogle.com/search?q=a"]
    {
        let decision = Question::new(&rules, "pupil-7", url).decide();
        assert_ne!(decision.because.step, Step::SearchEngine, "{url}");
        assert_eq!(decision.safe_search, None, "{url}");
    }
}

#[test]
fn safe_search_does_not_depend_on_what_opened_the_engine() {
    let rules = rules(
        "profile P\n mode deny by default\nuse profile P for everyone\n\
         profile Free\n mode block by category\n safe search off\n youtube off\n other search engines by category\n\
         use profile Free for role head\n\
         allow google.com locked\nallow category video-sharing\nallow yandex.ru for person teacher",
    );
    let safe = |who: &str, url: &str| Question::new(&rules, who, url).decide().safe_search;
    assert_eq!(
        safe("pupil-7", "www.google.com/search?q=a"),
        Some(SafeSearch::Parameter { name: "safe", value: "active" })
    );
    assert_eq!(
        safe("pupil-7", "www.youtube.com/results?search_query=a"),
        Some(SafeSearch::Header { name: "YouTube-Restrict", value: "Strict" })
    );
    assert_eq!(
        safe("teacher", "yandex.ru/search?text=a"),
        Some(SafeSearch::Parameter { name: "family", value: "yes" })
    );
    assert_eq!(safe("head", "www.google.com/search?q=a"), None);
    assert_eq!(safe("head", "www.youtube.com/"), None);
}

#[test]
fn an_engine_that_cannot_be_kept_safe_stays_closed_and_is_told_of() {
    let rules =
        rules("profile P\n mode block by category\n search engines kagi, google\nuse profile P for everyone");
    assert_eq!(Question::new(&rules, "head", "kagi.com/search?q=a").verdict(), Block);
    assert_eq!(Question::new(&rules, "head", "www.google.com/search?q=a").verdict(), Allow);
    assert!(rules.warnings().iter().any(|it| it.to_string().contains("cannot be forced on Kagi")));
}

#[test]
fn what_was_typed_is_found() {
    let check = |url: &str, term: Option<&str>| {
        let target = Target::parse(url).expect(url);
        assert_eq!(search_term(&target).as_deref(), term, "{url}");
    };
    check("https://www.google.co.uk/search?hl=en&q=black+holes", Some("black holes"));
    check("https://www.google.com.au/search?q=caf%C3%A9%20au%2Blait", Some("café au+lait"));
    check("https://www.bing.com/images/search?q=cats", Some("cats"));
    check("https://www.bing.com/Search?Q=cats", Some("cats"));
    check("https://duckduckgo.com/?q=cats&ia=web", Some("cats"));
    check("https://m.youtube.com/results?search_query=cats", Some("cats"));
    check("https://uk.search.yahoo.com/search?p=cats", Some("cats"));
    check("https://www.ecosia.org/search?q=cats", Some("cats"));
    check("https://search.brave.com/search?q=cats", Some("cats"));
    check("https://www.startpage.com/sp/search?query=cats", Some("cats"));
    check("https://en.wikipedia.org/w/index.php?search=cats", Some("cats"));
    check("https://www.amazon.co.uk/s?k=cats", Some("cats"));
    check("https://www.kiddle.co/s.php?q=cats", Some("cats"));
    // Guesses at each key, other pages, empty boxes, other sites.
    check("https://www.google.com/complete/search?q=ca", None);
    check("https://www.google.com/maps?q=leeds", None);
    check("https://www.google.com/search?q=", None);
    check("https://www.google.com/search?q=+", None);
    check("https://www.google.com/search", None);
    check("https://google.evil.test/search?q=a", None);
    check("https://a.test/search?q=a", None);
    check(&format!("https://www.google.com/search?q={}", "a".repeat(9000)), Some(&"a".repeat(500)));
}
