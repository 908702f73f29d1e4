//! A session finds what a fresh run over the same files finds, whatever was edited before.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use connlint::catalog::Catalog;
use connlint::check::{self, Checked, Request};
use connlint::finding::Finding;
use connlint::parse::{Tests, parse_file};
use connlint::rules::page::pages;
use connlint::session::{OnDisk, Session};

use super::common::{MANIFEST, ONE_FINDING, copy, files, root, write};

fn request(folder: &Path) -> Request {
    let known = pages().expect("the pages are well-formed").iter().map(|page| (page.id.as_str(), page.level));
    Request {
        paths: vec![folder.to_owned()],
        levels: connlint::cli::levels(known, true, &[]).expect("no level is changed"),
        pedantic: true,
        ..Request::new(folder.to_owned())
    }
}

/// Runs with room for deep expressions.
fn pooled<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(64 << 20).build().expect("threads can be made");
    pool.install(work)
}

/// What was found, reported or not.
fn found(checked: &Checked) -> Vec<String> {
    let line = |finding: &Finding| format!("{finding:?}");
    let withheld = checked.report.withheld.iter().map(|one| format!("{:?} {}", one.cause, line(&one.finding)));
    checked.report.findings.iter().map(line).chain(withheld).collect()
}

#[track_caller]
fn assert_fresh(session: &mut Session, what: &str) -> usize {
    let kept = session.check().expect("there is something to check");
    let fresh = check::run(session.request()).expect("there is something to check");
    let (kept, fresh) = (found(&kept), found(&fresh));
    if let Some(at) = (0..kept.len().max(fresh.len())).find(|at| kept.get(*at) != fresh.get(*at)) {
        panic!("{what}:\nsession: {:#?}\nfresh:   {:#?}", kept.get(at), fresh.get(at));
    }
    fresh.len()
}

/// Numbers that look random, the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).expect("it is small")).expect("it is small")
    }
}

/// Whether a fresh run would find nothing wrong with a text.
fn parses(text: &str) -> bool {
    parse_file(text, &Catalog::builtin().expect("it is well-formed").macro_table(), Tests::Skip).problems.is_empty()
}

/// What somebody may type next; it need not parse.
fn edited(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = random.below(lines.len());
    let insert = |lines: &mut Vec<String>, text: &str| lines.insert(at.min(lines.len()), text.to_owned());
    match random.below(14) {
        0 => insert(&mut lines, ""),
        1 => insert(&mut lines, "    let _unused = redis::Client::open(\"redis://h/\").unwrap();"),
        2 => insert(&mut lines, "pub async fn added() -> reqwest::Client { reqwest::Client::new() }"),
        3 => insert(&mut lines, "    // connlint: allow(client-per-request) -- here"),
        4 => insert(&mut lines, "struct Added { client: redis::Client }"),
        5 if !lines.is_empty() => drop(lines.remove(at)),
        6 if !lines.is_empty() => lines[at] = lines[at].replace("pub ", "").replace(".await", ""),
        7 if !lines.is_empty() => lines[at].push_str(" {"),
        8 if !lines.is_empty() => lines[at] = lines[at].replace("fn ", "fn another_"),
        9 if !lines.is_empty() => lines[at] = lines[at].replace("Result<", "Option<").replace("&self", "self"),
        10 => lines.insert(0, "use redis::Client as Other;".to_owned()),
        11 => lines
            .push("impl Added { pub fn new() -> redis::Client { redis::Client::open(\"a\").unwrap() } }".to_owned()),
        12 => {
            // What declares something goes to the end, or out.
            let declares = |line: &String| line.starts_with("pub fn ") || line.starts_with("struct ");
            if let Some(found) = lines.iter().position(declares) {
                let line = lines.remove(found);
                lines.extend((random.below(2) == 0 && line.ends_with('}')).then_some(line));
            }
        }
        _ if !lines.is_empty() => lines[at] = lines[at].replace("Client", "Cli"),
        _ => {}
    }
    lines.join("\n")
}

