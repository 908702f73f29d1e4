//! What the client can do, and where it works.
//!
//! In: the parameters of `initialize`, read leniently: what is missing or odd is not there. Out: a [`Client`].

use std::path::PathBuf;

use gen_lsp_types::Uri;
use serde_json::Value;

use super::position::Encoding;
use super::uri::path_of;

/// See the module.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "capabilities are bools, each for itself")]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    /// The folders that are open.
    pub(super) folders: Vec<PathBuf>,
    /// Diagnostics may have places beside their own.
    pub(super) related: bool,
    /// Diagnostics may link to a page.
    pub(super) links: bool,
    /// Diagnostics may be shown as needless code.
    pub(super) unnecessary: bool,
    /// It takes diagnostics that are sent to it.
    pub(super) push: bool,
    /// It asks for diagnostics.
    pub(super) pull: bool,
    /// It may be told to ask again.
    pub(super) refresh_diagnostics: bool,
    pub(super) refresh_lenses: bool,
    /// Edits may name the version of their document.
    pub(super) versioned_edits: bool,
    /// Actions may be more than commands.
    pub(super) action_literals: bool,
    pub(super) progress: bool,
    pub(super) configuration: bool,
    pub(super) register_configuration: bool,
    pub(super) register_watching: bool,
    pub(super) show_document: bool,
    /// Hovers may be Markdown.
    pub(super) markdown: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn read(params: &Value) -> Client {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let can = |path: &str| capability(path).and_then(Value::as_bool) == Some(true);
        let is_there = |path: &str| capability(path).is_some_and(|value| !value.is_null());
        let has = |path: &str, wanted: &dyn Fn(&Value) -> bool| {
            capability(path).and_then(Value::as_array).is_some_and(|all| all.iter().any(wanted))
        };
        let document = "textDocument/publishDiagnostics";
        Client {
            encoding: encoding(capability("general/positionEncodings")),
            folders: folders(params),
            related: can(&format!("{document}/relatedInformation"))
                || can("textDocument/diagnostic/relatedInformation"),
            links: can(&format!("{document}/codeDescriptionSupport"))
                || can("textDocument/diagnostic/codeDescriptionSupport"),
            unnecessary: has(&format!("{document}/tagSupport/valueSet"), &|tag| tag == 1),
            push: is_there(document),
            pull: is_there("textDocument/diagnostic"),
            refresh_diagnostics: can("workspace/diagnostics/refreshSupport"),
            refresh_lenses: can("workspace/codeLens/refreshSupport"),
            versioned_edits: can("workspace/workspaceEdit/documentChanges"),
            action_literals: is_there("textDocument/codeAction/codeActionLiteralSupport"),
            progress: can("window/workDoneProgress"),
            configuration: can("workspace/configuration"),
            register_configuration: can("workspace/didChangeConfiguration/dynamicRegistration"),
            register_watching: can("workspace/didChangeWatchedFiles/dynamicRegistration"),
            show_document: can("window/showDocument/support"),
            markdown: has("textDocument/hover/contentFormat", &|format| format == "markdown"),
        }
    }
}

/// The first of the client's encodings that we know: it has them in the order in which it likes them.
fn encoding(offered: Option<&Value>) -> Encoding {
    let offered = offered.and_then(Value::as_array).into_iter().flatten();
    offered.filter_map(Value::as_str).find_map(Encoding::named).unwrap_or_default()
}

/// The folders of the workspace, or the one folder that older clients name.
fn folders(params: &Value) -> Vec<PathBuf> {
    let path = |uri: Option<&Value>| uri.and_then(Value::as_str).and_then(|uri| path_of(&Uri(uri.to_owned())));
    match params.get("workspaceFolders").and_then(Value::as_array) {
        Some(folders) => folders.iter().filter_map(|folder| path(folder.get("uri"))).collect(),
        None => {
            let root = path(params.get("rootUri"));
            let older = || params.get("rootPath").and_then(Value::as_str).map(PathBuf::from);
            root.or_else(older).into_iter().collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn older_clients_name_one_folder() {
        let folders = |params: &Value| Client::read(params).folders;
        assert_eq!(folders(&json!({ "rootUri": "file:///a", "workspaceFolders": null })), [PathBuf::from("/a")]);
        assert_eq!(folders(&json!({ "rootPath": "/a" })), [PathBuf::from("/a")]);
        assert!(folders(&json!({ "rootUri": "file:///a", "workspaceFolders": [] })).is_empty());
        let several =
            json!({ "workspaceFolders": [{ "uri": "file:///a" }, { "uri": "x:b" }, { "uri": "file:///c" }, 7] });
        assert_eq!(folders(&several), [PathBuf::from("/a"), PathBuf::from("/c")]);
    }

    #[test]
    fn the_client_s_favourite_encoding_is_taken() {
        let encoding = |offered: Value| {
            Client::read(&json!({ "capabilities": { "general": { "positionEncodings": offered } } })).encoding
        };
        assert_eq!(encoding(json!(["utf-7", "utf-32", "utf-8"])), Encoding::Utf32);
        assert_eq!(encoding(json!([])), Encoding::Utf16);
        assert_eq!(encoding(Value::Null), Encoding::Utf16);
    }
}
