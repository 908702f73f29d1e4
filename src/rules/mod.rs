//! Rules: what each one is, and what `connlint explain` says of it.

pub mod page;
