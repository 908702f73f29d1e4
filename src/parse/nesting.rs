//! How deep code nests, before anything recurses into it.
//!
//! In: signs, which are tokens as far as they can nest, from a text or from a token stream. Out: [`Depth`], an upper bound for
//! the recursion of whoever parses, walks or drops what the tokens make. syn recurses for brackets, but also where there are
//! none: `!!!x`, `a + b + c`, `a.b().c()`, `else if`, `A<B<C>>`, `Fn() -> Fn()`, `|| || x`. So every sign that can begin an
//! expression, type or pattern, or go on with one, counts one level, until a `,`, a `;` or the end of a statement.

use super::signs::Sign;
use crate::facts::{ProblemKind, SyntaxProblem};
use crate::source::Pos;

/// As deep may code nest, operators without brackets counted. Generated code that was seen stays below 1,000.
pub const MAX_NESTING: u32 = 2_500;

/// As deep may braces nest: each can be an item's, and facts nest as items do. Code that was seen stays below 40.
pub const MAX_BLOCKS: u32 = 128;

/// Stack that one level takes, in bytes; more than was measured. Types take most, and unoptimised many times as much.
const BYTES_PER_LEVEL: usize = if cfg!(debug_assertions) { 160 << 10 } else { 32 << 10 };

/// Stack for what does not depend on the depth, in bytes.
const BYTES_TO_BEGIN_WITH: usize = 2 << 20;

/// As many levels may be parsed on whatever stack there is: nearly all code, for which a thread of its own would be waste.
const SHALLOW: u32 = if cfg!(debug_assertions) { 12 } else { 48 };

/// How deep some code nests at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Depth {
    /// Brackets, and what nests without any.
    levels: u32,
    /// Braces alone.
    blocks: u32,
}

impl Depth {
    /// That of the deepest code that is parsed.
    pub(super) const MOST: Depth = Depth { levels: MAX_NESTING, blocks: MAX_BLOCKS };

    /// Of code that these signs make.
    pub(super) fn of(signs: impl IntoIterator<Item = Sign>) -> Depth {
        let mut meter = Meter::default();
        for sign in signs {
            meter.add(sign);
            // How much too deep it is does not matter.
            if meter.deepest.is_refused() {
                break;
            }
        }
        meter.deepest
    }

    /// Why code this deep, which begins at `pos`, is not parsed, if it is not.
    pub(super) fn refusal(self, pos: Pos) -> Option<SyntaxProblem> {
        let message = if self.blocks > MAX_BLOCKS {
            format!("blocks nest more than {MAX_BLOCKS} deep")
        } else if self.levels > MAX_NESTING {
            format!("code nests more than {MAX_NESTING} levels deep")
        } else {
            return None;
        };
        Some(SyntaxProblem { pos, message, kind: ProblemKind::Limit })
    }

    /// Whether code this deep is not parsed.
    pub(super) fn is_refused(self) -> bool {
        self.blocks > MAX_BLOCKS || self.levels > MAX_NESTING
    }
}

