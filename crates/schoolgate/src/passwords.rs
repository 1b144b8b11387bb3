use anyhow::anyhow;
use argon2::{Argon2, password_hash::PasswordHasher as _};

/// Argon2id in PHC form, with the crate's defaults: 19 MiB, two passes (OWASP's first choice).
pub(crate) fn hashed(password: &str) -> anyhow::Result<String> {
    let hash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|it| anyhow!("hashing failed: {it}"))?;
    Ok(hash.to_string())
}
