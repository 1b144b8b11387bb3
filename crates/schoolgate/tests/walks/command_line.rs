//! What can be tried without a browser: curl, and the other commands beside a running gate.
use std::process::Command;

use crate::demo::{Demo, PASSWORD, has, schoolgate};

/// Status and body.
fn curl(arguments: &[&str]) -> (String, String) {
    let out = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--max-time",
            "20",
            "--output",
            "-",
            "--write-out",
            "\n%{http_code} %{http_version}",
        ])
        .args(arguments)
        .output()
        .expect("curl runs");
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let (body, status) = said.rsplit_once('\n').unwrap_or(("", &said));
    (format!("{status}{}", String::from_utf8_lossy(&out.stderr)), body.to_owned())
}

#[test]
fn curl_is_filtered_by_who_signs_in_over_http_1_and_2() {
    if !has("curl", "--version") {
        return;
    }
    let demo = Demo::start();
    let authority = demo.path("authority.pem");
    let authority = authority.to_str().expect("a plain path");
    let get = |who: &str, version: &str, url: &str| {
        let proxy = if who.is_empty() {
            format!("http://{}", demo.gate)
        } else {
            format!("http://{who}:{PASSWORD}@{}", demo.gate)
        };
        // As a browser asks for a page; for its parts the gate answers in a line.
        curl(&["--proxy", &proxy, "--cacert", authority, "--header", "Accept: text/html", version, url])
    };
    let check = |who: &str, version: &str, url: &str, status: &str, words: &str| {
        let (found, body) = get(who, version, url);
        assert!(found.starts_with(status), "{who} {version} {url}: {found}, not {status}\n{body}");
        assert!(body.contains(words), "{who} {version} {url}: does not say {words}\n{body}");
    };

    // Nobody gets in, and help is open to all.
    check("", "--http1.1", "http://www.river-lessons.test/", "511", "sign in");
    check("", "--http1.1", "http://www.talk-to-us.test/", "200", "never watched");

    agree(&demo, authority, "maya");
    agree(&demo, authority, "okafor");
    for version in ["--http1.1", "--http2"] {
        let number = if version == "--http2" { "2" } else { "1.1" };
        check("maya", version, "https://www.river-lessons.test/", &format!("200 {number}"), "meanders");
        // A refused site is never reached, so there is no protocol of its own to keep to.
        check("maya", version, "https://www.lucky-spin.test/", "403", "Gambling");
        check("maya", version, "https://www.block-drop.test/", "403", "Games");
        check("okafor", version, "https://www.block-drop.test/", &format!("200 {number}"), "Play");
        check("maya", version, "https://www.bing.com/search?q=rivers&adlt=off", "200", "Safe search is on");
        check("maya", version, "https://old-certificate.test/", "502", "certificate");
    }
    check("maya", "--http1.1", "http://www.river-lessons.test/", "200 1.1", "meanders");

    // Somebody who guesses, and the proxy over TLS.
    let (found, _) =
        curl(&["--proxy", &format!("http://maya:wrong@{}", demo.gate), "http://www.river-lessons.test/"]);
    assert!(found.starts_with("407"), "{found}");
    let proxy = format!("https://maya:{PASSWORD}@{}", demo.gate_tls);
    let page = "https://www.river-lessons.test/";
    let (found, body) = curl(&["--proxy", &proxy, "--proxy-cacert", authority, "--cacert", authority, page]);
    assert!(found.starts_with("200"), "{found}\n{body}");
}

