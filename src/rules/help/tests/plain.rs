//! Structs, libraries, loops and workers.

use super::{ACTIX, AXUM, help};

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
    - take a `&r2d2::Pool` as a parameter of `user` (src/lib.rs:2)
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
    - take a `&reqwest::Client` as a parameter of `fetch` (src/lib.rs:2)
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
    client-per-call in status
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
