//! The same input gives the same bytes: from run to run, for any number of threads, in any order of the paths.

use super::common::binary::connlint;

const FORMATS: [&str; 3] = ["human", "short", "json"];

#[test]
fn threads_and_runs_do_not_matter() {
    for format in FORMATS {
        let check =
            |threads: &str| connlint(&["check", "fixtures", "--format", format, "--threads", threads]).exits(1).both();
        let first = check("1");
        assert!(first.contains("client-per-request"), "{format}: there are findings");
        for threads in ["1", "2", "8", "8"] {
            assert!(check(threads) == first, "{format}: --threads {threads} changes the output");
        }
    }
}

#[test]
fn order_of_paths_does_not_matter() {
    let orders = [
        ["fixtures/rules/loops", "fixtures/projects/shop", "fixtures/rules/names"],
        ["fixtures/rules/names", "fixtures/rules/loops", "fixtures/projects/shop"],
        ["fixtures/projects/shop", "fixtures/rules/names", "fixtures/rules/loops"],
    ];
    for format in FORMATS {
        let outputs = orders.map(|[a, b, c]| connlint(&["check", a, b, c, "--format", format]).exits(1).both());
        assert!(outputs[0].contains("client-per-request"), "{format}: there are findings");
        assert!(outputs.iter().all(|output| *output == outputs[0]), "{format}: the order changes the output");
    }
}

#[test]
fn paths_named_twice_or_within_each_other_count_once() {
    let once = connlint(&["check", "fixtures/projects/shop", "--format", "short"]).exits(1).both();
    let paths = ["fixtures/projects/shop", "./fixtures/projects/shop/storage", "fixtures/projects/shop/"];
    let twice = connlint(&["check", paths[0], paths[1], paths[2], "--format", "short"]).exits(1).both();
    assert_eq!(once, twice);
}
