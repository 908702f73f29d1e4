//! Pieces of Markdown.

use std::fmt::Write as _;

/// A table, or nothing where there are no rows. Columns that are empty in every row are left out.
pub(crate) fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let used: Vec<usize> =
        (0..columns.len()).filter(|&column| rows.iter().any(|row| !row[column].is_empty())).collect();
    let mut text = String::new();
    let mut push = |cells: Vec<&str>| {
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    };
    push(used.iter().map(|&column| columns[column]).collect());
    push(vec!["---"; used.len()]);
    for row in rows {
        push(used.iter().map(|&column| row[column].as_str()).collect());
    }
    text
}

/// A section with a heading, or nothing where it has no text.
pub(crate) fn section(heading: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("## {heading}\n\n{text}\n") }
}

/// Code within a cell; a long path is broken between its segments, and nowhere else.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "&#124;").replace('*', "&#42;");
    format!("<code>{}</code>", text.replace('_', "&#95;").replace("::", "::<wbr>"))
}

/// Prose within a cell: it stays on its line, and outside of code nothing in it is taken for HTML.
pub(crate) fn prose(text: &str) -> String {
    let text = text.replace('|', "\\|").replace('\n', " ");
    let escaped =
        |(index, part): (usize, &str)| if index % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() };
    text.split('`').enumerate().map(escaped).collect::<Vec<_>>().join("`")
}

/// Pieces of code, one a line of the cell.
pub(crate) fn codes<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(code).collect::<Vec<_>>().join("<br>")
}

/// Packages, each linked to its page on crates.io.
pub(crate) fn packages(names: &[String]) -> String {
    let links = names.iter().map(|name| format!("[{name}](https://crates.io/crates/{name})"));
    links.collect::<Vec<_>>().join(", ")
}
