//! Attributes: what they are called, what stands in them, whether they make an item test code.

use proc_macro2::{TokenStream, TokenTree};
use smol_str::format_smolstr;

use super::types;
use crate::facts::{Attr, Name};

/// All attributes but doc comments.
pub(super) fn lower(attrs: &[syn::Attribute]) -> Vec<Attr> {
    attrs.iter().filter(|attr| !attr.path().is_ident("doc")).map(lower_one).collect()
}

fn lower_one(attr: &syn::Attribute) -> Attr {
    let mut lowered = Attr { path: types::lower_path(attr.path()), literals: Vec::new(), words: Vec::new() };
    match &attr.meta {
        syn::Meta::Path(_) => {}
        syn::Meta::List(list) => collect(list.tokens.clone(), &mut lowered),
        syn::Meta::NameValue(pair) => {
            if let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value {
                lowered.literals.push(text.value().into());
            }
        }
    }
    lowered
}

fn collect(tokens: TokenStream, into: &mut Attr) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => into.words.push(name(&word)),
            TokenTree::Group(group) => collect(group.stream(), into),
            TokenTree::Literal(literal) => {
                if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                    into.literals.push(text.value().into());
                }
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// An identifier without `r#`.
pub(super) fn name(ident: &syn::Ident) -> Name {
    // Most names fit into a `Name` itself: no detour by a `String`.
    let text = format_smolstr!("{ident}");
    text.strip_prefix("r#").map(Name::from).unwrap_or(text)
}

/// Whether `#[cfg(..)]` leaves the item to test builds only.
pub(super) fn is_test_only(attrs: &[syn::Attribute]) -> bool {
    attrs
        .iter()
        .any(|attr| attr.path().is_ident("cfg") && attr.parse_args::<syn::Meta>().is_ok_and(|meta| demands_test(&meta)))
}

/// Whether a configuration predicate is about test builds: `any(test, feature = "testing")` marks test support.
fn demands_test(meta: &syn::Meta) -> bool {
    match meta {
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::NameValue(_) => false,
        syn::Meta::List(list) => {
            let parts =
                list.parse_args_with(syn::punctuated::Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated);
            let Ok(parts) = parts else { return false };
            (list.path.is_ident("all") || list.path.is_ident("any")) && parts.iter().any(demands_test)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_test_only;

    #[test]
    fn cfg_test_in_all_and_any() {
        let only = |text: &str| {
            let item: syn::ItemFn = syn::parse_str(&format!("{text} fn f() {{}}")).unwrap();
            is_test_only(&item.attrs)
        };
        assert!(only("#[cfg(test)]"));
        assert!(only("#[cfg(all(test, feature = \"x\"))]"));
        assert!(!only("#[cfg(not(test))]"));
        assert!(only("#[cfg(any(test, feature = \"testing\"))]"));
        assert!(!only("#[cfg(any(unix, feature = \"x\"))]"));
    }
}
