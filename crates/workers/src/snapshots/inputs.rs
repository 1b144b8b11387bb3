use std::collections::{HashMap, HashSet};

use agreements::{Agreement, Signature};
use jiff::Timestamp;
use school::{
    Group, Id, KeptBy, Person, School, Site, exceptional::Case, remote::RemoteAccess, settings::Settings,
};
use store::{
    StoreError, Tx,
    lists::{ListSource, ListState},
    passwords::State,
    people::Kept,
    posts::Holder,
    rules::RulesVersion,
    young::Young,
};

/// Everything that the store has to say to a gate, of one moment.
pub(super) struct Inputs {
    pub(super) school: School,
    /// Where the gates stand.
    pub(super) site: Option<Id<Site>>,
    /// Its own, and those of other schools who are placed here (ACC-10).
    pub(super) people: Vec<Kept>,
    /// Identities that a class shares (ACC-04).
    pub(super) shared: Vec<Id<Person>>,
    /// Those whose password is not kept here.
    pub(super) kept_by: HashMap<Id<Person>, KeptBy>,
    /// How old their passwords are, and who gave them.
    pub(super) passwords: HashMap<Id<Person>, State>,
    /// Of those who sign in with pictures.
    pub(super) young: HashMap<Id<Person>, Young>,
    pub(super) groups: Vec<Group>,
    pub(super) sites: Vec<Site>,
    pub(super) chosen: Settings,
    pub(super) rules: Vec<RulesVersion>,
    pub(super) agreements: Vec<Agreement>,
    pub(super) signatures: Vec<Signature>,
    /// The profile of everyone with an access plan of their own (ACC-16).
    pub(super) plans: HashMap<Id<Person>, String>,
    /// Who holds which post at this moment (ACC-08).
    pub(super) posts: Vec<Holder>,
    /// Approvals of access from outside that stand or are to come (ACC-22, ACC-23).
    pub(super) remote: Vec<RemoteAccess>,
    /// What was said of access as an exceptional case, and who was let in as a guest (ACC-19).
    pub(super) cases: HashMap<Id<Person>, Case>,
    pub(super) guests: HashSet<Id<Person>>,
    pub(super) lists: Vec<(ListSource, Option<ListState>)>,
}

impl Inputs {
    pub(super) async fn read(
        tx: &mut Tx,
        school: Id<School>,
        site: Option<Id<Site>>,
        now: Timestamp,
    ) -> Result<Inputs, StoreError> {
        let of_school = store::schools::get(tx, school).await?;
        let missing = || StoreError::Corrupt {
            column: "school".to_owned(),
            reason: "the school of this gate is not there".to_owned(),
        };
        let mut people = store::people::all(tx, school).await?;
        let mut kept_by = store::accounts::all_kept_elsewhere(tx, school).await?;
        let placed = placed(tx, school, &people, now).await?;
        // What their own school's provider or directory says of them cannot be asked for here.
        kept_by.extend(placed.iter().filter(|it| it.1).map(|(it, _)| (it.person.id, KeptBy::Provider)));
        people.extend(placed.into_iter().map(|it| it.0));
        let chosen = store::settings::of(tx, school, site).await?;
        let shared = store::class_identities::all(tx, school).await?;
        let mut young = store::young::all(tx, school).await?;
        // An identity of a class opens nothing while nobody answers for it.
        for closed in store::class_identities::closed(tx, school, &chosen, now).await? {
            if let Some(it) = people.iter_mut().find(|it| it.person.id == closed) {
                it.password = None;
            }
            young.remove(&closed);
        }
        Ok(Inputs {
            school: of_school.ok_or_else(missing)?,
            site,
            people,
            shared: shared.into_iter().map(|it| it.person).collect(),
            kept_by,
            passwords: store::passwords::states(tx, school).await?,
            young,
            groups: store::groups::all(tx, school).await?,
            sites: store::schools::sites(tx, school).await?,
            chosen,
            rules: store::rules::current(tx, school).await?,
            agreements: store::agreements::in_force(tx, school).await?,
            signatures: store::agreements::signatures(tx, school).await?,
            plans: store::plans::profiles(tx, school).await?,
            posts: store::posts::at(tx, school, now).await?,
            remote: store::remote::standing(tx, school, now).await?,
            cases: store::exceptional::all(tx, school).await?,
            guests: store::guests::admitted(tx, school).await?.into_iter().collect(),
            lists: store::lists::all(tx).await?,
        })
    }
}

/// Each with whether their account is kept elsewhere. Whose username is that of one of the school's own people cannot
/// sign in here: those who placed them gave no other.
async fn placed(
    tx: &mut Tx,
    school: Id<School>,
    own: &[Kept],
    now: Timestamp,
) -> Result<Vec<(Kept, bool)>, StoreError> {
    let mut all = Vec::new();
    for it in store::placements::people(tx, school, now).await? {
        if !own.iter().any(|other| other.person.username == it.person.username) {
            let elsewhere = store::accounts::kept_by(tx, it.person.id).await? != KeptBy::School;
            all.push((it, elsewhere));
        }
    }
    Ok(all)
}
