//! Fixes: what they make of the programs in `fixtures/fixes`, whose texts before and after both type-check.
//!
//! `CONNLINT_BLESS=1` writes what the fixes make into `after`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use connlint::check::{Checked, Request, run};
use connlint::finding::{Applicability, Fix};
use connlint::fix::{Mended, Wanted, mend, merge};
use connlint::source::Overlay;

use super::common::library::{in_pool, request};
use super::common::{files, root, shown};

/// The folders of `fixtures/fixes`.
fn fixtures() -> Vec<PathBuf> {
    let folder = root().join("fixtures/fixes");
    let mut found: Vec<PathBuf> =
        folder.read_dir().expect("the folder can be read").map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    assert!(found.len() >= 5, "{found:?}");
    found
}

fn request_of(folder: &Path) -> Request {
    request(&[folder.to_owned()], root(), false)
}

fn mended(request: &Request) -> Mended {
    let wanted = Wanted { least: Applicability::Unsafe, is_untouchable: &|_| false };
    in_pool(|| mend(request, wanted)).expect("there is something to check")
}

/// Every source of a folder, by its name within, with what stands for it.
fn texts(folder: &Path, overlay: &Overlay) -> BTreeMap<String, String> {
    let of = |path: PathBuf| {
        let on_disk = || std::fs::read_to_string(&path).expect("it can be read");
        let text = overlay.get(&path).map_or_else(on_disk, |text| text.to_string());
        let name = path.strip_prefix(folder).expect("it is below").to_string_lossy().into_owned();
        (name, text)
    };
    files(folder, "rs").into_iter().map(of).collect()
}

/// A random number generator that needs no crate (xorshift): the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("it is below the limit")
    }
}

/// What is left to say of a folder: rules and places.
fn left(checked: &Checked) -> Vec<String> {
    let place = |location: &connlint::finding::Location| format!("{}:{}", location.file, location.span.start.line);
    checked.report.findings.iter().map(|finding| format!("{}: {}", place(&finding.location), finding.rule)).collect()
}

#[test]
fn fixes_make_what_stands_beside_them_and_leave_nothing_to_say() {
    let is_blessing = std::env::var_os("CONNLINT_BLESS").is_some();
    for fixture in fixtures() {
        let (before, after) = (fixture.join("before"), fixture.join("after"));
        let mended = mended(&request_of(&before));
        assert!(!mended.mended.is_empty(), "{}: nothing is mended", shown(&before));
        assert_eq!(left(&mended.checked), Vec::<String>::new(), "{}: findings are left", shown(&before));
        assert!(mended.refused.is_empty(), "{}: {:?}", shown(&before), mended.refused);
        let made = texts(&before, &mended.after);
        if is_blessing {
            for (name, text) in &made {
                let path = after.join(name);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
                std::fs::write(path, text).expect("it can be written");
            }
            let manifest = std::fs::read_to_string(before.join("Cargo.toml")).expect("a manifest");
            std::fs::write(after.join("Cargo.toml"), manifest.replace("-before\"", "-after\""))
                .expect("it can be written");
        }
        for (name, text) in &made {
            let expected = std::fs::read_to_string(after.join(name)).unwrap_or_default();
            assert_eq!(*text, expected, "{}/after/{name}", shown(&fixture));
        }
        assert_eq!(made.keys().collect::<Vec<_>>(), texts(&after, &Overlay::new()).keys().collect::<Vec<_>>());
    }
}

#[test]
fn fixes_change_nothing_the_second_time() {
    for fixture in fixtures() {
        let mended = mended(&request_of(&fixture.join("after")));
        assert!(mended.after.is_empty() && mended.mended.is_empty(), "{}", shown(&fixture));
        assert_eq!(left(&mended.checked), Vec::<String>::new(), "{}", shown(&fixture));
    }
}

#[test]
fn the_order_of_fixes_does_not_matter() {
    const SEEDS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 42];
    for fixture in fixtures() {
        let before = fixture.join("before");
        let expected = texts(&fixture.join("after"), &Overlay::new());
        for seed in SEEDS {
            let made = texts(&before, &one_by_one(&before, Random(seed)));
            for (name, text) in &expected {
                assert_eq!(&made[name], text, "{}/{name}, seed {seed}", shown(&before));
            }
        }
    }
}

/// Applies one fix at a time, whichever comes up, until there is none.
fn one_by_one(folder: &Path, mut random: Random) -> Overlay {
    let mut request = request_of(folder);
    for _ in 0..64 {
        let checked = in_pool(|| run(&request)).expect("there is something to check");
        let fixes: Vec<&Fix> = checked.report.findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        let fixes: Vec<&Fix> = fixes.into_iter().filter(|fix| fix.applicability >= Applicability::Unsafe).collect();
        if fixes.is_empty() {
            return Arc::unwrap_or_clone(request.overlay);
        }
        let merged = merge(&[fixes[random.below(fixes.len())]], &checked.sources);
        let overlay = Arc::make_mut(&mut request.overlay);
        for (name, text) in merged.texts {
            let path = checked.sources.get(&name).expect("a source").path.clone();
            overlay.insert(path, text.into());
        }
    }
    panic!("{}: there is no end to the fixes", folder.display());
}

/// Not only the chosen programs: whatever is mended in any fixture parses, and a second run changes nothing.
#[test]
fn fixes_of_all_fixtures_come_to_an_end() {
    for folder in ["fixtures/rules", "fixtures/practice", "fixtures/projects"] {
        let first = mended(&request_of(&root().join(folder)));
        assert!(first.mended.len() > 10, "{folder}: {} mended", first.mended.len());
        let again = Request { overlay: Arc::new(first.after.clone()), ..request_of(&root().join(folder)) };
        let second = mended(&again);
        assert!(second.after.is_empty(), "{folder}: {:?}", second.after.keys().collect::<Vec<_>>());
    }
}
