//! Paths and the URIs that the client calls them by.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;
use percent_encoding::percent_decode_str;

use crate::source::file_url;

/// The path of a `file:` URI on this machine; none for anything else (`untitled:`, `git:`).
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.0.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let decoded = percent_decode_str(rest.split(['?', '#']).next()?).decode_utf8().ok()?;
    let path = decoded.strip_prefix('/')?;
    // `/C:/a` on Windows.
    let has_drive = path.as_bytes().get(1) == Some(&b':') && cfg!(windows);
    Some(PathBuf::from(if has_drive { path } else { &*decoded }))
}

/// The URI of a path.
pub(super) fn uri_of(path: &Path) -> Uri {
    Uri(file_url(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        let path = |uri: &str| path_of(&Uri(uri.to_owned()));
        assert_eq!(path("file:///w/a%20b%C3%BC.rs"), Some(PathBuf::from("/w/a bü.rs")));
        assert_eq!(path("file://localhost/w/a.rs"), Some(PathBuf::from("/w/a.rs")));
        for other in ["untitled:Untitled-1", "file://elsewhere/w/a.rs", "file:", "", "file:///%FF"] {
            assert_eq!(path(other), None, "{other}");
        }
        assert_eq!(path_of(&uri_of(Path::new("/w/#a ?.rs"))), Some(PathBuf::from("/w/#a ?.rs")));
    }
}
