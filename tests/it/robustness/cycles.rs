//! Names, types and calls that lead back to themselves, or on and on: whatever they are, the run ends soon, and what is sound
//! is found.

use std::fmt::Write as _;

use super::{SOUND, package, said};

/// So many links has a chain.
const LONG: usize = 3_000;

/// A library that defines `text`, and what is said of it.
#[track_caller]
fn library(text: &str) -> String {
    let (_guard, folder) = package(&[("src/lib.rs", &format!("{SOUND}{text}"))]);
    let said = said(&folder, 1);
    assert!(said.contains("src/lib.rs:2:18: error[client-per-call]"), "{said}");
    said
}

/// One line for each number below `count`.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

#[test]
fn modules_that_hold_themselves() {
    library("#[path = \"lib.rs\"] mod a;\n");
    library("mod a { #[path = \"../lib.rs\"] mod b; }\ninclude!(\"lib.rs\");\n");
    // Each stands twice in the one before: at the end of the row, more often than can be counted.
    let row: Vec<(String, String)> = (0..60)
        .map(|at| {
            let next = at + 1;
            let twice = format!(
                "#[path = \"m{next}.rs\"] mod a;\n#[path = \"m{next}.rs\"] mod b;\ninclude!(\"m{next}.rs\");\n"
            );
            (format!("src/m{at}.rs"), twice)
        })
        .collect();
    let mut files: Vec<(&str, &str)> = row.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let root = format!("mod m0;\n{SOUND}");
    files.push(("src/lib.rs", &root));
    let (_guard, folder) = package(&files);
    assert!(said(&folder, 1).contains("src/lib.rs:3:18: error"));
    let (_guard, folder) = package(&[
        ("src/lib.rs", &format!("{SOUND}mod a;\n")),
        ("src/a.rs", "#[path = \"b.rs\"]\nmod b;\n"),
        ("src/b.rs", "#[path = \"a.rs\"]\nmod a;\npub fn f() { redis::Client::open(\"redis://h/\").unwrap(); }\n"),
    ]);
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn modules_that_are_there_twice() {
    let one = "pub fn f() { redis::Client::open(\"redis://h/\").unwrap(); }\n";
    let files = [
        ("src/lib.rs", "mod a;\nmod a;\nmod b;\nmod b {}\n"),
        ("src/a.rs", one),
        ("src/a/mod.rs", one),
        ("src/b.rs", one),
    ];
    let (_guard, folder) = package(&files);
    insta::assert_snapshot!(said(&folder, 1));
}

#[test]
fn imports_in_a_circle() {
    let circle = lines(LONG, |at| format!("pub mod m{at} {{ pub use crate::m{}::*; }}", (at + 1) % LONG));
    library(&format!("{circle}pub fn f() {{ m0::Client::open(\"x\"); m1::m2::open(\"x\"); }}\n"));
    library("pub use a::b; pub use b as a; use c::*; use self::c::d as c;\npub fn f() { b::open(); c::d(); }\n");
}

#[test]
fn imports_in_a_row() {
    let row = lines(LONG, |at| format!("pub mod m{at} {{ pub use crate::m{}::*; }}", at + 1));
    let said = library(&format!(
        "{row}pub mod m{LONG} {{ pub use redis::Client; }}\npub fn f() {{ m0::Client::open(\"x\").unwrap(); }}\n"
    ));
    assert_eq!(said.matches("error[client-per-call]").count(), 2, "the way through all is found:\n{said}");
}

#[test]
fn aliases_in_a_circle_and_in_a_row() {
    let circle = lines(LONG, |at| format!("type A{at} = A{};", (at + 1) % LONG));
    library(&format!("{circle}pub fn f(a: A0) {{ a.get_connection(); A0::open(\"x\"); }}\n"));
    library("type A<T> = A<(T, T)>;\npub fn f(a: A<redis::Client>) { a.0.get_connection(); }\n");
    let row = lines(300, |at| format!("type A{at} = A{};", at + 1));
    library(&format!("{row}type A300 = redis::Client;\npub fn f(a: A0) {{ a.get_connection(); }}\n"));
}

#[test]
fn types_that_double() {
    let doubled = lines(200, |at| format!("    let a{} = twice(a{at});", at + 1));
    library(&format!(
        "fn twice<T>(t: T) -> (T, T) {{ (t, t) }}\npub fn f() {{\n    let a0 = redis::Client::open(\"x\").unwrap();\n{doubled}\n}}\n"
    ));
    let paired = lines(200, |at| format!("    let a{} = (a{at}, a{at}, [a{at}]);", at + 1));
    library(&format!("pub fn f() {{\n    let a0 = redis::Client::open(\"x\").unwrap();\n{paired}\n}}\n"));
    let parts = ["T"; 16].join(", ");
    let aliases = lines(40, |at| format!("type A{at}<T> = A{}<({parts})>;", at + 1));
    library(&format!("{aliases}type A40<T> = T;\npub fn f(a: A0<redis::Client>) {{ a.0.get_connection(); }}\n"));
}

#[test]
fn traits_and_targets_in_a_circle() {
    let deref = |from: usize, to: usize| {
        format!(
            "pub struct D{from}; impl std::ops::Deref for D{from} {{ type Target = D{to}; fn deref(&self) -> &D{to} {{ loop {{}} }} }}"
        )
    };
    let circle = lines(LONG, |at| deref(at, (at + 1) % LONG));
    library(&format!("{circle}pub fn f(d: D0) {{ d.get_connection(); redis::Client::open(\"x\"); }}\n"));
    let traits = lines(300, |at| format!("pub trait T{at}: T{} {{ fn m{at}(&self) {{}} }}", (at + 1) % 300));
    library(&format!("{traits}pub fn f(t: &dyn T0) {{ t.m299(); t.get_connection(); redis::Client::open(\"x\"); }}\n"));
    library("pub struct S; impl A for S { type X = <S as A>::X; }\npub fn f(x: <S as A>::X) { x.get_connection(); }\n");
    library("impl<T: A<T::B>> C<T> for T::D where T::D: C<T> {}\n");
}

#[test]
fn calls_in_a_circle_and_in_a_row() {
    let circle = lines(LONG, |at| format!("pub fn f{at}() {{ f{}(); f{}(); }}", (at + 1) % LONG, (at * 7 + 3) % LONG));
    library(&format!("{circle}pub fn g() {{ f0(); redis::Client::open(\"x\").unwrap(); }}\n"));
    let row = lines(LONG, |at| format!("fn f{at}() {{ f{}() }}", at + 1));
    let said = library(&format!(
        "pub fn g() {{ f0() }}\n{row}fn f{LONG}() {{ let _c = redis::Client::open(\"x\").unwrap(); }}\n"
    ));
    assert_eq!(said.matches("error[client-per-call]").count(), 2, "the way through all is found:\n{said}");
    let factories = lines(LONG, |at| format!("fn f{at}() -> redis::Client {{ f{}() }}", at + 1));
    library(&format!(
        "{factories}fn f{LONG}() -> redis::Client {{ redis::Client::open(\"x\").unwrap() }}\npub fn g() {{ f0(); }}\n"
    ));
}

#[test]
fn bodies_with_very_many_statements() {
    let lets = lines(LONG, |at| format!("    let c{} = c{at}.clone();", at + 1));
    library(&format!("pub fn f() {{\n    let c0 = redis::Client::open(\"x\").unwrap();\n{lets}\n}}\n"));
}
