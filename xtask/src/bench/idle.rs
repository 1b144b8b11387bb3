//! Ten thousand tunnels in which nothing moves: what the whole program holds for them, and whether it gives it back.
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::tidy;

const WANTED: u64 = 10_000;
/// MiB, for the whole program with that many tunnels.
const TARGET: f64 = 250.0;
/// Files of the gate that are no tunnel's.
const OTHER_FILES: u64 = 400;
const SAID: &[u8] = b"\x05idle";

const RULES: &str = "profile \"Bench\"\n    mode block by category\n    uncategorised allow\n    times always\n\
    use profile \"Bench\" for everyone\nuse profile \"Bench\" for unknown\ntunnel everything\n";

/// Ends with us, whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `rest`: the program to measure, built for release unless named; or `--site`, for the far end of the tunnels in
/// a process of its own, since each end has its own bound on open files.
pub(crate) fn run(rest: &[&str]) -> anyhow::Result<()> {
    let files = raise_files()?;
    let program = match rest {
        ["--site"] => return site(),
        [program] => PathBuf::from(program),
        _ => {
            crate::run("cargo", &["build", "--release", "--locked", "-p", "schoolgate"])?;
            tidy::root().join("target/release/schoolgate")
        }
    };
    let tunnels = WANTED.min(files.saturating_sub(OTHER_FILES) / 2);
    if tunnels < WANTED {
        println!(
            "Only {files} files may be open here, so only {tunnels} tunnels: raise the hard limit for all."
        );
    }
    let folder = std::env::temp_dir().join(format!("schoolgate-idle-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = measure(&program, &folder, tunnels);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(program: &Path, folder: &Path, tunnels: u64) -> anyhow::Result<()> {
    let (_site, at) = start_site()?;
    let (gate, door) = start_gate(program, folder, at)?;
    let process = gate.0.id();
    // The first few make what all share.
    drop((0..50).map(|_| tunnel(door)).collect::<anyhow::Result<Vec<_>>>()?);
    sleep(Duration::from_secs(2));
    let before = resident(process)?;
    let began = Instant::now();
    let mut idle = Vec::new();
    for number in 0..tunnels {
        idle.push(tunnel(door).with_context(|| format!("tunnel {number}"))?);
    }
    let took = began.elapsed();
    sleep(Duration::from_secs(3));
    let during = resident(process)?;
    // The last as the first: all of them still carry.
    for tunnel in idle.iter_mut().step_by(1_000) {
        say(tunnel)?;
    }
    drop(idle);
    let mut after = resident(process)?;
    let closed = Instant::now();
    while after > before + (during - before) / 4.0 && closed.elapsed() < Duration::from_mins(1) {
        // The allocator gives back as it is used, so the rest of the school goes on meanwhile.
        drop((0..100).map(|_| tunnel(door)).collect::<anyhow::Result<Vec<_>>>()?);
        sleep(Duration::from_millis(500));
        after = resident(process)?;
    }
    println!("idle tunnels           {tunnels}, opened in {:.1} s", took.as_secs_f64());
    println!("PSS before             {before:.1} MiB");
    println!(
        "PSS with all open      {during:.1} MiB, {:.1} KiB each",
        (during - before) * 1024.0 / count(tunnels)
    );
    println!("PSS after they closed  {after:.1} MiB, {:.1} s later", closed.elapsed().as_secs_f64());
    let all = before + (during - before) * count(WANTED) / count(tunnels);
    println!("for {WANTED}             {all:.1} MiB; the target is {TARGET} MiB");
    ensure!(all <= TARGET, "more than the target");
    ensure!(after < before + (during - before) / 2.0, "the memory was not given back");
    Ok(())
}

fn count(it: u64) -> f64 {
    u32::try_from(it).map_or(f64::MAX, f64::from)
}

/// The most files that this process, and what it starts, may have open: all that the system lets it.
fn raise_files() -> anyhow::Result<u64> {
    let most = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most })?;
    Ok(most.unwrap_or(u64::MAX))
}

/// Says everything back, and keeps every connection.
fn site() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    for tcp in listener.incoming() {
        let tcp = tcp?;
        // Mostly asleep: its stack is address space, not memory.
        std::thread::Builder::new().stack_size(64 * 1024).spawn(move || echo(tcp))?;
    }
    Ok(())
}

fn echo(mut tcp: TcpStream) {
    let mut said = [0; SAID.len()];
    while tcp.read_exact(&mut said).is_ok() && tcp.write_all(&said).is_ok() {}
}

