//! Handlers of web frameworks.

use super::{ACTIX, AXUM, help};

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
