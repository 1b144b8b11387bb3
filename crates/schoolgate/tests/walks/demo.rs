use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

/// The demonstration, running. Ends when dropped.
pub(crate) struct Demo {
    child: Child,
    folder: TempDir,
    /// `address:port` each.
    pub(crate) gate: String,
    pub(crate) gate_tls: String,
    pub(crate) console: String,
}

pub(crate) const PASSWORD: &str = "demo-school-2026";

impl Demo {
    /// Waits until it says where it listens.
    pub(crate) fn start() -> Demo {
        Demo::start_with(&[])
    }

    /// With more on its command line.
    pub(crate) fn start_with(arguments: &[&str]) -> Demo {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = schoolgate()
            .args(["demo", "--port", "0", "--data"])
            .arg(folder.path().join("data"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("schoolgate starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let last = lines.by_ref().map_while(Result::ok).find(|it| it.starts_with("schoolgate-demo "));
        let last = last.expect("it says where it listens");
        // Nobody may wait for us to read what else it says.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let get = |key: &str| {
            let found = last.split(' ').find_map(|it| it.strip_prefix(key)?.strip_prefix('='));
            found.unwrap_or_else(|| panic!("no {key} in {last}")).to_owned()
        };
        Demo { gate: get("gate"), gate_tls: get("gate-tls"), console: get("console"), child, folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    /// As browsers reach the console: by a name, since passkeys belong to names.
    pub(crate) fn console_url(&self) -> String {
        format!("http://{}", self.console.replace("127.0.0.1", "localhost"))
    }

    /// Ends the demonstration and opens the same school again as any other, with more in its configuration.
    pub(crate) fn serve_with(mut self, more: &str) -> Demo {
        assert!(self.stop(), "it ends well when it is told to");
        let file = self.path("schoolgate.toml");
        let text = std::fs::read_to_string(&file).expect("it wrote one");
        // The made-up services of the walks are on this machine, which the gate reaches only where it is told so.
        let text = text.replace("[gate]\n", "[gate]\nreach = [\"127.0.0.0/8\"]\n");
        std::fs::write(&file, format!("{text}\n{more}")).expect("written");
        self.child = schoolgate()
            .args(["serve", "--config"])
            .arg(&file)
            .stdout(Stdio::null())
            .spawn()
            .expect("schoolgate starts");
        for _ in 0..600 {
            if std::net::TcpStream::connect(&self.console).is_ok() {
                return self;
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("it does not open again: {more}");
    }

    /// A command beside the running demonstration: whether it ended well, and what it said.
    pub(crate) fn command(&self, arguments: &[&str]) -> (bool, String) {
        let out = schoolgate()
            .args(arguments)
            .arg("--config")
            .arg(self.path("schoolgate.toml"))
            .output()
            .expect("runs");
        let said = [out.stdout, out.stderr].concat();
        (out.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// As Ctrl-C would; true when it ended well.
    pub(crate) fn stop(&mut self) -> bool {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().is_ok_and(|it| it.success())
            && self.child.wait().is_ok_and(|it| it.success())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn schoolgate() -> Command {
    Command::new(env!("CARGO_BIN_EXE_schoolgate"))
}

/// Where walks leave what they made, for people to look at.
pub(crate) fn target() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("walk");
    std::fs::create_dir_all(&folder).expect("the target folder is ours");
    folder
}

/// Whether a tool is there. Where walks are required, as in `.ci/run`, its absence is a failure.
pub(crate) fn has(tool: &str, argument: &str) -> bool {
    let found = Command::new(tool).arg(argument).output().is_ok_and(|it| it.status.success());
    let required = std::env::var_os("SCHOOLGATE_WALKS").is_some();
    assert!(found || !required, "{tool} is not installed");
    if !found {
        eprintln!("{tool} is not installed: this walk was not taken");
    }
    found
}