fn start_site() -> anyhow::Result<(Running, SocketAddr)> {
    let program = std::env::current_exe()?;
    let mut child =
        Command::new(program).args(["bench", "idle", "--", "--site"]).stdout(Stdio::piped()).spawn()?;
    let out = child.stdout.take().context("the site has an output")?;
    let running = Running(child);
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    Ok((running, line.trim().parse()?))
}

fn start_gate(program: &Path, folder: &Path, site: SocketAddr) -> anyhow::Result<(Running, SocketAddr)> {
    let (door, console) = (free()?, free()?);
    let data = folder.join("data");
    let config = format!(
        "data = \"{}\"\n[school]\nname = \"Bench School\"\n[console]\nlisten = [\"{console}\"]\n\
        [log]\nlevel = \"error\"\n[gate]\nname = \"gate.bench.internal\"\nlisten = [\"{door}\"]\n\
        [gate.pinned]\n\"idle.test:443\" = \"{site}\"\n[gate.limits]\nconnections_per_address = 20000\n",
        data.display()
    );
    let device = "[[gate.devices]]\naddress = \"127.0.0.1\"\nname = \"Bench\"\nperson = \"bench\"\n";
    let (first, file, rules) =
        (folder.join("first.toml"), folder.join("schoolgate.toml"), folder.join("bench.policy"));
    // The device names a person, so the person comes first.
    fs::write(&first, &config)?;
    fs::write(&file, config + device)?;
    fs::write(&rules, RULES)?;
    let add = ["add", "bench", "--name", "Bench Person", "--role", "parent"];
    run_quietly(Command::new(program).args(["people", "--config"]).arg(&first).args(add))?;
    run_quietly(Command::new(program).args(["rules", "--config"]).arg(&first).arg("import").arg(&rules))?;
    let child = Command::new(program).args(["serve", "--config"]).arg(&file).stdout(Stdio::null()).spawn();
    let running = Running(child.with_context(|| format!("cannot start {}", program.display()))?);
    let began = Instant::now();
    while let Err(fault) = agree(door).and_then(|()| tunnel(door)) {
        if began.elapsed() > Duration::from_secs(30) {
            return Err(fault.context("the gate does not open"));
        }
        sleep(Duration::from_millis(100));
    }
    Ok((running, door))
}

/// Nothing opens before the agreement, so the person accepts it at the gate, as anybody does.
fn agree(door: SocketAddr) -> anyhow::Result<()> {
    let asked = |head: &str, body: &str| {
        let mut tcp = TcpStream::connect(door)?;
        tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(tcp, "{head} http://gate.bench.internal/agree HTTP/1.1\r\nHost: gate.bench.internal\r\n")?;
        write!(tcp, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len())?;
        write!(tcp, "Connection: close\r\n\r\n{body}")?;
        let mut answer = String::new();
        tcp.read_to_string(&mut answer)?;
        anyhow::Ok(answer)
    };
    let page = asked("GET", "")?;
    let hidden = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next()
    };
    let fields =
        ["token", "agreement", "reading", "text"].map(|name| Some(format!("{name}={}", hidden(name)?)));
    let Some(form) = fields.into_iter().collect::<Option<Vec<_>>>() else { return Ok(()) };
    asked("POST", &format!("{}&back=&answer=accept", form.join("&"))).map(drop)
}

fn run_quietly(command: &mut Command) -> anyhow::Result<()> {
    let status =
        command.stdout(Stdio::null()).status().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(())
}

fn free() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A tunnel through which something went once.
fn tunnel(door: SocketAddr) -> anyhow::Result<TcpStream> {
    let mut tcp = TcpStream::connect(door)?;
    tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
    tcp.write_all(b"CONNECT idle.test:443 HTTP/1.1\r\nHost: idle.test:443\r\n\r\n")?;
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        tcp.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    if !head.starts_with(b"HTTP/1.1 200") {
        bail!("CONNECT was answered {}", String::from_utf8_lossy(&head));
    }
    say(&mut tcp)?;
    Ok(tcp)
}

fn say(tcp: &mut TcpStream) -> anyhow::Result<()> {
    tcp.write_all(SAID)?;
    let mut back = [0; SAID.len()];
    tcp.read_exact(&mut back)?;
    ensure!(back == SAID, "something else came back");
    Ok(())
}

/// Proportional set size of a process, in MiB.
fn resident(process: u32) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = text.lines().find_map(|it| it.strip_prefix("Pss:")).context("PSS is told")?;
    let kibibytes: u32 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(f64::from(kibibytes) / 1024.0)
}
