//! The words of the help: what to make, how it is shared and used.
//!
//! In: handles and places. Out: parts of help lines, and the expressions they speak of.

use super::article;
use super::handle::{Handle, Sharing};
use super::reach::Held;
use super::situation::Situation;
use crate::finding::Resource;
use crate::link::TypeId;

/// `build it once in ..`, `` open one `ConnectionManager` in .. ``, `` call `make_pool` once in .. ``.
pub(super) fn make(handle: &Handle, place: &str) -> String {
    let place = if place.starts_with('`') { format!("in {place}") } else { place.to_owned() };
    let verb = if handle.resource == Resource::Connection { "open" } else { "build" };
    match (&handle.factory, &handle.maker) {
        (Some(_), _) if handle.sharing == Sharing::Reference => format!("build one `{}` {place}", handle.name),
        (_, Some(_)) if is_word(&handle.name) => format!("{verb} {} once {place}", with_article(&handle.name)),
        (_, Some(_)) => format!("{verb} one `{}` {place}", handle.name),
        _ => format!("{verb} it once {place}"),
    }
}

/// How the handle is shared, as the catalogue knows.
pub(super) fn sharing(handle: &Handle) -> Option<String> {
    let with = handle.maker.as_deref().filter(|maker| !maker.is_empty());
    match (&handle.sharing, handle.resource) {
        (Sharing::Clone, Resource::Connection) => Some(match with {
            Some(maker) => format!("open it with `{maker}`; its clones share one connection, so clone it for each use"),
            None => "its clones share one connection, so clone it for each use".to_owned(),
        }),
        (Sharing::Clone, _) => {
            Some(format!("clones of {} share its connections, so one is enough", with_article(&handle.name)))
        }
        (Sharing::Pool(Some(take)), _) => {
            Some(format!("clones of a pool share its connections: take one out with `{take}`"))
        }
        (Sharing::Pool(None), _) => Some("clones of a pool share its connections, so one is enough".to_owned()),
        (Sharing::Arc, _) => Some("it can't be cloned, but an `Arc` of it can".to_owned()),
        (Sharing::Lock, _) => Some("its methods need `&mut self`: share it behind a lock".to_owned()),
        (Sharing::Reference | Sharing::Unknown, _) => None,
    }
}

/// The expression that uses the handle kept at `place`.
pub(super) fn usage(handle: &Handle, place: &str) -> String {
    match (&handle.sharing, handle.resource) {
        (Sharing::Clone, Resource::Connection) | (Sharing::Arc, _) => format!("{place}.clone()"),
        (Sharing::Pool(Some(take)), _) => format!("{place}.{take}"),
        _ => place.to_owned(),
    }
}

/// A use as an argument or initialiser: a place is borrowed.
pub(super) fn borrowed(usage: &str) -> String {
    if usage.ends_with(')') || usage.ends_with("await") { usage.to_owned() } else { format!("&{usage}") }
}

/// The variable that a use is bound to: what comes out of a pool is a connection.
pub(super) fn variable(handle: &Handle, field: &str) -> String {
    if matches!(handle.sharing, Sharing::Pool(Some(_))) { "connection".to_owned() } else { field.to_owned() }
}

/// Whether commands need the handle mutably.
pub(super) fn is_mutable(handle: &Handle) -> bool {
    handle.resource == Resource::Connection || matches!(handle.sharing, Sharing::Pool(Some(_)))
}
/// `` `AppState` (src/state.rs:8) already holds a `ConnectionManager` in `redis` ``.
pub(super) fn already_holds(s: &Situation<'_, '_>, owner: TypeId, held: &Held) -> String {
    format!("{} already holds {} in `{}`", s.type_place(owner), with_article(&held.written), held.field())
}

/// `` a `reqwest::Client` ``.
pub(super) fn with_article(name: &str) -> String {
    if is_word(name) { format!("{} {name}", article(name)) } else { format!("{} `{name}`", article(name)) }
}

/// Whether a handle is only named by what it is (`pool`), its type being unknown.
pub(super) fn is_word(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_lowercase())
}
