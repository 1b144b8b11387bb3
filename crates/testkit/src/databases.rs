//! Throwaway databases on both engines, each empty and gone with the test.
use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use store::Db;
use tempfile::TempDir;

/// A private `PostgreSQL`, reached by a socket in a folder of its own. Stops when dropped.
#[derive(Debug)]
pub struct Postgres {
    child: Child,
    folder: TempDir,
}

/// Tells the story on `SQLite`, then on `PostgreSQL`. Where no `PostgreSQL` is installed it says so; on a
/// builder (`CI` is set, or `SCHOOLGATE_WALKS=required`) that is a failure.
///
/// # Panics
/// When a database does not start, or the story fails.
pub async fn on_both(story: impl AsyncFn(Db)) {
    on_both_at(async |db, _| story(db).await).await;
}

/// As [`on_both`], for a story that also needs the address of the database.
///
/// # Panics
/// As [`on_both`].
pub async fn on_both_at(story: impl AsyncFn(Db, &str)) {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("schoolgate.db");
    let db = Db::open_file(&file).await.expect("SQLite opens");
    story(db.clone(), &format!("sqlite://{}", file.display())).await;
    db.close().await;

    let Some(postgres) = Postgres::wanted() else { return };
    let db = Db::open(&postgres.url()).await.expect("PostgreSQL opens");
    story(db.clone(), &postgres.url()).await;
    db.close().await;
}

/// Whether everything has to be tried: on a builder, where a test that was left out would look like one that passed.
pub fn is_builder() -> bool {
    let set = |name| std::env::var_os(name).is_some();
    set("CI") || std::env::var_os("SCHOOLGATE_WALKS").is_some_and(|it| it == "required")
}

impl Postgres {
    /// `None`: none is installed, and that is said; on a builder it is a failure.
    ///
    /// # Panics
    /// As told, and as [`Postgres::start`].
    pub fn wanted() -> Option<Postgres> {
        let started = Postgres::start();
        if started.is_none() {
            assert!(!is_builder(), "a builder needs PostgreSQL: apt-get install postgresql");
            eprintln!("*** NOT TRIED ON POSTGRESQL: none is installed (apt-get install postgresql) ***");
        }
        started
    }

    /// `None`: none is installed.
    ///
    /// # Panics
    /// When it is installed and does not start.
    pub fn start() -> Option<Postgres> {
        let bin = binaries()?;
        let folder = TempDir::new().expect("a temporary folder");
        let data = folder.path().join("data");
        // It refuses to run as root.
        let owner = is_roots(folder.path()).then_some(NOBODY);
        if let Some(owner) = owner {
            chown(folder.path(), Some(owner), Some(owner)).expect("the folder is ours");
        }
        let init = command(&bin.join("initdb"), owner)
            .args(["--no-sync", "--auth=trust", "--username=school", "--encoding=UTF8", "--no-locale"])
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(init.status.success(), "initdb: {}", String::from_utf8_lossy(&init.stderr));
        let child = serve(&bin, owner, folder.path());
        Some(Postgres { child, folder })
    }

    /// Kills it, as a power cut would.
    pub fn stop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Runs it again after [`Postgres::stop`], with all that it had kept.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        let bin = binaries().expect("it was installed before");
        let owner = is_roots(Path::new("/proc/self")).then_some(NOBODY);
        // Its children see that it is gone a little later, and hold the folder until then.
        fs::remove_file(self.folder.path().join("data/postmaster.pid")).ok();
        self.child = serve(&bin, owner, self.folder.path());
    }

    pub fn url(&self) -> String {
        format!("postgres://school@localhost/postgres?host={}", self.folder.path().display())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Killed, not asked: its folder goes with it.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

const NOBODY: u32 = 65534;

fn is_roots(ours: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(ours).is_ok_and(|it| it.uid() == 0)
}

/// Runs the server on the folder until it says that it is ready.
fn serve(bin: &Path, owner: Option<u32>, folder: &Path) -> Child {
    let data = folder.join("data");
    let mut child = command(&bin.join("postgres"), owner)
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(folder)
        .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB"])
        .stderr(Stdio::null())
        .spawn()
        .expect("postgres runs");
    for _ in 0..600 {
        let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        if state.lines().any(|line| line.trim() == "ready") {
            return child;
        }
        sleep(Duration::from_millis(50));
    }
    child.kill().ok();
    child.wait().ok();
    panic!("PostgreSQL did not start within 30 seconds");
}

/// The newest under Debian's folder, else where others put it.
fn binaries() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = debian.map(|it| it.path().join("bin")).collect();
    versions.sort_by_key(|it| {
        let version = it.parent().and_then(Path::file_name).and_then(|it| it.to_str());
        version.and_then(|it| it.parse::<u32>().ok())
    });
    let others = ["/usr/local/pgsql/bin", "/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"];
    let mut all = versions.into_iter().rev().chain(others.map(PathBuf::from));
    all.find(|it| it.join("initdb").is_file() && it.join("postgres").is_file())
}

/// Goes when the test goes, even when that is killed (where `setpriv` can see to it).
fn command(program: &Path, owner: Option<u32>) -> Command {
    let setpriv = Path::new("/usr/bin/setpriv");
    let mut command = if setpriv.is_file() {
        let mut command = Command::new(setpriv);
        command.arg("--pdeathsig=KILL").arg("--").arg(program);
        command
    } else {
        Command::new(program)
    };
    if let Some(owner) = owner {
        command.uid(owner).gid(owner);
    }
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
    command
}
