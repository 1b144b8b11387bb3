use std::path::Path;

use super::*;

const LEAST: &str = "[school]\nname = \"Test School\"\n";

fn parse(text: &str) -> Result<Config, Faults> {
    Config::parse(text, Path::new("/etc/schoolgate")).map_err(|it| it.in_file(Path::new("s.toml"), text))
}

#[test]
fn a_name_is_enough() {
    let config = parse(LEAST).expect("a name is enough");
    assert_eq!(config.data, Path::new("/etc/schoolgate/data"));
    assert_eq!(config.database, "sqlite:///etc/schoolgate/data/schoolgate.db");
    assert_eq!(config.gate.listen.len(), 2);
    assert!(config.gate.listen.iter().any(std::net::SocketAddr::is_ipv6));
    assert_eq!(config.gate.proxy, "gate.schoolgate.internal:3128");
    assert!(!config.gate.open_unknown, "nobody is let in unasked");
    assert_eq!(config.console.url, "http://127.0.0.1:8443");
    assert!(config.mail.is_none());
}

#[test]
fn the_example_is_a_configuration() {
    let config = parse(EXAMPLE).expect("the example stands");
    assert_eq!(config.school.calendar.terms.len(), 2);
    assert_eq!(config.gate.devices.len(), 1);
    assert_eq!(config.gate.remote[0].name.as_str(), "School VPN");
    assert_eq!(config.console.url, "https://schoolgate.example.sch.uk:8443");
}

/// serde names the keys it knows when it meets one it does not: so each section is asked with a stranger.
#[test]
fn every_key_is_in_the_example_and_the_example_is_in_the_docs() {
    let docs = include_str!("../../../../docs/configuration.md");
    assert!(docs.contains(EXAMPLE.trim()), "docs/configuration.md: copy config/example.toml into it");
    let check = |section: &str| {
        let text = match section {
            "" => format!("zzz = 1\n{LEAST}"),
            "school" => format!("{LEAST}zzz = 1\n"),
            "school.terms" => format!("{LEAST}[[school.terms]]\nzzz = 1\n"),
            "gate.devices" | "gate.remote" | "lists.sources" => format!("{LEAST}[[{section}]]\nzzz = 1\n"),
            _ => format!("{LEAST}[{section}]\nzzz = 1\n"),
        };
        let fault = toml::from_str::<raw::Config>(&text).expect_err(section);
        let keys: Vec<&str> = fault.message().split('`').skip(3).step_by(2).collect();
        assert!(!keys.is_empty(), "{section}: {}", fault.message());
        for key in keys {
            let written = EXAMPLE.lines().any(|it| {
                let it = it.trim_start_matches(['#', ' ']);
                it.starts_with(&format!("{key} = "))
                    || it.contains(&format!("{{ {key} = "))
                    || it.contains(&format!(", {key} = "))
                    || it.contains(&format!("[{key}]"))
                    || it.contains(&format!("[gate.{key}]"))
                    || it.contains(&format!("[sign_in.{key}]"))
                    || (key == "sign_in" && it.contains("[sign_in."))
                    || it.contains(&format!("[[gate.{key}]]"))
                    || it.contains(&format!("[[lists.{key}]]"))
                    || (key == "lists" && it.contains("[[lists."))
            });
            assert!(written, "config/example.toml: says nothing of {section}.{key}");
        }
    };
    for section in [
        "",
        "school",
        "school.terms",
        "gate",
        "gate.authority",
        "gate.devices",
        "gate.remote",
        "gate.limits",
        "console",
        "mail",
        "sign_in",
        "sign_in.oidc",
        "sign_in.ldap",
        "keep",
        "lists",
        "lists.sources",
        "roster",
        "audit",
        "backup",
        "log",
    ] {
        check(section);
    }
}