/// Reads the agreement as a person would, and accepts it.
fn agree(demo: &Demo, authority: &str, who: &str) {
    let proxy = format!("http://{who}:{PASSWORD}@{}", demo.gate);
    let base = ["--proxy", &proxy, "--cacert", authority];
    let page = "https://gate.riverside.test/agree";
    let (status, body) = curl(&[&base[..], &[page]].concat());
    assert!(status.starts_with("200"), "{who}: {status}\n{body}");
    if !body.contains("name=\"agreement\"") {
        return;
    }
    let value = |name: &str| {
        let tag =
            body.split("<input").find(|it| it.contains(&format!("name=\"{name}\""))).unwrap_or_default();
        tag.split("value=\"").nth(1).and_then(|it| it.split('"').next()).unwrap_or_default().to_owned()
    };
    let fields: Vec<String> = ["token", "back", "agreement", "reading", "text"]
        .iter()
        .map(|it| format!("{it}={}", value(it)))
        .collect();
    let mut arguments = base.to_vec();
    for field in &fields {
        arguments.extend(["--data-urlencode", field]);
    }
    arguments.extend(["--data", "answer=accept", page]);
    let (status, body) = curl(&arguments);
    assert!(
        status.starts_with("303") || status.starts_with("302") || status.starts_with("200"),
        "{who}: {status}\n{body}"
    );
}

#[test]
fn commands_work_beside_a_running_gate() {
    let mut demo = Demo::start();
    let check = |arguments: &[&str], well: bool, words: &[&str]| {
        let (ended_well, said) = demo.command(arguments);
        assert_eq!(ended_well, well, "{arguments:?}: {said}");
        for it in words {
            assert!(said.contains(it), "{arguments:?}: does not say {it}\n{said}");
        }
    };
    check(
        &["explain", "https://www.lucky-spin.test/", "--as", "maya"],
        true,
        &["Blocked for Maya Fielding", "Gambling", "Key Stage 3"],
    );
    check(
        &["explain", "https://www.river-lessons.test/", "--as", "maya", "--at", "2026-11-23T10:05"],
        true,
        &["Allowed", "2026-11-23 10:05"],
    );
    check(&["explain", "https://www.river-lessons.test/"], true, &["somebody who has not signed in"]);
    check(
        &["explain", "https://www.river-lessons.test/", "--as", "nobody"],
        false,
        &["nobody signs in as nobody"],
    );
    check(&["lists", "status"], true, &["Demonstration: gambling"]);
    check(&["rules", "export"], true, &["profile \"Key Stage 3\""]);
    check(&["people", "list"], true, &["maya", "Maya Fielding", "year 7"]);
    check(&["doctor"], true, &["All is well", "in use"]);
    assert!(demo.stop(), "it ends well when it is told to");
}

#[test]
fn people_come_change_group_and_leave_by_command() {
    let demo = Demo::start();
    let check = |arguments: &[&str], well: bool, words: &str| {
        let (ended_well, said) = demo.command(arguments);
        assert_eq!(ended_well, well, "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: does not say {words}\n{said}");
    };
    let file = demo.path("choir.policy");
    let (_, text) = demo.command(&["rules", "export"]);
    std::fs::write(&file, format!("{text}\nblock everything for group \"Choir\"\n")).expect("written");
    check(
        &[
            "people",
            "add",
            "ines",
            "--name",
            "Ines Duarte",
            "--role",
            "pupil",
            "--year",
            "7",
            "--group",
            "Choir",
        ],
        true,
        "",
    );
    check(&["rules", "import", file.to_str().expect("a plain path")], true, "is in force");
    let explain = ["explain", "https://www.river-lessons.test/", "--as", "ines"];
    check(&explain, true, "Blocked for Ines Duarte");
    check(&["people", "change", "ines", "--year", "8", "--group", "8C", "--group", "Band"], true, "");
    check(&["people", "list"], true, "year 8, 8C, Band");
    check(&explain, true, "Allowed for Ines Duarte");
    check(&["people", "leave", "ines"], true, "");
    check(&explain, false, "nobody signs in as ines");
}

