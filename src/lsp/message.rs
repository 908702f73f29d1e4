//! JSON-RPC: what a message is, and what it is answered with when it cannot be used.
//!
//! In: JSON. Out: an [`Incoming`], or a [`Refusal`] with the id that it is to be sent to.

use gen_lsp_types::json_rpc::Id;
use gen_lsp_types::{ErrorCodes, LspErrorCodes};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A message of the client.
#[derive(Debug)]
pub(super) enum Incoming {
    Request {
        id: Id,
        method: String,
        params: Value,
    },
    Notification {
        method: String,
        params: Value,
    },
    /// What the client says to a request of ours.
    Response {
        id: Id,
        result: Option<Value>,
    },
}

/// Why a request is not answered with a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: i32,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn parse(message: String) -> Refusal {
        Refusal { code: i32::from(ErrorCodes::ParseError), message }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Refusal {
        Refusal { code: i32::from(ErrorCodes::InvalidRequest), message: message.into() }
    }

    pub(super) fn params(message: String) -> Refusal {
        Refusal { code: i32::from(ErrorCodes::InvalidParams), message }
    }

    pub(super) fn unknown(method: &str) -> Refusal {
        Refusal { code: i32::from(ErrorCodes::MethodNotFound), message: format!("no method `{method}`") }
    }

    pub(super) fn uninitialised() -> Refusal {
        let message = "the first request is `initialize`".to_owned();
        Refusal { code: i32::from(ErrorCodes::ServerNotInitialized), message }
    }

    pub(super) fn cancelled() -> Refusal {
        Refusal { code: i32::from(LspErrorCodes::RequestCancelled), message: "cancelled".to_owned() }
    }

    pub(super) fn failed(message: impl Into<String>) -> Refusal {
        Refusal { code: i32::from(LspErrorCodes::RequestFailed), message: message.into() }
    }
}

/// Reads a message.
///
/// # Errors
/// When it is none: to whom, and why.
pub(super) fn incoming(message: Value) -> Result<Incoming, (Id, Refusal)> {
    let Value::Object(mut fields) = message else {
        return Err((Id::Null, Refusal::invalid("a message is an object")));
    };
    let id = fields.remove("id").map(serde_json::from_value::<Id>);
    let id = match id {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return Err((Id::Null, Refusal::invalid("an id is a number or a text"))),
    };
    let params = fields.remove("params").unwrap_or_default();
    match (id, fields.remove("method")) {
        (Some(id), Some(Value::String(method))) => Ok(Incoming::Request { id, method, params }),
        (None, Some(Value::String(method))) => Ok(Incoming::Notification { method, params }),
        (id, Some(_)) => Err((id.unwrap_or(Id::Null), Refusal::invalid("a method is a text"))),
        (Some(id), None) if fields.contains_key("result") || fields.contains_key("error") => {
            Ok(Incoming::Response { id, result: fields.remove("result") })
        }
        (id, None) => Err((id.unwrap_or(Id::Null), Refusal::invalid("a message without a method"))),
    }
}

/// The parameters of a method.
///
/// # Errors
/// When they are not what the protocol says.
pub(super) fn params<P: DeserializeOwned>(params: Value) -> Result<P, Refusal> {
    serde_json::from_value(params).map_err(|error| Refusal::params(error.to_string()))
}
