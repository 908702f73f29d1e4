//! Help lines and examples over packages made on the spot.

use std::fs;

use tempfile::TempDir;

use super::article;
use crate::check::{Request, run};
use crate::finding::{Confidence, Finding};

/// The findings of a package with these dependencies and files.
fn findings(dependencies: &str, files: &[(&str, &str)]) -> Vec<Finding> {
    let folder = TempDir::new().unwrap();
    let manifest =
        format!("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n{dependencies}\n");
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let request = Request {
        paths: vec![folder.path().to_owned()],
        cwd: folder.path().to_owned(),
        all_targets: false,
        levels: std::collections::BTreeMap::new(),
        min_confidence: Confidence::Low,
    };
    run(&request).unwrap().report.findings
}

/// Help and example of each finding, as text. Every example is Rust.
fn help(dependencies: &str, files: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for finding in findings(dependencies, files) {
        text += &format!("{} in {}\n", finding.rule, finding.function);
        for line in &finding.help {
            assert!(!line.ends_with('.') && line.len() < 160, "{line}");
            text += &format!("- {line}\n");
        }
        assert!(!finding.help.is_empty() && finding.help.len() <= super::MAX_LINES);
        if let Some(example) = &finding.example {
            let parsed =
                syn::parse_file(example).is_ok() || syn::parse_file(&format!("fn f() {{ {example} }}")).is_ok();
            assert!(parsed, "no Rust: {example}");
            text += &format!("{example}\n");
        }
    }
    text
}

const AXUM: &str = "axum = \"0.8\"\nredis = \"0.27\"\nreqwest = \"0.12\"\ntokio = \"1\"";
const ACTIX: &str = "actix-web = \"4\"\nredis = \"0.27\"\nreqwest = \"0.12\"";

const AXUM_STATE: &str = r#"
use axum::{extract::State, routing::get, Router};

#[derive(Clone)]
pub struct AppState {
    pub redis: redis::aio::ConnectionManager,
}

#[tokio::main]
async fn main() {
    let client = redis::Client::open("redis://localhost").unwrap();
    let redis = client.get_connection_manager().await.unwrap();
    let app = Router::new().route("/", get(user)).route("/held", get(held)).with_state(AppState { redis });
    axum::serve(listener().await, app).await.unwrap();
}

async fn user() -> String {
    let client = redis::Client::open("redis://localhost").unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("GET").arg("user").query_async(&mut connection).await.unwrap()
}

async fn held(State(app): State<AppState>) -> String {
    stored().await
}

async fn stored() -> String {
    let client = redis::Client::open("redis://localhost").unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("GET").arg("user").query_async(&mut connection).await.unwrap()
}
"#;

