//! Signing in with a school account, against a real identity provider that tells lies when it is told to (ACC-05).
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use testkit::directory::{ACCOUNT, BASE, Directory};

use crate::{
    browser::install,
    demo::{Demo, PASSWORD, has, target},
};

/// The npm package `oidc-provider`, with our people and lies. Ends when dropped.
struct Provider {
    child: Child,
    address: String,
}

/// A browser without a screen: keeps cookies, follows where it is led when it is told to.
struct Browser {
    folder: TempDir,
    proxy: Vec<String>,
}

struct Page {
    status: u16,
    /// Where it leads, if anywhere.
    to: String,
    text: String,
}

const SECRET: &str = "a secret of the test, and of nobody else";

#[test]
fn a_school_account_opens_the_console_and_no_lie_does() {
    let Some((provider, school)) = start("domains = [\"riverside.test\"]") else { return };
    let console = school.console_url();
    let page = Browser::new().get(&format!("{console}/sign-in?next=/audit"));
    assert!(page.text.contains("Sign in with your school account"), "{}", page.text);

    // A good sign-in, by name, by name with the school's domain, and in whatever case; then by the provider's number.
    for account in ["whitlock", "novak", "maya", "whitlock"] {
        let browser = Browser::new();
        let back = browser.to_provider_and_back(&console, account);
        let page = browser.get(&back);
        assert_eq!(
            (page.status, page.to.as_str()),
            (303, &*format!("{console}/account")),
            "{account}: {}",
            page.text
        );
        assert_eq!(browser.get(&page.to).status, 200, "{account}");

        // The same answer again: in this browser, in another one, and with its state changed.
        let again = browser.get(&back);
        assert_eq!(again.status, 403, "{account}: replayed");
        assert!(again.text.contains("in another browser. Start again"), "{}", again.text);
        assert_eq!(Browser::new().get(&back).status, 403, "{account}: in another browser");
    }

    // Forged state, with a code that is good.
    let browser = Browser::new();
    let back = browser.to_provider_and_back(&console, "maya");
    let state = back.split("state=").nth(1).and_then(|it| it.split('&').next()).expect("a state");
    let forged = browser.get(&back.replace(state, &"0".repeat(64)));
    assert!(forged.status == 403 && forged.text.contains("Start again"), "{}", forged.text);
    // The trip is over with that, good state or not.
    assert_eq!(browser.get(&back).status, 403);

    // A code of somebody else's trip, put into one's own: the verifier does not fit it.
    let (theirs, ours) = (Browser::new(), Browser::new());
    let code_of = |back: &str| {
        back.split("code=").nth(1).and_then(|it| it.split('&').next()).expect("a code").to_owned()
    };
    let stolen = theirs.to_provider_and_back(&console, "whitlock");
    let own = ours.to_provider_and_back(&console, "maya");
    let page = ours.get(&own.replace(&code_of(&own), &code_of(&stolen)));
    assert!(page.status == 403 && page.text.contains("could not be trusted"), "{}", page.text);

    // Said no at the provider.
    let browser = Browser::new();
    let page = browser.get(&browser.to_provider_and_back(&console, ""));
    assert!(page.status == 403 && page.text.contains("did not sign you in"), "{}", page.text);

    // People that it vouches for, and that are nobody of ours.
    let refused = |account: &str, words: &str| {
        let browser = Browser::new();
        let page = browser.get(&browser.to_provider_and_back(&console, account));
        assert!(page.status == 403 && page.text.contains(words), "{account}: {} {}", page.status, page.text);
        assert_eq!(browser.get(&format!("{console}/account")).status, 303, "{account}: nobody is signed in");
    };
    refused("stranger", "nobody of that name is known here");
    refused("foreign", "belongs to another school");
    refused("forged", "belongs to another school");
    refused("impostor", "Another school account was used for that name");
    refused("theo'; drop table person; --", "nobody of that name is known here");

    let lies = [
        "audience",
        "party",
        "expired",
        "issuer",
        "nonce",
        "key",
        "altered",
        "unsigned",
        "too-fast",
        "somebody-else",
    ];
    for lie in lies {
        provider.lie(lie);
        refused("maya", "could not be trusted");
    }
    // A clock that is half a minute fast is no lie.
    provider.lie("fast");
    assert_eq!(sign_in(&console, "maya").status, 303);

    // New keys are fetched, though not at every unknown one.
    sleep(Duration::from_secs(11));
    provider.lie("rotated");
    assert_eq!(sign_in(&console, "maya").status, 303);
    provider.lie("none");

    let (_, said) = school.command(&["people", "list"]);
    assert!(!said.contains("n.obody") && !said.contains("theo'"), "nobody is added by signing in: {said}");
}

