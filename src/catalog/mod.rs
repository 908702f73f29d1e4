//! Knowledge about client crates, frameworks and the language's runtime, as data.

pub mod model;
