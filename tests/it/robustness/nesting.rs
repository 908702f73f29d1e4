//! Code that nests deep: in brackets, and by operators without any. Beyond the limit the item is refused and named, below it
//! everything is walked; nothing overflows a stack.

use super::super::common::binary::connlint;
use super::{SOUND, package};

/// What nests in a way of its own: a name for the module, and a text before, parts that open and close, and one between.
type Shape = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const SHAPES: [Shape; 37] = [
    ("arrays", "pub fn f() { redis::Client::open(", "[", "1", "]", "); }"),
    ("assignments", "pub fn f() { redis::Client::open(x); a", " = a", "", "", "; }"),
    ("attributes", "#[a", "(", "", ")", "] pub fn f() {}"),
    ("binary", "pub fn f() { redis::Client::open(a", " + a", "", "", "); }"),
    ("blocks", "pub fn f() { redis::Client::open(x);", "{", "", "}", "}"),
    ("bounds", "pub fn f<T: ", "A<B = ", "u8", ">", ">() {}"),
    ("calls", "pub fn f() { redis::Client::open(a", "()", "", "", "); }"),
    ("casts", "pub fn f() { redis::Client::open(a", " as u8", "", "", "); }"),
    ("chains", "pub fn f() { redis::Client::open(a", ".b()", "", "", "); }"),
    ("closures", "pub fn f() { redis::Client::open(", "|a| ", "1", "", "); }"),
    ("comments", "pub fn f() {} ", "/*", "", "*/", ""),
    ("conditions", "pub fn f() { redis::Client::open(if a {}", " else if a {}", "", "", "); }"),
    ("function_types", "pub type T = impl ", "Fn() -> impl ", "A", "", ";"),
    ("functions", "", "fn a() {", "", "}", ""),
    ("generics", "pub type T = ", "A<", "u8", ">", ";"),
    ("groups_of_imports", "use ", "a::{", "b", "}", ";"),
    ("if_lets", "pub fn f() { redis::Client::open(x); ", "if let A = ", "x", " {}", "}"),
    ("imports", "use ", "a::", "b", "", ";"),
    ("indices", "pub fn f() { redis::Client::open(a", "[0]", "", "", "); }"),
    ("loops", "pub fn f() { redis::Client::open(x);", "loop {", "", "}", "}"),
    ("macro_items", "", "m! {", "", "}", ""),
    ("macros", "pub fn f() { redis::Client::open(x);", "m!(", "1", ")", "}"),
    ("matches", "pub fn f() { redis::Client::open(x); ", "match ", "x", " {}", "}"),
    ("modules", "", "mod a {", "", "}", ""),
    ("parentheses", "pub fn f() { redis::Client::open(", "(", "1", ")", "); }"),
    ("paths", "pub type T = ", "<", "A", ">::B", ";"),
    ("patterns", "pub fn f() { redis::Client::open(x); let ", "(", "a", ",)", " = b; }"),
    ("ranges", "pub fn f() { redis::Client::open(", "..", "1", "", "); }"),
    ("reference_patterns", "pub fn f() { redis::Client::open(x); let ", "&", "a", "", " = b; }"),
    ("reference_types", "pub type T = ", "&", "u8", "", ";"),
    ("references", "pub fn f() { redis::Client::open(", "&", "x", "", "); }"),
    ("returns", "pub fn f() { redis::Client::open(", "return ", "1", "", "); }"),
    ("shifted_generics", "pub type T = ", "A<&B, ", "u8", ">", ";"),
    ("statics", "pub static A: u8 = ", "(", "1", ")", ";"),
    ("tries", "pub fn f() { redis::Client::open(a", "?", "", "", "); }"),
    ("tuples", "pub type T = ", "(", "u8", ",)", ";"),
    ("unary", "pub fn f() { redis::Client::open(", "!", "x", "", "); }"),
];

/// What is said of a package with a module for each shape, `depth` deep, each with a sound function.
fn checked(depth: usize) -> String {
    let texts: Vec<(String, String)> = SHAPES
        .iter()
        .map(|(name, before, open, between, close, after)| {
            let deep = format!("{before}{}{between}{}{after}\n", open.repeat(depth), close.repeat(depth));
            (format!("src/{name}.rs"), format!("{SOUND}{deep}"))
        })
        .collect();
    let mut files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let root: String = SHAPES.iter().map(|(name, ..)| format!("pub mod {name};\n")).collect();
    files.push(("src/lib.rs", &root));
    let (_guard, folder) = package(&files);
    let said = connlint(&["check", "--format", "short", "--quiet", "."]).within(&folder).exits(1).both();
    // Of each module the finding in its sound function is there, whatever stands below.
    for (name, ..) in SHAPES {
        let finding = format!("src/{name}.rs:2:18: error[client-per-call]");
        assert!(said.lines().any(|line| line.starts_with(&finding)), "nothing is found in {name}:\n{said}");
    }
    said
}

/// The lines that tell of problems.
fn problems(said: &str) -> String {
    said.lines().filter(|line| line.contains(": problem:")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_hundred_thousand_levels_are_refused() {
    insta::assert_snapshot!(problems(&checked(100_000)));
}

#[test]
fn what_is_not_refused_has_room() {
    for depth in [60, 126, 800, 1200, 2400] {
        let problems = problems(&checked(depth));
        // Some are invalid Rust, and some count more than one level for each part; nobody is told anything else.
        let known =
            |line: &&str| ["nest more than", "nests more than", "syntax error"].iter().any(|one| line.contains(one));
        assert_eq!(problems.lines().find(|line| !known(line)), None, "{depth}");
        if depth < 127 {
            assert!(!problems.contains("more than"), "{depth} levels are refused:\n{problems}");
        }
    }
}

#[test]
fn brackets_without_end_are_one_mistake() {
    let deep = "(".repeat(100_000);
    let (_guard, folder) = package(&[("src/lib.rs", &format!("{SOUND}\npub fn f() {{ {deep}\n\npub fn g() {{}}\n"))]);
    insta::assert_snapshot!(super::said(&folder, 1));
    let (_guard, folder) = package(&[("src/lib.rs", &format!("{SOUND}\npub fn f() {{ {}\n", ")".repeat(100_000)))]);
    insta::assert_snapshot!(super::said(&folder, 1));
}

#[test]
fn types_of_own_catalogues_are_bounded_too() {
    let deep = format!("{}u8{}", "A<".repeat(100_000), ">".repeat(100_000));
    let config = format!(
        "[[clients.wrapper]]\nfunction = \"a::b\"\nmakes = \"client\"\nfamily = \"redis\"\nreturns = \"{deep}\"\n"
    );
    let (_guard, folder) = package(&[("src/lib.rs", SOUND), ("connlint.toml", &config)]);
    let catalog = format!("schema = 1\n[[function]]\npath = \"a::b\"\nreturns = \"{deep}\"\n");
    super::write(&folder, &[("own.toml", &catalog)]);
    let said = connlint(&["check", "--format", "short", "."]).within(&folder).exits(2).both();
    assert!(said.len() < 4_000, "the type is not written out: {} bytes", said.len());
}
