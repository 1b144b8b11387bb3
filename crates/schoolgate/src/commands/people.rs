use std::{io::BufRead as _, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use school::{Choice as _, Line, Person, Role, Roles, Username, Year};
use store::{By, fresh_id};

use crate::{clock::now, house::House, passwords};

#[derive(Args)]
pub(crate) struct People {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show everybody the gate knows.
    List,
    /// Add somebody.
    Add {
        /// The name they sign in with.
        username: Username,
        /// In full.
        #[arg(long)]
        name: Line,
        /// pupil, teacher, support-staff, dsl, coordinator, network-manager, head, governor, parent or visitor; may stand
        /// several times.
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<Role>,
        /// For pupils: N, R or 1 to 13.
        #[arg(long)]
        year: Option<Year>,
    },
    /// Set a password, read from standard input.
    Password { username: Username },
}

/// Of a new password, in characters (NCSC: length before symbols).
const SHORTEST: usize = 12;

fn role(code: &str) -> Result<Role, String> {
    Role::from_code(code).ok_or_else(|| {
        let codes: Vec<&str> = Role::ALL.iter().map(|it| it.code()).collect();
        format!("write one of {}", codes.join(", "))
    })
}

pub(crate) fn run(asked: People) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        let by = By { person: None, name: "Command line".to_owned(), at: now() };
        let school = house.school.id;
        let mut tx = house.db.write().await?;
        match asked.what {
            What::List => {
                for it in store::people::all(&mut tx, school).await? {
                    let person = it.person;
                    let roles: Vec<&str> = person.roles.iter().map(school::Choice::label).collect();
                    let year = person.year.map(|it| format!(", year {it}")).unwrap_or_default();
                    println!("{:<20} {:<28} {}{year}", person.username, person.name, roles.join(", "));
                }
            }
            What::Add { username, name, roles, year } => {
                let roles: Roles = roles.into_iter().collect();
                let person =
                    Person { id: fresh_id(by.at), school, username, name, roles, year, groups: Vec::new() };
                store::people::add(&mut tx, &by, &person).await?;
            }
            What::Password { username } => {
                let mut password = String::new();
                std::io::stdin().lock().read_line(&mut password)?;
                let password = password.trim_end_matches(['\r', '\n']);
                if password.chars().count() < SHORTEST {
                    bail!("a password has at least {SHORTEST} characters");
                }
                let found = store::people::by_username(&mut tx, school, &username).await?;
                let person = found.with_context(|| format!("nobody signs in as {username}"))?.person;
                store::people::set_password(&mut tx, &by, school, person.id, &passwords::hashed(password)?)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(ExitCode::SUCCESS)
    })
}
