//! The items, statements, match arms, fields and arguments of a file, by brackets and separators alone.
//!
//! In: a file's code tokens. Out: [`Chunk`]s. What a comment speaks of is found as a reader finds it: it is what begins
//! below the comment, with its attributes, and ends with its `;`, its `,` or its braces. So this holds for code that is not
//! parsed, too: other macros' bodies, functions with a syntax error, what is only read when somebody asks.

use ra_ap_rustc_lexer::TokenKind::{self, CloseBrace, CloseBracket, CloseParen, OpenBrace, OpenBracket, OpenParen};

use super::scan::Token;

/// A stretch of code, as indices of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// The first token: the first attribute's `#`, where there is one.
    pub(crate) start: usize,
    /// The first token behind the attributes.
    pub(crate) body: usize,
    /// The last token.
    pub(crate) end: usize,
}

/// The chunks of a file, in the order in which they end.
pub(crate) fn chunks(tokens: &[Token<'_>]) -> Vec<Chunk> {
    let mut splitter = Splitter { tokens, levels: vec![Level::default()], chunks: Vec::new() };
    for at in 0..tokens.len() {
        splitter.token(at);
    }
    while let Some(mut level) = splitter.levels.pop() {
        splitter.finish(&mut level, tokens.len().saturating_sub(1));
    }
    splitter.chunks
}

/// How a chunk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Ends {
    /// `a(b)`: at `;`, at `,`, or after braces that nothing goes on from.
    #[default]
    Anyhow,
    /// `let`, `use`, `static`: at `;`.
    AtSemi,
    /// `fn`, `impl`, `mod`: at `;`, or after braces.
    AfterBraces,
}

/// What stands between two brackets.
#[derive(Debug, Default)]
struct Level {
    /// The chunk that is being read: its first token, and the first behind its attributes.
    start: Option<usize>,
    body: Option<usize>,
    ends: Ends,
    /// Only words were read that may stand before the keyword of an item.
    before_keyword: bool,
    /// Depth of `::<`.
    angles: usize,
    /// It is the inside of `#[…]`.
    is_attribute: bool,
}

struct Splitter<'t, 's> {
    tokens: &'s [Token<'t>],
    levels: Vec<Level>,
    chunks: Vec<Chunk>,
}

impl Splitter<'_, '_> {
    fn token(&mut self, at: usize) {
        match self.tokens[at].kind {
            CloseParen | CloseBracket | CloseBrace => self.close(at),
            kind => {
                let opens = matches!(kind, OpenParen | OpenBracket | OpenBrace);
                let attribute = self.begin_or_go_on(at);
                if opens {
                    self.levels.push(Level { is_attribute: attribute, ..Level::default() });
                } else if !attribute {
                    self.plain(at);
                }
            }
        }
    }

    /// Enters a token into the chunk that it begins or goes on with; whether it is one of an attribute's marks.
    fn begin_or_go_on(&mut self, at: usize) -> bool {
        let marks = self.attribute_marks(at);
        let Some(level) = self.levels.last_mut() else { return false };
        if level.start.is_none() {
            level.start = Some(at);
        }
        if level.body.is_none() && !marks {
            level.body = Some(at);
            level.before_keyword = true;
        }
        marks && level.body.is_none()
    }

    /// `#`, the `!` behind it, and the `[` behind these.
    fn attribute_marks(&self, at: usize) -> bool {
        let kind = |back: usize| at.checked_sub(back).map(|at| self.tokens[at].kind);
        match self.tokens[at].kind {
            TokenKind::Pound => true,
            TokenKind::Bang => kind(1) == Some(TokenKind::Pound),
            OpenBracket => match kind(1) {
                Some(TokenKind::Bang) => kind(2) == Some(TokenKind::Pound),
                before => before == Some(TokenKind::Pound),
            },
            _ => false,
        }
    }

    /// A token that is no bracket.
    fn plain(&mut self, at: usize) {
        let token = self.tokens[at];
        let before = at.checked_sub(1).map(|before| self.tokens[before]);
        let Some(level) = self.levels.last_mut() else { return };
        if level.before_keyword {
            level.keyword(token, before.filter(|_| level.body != Some(at)));
        }
        match token.kind {
            TokenKind::Lt if level.angles > 0 || before.is_some_and(|before| before.kind == TokenKind::Colon) => {
                level.angles += 1;
            }
            TokenKind::Gt if !before.is_some_and(|before| matches!(before.kind, TokenKind::Minus | TokenKind::Eq)) => {
                level.angles = level.angles.saturating_sub(1);
            }
            TokenKind::Semi => self.end(at),
            TokenKind::Comma if level.ends == Ends::Anyhow && level.angles == 0 => self.end(at),
            _ => {}
        }
    }

    fn close(&mut self, at: usize) {
        // What is closed too often is left at the outermost level.
        if self.levels.len() < 2 {
            return;
        }
        let Some(mut inner) = self.levels.pop() else { return };
        self.finish(&mut inner, at.saturating_sub(1));
        let is_inner_attribute = inner.is_attribute && self.is_inner_attribute();
        let Some(level) = self.levels.last() else { return };
        let braces = self.tokens[at].kind == CloseBrace && !inner.is_attribute;
        let ends = match level.ends {
            Ends::AtSemi => false,
            Ends::AfterBraces => braces,
            Ends::Anyhow => braces && !self.goes_on(at + 1),
        };
        if is_inner_attribute || ends {
            self.end(at);
        }
    }

    /// Whether the chunk that is being read is `#![…]`.
    fn is_inner_attribute(&self) -> bool {
        let start = self.levels.last().and_then(|level| level.start);
        start.and_then(|start| self.tokens.get(start + 1)).is_some_and(|token| token.kind == TokenKind::Bang)
    }

