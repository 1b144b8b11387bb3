//! A real browser, trusting the school's certificate as a pupil's device does.
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use crate::demo::{Demo, PASSWORD, has, target};

const CHROMIUM: &str = "chromium";

#[test]
fn a_real_browser_is_filtered_by_person_explained_and_recorded() {
    walk("walk.js", &[]);
}

/// Roster, approval, a parent for a young child, a pupil and a parent, and a leaver whose browser stops.
#[test]
fn the_office_loads_a_roster_families_sign_and_a_leaver_is_out() {
    walk("people.js", &[]);
}

/// On a clock that begins a minute and a half before the end of the visit.
#[test]
fn a_visitor_is_admitted_until_three_and_out_a_minute_later() {
    walk("visitor.js", &["--at", "14:58:30"]);
}

/// PWD-04.
#[test]
fn a_young_child_signs_in_with_pictures_without_scripts() {
    walk("pictures.js", &[]);
}

/// ACC-07, and a setting's change found by the head.
#[test]
fn a_passkey_opens_the_settings_and_the_head_finds_what_was_changed() {
    walk("passkey.js", &[]);
}

/// Runs a script of steps on a demonstration of its own.
fn walk(script: &str, arguments: &[&str]) {
    let tools = [(CHROMIUM, "--version"), ("node", "--version"), ("npm", "--version"), ("certutil", "-H")];
    if !tools.iter().all(|(tool, argument)| has_tool(tool, argument)) {
        return;
    }
    let walk = target();
    install(&walk);
    let demo = Demo::start_with(arguments);
    let home = tempfile::tempdir().expect("a home for the browser");
    trust(
        home.path(),
        &[("Schoolgate", demo.path("authority.pem")), ("Made-up web", demo.path("made-up-web.pem"))],
    );
    let out = Command::new("node")
        .arg(walk.join(script))
        .current_dir(&walk)
        .env("HOME", home.path())
        .env("GATE", format!("http://{}", demo.gate))
        .env("CONSOLE", demo.console_url())
        .env("PASSWORD", PASSWORD)
        .env("SHOTS", walk.join("shots").join(script.trim_end_matches(".js")))
        .env("CHROMIUM", chromium())
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&out.stdout);
    println!("{said}");
    assert!(out.status.success(), "{said}\n{}", String::from_utf8_lossy(&out.stderr));
}

/// `certutil -H` says its help and fails; being there is enough.
fn has_tool(tool: &str, argument: &str) -> bool {
    if tool == "certutil" {
        Command::new(tool).arg(argument).output().is_ok() || has(tool, argument)
    } else {
        has(tool, argument)
    }
}

fn chromium() -> String {
    let out = Command::new("sh").args(["-c", "command -v chromium"]).output().expect("sh runs");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// playwright-core, axe-core and oidc-provider, at the versions and hashes of the lock file.
pub(crate) fn install(walk: &Path) {
    // Two walks at once would install into one folder.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/walks");
    for name in [
        "package.json",
        "package-lock.json",
        "walk.js",
        "passkey.js",
        "people.js",
        "pictures.js",
        "visitor.js",
        "visits.js",
        "pages.js",
        "provider.js",
    ] {
        fs::copy(here.join(name), walk.join(name)).expect("copied");
    }
    if ["playwright-core", "axe-core", "oidc-provider"]
        .iter()
        .all(|it| walk.join("node_modules").join(it).is_dir())
    {
        return;
    }
    let done = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(walk)
        .status();
    assert!(done.is_ok_and(|it| it.success()), "npm ci failed in {}", walk.display());
}

/// Puts certificates where Chromium on Linux looks for those that its user trusts: the school's, and that of the made-up
/// web, which a browser meets where the gate carries a site unopened.
fn trust(home: &Path, certificates: &[(&str, PathBuf)]) {
    let store = home.join(".pki/nssdb");
    fs::create_dir_all(&store).expect("made");
    let store = format!("sql:{}", store.display());
    let run = |arguments: &[&str]| {
        let done = Command::new("certutil").args(["-d", &store]).args(arguments).status();
        assert!(done.is_ok_and(|it| it.success()), "certutil {arguments:?}");
    };
    run(&["-N", "--empty-password"]);
    for (name, file) in certificates {
        run(&["-A", "-t", "C,,", "-n", name, "-i", file.to_str().expect("a plain path")]);
    }
}
