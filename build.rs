//! Lists the data files under `rules/` so that the program carries them: adding a file is enough.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let mut list = String::from("&[\n");
    for folder in ["runtime", "clients", "frameworks"] {
        push_folder(&mut list, &Path::new(&root).join("rules").join(folder), folder, "toml");
    }
    list.push(']');
    let mut pages = String::from("&[\n");
    push_folder(&mut pages, &Path::new(&root).join("rules"), "", "md");
    pages.push(']');
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("catalogs.rs"), list).expect("OUT_DIR can be written");
    fs::write(Path::new(&out).join("pages.rs"), pages).expect("OUT_DIR can be written");
}

/// Appends `("folder/name.ext", include_str!(…)),` for each file of the folder, sorted.
fn push_folder(list: &mut String, folder: &Path, prefix: &str, extension: &str) {
    println!("cargo:rerun-if-changed={}", folder.display());
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(&format!(".{extension}")) && name != "README.md")
        .collect();
    names.sort();
    for name in names {
        let shown = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        list.push_str(&format!("({shown:?}, include_str!({:?})),\n", folder.join(&name)));
    }
}
