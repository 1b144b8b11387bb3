//! A roster that takes away too many at once is more likely a broken export than a true one: it stops and asks.
use super::{Plan, plan::Share};

/// Why a plan is not simply approved, in words, and the number to be typed by whoever means it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jump {
    pub words: String,
    /// Leavers in all.
    pub leavers: u64,
}

impl Plan {
    /// `percent`: the share of pupils, or of staff, that may leave at once.
    pub fn jump(&self, percent: u32) -> Option<Jump> {
        let leavers = self.counts().leavers;
        let too_many = |it: &Share| u64::from(percent) * it.of < 100 * it.leave;
        let mut parts: Vec<String> = [("pupils", &self.pupils), ("staff", &self.staff)]
            .into_iter()
            .filter(|(_, share)| too_many(share))
            .map(|(who, share)| format!("{} of {} {who} would leave", share.leave, share.of))
            .collect();
        if self.empty && 0 < leavers {
            parts
                .insert(0, format!("The roster names nobody, so all {leavers} who came from it would leave"));
        }
        (!parts.is_empty()).then(|| {
            let most =
                format!("More than {percent} per cent at once is more often a broken export than the truth.");
            Jump { words: format!("{}. {most}", parts.join("; ")), leavers }
        })
    }
}
