use policy::{Mode, Verdict, Verdict::*};
use school::Layer;

use crate::small_school::*;

const TRUST: &str = "profile Pupils\n mode block by category\n block games, news\n\
                     profile Safe locked\n mode block by category\n block games\n\
                     use profile Pupils for role pupil, unknown\nuse profile Safe for role teacher locked\n";

fn check(school: &str, site: &str, at_site: bool, who: &str, url: &str, verdict: Verdict) {
    let rules = layers(&[(Layer::Trust, TRUST), (Layer::School, school), (Layer::Site, site)]);
    let question = Question::new(&rules, who, url);
    let question = if at_site { question.on_site() } else { question };
    assert_eq!(question.verdict(), verdict, "{school} / {site}: {who} {url}");
}

#[test]
fn acc_01_settings_come_down_and_may_be_changed_unless_locked() {
    check("", "", false, "pupil-7", "games.test", Block);
    // A school changes one category of the trust's profile and keeps the rest.
    let school = "profile Pupils\n allow games\n";
    check(school, "", false, "pupil-7", "games.test", Allow);
    check(school, "", false, "pupil-7", "news.test", Block);
    // A site changes it again, for itself alone.
    let site = "profile Pupils\n allow news\n";
    check(school, site, true, "pupil-7", "news.test", Allow);
    check(school, site, true, "pupil-7", "games.test", Allow);
    check(school, site, false, "pupil-7", "news.test", Block);
    // What the trust locked stays.
    check("profile Safe\n allow games\n", "", false, "teacher", "games.test", Block);
    check("use profile Pupils for role teacher\n", "", false, "teacher", "news.test", Allow);
    check(
        "profile Mine\n mode deny by default\nuse profile Mine for role pupil\n",
        "",
        false,
        "pupil-7",
        "a.test",
        Block,
    );
    // The narrowest audience of the nearest layer.
    check(
        "use profile Safe for role pupil\nuse profile Pupils for year 7\n",
        "",
        false,
        "pupil-7",
        "news.test",
        Block,
    );
}

#[test]
fn of_two_profiles_that_fit_alike_the_stricter_counts() {
    let rules = rules(
        "profile Open\n mode block by category\nprofile Shut\n mode deny by default\n\
         use profile Open for group 9B\nuse profile Shut for group \"Chess club\"",
    );
    assert_eq!(&*rules.subject(&person("pupil-9-9B-Chess_club")).profile(), "Shut");
    assert_eq!(&*rules.subject(&person("pupil-9-9B")).profile(), "Open");
}

#[test]
fn profiles_are_readable_with_what_they_inherit() {
    let rules =
        layers(&[(Layer::Trust, TRUST), (Layer::School, "profile Young like Pupils\n session 30 minutes\n")]);
    let names: Vec<&str> = rules.profiles().map(|it| &*it.name).collect();
    assert_eq!(names, ["Pupils", "Safe", "Young"]);
    let young = rules.profiles().last().expect("there are three");
    assert_eq!(young.mode, Mode::BlockByCategory);
    let words = young.in_words();
    assert!(words.contains(&("Blocked categories", "Games; News".to_owned())), "{words:?}");
    assert!(words.contains(&("Session", "30 minutes".to_owned())), "{words:?}");
}

#[test]
fn faults_name_the_layer_and_the_line() {
    let check = |layer: Layer, text: &str, fault: &str| {
        let faults = try_compile(&[(layer, text)]).expect_err(text);
        assert!(faults.iter().any(|it| it.to_string().contains(fault)), "{text}: {faults:?}");
    };
    check(
        Layer::School,
        "\nuse profile Nope for everyone",
        "school (Hillview) line 2: there is no profile \"Nope\"",
    );
    check(Layer::School, "profile A like B", "there is no profile \"B\" above");
    check(Layer::School, "profile A\nprofile a", "there are two profiles \"a\"");
    check(Layer::School, "block a.test during \"B\"", "there is no schedule \"B\"");
    check(Layer::School, "profile A\n times \"B\"", "there is no schedule \"B\"");
    check(Layer::Trust, "x", "trust (Hillview) line 1");
    check(Layer::School, &"block pattern \"a\"\n".repeat(201), "more than 200 patterns");
    let two = try_compile(&[(Layer::School, ""), (Layer::School, "")]).expect_err("two schools");
    assert!(two[0].to_string().contains("two texts"), "{two:?}");
}

#[test]
fn doubtful_rules_are_told_of_and_kept() {
    let check = |text: &str, warning: Option<&str>| {
        let text = format!("profile P\n mode deny by default\nuse profile P for everyone\n{text}");
        let rules = layers(&[(Layer::Trust, "block locked.test locked"), (Layer::School, &text)]);
        let got: Vec<String> = rules.warnings().iter().map(ToString::to_string).collect();
        match warning {
            None => assert!(got.is_empty(), "{text}: {got:?}"),
            Some(warning) => {
                assert!(
                    got.iter().any(|it| it.contains("line 4") && it.contains(warning)),
                    "{text}: {got:?}"
                );
            }
        }
    };
    check("allow a.test for group 9B", None);
    check("block pattern \".*\"", Some("matches every address"));
    check("block pattern \"^bbc\"", Some("matches nothing"));
    check("block pattern \"two words\"", Some("matches nothing"));
    check("block pattern \"^https://bbc\"", None);
    check("block everything", Some("closes the whole web to everyone"));
    check("allow everything", Some("opens the whole web to everyone"));
    check("tunnel everything", Some("nothing would be inspected"));
    check("block everything for year 7", None);
    check("block everything during lessons", None);
    check("block co.uk", Some("every site under it"));
    check("allow a.test for group \"Nope\"", Some("there is no group"));
    check("allow a.test for person nobody", Some("there is no person"));
    check("allow www.locked.test", Some("this has no effect: trust line 1 is locked"));
    check("allow locked.test/a for year 7", Some("this has no effect"));
    check("block childline.org.uk", Some("help, which is always open"));
    check("block category help", Some("help is always open"));
    check("allow category extremism", Some("always blocked"));
    check("allow www.extremism.test", Some("only the trust can allow it"));
    check("tunnel mixed.test", Some("some addresses on mixed.test are always blocked"));
    check("tunnel host.test", Some("opened all the same"));
    check("tunnel games-in-part.test", None);
    check("allow a.test\nblock a.test", Some("line 4 says the opposite"));
    let open = rules("profile O\n mode block by category\nuse profile O for everyone");
    assert!(open.warnings()[0].to_string().contains("not signed in"), "{:?}", open.warnings());
}

#[test]
fn the_starter_compiles_without_a_warning() {
    assert_eq!(starter().warnings(), []);
}
