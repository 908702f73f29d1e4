//! The form of the files under `rules/clients`, `rules/frameworks` and `rules/runtime`, and of a user's own.
//!
//! In: TOML. Out: typed facts about crates, unresolved and unmerged. A path is written as a user of the crate could
//! write it, from the library's name on (`redis::aio::ConnectionManager`), without generic arguments. A type
//! (`returns`, …) is written in Rust; parameters named in the owner's `generics` stand for its arguments; `Result<T>`,
//! `Option<T>`, `Vec<T>` and kin need no path. Every entry names its `source` (crate-version and file) or takes the file's.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::Resource;

/// One catalogue file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogFile {
    /// Format version: 1.
    pub schema: u32,
    /// Name of the catalogue, e.g. `redis`, `axum`; equals the file's stem.
    pub name: String,
    /// Name shown to people, e.g. `actix-web`; default: `name`.
    #[serde(default)]
    pub title: Option<String>,
    /// Family of what the clients talk to (`redis`, `http`, `sql`, …); only for client catalogues.
    #[serde(default)]
    pub family: Option<String>,
    /// Name of the family shown to people, e.g. `MongoDB`; one file of a family is enough to say it.
    #[serde(default)]
    pub family_title: Option<String>,
    /// The command that shows that a server of the family answers (`PING`); one file of a family is enough to say it.
    /// Without one the family's servers are not expected to be asked at start-up or by health checks.
    #[serde(default)]
    pub ping: Option<String>,
    /// Other words by which people call what the clients talk to, lower case: `cache`, `rabbitmq`.
    #[serde(default)]
    pub called: Vec<String>,
    /// The clients are not made for one server: each call names its own.
    #[serde(default)]
    pub no_server: bool,
    /// Packages (names on crates.io) that this file speaks about: it is in force for a package that depends on one.
    /// Empty: always in force.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Schemes of the addresses of the family's servers: `redis`, `rediss`; one file of a family is enough to say them.
    #[serde(default)]
    pub schemes: Vec<String>,
    /// The error of the library's calls, where they all have the same.
    #[serde(default)]
    pub error: Option<String>,
    /// Where the facts were read; stands for entries without a `source` of their own.
    pub source: String,
    /// Other spellings of paths.
    #[serde(default)]
    pub reexport: Vec<Reexport>,
    /// Types.
    #[serde(default, rename = "type")]
    pub types: Vec<TypeFact>,
    /// Free and associated functions, called by path.
    #[serde(default)]
    pub function: Vec<FunctionFact>,
    /// Methods, called on a value.
    #[serde(default)]
    pub method: Vec<MethodFact>,
    /// What makes code run at start-up, per worker, per request.
    #[serde(default)]
    pub root: Vec<RootFact>,
    /// Forms whose initialiser runs at most once.
    #[serde(default)]
    pub memo: Vec<MemoFact>,
    /// Macros.
    #[serde(default, rename = "macro")]
    pub macros: Vec<MacroFact>,
    /// How the framework keeps shared state, for the help.
    #[serde(default)]
    pub state: Vec<StateFact>,
    /// Commands that need a connection of their own.
    #[serde(default)]
    pub exclusive: Vec<ExclusiveFact>,
    /// How a process learns that it shall end.
    #[serde(default)]
    pub shutdown: Vec<ShutdownFact>,
    /// What health checks are called.
    #[serde(default)]
    pub health: Vec<HealthFact>,
    /// What makes a type hand a trait's methods on.
    #[serde(default)]
    pub delegation: Vec<DelegationFact>,
}

/// Macros on a type by which it has a trait whose methods hand each call on to what its variants or fields hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegationFact {
    /// Attributes, by canonical path.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Derives, by canonical path.
    #[serde(default)]
    pub derives: Vec<String>,
    /// For readers.
    #[serde(default)]
    pub note: Option<String>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// What a health check is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthKind {
    /// Whether the process runs: it need not ask anybody.
    Liveness,
    /// Not said.
    Health,
    /// Whether it can serve.
    Readiness,
}

