//! Runs a program and counts.
//!
//! In: a program and a [`World`]. Out: how often each construction was done. Nothing is known here of what is right or wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::program::{Program, SiteId, Source, Statement};

/// What the program cannot know.
#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    /// Requests to each handler.
    pub(super) requests: u32,
    /// Turns of each loop.
    pub(super) turns: u32,
    /// Calls from outside to each function that nobody in the program calls.
    pub(super) calls: u32,
}

/// How often each construction is done.
pub(super) fn count(program: &Program, world: World) -> BTreeMap<SiteId, u64> {
    let counts = (0..program.sites).map(|number| (SiteId(number), 0)).collect();
    let mut run = Run { program, world, counts, made: BTreeSet::new() };
    run.block(&program.main);
    for handler in &program.handlers {
        for _ in 0..world.requests {
            run.block(handler);
        }
    }
    for number in (0..program.functions.len()).filter(|number| !is_called(program, *number)) {
        for _ in 0..world.calls {
            run.block(&program.functions[number].body);
            // What it returns is the caller's, whoever that is. The functions on the way do what else they do.
            if let Some(source) = program.functions[number].returns {
                run.passed_on(source);
            }
        }
    }
    if !dispatches(program) {
        for body in &program.implementations {
            for _ in 0..world.calls {
                run.block(body);
            }
        }
    }
    // Others may look at them, too.
    for number in 0..program.statics.len() {
        run.statement(&Statement::Static(number));
    }
    run.counts
}

struct Run<'p> {
    program: &'p Program,
    world: World,
    counts: BTreeMap<SiteId, u64>,
    /// Statics and cells that are filled: whether it is a cell, its number.
    made: BTreeSet<(bool, usize)>,
}

impl Run<'_> {
    fn block(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Use(source) => self.make(*source),
            Statement::Call(function) => self.make(Source::Factory(*function)),
            // Any of them may be meant.
            Statement::Dispatch => self.program.implementations.iter().for_each(|body| self.block(body)),
            Statement::For(body) | Statement::While(body) | Statement::ForEach(body) => {
                for _ in 0..self.world.turns {
                    self.block(body);
                }
            }
            // Once this way, once that.
            Statement::If(then, otherwise) => {
                self.block(then);
                self.block(otherwise);
            }
            Statement::Spawn(body) => self.block(body),
            Statement::Static(number) => {
                if self.made.insert((false, *number)) {
                    self.make(self.program.statics[*number]);
                }
            }
            Statement::Cell(number) => {
                if self.made.insert((true, *number)) {
                    self.make(self.program.cells[*number]);
                }
            }
        }
    }

    /// Calls a function, or makes a client.
    fn make(&mut self, source: Source) {
        match source {
            Source::Site(site) => *self.counts.entry(site).or_default() += 1,
            Source::Factory(function) => {
                let program = self.program;
                self.block(&program.functions[function].body);
                if let Some(source) = program.functions[function].returns {
                    self.make(source);
                }
            }
        }
    }

    /// The same where the client leaves the program.
    fn passed_on(&mut self, source: Source) {
        if let Source::Factory(function) = source {
            let program = self.program;
            self.block(&program.functions[function].body);
            if let Some(source) = program.functions[function].returns {
                self.passed_on(source);
            }
        }
    }
}

/// Whether anything in the program calls a function.
fn is_called(program: &Program, function: usize) -> bool {
    let is_it = |source: &Source| matches!(source, Source::Factory(number) if *number == function);
    let returns = program.functions.iter().filter_map(|one| one.returns.as_ref());
    returns.chain(&program.statics).any(is_it)
        || bodies(program).any(|body| {
            has(body, &|statement| match statement {
                Statement::Call(number) => *number == function,
                Statement::Use(source) => is_it(source),
                Statement::Cell(number) => is_it(&program.cells[*number]),
                _ => false,
            })
        })
}

fn dispatches(program: &Program) -> bool {
    bodies(program).any(|body| has(body, &|statement| matches!(statement, Statement::Dispatch)))
}

fn bodies(program: &Program) -> impl Iterator<Item = &[Statement]> {
    let functions = program.functions.iter().map(|function| &function.body);
    let all = std::iter::once(&program.main).chain(&program.handlers).chain(functions).chain(&program.implementations);
    all.map(Vec::as_slice)
}

/// Whether a statement of this kind stands anywhere in a body.
fn has(body: &[Statement], is: &dyn Fn(&Statement) -> bool) -> bool {
    body.iter().any(|statement| {
        is(statement)
            || match statement {
                Statement::For(inner)
                | Statement::While(inner)
                | Statement::ForEach(inner)
                | Statement::Spawn(inner) => has(inner, is),
                Statement::If(then, otherwise) => has(then, is) || has(otherwise, is),
                _ => false,
            }
    })
}
