use std::{io::BufRead as _, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use school::{Choice as _, Group, Id, KeptBy, Line, Person, Role, Roles, School, Username, Year};
use store::{
    By, Tx, fresh_id,
    oversight::{self, Oversight},
    people::Kept,
    powers::{self, Reset},
};

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
        /// A class or other group, by name; may stand several times, and is made where there is none of that name.
        #[arg(long = "group")]
        groups: Vec<Line>,
        #[command(flatten)]
        overseen: Overseen,
    },
    /// Change somebody: what is named here is replaced, the rest stays.
    Change {
        username: Username,
        #[arg(long)]
        name: Option<Line>,
        /// All their roles from now on.
        #[arg(long = "role", value_parser = role)]
        roles: Vec<Role>,
        #[arg(long)]
        year: Option<Year>,
        /// All their groups from now on.
        #[arg(long = "group")]
        groups: Vec<Line>,
        #[command(flatten)]
        overseen: Overseen,
    },
    /// Somebody has left: they sign in nowhere any more, and what was recorded of them stays.
    Leave { username: Username },
    /// Say who keeps somebody's password: school (a password of Schoolgate's own), provider or directory.
    KeptBy {
        username: Username,
        #[arg(value_parser = keeper)]
        by: KeptBy,
    },
    /// Forget which account at the identity provider is theirs: the next sign-in under their name is remembered.
    Unlink { username: Username },
    /// Set a password, read from standard input.
    Password { username: Username },
    /// Take somebody's second credentials and sessions away, so that they set up new ones.
    ForgetSecond { username: Username },
}

/// What server, administrator and operator roles need from the day the school has a head.
#[derive(Args)]
struct Overseen {
    /// DBS or single-central-record reference.
    #[arg(long)]
    vetting: Option<Line>,
    /// The username of the senior leader who answers for what they do.
    #[arg(long)]
    supervisor: Option<Username>,
}

fn role(code: &str) -> Result<Role, String> {
    Role::from_code(code).ok_or_else(|| {
        let codes: Vec<&str> = Role::ALL.iter().map(|it| it.code()).collect();
        format!("write one of {}", codes.join(", "))
    })
}

fn keeper(code: &str) -> Result<KeptBy, String> {
    KeptBy::from_code(code).ok_or_else(|| "write school, provider or directory".to_owned())
}

pub(crate) fn run(asked: People) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        let by = By { person: None, name: "Command line".to_owned(), at: now() };
        let school = house.school.id;
        let mut tx = house.db.write().await?;
        match asked.what {
            What::List => {
                // A look at names is written down here as in the console (LOG-04).
                store::audit::note(&mut tx, &by, school, "view people", "everyone", None, None).await?;
                list(&mut tx, school).await?;
            }
            What::Add { username, name, roles, year, groups, overseen } => {
                let groups = known_groups(&mut tx, &by, school, groups).await?;
                let roles: Roles = roles.into_iter().collect();
                let person = Person {
                    id: fresh_id(by.at),
                    school,
                    username,
                    name,
                    roles,
                    year,
                    groups,
                    email: None,
                    stay: school::Stay::ALWAYS,
                };
                store::people::add(&mut tx, &by, &person).await?;
                limit(&mut tx, &by, &person, overseen, true).await?;
                powers::gained(&mut tx, &by, Roles::NONE, &person).await?;
            }
            What::Change { username, name, roles, year, groups, overseen } => {
                let before = kept(&mut tx, school, &username).await?;
                let mut person = before.person.clone();
                person.name = name.unwrap_or(person.name);
                person.year = year.or(person.year);
                if !roles.is_empty() {
                    person.roles = roles.into_iter().collect();
                }
                if !groups.is_empty() {
                    person.groups = known_groups(&mut tx, &by, school, groups).await?;
                }
                store::people::save(&mut tx, &by, &before, &person).await?;
                limit(&mut tx, &by, &person, overseen, person.roles != before.person.roles).await?;
                powers::gained(&mut tx, &by, before.person.roles, &person).await?;
            }
            What::Leave { username } => {
                let id = kept(&mut tx, school, &username).await?.person.id;
                store::people::leave(&mut tx, &by, school, id).await?;
            }
            What::KeptBy { username, by: keeper } => {
                let id = kept(&mut tx, school, &username).await?.person.id;
                store::accounts::keep_by(&mut tx, &by, school, id, keeper).await?;
            }
            What::Unlink { username } => {
                let person = kept(&mut tx, school, &username).await?.person;
                store::accounts::unlink(&mut tx, &by, &person).await?;
            }
            What::ForgetSecond { username } => {
                let person = kept(&mut tx, school, &username).await?.person;
                let gone = store::second::forget(&mut tx, &by, school, person.id).await?;
                powers::reset(&mut tx, &by, &person, Reset::Second).await?;
                println!("{gone} taken away");
            }
            What::Password { username } => {
                let mut password = String::new();
                std::io::stdin().lock().read_line(&mut password)?;
                let password = password.trim_end_matches(['\r', '\n']);
                let person = kept(&mut tx, school, &username).await?.person;
                let settings = store::settings::of(&mut tx, school, None).await?;
                let faults =
                    console::password_faults(&settings, &person, house.school.name.as_str(), password);
                if !faults.is_empty() {
                    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
                    bail!("this password will not do: {}", words.join("; "));
                }
                println!("{}", console::KEEP_PRIVATE);
                let phc = passwords::hashed(password)?;
                store::passwords::set(&mut tx, &by, school, person.id, &phc, false).await?;
                powers::reset(&mut tx, &by, &person, Reset::Password).await?;
            }
        }
        tx.commit().await?;
        Ok(ExitCode::SUCCESS)
    })
}