/// What health checks of a kind are called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthFact {
    /// What it is for.
    pub kind: HealthKind,
    /// Last segments of routes, in small letters without `-`, `_` and `.`.
    #[serde(default)]
    pub routes: Vec<String>,
    /// Words in names of handlers (`health` in `get_health`).
    #[serde(default)]
    pub words: Vec<String>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// `from` in code means `to`; both are path prefixes. A glob import of `from` brings what `to` has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reexport {
    /// Path prefix as written in code.
    pub from: String,
    /// Path prefix that it stands for.
    pub to: String,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// What a type is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypeRole {
    /// A client.
    Client,
    /// A pool.
    Pool,
    /// A physical connection, or a handle that multiplexes one.
    Connection,
    /// Collects settings; makes nothing before its finishing call.
    Builder,
    /// Settings only.
    Config,
    /// Makes connections for a pool.
    Manager,
    /// Something checked out of a pool.
    Checkout,
    /// Dereferences to its generic argument `inner` (`Arc<T>`, `State<T>`, `MutexGuard<T>`).
    Wrapper,
    /// A container of values: `Vec<T>`, `HashMap<K, V>`; `inner` is the element.
    Container,
    /// `Option<T>`, `Result<T, E>`: holds `inner`, unwrapped by `?`, `unwrap` and patterns.
    Outcome,
    /// A lazily filled cell or a cache of `inner`: what is put in is kept.
    Cell,
    /// A trait: any value may have its methods, a clone of it being one.
    Trait,
    /// Anything else whose methods are worth knowing.
    Other,
}

impl TypeRole {
    /// The resource that a value of the type is, if it is one.
    #[must_use]
    pub fn resource(self) -> Option<Resource> {
        match self {
            TypeRole::Client => Some(Resource::Client),
            TypeRole::Pool => Some(Resource::Pool),
            TypeRole::Connection => Some(Resource::Connection),
            _ => None,
        }
    }
}

/// How a clone of a value relates to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloneKind {
    /// A clone shares the resource.
    Shared,
    /// A clone is only an address or a configuration: cheap, but it shares no connection.
    Config,
    /// A clone is a new resource of its own.
    New,
    /// Cannot be cloned.
    None,
}

/// How a value may be shared between tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareKind {
    /// Clone it or put it into an `Arc`; no lock.
    Direct,
    /// Only behind a lock, legitimately.
    Lock,
    /// Not at all: one owner, or a pool.
    Owner,
    /// Within its thread only.
    Thread,
}

/// Facts about a type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeFact {
    /// Canonical path.
    pub path: String,
    /// Other public paths of it.
    #[serde(default)]
    pub also: Vec<String>,
    /// Names of its type parameters, in order.
    #[serde(default)]
    pub generics: Vec<String>,
    /// What it is for.
    pub role: TypeRole,
    /// For wrappers, containers, outcomes, cells and type aliases: the type inside, in terms of `generics`.
    #[serde(default)]
    pub inner: Option<String>,
    /// Methods that are not listed return the value itself (a builder).
    #[serde(default)]
    pub fluent: bool,
    /// `Default::default()` builds the resource of the type's role: a construction.
    #[serde(default)]
    pub default_builds: bool,
    /// The type is a filter, router or other value on which registrations are made; `fluent` then keeps it.
    #[serde(default)]
    pub clone: Option<CloneKind>,
    /// How it may be shared.
    #[serde(default)]
    pub share: Option<ShareKind>,
    /// Its operations block the thread.
    #[serde(default)]
    pub blocking: bool,
    /// What to use in asynchronous code in place of what blocks, for people.
    #[serde(default)]
    pub twin: Option<String>,
    /// Operations of these traits, given by their method names, open a connection each when called on this very type.
    #[serde(default)]
    pub commands_connect: bool,
    /// Commands are sent through it, though it is no client of its own: a database, a collection.
    #[serde(default)]
    pub handle: bool,
    /// What it holds can be changed through a shared reference: an atomic, the receiving end of a watch.
    #[serde(default)]
    pub changes: bool,
    /// One connection carries what all users of it and of its clones send, none waiting for another: more of them to one
    /// server bring nothing.
    #[serde(default)]
    pub multiplexes: bool,
    /// The cargo features of its crate of which one has to be turned on, the least first.
    #[serde(default)]
    pub features: Vec<String>,
    /// A static of it can hold one value for the whole process, opened by asynchronous code when somebody first asks.
    #[serde(default)]
    pub fills: Option<FillsFact>,
    /// It is no handle for commands: it has a connection for itself alone (a session store).
    #[serde(default)]
    pub keeps_to_itself: bool,
    /// A framework makes this of each value of the type that is written out: a pool for each `rocket_db_pools::Config`.
    #[serde(default)]
    pub declares: Option<Resource>,
    /// Belongs to one thread: building one per worker is right.
    #[serde(default)]
    pub per_thread: bool,
    /// Methods of a container that take values out of it again.
    #[serde(default)]
    pub removes: Vec<String>,
    /// Family of what it connects to, when it differs from the file's (a manager of a generic pool).
    #[serde(default)]
    pub family: Option<String>,
    /// A trait of managers: its associated type that names what is pooled.
    #[serde(default)]
    pub pools: Option<String>,
    /// How it ends.
    #[serde(default)]
    pub close: Option<CloseFact>,
    /// Its timeouts, by version.
    #[serde(default)]
    pub timeout: Vec<TimeoutFact>,
    /// Its sizes, by version.
    #[serde(default)]
    pub size: Vec<SizeFact>,
    /// Canonical paths of the methods that tell its figures (connections in use, idle, waiters), or report its events.
    #[serde(default)]
    pub observed_by: Vec<String>,
    /// A crate that its figures go to by themselves, wherever a package of the program depends on that crate.
    #[serde(default)]
    pub exports_to: Option<String>,
    /// Versions that have it (a semver requirement on the first of `packages`).
    #[serde(default)]
    pub versions: Option<String>,
    /// Canonical path of the type that takes its place in later versions.
    #[serde(default)]
    pub successor: Option<String>,
    /// What to know.
    #[serde(default)]
    pub note: Option<String>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// How a cell is made, and filled by a fallible future.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FillsFact {
    /// The constant function that makes an empty one.
    pub empty: String,
    /// The method that takes a function of a future, and gives a reference to what it holds.
    pub by: String,
}

