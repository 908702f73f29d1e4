//! Findings about the comments themselves: `unused-suppression`, `unknown-rule`, `invalid-suppression`.
//!
//! In: the comments, and everything that the run found, reported or not. Out: findings like others. They are about no
//! client, so that they have neither resource nor family nor chain.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{Allowance, Mistake};
use super::{Key, Suppressions};
use crate::finding::{Confidence, Finding, Level, Location, Related, fingerprint};
use crate::rules::known_rule;

/// The rules about comments.
pub const RULES: [&str; 3] = [INVALID, UNKNOWN, UNUSED];

const INVALID: &str = "invalid-suppression";
const UNKNOWN: &str = "unknown-rule";
const UNUSED: &str = "unused-suppression";

/// What comments are judged by.
pub struct Judged<'j> {
    /// Everything that was found, whatever becomes of it.
    pub found: Vec<&'j Finding>,
    /// Level of each rule, the highest that it has in any file.
    pub levels: &'j BTreeMap<String, Level>,
    /// Whether a rule is on in a file (as shown).
    pub is_on: &'j dyn Fn(&str, &str) -> bool,
    /// A comment without a reason is invalid.
    pub require_reasons: bool,
    /// Tests were analysed, too.
    pub all_targets: bool,
    /// Whether a file (as shown) was analysed in full.
    pub is_analysed: &'j dyn Fn(&str) -> bool,
    /// A file's name (from the name as shown) that does not depend on the current folder.
    pub identity: &'j dyn Fn(&str) -> String,
}

impl Suppressions {
    /// What is wrong with the comments.
    #[must_use]
    pub fn findings(&self, judged: &Judged<'_>) -> Vec<Finding> {
        let used: BTreeSet<Key<'_>> =
            judged.found.iter().flat_map(|finding| self.covering(finding).map(|(key, ..)| key)).collect();
        let mut maker = Maker { judged, found: Vec::new(), ordinals: BTreeMap::new() };
        for (file, directives) in &self.files {
            for mistake in &directives.mistakes {
                maker.invalid(mistake.clone());
            }
            let mut comments = BTreeSet::new();
            for (index, allowance) in directives.allowances.iter().enumerate() {
                if judged.require_reasons && allowance.reason.is_none() && comments.insert(&allowance.comment) {
                    maker.invalid(without_reason(allowance));
                }
                if let Err(unknown) = known_rule(&allowance.rule, crate::rules::ids()) {
                    maker.push(UNKNOWN, &allowance.named, &allowance.rule, unknown.to_string(), unknown.help());
                } else if !used.contains(&(file.as_str(), index)) && maker.is_judged(allowance) {
                    maker.unused(allowance);
                }
            }
        }
        maker.found
    }
}

fn without_reason(allowance: &Allowance) -> Mistake {
    Mistake {
        location: allowance.comment.clone(),
        message: "the reason is missing".to_owned(),
        help: "say after ` -- ` why it is right here".to_owned(),
    }
}

/// The code that a comment covers, if it is a part of the file.
fn covered(allowance: &Allowance) -> Option<Related> {
    let span = allowance.cover.extent()?;
    let location = Location { file: allowance.comment.file.clone(), span };
    Some(Related { location, message: "what the comment covers begins here".to_owned() })
}

struct Maker<'m, 'j> {
    judged: &'m Judged<'j>,
    found: Vec<Finding>,
    /// How many findings of a rule about one text there are in a file.
    ordinals: BTreeMap<(&'static str, String, String), usize>,
}

impl Maker<'_, '_> {
    /// Whether it would have been found if there were something to allow.
    fn is_judged(&self, allowance: &Allowance) -> bool {
        let is_on = (self.judged.is_on)(&allowance.rule, &allowance.named.file);
        let is_in_scope = !allowance.for_tests || self.judged.all_targets;
        // One that allows these is looked at before they are made.
        let is_about_code = !RULES.contains(&allowance.rule.as_str());
        is_on && is_in_scope && is_about_code && (self.judged.is_analysed)(&allowance.named.file)
    }

    fn invalid(&mut self, mistake: Mistake) {
        let Mistake { location, message, help } = mistake;
        self.push(INVALID, &location, &message.clone(), message, help);
    }

    fn unused(&mut self, allowance: &Allowance) {
        let rule = &allowance.rule;
        let message = format!("`{rule}` is allowed where nothing breaks it");
        let help = format!("remove `{rule}` from the comment; `connlint explain {UNUSED}` tells what a comment covers");
        if let Some(finding) = self.push(UNUSED, &allowance.named, rule, message, help) {
            finding.related.extend(covered(allowance));
        }
    }

    /// Adds a finding, unless its rule is off.
    fn push(
        &mut self,
        rule: &'static str,
        location: &Location,
        about: &str,
        message: String,
        help: String,
    ) -> Option<&mut Finding> {
        let level = self.judged.levels.get(rule).copied().unwrap_or(Level::Off);
        if level == Level::Off {
            return None;
        }
        let identity = (self.judged.identity)(&location.file);
        let ordinal = self.ordinals.entry((rule, identity.clone(), about.to_owned())).or_default();
        let fingerprint = fingerprint(&[rule, &identity, about, &ordinal.to_string()]);
        *ordinal += 1;
        self.found.push(Finding {
            rule,
            level,
            confidence: Confidence::High,
            message,
            resource: None,
            family: String::new(),
            call: String::new(),
            location: location.clone(),
            function: String::new(),
            chain: Vec::new(),
            more_chains: 0,
            related: Vec::new(),
            help: vec![help],
            example: None,
            fix: None,
            fingerprint,
        });
        self.found.last_mut()
    }
}
