//! Small programs, one for each seed.

use super::program::{Function, Program, SiteId, Source, Statement};

/// Functions of a program, at most.
const FUNCTIONS: u64 = 6;

/// Blocks within blocks, at most.
const DEPTH: u32 = 2;

/// Makes programs by chance, always the same for a seed.
pub(super) struct Generator {
    state: u64,
    program: Program,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Generator {
        // Seeds that are near each other must not give programs that are.
        Generator { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, program: Program::default() }
    }

    /// A number below `end` (xorshift).
    fn below(&mut self, end: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) % end
    }

    fn chance(&mut self, of_ten: u64) -> bool {
        self.below(10) < of_ten
    }

    pub(super) fn program(mut self) -> Program {
        let functions = 2 + self.below(FUNCTIONS - 1);
        // From the last on, since each calls those behind it.
        let mut later: Vec<Function> = Vec::new();
        for _ in 0..functions {
            let first = usize::try_from(functions).expect("it is small") - later.len();
            let body = self.block(first, &later, DEPTH, 2);
            let returns = if self.chance(4) { Some(self.source(first, &later)) } else { None };
            later.insert(0, Function { body, returns });
        }
        self.program.functions = later;
        let functions = self.program.functions.clone();
        for _ in 0..self.below(3) {
            let source = self.source(0, &functions);
            self.program.statics.push(source);
        }
        for _ in 0..self.below(3) {
            let source = self.source(0, &functions);
            self.program.cells.push(source);
        }
        for _ in 0..self.below(3) {
            let body = self.block(0, &functions, 1, 2);
            self.program.implementations.push(body);
        }
        self.program.main = self.block(0, &functions, DEPTH, 3);
        for _ in 0..1 + self.below(2) {
            let body = self.block(0, &functions, DEPTH, 2);
            self.program.handlers.push(body);
        }
        // Statics, cells and the trait are there now; some look at them.
        let mut extra = Vec::new();
        for _ in 0..self.below(5) {
            extra.extend(self.look());
        }
        for statement in extra {
            let main = self.chance(4);
            let handler = usize::try_from(self.below(self.program.handlers.len() as u64)).expect("it is small");
            let body = if main { &mut self.program.main } else { &mut self.program.handlers[handler] };
            body.push(statement);
        }
        self.program
    }

    fn look(&mut self) -> Option<Statement> {
        let number = |generator: &mut Self, count: usize| {
            (count > 0).then(|| usize::try_from(generator.below(count as u64)).expect("it is small"))
        };
        match self.below(3) {
            0 => number(self, self.program.statics.len()).map(Statement::Static),
            1 => {
                // Only once each: a cell has one place that fills it.
                let count = self.program.cells.len();
                number(self, count).filter(|_| count > 0).map(Statement::Cell)
            }
            _ => number(self, self.program.implementations.len()).map(|_| Statement::Dispatch),
        }
    }

    fn block(&mut self, first: usize, later: &[Function], depth: u32, most: u64) -> Vec<Statement> {
        (0..self.below(most + 1)).map(|_| self.statement(first, later, depth)).collect()
    }

    fn statement(&mut self, first: usize, later: &[Function], depth: u32) -> Statement {
        let inner = |generator: &mut Self| generator.block(first, later, depth - 1, 2);
        match self.below(if depth > 0 { 12 } else { 7 }) {
            0..=2 => Statement::Use(self.source(first, later)),
            3..=6 => match self.callee(first, later, |_| true) {
                Some(function) => Statement::Call(function),
                None => Statement::Use(self.source(first, later)),
            },
            7 => Statement::For(inner(self)),
            8 => Statement::While(inner(self)),
            9 => Statement::ForEach(inner(self)),
            10 => Statement::Spawn(inner(self)),
            _ => Statement::If(inner(self), inner(self)),
        }
    }

    fn source(&mut self, first: usize, later: &[Function]) -> Source {
        let factory = if self.chance(5) { self.callee(first, later, |one| one.returns.is_some()) } else { None };
        factory.map_or_else(
            || {
                let site = SiteId(self.program.sites);
                self.program.sites += 1;
                Source::Site(site)
            },
            Source::Factory,
        )
    }

    /// One of the functions from number `first` on.
    fn callee(&mut self, first: usize, later: &[Function], is: impl Fn(&Function) -> bool) -> Option<usize> {
        let numbers: Vec<usize> = (0..later.len()).filter(|index| is(&later[*index])).collect();
        let chosen = self.below(numbers.len().max(1) as u64);
        numbers.get(usize::try_from(chosen).expect("it is small")).map(|index| index + first)
    }
}
