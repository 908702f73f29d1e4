//! Code that shows the change, with the project's names.
//!
//! In: an [`Example`]: texts of types, parameters and expressions. Out: formatted code; none when a text is no Rust.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// How a handler takes state and uses what it holds.
#[derive(Debug, Clone)]
pub(super) struct Take {
    /// The handler's name.
    pub(super) function: String,
    /// It is `async`.
    pub(super) is_async: bool,
    /// The parameter.
    pub(super) parameter: String,
    /// The expression that uses the handle.
    pub(super) usage: String,
    /// The variable for it.
    pub(super) variable: String,
    /// It is used mutably.
    pub(super) mutable: bool,
}

/// What to show.
#[derive(Debug, Clone)]
pub(super) enum Example {
    /// A handler that uses what its state holds.
    Use(Take),
    /// A state type that holds it, and a handler that uses it.
    Keep {
        /// The state type.
        owner: String,
        /// The field.
        field: String,
        /// Its type.
        ty: String,
        /// The handler.
        take: Take,
    },
    /// A struct that holds it, and a method that uses it.
    Struct {
        /// The struct.
        holder: String,
        /// The type whose method it is.
        owner: String,
        /// The field.
        field: String,
        /// Its type.
        ty: String,
        /// The method.
        method: String,
        /// It is `async`.
        is_async: bool,
        /// The expression that uses the handle.
        usage: String,
        /// The variable for it.
        variable: String,
        /// It is used mutably.
        mutable: bool,
        /// The struct has parameters, which are not shown.
        generic: bool,
    },
    /// A static, filled on first use.
    Static {
        /// Its name.
        name: String,
        /// Its type.
        ty: String,
        /// A function or closure that makes it.
        init: String,
    },
    /// A value made in front of a loop.
    Loop {
        /// The variable.
        variable: String,
        /// The expression that makes it.
        make: String,
        /// The loop up to its body.
        header: String,
        /// It is used mutably.
        mutable: bool,
    },
    /// A value made in front of a worker's closure.
    Worker {
        /// The variable.
        variable: String,
        /// The expression that makes it.
        make: String,
        /// The function that takes the closure.
        callee: String,
    },
}

/// Stands for the code that is left out.
const REST: &str = "rest!();";
const REST_FIELD: &str = "rest: Rest,";

/// The formatted code.
pub(super) fn render(example: &Example) -> Option<String> {
    match example {
        Example::Use(take) => items(function(take)?),
        Example::Keep { owner, field, ty, take } => {
            let owner = structure(owner, field, ty, true)?;
            let function = function(take)?;
            items(quote! { #owner #function })
        }
        Example::Struct { holder, owner, field, ty, method, is_async, usage, variable, mutable, generic } => {
            let held = structure(holder, field, ty, false)?;
            let bind = binding(variable, usage, *mutable)?;
            let (owner, method) = (name(owner)?, name(method)?);
            let marker = is_async.then(|| quote!(async));
            let method = quote! { #marker fn #method(&self) { #bind rest!(); } };
            if *generic { items(held) } else { items(quote! { #held impl #owner { #method } }) }
        }
        Example::Static { name: text, ty, init } => {
            let (name, ty, init) = (name(text)?, parse::<syn::Type>(ty)?, parse::<syn::Expr>(init)?);
            items(quote! { static #name: std::sync::LazyLock<#ty> = std::sync::LazyLock::new(#init); })
        }
        Example::Loop { variable, make, header, mutable } => {
            let bind = binding(variable, make, *mutable)?;
            let around: TokenStream = format!("{header} {{ rest!(); }}").parse().ok()?;
            statements(quote! { #bind #around })
        }
        Example::Worker { variable, make, callee } => {
            let (bind, variable) = (binding(variable, make, false)?, name(variable)?);
            let callee = parse::<syn::Expr>(callee)?;
            statements(quote! { #bind #callee(move || { let #variable = #variable.clone(); rest!(); }); })
        }
    }
}

fn function(take: &Take) -> Option<TokenStream> {
    let name = name(&take.function)?;
    let parameter = parse::<syn::FnArg>(&take.parameter)?;
    let bind = if take.usage == take.variable {
        TokenStream::new()
    } else {
        binding(&take.variable, &take.usage, take.mutable)?
    };
    let marker = take.is_async.then(|| quote!(async));
    Some(quote! { #marker fn #name(#parameter) { #bind rest!(); } })
}

fn structure(owner: &str, field: &str, ty: &str, public: bool) -> Option<TokenStream> {
    let (owner, field, ty) = (name(owner)?, name(field)?, parse::<syn::Type>(ty)?);
    let shown = public.then(|| quote!(pub));
    Some(quote! { struct #owner { #shown #field: #ty, rest: Rest } })
}

fn binding(variable: &str, value: &str, mutable: bool) -> Option<TokenStream> {
    let (variable, value) = (name(variable)?, parse::<syn::Expr>(value)?);
    let marker = (mutable && !matches!(value, syn::Expr::Reference(_))).then(|| quote!(mut));
    Some(quote! { let #marker #variable = #value; })
}

fn name(text: &str) -> Option<proc_macro2::Ident> {
    parse::<syn::Ident>(text).or_else(|| {
        let is_word = text.chars().all(|c| c.is_alphanumeric() || c == '_') && text.starts_with(char::is_alphabetic);
        (is_word && !matches!(text, "self" | "Self" | "super" | "crate")).then(|| format_ident!("r#{text}"))
    })
}

fn parse<T: syn::parse::Parse>(text: &str) -> Option<T> {
    syn::parse_str(text).ok()
}

/// Items, formatted.
fn items(tokens: TokenStream) -> Option<String> {
    let file: syn::File = syn::parse2(tokens).ok()?;
    Some(finished(&prettyplease::unparse(&file)))
}

/// Statements, formatted as those of a function.
fn statements(tokens: TokenStream) -> Option<String> {
    let file: syn::File = syn::parse2(quote! { fn f() { #tokens } }).ok()?;
    let text = prettyplease::unparse(&file);
    let lines: Vec<&str> = text.lines().collect();
    let inner = lines.get(1..lines.len().checked_sub(1)?)?;
    let inner: Vec<&str> = inner.iter().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    Some(finished(&inner.join("\n")))
}

/// What is left out becomes a comment.
fn finished(text: &str) -> String {
    text.replace(REST, "// ...").replace(REST_FIELD, "// ...").trim_end().to_owned()
}
