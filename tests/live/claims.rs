//! What the catalogues say that can be measured.
//!
//! In: the catalogue. Out: [`Claim`]s, one per path and fact, and for timeouts and sizes per group of versions.

use std::fmt;

use connlint::catalog::Catalog;
use connlint::catalog::model::{
    CallFact, CatalogFile, CloneKind, CloseFact, Network, ShareKind, SizeFact, TimeoutFact, TypeFact, TypeRole,
};
use semver::VersionReq;

/// The families that are proved.
const FAMILIES: [&str; 2] = ["redis", "http"];

/// One thing that a catalogue says of one path.
pub(crate) struct Claim {
    /// Canonical path of a type, a function, or a type and method.
    pub(crate) path: String,
    /// What is said.
    pub(crate) fact: Fact,
    /// Package that `versions` speaks of.
    pub(crate) package: String,
    /// Versions for which it is said, as written; absent: all.
    pub(crate) versions: Option<String>,
    /// The first path of the entry that says it, of all its paths.
    pub(crate) entry: String,
}

/// What is said, with the value said.
pub(crate) enum Fact {
    /// What a call does on the network.
    Network(Network),
    /// What a checkout does on the network.
    Checkout(Network),
    /// How a type may be shared, as far as its traits tell.
    Share(ShareKind),
    /// Whether a type can be cloned, and what a clone is.
    Clone(CloneKind),
    /// Whether its connections end when it is dropped.
    Drop(CloseFact),
    /// That a method ends its connections.
    Close(String),
    /// A default timeout.
    Timeout(TimeoutFact),
    /// A default size.
    Size(SizeFact),
    /// Whether commands called on it open a connection each.
    Commands(bool),
    /// That a command that blocks holds up those on other clones.
    Stall,
}

impl Fact {
    /// Its name in `uncovered.toml`.
    pub(crate) fn name(&self) -> String {
        match self {
            Fact::Network(_) => "network".into(),
            Fact::Checkout(_) => "checkout".into(),
            Fact::Share(_) => "share".into(),
            Fact::Clone(_) => "clone".into(),
            Fact::Drop(_) => "drop".into(),
            Fact::Close(method) => format!("close.{method}"),
            Fact::Timeout(timeout) => format!("timeout.{}", timeout.kind.name()),
            Fact::Size(_) => "size".into(),
            Fact::Commands(_) => "commands".into(),
            Fact::Stall => "stall".into(),
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.fact.name())?;
        match &self.versions {
            Some(versions) => write!(f, " ({versions})"),
            None => Ok(()),
        }
    }
}

impl Claim {
    /// Whether it speaks of this version of this package.
    pub(crate) fn holds_for(&self, package: &str, version: &semver::Version) -> bool {
        let Some(versions) = &self.versions else { return true };
        let range = VersionReq::parse(versions).expect("the catalogue was loaded");
        self.package == package && range.matches(version)
    }
}

/// All that is claimed of Redis and HTTP clients, and of the generic pools.
pub(crate) fn claims(catalog: &Catalog) -> Vec<Claim> {
    let files = catalog.files().iter().filter(|file| is_proved(file));
    files.flat_map(|file| of_file(catalog, file)).collect()
}

fn is_proved(file: &CatalogFile) -> bool {
    let of_family = file.family.as_deref().is_some_and(|family| FAMILIES.contains(&family));
    of_family || calls(file).any(|call| call.family_of_arg)
}

fn calls(file: &CatalogFile) -> impl Iterator<Item = &CallFact> {
    let functions = file.function.iter().map(|function| &function.call);
    functions.chain(file.method.iter().map(|method| &method.call))
}

