//! Writing a file whole or not at all.
//!
//! In: a path and bytes. Out: the file, by way of a temporary one beside it which then takes its place; or why not.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file so that nobody ever sees half of it. What is no regular file (a pipe, a device) is written as it is.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A symbolic link stays one.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match path.metadata() {
        Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() => return File::options().write(true).open(&path)?.write_all(bytes),
        // Replacing a file asks for the folder's permission only; ask for the file's, too.
        Ok(_) => drop(File::options().append(true).open(&path)?),
        Err(_) => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.metadata()?;
    // The name of the temporary file is nobody's business.
    let mut beside = temporary(&path)?.tempfile_in(folder).map_err(|error| error.kind())?;
    beside.write_all(bytes)?;
    beside.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file with the permissions of the one that it replaces, else the usual ones.
#[cfg(unix)]
fn temporary(path: &Path) -> io::Result<tempfile::Builder<'static, 'static>> {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    /// What `open` is asked for; the umask takes away from it.
    const USUAL: u32 = 0o666;
    let permissions = path.metadata().map_or_else(|_| Permissions::from_mode(USUAL), |found| found.permissions());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".connlint-").permissions(permissions);
    Ok(builder)
}

#[cfg(not(unix))]
fn temporary(_: &Path) -> io::Result<tempfile::Builder<'static, 'static>> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".connlint-");
    Ok(builder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn files_are_replaced_whole() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("report");
        write_whole(&file, b"long text").expect("it can be written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("it is ours");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&file, &link).expect("a link can be made");
        write_whole(&link, b"short").expect("it can be written");
        assert_eq!(std::fs::read(&file).expect("it is there"), b"short");
        assert!(link.is_symlink(), "the link stays");
        let mode = file.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640, "the permissions stay");
        assert!(write_whole(folder.path(), b"").is_err(), "a folder is no file");
        assert!(write_whole(&folder.path().join("none/report"), b"").is_err(), "no folder is made");
        write_whole(Path::new("/dev/null"), b"x").expect("a device is written to");
        assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 2, "nothing else is left");
    }
}