async fn kept(tx: &mut Tx, school: Id<School>, username: &Username) -> anyhow::Result<Kept> {
    let found = store::people::by_username(tx, school, username).await?;
    found.with_context(|| format!("nobody signs in as {username}"))
}

/// Keeps what was said of who oversees them, and refuses roles that need more (ACC-11, ACC-13): nothing is kept then.
/// `roles`: they were given now.
async fn limit(tx: &mut Tx, by: &By, person: &Person, said: Overseen, roles: bool) -> anyhow::Result<()> {
    let (school, id) = (person.school, person.id);
    let before = oversight::get(tx, school, id).await?;
    let supervisor = match said.supervisor {
        Some(name) => Some(kept(tx, school, &name).await?.person.id),
        None => before.supervisor,
    };
    let now = Oversight { vetting: said.vetting.or_else(|| before.vetting.clone()), supervisor };
    if (roles || now != before)
        && let Some((option, why)) = oversight::refusal(tx, school, id, person.roles, &now, by.at).await?
    {
        bail!("nothing was changed. {why}: --{option}");
    }
    Ok(oversight::set(tx, by, school, id, &now).await?)
}

async fn list(tx: &mut Tx, school: Id<School>) -> anyhow::Result<()> {
    let groups = store::groups::all(tx, school).await?;
    for it in store::people::all(tx, school).await? {
        let person = it.person;
        let roles: Vec<&str> = person.roles.iter().map(school::Choice::label).collect();
        let year = person.year.map(|it| format!(", year {it}")).unwrap_or_default();
        let of = groups.iter().filter(|it| person.groups.contains(&it.id));
        let of = of.fold(String::new(), |all, it| all + ", " + it.name.as_str());
        println!("{:<20} {:<28} {}{year}{of}", person.username, person.name, roles.join(", "));
    }
    Ok(())
}

/// Groups of these names; made where there is none.
async fn known_groups(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    names: Vec<Line>,
) -> anyhow::Result<Vec<Id<Group>>> {
    let mut known = store::groups::all(tx, school).await?;
    let mut found = Vec::new();
    for name in names {
        if let Some(it) = known.iter().find(|it| it.name == name) {
            found.push(it.id);
            continue;
        }
        let group = Group { id: fresh_id(by.at), school, name };
        store::groups::add(tx, by, &group).await?;
        found.push(group.id);
        known.push(group);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use school::{Post, Stay};
    use store::{
        Db,
        posts::{self, Holder},
    };

    use super::*;

    /// ACC-11, ACC-13: at the command line as on the pages.
    #[tokio::test]
    async fn roles_that_run_things_are_refused_at_the_command_line_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open_file(&folder.path().join("records.db")).await.expect("a store");
        let by = By { person: None, name: "Command line".to_owned(), at: now() };
        let line = |text: &str| text.parse::<Line>().expect(text);
        let school = School { id: fresh_id(by.at), trust: None, name: line("Elm Park School") };
        let somebody = |username: &str, role: Role| Person {
            id: fresh_id(by.at),
            school: school.id,
            username: username.parse().expect(username),
            name: line(username),
            roles: Roles::NONE.with(role),
            year: None,
            groups: Vec::new(),
            email: None,
            stay: Stay::ALWAYS,
        };
        let (head, manager) = (somebody("helen", Role::Head), somebody("nia", Role::NetworkManager));
        let mut tx = db.write().await.expect("a transaction");
        store::schools::add(&mut tx, &by, &school).await.expect("a school");
        store::people::add(&mut tx, &by, &head).await.expect("a head");
        store::people::add(&mut tx, &by, &manager).await.expect("a manager");
        let none = || Overseen { vetting: None, supervisor: None };
        limit(&mut tx, &by, &manager, none(), true).await.expect("until there is a head, all works");
        let holder = Holder {
            id: fresh_id(by.at),
            school: school.id,
            post: Post::Head,
            person: head.id,
            since: by.at,
            until: None,
            contact: "Office".to_owned(),
            about: line("Everything"),
            version: 1,
        };
        posts::appoint(&mut tx, &by, &holder).await.expect("a head");
        let refused = limit(&mut tx, &by, &manager, none(), true).await.expect_err("refused").to_string();
        assert!(refused.contains("--vetting"), "{refused}");
        let vetted = Overseen { vetting: Some(line("SCR 3")), supervisor: None };
        let refused = limit(&mut tx, &by, &manager, vetted, true).await.expect_err("refused").to_string();
        assert!(refused.contains("--supervisor"), "{refused}");
        let whole =
            Overseen { vetting: Some(line("SCR 3")), supervisor: Some("helen".parse().expect("a name")) };
        limit(&mut tx, &by, &manager, whole, true).await.expect("both are there");
        // Kept: the next change of theirs needs neither again.
        limit(&mut tx, &by, &manager, none(), true).await.expect("on record");
        limit(&mut tx, &by, &head, none(), true).await.expect("a head runs no servers");
    }
}
