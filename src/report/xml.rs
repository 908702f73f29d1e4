//! What the XML formats share.
//!
//! In: elements. Out: an indented XML 1.0 document, in which no character stands that XML forbids.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::text::clean;

/// An XML document in the making.
pub(super) type Xml = Writer<Vec<u8>>;

/// Writes a document whose root is written by `root`.
pub(super) fn document(out: &mut dyn Write, root: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    root(&mut xml)?;
    out.write_all(&xml.into_inner())?;
    writeln!(out)
}

/// Several lines as content.
pub(super) fn text(text: &str) -> BytesText<'static> {
    let lines: Vec<Cow<'_, str>> = text.lines().map(value).collect();
    BytesText::new(&lines.join("\n")).into_owned()
}

/// One line, as the value of an attribute.
pub(super) fn value(text: &str) -> Cow<'_, str> {
    match clean(text) {
        Cow::Borrowed(text) if !text.contains(FORBIDDEN) => Cow::Borrowed(text),
        text => Cow::Owned(text.replace(FORBIDDEN, "\u{fffd}")),
    }
}

/// Control characters aside, all that a string may hold and XML may not.
const FORBIDDEN: [char; 2] = ['\u{fffe}', '\u{ffff}'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_forbidden_is_written() {
        assert_eq!(value("a\u{0}\u{1b}b\nc\u{ffff}"), "a\u{fffd}\u{fffd}b c\u{fffd}");
        let mut out = Vec::new();
        let written = document(&mut out, |xml| {
            xml.create_element("a")
                .with_attribute(("b", value("\"<&>'")))
                .write_text_content(text("]]>\r\n</a>\u{1}"))?;
            Ok(())
        });
        written.expect("a vector takes all");
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                        <a b=\"&quot;&lt;&amp;&gt;&apos;\">]]&gt;\n&lt;/a&gt;\u{fffd}</a>\n";
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
