//! The proof of the whole: the shop and its mended twin under load.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::measure::executables;

/// What `fixtures/live/shop-load` prints.
#[derive(Deserialize)]
struct Load {
    requests: f64,
    redis_connections: f64,
    http_connections: f64,
    seconds: f64,
}

impl Load {
    /// Connections per 1,000 requests: to Redis, to HTTP peers.
    fn per_thousand(&self) -> (f64, f64) {
        let per = |connections: f64| connections * 1000.0 / self.requests;
        (per(self.redis_connections), per(self.http_connections))
    }
}

/// Builds both shops and puts the same load on each. Out: the figures; an error when mending does not help.
pub(crate) fn prove(probes: &[PathBuf]) -> Result<String, String> {
    let load = find(probes, "shop-load")?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let shops = executables(&folder, &["--bin", "shop-api", "--bin", "shop-mended-api"])?;
    let before = run(load, find(&shops, "shop-api")?)?;
    let after = run(load, find(&shops, "shop-mended-api")?)?;
    let told = format!(
        "live: connections opened per 1,000 requests, to Redis and to HTTP peers:\n  shop:        {}\n  shop-mended: {}",
        shown(&before),
        shown(&after)
    );
    let ((redis, http), (redis_mended, http_mended)) = (before.per_thousand(), after.per_thousand());
    // A pool for all requests holds as many as are under way at once, and no more.
    if redis < 500.0 || http < 300.0 || redis_mended > 30.0 || http_mended > 60.0 {
        return Err(told);
    }
    Ok(told)
}

fn shown(load: &Load) -> String {
    let (redis, http) = load.per_thousand();
    format!("{redis:.0} and {http:.0} ({} requests in {:.1} s)", load.requests, load.seconds)
}

fn find<'a>(executables: &'a [PathBuf], name: &str) -> Result<&'a Path, String> {
    let found = executables.iter().find(|path| path.file_name().is_some_and(|file| file == name));
    found.map(PathBuf::as_path).ok_or_else(|| format!("{name} is not built"))
}

fn run(load: &Path, shop: &Path) -> Result<Load, String> {
    let output = Command::new(load).arg(shop).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).map_err(|_| format!("{}: {}", shop.display(), String::from_utf8_lossy(&output.stderr)))
}