/// How much a type needs an explicit end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseNeed {
    /// Something is lost without it.
    Required,
    /// Required unless there is one for the whole process.
    UnlessProcessWide,
    /// Cleaner with it.
    Recommended,
    /// Exists, not needed.
    Optional,
    /// No such method.
    None,
}

/// How a type ends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseFact {
    /// How much it is needed.
    pub need: CloseNeed,
    /// Methods that end it.
    #[serde(default)]
    pub methods: Vec<String>,
    /// What is lost without.
    #[serde(default)]
    pub lost: Option<String>,
    /// Methods that leave something behind for it to lose; none named: everything does.
    #[serde(default)]
    pub loses: Vec<String>,
    /// The same, when called in a task of its own, which nobody waits for.
    #[serde(default)]
    pub loses_in_task: Vec<String>,
}

/// Which timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeoutKind {
    /// Until the connection stands.
    Connect,
    /// Until an answer has come (a whole request).
    Response,
    /// Between two reads.
    Read,
    /// Of a write.
    Write,
    /// For a free connection of a pool.
    Wait,
}

impl TimeoutKind {
    /// Its name, as a catalogue writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TimeoutKind::Connect => "connect",
            TimeoutKind::Response => "response",
            TimeoutKind::Read => "read",
            TimeoutKind::Write => "write",
            TimeoutKind::Wait => "wait",
        }
    }
}

/// A default timeout and how to set it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeoutFact {
    /// Which.
    pub kind: TimeoutKind,
    /// Versions (a semver requirement on the first of `packages`); absent: all.
    #[serde(default)]
    pub versions: Option<String>,
    /// The default in milliseconds; absent: none, it waits for ever.
    #[serde(default)]
    pub default_ms: Option<u64>,
    /// Canonical paths of the functions and methods that set it; empty: nobody can.
    #[serde(default)]
    pub set_by: Vec<String>,
    /// Each request can be given its own: the library leaves it to them.
    #[serde(default)]
    pub per_request: bool,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// A default pool size and how to set it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeFact {
    /// Versions; absent: all.
    #[serde(default)]
    pub versions: Option<String>,
    /// Fixed default.
    #[serde(default)]
    pub default: Option<u32>,
    /// The default is this many times the machine's logical cores.
    #[serde(default)]
    pub per_logical_core: Option<u32>,
    /// The default is this many times the machine's physical cores.
    #[serde(default)]
    pub per_physical_core: Option<u32>,
    /// Canonical paths of the functions and methods that set it.
    #[serde(default)]
    pub set_by: Vec<String>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// What a call does on the network before it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// Nothing.
    None,
    /// Connects.
    Connects,
    /// Connects later, on first use or in the background.
    Lazy,
}

/// Facts about a free or associated function.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionFact {
    /// Canonical paths: functions that agree in all else.
    pub paths: Vec<String>,
    /// Facts shared with methods.
    #[serde(flatten)]
    pub call: CallFact,
}

