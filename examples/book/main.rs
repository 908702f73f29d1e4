//! mdBook's preprocessor for `docs/`: what the site has beyond the files there.
//!
//! In: a book as mdBook hands it to a preprocessor, on standard input. Out: the book with a page for each rule and each
//! catalogue, the same that the program carries, so that nothing has to be kept in step. A line
//! `<!-- generated: NAME -->` in a chapter is where an overview goes; the pages become chapters below. Links that lead out
//! of the book lead to the repository.
//!
//! It is an example, since it needs what the library knows and nobody else needs it. `mdbook build docs` runs it.

mod clients;
mod frameworks;
mod links;
mod markdown;
mod rules;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use mdbook_preprocessor::book::{Book, BookItem, Chapter, SectionNumber};
use mdbook_preprocessor::errors::Result;

/// What can't be built; whoever edits the documentation is at fault.
#[derive(Debug, thiserror::Error)]
enum BookError {
    #[error("{file}: there is nothing that generates `{name}`; it may be rules, clients, frameworks or finding")]
    Unknown { file: String, name: String },
    #[error("{file}: the link `{link}` leads to nothing")]
    Link { file: String, link: String },
    #[error("README.md: no block of code shows a finding")]
    Finding,
    #[error("a page is broken: {0}")]
    Page(&'static connlint::rules::page::PageError),
    #[error("a catalogue is broken: {0}")]
    Catalog(#[from] connlint::catalog::CatalogError),
    #[error("{0} cannot be read: {1}")]
    Read(String, io::Error),
}

/// A chapter to be.
struct Page {
    /// For the table of contents.
    name: String,
    /// Within the book.
    path: String,
    /// The file in the repository that its links are relative to.
    origin: String,
    /// Markdown.
    text: String,
}

/// What a mark is replaced by: text whose links are those of the book, and chapters below.
#[derive(Default)]
struct Generated {
    text: String,
    below: Vec<Page>,
}

fn main() -> ExitCode {
    // `book supports RENDERER`: all of them.
    if std::env::args().nth(1).as_deref() == Some("supports") {
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done if even this can't be written.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let (_, book) = mdbook_preprocessor::parse_input(io::stdin().lock())?;
    let book = complete(book)?;
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &book)?;
    Ok(out.flush()?)
}

/// Fills in what is generated, in every chapter.
fn complete(mut book: Book) -> Result<Book, BookError> {
    let mut done = Ok(());
    book.for_each_chapter_mut(|chapter| {
        if done.is_ok() {
            done = fill(chapter);
        }
    });
    done.map(|()| book)
}

fn fill(chapter: &mut Chapter) -> Result<(), BookError> {
    let Some(path) = chapter.path.as_deref().map(slashes) else { return Ok(()) };
    // A generated page has been completed when its parent was.
    let Some(origin) = chapter.source_path.as_deref().map(|path| format!("docs/{}", slashes(path))) else {
        return Ok(());
    };
    let mut text = String::new();
    let mut pieces = chapter.content.split("<!-- generated: ");
    text.push_str(&links::rewritten(pieces.next().unwrap_or_default(), &origin, &path)?);
    for piece in pieces {
        let (name, below) = piece.split_once(" -->").unwrap_or((piece, ""));
        let generated = generate(name, &origin)?;
        text.push_str(&generated.text);
        text.push_str(&links::rewritten(below, &origin, &path)?);
        for page in generated.below {
            let below = finished(page, chapter)?;
            chapter.sub_items.push(BookItem::Chapter(below));
        }
    }
    chapter.content = text;
    Ok(())
}

fn finished(page: Page, parent: &Chapter) -> Result<Chapter, BookError> {
    let text = links::rewritten(&page.text, &page.origin, &page.path)?;
    let mut chapter = Chapter::new(&page.name, text, page.path, vec![parent.name.clone()]);
    chapter.source_path = None;
    // Numbers are not shown, but they are what chapters are indented and folded by.
    let above = parent.number.iter().flat_map(|number| number.iter().copied());
    let place = u32::try_from(parent.sub_items.len() + 1).unwrap_or(u32::MAX);
    chapter.number = Some(SectionNumber::new(above.chain([place]).collect::<Vec<_>>()));
    Ok(chapter)
}

fn generate(name: &str, file: &str) -> Result<Generated, BookError> {
    match name {
        "rules" => rules::generated(),
        "clients" => clients::generated(),
        "frameworks" => frameworks::generated(),
        "finding" => Ok(Generated { text: finding()?, below: Vec::new() }),
        _ => Err(BookError::Unknown { file: file.to_owned(), name: name.to_owned() }),
    }
}

/// The finding that the README shows; a test keeps it what the program says.
fn finding() -> Result<String, BookError> {
    let path = links::root().join("README.md");
    let readme = std::fs::read_to_string(&path).map_err(|error| BookError::Read("README.md".to_owned(), error))?;
    let blocks = readme.split("```text\n").skip(1);
    let mut blocks = blocks.filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block));
    let block = blocks.find(|block| block.starts_with("error[")).ok_or(BookError::Finding)?;
    Ok(format!("```text\n{block}\n```\n"))
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
