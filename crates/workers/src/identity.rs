//! Who somebody is, asked of the school's own identity provider or directory (ACC-05). Both may be down, and both may
//! lie: neither lets in anybody whom the school's own register does not know, and neither is waited for long.
mod directory;
mod matching;
mod open_id;

pub use self::{
    directory::{Directory, DirectorySettings, Find},
    matching::{Claim, Matching},
    open_id::{OpenId, OpenIdSettings},
};