/// Facts about methods.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodFact {
    /// Canonical types whose value it is called on.
    pub on: Vec<String>,
    /// Method names that agree in all else.
    pub names: Vec<String>,
    /// No other crate has methods of these names: the name is enough where the receiver's type is unknown
    /// and the package depends on the crate.
    #[serde(default)]
    pub distinctive: bool,
    /// Facts shared with functions.
    #[serde(flatten)]
    pub call: CallFact,
}

/// How a call hands on the value it is made on, or given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carry {
    /// The result is, holds or borrows the receiver (`unwrap`, `clone`, `lock`), or the arguments (`Arc::new`).
    Same,
    /// The result has nothing to do with it.
    Nothing,
    /// The value given as an argument is kept by the receiver (`insert`, `push`, `set`, `send`).
    Keeps,
    /// The value is kept for the rest of the process (`Box::leak`, `mem::forget`).
    Leaks,
    /// The value ends here.
    Ends,
}

/// When a closure or future given to a call runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runs {
    /// At most once per call, within it: `map` of an `Option`, `unwrap_or_else`.
    Inline,
    /// Once per element: `for_each`, `map` of an iterator or a stream.
    PerItem,
    /// As a task or thread of its own.
    Task,
    /// As a task or thread in which blocking is allowed.
    BlockingTask,
}

/// What a call means.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct CallFact {
    /// It constructs this resource: a call of it is a construction.
    #[serde(default)]
    pub makes: Option<Resource>,
    /// Type of the result (of the awaited result when `async`). For a method, `Self` is the receiver's type.
    #[serde(default)]
    pub returns: Option<String>,
    /// The result is a future.
    #[serde(default, rename = "async")]
    pub is_async: bool,
    /// It blocks the thread.
    #[serde(default)]
    pub blocking: bool,
    /// What to call in asynchronous code in place of what blocks, for people.
    #[serde(default)]
    pub twin: Option<String>,
    /// The result is a guard that no other holder has beside it.
    #[serde(default)]
    pub locks: bool,
    /// It limits how long the future that it is given may take.
    #[serde(default)]
    pub limits: bool,
    /// Its argument, or what a closure there gives, stands in where there is no value: `unwrap_or`.
    #[serde(default)]
    pub fallback: bool,
    /// Its argument is the number of workers of a server.
    #[serde(default)]
    pub workers: bool,
    /// What it does on the network.
    #[serde(default)]
    pub network: Option<Network>,
    /// Versions (a semver requirement on the first of `packages`, `*` for all) in which it tries again and again until it
    /// succeeds or a limit is reached: by itself, with what it is given to run, or by what it makes (a policy).
    #[serde(default)]
    pub retries: Option<String>,
    /// It never returns where there is nothing to give: `unwrap`, `exit`.
    #[serde(default)]
    pub panics: bool,
    /// Its name says that it connects later (`connect_lazy`): whoever calls it wants that.
    #[serde(default)]
    pub deferred: bool,
    /// A setting with which a pool connects when it is built (`min_idle`).
    #[serde(default)]
    pub prefills: bool,
    /// Takes something out of a pool: no construction.
    #[serde(default)]
    pub checkout: bool,
    /// Argument (0-based) whose resource the result is built from: the client of a manager, the manager of a pool.
    #[serde(default)]
    pub from_arg: Option<usize>,
    /// The family is that of argument `from_arg` (generic pools).
    #[serde(default)]
    pub family_of_arg: bool,
    /// What becomes of the values involved.
    #[serde(default)]
    pub carry: Option<Carry>,
    /// When the closures and futures given to it run.
    #[serde(default)]
    pub runs: Option<Runs>,
    /// Type of the first parameter of a closure that is given.
    #[serde(default)]
    pub closure_param: Option<String>,
    /// A setting by which clients differ: those built with different values cannot be one (`proxy`, `identity`).
    #[serde(default)]
    pub distinguishes: bool,
    /// Argument (0-based) that names a command of the server's protocol (`cmd("GET")`).
    #[serde(default)]
    pub names_command: Option<usize>,
    /// Argument (0-based) over which the command that the receiver holds is sent (`cmd.query_async(&mut connection)`).
    #[serde(default)]
    pub sends_over: Option<usize>,
    /// What does the same with a value that is kept, where this call makes one for itself alone.
    #[serde(default)]
    pub instead: Option<Instead>,
    /// The same construction with a limit to what it waits for.
    #[serde(default)]
    pub timed: Vec<Timed>,
    /// The connection is held for a subscription or as a dedicated stream: made to be kept.
    #[serde(default)]
    pub dedicated: bool,
    /// Versions that have it (a semver requirement on the first of `packages`).
    #[serde(default)]
    pub versions: Option<String>,
    /// Deprecated from this version on.
    #[serde(default)]
    pub deprecated: Option<String>,
    /// What to know.
    #[serde(default)]
    pub note: Option<String>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// A construction with timeouts, of the same type as the one without.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed {
    /// Which timeouts it sets.
    pub kinds: Vec<TimeoutKind>,
    /// Versions (a semver requirement on the first of `packages`); absent: all.
    #[serde(default)]
    pub versions: Option<String>,
    /// The expression, with canonical paths: `{receiver}` and `{args}` are the call's, `{some}` is what stands in the `Some(..)` that
    /// is its only argument.
    pub code: String,
}

