//! Hand-made reports for the tests of this module.

use std::path::PathBuf;

use crate::finding::{
    Applicability, Cause, Confidence, Edit, Finding, Fix, Level, Location, Problem, Related, Report, Resource, Role,
    Run, Step, Summary, Withheld,
};
use crate::source::{Pos, SourceFile, Sources, Span};

const ROUTES: &str = "\
use axum::extract::{Path, State};

pub async fn get_user(State(state): State<AppState>, Path(id): Path<u64>) -> Result<Json<User>, AppError> {
    let user = state.users.find(id).await?;
    Ok(Json(user))
}
";

const SERVICE: &str = "\
impl UserService {
    pub async fn find(&self, id: u64) -> Result<User, AppError> {
        self.cache.load(id).await
    }
}
";

const CACHE: &str = "\
impl Cache {
    pub async fn load(&self, id: u64) -> Result<User, AppError> {
        let client = redis::Client::open(self.url.as_str())?;

        todo()
    }
}
";

const STATE: &str = "\
pub struct AppState {
    redis: ConnectionManager,
}
";

const SYNC: &str = "fn sync(urls: &[Url]) -> Result<()> {\r\n\
\tfor url in urls {\r\n\
\t\tlet client = reqwest::Client::builder()\r\n\
\t\t\t.user_agent(\"sync\")\r\n\
\t\t\t.timeout(TIMEOUT)\r\n\
\t\t\t.connect_timeout(TIMEOUT)\r\n\
\t\t\t.pool_max_idle_per_host(4)\r\n\
\t\t\t.pool_idle_timeout(IDLE)\r\n\
\t\t\t.https_only(true)\r\n\
\t\t\t.gzip(true)\r\n\
\t\t\t.build()?;\r\n\
\t\tclient.get(url).send()?;\r\n\
\t}\r\n\
}\r\n";

/// Where `part` of `text` stands.
pub(super) fn find(file: &str, text: &str, part: &str) -> Location {
    let at = text.find(part).expect("the part is in the text");
    let pos = |at: usize| {
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Pos {
            line: u32::try_from(line).expect("short"),
            column: u32::try_from(before[start..].chars().count() + 1).expect("short"),
        }
    };
    let span = Span { start: pos(at), end: pos(at + part.len()) };
    Location { file: file.to_owned(), span }
}

pub(super) fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    for (name, text) in files {
        sources.insert(SourceFile { name: (*name).to_owned(), path: PathBuf::from(name), text: (*text).into() });
    }
    sources
}

pub(super) fn step(location: Location, function: &str, what: &str, role: Role) -> Step {
    Step { location, function: function.to_owned(), what: what.to_owned(), role, bypassed: false }
}

/// A finding with nothing but a place.
pub(super) fn bare(rule: &'static str, level: Level, message: &str, location: Location) -> Finding {
    Finding {
        rule,
        level,
        confidence: Confidence::High,
        message: message.to_owned(),
        resource: Some(Resource::Client),
        family: "redis".to_owned(),
        call: "redis::Client::open".to_owned(),
        location,
        function: "f".to_owned(),
        chain: Vec::new(),
        more_chains: 0,
        related: Vec::new(),
        help: Vec::new(),
        example: None,
        fix: None,
        fingerprint: "0123456789abcdef".to_owned(),
    }
}

/// A chain over three files, with a related place, help and an example.
fn per_request() -> Finding {
    let open = find("src/cache.rs", CACHE, "redis::Client::open(self.url.as_str())");
    let message = "`redis::Client::open` runs for every request to `GET /users/{id}`";
    Finding {
        function: "Cache::load".to_owned(),
        chain: vec![
            step(find("src/routes.rs", ROUTES, "get_user"), "get_user", "handler of GET /users/{id}", Role::Root),
            step(
                find("src/routes.rs", ROUTES, "state.users.find(id)"),
                "get_user",
                "calls `UserService::find`",
                Role::Call,
            ),
            step(
                find("src/service.rs", SERVICE, "self.cache.load(id)"),
                "UserService::find",
                "calls `Cache::load`",
                Role::Call,
            ),
            step(open.clone(), "Cache::load", "builds the client", Role::Construction),
        ],
        more_chains: 2,
        related: vec![Related {
            location: find("src/state.rs", STATE, "redis: ConnectionManager"),
            message: "`AppState` already holds a `ConnectionManager`".to_owned(),
        }],
        help: vec![
            "build the client once in `main` and keep it in `AppState`; take `State(state): State<AppState>` in \
             the handler and clone the connection from it"
                .to_owned(),
        ],
        example: Some("let mut redis = state.redis.clone();\nlet user = redis.get(id).await?;\n".to_owned()),
        fix: Some(Fix {
            applicability: Applicability::Unsafe,
            title: "use `state.redis.clone()`, which is there already".to_owned(),
            edits: vec![Edit { location: open.clone(), replacement: "state.redis.clone()".to_owned() }],
        }),
        ..bare("client-per-request", Level::Error, message, open)
    }
}

