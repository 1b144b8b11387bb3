use super::Picture;

/// Code, name and drawing. Shapes take their outline from the SVG around them.
pub(super) fn of(picture: Picture) -> (&'static str, &'static str, &'static str) {
    match picture {
        Picture::Sun => ("sun", "Sun", SUN),
        Picture::Moon => ("moon", "Moon", MOON),
        Picture::Star => ("star", "Star", STAR),
        Picture::Cloud => ("cloud", "Cloud", CLOUD),
        Picture::Tree => ("tree", "Tree", TREE),
        Picture::Flower => ("flower", "Flower", FLOWER),
        Picture::Apple => ("apple", "Apple", APPLE),
        Picture::Carrot => ("carrot", "Carrot", CARROT),
        Picture::Mushroom => ("mushroom", "Mushroom", MUSHROOM),
        Picture::Fish => ("fish", "Fish", FISH),
        Picture::Cat => ("cat", "Cat", CAT),
        Picture::Bird => ("bird", "Bird", BIRD),
        Picture::Snail => ("snail", "Snail", SNAIL),
        Picture::House => ("house", "House", HOUSE),
        Picture::Boat => ("boat", "Boat", BOAT),
        Picture::Car => ("car", "Car", CAR),
        Picture::Ball => ("ball", "Ball", BALL),
        Picture::Balloon => ("balloon", "Balloon", BALLOON),
        Picture::Kite => ("kite", "Kite", KITE),
        Picture::Umbrella => ("umbrella", "Umbrella", UMBRELLA),
        Picture::Hat => ("hat", "Hat", HAT),
        Picture::Cup => ("cup", "Cup", CUP),
        Picture::Key => ("key", "Key", KEY),
        Picture::Bell => ("bell", "Bell", BELL),
    }
}

const SUN: &str = r##"<path d="M24 3v7M24 38v7M3 24h7M38 24h7M9 9l5 5M34 34l5 5M39 9l-5 5M14 34l-5 5"/><circle cx="24" cy="24" r="10" fill="#f7c531"/>"##;
const MOON: &str = r##"<path d="M31 5A20 20 0 1 0 43 33A16 16 0 0 1 31 5z" fill="#f3e08a"/>"##;
const STAR: &str = r##"<path d="M24 4l6 13 14 2-10 10 2 14-12-7-12 7 2-14L4 19l14-2z" fill="#f7b731"/>"##;
const CLOUD: &str =
    r##"<path d="M13 38a9 9 0 0 1-1-18 12 12 0 0 1 23-3 10 10 0 0 1 1 21z" fill="#dcebf5"/>"##;
