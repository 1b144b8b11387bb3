//! Accounts whose password is kept elsewhere: by the school's identity provider or its directory (ACC-05).
use crate::Choice;

/// Who keeps the password of an account, and so who is asked whether it is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum KeptBy {
    /// Schoolgate itself, as a hash.
    #[default]
    School,
    /// The school's identity provider (`OpenID` Connect): no password is ever typed into a page of ours.
    Provider,
    /// The school's directory (LDAP): it is asked with the password that was typed.
    Directory,
}

impl Choice for KeptBy {
    const ALL: &'static [KeptBy] = &[KeptBy::School, KeptBy::Provider, KeptBy::Directory];
    fn code(self) -> &'static str {
        match self {
            KeptBy::School => "school",
            KeptBy::Provider => "provider",
            KeptBy::Directory => "directory",
        }
    }
    fn label(self) -> &'static str {
        match self {
            KeptBy::School => "A password kept here",
            KeptBy::Provider => "The school account (identity provider)",
            KeptBy::Directory => "The school directory",
        }
    }
}

/// One way to the identity provider and back, bound to the browser that set out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTrip {
    /// Where the provider leads back to; the provider has it on its list.
    pub back: String,
    /// Comes back as it went, and shows whose way it was.
    pub state: String,
    /// Stands inside the signed answer, so that no answer serves twice.
    pub nonce: String,
    /// What only we know until the code is handed in (PKCE, RFC 7636): 43 to 128 unreserved characters.
    pub verifier: String,
    /// They shall show who they are once more, even where the provider still knows them.
    pub again: bool,
}

/// Why somebody is not let in, though somebody else was asked about them. In the words that they read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotLetIn {
    /// It did not answer in time, or what it said cannot be read.
    #[error(
        "The service that keeps school accounts cannot be reached just now. People with a password of Schoolgate's own can sign \
         in as ever; for school accounts, try again in a few minutes."
    )]
    Down,
    /// No such thing is set up here.
    #[error("Signing in with a school account is not set up here.")]
    NotSetUp,
    /// The way did not begin in this browser, began too long ago, or has been gone before.
    #[error("That sign-in was begun too long ago or in another browser. Start again.")]
    NotBegunHere,
    /// The person said no, or the provider did.
    #[error("The school account service did not sign you in. Start again, or ask the IT office.")]
    Declined,
    /// Signed by nobody we know, meant for somebody else, or out of date.
    #[error(
        "The answer of the school account service could not be trusted, so you are not signed in. Start again; if it happens again, tell the IT office."
    )]
    NotBelieved,
    /// The provider vouches for them, but not as somebody of this school.
    #[error(
        "That account belongs to another school or organisation. Sign in with the account that this school gave you."
    )]
    Foreign,
    /// The provider has not made sure that the address is theirs.
    #[error(
        "The school account service has not confirmed your e-mail address, so it does not show who you are. Ask the IT office."
    )]
    Unproven,
    /// Nobody here goes by that name.
    #[error(
        "Your school account works, but nobody of that name is known here. Ask the school office to add you."
    )]
    Unknown,
    /// Somebody here goes by that name, but another account at the provider was theirs.
    #[error(
        "Another school account was used for that name before. Ask the IT office to make sure that it is yours."
    )]
    Taken,
    /// Their stay has not begun or is over.
    #[error(
        "Your time at the school has not begun or is over, so you cannot sign in. Ask the school office."
    )]
    NotNow,
}

impl NotLetIn {
    /// For the audit trail, in few words.
    pub fn in_short(self) -> &'static str {
        match self {
            NotLetIn::Down => "the provider did not answer",
            NotLetIn::NotSetUp => "no provider is set up",
            NotLetIn::NotBegunHere => "not begun in this browser, too late, or a second time",
            NotLetIn::Declined => "the provider did not sign them in",
            NotLetIn::NotBelieved => "an answer that cannot be trusted",
            NotLetIn::Foreign => "an account of another school or organisation",
            NotLetIn::Unproven => "an e-mail address that is not confirmed",
            NotLetIn::Unknown => "nobody of that name",
            NotLetIn::Taken => "another account than before",
            NotLetIn::NotNow => "outside their stay",
        }
    }
}