    /// Whether what ended with braces goes on with this token.
    fn goes_on(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| match token.kind {
            TokenKind::Dot
            | TokenKind::Question
            | TokenKind::Semi
            | TokenKind::Comma
            | TokenKind::Eq
            | TokenKind::Or
            | TokenKind::Plus => true,
            TokenKind::Ident => ["else", "as", "in"].contains(&token.text),
            _ => false,
        })
    }

    /// Ends the chunk that is being read.
    fn end(&mut self, at: usize) {
        if let Some(mut level) = self.levels.pop() {
            self.finish(&mut level, at);
            self.levels.push(Level { is_attribute: level.is_attribute, ..Level::default() });
        }
    }

    fn finish(&mut self, level: &mut Level, end: usize) {
        if let Some(start) = level.start.take()
            && !level.is_attribute
        {
            let body = level.body.unwrap_or(start);
            self.chunks.push(Chunk { start, body, end: end.max(start) });
        }
    }
}

impl Level {
    /// Finds out by its first words how the chunk ends; `before`: the token of this chunk before `token`.
    fn keyword(&mut self, token: Token<'_>, before: Option<Token<'_>>) {
        let is_modifier = |text| ["pub", "async", "unsafe", "extern", "const", "default"].contains(&text);
        let after_const = before.is_some_and(|before| before.text == "const");
        let ends = match token.text {
            "let" | "use" | "static" | "type" => Ends::AtSemi,
            "fn" | "struct" | "enum" | "union" | "trait" | "impl" | "mod" => Ends::AfterBraces,
            text if is_modifier(text) || matches!(token.kind, TokenKind::Literal { .. }) => return,
            _ if after_const && token.kind == TokenKind::Ident => Ends::AtSemi,
            _ => Ends::Anyhow,
        };
        self.before_keyword = false;
        self.ends = ends;
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    /// The chunks as text: attributes in front of a bar, whatever the space between tokens.
    fn shown(text: &str) -> Vec<String> {
        let scan = scan(text);
        let join = |from: usize, to: usize| -> String {
            let words: Vec<&str> = scan.tokens[from..to].iter().map(|token| token.text).collect();
            words.join(" ")
        };
        let mut chunks = chunks(&scan.tokens);
        chunks.sort_by_key(|chunk| (chunk.start, std::cmp::Reverse(chunk.end)));
        let shown = |chunk: &Chunk| match chunk.start == chunk.body {
            true => join(chunk.start, chunk.end + 1),
            false => format!("{} | {}", join(chunk.start, chunk.body), join(chunk.body, chunk.end + 1)),
        };
        chunks.iter().map(shown).collect()
    }

    /// Whether `part` is one of the chunks of `text`.
    fn has(text: &str, part: &str) -> bool {
        shown(text).contains(&part.to_owned())
    }

    #[test]
    fn statements() {
        let body = "fn f ( ) { let a : B < C , D > = g ( ) ? . h ( ) ; if a { b ( ) } else { c ( ) } d ( ) }";
        assert!(has(body, "let a : B < C , D > = g ( ) ? . h ( ) ;"));
        assert!(has(body, "if a { b ( ) } else { c ( ) }"));
        assert!(has(body, "d ( )"));
        assert!(has("{ match a { } . b ( ) ; c }", "match a { } . b ( ) ;"));
        assert!(has("{ match a { } * b = 1 ; }", "* b = 1 ;"));
        assert!(has("{ for a in b { c ; } d }", "for a in b { c ; }"));
        assert!(has("{ a = B { c } ; d }", "a = B { c } ;"));
        assert!(has("{ let a = b else { return } ; c }", "let a = b else { return } ;"));
        assert!(has("{ a :: < B , C > ( ) ; d }", "a : : < B , C > ( ) ;"));
        assert!(has("{ async move { a } . await ; b }", "async move { a } . await ;"));
        assert!(has("{ const A : B = C { d } ; e }", "const A : B = C { d } ;"));
    }

    #[test]
    fn arms_fields_and_arguments() {
        let arms = "match a { B { c } => d ( ) , E ( f ) => { g } h => i , }";
        assert!(has(arms, "B { c } = > d ( ) ,"));
        assert!(has(arms, "E ( f ) = > { g }"));
        assert!(has(arms, "h = > i ,"));
        assert!(has("f ( a , # [ x ] b ( c ) )", "# [ x ] | b ( c )"));
        assert!(has("S { a : b ( ) , c }", "a : b ( ) ,"));
    }

    #[test]
    fn items() {
        let text = "# ! [ x ] use a :: { b , c } ; # [ d ( e ) ] # [ f ] pub ( crate ) async fn g < H , I > ( ) -> J \
                    where K : L { m } struct N ( O , P ) ; impl Q { fn r ( ) ; const fn s ( ) { } } static T : U = v ! { } ;";
        for item in [
            "# ! [ x ]",
            "use a : : { b , c } ;",
            "# [ d ( e ) ] # [ f ] | pub ( crate ) async fn g < H , I > ( ) - > J where K : L { m }",
            "struct N ( O , P ) ;",
            "impl Q { fn r ( ) ; const fn s ( ) { } }",
            "fn r ( ) ;",
            "const fn s ( ) { }",
            "static T : U = v ! { } ;",
        ] {
            assert!(has(text, item), "{item}: {:#?}", shown(text));
        }
    }

    #[test]
    fn unbalanced_brackets_end_somewhere() {
        for text in ["{ a ( b ;", ") } a ; ]", "# [", "fn f ( { ] } a", ""] {
            let scan = scan(text);
            for chunk in chunks(&scan.tokens) {
                assert!(chunk.start <= chunk.end && chunk.end < scan.tokens.len(), "{text}: {chunk:?}");
            }
        }
    }
}