const TREE: &str = r##"<path d="M20 29h8v15h-8z" fill="#a9714b"/><path d="M24 4a11 11 0 0 1 10 8 9 9 0 0 1-2 18H16a9 9 0 0 1-2-18A11 11 0 0 1 24 4z" fill="#5fae5b"/>"##;
const FLOWER: &str = r##"<path d="M24 24v20M24 37c-8 0-10-4-10-8"/><circle cx="24" cy="8" r="6" fill="#ee7fae"/><circle cx="33" cy="15" r="6" fill="#ee7fae"/><circle cx="30" cy="25" r="6" fill="#ee7fae"/><circle cx="18" cy="25" r="6" fill="#ee7fae"/><circle cx="15" cy="15" r="6" fill="#ee7fae"/><circle cx="24" cy="17" r="5" fill="#f7c531"/>"##;
const APPLE: &str = r##"<path d="M24 15c-9-6-18 0-17 12 1 10 8 18 17 15 9 3 16-5 17-15 1-12-8-18-17-12z" fill="#d9473a"/><path d="M24 15c0-5 2-8 5-10" fill="none"/><path d="M27 10c4-4 9-4 12-2-3 4-8 5-12 2z" fill="#5fae5b"/>"##;
const CARROT: &str = r##"<path d="M31 17l-8-4L5 43l31-18z" fill="#f0862b"/><path d="M24 21l4 5M18 29l4 4" fill="none"/><path d="M30 18c-3-8 0-12 3-14 3 3 3 8 0 12 3-4 8-5 11-3-1 4-6 8-12 7z" fill="#5fae5b"/>"##;
const MUSHROOM: &str = r##"<path d="M18 25h12l2 19H16z" fill="#f3e6d0"/><path d="M4 27C4 13 13 5 24 5s20 8 20 22z" fill="#d9473a"/><circle cx="16" cy="17" r="3.5" fill="#fff"/><circle cx="29" cy="13" r="3.5" fill="#fff"/><circle cx="34" cy="22" r="2.5" fill="#fff"/>"##;
const FISH: &str = r##"<path d="M33 24L45 13v22z" fill="#3f8fc4"/><path d="M3 24c7-13 24-15 33 0-9 15-26 13-33 0z" fill="#5fb2e0"/><circle cx="12" cy="22" r="1.5" fill="#17282b"/><path d="M20 16c4 5 4 11 0 16" fill="none"/>"##;
const CAT: &str = r##"<path d="M8 5l10 8h12L40 5v23a16 15 0 0 1-32 0z" fill="#e3a35b"/><circle cx="17" cy="24" r="1.8" fill="#17282b"/><circle cx="31" cy="24" r="1.8" fill="#17282b"/><path d="M22 30h4l-2 3zM24 33c-2 3-5 3-6 1M24 33c2 3 5 3 6 1M13 30L3 28M13 33L4 36M35 30l10-2M35 33l9 3" fill="none"/>"##;
const BIRD: &str = r##"<path d="M36 16l9 3-9 4z" fill="#f7c531"/><path d="M5 30l9-2c0-12 6-19 14-19 6 0 9 5 9 11 0 12-8 20-18 20-6 0-10-3-14-10z" fill="#4f9ad0"/><circle cx="30" cy="17" r="1.8" fill="#17282b"/><path d="M15 28c4 5 10 5 13-1M21 40v5M27 38v7" fill="none"/>"##;
const SNAIL: &str = r##"<path d="M3 41c9-1 10-5 21-5 8 0 12-4 13-14h5c2 12-4 19-14 19z" fill="#d8c27a"/><path d="M38 22l-3-9M41 22l3-9" fill="none"/><circle cx="19" cy="25" r="13" fill="#b07a4f"/><path d="M19 25a3 3 0 0 1 5 2c0 5-8 7-10 0-2-8 7-12 13-7" fill="none"/>"##;
const HOUSE: &str = r##"<path d="M9 21h30v23H9z" fill="#f3e0b5"/><path d="M3 23L24 5l21 18z" fill="#c9523f"/><path d="M20 31h8v13h-8z" fill="#6b8fb3"/>"##;
const BOAT: &str = r##"<path d="M24 4v28" fill="none"/><path d="M22 6v21H7z" fill="#fff"/><path d="M27 10v17h12z" fill="#f7c531"/><path d="M4 32h40l-7 11H11z" fill="#c9523f"/>"##;
const CAR: &str = r##"<path d="M4 33v-8l7-2 5-9h16l6 9 6 2v8z" fill="#d9473a"/><path d="M17 22l3-5h4v5zM27 22v-5h4l3 5z" fill="#dcebf5"/><circle cx="14" cy="34" r="5" fill="#55666a"/><circle cx="34" cy="34" r="5" fill="#55666a"/>"##;
const BALL: &str = r##"<circle cx="24" cy="24" r="19" fill="#fff"/><path d="M24 5c-9 10-9 28 0 38 9-10 9-28 0-38z" fill="#d9473a"/><path d="M5 24h38" fill="none"/>"##;
const BALLOON: &str = r##"<path d="M24 36c4 3-4 5 0 9" fill="none"/><path d="M24 3c9 0 14 7 14 14 0 9-8 15-12 17l2 3h-8l2-3C18 32 10 26 10 17 10 10 15 3 24 3z" fill="#8d6bc4"/>"##;
const KITE: &str = r##"<path d="M22 34c-6 2-2 6-8 7-4 1-6 0-8 3" fill="none"/><path d="M30 3l11 12-19 19L11 20z" fill="#4db3a2"/><path d="M30 3l-8 31M11 20l30-5" fill="none"/>"##;
const UMBRELLA: &str = r##"<path d="M24 25v14c0 6-8 6-8 0" fill="none"/><path d="M24 3v3" fill="none"/><path d="M4 26C4 14 13 6 24 6s20 8 20 20c-3-4-8-4-10 0-2-4-8-4-10 0-2-4-8-4-10 0-2-4-7-4-10 0z" fill="#8d6bc4"/>"##;
const HAT: &str = r##"<path d="M12 8c6 3 18 3 24 0l2 26H10z" fill="#3e5c76"/><path d="M11 26h26v8H11z" fill="#d9473a"/><path d="M3 33c10 6 32 6 42 0 0 10-42 10-42 0z" fill="#3e5c76"/>"##;
const CUP: &str = r##"<path d="M33 19h5a6 6 0 0 1 0 14h-5" fill="none"/><path d="M8 14h26v20a8 8 0 0 1-8 8H16a8 8 0 0 1-8-8z" fill="#5fb2e0"/><path d="M15 9c-2-3 2-4 0-7M22 9c-2-3 2-4 0-7M29 9c-2-3 2-4 0-7" fill="none"/>"##;
const KEY: &str = r##"<path d="M21 22h24v6h-4v6h-6v-6H21z" fill="#f0c04a"/><circle cx="14" cy="25" r="11" fill="#f0c04a"/><circle cx="13" cy="25" r="4" fill="#fff"/>"##;
const BELL: &str = r##"<circle cx="24" cy="40" r="4" fill="#b07a4f"/><path d="M24 5c8 0 12 6 12 14 0 9 2 12 6 17H6c4-5 6-8 6-17 0-8 4-14 12-14z" fill="#f7c531"/><path d="M24 2v3" fill="none"/>"##;
