use std::{fmt::Write as _, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::Args;
use gate::Snapshot;
use jiff::{Timestamp, civil::DateTime};
use policy::{Ask, Stage, Target, Trace, Verdict, trace};
use school::{Choice as _, Username};

use crate::{assemble, clock::now, house::House};

#[derive(Args)]
pub(crate) struct Explain {
    /// What is asked for, such as <https://www.example.org/page>.
    address: String,
    /// Who asks, by the name they sign in with. Without it: somebody who has not signed in.
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<Username>,
    /// When, in school time, such as 2026-11-23T10:05. Without it: now.
    #[arg(long)]
    at: Option<DateTime>,
    #[command(flatten)]
    file: super::ConfigFile,
}

pub(crate) fn run(asked: &Explain) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let address = if asked.address.contains("://") {
            asked.address.clone()
        } else {
            format!("https://{}", asked.address)
        };
        let target = Target::parse(&address).with_context(|| format!("{} is no address", asked.address))?;
        let house = House::open(&asked.file.config).await?;
        let health = workers::Health::default();
        let (snapshots, current) =
            assemble::snapshots(&house.config, &house.db, &house.school, &health).await?;
        snapshots.refresh().await;
        let snapshot = current.load_full();
        let zone = &house.config.school.calendar.zone;
        let at = match asked.at {
            None => now(),
            Some(it) => it.to_zoned(zone.clone()).context("--at: no such time")?.timestamp(),
        };
        let (text, is_help) = explain(&snapshot, &target, asked.person.as_ref(), at)?;
        if let Some(person) = &asked.person {
            // A name beside a help site would read as a visit, and visits to help are never written down.
            let what = if is_help { "a help site" } else { address.as_str() };
            super::viewed(&house, "explain decision", &format!("{what} for {person}")).await?;
        }
        print!("{text}");
        for fault in &snapshot.faults {
            eprintln!("note: {fault}");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The words, and whether they are of a help site.
fn explain(
    snapshot: &Snapshot,
    target: &Target,
    person: Option<&Username>,
    at: Timestamp,
) -> anyhow::Result<(String, bool)> {
    let known = match person {
        None => None,
        Some(name) => match snapshot.people.by_username(name) {
            Some(it) => Some(it),
            None => bail!("nobody signs in as {name}"),
        },
    };
    let who = known.map_or_else(|| snapshot.rules.unknown(), |it| &it.subject);
    let when = snapshot.calendar.moment(at);
    let ask = Ask { who, site: snapshot.site, target, stage: Stage::Request, when };
    let name = known.map_or("somebody who has not signed in", |it| it.person.name.as_str());
    let trace = trace(&snapshot.rules, &ask);
    let mut text = words(&trace, name)?;
    writeln!(text, "Time      {} {} ({:?})", when.date, when.time.strftime("%H:%M"), when.kind)?;
    if let Some(known) = known.filter(|it| it.missing_at(at).next().is_some()) {
        let all = &snapshot.agreements;
        let titles = known
            .missing_at(at)
            .filter_map(|it| Some((all.iter().find(|a| a.id == it.agreement)?, it.what)))
            .map(|(agreement, what)| format!("{} ({})", agreement.title(), what.label()));
        let titles = titles.collect::<Vec<_>>().join("; ");
        writeln!(text, "Agreement {titles}: nothing but help opens until it is signed")?;
    }
    Ok((text, trace.decision.protected))
}

fn words(trace: &Trace, name: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    let decision = &trace.decision;
    let because = &decision.because;
    writeln!(text, "{} for {name}: {}", decision.verdict.label(), trace.address)?;
    writeln!(text, "Because   {}", because.step.label())?;
    for (what, it) in [("Rule", &because.rule), ("List", &because.list), ("Profile", &because.profile)] {
        if let Some(it) = it {
            writeln!(text, "{what:<9} {it}")?;
        }
    }
    if let Some(it) = because.category {
        writeln!(text, "Category  {}", it.label())?;
    }
    if let Some(from) = &trace.profile_from {
        writeln!(text, "Profile   {} ({from})", trace.profile)?;
    }
    for (category, blame) in &trace.categories {
        let list = blame.as_ref().map_or("the address itself", |it| &*it.list);
        writeln!(text, "About     {} (says {list})", category.label())?;
    }
    if decision.verdict != Verdict::Block {
        writeln!(text, "HTTPS     {}", trace.connection.words)?;
    }
    if decision.protected {
        writeln!(text, "Help      never inspected, never recorded")?;
    }
    if let Some(safe) = &decision.safe_search {
        writeln!(text, "Search    kept safe: {safe:?}")?;
    }
    writeln!(text, "\nStep by step, the first that speaks decides:")?;
    for step in &trace.steps {
        let verdict = step.verdict.map_or("-", school::Choice::label);
        writeln!(text, "  {verdict:<8} {:<28} {}", step.step.label(), step.words)?;
        for rule in &step.rules {
            writeln!(text, "             {rule}")?;
        }
    }
    writeln!(text)?;
    Ok(text)
}