#[test]
fn axum_state_that_holds_one() {
    insta::assert_snapshot!(help(AXUM, &[("src/main.rs", AXUM_STATE)]), @r"
    client-per-request in user
    - `AppState` (src/main.rs:5) already holds a `redis::aio::ConnectionManager` in `redis`
    - take `State(state): State<AppState>` in `user` (src/main.rs:17) and use `state.redis.clone()`
    async fn user(State(state): State<AppState>) {
        let mut redis = state.redis.clone();
        // ...
    }
    client-per-request in stored
    - `AppState` (src/main.rs:5) already holds a `redis::aio::ConnectionManager` in `redis`
    - hand `app.redis.clone()` from `held` (src/main.rs:23) down to `stored`
    ");
}

#[test]
fn axum_without_state() {
    let main = r#"
use axum::{routing::get, Router};

#[tokio::main]
async fn main() {
    let app = Router::new().route("/", get(user));
    axum::serve(listener().await, app).await.unwrap();
}

async fn user() -> String {
    let http = reqwest::Client::builder().user_agent("app").build().unwrap();
    http.get("http://example.org").send().await.unwrap().text().await.unwrap()
}
"#;
    insta::assert_snapshot!(help(AXUM, &[("src/main.rs", main)]), @r#"
    client-per-request in user
    - build it once in `main` (src/main.rs:5) and register it with `.with_state(http)`
    - take `State(http): State<reqwest::Client>` in `user` (src/main.rs:10)
    - or keep it in a `static` with `std::sync::LazyLock`, which needs no state
    - clones of a `reqwest::Client` share its connections, so one is enough
    static HTTP: std::sync::LazyLock<reqwest::Client> = std::sync::LazyLock::new(|| {
        reqwest::Client::builder().user_agent("app").build().expect("the client is built")
    });
    "#);
}

#[test]
fn reqwest_get_in_a_state_without_client() {
    let main = r#"
use axum::{extract::State, routing::get, Router};
use std::sync::Arc;

pub struct AppState {
    greeting: String,
}

impl AppState {
    fn load() -> Self {
        AppState { greeting: String::new() }
    }
}

#[tokio::main]
async fn main() {
    let app = Router::new().route("/", get(user)).with_state(Arc::new(AppState::load()));
    axum::serve(listener().await, app).await.unwrap();
}

async fn user(State(state): State<Arc<AppState>>) -> String {
    reqwest::get("http://example.org").await.unwrap().text().await.unwrap()
}
"#;
    insta::assert_snapshot!(help(AXUM, &[("src/main.rs", main)]), @r"
    client-per-request in user
    - build one `reqwest::Client` in `AppState::load` (src/main.rs:10)
    - keep it in `AppState` (src/main.rs:5), which `.with_state(..)` (src/main.rs:17) hands out
    - then use `state.http` in `user` (src/main.rs:21)
    - clones of a `reqwest::Client` share its connections, so one is enough
    struct AppState {
        pub http: reqwest::Client,
        // ...
    }
    async fn user(State(state): State<Arc<AppState>>) {
        let http = &state.http;
        // ...
    }
    ");
}

#[test]
fn actix_data() {
    let main = r#"
use actix_web::{get, web, App, HttpServer};

pub struct AppData {
    http: reqwest::Client,
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let data = web::Data::new(AppData { http: reqwest::Client::new() });
    HttpServer::new(move || App::new().app_data(data.clone()).service(user).service(other)).bind("127.0.0.1:80")?.run().await
}

#[get("/user")]
async fn user() -> String {
    let http = reqwest::Client::new();
    http.get("http://example.org").send().await.unwrap().text().await.unwrap()
}

#[get("/other")]
async fn other(data: web::Data<AppData>) -> String {
    let http = reqwest::Client::new();
    http.get("http://example.org").send().await.unwrap().text().await.unwrap()
}
"#;
    insta::assert_snapshot!(help(ACTIX, &[("src/main.rs", main)]), @r"
    client-per-request in user
    - `AppData` (src/main.rs:4) already holds a `reqwest::Client` in `http`
    - take `state: web::Data<AppData>` in `user` (src/main.rs:15) and use `state.http`
    async fn user(state: web::Data<AppData>) {
        let http = &state.http;
        // ...
    }
    client-per-request in other
    - `AppData` (src/main.rs:4) already holds a `reqwest::Client` in `http`: use `data.http` in `other`
    ");
}

#[test]
fn a_method_whose_struct_has_a_client() {
    let lib = r#"
pub struct Payments {
    http: reqwest::Client,
}

impl Payments {
    pub fn new(http: reqwest::Client) -> Self {
        Self { http }
    }

    pub async fn charge(&self) {
        reqwest::Client::new().post("http://example.org").send().await.unwrap();
    }
}
"#;
    insta::assert_snapshot!(help(AXUM, &[("src/lib.rs", lib)]), @r"
    client-per-call in Payments::charge
    - `Payments` (src/lib.rs:2) already holds a `reqwest::Client` in `http`: use `self.http` in `Payments::charge`
    ");
}

#[test]
fn a_connection_per_operation_from_a_shared_client() {
    let lib = r#"
pub struct Cache {
    client: redis::Client,
}

impl Cache {
    pub fn new(client: redis::Client) -> Self {
        Self { client }
    }

    pub async fn user(&self) -> redis::RedisResult<String> {
        let mut connection = self.client.get_multiplexed_async_connection().await?;
        redis::cmd("GET").arg("user").query_async(&mut connection).await
    }
}
"#;
    insta::assert_snapshot!(help(AXUM, &[("src/lib.rs", lib)]), @r"
    connection-per-call in Cache::user
    - keep a `redis::aio::ConnectionManager` in `Cache` (src/lib.rs:2) instead of the `redis::Client` in `client`
    - open one `redis::aio::ConnectionManager` at start-up and give it to `Cache::new` (src/lib.rs:7)
    - open it with `get_connection_manager`; its clones share one connection, so clone it for each use
    struct Cache {
        redis: redis::aio::ConnectionManager,
        // ...
    }
    impl Cache {
        async fn user(&self) {
            let mut redis = self.redis.clone();
            // ...
        }
    }
    ");
}

#[test]
fn a_synchronous_connection_needs_a_pool() {
    let lib = r#"
pub fn user(client: &redis::Client) -> redis::RedisResult<String> {
    let mut connection = client.get_connection()?;
    redis::cmd("GET").arg("user").query(&mut connection)
}
"#;
    insta::assert_snapshot!(help("redis = \"0.27\"\nr2d2 = \"0.8\"", &[("src/lib.rs", lib)]), @r"
    connection-per-call in user
    - take a `&r2d2::Pool` as a parameter of `user` (src/lib.rs:2), for its callers to share
    - clones of a pool share its connections: take one out with `get()`
    ");
}

#[test]
fn a_librarys_operation() {
    let lib = r#"
pub async fn fetch(url: &str) -> reqwest::Result<String> {
    let http = reqwest::Client::new();
    http.get(url).send().await?.text().await
}
"#;
    insta::assert_snapshot!(help(AXUM, &[("src/lib.rs", lib)]), @r"
    client-per-call in fetch
    - take a `&reqwest::Client` as a parameter of `fetch` (src/lib.rs:2), for its callers to share
    - or keep it in a `static` with `std::sync::LazyLock`: built on first use, then shared
    - clones of a `reqwest::Client` share its connections, so one is enough
    static HTTP: std::sync::LazyLock<reqwest::Client> = std::sync::LazyLock::new(
        reqwest::Client::new,
    );
    ");
}

#[test]
fn loops() {
    let main = r#"
#[tokio::main]
async fn main() -> redis::RedisResult<()> {
    let client = redis::Client::open("redis://localhost")?;
    for url in ["a", "b"] {
        let http = reqwest::Client::new();
        http.get(url).send().await.unwrap();
        status(url).await;
    }
    loop {
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING").query_async::<()>(&mut connection).await?;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

async fn status(url: &str) {
    let http = reqwest::Client::new();
    http.get(url).send().await.unwrap();
}
"#;
    insta::assert_snapshot!(help(AXUM, &[("src/main.rs", main)]), @r#"
    client-in-loop in main
    - build it before the loop (src/main.rs:5) and use it in every turn
    let http = reqwest::Client::new();
    for url in ["a", "b"] {
        // ...
    }
    connection-in-loop in main
    - open one `redis::aio::ConnectionManager` before the loop (src/main.rs:10) and use it in every turn
    - open it with `get_connection_manager`
    client-in-loop in status
    - build it before the loop (src/main.rs:5) and hand it to `status`
    "#);
}

#[test]
fn workers() {
    let main = r#"
use actix_web::{web, App, HttpServer};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| {
        let http = reqwest::Client::new();
        warm_up(&http);
        App::new().configure(routes)
    })
    .bind("127.0.0.1:80")?
    .run()
    .await
}

fn routes(config: &mut web::ServiceConfig) {
    let http = reqwest::Client::new();
    warm_up(&http);
}

fn warm_up(http: &reqwest::Client) {}
"#;
    insta::assert_snapshot!(help(ACTIX, &[("src/main.rs", main)]), @r"
    client-per-worker in main
    - build it once before the closure (src/main.rs:6), which runs once per worker, and clone it into each
    - clones of a `reqwest::Client` share its connections, so one is enough
    let http = reqwest::Client::new();
    HttpServer::new(move || {
        let http = http.clone();
        // ...
    });
    client-per-worker in routes
    - build it once at start-up and hand a clone to each worker
    - clones of a `reqwest::Client` share its connections, so one is enough
    ");
}

#[test]
fn a_static_that_holds_one() {
    let main = r#"
use axum::{routing::get, Router};
use std::sync::LazyLock;

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

#[tokio::main]
async fn main() {
    let app = Router::new().route("/", get(user));
    axum::serve(listener().await, app).await.unwrap();
}

async fn user() -> String {
    let http = reqwest::Client::new();
    http.get("http://example.org").send().await.unwrap().text().await.unwrap()
}
"#;
    insta::assert_snapshot!(help(AXUM, &[("src/main.rs", main)]), @r"
    client-per-request in user
    - `HTTP` (src/main.rs:5) already holds a `reqwest::Client` for the whole process: use it in `user` (src/main.rs:13)
    ");
}

#[test]
fn articles() {
    let all = ["HTTP", "SQL", "NATS", "Redis", "AMQP", "AppState", "UserService", "`async_nats::Client`"];
    let said: Vec<String> = all.iter().map(|word| format!("{} {word}", article(word))).collect();
    insta::assert_snapshot!(said.join(", "), @"an HTTP, an SQL, a NATS, a Redis, an AMQP, an AppState, a UserService, an `async_nats::Client`");
}
