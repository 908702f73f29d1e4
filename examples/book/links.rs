//! Links of pages: what is relative to a file in the repository becomes relative to a page of the book.
//!
//! In: Markdown, and where it comes from and goes to. Out: Markdown. What has no page in the book is linked in the
//! repository, and must exist there.

use std::path::Path;

use super::BookError;

/// The package's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `text` with its links led anew; code keeps what looks like one.
pub(crate) fn rewritten(text: &str, origin: &str, page: &str) -> Result<String, BookError> {
    let mut done = String::new();
    let mut fenced = false;
    for line in text.split_inclusive('\n') {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            done.push_str(line);
            continue;
        }
        let mut rest = line;
        while let Some((before, link, after)) = next_link(rest) {
            done.push_str(before);
            done.push_str(&led(link, origin, page)?);
            rest = after;
        }
        done.push_str(rest);
    }
    Ok(done)
}

/// What stands before the target of the first link, the target, what follows.
fn next_link(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("](")? + 2;
    let end = start + text[start..].find(')')?;
    Some((&text[..start], &text[start..end], &text[end..]))
}

fn led(link: &str, origin: &str, page: &str) -> Result<String, BookError> {
    if link.contains("://") || link.starts_with(['#', '<']) || link.starts_with("mailto:") {
        return Ok(link.to_owned());
    }
    let (target, anchor) = match link.split_once('#') {
        Some((target, anchor)) => (target, format!("#{anchor}")),
        None => (link, String::new()),
    };
    let folder = origin.rsplit_once('/').map_or("", |(folder, _)| folder);
    let file = joined(folder, target);
    let exists = file.as_ref().is_some_and(|file| root().join(file).exists());
    let Some(file) = file.filter(|_| exists) else {
        return Err(BookError::Link { file: origin.to_owned(), link: link.to_owned() });
    };
    let depth = page.matches('/').count();
    Ok(match in_book(&file) {
        Some(path) => format!("{}{path}{anchor}", "../".repeat(depth)),
        None => format!("{}/blob/main/{file}{anchor}", env!("CARGO_PKG_REPOSITORY")),
    })
}

/// Where a file of the repository is in the book.
fn in_book(file: &str) -> Option<&str> {
    let is_rule = |name: &str| !name.contains('/') && name.ends_with(".md") && name != "README.md";
    let of_docs = file.strip_prefix("docs/");
    of_docs.or_else(|| Some(file).filter(|file| file.strip_prefix("rules/").is_some_and(is_rule)))
}

/// `folder/target` without `.` and `..`; nothing when it leaves the repository.
fn joined(folder: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}
