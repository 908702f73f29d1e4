//! What the catalogues of the Redis and HTTP families say, compared with what is measured at live servers by the probes
//! in `fixtures/live`.
//!
//! Takes minutes, as it builds several versions of forty client crates; so it is run only when asked for:
//!
//! ```console
//! $ CONNLINT_LIVE=1 cargo test --test live
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a test without a harness tells its result itself")]

mod claims;
mod compare;
mod measure;
mod shop;
mod uncovered;

use std::process::ExitCode;

use connlint::catalog::Catalog;

/// Asks for the measurements; that there is no server is then a failure.
const ASKED: &str = "CONNLINT_LIVE";

fn main() -> ExitCode {
    let filters: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if !filters.is_empty() && !filters.iter().any(|filter| "live".contains(filter.as_str())) {
        return ExitCode::SUCCESS;
    }
    let asked = std::env::var_os(ASKED).is_some_and(|value| value != "0");
    if !measure::has_redis_server() {
        println!("live: skipped: no redis-server");
        return if asked { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    if !asked {
        println!("live: skipped: {ASKED}=1 builds the probes and runs them");
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, String> {
    let catalog = Catalog::builtin().map_err(|error| error.to_string())?;
    let claims = claims::claims(&catalog);
    let uncovered = uncovered::read()?;
    let probes = measure::build()?;
    let lines = measure::measure(&probes)?;
    let compared = compare::compare(&catalog, &claims, &uncovered, &lines)?;
    let proved = shop::prove(&probes)?;
    Ok(format!("{compared}\n{proved}"))
}
