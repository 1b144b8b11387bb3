use std::collections::HashSet;

use super::*;

#[test]
fn every_picture_has_a_name_and_a_drawing_of_its_own() {
    let of = |what: fn(Picture) -> &'static str| {
        Picture::ALL.iter().map(|it| what(*it)).collect::<HashSet<_>>().len()
    };
    assert_eq!((of(Choice::code), of(Choice::label), of(Picture::drawing)), (24, 24, 24));
    for picture in Picture::ALL.iter().copied() {
        assert_eq!(Picture::from_code(picture.code()), Some(picture));
        let drawing = picture.drawing();
        assert!(!drawing.contains("style") && !drawing.contains("script"), "{picture:?}");
        assert_eq!(drawing.matches('<').count(), drawing.matches("/>").count(), "{picture:?}");
    }
}

#[test]
fn chance_gives_three_different_pictures_each_way_as_often_as_any_other() {
    let mut counts = std::collections::HashMap::<String, u32>::new();
    for n in 0..=0xff_ff_ff_u32 {
        let [_, a, b, c] = n.to_be_bytes();
        if let Some(pictures) = Pictures::of_chance([a, b, c]) {
            *counts.entry(pictures.secret()).or_default() += 1;
        }
    }
    assert_eq!(counts.len(), 24 * 23 * 22);
    assert!(counts.values().all(|it| *it == 1000), "ten bytes for each of three");
}

#[test]
fn the_order_counts_and_no_log_line_shows_them() {
    let check = |all, secret: &str| assert_eq!(Pictures::picked(all).secret(), secret);
    check([Picture::Sun, Picture::Cat, Picture::Key], "sun cat key");
    check([Picture::Key, Picture::Cat, Picture::Sun], "key cat sun");
    let shown = format!("{:?}", Pictures::picked([Picture::Sun; 3]));
    assert!(!shown.to_lowercase().contains("sun"), "{shown}");
}

#[test]
fn a_badge_reads_as_it_is_written_and_a_class_has_enough_of_them() {
    let all: HashSet<String> = Badge::all().map(|it| it.to_string()).collect();
    assert_eq!(all.len(), 96);
    for badge in Badge::all() {
        assert_eq!(badge.to_string().parse(), Ok(badge));
    }
    assert_eq!(Badge::all().nth(25).map(Badge::label).as_deref(), Some("Blue moon"));
    for bad in ["", "red", "red-", "pink-sun", "red-dragon", "sun-red"] {
        assert!(bad.parse::<Badge>().is_err(), "{bad}");
    }
}