#[test]
fn rules_go_out_are_changed_and_come_back() {
    let demo = Demo::start();
    let file = demo.path("changed.policy");
    let (_, text) = demo.command(&["rules", "export"]);
    std::fs::write(&file, format!("{text}\nblock www.river-lessons.test for year 7\n")).expect("written");
    let path = file.to_str().expect("a plain path");
    let (_, diff) = demo.command(&["rules", "diff", path]);
    assert!(diff.contains("-block www.river-lessons.test for year 7"), "{diff}");
    let (well, said) = demo.command(&["rules", "import", path, "--note", "A test"]);
    assert!(well && said.contains("version 2 is in force"), "{said}");
    let (_, said) = demo.command(&["explain", "https://www.river-lessons.test/", "--as", "maya"]);
    assert!(said.contains("Blocked for Maya"), "{said}");
    std::fs::write(&file, "profile \"Broken\"\n    sing loudly\n").expect("written");
    let (well, said) = demo.command(&["rules", "import", path]);
    assert!(!well && said.contains("nothing was changed") && said.contains("line 2"), "{said}");
}

#[test]
fn a_second_instance_and_a_used_port_are_told_what_to_do() {
    let demo = Demo::start();
    let data = demo.path("");
    let out = schoolgate().args(["demo", "--port", "0", "--data"]).arg(&data).output().expect("runs");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(!out.status.success() && said.contains("another schoolgate"), "{said}");

    let other = tempfile::tempdir().expect("a folder");
    let port = demo.gate.rsplit(':').next().expect("a port");
    let out = schoolgate()
        .args(["demo", "--port", port, "--data"])
        .arg(other.path().join("data"))
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(
        !out.status.success() && said.contains(port) && said.contains("used by another program"),
        "{said}"
    );
}

#[test]
fn a_new_school_starts_from_a_name_and_prints_a_link() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("schoolgate.toml");
    std::fs::write(&file, "[school]\nname = \"Test School\"\n[gate]\nlisten = [\"127.0.0.1:0\"]\n[console]\nlisten = [\"127.0.0.1:0\"]\n").expect("written");
    let config = file.to_str().expect("a plain path");
    // Looked at before anything is there, as the README says.
    let out = schoolgate().args(["doctor", "--config", config]).output().expect("runs");
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success() && !folder.path().join("data").exists(), "{said}");
    let mut child = schoolgate()
        .args(["serve", "--config", config])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    let out = child.stdout.take().expect("piped");
    let link = std::io::BufRead::lines(std::io::BufReader::new(out))
        .map_while(Result::ok)
        .find(|it| it.contains("/set-up/"));
    let _ = child.kill();
    let _ = child.wait();
    assert!(link.is_some(), "no link was printed");
    let mode = |name: &str| {
        let path = folder.path().join("data").join(name);
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).expect("there").permissions())
            & 0o777
    };
    assert_eq!((mode(""), mode("authority.key"), mode("schoolgate.db")), (0o700, 0o600, 0o600));
    // Killed without warning, it opens again.
    let out = schoolgate().args(["doctor", "--config", config]).output().expect("runs");
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(said.contains("certificate authority") && said.contains("Test School"), "{said}");
}