fn of_file(catalog: &Catalog, file: &CatalogFile) -> Vec<Claim> {
    let mut claims = Vec::new();
    for fact in file.types.iter().filter(|fact| fact.family.is_none() || fact.family == file.family) {
        of_type(file, fact, &mut claims);
    }
    for function in &file.function {
        let paths = function.paths.iter().map(|path| catalog.canonical(path).to_string()).collect();
        of_call(file, paths, &function.call, &mut claims);
    }
    for method in &file.method {
        let owners = method.on.iter().map(|owner| catalog.canonical(owner));
        let paths = owners.flat_map(|owner| method.names.iter().map(move |name| format!("{owner}::{name}")));
        of_call(file, paths.collect(), &method.call, &mut claims);
    }
    claims
}

fn of_call(file: &CatalogFile, paths: Vec<String>, call: &CallFact, claims: &mut Vec<Claim>) {
    let Some(network) = call.network else { return };
    let entry = paths.first().cloned().unwrap_or_default();
    claims.extend(paths.into_iter().map(|path| {
        let fact = if call.checkout { Fact::Checkout(network) } else { Fact::Network(network) };
        Claim { path, fact, package: package(file), versions: call.versions.clone(), entry: entry.clone() }
    }));
}

fn of_type(file: &CatalogFile, fact: &TypeFact, claims: &mut Vec<Claim>) {
    let measured = [TypeRole::Client, TypeRole::Pool, TypeRole::Connection, TypeRole::Manager, TypeRole::Checkout];
    if !measured.contains(&fact.role) {
        return;
    }
    if fact.default_builds {
        let (path, entry) = (format!("{}::default", fact.path), fact.path.clone());
        let versions = fact.versions.clone();
        claims.push(Claim { path, fact: Fact::Network(Network::None), package: package(file), versions, entry });
    }
    claims.extend(of_value(file, fact));
}

/// What is said of a value of a type.
fn of_value(file: &CatalogFile, fact: &TypeFact) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut claim = |said: Fact, versions: Option<&String>| {
        let versions = versions.or(fact.versions.as_ref()).cloned();
        let (path, entry) = (fact.path.clone(), fact.path.clone());
        claims.push(Claim { path, fact: said, package: package(file), versions, entry });
    };
    fact.share.into_iter().for_each(|share| claim(Fact::Share(share), None));
    fact.clone.into_iter().for_each(|clone| claim(Fact::Clone(clone), None));
    if let Some(close) = &fact.close {
        claim(Fact::Drop(close.clone()), None);
        close.methods.iter().for_each(|method| claim(Fact::Close(method.clone()), None));
    }
    fact.timeout.iter().for_each(|timeout| claim(Fact::Timeout(timeout.clone()), timeout.versions.as_ref()));
    for size in fact.size.iter().filter(|size| size.has_default()) {
        claim(Fact::Size(size.clone()), size.versions.as_ref());
    }
    if fact.commands_connect {
        claim(Fact::Commands(true), None);
    }
    if stalls(file, fact) {
        claim(Fact::Stall, None);
    }
    claims
}

/// Whether a command that blocks is said to hold up others: of Redis connections that clones share, and by name.
fn stalls(file: &CatalogFile, fact: &TypeFact) -> bool {
    let blocks = |word: &String| word.eq_ignore_ascii_case("blpop");
    let named = file.exclusive.iter().filter(|entry| entry.commands.iter().chain(&entry.methods).any(blocks));
    let shared = fact.clone == Some(CloneKind::Shared) && fact.role == TypeRole::Connection;
    shared && family(file) == "redis" || named.flat_map(|entry| &entry.on).any(|on| *on == fact.path)
}

fn package(file: &CatalogFile) -> String {
    file.packages.first().cloned().unwrap_or_default()
}

fn family(file: &CatalogFile) -> &str {
    file.family.as_deref().unwrap_or_default()
}

/// Whether a size says how many there are where nobody sets it.
trait HasDefault {
    fn has_default(&self) -> bool;
}

impl HasDefault for SizeFact {
    fn has_default(&self) -> bool {
        self.default.or(self.per_logical_core).or(self.per_physical_core).is_some()
    }
}
