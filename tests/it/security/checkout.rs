//! A checkout configures cargo and rustup; connlint runs nothing of it.

use std::path::Path;

use super::super::common::write;
use super::{check, package, trap};

/// Every file and link below a folder with its content.
fn listing(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    walk.map(|entry| entry.expect("it can be read"))
        .map(|entry| (entry.path().to_owned(), std::fs::read(entry.path()).unwrap_or_default()))
        .collect()
}

#[test]
fn cargo_heeds_no_configuration_of_the_checkout() {
    let (guard, folder) = package(&[]);
    let mark = guard.path().join("mark");
    for program in ["rustc", "wrapper", "workspace-wrapper", "linker", "runner", "credentials"] {
        trap(&folder.join("evil").join(program), &mark, "exit 1");
    }
    let evil = folder.join("evil");
    let evil = evil.display();
    let config = format!(
        "[build]\nrustc = \"{evil}/rustc\"\nrustc-wrapper = \"{evil}/wrapper\"\n\
         rustc-workspace-wrapper = \"{evil}/workspace-wrapper\"\n\
         [target.'cfg(all())']\nlinker = \"{evil}/linker\"\nrunner = \"{evil}/runner\"\n\
         [alias]\nmetadata = \"run\"\n\
         [env]\nRUSTC = {{ value = \"{evil}/rustc\", force = true }}\n\
         [registry]\nglobal-credential-providers = [\"{evil}/credentials\"]\n\
         [source.crates-io]\nreplace-with = \"other\"\n[source.other]\nregistry = \"sparse+http://127.0.0.1:9/\"\n"
    );
    let build = format!("fn main() {{ std::fs::write({mark:?}, \"\").unwrap(); }}");
    write(&folder, &[(".cargo/config.toml", &config), ("build.rs", &build)]);
    let before = listing(&folder);
    let said = check(&folder, &["--all-targets"]).exits(1).both();
    assert!(said.contains("client-per-request") && !said.contains("problem"), "{said}");
    assert!(!mark.exists(), "something was run");
    assert_eq!(listing(&folder), before, "something was written");
}

#[test]
fn cargo_does_not_even_read_it() {
    // cargo would say that this is no TOML.
    let (_guard, folder) = package(&[(".cargo/config.toml", "[[[")]);
    let said = check(&folder, &[]).exits(1).both();
    assert!(!said.contains("problem"), "{said}");
    // It would wait for ever for somebody to write into the pipe.
    std::fs::remove_file(folder.join(".cargo/config.toml")).expect("it is there");
    pipe(&folder.join(".cargo/config.toml"));
    let said = check(&folder, &[]).exits(1).both();
    assert!(!said.contains("problem"), "{said}");
}

#[test]
fn rustup_runs_no_toolchain_of_the_checkout() {
    let (guard, folder) = package(&[]);
    let mark = guard.path().join("mark");
    trap(&folder.join("toolchain/bin/cargo"), &mark, "exit 1");
    trap(&folder.join("toolchain/bin/rustc"), &mark, "exit 1");
    let place = folder.join("toolchain");
    let place = place.display();
    let files = [
        ("rust-toolchain.toml", format!("[toolchain]\npath = \"{place}\"\n")),
        ("rust-toolchain.toml", "[toolchain]\npath = \"toolchain\"\n".to_owned()),
        ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.0.0\"\n".to_owned()),
        ("rust-toolchain", "1.0.0\n".to_owned()),
    ];
    for (name, text) in files {
        write(&folder, &[(name, &text)]);
        // From the variable of the test run the toolchain would be known already.
        let said = check(&folder, &[]).without("RUSTUP_TOOLCHAIN").without("CARGO").exits(1).both();
        assert!(!said.contains("problem"), "{name}: {text}\n{said}");
        assert!(!mark.exists(), "something was run by {name}: {text}");
        std::fs::remove_file(folder.join(name)).expect("it is there");
    }
}

/// Makes a named pipe.
pub(crate) fn pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo is there");
    assert!(made.success(), "mkfifo failed");
}
