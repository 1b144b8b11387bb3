use std::{path::Path, process::ExitCode};

use console::Token;
use store::Db;

use crate::{
    assemble::assemble,
    authority,
    clock::now,
    config::Config,
    data_folder::DataFolder,
    first_start, house, logging, open_files, settings,
    supervise::{Signals, Supervisor},
};

pub(crate) fn run(file: &Path) -> anyhow::Result<ExitCode> {
    let config = Config::load(file)?;
    logging::start(&config.log.level);
    let (files, connections) = (open_files::raise(), settings::limits(&config).connections);
    if files.is_some_and(|it| it < open_files::needed(connections)) {
        tracing::warn!(
            ?files,
            connections,
            "fewer files may be open than the connections it lets in would take"
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = DataFolder::take(&config.data)?;
        let (db, school) = open(&config, &folder).await?;
        let supervisor: Supervisor = assemble(&config, &folder, db.clone(), school).await?;
        let signals = Signals::listen()?;
        if let Some(link) = set_up_link(&db, &config).await? {
            println!("To make the first sign-in, open this link once, within a day:\n\n    {link}\n");
        }
        tracing::info!(gate = ?config.gate.listen, console = config.console.url, "open");
        let stopped = supervisor.run(signals).await;
        db.close().await;
        Ok(stopped.into())
    })
}

/// The database and the school in it, made where they are not there yet.
pub(crate) async fn open(config: &Config, folder: &DataFolder) -> anyhow::Result<(Db, school::School)> {
    authority::make_if_missing(config, folder, now())?;
    let db = house::open(config).await?;
    let school = first_start::school(&db, config, now()).await?;
    first_start::lists(&db, config, &school, now()).await?;
    Ok((db, school))
}

/// A new link at each start until the first person is there; it replaces the one before.
async fn set_up_link(db: &Db, config: &Config) -> anyhow::Result<Option<String>> {
    let mut tx = db.write().await?;
    let mut anybody = false;
    for school in store::schools::all(&mut tx).await? {
        anybody |= !store::people::all(&mut tx, school.id).await?.is_empty();
    }
    if anybody || store::set_up::is_done(&mut tx).await? {
        return Ok(None);
    }
    let token = Token::fresh()?;
    store::set_up::offer(&mut tx, &token.hash(), now()).await?;
    tx.commit().await?;
    Ok(Some(format!("{}{}", config.console.url, token.set_up_path())))
}
