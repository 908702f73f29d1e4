//! `oversized-pool`: more connections than a server will take from one process.
//!
//! In: the pools of a program with their sizes ([`pools`]) and what one process may open. Out: one finding for each process
//! and family whose pools together may open more: sizes × pools × workers, at the largest pool.

mod amount;
mod pools;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use amount::amount;
use pools::{Pool, PoolEnd, declared, of_analysis};

use super::context::Context;
use super::judge::{Draft, Judge, Place, Rule};
use super::processes::{crates_within, processes_of};
use super::ways::parting;
use crate::facts::{Expr, ExprId};
use crate::finding::{Confidence, Related};
use crate::link::{CrateId, Program, Target, UnitId};

/// The rule.
pub(super) const RULE: Rule = Rule { id: "oversized-pool", judge };

/// One pool in one process.
#[derive(Clone, Copy)]
struct Share<'p> {
    /// Index of what builds it.
    pool: usize,
    end: &'p PoolEnd,
    size: u64,
}

fn judge(context: Context<'_, '_>, judge: &mut Judge) {
    let mut pools = declared(context);
    for analysis in context.analyses {
        match of_analysis(context, analysis) {
            Ok(pool) => pools.push(pool),
            Err(reason) => judge.acquit(
                || Place::in_unit(context.program, analysis.site.unit, analysis.site.span),
                || reason.to_owned(),
            ),
        }
    }
    let mut worst: BTreeMap<usize, (u64, Draft)> = BTreeMap::new();
    for ((process, _), shares) in shares(context.program, &pools) {
        let sum = Sum::of(context.program, process, &shares);
        let Some(largest) = shares.first() else { continue };
        if sum.total <= context.max_connections {
            continue;
        }
        if worst.get(&largest.pool).is_none_or(|(total, _)| *total < sum.total) {
            worst.insert(largest.pool, (sum.total, draft(context, &pools, &shares, &sum)));
        }
    }
    for (index, pool) in pools.into_iter().enumerate() {
        match worst.remove(&index) {
            Some((_, draft)) => judge.report(draft),
            None => judge.acquit(|| pool.draft.place, || format!("up to {} connections", grouped(pool.size.value))),
        }
    }
}

/// The pools of each process and family, the largest first.
fn shares<'p>(program: &Program<'_>, pools: &'p [Pool]) -> BTreeMap<(CrateId, String), Vec<Share<'p>>> {
    let mut found: BTreeMap<(CrateId, String), Vec<Share<'p>>> = BTreeMap::new();
    for (index, pool) in pools.iter().enumerate() {
        // What isn't known to be of one kind isn't added up.
        let family = if pool.draft.family.is_empty() { index.to_string() } else { pool.draft.family.clone() };
        for end in &pool.ends {
            let root = end.way.first().map(|(unit, _)| processes_of(program, *unit));
            for process in root.into_iter().flatten() {
                let share = Share { pool: index, end, size: pool.size.value };
                found.entry((process, family.clone())).or_default().push(share);
            }
        }
    }
    for shares in found.values_mut() {
        *shares = together(program, std::mem::take(shares));
    }
    found
}

/// Those that one run of the process builds, the largest first: of those in exclusive branches one counts, and what nobody is
/// seen to call adds nothing to what is.
fn together<'p>(program: &Program<'_>, mut shares: Vec<Share<'p>>) -> Vec<Share<'p>> {
    shares.sort_by(|one, other| {
        let key = |share: &Share<'p>| (!share.end.is_called, Reverse(share.size), share.pool);
        key(one).cmp(&key(other)).then_with(|| one.end.way.cmp(&other.end.way))
    });
    let mut kept: Vec<Share<'p>> = Vec::new();
    for share in shares {
        let joins = |other: &Share<'p>| parting(program, &other.end.way, &share.end.way).is_some();
        if kept.is_empty() || (share.end.is_called && kept.iter().all(joins)) {
            kept.push(share);
        }
    }
    kept
}

/// What a process can open, and how that comes about.
struct Sum {
    total: u64,
    /// `8 workers × 2 pools × 100`; empty when it is one number.
    text: String,
    /// It is what each worker can open: how many there are isn't known.
    each_worker: bool,
}