/// Edits files of a folder in a row; now and then one becomes again what it was.
fn edits(folder: &Path, seed: u64, count: usize) {
    pooled(|| {
        let files = files(folder, "rs");
        let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).expect("it is UTF-8")).collect();
        let mut session = Session::open(request(folder)).expect("there are packages");
        let mut random = Random(seed);
        let mut now = texts.clone();
        let mut most = assert_fresh(&mut session, "at first");
        let mut broken: Option<(usize, String)> = None;
        for number in 0..count {
            // What doesn't parse is mended by the next edit.
            let (file, text) = broken.take().unwrap_or_else(|| {
                let file = random.below(files.len());
                let is_back = random.below(6) == 0;
                (file, if is_back { texts[file].clone() } else { edited(&now[file], &mut random) })
            });
            let before = std::mem::replace(&mut now[file], text);
            session.edit(&files[file], Some(now[file].as_str().into()));
            if !parses(&now[file]) {
                broken = Some((file, before));
                session.check().expect("there is something to check");
            } else if random.below(3) > 0 {
                let what = format!("seed {seed}, edit {number}: {}:\n{}", files[file].display(), now[file]);
                most = most.max(assert_fresh(&mut session, &what));
            }
        }
        for file in &files {
            session.edit(file, None);
        }
        assert_fresh(&mut session, "at last");
        assert!(most > 0, "nothing was ever found in {}", folder.display());
    });
}

#[test]
fn edits_of_a_workspace_of_several_packages() {
    edits(&root().join("fixtures/projects/shop"), 7, 120);
}

#[test]
fn edits_of_code_with_traits_and_macros() {
    let names = ["trait-objects", "names", "memoised", "generic-bounds", "module-paths", "delegation", "re-exports"];
    for (seed, name) in names.iter().enumerate() {
        edits(&root().join("fixtures/rules").join(name), seed as u64 + 1, 24);
    }
}

/// A session over a package with one finding.
struct Tree {
    folder: tempfile::TempDir,
    session: Session,
}

impl Tree {
    fn new() -> Tree {
        let folder = tempfile::tempdir().expect("a folder can be made");
        write(folder.path(), &[("Cargo.toml", MANIFEST), ("src/main.rs", ONE_FINDING)]);
        let session = Session::open(request(folder.path())).expect("there is a package");
        Tree { folder, session }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&mut self, name: &str, text: &str) {
        let what = if self.path(name).exists() { OnDisk::Changed } else { OnDisk::Moved };
        write(self.folder.path(), &[(name, text)]);
        self.session.touch(&self.path(name), what);
    }

    fn remove(&mut self, name: &str) {
        std::fs::remove_file(self.path(name)).expect("it was there");
        self.session.touch(&self.path(name), OnDisk::Moved);
    }

    /// How many findings of a rule there are; a fresh run says the same.
    #[track_caller]
    fn count(&mut self, rule: &str) -> usize {
        let session = &mut self.session;
        pooled(|| {
            assert_fresh(session, "");
            let checked = session.check().expect("there is something to check");
            checked.report.findings.iter().filter(|finding| finding.rule == rule).count()
        })
    }
}

const PER_REQUEST: &str = "client-per-request";
const PER_CALL: &str = "client-per-call";
const OPERATION: &str = "pub fn b() { let client = redis::Client::open(\"redis://h/\").unwrap(); client.ping(); }\n";

#[test]
fn files_come_and_go() {
    let mut tree = Tree::new();
    assert_eq!(tree.count(PER_CALL), 0);
    let main = tree.path("src/main.rs");
    tree.session.edit(&main, Some(format!("pub mod b;\n{ONE_FINDING}").into()));
    assert_eq!(tree.count(PER_CALL), 0, "the module's file isn't there yet");
    tree.write("src/b.rs", OPERATION);
    assert_eq!(tree.count(PER_CALL), 1);
    tree.write("src/b.rs", "pub fn b() {}");
    assert_eq!(tree.count(PER_CALL), 0);
    tree.write("src/b.rs", OPERATION);
    tree.remove("src/b.rs");
    assert_eq!(tree.count(PER_CALL), 0);
    tree.write("src/b/mod.rs", OPERATION);
    assert_eq!(tree.count(PER_CALL), 1, "it was renamed");
    tree.session.edit(&main, Some(ONE_FINDING.into()));
    assert_eq!(tree.count(PER_CALL), 0, "nothing declares it any more");
    tree.write("src/bin/other.rs", &format!("fn main() {{}}\n{OPERATION}"));
    assert_eq!(tree.count(PER_CALL), 1, "a binary of its own");
    assert_eq!(tree.count(PER_REQUEST), 1);
}

