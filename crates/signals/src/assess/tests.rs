use proptest::prelude::*;

use super::*;

/// Harmless words stand for harmful ones: the rules are tested here, the words in the corpus.
const TOY: &str = "
bullying low drizzle
bullying medium heavy rain
bullying high storm* + picnic/fair unless cancelled | in a book
threats high! hail stones
any cancel weather forecast
bullying lower umbrella
any lower raincoat
bullying raise today
help shelter.example.org
";

fn toy() -> Lexicon {
    Lexicon::parse(TOY).expect("the toy lexicon")
}

fn found(text: &str) -> Vec<(&'static str, &'static str)> {
    let signals = assess(&toy(), &Words { text, host: "search.example.org" });
    signals.iter().map(|it| (it.theme.code(), it.severity.code())).collect()
}

#[test]
fn evidence_competes() {
    let check = |text: &str, expected: &[(&str, &str)]| assert_eq!(found(text), expected, "{text}");
    check("", &[]);
    check("sunshine", &[]);
    check("heavy rain", &[("bullying", "medium")]);
    check("heavy raincloud", &[]);
    check("is heavy rain coming today", &[("bullying", "high")]);
    check("heavy rain umbrella", &[("bullying", "low")]);
    check("heavy rain umbrella raincoat", &[]);
    check("heavy rain umbrella today", &[("bullying", "medium")]);
    check("heavy rain weather forecast", &[]);
    check("our picnic in stormy weather", &[("bullying", "high")]);
    check("storms at the fair", &[("bullying", "high")]);
    check("storms", &[]);
    check("storms cancelled our picnic", &[]);
    check("storm at the picnic in a book", &[]);
    check("hail stones weather forecast umbrella raincoat", &[("threats", "high")]);
    check("drizzle then hail stones", &[("threats", "high"), ("bullying", "low")]);
    check("drizzle then heavy rain", &[("bullying", "medium")]);
}

#[test]
fn spelling_hides_nothing() {
    for text in [
        "HEAVY RAIN",
        "h3avy r4in",
        "heeeavy  raaain",
        "h e a v y rain",
        "#heavyrain",
        "héavy-räin",
        "hеаvy rаin",
    ] {
        assert_eq!(found(text), [("bullying", "medium")], "{text}");
    }
}

#[test]
fn what_is_typed_at_a_help_site_is_not_scored() {
    for host in ["shelter.example.org", "chat.shelter.example.org"] {
        assert_eq!(assess(&toy(), &Words { text: "hail stones", host }), []);
    }
}

#[test]
fn the_phrase_is_the_lexicons_not_the_persons() {
    let signals = assess(&toy(), &Words { text: "MY h4il st0nes", host: "" });
    assert_eq!(&*signals[0].phrase, "hail stones");
}

proptest! {
    #[test]
    fn anything_can_be_typed(text in any::<String>(), host in any::<String>()) {
        let signals = assess(&toy(), &Words { text: &text, host: &host });
        prop_assert!(signals.len() <= Theme::ALL.len());
        prop_assert!(signals.is_sorted_by(|a, b| b.severity <= a.severity));
    }

    #[test]
    fn a_firm_worry_is_found_whatever_stands_around_it(before in "[a-z ]{0,40}", after in "[a-z ]{0,40}") {
        let text = format!("{before} xx hail stones xx {after}");
        prop_assert!(found(&text).contains(&("threats", "high")), "{}", text);
    }
}