impl Sum {
    fn of(program: &Program<'_>, process: CrateId, shares: &[Share<'_>]) -> Sum {
        let workers = if shares.iter().any(|share| share.end.per_worker) { workers(program, process) } else { None };
        let mut groups: BTreeMap<(Reverse<u64>, bool), u64> = BTreeMap::new();
        for share in shares {
            *groups.entry((Reverse(share.size), share.end.per_worker)).or_default() += 1;
        }
        let mut total: u64 = 0;
        let mut terms: Vec<String> = Vec::new();
        for ((Reverse(size), per_worker), count) in groups {
            let times = workers.filter(|_| per_worker);
            let mut factors: Vec<String> = times.map(|workers| format!("{workers} workers")).into_iter().collect();
            if count > 1 {
                factors.push(format!("{count} pools"));
            }
            factors.push(grouped(size));
            total = total.saturating_add(size.saturating_mul(count).saturating_mul(times.unwrap_or(1)));
            terms.push(factors.join(" × "));
        }
        let text = terms.join(" + ");
        let is_sum = text != grouped(total);
        let each_worker = workers.is_none() && shares.iter().all(|share| share.end.per_worker);
        Sum { total, text: if is_sum { text } else { String::new() }, each_worker }
    }
}

/// The number of a server's workers in a process, where the code names it.
fn workers(program: &Program<'_>, process: CrateId) -> Option<u64> {
    let crates = crates_within(program, process);
    let names = program.catalog.worker_names();
    let units = names.iter().flat_map(|name| program.mentions.get(name)).flatten();
    let within = units.filter(|unit| crates.contains(&program.crate_id_of(**unit)));
    let set = |unit: &UnitId| {
        let body = program.body(*unit)?;
        let types = program.types(*unit);
        let number = |id: ExprId| match (body.expr(id), types.targets.get(&id)) {
            (Expr::Method { args, .. }, Some(Target::Library { call, .. })) if call.fact.workers => {
                amount(program, *unit, *args.first()?)
            }
            _ => None,
        };
        body.ids().filter_map(number).map(|found| found.value).max()
    };
    within.filter_map(set).max()
}

fn draft(context: Context<'_, '_>, pools: &[Pool], shares: &[Share<'_>], sum: &Sum) -> Draft {
    let pool = &pools[shares[0].pool];
    let who = if sum.each_worker { "each worker" } else { "one process" };
    let total = grouped(sum.total);
    let number = if sum.text.is_empty() { total } else { format!("{} = {total}", sum.text) };
    let limit = grouped(context.max_connections);
    let mut draft = pool.draft.clone();
    draft.message = format!("{who} can open {number} connections to {}, more than {limit}", pool.title);
    let mut others: Vec<usize> = shares.iter().map(|share| share.pool).filter(|of| *of != shares[0].pool).collect();
    others.dedup();
    for other in others {
        let location = pools[other].draft.place.location.clone();
        let message = format!("{} of them come from here", grouped(pools[other].size.value));
        let related = Related { location, message };
        if !draft.related.contains(&related) {
            draft.related.push(related);
        }
    }
    // Who calls what in one process is not proved for several pools.
    if shares.len() > 1 {
        draft.confidence = draft.confidence.min(Confidence::Medium);
    }
    draft.help = help(pool, &limit);
    draft
}

fn help(pool: &Pool, limit: &str) -> Vec<String> {
    let mut help = Vec::new();
    if pool.size.is_fallback {
        help.push(format!("{} is what it falls back to where nothing is configured", grouped(pool.size.value)));
    }
    if let Some(setter) = &pool.setter {
        help.push(format!(
            "lower `{setter}`: no more connections are of use than commands wait for the server at a time"
        ));
    }
    help.push(format!("if the server takes more from each instance than {limit}, say so with `--max-connections`"));
    help
}

/// `10,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([7, 100, 1024, 10_000, 1_234_567].map(grouped).join(" "), "7 100 1,024 10,000 1,234,567");
    }
}
