//! Builds the probes, runs them, and reads what they print.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use semver::Version;
use serde::Deserialize;

/// Probes that run at once: they wait most of the time.
const AT_ONCE: usize = 6;

/// The program that measures the shop, and no crate.
const LOAD: &str = "shop-load";

/// One measurement.
#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    /// Package that was measured.
    pub(crate) package: String,
    /// Its version, as much as tells it from the others in the lock file.
    pub(crate) version: String,
    /// Path in the catalogue.
    pub(crate) path: String,
    /// What was measured.
    #[serde(flatten)]
    pub(crate) seen: Seen,
}

/// What was measured.
#[derive(Debug, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub(crate) enum Seen {
    /// Connections opened by a call, and by the first use of its result; whether it fails without a server.
    Network { needs_server: Option<bool>, opened: u64, used: u64 },
    /// Connections opened by a checkout, and by another after that was given back.
    Checkout { first: u64, again: u64 },
    /// Which traits a type has.
    Traits { clone: bool, send: bool, sync: bool },
    /// Connections opened by a clone and its use.
    Clone { opened: u64 },
    /// Whether the connections held end on drop.
    Drop { closes: bool },
    /// Connections held, and whether they end by a method.
    Close { method: String, held: u64, closes: bool },
    /// How long was waited; absent when patience ended first.
    Timeout { kind: String, measured_ms: Option<u64> },
    /// Connections that a pool opens at most.
    Size { opened: u64, logical_cores: u64, physical_cores: u64 },
    /// Connections opened by so many calls of commands.
    Commands { calls: u64, opened: u64 },
    /// Whether a command that blocks holds up another.
    Stall { stalled: bool },
}

/// Whether there is something to measure at.
pub(crate) fn has_redis_server() -> bool {
    let mut command = Command::new("redis-server");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The folder of the probes.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/live")
}

/// Builds every probe. Out: their executables.
pub(crate) fn build() -> Result<Vec<PathBuf>, String> {
    executables(&folder(), &["--workspace", "--bins"])
}

/// All measurements, each with the exact version of what was measured.
pub(crate) fn measure(probes: &[PathBuf]) -> Result<Vec<(Line, Version)>, String> {
    let locked = locked(&folder())?;
    let exact = |line: Line| {
        let version = exact(&locked, &line.package, &line.version)?;
        Ok((line, version))
    };
    run_all(probes)?.into_iter().map(exact).collect()
}

/// Builds what is selected in the workspace in `folder`. Out: the executables.
pub(crate) fn executables(folder: &Path, selection: &[&str]) -> Result<Vec<PathBuf>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.arg("build").args(selection).args(["--locked", "--message-format", "json-render-diagnostics"]);
    if let Some(target) = std::env::var_os("CONNLINT_LIVE_TARGET") {
        command.arg("--target-dir").arg(target);
    }
    command.current_dir(folder).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| format!("cargo does not run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{} is not built", folder.display()));
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    Ok(messages.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?))).collect())
}

fn run_all(probes: &[PathBuf]) -> Result<Vec<Line>, String> {
    let measures = |probe: &&PathBuf| probe.file_name().is_some_and(|name| name != LOAD);
    let waiting = Mutex::new(probes.iter().filter(measures));
    let next = || waiting.lock().expect("nobody panics with it").next();
    let results: Vec<Result<Vec<Line>, String>> = std::thread::scope(|scope| {
        let worker = || {
            let mut done = Vec::new();
            while let Some(probe) = next() {
                done.push(run(probe));
            }
            done
        };
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker does not panic")).collect()
    });
    let (good, bad): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    if !bad.is_empty() {
        return Err(bad.into_iter().filter_map(Result::err).collect::<Vec<_>>().join("\n"));
    }
    Ok(good.into_iter().flatten().flatten().collect())
}

fn run(probe: &Path) -> Result<Vec<Line>, String> {
    let shown = probe.file_name().unwrap_or_default().to_string_lossy();
    let output = Command::new(probe).stdin(Stdio::null()).output().map_err(|error| format!("{shown}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{shown}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let read = |line: &str| serde_json::from_str(line).map_err(|error| format!("{shown}: {error}: {line}"));
    text.lines().map(read).collect()
}

/// The part of a lock file that is read.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: Version,
}

/// Versions of every package in the lock file.
fn locked(folder: &Path) -> Result<BTreeMap<String, Vec<Version>>, String> {
    let text = std::fs::read_to_string(folder.join("Cargo.lock")).map_err(|error| error.to_string())?;
    let lock: Lock = toml::from_str(&text).map_err(|error| error.to_string())?;
    let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for package in lock.package {
        versions.entry(package.name).or_default().push(package.version);
    }
    Ok(versions)
}

fn exact(locked: &BTreeMap<String, Vec<Version>>, package: &str, prefix: &str) -> Result<Version, String> {
    let begins = |version: &&Version| format!("{version}.").starts_with(&format!("{prefix}."));
    let mut fitting = locked.get(package).into_iter().flatten().filter(begins);
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only.clone()),
        _ => Err(format!("the lock file has no one version {prefix} of {package}")),
    }
}
