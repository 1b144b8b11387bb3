use std::fmt;

use school::Choice;

/// What a site is about, in words a head knows (FIL-05). Lists from elsewhere are mapped to these.
///
/// The order is for people who read it; the number of each is stored in compiled lists, so new ones go last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Category {
    Pornography,
    Nudity,
    Violence,
    Weapons,
    Hate,
    Extremism,
    Illegal,
    SelfHarm,
    Drugs,
    AlcoholTobacco,
    Gambling,
    Dating,
    Crime,
    Hacking,
    Malware,
    Phishing,
    Bypass,
    EncryptedDns,
    Piracy,
    SocialMedia,
    Chat,
    Forums,
    Blogs,
    Webmail,
    VideoSharing,
    MusicAndMedia,
    Games,
    Shopping,
    SearchEngines,
    ImageSearch,
    AiAssistants,
    Translation,
    FileHosting,
    WebHosting,
    Shorteners,
    Apps,
    RemoteControl,
    Advertising,
    Tracking,
    Cryptocurrency,
    Misinformation,
    Cults,
    Occult,
    Cheating,
    SexEducation,
    News,
    Jobs,
    Religion,
    Sport,
    Children,
    Education,
    Reference,
    Government,
    Health,
    Banking,
    Help,
    Updates,
    Infrastructure,
    SchoolServices,
}

/// A set of categories: one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct CategorySet(u128);

impl CategorySet {
    pub const NONE: CategorySet = CategorySet(0);
    /// What no profile and no rule below the trust opens (FIL-07).
    pub const ALWAYS_BLOCKED: CategorySet =
        CategorySet::NONE.with(Category::Extremism).with(Category::Illegal);

    pub const fn from_bits(bits: u128) -> CategorySet {
        CategorySet(bits)
    }
    pub const fn bits(self) -> u128 {
        self.0
    }
    #[must_use]
    pub const fn with(self, category: Category) -> CategorySet {
        CategorySet(self.0 | 1 << category as u8)
    }
    #[must_use]
    pub const fn without(self, category: Category) -> CategorySet {
        CategorySet(self.0 & !(1 << category as u8))
    }
    #[must_use]
    pub const fn and(self, other: CategorySet) -> CategorySet {
        CategorySet(self.0 & other.0)
    }
    #[must_use]
    pub const fn or(self, other: CategorySet) -> CategorySet {
        CategorySet(self.0 | other.0)
    }
    pub const fn has(self, category: Category) -> bool {
        self.0 >> category as u8 & 1 == 1
    }
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |it| self.has(*it))
    }
    /// The first in the order of [`Category::ALL`], which puts the gravest first.
    pub fn first(self) -> Option<Category> {
        Category::ALL.get(self.0.trailing_zeros() as usize).copied()
    }
}

impl FromIterator<Category> for CategorySet {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> CategorySet {
        categories.into_iter().fold(CategorySet::NONE, CategorySet::with)
    }
}

