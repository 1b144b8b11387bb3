use std::path::Path;

use anyhow::Context as _;
use school::School;
use store::{Db, StoreError};

use crate::config::Config;

/// A school's set-up, opened beside whatever runs on it: for commands that look something up or change a row.
pub(crate) struct House {
    pub(crate) config: Config,
    pub(crate) db: Db,
    pub(crate) school: School,
}

impl House {
    pub(crate) async fn open(file: &Path) -> anyhow::Result<House> {
        let config = Config::load(file)?;
        let db = open(&config).await?;
        let mut tx = db.read().await?;
        let school = store::schools::all(&mut tx).await?.into_iter().next();
        drop(tx);
        let school = school.context("there is no school here yet: run `schoolgate serve` once")?;
        Ok(House { config, db, school })
    }
}

/// The database, with what to do where it does not open.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Db> {
    let opened: Result<Db, StoreError> = match config.database.strip_prefix("sqlite://") {
        Some(path) => Db::open_file(Path::new(path)).await,
        None => Db::open(&config.database).await,
    };
    opened.with_context(|| match config.database.strip_prefix("sqlite://") {
        Some(path) => format!("the database {path} cannot be opened: is the folder there and yours?"),
        None => "the database server does not take us: check `database`, and that it runs".to_owned(),
    })
}
