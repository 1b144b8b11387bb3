use std::path::Path;

use anyhow::Context as _;
use school::School;
use store::{Db, StoreError};

use crate::{authority, clock::now, config::Config, data_folder::DataFolder, first_start};

/// A school's set-up, opened beside whatever runs on it, for commands that look something up or change a row. Made
/// where there is none yet.
pub(crate) struct House {
    pub(crate) config: Config,
    pub(crate) db: Db,
    pub(crate) school: School,
}

impl House {
    pub(crate) async fn open(file: &Path) -> anyhow::Result<House> {
        let config = Config::load(file)?;
        if !config.data.exists() {
            // Nothing has run here yet: a command may come before the first `serve`.
            let folder = DataFolder::take(&config.data)?;
            authority::make_if_missing(&config, &folder, now())?;
        }
        let db = open(&config).await?;
        let school = first_start::school(&db, &config, now()).await?;
        first_start::lists(&db, &config, &school, now()).await?;
        first_start::site(&db, &config, &school, now()).await?;
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
