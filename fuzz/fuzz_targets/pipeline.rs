//! One file, all the way from its text to every report, with all rules on. Nothing may panic, hang or overflow the stack; a
//! second run says the same, byte for byte.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use connlint::check::{Checked, Request, run};
use connlint::report::{Format, Style, render};
use connlint::rules::page::pages;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// The stack of the command's worker threads.
const STACK: usize = 64 << 20;

struct Place {
    _folder: TempDir,
    file: PathBuf,
    pool: rayon::ThreadPool,
}

/// A file without a manifest: cargo is not asked.
static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("fuzzed.rs");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build().expect("threads can be made");
    Place { _folder: folder, file, pool }
});

fuzz_target!(|text: &str| {
    std::fs::write(&PLACE.file, text).expect("the file can be written");
    assert_eq!(reports(), reports(), "two runs differ");
});

fn reports() -> Vec<Vec<u8>> {
    let Checked { report, sources, .. } = PLACE.pool.install(|| run(&request())).expect("there is a file");
    let formats =
        [Format::Human, Format::Short, Format::Json, Format::Sarif, Format::Github, Format::Junit, Format::Checkstyle];
    let render_one = |format| {
        let mut out = Vec::new();
        render(format, &report, &sources, &Style::plain(100), &mut out).expect("memory can be written");
        assert!(!out.contains(&0x1b), "a report has no control sequences of the source");
        out
    };
    formats.into_iter().map(render_one).collect()
}

fn request() -> Request {
    let known = pages().expect("the pages are well-formed").iter().map(|page| (page.id.as_str(), page.level));
    Request {
        paths: vec![PLACE.file.clone()],
        levels: connlint::cli::levels(known, true, &[]).expect("no level is changed"),
        pedantic: true,
        ..Request::new(std::env::temp_dir())
    }
}
