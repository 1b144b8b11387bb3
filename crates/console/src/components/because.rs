//! Why something was decided, in words for staff.
use policy::{Because, Step};
use school::Choice;

/// Such as `Gambling is blocked (list UT1 gambling; profile Key Stage 3)`.
pub(crate) fn sentence(it: &Because) -> String {
    let what = match (it.step, &it.rule, it.category) {
        (Step::Rule | Step::LockedRule, Some(rule), _) => format!("{}: {rule}", it.step.label()),
        (Step::Category | Step::AlwaysBlocked, _, Some(category)) => {
            format!("{}: {}", it.step.label(), category.label())
        }
        (_, Some(rule), _) => format!("{}: {rule}", it.step.label()),
        _ => it.step.label().to_owned(),
    };
    let list = it.list.as_ref().map(|list| format!("list {list}"));
    let profile = it.profile.as_ref().map(|profile| format!("profile {profile}"));
    let notes: Vec<String> = list.into_iter().chain(profile).collect();
    if notes.is_empty() { what } else { format!("{what} ({})", notes.join("; ")) }
}
