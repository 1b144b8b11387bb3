use std::{fs, path::Path};

use anyhow::Context as _;
use rand::TryRng as _;

use store::audit::Signer;

use crate::data_folder::write_secret;

/// 32 bytes of chance from the system.
pub(crate) fn chance() -> anyhow::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).context("the system gives no random numbers")?;
    Ok(bytes)
}

/// What the entries of sealed lists are hashed with in this data folder; made when it is not there. Losing it means
/// only that sealed lists have to be compiled again.
pub(crate) fn of(folder: &Path) -> anyhow::Result<[u8; 32]> {
    kept(&folder.join("lists.seal"))
}

/// What second credentials are sealed with in this data folder. Whoever loses it has to set them up anew: it belongs in
/// the back-up, and not beside the database's own.
pub(crate) fn of_sign_in(folder: &Path) -> anyhow::Result<[u8; 32]> {
    kept(&folder.join("sign-in.seal"))
}

/// Who signs the checkpoints of the audit trail of this data folder. Losing it means that checkpoints signed before
/// count as a stranger's.
pub(crate) fn signer(folder: &Path) -> anyhow::Result<Signer> {
    Signer::new(&kept(&folder.join("audit.key"))?).context("audit.key makes no key")
}

fn kept(path: &Path) -> anyhow::Result<[u8; 32]> {
    if let Ok(bytes) = fs::read(path)
        && let Ok(seal) = bytes.try_into()
    {
        return Ok(seal);
    }
    let seal = chance()?;
    write_secret(path, &seal)?;
    Ok(seal)
}