#[test]
fn a_provider_that_is_down_keeps_nobody_waiting_and_local_accounts_work() {
    let Some((provider, school)) = start("only_ours = true") else { return };
    let console = school.console_url();
    let local = || {
        let form = [("username", "whitlock"), ("password", PASSWORD), ("next", "/account")];
        let page = Browser::new().post(&format!("{console}/sign-in"), &form);
        assert_eq!(page.status, 303, "a local account: {}", page.text);
    };
    let down = |why: &str| {
        let began = Instant::now();
        let page = Browser::new().get(&format!("{console}/sign-in/provider"));
        assert!(
            page.status == 503 && page.text.contains("cannot be reached just now"),
            "{why}: {}",
            page.text
        );
        assert!(page.text.contains("name=\"password\""), "{why}: the form for local accounts is there");
        assert!(began.elapsed() < Duration::from_secs(8), "{why}: {:?}", began.elapsed());
        local();
    };
    local();
    provider.lie("nonsense");
    down("nonsense");
    sleep(Duration::from_secs(10));
    provider.lie("silent");
    down("silent");
    drop(provider);
    sleep(Duration::from_secs(10));
    down("gone");
    // Said on Today, in words.
    let browser = Browser::new();
    let form = [("username", "whitlock"), ("password", PASSWORD), ("next", "/today")];
    browser.post(&format!("{console}/sign-in"), &form);
    let found = (0..50).any(|_| {
        sleep(Duration::from_millis(500));
        browser.get(&format!("{console}/today")).text.contains("school accounts cannot sign in")
    });
    assert!(found, "Today says nothing: {}", browser.get(&format!("{console}/today")).text);
}

#[test]
fn the_directory_says_whose_password_it_is_and_nobody_gets_in_without_it() {
    if !has("curl", "--version") {
        return;
    }
    let people = [("okafor", "kestrel over the weir"), ("byrne", "heron by the lock")];
    let Some(directory) = Directory::start(&people) else { return };
    let demo = Demo::start();
    fs::write(demo.path("ldap-password"), ACCOUNT.1).expect("written");
    let school = demo.serve_with(&format!(
        "[sign_in.ldap]\nurl = \"{}\"\naccount = \"{}\"\npassword_file = \"ldap-password\"\nbase = \"{BASE}\"\n\
         filter = \"(uid={{}})\"\n",
        directory.url(),
        ACCOUNT.0
    ));
    let console = school.console_url();
    let check = |username: &str, password: &str, status: u16| {
        let form = [("username", username), ("password", password), ("next", "/account")];
        let page = Browser::new().post(&format!("{console}/sign-in"), &form);
        assert_eq!(page.status, status, "{username} {password:?}: {}", page.text);
        page.text
    };
    check("okafor", PASSWORD, 303);
    check("okafor", "kestrel over the weir", 401);
    for name in ["okafor", "maya"] {
        let (well, said) = school.command(&["people", "kept-by", name, "directory"]);
        assert!(well, "{said}");
    }
    check("okafor", "kestrel over the weir", 303);
    check("OKAFOR", "kestrel over the weir", 303);
    // What was kept here before opens nothing now; nor does nothing at all, which this directory believes.
    check("okafor", PASSWORD, 401);
    check("okafor", "", 401);
    // The directory knows them, but their password is kept here; it is asked about them, but does not know them.
    check("byrne", "heron by the lock", 401);
    check("maya", PASSWORD, 401);
    for filter in ["*", "okafor)(uid=*", "o*", "uid=okafor"] {
        check(filter, "kestrel over the weir", 401);
    }
    // The gate asks it too, and remembers: each request names its person here.
    let through = |username: &str, password: &str| {
        let page =
            Browser::through_gate(&school, Some((username, password))).get("http://www.river-lessons.test/");
        // The made-up sites are not served here: whatever is not about signing in counts as in.
        if [407, 503, 511].contains(&page.status) { page.status } else { 200 }
    };
    // Its snapshot knows within a second or two whom to ask the directory about. Not more tries than a guesser has: console and
    // gate count them together.
    sleep(Duration::from_secs(3));
    assert_eq!(through("okafor", "kestrel over the weir"), 200);
    assert_eq!(through("okafor", PASSWORD), 407);
    assert_eq!(through("maya", PASSWORD), 407);
    drop(directory);
    assert_eq!(through("okafor", "kestrel over the weir"), 200, "whoever was believed goes on");
    assert_eq!(through("okafor", "another guess"), 503, "nobody is let in unasked");
    assert_eq!(through("whitlock", PASSWORD), 200);
    let said = check("okafor", "kestrel over the weir", 503);
    assert!(said.contains("cannot be reached just now"), "{said}");
    check("whitlock", PASSWORD, 303);
    let (well, said) = school.command(&["people", "kept-by", "okafor", "school"]);
    assert!(well, "{said}");
    check("okafor", PASSWORD, 303);
}

