use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use jiff::{civil::Time, tz::TimeZone};

use super::serve;
use crate::{
    assemble::assemble,
    clock::{begin_at, now},
    config::Config,
    data_folder::DataFolder,
    demo::{self, PASSWORD, PEOPLE, Ports, visitor},
    logging,
    supervise::{Signals, Stopped},
};

#[derive(Args)]
pub(crate) struct Demo {
    /// Where everything is kept. Without it: a folder for temporary files, the same at each start.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The proxy's port; 0 chooses a free one for it, for TLS and for the console.
    #[arg(long, default_value_t = 3128)]
    port: u16,
    /// The console's port.
    #[arg(long, default_value_t = 8443)]
    console_port: u16,
    /// The time of day, in school time, that its clock begins at today, such as 14:58. Without it: the machine's own.
    #[arg(long)]
    at: Option<Time>,
}

pub(crate) fn run(asked: &Demo) -> anyhow::Result<ExitCode> {
    logging::start("warn");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(runtime.block_on(serve(asked))?.into())
}

async fn serve(asked: &Demo) -> anyhow::Result<Stopped> {
    if let Some(time) = asked.at {
        let school = TimeZone::get("Europe/London")?;
        let today = now().to_zoned(school.clone()).date();
        begin_at(today.to_datetime(time).to_zoned(school)?.timestamp());
    }
    let chosen = asked.data.clone().unwrap_or_else(|| std::env::temp_dir().join("schoolgate-demo"));
    let folder = DataFolder::take(&chosen)?;
    let sites = demo::bind(now())?;
    let (gate_tls, console) = if asked.port == 0 { (0, 0) } else { (asked.port + 1, asked.console_port) };
    let ports = Ports { gate: asked.port, gate_tls, console }.chosen()?;
    let file = demo::write(folder.path(), ports, &sites)?;
    let config = Config::load(&file)?;
    let (db, school) = serve::open(&config, &folder).await?;
    demo::add(&db, &school, now()).await?;
    let mut supervisor = assemble(&config, &folder, db.clone(), school).await?;
    supervisor.listener("made-up sites", |stop| sites.serve(stop));
    let signals = Signals::listen()?;
    println!("{}", welcome(&file, &config, ports));
    let stopped = supervisor.run(signals).await;
    db.close().await;
    Ok(stopped)
}

/// What to try, in the order to try it. Its last line is for programs.
fn welcome(file: &Path, config: &Config, ports: Ports) -> String {
    let (gate, console) = (ports.gate, ports.console);
    let line = |username, name, shows| format!("    {username:<10} {name:<16} {shows}");
    let mut people: Vec<String> = PEOPLE.iter().map(|it| line(it.username, it.name, it.shows)).collect();
    people.push(line(visitor::USERNAME, visitor::NAME, "a visitor, for six hours from the first start"));
    let people = people.join("\n");
    let trust = file.with_file_name("authority.pem");
    format!(
        "Schoolgate: the demonstration school is open. Everybody and everything in it is made up.\n\n\
         Sign in with any of these, password {PASSWORD}\n\n{people}\n\n\
         A browser through the gate, trusting the school's certificate:\n\n    \
         {browser}\n\n\
         Or curl:\n\n    \
         curl -x http://maya:{PASSWORD}@127.0.0.1:{gate} --cacert {trust} https://www.lucky-spin.test/\n\n\
         Sites: www.river-lessons.test (lessons), www.bing.com (a stand-in), www.block-drop.test (games), www.lucky-spin.test\n\
         (gambling), www.chatterbox.test (social), www.daily-bugle.test (news), www.county-bank.test (never opened),\n\
         www.talk-to-us.test (help, never watched), old-certificate.test (its certificate has lapsed).\n\n\
         The gate's own pages: http://{name}/ through the proxy. The console: {url}\n\
         Explain a decision: schoolgate explain https://www.lucky-spin.test/ --as maya --config {file}\n\n\
         Stop with Ctrl-C.\n\n\
         schoolgate-demo gate=127.0.0.1:{gate} gate-tls=127.0.0.1:{gate_tls} console=127.0.0.1:{console} config={file}",
        browser = browser(gate, &trust),
        trust = trust.display(),
        name = config.gate.name,
        url = config.console.url,
        gate_tls = ports.gate_tls,
        file = file.display(),
    )
}

/// Chromium with a profile of its own. It is told the school's certificate by the hash of its key, so that nothing on
/// this machine has to change.
fn browser(gate: u16, trust: &Path) -> String {
    // The school's authority; and that of the made-up sites, for those that the gate carries unopened.
    let files = [trust.to_owned(), trust.with_file_name("made-up-web.pem")];
    let pins: Vec<String> = files
        .iter()
        .filter_map(|it| fs::read_to_string(it).ok())
        .filter_map(|it| demo::key_hash(&it))
        .collect();
    let pins = pins.join(",");
    format!(
        "chromium --user-data-dir=/tmp/schoolgate-browser --proxy-server=http://127.0.0.1:{gate} \\\n      \
         --ignore-certificate-errors-spki-list={pins} http://www.river-lessons.test/"
    )
}