#[test]
fn a_fault_names_its_line_and_what_to_do() {
    let check = |more: &str, line: usize, words: &[&str]| {
        let text = format!("{LEAST}{more}");
        let faults = parse(&text).expect_err(more);
        let said = faults.to_string();
        assert_eq!(faults.all[0].line, Some(line), "{more}: {said}");
        for word in words {
            assert!(said.contains(word), "{more}: {said} does not say {word}");
        }
    };
    check("[gate]\nlisten = [\"0.0.0.0\"]\n", 4, &["line 4", "gate.listen", "0.0.0.0:3128"]);
    check("[gate]\nlisten = []\n", 4, &["would not listen"]);
    check("[gate]\nlisten_tsl = []\n", 4, &["`listen_tsl`", "did you mean `listen_tls`?"]);
    check("[gaet]\nname = \"x\"\n", 3, &["did you mean `gate`?"]);
    check("[gate]\ncolour = 1\n", 4, &["`colour`", "take it out"]);
    check("[gate]\nkeep_paths = \"yes\"\n", 4, &["boolean"]);
    check("[gate]\nsession = \"soon\"\n", 4, &["gate.session", "\"8h\""]);
    check("[gate]\nsession = \"1s\"\n", 4, &["must lie between"]);
    check("[gate]\nsign_in = \"smile\"\n", 4, &["\"page\""]);
    check("[gate]\nname = \"gate\"\n", 4, &["gate.name", "full name"]);
    check("[gate]\nreach = [\"10.0.0.0/99\"]\n", 4, &["gate.reach"]);
    check("[gate]\nparent = \"socks://x\"\n", 4, &["gate.parent"]);
    check("[gate]\nextra_roots = [\"/nowhere/roots.pem\"]\n", 4, &["/nowhere/roots.pem is not there"]);
    check("[gate]\nname = \"a.test\"\nname = \"b.test\"\n", 5, &["duplicate key"]);
    check("zone = \"Europe/Lundon\"\n", 3, &["school.zone", "Europe/London"]);
    check("day = \"15:30-08:30\"\n", 3, &["ends before it starts"]);
    check("lessons = [\"08:00-09:00\"]\n", 3, &["outside the school day"]);
    check("days = [\"funday\"]\n", 3, &["school.days"]);
    check("[keep]\nactivity = 0\n", 4, &["keep.activity"]);
    check("[log]\nlevel = \"loud\"\n", 4, &["log.level"]);
    // A name that anybody may give themselves lets nobody in; anything that makes it the school's does.
    let provider = "[sign_in.oidc]\nissuer = \"https://id.example.org\"\nclient_id = \"x\"\n";
    check(provider, 4, &["sign_in.oidc", "`domains` or `tenants`", "only_ours = true"]);
    for more in ["domains = [\"a.sch.uk\"]", "tenants = [\"t-1\"]", "only_ours = true", "claim = \"email\""] {
        assert!(parse(&format!("{LEAST}{provider}{more}\n")).is_ok(), "{more}");
    }
    check("[roster]\nfolder = \"/nowhere\"\n", 4, &["roster.folder", "/nowhere is not there"]);
    check("[roster]\nfolder = \"/\"\nschedule = \"hourly\"\n", 5, &["roster.schedule", "daily 03:30"]);
    check("[roster]\nfolder = \"/\"\nschedule = \"every 5s\"\n", 5, &["between a minute and a day"]);
    check("[roster]\nfolder = \"/\"\nschedule = \"daily 25:00\"\n", 5, &["roster.schedule"]);
    check("[backup]\nfolder = \"data/backups\"\n", 4, &["backup.folder", "lies in the data folder"]);
    check("[backup]\nfolder = \"elsewhere/../data\"\n", 4, &["lies in the data folder"]);
    check("[backup]\nfolder = \"/x\"\nrecipient = \"age1x\"\n", 5, &["backup.recipient", "--new-key"]);
    check(
        "[mail]\nhost = \"smtp.example.org\"\ntls = \"none\"\nfrom = \"a@b\"\nleads = []\n",
        5,
        &["in the open"],
    );
    check(
        "[[lists.sources]]\nname = \"x\"\nkind = \"magic\"\nlocation = \"/\"\n",
        5,
        &["lists.sources.kind", "squidguard"],
    );
}

#[test]
fn all_faults_are_said_at_once_and_in_order() {
    let text = format!(
        "{LEAST}zone = \"nowhere\"\n[gate]\nsession = \"soon\"\nlisten = [\"x\"]\n[log]\nlevel = \"loud\"\n"
    );
    let faults = parse(&text).expect_err("four faults");
    let lines: Vec<_> = faults.all.iter().map(|it| it.line).collect();
    assert_eq!(lines, [Some(3), Some(5), Some(6), Some(8)], "{faults}");
}

#[test]
fn a_file_that_is_not_there_says_how_to_write_one() {
    let said = Config::load(Path::new("/nowhere/schoolgate.toml")).expect_err("not there").to_string();
    assert!(said.contains("/nowhere/schoolgate.toml") && said.contains("docs/configuration.md"), "{said}");
}

#[test]
fn a_parent_proxy_keeps_its_password_to_itself() {
    let text = format!("{LEAST}[gate]\nparent = \"http://gate:secret@proxy.example.org:8080\"\n");
    let parent = parse(&text).expect("fine").gate.parent.expect("set");
    assert_eq!((parent.host.as_str(), parent.port), ("proxy.example.org", 8080));
    assert_eq!(parent.credentials, Some(("gate".to_owned(), "secret".to_owned())));
    assert!(!format!("{parent:?}").contains("secret"));
}

#[test]
fn the_docs_name_every_category() {
    let docs = include_str!("../../../../docs/configuration.md");
    for it in <policy::Category as ::school::Choice>::ALL {
        let (code, label) = (::school::Choice::code(*it), ::school::Choice::label(*it));
        assert!(
            docs.contains(&format!("| `{code}` | {label} |")),
            "docs/configuration.md: no row for {code}"
        );
    }
}