/// The calls on a kept value that do what a function does with one of its own: `client.get(url).send()` for `get(url)`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instead {
    /// The function that makes the value, of no arguments.
    pub of: String,
    /// The method that takes the arguments.
    pub method: String,
    /// The method that is called on its result, of no arguments.
    pub then: String,
}

/// How often a root runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RootFrequency {
    /// Start-up, shutdown.
    Once,
    /// Once per worker thread or connection acceptor.
    PerWorker,
    /// Once per turn of a timer or loop.
    PerIteration,
    /// Once per request, message, event, job, connection.
    #[default]
    PerRequest,
    /// Not part of the program: tests and benches.
    OutOfScope,
}

/// What makes a function (or closure) run, and how often. At least one of the ways is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootFact {
    /// How often it runs.
    pub frequency: RootFrequency,
    /// What it is called in messages: `handler`, `middleware`, `extractor`, `resolver`, `RPC method`, `message handler`,
    /// `job`, `bot command`, `start-up hook`, `worker factory` …; `{method}` is the attribute's or registration's name in
    /// capitals and `{arg}` its first string literal (`handler of {method} {arg}`); missing parts are left out.
    pub role: String,
    /// Functions with one of these attributes. Canonical paths; the last segment alone is enough where it can't be resolved.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Functions of the program itself, by path: `api::routes::list`. `*` stands for any characters of a segment, `**` for any
    /// number of segments. For a project's own configuration.
    #[serde(default)]
    pub named: Vec<String>,
    /// The same, but only where nobody is seen to call them.
    #[serde(default)]
    pub uncalled: Vec<String>,
    /// On an `impl` block or trait: all its functions, or those that carry one of `attributes_on_methods`.
    #[serde(default)]
    pub impl_attributes: Vec<String>,
    /// A function or closure given to one of these functions.
    #[serde(default)]
    pub functions: Vec<String>,
    /// A function or closure given to a method of one of these names, on one of `on` (unknown receivers count too when the
    /// argument is a function path and `loose` is set).
    #[serde(default)]
    pub methods: Vec<String>,
    /// Receiver types for `methods`.
    #[serde(default)]
    pub on: Vec<String>,
    /// Which argument is meant (0-based); absent: any argument that is a function or closure.
    #[serde(default)]
    pub arg: Option<usize>,
    /// It answers HTTP requests under a path of its own: a route's handler.
    #[serde(default)]
    pub route: bool,
    /// From a call of one of `callers_of` on the process serves.
    #[serde(default)]
    pub serves: bool,
    /// `methods` also count on a receiver of unknown type.
    #[serde(default)]
    pub loose: bool,
    /// Methods of implementations of these traits: `path::of::Trait` → method names, empty for all. `*` in a segment of the
    /// path stands for any characters (`*::*_server::*` for generated tonic services).
    #[serde(default)]
    pub traits: BTreeMap<String, Vec<String>>,
    /// A function with a parameter of one of these types (under references and wrappers).
    #[serde(default)]
    pub parameters: Vec<String>,
    /// A function that nobody is seen to call and that itself calls one of these: it runs the server, makes the runtime, waits
    /// for the signal to stop.
    #[serde(default)]
    pub callers_of: Vec<String>,
    /// The paths given to one of these macros (`routes![a, b]`).
    #[serde(default)]
    pub macros: Vec<String>,
    /// The body of a loop that takes its items from one of these calls (`while let Some(m) = consumer.next().await`),
    /// given as `path::of::Type::method`.
    #[serde(default)]
    pub loop_over: Vec<String>,
    /// What to know.
    #[serde(default)]
    pub note: Option<String>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// For what a memoised value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemoScope {
    /// The life of the cell it is put into.
    Cell,
    /// Per key of the cell or cache.
    Key,
    /// The process, whatever the receiver.
    Process,
    /// The thread.
    Thread,
    /// The request: no memoisation at all.
    Request,
}

