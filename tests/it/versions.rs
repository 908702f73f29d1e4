//! Messages by version, from the lock file or by what the manifest allows; and the sums of `oversized-pool`.

use connlint::check::Checked;
use connlint::finding::Finding;

use super::common::library::check;
use super::common::write;

/// The findings of a rule in a package with these dependencies and this lock file, each as one line.
fn said(rule: &str, dependencies: &str, lock: &str, main: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest =
        format!("[package]\nname = \"app\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}");
    write(folder.path(), &[("Cargo.toml", &manifest), ("src/main.rs", main)]);
    if !lock.is_empty() {
        write(folder.path(), &[("Cargo.lock", &format!("version = 4\n{lock}"))]);
    }
    let Checked { report, .. } = check(&[folder.path().to_owned()], folder.path());
    let line = |finding: &Finding| {
        let (level, confidence) = (finding.level.name(), format!("{:?}", finding.confidence).to_lowercase());
        format!("{level}, {confidence}: {}\n    {}\n", finding.message, finding.help.join("\n    "))
    };
    report.findings.iter().filter(|finding| finding.rule == rule).map(line).collect()
}

fn locked(package: &str, version: &str) -> String {
    format!(
        "[[package]]\nname = \"{package}\"\nversion = \"{version}\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
    )
}

/// A server that uses one connection for all its requests.
const SERVER: &str = r#"
use axum::{Router, extract::State, routing::get};
use redis::aio::MultiplexedConnection;

async fn hits(State(mut connection): State<MultiplexedConnection>) -> String {
    let hits: redis::RedisResult<u64> = redis::cmd("INCR").arg("hits").query_async(&mut connection).await;
    hits.map_or_else(|error| error.to_string(), |hits| hits.to_string())
}

#[tokio::main]
async fn main() {
    let client = redis::Client::open("redis://127.0.0.1/").unwrap();
    let connection = client.get_multiplexed_async_connection().await.unwrap();
    let app = Router::new().route("/hits", get(hits)).with_state(connection);
    let listener = tokio::net::TcpListener::bind("0.0.0.0:8080").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
"#;

fn timeouts(redis: &str, lock: &str) -> String {
    let dependencies = format!("axum = \"0.8\"\nredis = \"{redis}\"\ntokio = \"1\"\n");
    said("missing-timeout", &dependencies, lock, SERVER)
}

/// What is said of each case, as one text.
fn cases<const N: usize>(cases: [(&str, String); N]) -> String {
    let silent = |said: &str| if said.is_empty() { "silence\n".to_owned() } else { said.to_owned() };
    cases.iter().map(|(name, said)| format!("{name}\n  {}", silent(said))).collect()
}

#[test]
fn a_timeout_is_missing_by_version() {
    insta::assert_snapshot!(cases([
        ("0.22 has none", timeouts("0.22", "")),
        ("0.27 can be told", timeouts("0.27", "")),
        ("1 has a default", timeouts("1", "")),
        ("0.27 or 1", timeouts(">=0.27, <2", "")),
        ("0.27 or 1, 0.27.6 in the lock file", timeouts(">=0.27, <2", &locked("redis", "0.27.6"))),
        ("0.27 or 1, 1.0.0 in the lock file", timeouts(">=0.27, <2", &locked("redis", "1.0.0"))),
    ]));
}

#[test]
fn a_size_is_implied_by_version() {
    let pool = r#"
fn main() {
    let config = deadpool_redis::Config::from_url("redis://127.0.0.1/");
    let pool = config.create_pool(Some(deadpool_redis::Runtime::Tokio1)).unwrap();
    println!("{}", pool.status().available);
}
"#;
    let sizes = |version: &str, lock: &str| {
        said("implicit-pool-size", &format!("deadpool-redis = \"{version}\"\n"), lock, pool)
    };
    insta::assert_snapshot!(cases([
        ("0.12", sizes("0.12", "")),
        ("0.18", sizes("0.18", "")),
        ("either", sizes(">=0.12", "")),
        ("either, 0.12.0 in the lock file", sizes(">=0.12", &locked("deadpool-redis", "0.12.0"))),
    ]));
}

#[test]
fn connections_are_added_up() {
    let server = |workers: &str, size: &str| {
        let text = r#"
use actix_web::{App, HttpServer, web::Data};
use sqlx::postgres::{PgPool, PgPoolOptions};

const LARGE: u32 = 100;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| App::new().app_data(Data::new(pool("orders"))).app_data(Data::new(pool("users"))))WORKERS
        .bind(("127.0.0.1", 8080))?
        .run()
        .await
}

fn pool(name: &str) -> PgPool {
    PgPoolOptions::new().max_connections(SIZE).connect_lazy(name).unwrap()
}
"#;
        let text = text.replace("WORKERS", workers).replace("SIZE", size);
        said("oversized-pool", "actix-web = \"4\"\nsqlx = \"0.8\"\n", "", &text)
    };
    let setting = "std::env::var(\"SIZE\").unwrap_or(\"600\".to_string()).parse().unwrap()";
    insta::assert_snapshot!(cases([
        ("eight workers", server(".workers(8)", "LARGE")),
        ("two workers", server(".workers(2)", "LARGE")),
        ("some workers", server("", "LARGE")),
        ("some workers, a large fallback", server("", setting)),
        ("a size that is worked out", server(".workers(8)", "LARGE + 100")),
    ]));
}
