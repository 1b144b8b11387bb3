use futures_util::future::BoxFuture;
use school::{Id, NotLetIn, Person, RoundTrip, School};

/// Asks those who keep accounts outside of Schoolgate: the school's identity provider and its directory. Filled in by
/// the binary, since the console itself speaks to nobody. No answer takes longer than a few seconds.
pub trait Elsewhere: Send + Sync {
    /// The school whose people they keep.
    fn school(&self) -> Option<Id<School>>;

    /// What the button says, where there is an identity provider.
    fn button(&self) -> Option<&str>;

    /// Where the provider leads back to: [`BACK`] under the console's address.
    fn back(&self) -> String;

    /// Where the browser goes to sign in.
    fn address<'a>(&'a self, trip: &'a RoundTrip) -> BoxFuture<'a, Result<String, NotLetIn>>;

    /// Whose the code is that the browser brought back.
    fn person<'a>(&'a self, trip: &'a RoundTrip, code: &'a str) -> BoxFuture<'a, Result<Person, NotLetIn>>;

    /// Whether the directory takes this password for this person's.
    fn is_right<'a>(&'a self, person: &'a Person, password: &'a str)
    -> BoxFuture<'a, Result<bool, NotLetIn>>;
}

/// The path that providers lead back to, at the console as at the gate.
pub const BACK: &str = "/sign-in/provider/back";
