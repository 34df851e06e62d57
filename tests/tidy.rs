//! The tree keeps the rules of its design: ranks of modules, pure ranks, sizes, and no loose ends.

use std::fs;
use std::path::Path;

use crate::support::repository;
use crate::support::rust_paths::{NamedPath, Token, paths, tokens};

/// Modules with their ranks; each imports only from lower ones.
const RANKS: &[(&str, u8)] = &[
    ("domain", 0),
    ("text", 1),
    ("telemetry", 1),
    ("classify", 2),
    ("bias", 3),
    ("language", 3),
    ("tone", 3),
    ("topic", 3),
    ("policy", 3),
    ("wire", 4),
    ("config", 4),
    ("feedback", 5),
    ("labelled", 5),
    ("source", 5),
    ("sink", 5),
    ("registry", 5),
    ("translate", 5),
    ("pipeline", 6),
    ("train", 7),
    ("evaluate", 7),
    ("calibrate", 7),
    ("survey", 7),
    ("trial", 7),
    ("report", 7),
    ("serve", 7),
    ("cli", 8),
];

/// Up to this rank there are no runtime, no files and no clocks …
const LAST_PURE_RANK: u8 = 3;
/// … but in the file that reads models.
const MAY_READ_FILES: &str = "src/classify/artifact.rs";
const MAX_LINES: usize = 600;
const MARKER: &str = "//!";

fn rank(module: &str) -> Option<u8> {
    RANKS.iter().find(|(name, _)| *name == module).map(|(_, rank)| *rank)
}

/// The modules around a file, from the top: `src/source/jsonl.rs` is in `source`, `jsonl`.
fn modules_of(path: &str) -> Vec<&str> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    inner.split('/').filter(|part| !matches!(*part, "mod" | "lib" | "main")).collect()
}

/// The top module that a path leads to, where it leads to one of ours.
fn target<'a>(path: &'a NamedPath, modules: &[&'a str]) -> Option<&'a str> {
    let first = path.segments.first()?.as_str();
    if matches!(first, "crate" | "threadsieve") {
        return path.segments.get(1).map(String::as_str);
    }
    let ups = path.segments.iter().take_while(|segment| *segment == "super").count();
    let (own, depth) = (modules.first()?, modules.len() + path.inner_modules);
    match ups {
        0 => None,
        ups if ups < depth => Some(own),
        ups => path.segments.get(ups).map(String::as_str),
    }
}

fn check_rank(path: &NamedPath, modules: &[&str]) -> Option<String> {
    let own = *modules.first()?;
    let target = target(path, modules).filter(|target| *target != own)?;
    let written = path.segments.join("::");
    let (Some(own_rank), Some(target_rank)) = (rank(own), rank(target)) else {
        return Some(format!("`{written}`: `{target}` has no rank; give it one here and in the design"));
    };
    if own == "policy" && target != "domain" {
        return Some(format!("`{written}`: `policy` uses nothing but `domain`"));
    }
    (target_rank >= own_rank)
        .then(|| format!("`{written}`: `{own}` (rank {own_rank}) imports from `{target}` (rank {target_rank})"))
}

fn check_purity(path: &NamedPath) -> Option<String> {
    let named: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let is_impure = match named.as_slice() {
        ["std", "fs" | "time" | "net" | "process", ..] | ["tokio", ..] => true,
        others => others.iter().any(|name| matches!(*name, "Instant" | "SystemTime")),
    };
    is_impure.then(|| format!("`{}` in a module that must stay pure", named.join("::")))
}

fn check_loose_ends(tokens: &[Token], may_print: bool) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for pair in tokens.windows(3) {
        let [first, second, third] = pair else { continue };
        match (first.text.as_str(), second.text.as_str(), third.text.as_str()) {
            (name @ ("todo" | "unimplemented"), "!", _) => found.push((first.line, format!("`{name}!`"))),
            (name @ ("println" | "print" | "eprintln" | "eprint" | "dbg"), "!", _) if !may_print => {
                found.push((first.line, format!("`{name}!` outside `cli`")));
            }
            ("#", "[", "ignore") => found.push((first.line, "`#[ignore]`".to_owned())),
            _ => {}
        }
    }
    found
}

/// Everything that is wrong with a file, as `path:line: what`.
fn problems(path: &str, code: &str) -> Vec<String> {
    let tokens = tokens(code);
    let modules = modules_of(path);
    let own = modules.first().copied().unwrap_or_default();
    let mut found = Vec::new();
    if !code.starts_with(MARKER) {
        found.push((1, "the file does not begin with `//!` and what it is for".to_owned()));
    }
    let lines = code.lines().count();
    if lines > MAX_LINES && !path.ends_with("_table.rs") {
        found.push((lines, format!("{lines} lines, the most is {MAX_LINES}")));
    }
    found.extend(check_loose_ends(&tokens, own == "cli"));
    if path.starts_with("src/") && !modules.is_empty() {
        let is_pure = rank(own).is_some_and(|rank| rank <= LAST_PURE_RANK) && path != MAY_READ_FILES;
        for named in paths(&tokens) {
            found.extend(check_rank(&named, &modules).map(|problem| (named.line, problem)));
            found.extend(check_purity(&named).filter(|_| is_pure).map(|problem| (named.line, problem)));
        }
    }
    found.into_iter().map(|(line, problem)| format!("{path}:{line}: {problem}")).collect()
}

