//! Who somebody is, asked of the school's own identity provider or directory (ACC-05). Both may be down, and both may
//! lie: neither lets in anybody whom the school's own register does not know, and neither is waited for long.
use gate::AskedElsewhere;
use school::NotLetIn;

mod directory;
mod matching;
mod open_id;

pub use self::{
    directory::{Directory, DirectorySettings, Find},
    matching::{Claim, Matching},
    open_id::{OpenId, OpenIdSettings},
};

/// Those who keep accounts outside of Schoolgate. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    pub open_id: Option<OpenId>,
    pub directory: Option<Directory>,
}

impl Accounts {
    /// Answers what a gate asks. Whoever asked may have gone.
    pub(crate) async fn answer(self, asked: AskedElsewhere) {
        match asked {
            AskedElsewhere::Password { person, password, done } => {
                let answer = match &self.directory {
                    Some(it) => it.is_right(&person, &password).await,
                    None => Err(NotLetIn::NotSetUp),
                };
                let _ = done.send(answer);
            }
            AskedElsewhere::Address { trip, done } => {
                let answer = match &self.open_id {
                    Some(it) => it.address(&trip).await,
                    None => Err(NotLetIn::NotSetUp),
                };
                let _ = done.send(answer);
            }
            AskedElsewhere::Whose { trip, code, done } => {
                let answer = match &self.open_id {
                    Some(it) => it.person(&trip, &code).await.map(|it| it.id),
                    None => Err(NotLetIn::NotSetUp),
                };
                let _ = done.send(answer);
            }
        }
    }
}