#[test]
fn a_file_may_be_in_an_editor_only() {
    let mut tree = Tree::new();
    let (main, other) = (tree.path("src/main.rs"), tree.path("src/b.rs"));
    tree.session.edit(&main, Some(format!("pub mod b;\n{ONE_FINDING}").into()));
    tree.session.edit(&other, Some(OPERATION.into()));
    assert_eq!(tree.count(PER_CALL), 1);
    tree.session.edit(&other, None);
    assert_eq!(tree.count(PER_CALL), 0);
}

#[test]
fn manifests_and_levels_change() {
    let mut tree = Tree::new();
    assert_eq!(tree.count(PER_REQUEST), 1);
    tree.write("Cargo.toml", &MANIFEST.replace("redis =", "rediss ="));
    assert_eq!(tree.count(PER_REQUEST), 0, "it depends on another library");
    tree.write("Cargo.toml", MANIFEST);
    assert_eq!(tree.count(PER_REQUEST), 1);
    let mut request = tree.session.request().clone();
    request.levels.insert(PER_REQUEST.to_owned(), connlint::finding::Level::Off);
    tree.session.ask(request);
    assert_eq!(tree.count(PER_REQUEST), 0);
}

#[test]
fn a_broken_manifest_changes_nothing_until_it_is_mended() {
    let mut tree = Tree::new();
    assert_eq!(tree.count(PER_REQUEST), 1);
    std::fs::write(tree.path("Cargo.toml"), "[package").expect("it can be written");
    let manifest = tree.path("Cargo.toml");
    tree.session.touch(&manifest, OnDisk::Changed);
    let _ = pooled(|| tree.session.check().is_ok());
    tree.write("Cargo.toml", MANIFEST);
    assert_eq!(tree.count(PER_REQUEST), 1);
}

#[test]
fn what_cannot_be_parsed_says_what_it_said() {
    let mut tree = Tree::new();
    let main = tree.path("src/main.rs");
    let reported = |session: &mut Session| {
        let checked = pooled(|| session.check()).expect("there is something to check");
        (checked.report.findings.iter().filter(|one| one.rule == PER_REQUEST).count(), checked.report.problems.len())
    };
    assert_eq!(reported(&mut tree.session), (1, 0));
    for broken in ["}{ \"", &format!("fn b() {{\n{ONE_FINDING}"), &ONE_FINDING.replace("fn main()", "fn main(")] {
        tree.session.edit(&main, Some(broken.into()));
        let (findings, problems) = reported(&mut tree.session);
        assert_eq!(findings, 1, "{broken}");
        assert!(problems > 0, "what is wrong with it is told: {broken}");
    }
    tree.session.edit(&main, Some("".into()));
    assert_eq!(reported(&mut tree.session), (0, 0), "an empty file says nothing");
    tree.session.edit(&main, Some(Arc::from(ONE_FINDING)));
    assert_eq!(reported(&mut tree.session), (1, 0));
}

#[test]
fn a_session_over_a_copy_follows_the_disk() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    copy(&root().join("fixtures/projects/shop"), folder.path());
    pooled(|| {
        let mut session = Session::open(request(folder.path())).expect("there are packages");
        assert_fresh(&mut session, "at first");
        for file in files(folder.path(), "rs") {
            let text = std::fs::read_to_string(&file).expect("it is UTF-8");
            std::fs::write(&file, format!("\n\n{text}")).expect("it can be written");
            session.touch(&file, OnDisk::Changed);
        }
        assert!(assert_fresh(&mut session, "moved down") > 0);
    });
}
