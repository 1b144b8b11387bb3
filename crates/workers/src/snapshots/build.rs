use std::{collections::HashMap, sync::Arc};

use agreements::{Practice, Signature, due};
use gate::{Known, People, Pictured, Settings, Snapshot};
use jiff::Timestamp;
use policy::{Directory, LayerText, Rules, Subject, lists::Lists};
use school::{
    Calendar, Choice, Id, Person, Place, Post, exceptional::held, passwords, remote::RemoteAccess,
    settings::LEAD_FUNCTIONS,
};
use store::{rules::RulesVersion, young::Young};

use super::{inputs::Inputs, lists::Open};

/// What stays when its successor is bad.
#[derive(Default)]
pub(super) struct Good {
    lists: Open,
    /// Texts that compiled.
    rules: Option<Vec<RulesVersion>>,
}

/// Blocks: reads files and compiles. `faults` says what is older than it should be.
pub(super) fn snapshot(
    inputs: &Inputs,
    good: &mut Good,
    seal: &[u8; 32],
    settings: Settings,
    calendar: Calendar,
) -> Snapshot {
    let opened = good.lists.all(&inputs.lists, seal);
    let mut faults = opened.faults;
    let rules = if opened.incomplete {
        Rules::closed_with(Arc::clone(&opened.lists))
    } else {
        rules(inputs, good, &opened.lists, &mut faults)
    };
    let mut signatures: HashMap<Id<Person>, Vec<Signature>> = HashMap::new();
    for signature in &inputs.signatures {
        signatures.entry(signature.person).or_default().push(signature.clone());
    }
    let practice = Practice::of(&inputs.chosen, calendar.zone.clone());
    let people = inputs.people.iter().map(|kept| {
        let signed = signatures.get(&kept.person.id).map_or(&[][..], Vec::as_slice);
        Known {
            subject: subject(&rules, inputs, &kept.person, &mut faults),
            kept_by: inputs.kept_by.get(&kept.person.id).copied().unwrap_or_default(),
            password: kept.password.as_deref().map(Into::into),
            change_from: change_from(inputs, &kept.person),
            pictures: inputs.young.get(&kept.person.id).map(pictured),
            missing: due(&kept.person, &practice, &inputs.agreements, signed),
            held: held(
                &inputs.chosen,
                kept.person.roles,
                inputs.cases.get(&kept.person.id).map(|it| it.granted),
                inputs.guests.contains(&kept.person.id),
            ),
            person: kept.person.clone(),
        }
    });
    let lead = Post::lead(&inputs.chosen.text(&LEAD_FUNCTIONS));
    let mut posts: Vec<_> = inputs.posts.iter().map(|it| (it.post, it.person)).collect();
    posts.sort_by_key(|(post, _)| (*post != lead, *post));
    let people = people
        .collect::<People>()
        .with_posts(posts)
        .with_classes(&inputs.groups, &inputs.chosen)
        .with_shared(inputs.shared.iter().copied());
    let agreements = inputs.agreements.clone();
    let mut remote: HashMap<Id<Person>, Vec<RemoteAccess>> = HashMap::new();
    for it in &inputs.remote {
        remote.entry(it.person).or_default().push(it.clone());
    }
    let (school, site, chosen) = (inputs.school.clone(), inputs.site, inputs.chosen.clone());
    Snapshot { school, site, rules, people, agreements, calendar, settings, remote, chosen, faults }
}

/// Of a password that is kept here; elsewhere they have rules of their own.
fn change_from(inputs: &Inputs, person: &Person) -> Option<Timestamp> {
    let state = inputs.passwords.get(&person.id).filter(|_| !inputs.kept_by.contains_key(&person.id))?;
    passwords::change_from(&inputs.chosen, person, state.set_at, state.temporary)
}

fn pictured(young: &Young) -> Pictured {
    Pictured { hash: young.pictures.as_str().into(), badge: young.badge }
}

/// With the profile of their access plan, where they have one.
fn subject(rules: &Rules, inputs: &Inputs, person: &Person, faults: &mut Vec<String>) -> Subject {
    let Some(profile) = inputs.plans.get(&person.id) else { return rules.subject(person) };
    rules.subject_planned(person, profile).unwrap_or_else(|| {
        if !rules.is_closed() {
            // Without the name: faults are read by people who may not see plans.
            faults
                .push(format!("an access plan names the profile \"{profile}\", which the rules do not have"));
        }
        rules.subject(person)
    })
}

/// The rules as they are saved; else the last that could be read; else closed.
fn rules(inputs: &Inputs, good: &mut Good, lists: &Arc<Lists>, faults: &mut Vec<String>) -> Rules {
    let why = match compile(&inputs.rules, inputs, lists) {
        Ok(rules) => {
            good.rules = Some(inputs.rules.clone());
            return rules;
        }
        Err(why) => why,
    };
    let older = good.rules.as_ref().and_then(|texts| compile(texts, inputs, lists).ok());
    let (rules, what) = match older {
        Some(rules) => (rules, "those before stay in force"),
        None => (Rules::closed_with(Arc::clone(lists)), "everything is refused"),
    };
    faults.extend(why.into_iter().map(|it| format!("the rules cannot be read, {what}: {it}")));
    rules
}

fn compile(texts: &[RulesVersion], inputs: &Inputs, lists: &Arc<Lists>) -> Result<Rules, Vec<String>> {
    if texts.is_empty() {
        return Err(vec!["there are none".to_owned()]);
    }
    let layers: Vec<LayerText<'_>> = texts
        .iter()
        .map(|it| LayerText { layer: it.place.layer(), name: name_of(it.place, inputs), text: &it.text })
        .collect();
    let directory = Directory::new(inputs.people.iter().map(|it| &it.person), &inputs.groups, &inputs.sites);
    Rules::compile(&layers, &directory, Arc::clone(lists))
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn name_of(place: Place, inputs: &Inputs) -> &str {
    let site = place.site().and_then(|id| inputs.sites.iter().find(|it| it.id == id));
    match (place, site) {
        (Place::School, _) => inputs.school.name.as_str(),
        (_, Some(site)) => site.name.as_str(),
        (place, None) => place.layer().code(),
    }
}
