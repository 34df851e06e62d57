//! What cannot run ends with 2, says everything that is wrong, and touches nothing.

use crate::support::{Workspace, repository};

const COMMENT: &str = "{\"id\":\"a\",\"text\":\"The ferry was late.\"}\n";

/// Runs with arguments in a folder of some files; all of `expected` must be told, and the files stay as they were.
fn check(files: &[(&str, &str)], arguments: &[&str], expected: &[&str]) {
    let workspace = Workspace::new();
    for (name, content) in files {
        workspace.write(name, content);
    }
    let before = workspace.names();
    let ran = workspace.run(arguments, COMMENT.as_bytes()).expect_code(2);
    assert!(ran.stdout.is_empty(), "{arguments:?}");
    for expected in expected {
        assert!(ran.stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    assert_eq!(workspace.names(), before, "{arguments:?}: nothing is created");
    for (name, content) in files {
        assert_eq!(workspace.read(name), content.as_bytes(), "{arguments:?}: {name} is as it was");
    }
}

#[test]
fn inputs_that_cannot_be_read() {
    let files = [("a.jsonl", COMMENT)];
    check(&files, &["run", "gone.jsonl"], &["error: gone.jsonl: cannot open: "]);
    check(&files, &["run", "."], &["error: .: is a folder", "hint: name the files"]);
    check(
        &files,
        &["run", "a.jsonl", "gone.jsonl", "also-gone.jsonl"],
        &["gone.jsonl: ", "also-gone.jsonl: ", "2 problems"],
    );
    check(&files, &["run", "-", "-"], &["can be read only once"]);
    check(&files, &["run", "a.jsonl", "--article", "gone.txt"], &["gone.txt: cannot open the article"]);
    check(&files, &["run", "a.jsonl/b"], &["a.jsonl/b: cannot open"]);
}

#[test]
fn outputs_that_cannot_be_written() {
    let files = [("a.jsonl", COMMENT), ("article.txt", "News."), ("own.toml", ""), ("pipeline.toml", "")];
    for option in ["--output", "--dead-letters", "--summary"] {
        check(&files, &["run", "a.jsonl", option, "no/folder/out"], &["no/folder/out: cannot write"]);
        check(&files, &["run", "a.jsonl", option, "."], &[".: "]);
        check(&files, &["run", "a.jsonl", option, "a.jsonl"], &["a.jsonl: is read or written already", "hint: "]);
        check(&files, &["run", "a.jsonl", option, "./a.jsonl"], &["is read or written already"]);
        check(&files, &["run", "--article", "article.txt", option, "article.txt"], &["is read or written already"]);
        check(&files, &["run", "--config", "own.toml", option, "own.toml"], &["is read or written already"]);
        check(&files, &["run", option, "pipeline.toml"], &["pipeline.toml: is read or written already"]);
    }
    for option in ["--dead-letters", "--summary"] {
        check(&files, &["run", option, "-"], &["`-`: stdout is for records", "hint: name a file"]);
    }
}

#[test]
fn two_outputs_are_not_one_file() {
    let workspace = Workspace::new();
    for (one, other) in [("--output", "--dead-letters"), ("--output", "--summary"), ("--dead-letters", "--summary")] {
        let ran = workspace.run(["run", one, "same", other, "./same"], COMMENT.as_bytes()).expect_code(2);
        assert!(ran.stderr.contains("is read or written already"), "{}", ran.stderr);
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let config = "[language]\nread = []\n[limits]\nmax_ids = 0\n[colour]\n[output]\nauthor = \"hash\"\n\
                  [[policy.rules]]\nid = \"a\"\nwhen = { flag = \"nosuch\" }\naction = \"shout\"\n";
    let files = [("broken.toml", config), ("old.jsonl", "kept\n")];
    let expected = [
        "`read` is empty",
        "`max_ids` must be at least 1",
        "broken.toml:5: unknown section `colour`",
        "author_key_env",
        "unknown flag `nosuch`",
        "unknown action `shout`",
        "gone.jsonl: cannot open",
        "no/out.jsonl: cannot write",
        "8 problems; nothing was read",
    ];
    let arguments = ["run", "--config", "broken.toml", "gone.jsonl", "-o", "no/out.jsonl", "--summary", "old.jsonl"];
    check(&files, &arguments, &expected);
    check(&files, &["config", "check", "--config", "broken.toml"], &expected[..6]);
    check(&files, &["config", "show", "--config", "broken.toml"], &expected[..6]);
}

#[test]
fn a_good_output_is_kept_where_another_is_bad() {
    let files = [("old.jsonl", "kept\n"), ("a.jsonl", COMMENT)];
    check(&files, &["run", "a.jsonl", "-o", "old.jsonl", "--summary", "no/folder"], &["no/folder: cannot write"]);
    check(&files, &["run", "a.jsonl", "-o", "new.jsonl", "--summary", "no/folder"], &["no/folder: cannot write"]);
}

#[test]
fn configurations_that_are_broken() {
    let run = |config: &str, expected: &[&str]| {
        let files = [("pipeline.toml", config), ("a.jsonl", COMMENT)];
        check(&files, &["run", "a.jsonl", "-o", "new.jsonl"], expected);
        check(&files, &["config", "check"], expected);
    };
    run("[language\n", &["pipeline.toml:1: "]);
    run("[limits]\nmax_line_bytes = -1\n", &["pipeline.toml:2: "]);
    run("[tone]\nenabled = \"yes\"\n", &["pipeline.toml:2: ", "expected a boolean"]);
    run(
        "[[policy.rules]]\nid = \"a\"\nwhen = { label = \"rudeness\", at_least = 0.5 }\naction = \"review\"\n",
        &["rule `a`: no model gives the label `rudeness`", "hint: the labels are: ", "toxicity"],
    );
    check(&[], &["run", "--config", "gone.toml"], &["gone.toml: cannot read the configuration"]);
}

#[test]
fn models_that_are_broken() {
    let model = std::fs::read(repository().join("models/topic/weights.bin")).expect("the model");
    let run = |weights: Option<&[u8]>, expected: &[&str]| {
        let workspace = Workspace::new();
        std::fs::create_dir(workspace.path("mine")).expect("a folder");
        if let Some(weights) = weights {
            workspace.write("mine/weights.bin", weights);
        }
        workspace.write("pipeline.toml", "[models]\nabuse = \"mine\"\ntopic = \"mine\"\n");
        for arguments in [&["run", "-o", "new.jsonl"][..], &["config", "check"]] {
            let ran = workspace.run(arguments, COMMENT.as_bytes()).expect_code(2);
            for expected in expected {
                assert!(ran.stderr.contains(expected), "`{expected}` is missing in\n{}", ran.stderr);
            }
            assert!(!workspace.path("new.jsonl").exists());
        }
    };
    let both = ["error: model `abuse` (mine): ", "error: model `topic` (mine): ", "2 problems"];
    run(None, &both);
    run(Some(b""), &both);
    run(Some(b"no model at all"), &both);
    run(Some(&model[..model.len() - 1]), &both);
    let mut flipped = model.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    run(Some(&flipped), &both);
    run(Some(&model), &["error: model `abuse` (mine): "]);
}

#[test]
fn arguments_that_mean_nothing() {
    for (arguments, expected) in [
        (&["run", "--colour"][..], "unexpected argument '--colour'"),
        (&["run", "--format", "xml"], "invalid value 'xml'"),
        (&["run", "--workers", "0"], "invalid value '0'"),
        (&["run", "--workers", "many"], "invalid value 'many'"),
        (&["run", "--progress", "always"], "invalid value 'always'"),
        (&["--log-format", "xml", "run"], "invalid value 'xml'"),
        (&["jump"], "unrecognized subcommand 'jump'"),
        (&["completions", "cmd"], "invalid value 'cmd'"),
        (&["train", "abuse"], "required arguments"),
        (&["evaluate", "no-such-model", "no-such-data"], "no-such-model"),
        (&[], "Usage: threadsieve"),
    ] {
        check(&[], arguments, &[expected]);
    }
}