/// A form whose initialiser runs at most once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemoFact {
    /// For what it holds.
    pub scope: MemoScope,
    /// A closure (or future) given to one of these functions (`LazyLock::new`).
    #[serde(default)]
    pub functions: Vec<String>,
    /// A closure (or future) given to a method of one of these names (`get_or_init`).
    #[serde(default)]
    pub methods: Vec<String>,
    /// Receiver types for `methods`; empty: any receiver (the names are telling enough).
    #[serde(default)]
    pub on: Vec<String>,
    /// Functions with one of these attributes (`#[once]`).
    #[serde(default)]
    pub attributes: Vec<String>,
    /// What to know.
    #[serde(default)]
    pub note: Option<String>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// How a macro's tokens are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MacroSyntax {
    /// Comma-separated expressions.
    Expressions,
    /// Statements.
    Statements,
    /// Items.
    Items,
    /// `static ref NAME: Type = expr;` items.
    StaticRef,
    /// `pattern = future => handler` branches.
    Select,
    /// `if #[cfg] { items } else { items }`.
    CfgIf,
    /// Nothing in it is code.
    Opaque,
}

/// What a macro leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaves {
    /// The function, with an error: `bail!`.
    Function,
    /// The process, or at least its thread: `panic!`.
    Process,
}

/// Facts about a macro.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MacroFact {
    /// Names (last segments).
    pub names: Vec<String>,
    /// How to read it.
    pub syntax: MacroSyntax,
    /// The macro's value holds its arguments (`vec!`, `join!`).
    #[serde(default)]
    pub carries: bool,
    /// The code after it is not reached.
    #[serde(default)]
    pub leaves: Option<Leaves>,
    /// It writes a line that an operator reads: to a log, to the terminal.
    #[serde(default)]
    pub logs: bool,
    /// Scope in which the initialisers are memoised (`lazy_static!`, `thread_local!`).
    #[serde(default)]
    pub memo: Option<MemoScope>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// How a framework keeps shared state: for help that speaks the project's own language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateFact {
    /// The type through which a handler gets at it, e.g. `axum::extract::State`.
    pub extractor: String,
    /// How a parameter is written; `{T}` is the state type: `State(state): State<{T}>`.
    pub parameter: String,
    /// How a value is read from it, `{field}` being the field: `state.{field}.clone()`.
    pub access: String,
    /// How it is registered at start-up; `{value}` is the value: `.with_state({value})`.
    pub register: String,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// Commands that hold up, or upset, everybody else on the connection over which they are sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExclusiveFact {
    /// Their names in the server's protocol, in capitals.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Methods of a handle that send them.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Canonical paths of functions that send them over their first argument.
    #[serde(default)]
    pub functions: Vec<String>,
    /// Handles that have one connection for all their clones and users: canonical types.
    pub on: Vec<String>,
    /// A command counts only with this word among its arguments (`BLOCK`).
    #[serde(default)]
    pub word: Option<String>,
    /// A method counts only when this argument (0-based) is not `None` …
    #[serde(default)]
    pub arg: Option<usize>,
    /// … and has been made with a method of this name (`block`), if one is given.
    #[serde(default)]
    pub setter: Option<String>,
    /// What becomes of the others, for people: `waits for it`.
    pub effect: String,
    /// How to get a connection of one's own, for people; the first whose versions fit.
    #[serde(default)]
    pub remedy: Vec<RemedyFact>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}

/// A piece of advice that holds for some versions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemedyFact {
    /// Versions (a semver requirement on the first of `packages`); absent: all.
    #[serde(default)]
    pub versions: Option<String>,
    /// The advice: lower case, no full stop.
    pub text: String,
}

/// Calls by which a process waits for, or hears of, its own end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShutdownFact {
    /// Canonical paths of functions.
    #[serde(default)]
    pub functions: Vec<String>,
    /// Names of methods, on whatever receiver: they are telling.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<String>,
}
