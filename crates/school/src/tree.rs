use crate::{Choice, Id, Line};

/// A trust or national office: the top of the tree (ACC-01).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    pub id: Id<Trust>,
    pub name: Line,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    pub id: Id<School>,
    pub trust: Option<Id<Trust>>,
    pub name: Line,
}

/// A campus or building of a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub id: Id<Site>,
    pub school: Id<School>,
    pub name: Line,
}

/// A machine that asks: a laptop, a tablet, a console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: Id<Device>,
    pub school: Id<School>,
    pub name: Line,
}

/// Where in the tree something was said. Greater is nearer to the person asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    Trust,
    School,
    Site,
}

/// A place in one school's branch of the tree that can say something: its trust, the school, or one of its sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Trust,
    School,
    Site(Id<Site>),
}

impl Place {
    pub const fn layer(self) -> Layer {
        match self {
            Place::Trust => Layer::Trust,
            Place::School => Layer::School,
            Place::Site(_) => Layer::Site,
        }
    }
    pub const fn site(self) -> Option<Id<Site>> {
        match self {
            Place::Site(site) => Some(site),
            Place::Trust | Place::School => None,
        }
    }
}

impl Choice for Layer {
    const ALL: &'static [Layer] = &[Layer::Trust, Layer::School, Layer::Site];
    fn code(self) -> &'static str {
        match self {
            Layer::Trust => "trust",
            Layer::School => "school",
            Layer::Site => "site",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Layer::Trust => "Trust",
            Layer::School => "School",
            Layer::Site => "Site",
        }
    }
}
