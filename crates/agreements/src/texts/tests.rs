use school::Choice;

use super::*;

/// Each topic of the catalogue, by words that stand for it.
#[test]
fn each_topic_of_pupils_and_staff_is_covered() {
    let check = |agreement: &Agreement, topics: &[(&str, &str)]| reads(agreement, Level::Standard, topics);
    check(
        &pupils(Id::from_u128(1), Id::from_u128(9)),
        &[
            ("permitted purposes", "for school work"),
            ("directed time", "when a teacher says so"),
            ("own login", "sign in as myself"),
            ("passwords", "password is a secret"),
            ("no installs", "do not add programs"),
            ("no bypass", "get round the filter"),
            ("communication", "write to people"),
            ("illegal material", "against the law"),
            ("accidents", "by accident"),
            ("personal details", "do not give out my address"),
            ("meetings", "do not meet someone"),
            ("images", "picture, film or recording"),
            ("reputation", "think before i post"),
            ("others' work", "copy other people's work"),
            ("others' privacy", "other people's files"),
            ("hardware", "look after the equipment"),
            ("phones", "my own phone"),
            ("remote lessons", "lessons from home"),
            ("monitoring", "keeps a record"),
            (
                "encrypted pages",
                "opens encrypted pages (https) to check them as well, except banking, health and help",
            ),
            ("sanctions", "sanction"),
            ("parents", "parents or carers"),
        ],
    );
    check(
        &adults(Id::from_u128(2), Id::from_u128(9)),
        &[
            ("professional purpose", "for my work in school"),
            ("approved systems", "the school's own systems"),
            ("secure mail", "secure mail"),
            ("password secrecy", "passwords to nobody"),
            ("no personal contact", "no private telephone number"),
            ("data security", "personal data"),
            ("off-site authority", "off site only with authority"),
            ("hardware and software", "connect no hardware and install no software"),
            ("illegal material", "unlawful"),
            ("pupils' phones", "rules on their phones"),
            ("own phone", "my own phone"),
            ("images", "pictures and recordings"),
            ("personal devices", "stays on a device of mine"),
            ("monitoring", "filters and records"),
            (
                "encrypted pages",
                "opens encrypted pages (https) to check them as well, except banking, health and help",
            ),
            ("copyright", "copyright"),
            ("reputation", "the name of the school"),
            ("remote working", "from a distance"),
            ("support for policy", "support the school's online-safety policy"),
        ],
    );
}

/// AUP-02 for those who read less, AUP-04, AUP-01 for guests, and the operators of 003 §7.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of topics")]
fn each_topic_of_the_other_texts_is_covered() {
    let of = |audience| first(Id::from_u128(3), Id::from_u128(9), audience, Contract::Silent);
    reads(
        &of(Audience::Pupils),
        Level::Easy,
        &[
            ("purpose", "for school work"),
            ("directed time", "when a teacher says yes"),
            ("own login", "my own name to sign in"),
            ("passwords", "password secret"),
            ("no installs", "do not add apps"),
            ("no bypass", "get past the filter"),
            ("communication", "kind words"),
            ("illegal material", "against the law"),
            ("accidents", "by accident"),
            ("personal details", "do not tell people online my address"),
            ("meetings", "never meet someone"),
            ("images", "a picture, a film or a recording"),
            ("reputation", "think before i post"),
            ("others' work and privacy", "copy other people's work or open their files"),
            ("hardware", "look after the computer"),
            ("phones", "my phone"),
            ("remote lessons", "learn at home"),
            ("monitoring", "can see the pages i open"),
            ("sanctions and parents", "lose computer time, and my family"),
            ("help", "childline"),
        ],
    );
    reads(
        &of(Audience::Pupils),
        Level::Young,
        &[
            ("directed time", "when my teacher says so"),
            ("own login", "to sign in"),
            ("passwords", "password is a secret"),
            ("communication", "kind words"),
            ("personal details", "keep my name, my home and my school to myself"),
            ("meetings", "do not go to meet them"),
            ("images", "before i take a picture"),
            ("accidents", "turn the screen off"),
            ("no installs", "do not get new games"),
            ("hardware", "look after the computer"),
            ("others' work", "other children's work"),
            ("monitoring", "looks at what i do"),
            ("parents", "my family"),
        ],
    );
    for level in [Level::Standard, Level::Easy] {
        reads(
            &of(Audience::Parents),
            level,
            &[
                ("consent to use", "my child may use the internet"),
                ("monitoring", "filters and records what is opened"),
                ("no perfect filter", "no filter is perfect"),
                ("support", "support the school's rules"),
                ("safety at home", "online safety at home"),
                ("remote lessons", "lessons from home"),
                ("photographs", "take pictures and film of my child"),
                ("consent to publishing", "my consent"),
                ("others' children", "do not publish pictures of other people's children"),
                ("child's e-mail", "school e-mail on my own account"),
                ("private devices", "on any private device"),
            ],
        );
        reads(
            &of(Audience::External),
            level,
            &[
                ("purpose", "agreed"),
                ("own login", "mine alone"),
                ("end", "access ends"),
                ("no contact", "no contact with pupils"),
                ("images", "picture, film or recording"),
                ("personal data", "personal data"),
                ("hardware and software", "connect no hardware"),
                ("no bypass", "get round the filter"),
                ("illegal material", "unlawful"),
                ("monitoring", "filters and records"),
                ("worries", "designated safeguarding lead"),
                ("own devices", "my own"),
            ],
        );
        reads(
            &of(Audience::Operators),
            level,
            &[
                ("approval", "approval of the head"),
                ("school address", "school address"),
                ("two people", "two people"),
                ("apart from own accounts", "apart from"),
                ("consent", "consent"),
                ("names", "full name"),
                ("copyright", "copyright"),
                ("opinion", "no opinion"),
                ("private messages", "private messages"),
                ("moderation", "each working day"),
                ("worries", "designated safeguarding lead"),
                ("handing over", "hand it over"),
            ],
        );
    }
}

/// AUP-15: whichever way one comes in.
#[test]
fn each_standard_text_counts_away_from_school_and_on_private_devices() {
    for (audience, words) in [
        (Audience::Pupils, "wherever you use a school device or a school account"),
        (Audience::Adults, "away from it, and on any device"),
        (Audience::Parents, "at home, and on any private device"),
        (Audience::External, "and for my own, on site and from a distance"),
        (Audience::Operators, "on every device and in every place"),
    ] {
        let all = first(Id::from_u128(3), Id::from_u128(9), audience, Contract::Silent);
        reads(&all, Level::Standard, &[("off site", words)]);
    }
}

#[test]
fn texts_are_plain_and_short_for_those_who_read_less() {
    for audience in Audience::ALL {
        for (level, file) in files(*audience) {
            let longest = file.split(['.', '\n']).map(|it| it.split_whitespace().count()).max();
            let most = match level {
                Level::Standard => 45,
                Level::Easy => 25,
                Level::Young => 20,
            };
            assert!(longest <= Some(most), "{audience:?} {level:?}: a sentence of {longest:?} words");
            assert!(file.is_ascii(), "no typographer's marks, so that the hash does not hang on an editor");
        }
    }
}

fn reads(agreement: &Agreement, level: Level, topics: &[(&str, &str)]) {
    let reading = agreement.reading(level);
    assert_eq!(reading.level(), level, "{}", agreement.title());
    let text = format!("{}\n{}", reading.title(), reading.text()).to_lowercase();
    for (topic, words) in topics {
        assert!(text.contains(words), "{}, {level:?}: nothing on {topic}", agreement.title());
    }
}