/// The real lists of `../shared/data`, where that folder is there; none of it is ours to keep.
#[test]
fn a_real_list_tree_is_imported_beside_a_running_gate_and_refuses_what_it_names() {
    let tree = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ut1");
    let Ok(names) = std::fs::read_to_string(tree.join("gambling/domains")) else {
        eprintln!("SKIPPED: {} is not there", tree.display());
        return;
    };
    if !has("curl", "--version") {
        return;
    }
    let demo = Demo::start();
    let authority = demo.path("authority.pem");
    let authority = authority.to_str().expect("a plain path");
    agree(&demo, authority, "maya");
    let name = names.lines().find(|it| it.rsplit('.').next() == Some("com")).expect("a name in .com");
    let proxy = format!("http://maya:{PASSWORD}@{}", demo.gate);
    let ask =
        |url: &str| curl(&["--proxy", &proxy, "--cacert", authority, "--header", "Accept: text/html", url]);
    // The discard port: until the list is in force the gate may try the name, and nobody answers there.
    let url = format!("http://{name}:9/");
    let (_, before) = demo.command(&["explain", &url, "--as", "maya"]);
    assert!(!before.contains("Gambling"), "refused before the list is there: {before}");

    let tree = tree.to_str().expect("a plain path");
    let (well, said) = demo.command(&["lists", "add", "--name", "UT1", "--kind", "squidguard", tree]);
    assert!(well && said.contains(" 0 bad lines"), "{said}");
    let began = std::time::Instant::now();
    loop {
        let (status, body) = ask(&url);
        if status.starts_with("403") && body.contains("Gambling") {
            break;
        }
        assert!(began.elapsed().as_secs() < 40, "{url} is still {status}");
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    let (well, said) = demo.command(&["explain", &url, "--as", "maya"]);
    assert!(well && said.contains("UT1") && said.contains("Gambling"), "{said}");
}

#[test]
fn a_school_is_backed_up_while_it_runs_put_back_and_moved() {
    let mut demo = Demo::start();
    let check = |demo: &Demo, arguments: &[&str], well: bool, words: &str| {
        let (ended_well, said) = demo.command(arguments);
        assert_eq!(ended_well, well, "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: does not say {words}\n{said}");
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    check(
        &demo,
        &["people", "add", "ines", "--name", "Ines Duarte", "--role", "pupil", "--year", "7"],
        true,
        "",
    );
    check(&demo, &["audit", "list", "--act", "add person", "--limit", "1"], true, "add person ines");
    check(&demo, &["audit", "checkpoint", "--to", &path("signed")], true, ".checkpoint");
    check(&demo, &["audit", "verify"], true, "The trail is as it was written.");
    check(&demo, &["audit", "export", "--to", &path("audit.jsonl")], true, "");
    let lines = std::fs::read_to_string(path("audit.jsonl")).expect("exported");
    assert!(lines.contains("\"act\":\"add person\"") && lines.contains("\"hash\":"), "{lines}");

    check(&demo, &["clock", "show"], true, "The last time that was believed");
    check(&demo, &["clock", "confirm"], true, "is taken to be right");
    check(
        &demo,
        &["audit", "list", "--act", "confirm clock", "--limit", "1"],
        true,
        "Command line: confirm clock",
    );

    let file = path("all.tar.zst");
    check(&demo, &["backup", &file], true, "is not encrypted: keep it safe");
    check(&demo, &["backup", "--verify", &file], true, "is whole");
    let restore = |data: &str| {
        let out = schoolgate().args(["restore", &file, "--data", data]).output().expect("runs");
        let said = [out.stdout, out.stderr].map(|it| String::from_utf8_lossy(&it).into_owned()).concat();
        (out.status.success(), said)
    };
    let (well, said) = restore(&path("new"));
    assert!(well && said.contains("entries in the audit trail"), "{said}");
    let (well, said) = restore(&path("new"));
    assert!(!well && said.contains("is not empty"), "{said}");
    for name in ["authority.key", "audit.key", "schoolgate.db", "configuration.toml"] {
        assert!(folder.path().join("new").join(name).is_file(), "{name}");
    }
    let key = path("key.txt");
    check(&demo, &["backup", "--new-key", &key], true, "recipient = \"age1");
    check(&demo, &["backup", "--new-key", &key], false, "cannot be made");
    let bytes = std::fs::read(&file).expect("there");
    std::fs::write(&file, &bytes[..bytes.len() / 2]).expect("cut off");
    check(&demo, &["backup", "--verify", &file], false, "is no backup, or one that is cut off");

    // It moves when it stands still, and as often as one likes.
    let to = format!("sqlite://{}", path("moved.db"));
    check(&demo, &["move", "--to", &to], false, "another schoolgate");
    assert!(demo.stop(), "it ends well when it is told to");
    check(&demo, &["move", "--to", &to], true, "row for row, and the audit trail reads as it was written");
    check(&demo, &["move", "--to", &to], true, "was there already");
    check(&demo, &["migrate"], true, "as it should be");
}
