use school::Choice;

/// What a signal is about (MON-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Theme {
    SelfHarm,
    Bullying,
    Threats,
    Grooming,
    Extremism,
}

/// How soon someone should look. Greater is graver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look this week.
    Low,
    /// Today.
    Medium,
    /// Now.
    High,
}

/// One match of the lexicon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    pub theme: Theme,
    pub severity: Severity,
    /// The lexicon's phrase, not what was typed.
    pub phrase: Box<str>,
}

impl Choice for Theme {
    const ALL: &'static [Theme] =
        &[Theme::SelfHarm, Theme::Bullying, Theme::Threats, Theme::Grooming, Theme::Extremism];
    fn code(self) -> &'static str {
        match self {
            Theme::SelfHarm => "self-harm",
            Theme::Bullying => "bullying",
            Theme::Threats => "threats",
            Theme::Grooming => "grooming",
            Theme::Extremism => "extremism",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Theme::SelfHarm => "Suicide and self-harm",
            Theme::Bullying => "Bullying",
            Theme::Threats => "Threats and violence",
            Theme::Grooming => "Grooming and exploitation",
            Theme::Extremism => "Extremism",
        }
    }
}

impl Choice for Severity {
    const ALL: &'static [Severity] = &[Severity::Low, Severity::Medium, Severity::High];
    fn code(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Severity::Low => "Low",
            Severity::Medium => "Medium",
            Severity::High => "High",
        }
    }
}
