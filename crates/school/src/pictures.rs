//! Drawings that a young child signs in with: three of them in their order (PWD-04), and a badge by which somebody who
//! cannot read yet finds themselves. We drew them; each is the inside of an SVG whose view box is `0 0 48 48`.
mod badge;
mod drawings;

pub use self::badge::{Badge, Colour};
use crate::Choice;

/// One of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Picture {
    Sun,
    Moon,
    Star,
    Cloud,
    Tree,
    Flower,
    Apple,
    Carrot,
    Mushroom,
    Fish,
    Cat,
    Bird,
    Snail,
    House,
    Boat,
    Car,
    Ball,
    Balloon,
    Kite,
    Umbrella,
    Hat,
    Cup,
    Key,
    Bell,
}

/// How many a child picks.
pub const PICKS: usize = 3;

/// Three different pictures in the order in which they are picked: one of 12,144.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pictures([Picture; PICKS]);

impl Pictures {
    /// From the bytes of chance, each way as likely as any other. `None`: throw again.
    pub fn of_chance(chance: [u8; PICKS]) -> Option<Pictures> {
        // 240 is ten times 24: what is above would make the first pictures likelier.
        let fair = chance.iter().all(|it| *it < 240);
        let pick = |n: usize| Picture::ALL[usize::from(chance[n]) % Picture::ALL.len()];
        let all = [pick(0), pick(1), pick(2)];
        let differ = all[0] != all[1] && all[1] != all[2] && all[0] != all[2];
        (fair && differ).then_some(Pictures(all))
    }

    /// As picked, which may be one twice: that is never right.
    pub fn picked(all: [Picture; PICKS]) -> Pictures {
        Pictures(all)
    }

    pub fn all(&self) -> [Picture; PICKS] {
        self.0
    }

    /// What is hashed, as a password is.
    pub fn secret(&self) -> String {
        self.0.map(Choice::code).join(" ")
    }
}

/// They are a secret: no log line shows them.
impl std::fmt::Debug for Pictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pictures(..)")
    }
}

impl Choice for Picture {
    const ALL: &'static [Picture] = &[
        Picture::Sun,
        Picture::Moon,
        Picture::Star,
        Picture::Cloud,
        Picture::Tree,
        Picture::Flower,
        Picture::Apple,
        Picture::Carrot,
        Picture::Mushroom,
        Picture::Fish,
        Picture::Cat,
        Picture::Bird,
        Picture::Snail,
        Picture::House,
        Picture::Boat,
        Picture::Car,
        Picture::Ball,
        Picture::Balloon,
        Picture::Kite,
        Picture::Umbrella,
        Picture::Hat,
        Picture::Cup,
        Picture::Key,
        Picture::Bell,
    ];
    fn code(self) -> &'static str {
        drawings::of(self).0
    }
    /// Said by a screen reader, and shown beneath.
    fn label(self) -> &'static str {
        drawings::of(self).1
    }
}

impl Picture {
    /// The inside of an SVG, as markup that is safe to put into a page.
    pub fn drawing(self) -> &'static str {
        drawings::of(self).2
    }
}

#[cfg(test)]
mod tests;