#[test]
fn a_school_account_opens_the_gate_for_somebody_who_has_not_signed_in() {
    let Some((provider, school)) = start("domains = [\"riverside.test\"]") else { return };
    let (gate, site) = ("https://gate.riverside.test", "http://www.river-lessons.test/");
    let browser = Browser::through_gate(&school, None);
    let page = browser.get(site);
    assert!(page.status == 511 && page.text.contains("Please sign in first"), "{}", page.text);
    let page = browser.get(&format!("{gate}/sign-in?back=http%3A%2F%2Fwww.river-lessons.test%2F"));
    assert!(page.text.contains("Sign in with your school account"), "{}", page.text);
    // The provider's own pages are open, and nothing else.
    assert_eq!(browser.get(&format!("{}/.well-known/openid-configuration", provider.address)).status, 200);
    assert_eq!(browser.get("http://www.block-drop.test/").status, 511);

    let set_out = format!("{gate}/sign-in/provider?back=http%3A%2F%2Fwww.river-lessons.test%2F");
    // The provider remembers a browser; the gate knows the device, whichever browser is on it.
    let away = |account: &str| {
        let browser = Browser::through_gate(&school, None);
        let page = browser.get(&set_out);
        assert_eq!(page.status, 303, "{}", page.text);
        browser.through(&page.to, account)
    };
    let refused = |page: &Page, words: &str| {
        assert!(page.status == 403 && page.text.contains(words), "{} {}", page.status, page.text);
        assert_eq!(browser.get(site).status, 511, "{words}: nobody is signed in");
    };
    refused(&browser.get(&away("foreign")), "belongs to another school");
    refused(&browser.get(&away("stranger")), "nobody of that name is known here");
    refused(&browser.get(&away("")), "did not sign you in");
    let back = away("okafor");
    refused(&browser.get(&back.replace("state=", "state=1")), "Start again");
    provider.lie("nonce");
    refused(&browser.get(&back), "could not be trusted");
    provider.lie("none");
    refused(&browser.get(&back), "could not be trusted");

    let back = away("okafor");
    let page = browser.get(&back);
    // The staff of the demonstration have agreed already.
    assert!(
        page.status == 200 && page.text.contains("Signed in"),
        "{} {} {}",
        page.status,
        page.to,
        page.text
    );
    let home = || browser.get(&format!("{gate}/")).text;
    assert!(home().contains("Sam Okafor"), "{}", home());
    assert_eq!(browser.get(&back).status, 403, "replayed");
    drop(provider);
    assert!(home().contains("Sam Okafor"), "whoever is signed in goes on");
    let page = browser.get(&set_out);
    assert!([303, 503].contains(&page.status), "{}", page.status);
}