/// A tall builder chain in a file with tabs and CRLF.
fn in_loop() -> Finding {
    let from = SYNC.find("reqwest").expect("there");
    let to = SYNC.find(".build()").expect("there") + ".build()".len();
    let build = find("src/sync.rs", SYNC, &SYNC[from..to]);
    let message = "`reqwest::Client::builder` runs in each turn of a loop";
    Finding {
        confidence: Confidence::Medium,
        family: "http".to_owned(),
        call: "reqwest::Client::builder".to_owned(),
        function: "sync".to_owned(),
        chain: vec![step(build.clone(), "sync", "builds the client", Role::Construction)],
        more_chains: 1,
        ..bare("client-in-loop", Level::Warning, message, build)
    }
}

/// The same as [`full`] in a folder of a repository, held against a baseline: besides, one finding that a comment allows,
/// one that the baseline has, one that was not asked for.
pub(super) fn withheld() -> (Report, Sources) {
    let (mut report, sources) = full();
    let comment = find("src/cache.rs", CACHE, "todo()");
    let causes = [
        Cause::Suppressed { comment, reason: Some("read once a day".to_owned()) },
        Cause::Baselined { since: Some("2026-11-25".to_owned()), reason: None },
        Cause::NotAsked,
    ];
    report.withheld = causes
        .into_iter()
        .map(|cause| {
            let finding = bare("client-per-call", Level::Error, "a client is built", in_loop().location);
            Withheld { finding, cause }
        })
        .collect();
    report.summary = Summary { below_level: 0, suppressed: 1, baselined: 1, skipped: 1, ..report.summary };
    report.run = Run { cwd: "/w/repo/shop".into(), root: "/w/repo".into(), has_baseline: true, ..Run::default() };
    (report, sources)
}

/// A finding in which every text is made to break out of its format.
pub(super) fn hostile() -> (Report, Sources) {
    const BAD: &str =
        "x\r\n::error::y%0A,:;\u{1b}[31m\u{0}\u{202e}\u{ffff}]]></a>&\"'<b>`{0}[l](javascript:1)##[error]z";
    let name = format!("src/{BAD}.rs");
    let code = format!("fn f() {{ redis(\"{BAD}\") }}\n::error::quoted\n");
    let place = find(&name, &code, "redis(");
    let finding = Finding {
        function: BAD.to_owned(),
        call: BAD.to_owned(),
        family: BAD.to_owned(),
        chain: vec![step(place.clone(), BAD, BAD, Role::Root), step(place.clone(), BAD, BAD, Role::Construction)],
        related: vec![Related { location: place.clone(), message: BAD.to_owned() }],
        help: vec![BAD.to_owned()],
        example: Some(BAD.to_owned()),
        ..bare("client-per-request", Level::Error, BAD, place.clone())
    };
    let cause = Cause::Suppressed { comment: place, reason: Some(BAD.to_owned()) };
    let problem = Problem { file: name.clone(), line: 1, column: 1, message: BAD.to_owned(), help: BAD.to_owned() };
    let report = Report {
        withheld: vec![Withheld { finding: finding.clone(), cause }],
        findings: vec![finding],
        problems: vec![problem],
        summary: Summary { packages: 1, files: 1, constructions: 2, errors: 1, suppressed: 1, ..Summary::default() },
        run: Run { cwd: "/w".into(), root: "/w".into(), ..Run::default() },
    };
    (report, sources(&[(name.as_str(), code.as_str())]))
}

/// Both findings, two problems.
pub(super) fn full() -> (Report, Sources) {
    let report = Report {
        withheld: Vec::new(),
        findings: vec![per_request(), in_loop()],
        problems: vec![
            Problem {
                file: "src/broken.rs".to_owned(),
                line: 3,
                column: 1,
                message: "expected `;`, so `fn load` was not analysed".to_owned(),
                help: "mend the syntax; `cargo check` shows more".to_owned(),
            },
            Problem {
                file: String::new(),
                line: 0,
                column: 0,
                message: "`cargo metadata` failed: no network".to_owned(),
                help: "run `cargo fetch`; the manifests were read instead".to_owned(),
            },
        ],
        summary: Summary {
            packages: 1,
            files: 5,
            constructions: 7,
            errors: 1,
            warnings: 1,
            suppressed: 0,
            below_level: 3,
            ..Summary::default()
        },
        run: Run { cwd: "/w/shop".into(), root: "/w/shop".into(), ..Run::default() },
    };
    let sources = sources(&[
        ("src/routes.rs", ROUTES),
        ("src/service.rs", SERVICE),
        ("src/cache.rs", CACHE),
        ("src/state.rs", STATE),
        ("src/sync.rs", SYNC),
    ]);
    (report, sources)
}
