//! Texts that are not what one expects of a Rust file.

use super::super::common::binary::connlint;
use super::{SOUND, package, said};

/// What is said of a package whose module `odd` has these bytes; its root is sound.
#[track_caller]
fn odd(bytes: &[u8]) -> String {
    let (_guard, folder) = package(&[("src/lib.rs", &format!("mod odd;\n{SOUND}"))]);
    std::fs::write(folder.join("src/odd.rs"), bytes).expect("it can be written");
    let said = said(&folder, 1);
    assert!(said.contains("src/lib.rs:3:18: error[client-per-call]"), "{said}");
    said
}

/// The same of a sound function after `before`.
#[track_caller]
fn before(before: &str) -> String {
    odd(format!("{before}{SOUND}").as_bytes())
}

#[test]
fn byte_order_mark_and_carriage_returns() {
    let text = format!("\u{feff}#!/usr/bin/env run\r\n{}", SOUND.replace('\n', "\r\n"));
    let said = odd(text.as_bytes());
    assert!(said.contains("src/odd.rs:3:18: error"), "{said}");
}

#[test]
fn null_bytes() {
    insta::assert_snapshot!(before("fn a() {}\n\0\0\0\n\nfn b() {}\n"));
    insta::assert_snapshot!("null_bytes_only", odd(&[0; 100_000]));
}

#[test]
fn other_encodings() {
    let latin: Vec<u8> = format!("// caf\u{e9}\n{SOUND}")
        .chars()
        .map(|ch| u8::try_from(u32::from(ch)).expect("it is Latin-1"))
        .collect();
    insta::assert_snapshot!("latin_1", odd(&latin));
    let wide: Vec<u8> = format!("\u{feff}{SOUND}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    insta::assert_snapshot!("utf_16", odd(&wide));
    // Half a character, a surrogate, an overlong form, one beyond Unicode.
    for bytes in [&b"// \xc3\n"[..], b"// \xed\xa0\x80\n", b"// \xc0\xaf\n", b"// \xf5\x80\x80\x80\n"] {
        let said = odd(&[b"\n", bytes, SOUND.as_bytes()].concat());
        assert!(said.contains("src/odd.rs:2: problem: not valid UTF-8"), "{said}");
    }
}

#[test]
fn names_in_other_scripts() {
    let text = "pub struct Größe { клиент: redis::Client }\npub fn 関数() -> redis::Client {\n    \
                let 値 = redis::Client::open(\"redis://é/\").unwrap(); 値\n}\npub fn ä() { let _x = 関数(); }\n";
    insta::assert_snapshot!(odd(text.as_bytes()));
}

#[test]
fn changes_of_direction_are_shown() {
    let text = "pub fn f() {\n    let c = redis::Client::open(\"redis://\u{202e}h\u{2066}/\").unwrap(); /* \u{202e} */ drop(c)\n}\n";
    odd(text.as_bytes());
    let (_guard, folder) = package(&[("src/lib.rs", text)]);
    let human = connlint(&["check", "."]).within(&folder).exits(1).out;
    assert!(human.contains("redis://\u{fffd}h\u{fffd}/"), "{human}");
    assert!(!human.contains(['\u{202e}', '\u{2066}']), "{human}");
}

#[test]
fn what_has_no_end() {
    for (name, text) in [
        ("string", "fn a() {}\nfn b() { \"never\n"),
        ("raw_string", "fn a() {}\nfn b() { r##\"never\"#\n"),
        ("character", "fn a() {}\nfn b() { ' \n"),
        ("comment", "fn a() {}\nfn b() {} /* /* never */\n"),
        ("attribute", "fn a() {}\n#[a(\n"),
        ("brace", "fn a() {}\nimpl B {\n    fn b() {\n"),
    ] {
        insta::assert_snapshot!(format!("without_end_{name}"), before(text));
    }
}

#[test]
fn what_is_no_rust_at_all() {
    for text in [
        "",
        "\n\n\n",
        "#!",
        "#![",
        "//",
        "/*",
        "\"",
        "'",
        "r#",
        "b'",
        "{\"a\": [1, 2]}",
        "\u{feff}",
        "\u{feff}\u{feff}fn a",
        "%PDF-1.7",
    ] {
        let said = odd(text.as_bytes());
        assert!(said.matches("problem").count() <= 3, "many words about {text:?}: {said}");
    }
}
