//! Text → facts, and every body that was left as text. Nothing may panic, hang or overflow the stack, and ranges of bodies lie
//! in the text.

#![no_main]

use std::sync::LazyLock;

use connlint::catalog::Catalog;
use connlint::facts::{BodySource, Function, Item, ItemKind};
use connlint::parse::{MacroTable, Tests, parse_body, parse_file};
use libfuzzer_sys::fuzz_target;

static MACROS: LazyLock<MacroTable> =
    LazyLock::new(|| Catalog::builtin().expect("the catalogues are well-formed").macro_table());

fuzz_target!(|text: &str| {
    for tests in [Tests::Skip, Tests::Keep] {
        let facts = parse_file(text, &MACROS, tests);
        for function in functions(&facts.items) {
            if let Some(body) = &function.body
                && let BodySource::Text(unparsed) = &body.source
            {
                assert!(text.is_char_boundary(unparsed.range.start) && text.is_char_boundary(unparsed.range.end));
                assert!(text[unparsed.range.clone()].starts_with('{'), "a body begins with its brace");
                let _ = parse_body(text, unparsed, &MACROS);
            }
        }
    }
});

fn functions(items: &[Item]) -> Vec<&Function> {
    let mut found: Vec<&Function> = Vec::new();
    for item in items {
        match &item.kind {
            ItemKind::Fn(function) => found.push(function),
            ItemKind::Impl(block) => found.extend(&block.functions),
            ItemKind::Trait(block) => found.extend(&block.functions),
            ItemKind::Mod(module) => found.extend(functions(module.items.as_deref().unwrap_or_default())),
            _ => {}
        }
    }
    found
}
