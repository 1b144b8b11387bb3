//! A decision in words: all of it for staff, and for a pupil what is safe to know.
use school::Choice;

use crate::{Because, Category, Step};

impl Because {
    /// For staff: names the rule, the list and the profile. Never for pupils, since a rule may name people.
    pub fn for_staff(&self) -> String {
        let profile = self.profile.as_deref().unwrap_or("no profile");
        let category = self.category.map_or("no category", Category::label);
        let list = self.list.as_deref().map_or_else(String::new, |it| format!(" (list {it})"));
        match self.step {
            Step::Fault => "Rules or lists cannot be relied on, so all is closed but help".to_owned(),
            Step::Sealed => {
                let list = self.list.as_deref().unwrap_or("sealed");
                format!("The sealed list {list} holds the address; nothing opens it")
            }
            Step::Help => "Help and reporting are always open".to_owned(),
            Step::AlwaysBlocked => format!("{category}{list} is always blocked"),
            Step::LockedRule => format!("Locked rule: {}", self.rule.as_deref().unwrap_or("not named")),
            Step::Rule => format!("Rule: {}", self.rule.as_deref().unwrap_or("not named")),
            Step::Schedule => format!("Outside the times of the profile {profile}"),
            Step::SearchEngine => format!("Search engines of the profile {profile}"),
            Step::FileType => format!("Kinds of file of the profile {profile}"),
            Step::Category => format!("{category}{list}, by the profile {profile}"),
            Step::Unseen => "Neither HTTP nor TLS: what cannot be seen is not let through".to_owned(),
            Step::BaseMode => {
                format!("Nothing speaks of it, so the base mode of the profile {profile} decides")
            }
        }
    }

    /// For a pupil who was refused or warned: kind, in plain words, and silent about rules, lists and other people.
    pub fn for_pupil(&self) -> String {
        match self.step {
            Step::Fault => {
                "The filter is having trouble, so sites are closed for now. It is not your fault. \
                            Please tell a member of staff."
                    .to_owned()
            }
            Step::Sealed => "This address is closed to everyone.".to_owned(),
            Step::Help => "Help is always open to you.".to_owned(),
            Step::LockedRule | Step::Rule => "Your school has decided about this site.".to_owned(),
            Step::Schedule => "The web is closed to you at this time of day.".to_owned(),
            Step::SearchEngine => {
                "This search engine is not one that your school uses. Please try another one.".to_owned()
            }
            Step::FileType => "This kind of file cannot be downloaded here.".to_owned(),
            Step::AlwaysBlocked | Step::Category => match self.category {
                Some(category) => format!("This site is {}.", category.for_pupil()),
                None => "This site is not open to you.".to_owned(),
            },
            Step::Unseen => "The filter cannot see what this program sends.".to_owned(),
            Step::BaseMode => "This site is not on the list of sites that are open to you.".to_owned(),
        }
    }
}

impl Category {
    /// What a site of this category is, for a ten-year-old: follows "This site is".
    pub fn for_pupil(self) -> &'static str {
        match self {
            Category::Pornography | Category::Nudity => "for adults only",
            Category::Violence | Category::Weapons => "about violence or weapons",
            Category::Hate => "unkind or hateful towards people",
            Category::Extremism => "harmful, because it pushes hateful or violent ideas",
            Category::Illegal | Category::Crime => "about things that are against the law",
            Category::SelfHarm => {
                "one that can make people feel worse. If you are hurting or worried, you can talk to someone now"
            }
            Category::Drugs => "about drugs",
            Category::AlcoholTobacco => "about alcohol, smoking or vaping",
            Category::Gambling => "for gambling",
            Category::Dating => "for dating",
            Category::Hacking => "about breaking into computers",
            Category::Malware => "unsafe: it could harm your computer",
            Category::Phishing => "unsafe: it may try to trick you",
            Category::Bypass | Category::EncryptedDns => "a way round the filter",
            Category::Piracy => "for things copied without permission",
            Category::SocialMedia => "social media",
            Category::Chat => "for chatting",
            Category::Forums => "a forum",
            Category::Blogs => "a blog",
            Category::Webmail => "for personal e-mail",
            Category::VideoSharing => "for watching videos",
            Category::MusicAndMedia => "for music or films",
            Category::Games => "for games",
            Category::Shopping => "for shopping",
            Category::SearchEngines => "a search engine",
            Category::ImageSearch => "a search for pictures",
            Category::AiAssistants => "an AI assistant",
            Category::Translation => "for translating",
            Category::FileHosting => "for keeping and sharing files",
            Category::WebHosting => "one of many small sites that nobody has checked",
            Category::Shorteners => "a short link that hides where it goes",
            Category::Apps => "for getting apps",
            Category::RemoteControl => "for controlling another computer",
            Category::Advertising => "advertising",
            Category::Tracking => "one that follows what people do",
            Category::Cryptocurrency => "about digital money",
            Category::Misinformation => "known for saying things that are not true",
            Category::Cults => "about groups that can be harmful to join",
            Category::Occult => "about fortune-telling or magic",
            Category::Cheating => "for handing in work that is not your own",
            Category::SexEducation => "about sex and relationships",
            Category::News => "for news",
            Category::Jobs => "for finding jobs",
            Category::Religion => "about religion",
            Category::Sport => "about sport",
            Category::Children => "made for children",
            Category::Education => "for learning",
            Category::Reference => "for looking things up",
            Category::Government => "a government site",
            Category::Health => "about health",
            Category::Banking => "about money and banking",
            Category::Help => "for help",
            Category::Updates => "for updating computers",
            Category::Infrastructure => "a part of other sites",
            Category::SchoolServices => "one of the school's own",
        }
    }
}