/// The provider, and the demonstration school that asks it. `None`: not tried, for want of tools.
fn start(more: &str) -> Option<(Provider, Demo)> {
    let tools = [("node", "--version"), ("npm", "--version"), ("curl", "--version")];
    if !tools.iter().all(|(tool, argument)| has(tool, argument)) {
        eprintln!("*** NOT TRIED AGAINST AN IDENTITY PROVIDER ***");
        return None;
    }
    let walk = target();
    install(&walk);
    let demo = Demo::start();
    let back = [
        format!("{}/sign-in/provider/back", demo.console_url()),
        "https://gate.riverside.test/sign-in/provider/back".to_owned(),
    ];
    let provider = Provider::start(&walk, &back.join(" "));
    fs::write(demo.path("oidc-secret"), SECRET).expect("written");
    let section = format!(
        "[sign_in.oidc]\nissuer = \"{}\"\nclient_id = \"schoolgate\"\nclient_secret_file = \"oidc-secret\"\nprompt = \"login\"\n{more}\n",
        provider.address
    );
    Some((provider, demo.serve_with(&section)))
}

fn sign_in(console: &str, account: &str) -> Page {
    let browser = Browser::new();
    browser.get(&browser.to_provider_and_back(console, account))
}

impl Provider {
    fn start(walk: &PathBuf, back: &str) -> Provider {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
        let mut child = Command::new("node")
            .arg(walk.join("provider.js"))
            .current_dir(walk)
            .env("PORT", port.to_string())
            .env("BACK", back)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let said = lines.by_ref().map_while(Result::ok).find(|it| it.starts_with("provider "));
        assert!(said.is_some(), "the provider did not start");
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Provider { child, address: format!("http://127.0.0.1:{port}") }
    }

    fn lie(&self, lie: &str) {
        assert_eq!(Browser::new().get(&format!("{}/lie/{lie}", self.address)).text, lie);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    fn new() -> Browser {
        Browser { folder: tempfile::tempdir().expect("a folder"), proxy: Vec::new() }
    }

    /// As a device of the school, trusting its certificate.
    fn through_gate(school: &Demo, person: Option<(&str, &str)>) -> Browser {
        let browser = Browser::new();
        let mut proxy = vec!["--noproxy".to_owned(), String::new()];
        proxy.extend(["--proxy".to_owned(), format!("http://{}", school.gate)]);
        proxy.extend(["--cacert".to_owned(), school.path("authority.pem").display().to_string()]);
        if let Some((username, password)) = person {
            proxy.extend(["--proxy-user".to_owned(), format!("{username}:{password}")]);
        }
        Browser { proxy, ..browser }
    }

    fn get(&self, url: &str) -> Page {
        self.send(url, &[])
    }

    fn post(&self, url: &str, fields: &[(&str, &str)]) -> Page {
        let all: Vec<String> = fields
            .iter()
            .flat_map(|(name, value)| ["--data-urlencode".to_owned(), format!("{name}={value}")])
            .collect();
        self.send(url, &all)
    }

    fn send(&self, url: &str, more: &[String]) -> Page {
        let jar = self.folder.path().join("cookies");
        let out = Command::new("curl")
            .args([
                "--silent",
                "--show-error",
                "--max-time",
                "30",
                "--write-out",
                "\n%{http_code} %{redirect_url}",
            ])
            .arg("--cookie")
            .arg(&jar)
            .arg("--cookie-jar")
            .arg(&jar)
            .args(&self.proxy)
            .args(more)
            .arg(url)
            .output()
            .expect("curl runs");
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        let (text, last) = said.rsplit_once('\n').expect("a last line");
        let (status, to) = last.split_once(' ').expect("two words");
        assert_ne!(status, "000", "{url}: {}", String::from_utf8_lossy(&out.stderr));
        Page { status: status.parse().expect("a number"), to: to.to_owned(), text: text.to_owned() }
    }

    /// Signs in at the provider as `account` (empty: says no); says where the provider then leads, without going there.
    fn to_provider_and_back(&self, console: &str, account: &str) -> String {
        let page = self.get(&format!("{console}/sign-in/provider?next=/account"));
        assert_eq!(page.status, 303, "{}", page.text);
        self.through(&page.to, account)
    }

    fn through(&self, address: &str, account: &str) -> String {
        let mut at = address.to_owned();
        for _ in 0..10 {
            let mut page = self.get(&at);
            if page.status == 200 {
                page = self.post(&at, &[("account", account)]);
            }
            assert!((300..400).contains(&page.status), "{at}: {} {}", page.status, page.text);
            at = page.to;
            if at.contains("/sign-in/provider/back") {
                return at;
            }
        }
        panic!("the provider leads on and on: {at}");
    }
}
