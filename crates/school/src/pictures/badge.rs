use std::{fmt, str::FromStr};

use super::Picture;
use crate::Choice;

/// A picture on a colour, by which a child finds themselves among their class. No secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Badge {
    pub colour: Colour,
    pub picture: Picture,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colour {
    Red,
    Blue,
    Green,
    Yellow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no badge: a colour and a picture, such as red-sun")]
pub struct NotABadge;

impl Badge {
    /// All, those of one colour first: badges of one class differ in their picture as long as they can.
    pub fn all() -> impl Iterator<Item = Badge> {
        Colour::ALL.iter().flat_map(|colour| {
            Picture::ALL.iter().map(|picture| Badge { colour: *colour, picture: *picture })
        })
    }

    /// `Blue fish`.
    pub fn label(self) -> String {
        format!("{} {}", self.colour.label(), self.picture.label().to_lowercase())
    }
}

impl Colour {
    /// Behind the drawing, whose lines are dark: pale.
    pub fn shade(self) -> &'static str {
        match self {
            Colour::Red => "#f9c9c2",
            Colour::Blue => "#c5dcf7",
            Colour::Green => "#c9e8c4",
            Colour::Yellow => "#fbeaa3",
        }
    }
}

impl Choice for Colour {
    const ALL: &'static [Colour] = &[Colour::Red, Colour::Blue, Colour::Green, Colour::Yellow];
    fn code(self) -> &'static str {
        match self {
            Colour::Red => "red",
            Colour::Blue => "blue",
            Colour::Green => "green",
            Colour::Yellow => "yellow",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Colour::Red => "Red",
            Colour::Blue => "Blue",
            Colour::Green => "Green",
            Colour::Yellow => "Yellow",
        }
    }
}

impl fmt::Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.colour.code(), self.picture.code())
    }
}

impl FromStr for Badge {
    type Err = NotABadge;
    fn from_str(s: &str) -> Result<Badge, NotABadge> {
        let (colour, picture) = s.split_once('-').ok_or(NotABadge)?;
        let both = Colour::from_code(colour).zip(Picture::from_code(picture));
        both.map(|(colour, picture)| Badge { colour, picture }).ok_or(NotABadge)
    }
}
