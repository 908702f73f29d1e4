//! A program as both see it: data for the interpreter, text for connlint.

use std::fmt::Write as _;

/// A construction, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SiteId(pub(super) usize);

impl SiteId {
    /// The 1-based line that it stands on.
    pub(super) fn line(self, text: &str) -> u32 {
        let mark = format!("\"redis://site{}/\"", self.0);
        let before = text.lines().take_while(|line| !line.contains(&mark)).count();
        u32::try_from(before + 1).expect("programs are short")
    }
}

/// Where a client comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// It is built here.
    Site(SiteId),
    /// A function builds and returns it.
    Factory(usize),
}

/// A statement.
#[derive(Debug, Clone)]
pub(super) enum Statement {
    /// A client is made, used and dropped.
    Use(Source),
    /// A function is called, by number; what it returns is dropped.
    Call(usize),
    /// Some implementation of the trait is called; nobody knows which.
    Dispatch,
    /// Many times.
    For(Vec<Statement>),
    /// Many times.
    While(Vec<Statement>),
    /// Many times, in a closure.
    ForEach(Vec<Statement>),
    /// One or the other.
    If(Vec<Statement>, Vec<Statement>),
    /// A static is looked at, by number: made the first time.
    Static(usize),
    /// A cell is looked at, by number: filled the first time.
    Cell(usize),
    /// In a task of its own.
    Spawn(Vec<Statement>),
}

/// A function.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub(super) body: Vec<Statement>,
    /// What it returns; none for nothing.
    pub(super) returns: Option<Source>,
}

/// A program: `main` starts a server with some handlers; functions call those with higher numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Program {
    pub(super) main: Vec<Statement>,
    pub(super) handlers: Vec<Vec<Statement>>,
    pub(super) functions: Vec<Function>,
    /// Bodies of the implementations of the trait.
    pub(super) implementations: Vec<Vec<Statement>>,
    pub(super) statics: Vec<Source>,
    pub(super) cells: Vec<Source>,
    pub(super) sites: usize,
}

impl Program {
    /// As Rust.
    pub(super) fn text(&self) -> String {
        let mut text = "use std::sync::{LazyLock, OnceLock};\n\nuse axum::{Router, routing::get};\n\n".to_owned();
        for (number, source) in self.statics.iter().enumerate() {
            let _ = writeln!(text, "static S{number}: LazyLock<redis::Client> = LazyLock::new(|| {});", value(*source));
        }
        for number in 0..self.cells.len() {
            let _ = writeln!(text, "static C{number}: OnceLock<redis::Client> = OnceLock::new();");
        }
        text.push_str("\n#[tokio::main]\nasync fn main() {\n");
        self.block(&self.main, 1, &mut text);
        text.push_str("    let app = Router::new()");
        for number in 0..self.handlers.len() {
            let _ = write!(text, "\n        .route(\"/h{number}\", get(h{number}))");
        }
        text.push_str(";\n    let listener = tokio::net::TcpListener::bind(\"0.0.0.0:80\").await.unwrap();\n    ");
        text.push_str("axum::serve(listener, app).await.unwrap();\n}\n");
        for (number, body) in self.handlers.iter().enumerate() {
            let _ = writeln!(text, "\nasync fn h{number}() -> &'static str {{");
            self.block(body, 1, &mut text);
            text.push_str("    \"ok\"\n}\n");
        }
        for (number, function) in self.functions.iter().enumerate() {
            let ret = if function.returns.is_some() { " -> redis::Client" } else { "" };
            let _ = writeln!(text, "\npub fn f{number}(){ret} {{");
            self.block(&function.body, 1, &mut text);
            if let Some(source) = function.returns {
                let _ = writeln!(text, "    {}", value(source));
            }
            text.push_str("}\n");
        }
        if !self.implementations.is_empty() {
            text.push_str(
                "\npub trait Job {\n    fn run(&self);\n}\n\npub fn job() -> Box<dyn Job> {\n    unknown()\n}\n",
            );
        }
        for (number, body) in self.implementations.iter().enumerate() {
            let _ = writeln!(text, "\npub struct J{number};\n\nimpl Job for J{number} {{\n    fn run(&self) {{");
            self.block(body, 2, &mut text);
            text.push_str("    }\n}\n");
        }
        text
    }

    fn block(&self, statements: &[Statement], depth: usize, text: &mut String) {
        for statement in statements {
            self.statement(statement, depth, text);
        }
    }

    fn statement(&self, statement: &Statement, depth: usize, text: &mut String) {
        let indent = "    ".repeat(depth);
        let mut blocks: Vec<(String, &[Statement])> = Vec::new();
        let mut last = String::new();
        let mut around = |head: &str, body, tail: &str| {
            blocks.push((head.to_owned(), body));
            tail.clone_into(&mut last);
        };
        match statement {
            Statement::Use(source) => {
                around(&format!("let client = {};", value(*source)), &[], "println!(\"{client:?}\");");
            }
            Statement::Call(function) => around("", &[], &format!("f{function}();")),
            Statement::Dispatch => around("", &[], "job().run();"),
            Statement::Static(number) => around("", &[], &format!("println!(\"{{:?}}\", *S{number});")),
            Statement::Cell(number) => {
                let source = value(self.cells[*number]);
                around("", &[], &format!("println!(\"{{:?}}\", C{number}.get_or_init(|| {source}));"));
            }
            Statement::For(body) => around("for item in items() {", body, "}"),
            Statement::While(body) => around("while is_more() {", body, "}"),
            Statement::ForEach(body) => around("items().into_iter().for_each(|item| {", body, "});"),
            Statement::Spawn(body) => around("tokio::spawn(async move {", body, "});"),
            Statement::If(then, otherwise) => {
                around("if is_so() {", then, "");
                around("} else {", otherwise, "}");
            }
        }
        for (head, body) in blocks {
            if !head.is_empty() {
                let _ = writeln!(text, "{indent}{head}");
            }
            self.block(body, depth + 1, text);
        }
        let _ = writeln!(text, "{indent}{last}");
    }
}

/// The expression that makes a client.
fn value(source: Source) -> String {
    match source {
        Source::Site(SiteId(number)) => format!("redis::Client::open(\"redis://site{number}/\").unwrap()"),
        Source::Factory(number) => format!("f{number}()"),
    }
}