impl fmt::Debug for CategorySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Each category with its code, which never changes, and its label.
const TABLE: &[(Category, &str, &str)] = &[
    (Category::Pornography, "pornography", "Pornography"),
    (Category::Nudity, "nudity", "Nudity and lingerie"),
    (Category::Violence, "violence", "Violence and gore"),
    (Category::Weapons, "weapons", "Weapons"),
    (Category::Hate, "hate", "Racial hatred and hate"),
    (Category::Extremism, "extremism", "Terrorism and extremism"),
    (Category::Illegal, "illegal", "Illegal content"),
    (Category::SelfHarm, "self-harm", "Self-harm, suicide and eating disorders"),
    (Category::Drugs, "drugs", "Drugs and substance abuse"),
    (Category::AlcoholTobacco, "alcohol-tobacco", "Alcohol, tobacco and vaping"),
    (Category::Gambling, "gambling", "Gambling"),
    (Category::Dating, "dating", "Dating"),
    (Category::Crime, "crime", "Criminal or unhealthy ways of life"),
    (Category::Hacking, "hacking", "Hacking"),
    (Category::Malware, "malware", "Malware"),
    (Category::Phishing, "phishing", "Phishing and fraud"),
    (Category::Bypass, "bypass", "Proxies, VPNs and ways round the filter"),
    (Category::EncryptedDns, "encrypted-dns", "Encrypted DNS"),
    (Category::Piracy, "piracy", "Pirated software and media"),
    (Category::SocialMedia, "social-media", "Social media"),
    (Category::Chat, "chat", "Chat and messaging"),
    (Category::Forums, "forums", "Forums and newsgroups"),
    (Category::Blogs, "blogs", "Blogs"),
    (Category::Webmail, "webmail", "Personal webmail"),
    (Category::VideoSharing, "video-sharing", "Public video sharing"),
    (Category::MusicAndMedia, "music-media", "Music and media download"),
    (Category::Games, "games", "Games"),
    (Category::Shopping, "shopping", "Shopping and auctions"),
    (Category::SearchEngines, "search-engines", "Search engines"),
    (Category::ImageSearch, "image-search", "Image search"),
    (Category::AiAssistants, "ai", "AI assistants"),
    (Category::Translation, "translation", "Translation"),
    (Category::FileHosting, "file-hosting", "File hosting and cloud storage"),
    (Category::WebHosting, "web-hosting", "Free web hosting"),
    (Category::Shorteners, "shorteners", "Link shorteners"),
    (Category::Apps, "apps", "App shops and apps"),
    (Category::RemoteControl, "remote-control", "Remote control"),
    (Category::Advertising, "advertising", "Advertising"),
    (Category::Tracking, "tracking", "Tracking"),
    (Category::Cryptocurrency, "cryptocurrency", "Cryptocurrency"),
    (Category::Misinformation, "misinformation", "Misinformation"),
    (Category::Cults, "cults", "Cults and sects"),
    (Category::Occult, "occult", "Astrology and occult"),
    (Category::Cheating, "cheating", "Cheating in schoolwork"),
    (Category::SexEducation, "sex-education", "Sex and relationships education"),
    (Category::News, "news", "News"),
    (Category::Jobs, "jobs", "Jobs and careers"),
    (Category::Religion, "religion", "Religion"),
    (Category::Sport, "sport", "Sport"),
    (Category::Children, "children", "Made for children"),
    (Category::Education, "education", "Education"),
    (Category::Reference, "reference", "Reference and libraries"),
    (Category::Government, "government", "Government and public bodies"),
    (Category::Health, "health", "Health"),
    (Category::Banking, "banking", "Banking and finance"),
    (Category::Help, "help", "Help for children and families"),
    (Category::Updates, "updates", "System and software updates"),
    (Category::Infrastructure, "infrastructure", "Shared web infrastructure"),
    (Category::SchoolServices, "school-services", "The school's own services"),
];

const ALL: [Category; TABLE.len()] = {
    let mut all = [Category::Pornography; TABLE.len()];
    let mut i = 0;
    while i < TABLE.len() {
        all[i] = TABLE[i].0;
        i += 1;
    }
    all
};

impl Choice for Category {
    const ALL: &'static [Category] = &ALL;
    fn code(self) -> &'static str {
        TABLE[self as usize].1
    }
    fn label(self) -> &'static str {
        TABLE[self as usize].2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_the_order_of_the_enum() {
        for (i, (category, code, label)) in TABLE.iter().enumerate() {
            assert_eq!(*category as usize, i, "{code}");
            assert_eq!(Category::from_code(code), Some(*category));
            assert_eq!(category.label(), *label);
        }
        assert!(TABLE.len() <= 128, "a set holds 128");
    }

    #[test]
    fn sets() {
        let set: CategorySet = [Category::Games, Category::Gambling].into_iter().collect();
        assert!(set.has(Category::Games) && !set.has(Category::News));
        assert_eq!(set.first(), Some(Category::Gambling));
        assert_eq!(CategorySet::NONE.first(), None);
        assert_eq!(set.without(Category::Gambling).iter().collect::<Vec<_>>(), [Category::Games]);
    }
}