fn rust_files(folder: &Path, found: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name =
                path.strip_prefix(repository()).expect("within the package").to_string_lossy().replace('\\', "/");
            found.push((name, fs::read_to_string(&path).expect("a file of UTF-8")));
        }
    }
}

#[test]
fn the_tree_keeps_the_rules() {
    let mut files = Vec::new();
    rust_files(&repository().join("src"), &mut files);
    rust_files(&repository().join("tests"), &mut files);
    assert!(files.len() > 80, "only {} files found: is this the right folder?", files.len());
    let mut all: Vec<String> = files.iter().flat_map(|(path, code)| problems(path, code)).collect();
    all.sort();
    assert!(all.is_empty(), "{} problems:\n{}", all.len(), all.join("\n"));
}

#[test]
fn every_top_module_has_a_rank() {
    let library = fs::read_to_string(repository().join("src/lib.rs")).expect("src/lib.rs");
    let tokens = tokens(&library);
    let modules: Vec<&str> =
        tokens.windows(2).filter(|pair| pair[0].text == "mod").map(|pair| pair[1].text.as_str()).collect();
    assert!(modules.len() > 10, "{modules:?}");
    let unranked: Vec<&&str> = modules.iter().filter(|module| rank(module).is_none()).collect();
    assert!(unranked.is_empty(), "no rank: {unranked:?}");
}

/// What is found in a file that begins as it should; `expected` is a piece of each message, in order.
fn check(path: &str, code: &str, expected: &[&str]) {
    let found = problems(path, &format!("{MARKER} A file.\n{code}"));
    assert_eq!(found.len(), expected.len(), "{path}: {code}\n{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            found.starts_with(path) && found.contains(expected),
            "{path}: {code}\n`{expected}` is not in `{found}`"
        );
    }
}

#[test]
fn imports_from_above_or_beside_are_found() {
    check("src/text/words.rs", "use crate::domain::Span;\n", &[]);
    check("src/domain/span.rs", "\nuse crate::text::words;\n", &["span.rs:3: `crate::text::words`: `domain` (rank 0)"]);
    check("src/tone/model.rs", "use crate::topic::X;", &["`tone` (rank 3) imports from `topic` (rank 3)"]);
    check("src/train/a.rs", "fn f() { crate::evaluate::run() }", &["`train` (rank 7) imports from `evaluate`"]);
    check("src/policy/rule.rs", "use crate::text::words;", &["`policy` uses nothing but `domain`"]);
    check("src/wire/a.rs", "use crate::{\n  domain::{A, B},\n  source::C,\n};", &["a.rs:4: `crate::source::C`"]);
    check("src/sink/a.rs", "use crate::nowhere::X;", &["`nowhere` has no rank"]);
    check("src/sink/a.rs", "use threadsieve::cli;", &["`sink` (rank 5) imports from `cli`"]);
}

#[test]
fn ways_up_are_followed() {
    check("src/text/words.rs", "use super::super::cli::X;", &["imports from `cli`"]);
    check("src/text/words.rs", "use super::cli::X;", &[]);
    check("src/text/mod.rs", "use super::cli::X;", &["imports from `cli`"]);
    check("src/text/words.rs", "mod tests { use super::super::cli; }\nuse super::cli;", &[]);
    check("src/text/words.rs", "mod tests { fn f() { super::super::super::cli::f() } }", &["imports from `cli`"]);
    check("src/text/words.rs", "mod tests { mod deep {} }\nuse super::super::cli::X;", &["words.rs:3: "]);
    check("src/telemetry.rs", "use super::text::X;", &["`telemetry` (rank 1) imports from `text` (rank 1)"]);
}

#[test]
fn impure_things_are_found_where_they_must_not_be() {
    check("src/topic/a.rs", "use std::{fmt, fs::File, time as t};", &["`std::fs::File`", "`std::time`"]);
    check("src/domain/a.rs", "fn f() { tokio::spawn(g()); }", &["`tokio::spawn`"]);
    check("src/classify/a.rs", "fn f() { let t = Instant::now(); }", &["`Instant::now`"]);
    check(MAY_READ_FILES, "use std::fs;", &[]);
    check("src/source/a.rs", "use std::fs;", &[]);
}

#[test]
fn comments_and_strings_are_no_code() {
    let code = r##"
// crate::cli::x, todo!() and tokio::spawn
/* crate::cli /* nested */ tokio::x */
const A: &str = "crate::cli::x \" tokio::x";
const B: &str = r#"crate::cli::x " tokio::x"#;
const C: (char, char, &'static str) = ('"', '\'', "tokio::x");
"##;
    check("src/domain/a.rs", code, &[]);
    check("src/domain/a.rs", &format!("{code}use crate::cli::X;"), &["a.rs:8: `crate::cli::X`"]);
}

#[test]
fn loose_ends_are_found() {
    check("src/text/a.rs", "fn f() { todo!() }\n#[ignore]\nfn g() {}", &["a.rs:2: `todo!`", "a.rs:3: `#[ignore]`"]);
    check("src/sink/a.rs", "fn f() { println!(\"x\"); unimplemented!() }", &["outside `cli`", "`unimplemented!`"]);
    check("src/cli/a.rs", "fn f() { println!(\"x\"); }", &[]);
    let long = "// line\n".repeat(MAX_LINES);
    check("src/text/a.rs", &long, &["a.rs:601: 601 lines"]);
    check("src/text/a_table.rs", &long, &[]);
    assert_eq!(problems("src/text/a.rs", "fn f() {}\n").len(), 1, "no `//!`");
}
