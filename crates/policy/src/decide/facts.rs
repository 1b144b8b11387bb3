use crate::{
    Ask, Category, CategorySet, Rules, Stage,
    compile::Compiled,
    help,
    lists::Found,
    search::{Engine, engine_at},
};

/// What is known before any step is asked.
pub(super) struct Facts<'a> {
    pub(super) rules: &'a Rules,
    pub(super) ask: &'a Ask<'a>,
    pub(super) found: Found,
    /// What the lists say, and what the address itself shows.
    pub(super) categories: CategorySet,
    pub(super) engine: Option<&'static Engine>,
    pub(super) profile: &'a Compiled,
    pub(super) is_help: bool,
    /// The rules cannot be relied on: nothing opens but help.
    pub(super) is_fault: bool,
    context: u16,
}

impl<'a> Facts<'a> {
    pub(super) fn new(rules: &'a Rules, ask: &'a Ask<'a>) -> Facts<'a> {
        let found = rules.lists.look_up(ask.target);
        let engine = engine_at(ask.target.host());
        let mut categories = found.categories;
        if let Some(engine) = engine {
            if let Some(category) = engine.category() {
                categories = categories.with(category);
            }
            if engine.is_image_search(ask.target) {
                categories = categories.with(Category::ImageSearch);
            }
        }
        if help::is_help(ask.target.host()) {
            categories = categories.with(Category::Help);
        }
        Facts {
            rules,
            ask,
            found,
            categories,
            engine,
            profile: rules.profile_of(ask.who, ask.site),
            is_help: categories.has(Category::Help),
            is_fault: rules.closed || !rules.knows(ask.who),
            context: crate::rules::context_number(rules.context(ask.site)),
        }
    }

    pub(super) fn is_connect(&self) -> bool {
        self.ask.stage == Stage::Connect
    }

    /// A rule of that context counts at the site asked about.
    pub(super) fn is_here(&self, context: Option<u16>) -> bool {
        context.is_none() || (self.context != 0 && context == Some(self.context))
    }

    /// Decided before rules are looked at.
    pub(super) fn is_past_rules(&self) -> bool {
        self.is_fault || self.is_help || self.found.sealed.is_some()
    }
}