/// Does `work`, which recurses as deep as code of this depth nests, where there is room for it; not at all if nowhere is.
pub(super) fn with_room<R: Send>(depth: Depth, work: impl FnOnce() -> R + Send) -> Option<R> {
    if depth.levels <= SHALLOW {
        return Some(work());
    }
    // Deeper code is refused before anything recurses into it.
    let levels = depth.levels.min(MAX_NESTING) as usize;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(BYTES_TO_BEGIN_WITH + levels * BYTES_PER_LEVEL);
        let done = thread.spawn_scoped(scope, work).ok()?.join();
        Some(done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// What encloses a place.
#[derive(Debug, Clone, Copy)]
struct Frame {
    kind: FrameKind,
    /// The depth at its beginning.
    base: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    /// `#[..]`, which is part of no expression.
    Attribute,
    /// `( )`, `[ ]`.
    Bracket,
    /// `{ }`.
    Block,
    /// `=> { }`: what follows is another arm.
    Arm,
    /// `< >`, as far as one can tell: a comparison begins one that the statement's end closes.
    Angle,
}

/// Counts.
#[derive(Debug, Default)]
struct Meter {
    frames: Vec<Frame>,
    depth: u32,
    blocks: u32,
    deepest: Depth,
    /// The last sign and the one before it.
    last: [Sign; 2],
    /// The last sign was the end of this.
    ended: Option<FrameKind>,
}

impl Meter {
    fn add(&mut self, sign: Sign) {
        if let Some(kind) = self.ended.take()
            && !goes_on(kind, sign)
        {
            self.end_statement();
        }
        self.count(sign);
        self.deepest.levels = self.deepest.levels.max(self.depth);
        self.deepest.blocks = self.deepest.blocks.max(self.blocks);
        // The `!` of `#![..]` is none of an expression.
        if !(sign == Sign::Not && self.last[0] == Sign::Hash) {
            self.last = [sign, self.last[0]];
        }
    }

    fn count(&mut self, sign: Sign) {
        match sign {
            Sign::Open { brace } => self.open(brace),
            Sign::Close => self.close(),
            Sign::Comma => self.depth = self.frames.last().map_or(0, |frame| frame.base),
            Sign::Semi => self.end_statement(),
            Sign::Less if matches!(self.last[0], Sign::Literal | Sign::Close) => self.depth += 1,
            Sign::Less => self.push(FrameKind::Angle),
            Sign::Greater => match self.frames.last() {
                Some(Frame { kind: FrameKind::Angle, base }) => {
                    self.depth = base - 1;
                    self.frames.pop();
                }
                _ => self.depth += 1,
            },
            // `a << 3` opens nothing.
            Sign::Literal if self.last == [Sign::Less, Sign::Less] => {
                for _ in 0..2 {
                    self.frames.pop_if(|frame| frame.kind == FrameKind::Angle);
                }
            }
            Sign::Not if self.last[0] == Sign::Hash => {}
            Sign::Dot | Sign::Not | Sign::Arrow | Sign::FatArrow | Sign::Operator | Sign::As | Sign::Keyword => {
                self.depth += 1;
            }
            Sign::Hash | Sign::Literal | Sign::Word => {}
        }
    }

    fn push(&mut self, kind: FrameKind) {
        self.depth += 1;
        self.frames.push(Frame { kind, base: self.depth });
    }

    fn open(&mut self, brace: bool) {
        self.blocks += u32::from(brace);
        self.push(match (brace, self.last[0]) {
            (true, Sign::FatArrow) => FrameKind::Arm,
            (true, _) => FrameKind::Block,
            (false, Sign::Hash) => FrameKind::Attribute,
            (false, _) => FrameKind::Bracket,
        });
    }

    fn close(&mut self) {
        while let Some(Frame { kind, base }) = self.frames.pop() {
            // `a()()()` nests.
            self.depth = base;
            match kind {
                FrameKind::Angle => continue,
                FrameKind::Attribute => self.depth -= 1,
                FrameKind::Block | FrameKind::Arm => {
                    self.blocks -= 1;
                    self.ended = Some(kind);
                }
                FrameKind::Bracket => {}
            }
            break;
        }
    }

    fn end_statement(&mut self) {
        while self.frames.pop_if(|frame| frame.kind == FrameKind::Angle).is_some() {}
        self.depth = self.frames.last().map_or(0, |frame| frame.base);
    }
}

/// Whether `sign` goes on with what ended in a `}`.
fn goes_on(ended: FrameKind, sign: Sign) -> bool {
    match sign {
        Sign::Dot | Sign::As | Sign::Comma | Sign::Semi | Sign::Close => true,
        Sign::Word | Sign::Literal | Sign::Hash | Sign::Keyword | Sign::Open { brace: true } => false,
        _ => ended != FrameKind::Arm,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::super::signs::{signs_of_stream, signs_of_text};
    use super::{Depth, MAX_NESTING, with_room};

    /// Of the text, which must be the same as that of its tokens.
    fn depth(text: &str) -> u32 {
        let depth = Depth::of(signs_of_text(text).expect("the brackets match"));
        let tokens: TokenStream = text.parse().expect("it is lexed");
        assert_eq!(depth, Depth::of(signs_of_stream(tokens)), "{text}");
        depth.levels
    }

    #[test]
    fn what_nests_counts_as_often_as_it_does() {
        let repeated: &[(&str, &str, &str)] = &[
            ("x(", "(", "1"),
            ("x(", "!", "a)"),
            ("a", " + b", ""),
            ("a", ".b()", ""),
            ("a", "()", ""),
            ("a", "[0]", ""),
            ("a", "?", ""),
            ("a", " as u8", ""),
            ("a", " = a", ""),
            ("if a {}", " else if a {}", ""),
            ("type T = ", "A<", "u8"),
            ("type T = ", "A<1, ", "u8"),
            ("type T = ", "A<&B, C = ", "u8"),
            ("type T = impl ", "Fn() -> impl ", "A"),
            ("type T = ", "<A<", "u8"),
            ("", "return ", ""),
            ("", "|a| ", "b"),
            ("", "match ", "x {}"),
            ("", "if ", "x {}"),
            ("", "for<'a> ", ""),
            ("use ", "a::", "b;"),
            ("let x = ", "unsafe {} + ", "{}"),
            ("", "..", ""),
            ("", "a @ ", "b"),
        ];
        for (head, part, tail) in repeated {
            let text = format!("{head}{}{tail}", part.repeat(500));
            let open = text.matches('(').count() - text.matches(')').count();
            let text = format!("{text}{}", ")".repeat(open));
            assert!(depth(&text) >= 500, "`{part}` counts {}", depth(&text));
        }
    }

    #[test]
    fn what_stands_side_by_side_does_not_nest() {
        let repeated: &[(&str, &str, &str)] = &[
            ("f(", "a + b, ", ")"),
            ("f(", "1 << 3, A << 3, ", ")"),
            ("", "a(b)?.c; ", ""),
            ("", "if a < b {} ", ""),
            ("", "#[a] fn f(a: A<B>) -> C<D> { e } ", ""),
            ("", "#![a(b)]", ""),
            ("match x {", "(A, &B) => {} ", "}"),
            ("match x {", "A | B if c => d(), ", "}"),
            ("", "impl<A: B> C<D> for E<F> { fn g(&self) {} } ", ""),
            ("struct A {", "a: B<C, D>, ", "}"),
            ("", "const A: u8 = 1 + 2; ", ""),
        ];
        for (head, part, tail) in repeated {
            let text = format!("{head}{}{tail}", part.repeat(500));
            assert!(depth(&text) < 20, "`{part}` counts {}", depth(&text));
        }
    }

    #[test]
    fn deep_work_has_room_on_a_small_stack() {
        fn dig(levels: u32) -> u32 {
            let room = std::hint::black_box([levels; 1024]);
            if levels == 0 { 0 } else { 1 + dig(room[7] - 1) }
        }
        let depth = Depth { levels: MAX_NESTING, blocks: 0 };
        let dug = std::thread::Builder::new()
            .stack_size(256 << 10)
            .spawn(move || with_room(depth, || dig(MAX_NESTING)))
            .expect("a thread can be had");
        assert_eq!(dug.join().expect("the stack suffices"), Some(MAX_NESTING));
    }
}
