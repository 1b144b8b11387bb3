use std::{path::Path, process::ExitCode};

use crate::{config::Config, house};

pub(crate) fn run(file: &Path) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let config = Config::load(file)?;
        let db = house::open(&config).await?;
        println!("{}", db.upgrade());
        db.close().await;
        Ok(ExitCode::SUCCESS)
    })
}
