use policy::{Inspect, Inspect::*, SafeSearch, Stage, Verdict, Verdict::*};

use crate::small_school::*;

const OPEN: &str = "profile Open\n mode block by category\n block games\n warn news\n search engines google, ecosia\n \
                    other search engines by category\nuse profile Open for everyone\n";
const SHUT: &str = "profile Shut\n mode deny by default\n allow education\nuse profile Shut for everyone\n";

fn connect(text: &str, host: &str, verdict: Verdict, inspect: Inspect) {
    let rules = rules(text);
    let decision = Question::new(&rules, "pupil-9", host).stage(Stage::Connect).decide();
    assert_eq!((decision.verdict, decision.inspect), (verdict, inspect), "{text}: {host}: {decision:?}");
}

#[test]
fn a_host_refused_in_full_is_refused_at_once() {
    connect(OPEN, "games.test", Block, Open);
    connect(&format!("{OPEN}block a.test"), "a.test", Block, Open);
    connect(SHUT, "a.test", Block, Open);
    connect(SHUT, "sealed.test", Block, Open);
}

#[test]
fn a_host_of_which_something_may_open_is_opened_and_asked_again() {
    connect(&format!("{SHUT}allow a.test/b"), "a.test", Allow, Open);
    connect(&format!("{SHUT}allow a.test/b for year 8"), "a.test", Block, Open);
    connect(&format!("{SHUT}allow a.test/b during breaks"), "a.test", Block, Open);
    connect(&format!("{SHUT}allow https://b.test/b"), "a.test", Block, Open);
    connect(&format!("{SHUT}allow pattern \"/maths\""), "a.test", Allow, Open);
    connect(&format!("{SHUT}block pattern \"/maths\""), "a.test", Block, Open);
    // The path rule is weaker than the rule that closes the host.
    connect(&format!("{SHUT}block a.test for year 9\nallow a.test/b"), "a.test", Block, Open);
    connect(&format!("{SHUT}block a.test\nallow a.test/b"), "a.test", Allow, Open);
    // Some addresses of mixed.test are in an allowed category.
    connect(SHUT, "mixed.test", Allow, Open);
    connect("profile N\n mode deny by default\nuse profile N for everyone", "mixed.test", Block, Open);
    // Warnings have to be shown.
    connect(OPEN, "news.test", Allow, Open);
}

#[test]
fn extremism_is_asked_again_only_where_the_trust_opens_a_part() {
    let check = |trust: &str, verdict: Verdict| {
        let rules = layers(&[(school::Layer::Trust, trust), (school::Layer::School, OPEN)]);
        let got = Question::new(&rules, "pupil-9", "extremism.test").stage(Stage::Connect).verdict();
        assert_eq!(got, verdict, "{trust}");
    };
    check("", Block);
    check("allow pattern \"history\"", Block);
    check("allow extremism.test/history", Allow);
}

#[test]
fn private_sites_are_carried_unopened() {
    connect(OPEN, "banking.test", Allow, Tunnel);
    connect(OPEN, "www.health.test", Allow, Tunnel);
    connect(OPEN, "childline.org.uk", Allow, Tunnel);
    connect(OPEN, "a.test", Allow, Open);
    connect(&format!("{OPEN}inspect banking.test"), "banking.test", Allow, Open);
    connect(&format!("{OPEN}tunnel a.test"), "a.test", Allow, Tunnel);
    connect(&format!("{OPEN}tunnel a.test\ninspect www.a.test"), "www.a.test", Allow, Open);
    connect(&format!("{OPEN}tunnel category games"), "games.test", Block, Open);
    // A rule for some addresses can be kept only where they are seen.
    connect(&format!("{OPEN}block banking.test/loans"), "banking.test", Allow, Open);
    connect(&format!("{OPEN}block pattern \"loans\""), "banking.test", Allow, Tunnel);
    connect(&format!("{OPEN}block pattern \"banking\""), "banking.test", Allow, Open);
}

#[test]
fn an_unopened_search_engine_is_reached_by_its_safe_name() {
    let rules =
        rules(&format!("{OPEN}tunnel www.google.com\ntunnel www.youtube.com\ntunnel search.yahoo.com"));
    let check = |host: &str, inspect: Inspect, safe: Option<&'static str>| {
        let decision = Question::new(&rules, "pupil-9", host).stage(Stage::Connect).decide();
        let safe = safe.map(|name| SafeSearch::Host { name });
        assert_eq!((decision.inspect, decision.safe_search), (inspect, safe), "{host}");
    };
    check("www.google.com", Tunnel, Some("forcesafesearch.google.com"));
    check("www.youtube.com", Tunnel, Some("restrict.youtube.com"));
    check("www.google.co.uk", Open, None);
    // No safe name: it has to be opened, whatever the rule says.
    check("search.yahoo.com", Open, None);
}

/// A `tunnel` rule would let through unseen what no rule may open (FIL-06, FIL-07).
#[test]
fn what_is_always_blocked_on_a_part_of_a_host_is_not_hidden_in_a_tunnel() {
    let check = |trust: &str, school: &str, host: &str, inspect: Inspect, words: &str| {
        let text = format!("{OPEN}{school}");
        let rules = layers(&[(school::Layer::Trust, trust), (school::Layer::School, &text)]);
        let trace = Question::new(&rules, "pupil-9", host).trace();
        let got = (trace.decision.verdict, trace.connection.inspect);
        assert_eq!(got, (Allow, inspect), "{trust}: {school}: {host}");
        let said = &trace.connection.words;
        assert!(said.contains(words), "{trust}: {school}: {host}: {said}");
        assert!(trace.to_string().contains(said), "shown to staff");
        let connect = Question::new(&rules, "pupil-9", host).stage(Stage::Connect).decide();
        assert_eq!((connect.verdict, connect.inspect), (Allow, inspect), "as decided: {trust}: {school}");
    };
    // `mixed.test/extremism` and `mixed.test/illegal` are listed, and `host.test/sealed` is sealed.
    let against = "always blocked";
    check("", "tunnel mixed.test", "mixed.test", Open, against);
    check("", "tunnel mixed.test", "www.mixed.test", Open, against);
    check("tunnel mixed.test locked", "", "mixed.test", Open, "trust line 1");
    check("", "tunnel everything for person pupil-9", "mixed.test", Open, against);
    check("", "allow mixed.test\ntunnel mixed.test", "mixed.test", Open, against);
    check("allow mixed.test", "tunnel mixed.test", "mixed.test", Tunnel, "unopened by school");
    check("allow mixed.test for year 7", "tunnel mixed.test", "mixed.test", Open, against);
    check("", "tunnel host.test", "host.test", Open, against);
    check("allow host.test", "tunnel host.test", "host.test", Open, against);
    // What is listed only as something that a rule may open is left to the rule.
    check("", "tunnel games-in-part.test", "games-in-part.test", Tunnel, "unopened by school");
    // What a list of the school calls help is opened for what is sealed on it; the lines that we know are not.
    check("", "", "help-in-part.test", Open, "called help");
    check("", "", "childline.org.uk", Tunnel, "help is never opened");
}
