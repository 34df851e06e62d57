//! What `explain` shows adds up, is what `run` scores, and is shown for the text or file that was meant.

use serde_json::Value;

use crate::support::{Workspace, interleaved_threads, number, part, sample, string};

const INSULT: &str = "you-idiot!! Go away, you fool.";

/// Runs `explain`, with no colour asked for by the surroundings.
fn explain(arguments: &[&str], stdin: &[u8]) -> (String, String) {
    let ran = Workspace::new().run([&["explain"], arguments].concat(), stdin).expect_code(0);
    (String::from_utf8(ran.stdout).expect("UTF-8"), ran.stderr)
}

fn explain_json(arguments: &[&str], stdin: &[u8]) -> Vec<Value> {
    let (stdout, stderr) = explain(&[arguments, &["--json"]].concat(), stdin);
    assert_eq!(stderr, "", "{arguments:?}");
    crate::support::parse_lines(stdout.as_bytes())
}

fn float(value: &Value, field: &str) -> f64 {
    value[field].as_f64().unwrap_or_else(|| panic!("no number `{field}` in {value}"))
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {pointer} of {value}"))
}

/// The labels of an explanation; none where the comment is not scored.
fn labels(explanation: &Value) -> &[Value] {
    if explanation["tone"]["absent"].is_string() { &[] } else { list(explanation, "/tone/labels") }
}

fn check_that_it_adds_up(label: &Value, text: &str) {
    let words = list(label, "/words");
    let listed: f64 = words.iter().map(|word| float(word, "weight")).sum();
    // Every number is rounded to six decimals.
    let tolerance = 1e-6 * (words.len() + 4) as f64;
    let evidence = listed + float(label, "other_words") + float(label, "elsewhere");
    assert!((evidence - float(label, "evidence")).abs() <= tolerance, "{label}");
    let before = evidence + float(label, "intercept");
    assert!((before - float(label, "before_calibration")).abs() <= tolerance, "{label}");
    let probability = 1.0 / (1.0 + (-before - float(label, "calibration")).exp());
    assert!((probability - float(label, "probability")).abs() <= 2e-4, "{probability}: {label}");
    for word in words {
        for place in [std::slice::from_ref(word), word["runs"].as_array().map_or(&[], Vec::as_slice)].concat() {
            let (begin, end) = (number(&place, "/begin"), number(&place, "/end"));
            assert_eq!(part(text, begin, end), string(&place, "/text"), "{text:?}");
        }
    }
}

#[test]
fn the_evidence_of_every_comment_adds_up_and_explains_what_run_scores() {
    let threads = interleaved_threads(3, 8);
    let texts = [INSULT, "Не знам зашто. I do not know why!", "ＮＯ 🙂 no…no", "so so so so"];
    let lines: String = texts.iter().map(|text| serde_json::json!({ "text": text }).to_string() + "\n").collect();
    let inputs = [std::fs::read(sample("thread.jsonl")).expect("the sample"), threads.into_bytes(), lines.into_bytes()];
    let mut checked = 0;
    for input in &inputs {
        let records = Workspace::new().run(["run"], input).expect_code(0).records();
        for top in ["3", "1000"] {
            let explained = explain_json(&["-", "--model", "abuse", "--model", "sentiment", "--top", top], input);
            assert_eq!(explained.len(), records.len());
            for (explained, record) in explained.iter().zip(&records) {
                assert_eq!(explained["id"], record["id"]);
                assert_eq!(explained["models"], record["models"]);
                assert_eq!(explained["tone"]["absent"], record["tone"]["absent"]);
                assert_eq!(explained["tone"]["label"], record["tone"]["label"]);
                let scores = record["tone"]["scores"].as_object();
                assert_eq!(labels(explained).len(), scores.map_or(0, serde_json::Map::len));
                for label in labels(explained) {
                    check_that_it_adds_up(label, string(record, "/text"));
                    assert_eq!(label["probability"], record["tone"]["scores"][string(label, "/label")]);
                    assert!(list(label, "/words").len() <= top.parse().expect("a number"));
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 500, "{checked}");
}

#[test]
fn the_record_lists_the_same_evidence() {
    let workspace = Workspace::new();
    workspace.write("leading.toml", "[tone]\nevidence = 2\n");
    workspace.write("all.toml", "[tone]\nevidence = 2\nevidence_labels = \"all\"\n");
    let input = serde_json::json!({ "text": INSULT }).to_string();
    let models = ["--model", "abuse", "--model", "sentiment", "--top", "2"];
    let explained = explain_json(&[&["-"], &models[..]].concat(), input.as_bytes()).remove(0);
    for (config, leading_only) in [("leading.toml", true), ("all.toml", false)] {
        let record = workspace.run(["run", "--config", config], input.as_bytes()).expect_code(0).records().remove(0);
        let wanted: Vec<&Value> =
            labels(&explained).iter().filter(|label| !leading_only || label["leading"] == true).collect();
        let evidence = list(&record, "/tone/evidence");
        assert_eq!(evidence.len(), wanted.iter().map(|label| list(label, "/words").len()).sum::<usize>(), "{record}");
        for label in wanted {
            let of_label = evidence.iter().filter(|one| one["label"] == label["label"]);
            for (one, word) in of_label.zip(list(label, "/words")) {
                assert_eq!((&one["begin"], &one["end"]), (&word["begin"], &word["end"]));
                assert!((float(one, "weight") - float(word, "weight")).abs() <= 1e-4, "{one} {word}");
                assert_eq!(one["runs"].is_null(), word["runs"].is_null());
            }
        }
        assert!(evidence.iter().any(|one| one["runs"].is_array()), "`you-idiot` has a run: {record}");
    }
}

#[test]
fn a_text_is_explained_in_full() {
    let (stdout, stderr) = explain(&[INSULT], b"");
    assert_eq!(stderr, "");
    assert!(stdout.starts_with("tone: hostile\n"), "{stdout}");
    for row in
        ["sum of evidence ", "intercept ", "score before calibration ", "calibration ", "probability ", "threshold "]
    {
        assert!(stdout.lines().any(|line| line.trim_start().starts_with(row)), "`{row}` is missing in\n{stdout}");
    }
    let marked = stdout.lines().find(|line| line.contains("you-")).expect("the text");
    assert!(marked.contains("you-[") || marked.contains("you-i["), "the run within the word: {marked}");
    assert!(!stdout.contains('\u{1b}'), "no colours in a pipe");
    assert!(!marked.contains("you-idiot!!"), "a mark: {marked}");
}

#[test]
fn colours_are_asked_for_or_not() {
    for (arguments, is_coloured) in [
        (&["--color", "always"][..], true),
        (&["--colour", "always"], true),
        (&["--color", "never"], false),
        (&["--color", "auto"], false),
    ] {
        let (stdout, _) = explain(&[arguments, &["--label", "toxicity", INSULT]].concat(), b"");
        assert_eq!(stdout.contains("\u{1b}[48;5;"), is_coloured || stdout.contains("\u{1b}[38;5;"), "{arguments:?}");
        assert_eq!(stdout.contains('\u{1b}'), is_coloured, "{arguments:?}: {stdout:?}");
        assert!(stdout.contains("sum of evidence"), "weights are told either way");
    }
    let (stdout, _) = explain(&["--color", "always", "--text", "red \u{1b}[31m alert \u{7}"], b"");
    assert!(
        !stdout.contains("\u{1b}[31m") && !stdout.contains('\u{7}'),
        "a text cannot steer the terminal: {stdout:?}"
    );
}

#[test]
fn files_and_texts_are_told_apart() {
    let workspace = Workspace::new();
    workspace.write("idea", "{\"id\":\"c7\",\"text\":\"Thank you, what a lovely idea!\"}\n");
    let ids = |arguments: &[&str], stdin: &[u8]| {
        let ran = workspace.run([&["explain", "--json"], arguments].concat(), stdin).expect_code(0);
        ran.records().iter().map(|line| string(line, "/id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["idea"], b""), ["c7"], "there is a file of that name");
    assert_eq!(ids(&["--file", "idea"], b""), ["c7"]);
    assert_eq!(ids(&["--text", "idea"], b""), ["1:1"]);
    assert_eq!(ids(&["ideas"], b""), ["1:1"]);
    assert_eq!(ids(&["--text", "-"], b""), ["1:1"]);
    assert_eq!(ids(&["--text", "--json is nice"], b""), ["1:1"]);
    for arguments in [&["-"][..], &["--file", "-"]] {
        assert_eq!(ids(arguments, b"id,text\n5,Good\n6,Bad\n"), ["5", "6"], "{arguments:?}");
    }
    let page = sample("thread.page.txt");
    let article = sample("article.txt");
    let (page, article) = (page.to_str().expect("UTF-8"), article.to_str().expect("UTF-8"));
    assert_eq!(ids(&[page, "--format", "page", "--article", article], b"").len(), 28);
}

#[test]
fn labels_are_chosen() {
    let shown = |arguments: &[&str]| {
        let explained = explain_json(&[arguments, &["--text", INSULT]].concat(), b"").remove(0);
        labels(&explained).iter().map(|label| string(label, "/label").to_owned()).collect::<Vec<_>>()
    };
    let notable = shown(&[]);
    assert!(!notable.is_empty() && notable.len() < 10, "{notable:?}");
    assert_eq!(shown(&["--label", "threat"]), ["threat"]);
    let mut both = shown(&["--label", "threat", "--label", "negative"]);
    both.sort();
    assert_eq!(both, ["negative", "threat"]);
    assert!(shown(&["--model", "abuse"]).contains(&"identity_attack".to_owned()));
    assert!(!shown(&["--model", "sentiment"]).contains(&"toxicity".to_owned()));
}

#[test]
fn what_is_not_scored_says_why() {
    for (text, absent, why) in [
        ("Не разумем зашто је мост затворен", "language_unsupported", "the models read en"),
        ("", "no_text", "no words of the commenter's own"),
        ("12 👍", "no_text", "no words of the commenter's own"),
        ("http://example.org/idiot", "no_text", "links"),
        ("a", "too_little_text", "fewer than two letters"),
    ] {
        let (stdout, _) = explain(&["--text", text], b"");
        assert!(stdout.starts_with(&format!("tone: not scored ({absent}): ")) && stdout.contains(why), "{stdout}");
        assert_eq!(explain_json(&["--text", text], b"")[0]["tone"]["absent"], absent);
    }
    let quoting = "{\"text\":\"See http://example.org/idiot\"}\n{\"text\":\"`x = idiot;` that is all\"}\n";
    for explained in explain_json(&["-", "--model", "abuse", "--top", "99"], quoting.as_bytes()) {
        let words = labels(&explained).iter().flat_map(|label| list(label, "/words"));
        assert!(!words.clone().any(|word| string(word, "/text").contains("idiot")), "links and code are not scored");
        assert!(words.count() > 0);
    }
}

#[test]
fn inputs_are_compact_and_bad_lines_are_told() {
    let workspace = Workspace::new();
    workspace.write("short.toml", "[limits]\nmax_line_bytes = 200\nmax_body_bytes = 100\n[output]\ntext = false\n");
    let huge = format!("{{\"text\":\"{}\"}}", "very ".repeat(1_000));
    let input =
        format!("{{\"id\":\"a\",\"text\":\"{INSULT}\"}}\noops\n{huge}\n{{\"id\":\"b\",\"text\":\"Lovely!\"}}\n");
    let arguments = ["explain", "-", "--config", "short.toml", "--label", "toxicity"];
    let ran = workspace.run(arguments, input.as_bytes()).expect_code(0);
    let stdout = String::from_utf8(ran.stdout).expect("UTF-8");
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 6, "{stdout}");
    assert!(
        lines[0] == "a: hostile" && lines[1].starts_with("  toxicity 0.") && lines[3].starts_with("b: "),
        "{stdout}"
    );
    assert!(ran.stderr.contains("invalid_json") && ran.stderr.contains("line_too_long"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("oops") && !ran.stderr.contains("very"), "no words in messages: {}", ran.stderr);
    let json = [&arguments[..], &["--json"]].concat();
    for line in workspace.run(json, input.as_bytes()).expect_code(0).records() {
        assert!(list(&line, "/tone/labels").iter().all(|label| label["words"][0]["text"].is_null()), "{line}");
    }
    let long = "word ".repeat(30);
    let ran = workspace.run(["explain", "--config", "short.toml", &long], b"").expect_code(2);
    assert!(ran.stderr.contains("150 bytes, the limit is 100") && ran.stderr.contains("hint: "), "{}", ran.stderr);
    // A saved page in which a comment is cut off by a broken archive.
    let packed = zstd::encode_all(interleaved_threads(500, 3).as_bytes(), 1).expect("packed");
    workspace.write("cut.zst", &packed[..packed.len() / 2]);
    let ran = workspace.run(["explain", "cut.zst", "--json"], b"").expect_code(1);
    assert!(ran.stderr.contains("unreadable"), "{}", ran.stderr);
}

#[test]
fn an_empty_input_explains_nothing() {
    for stdin in [&b""[..], b"\n\n", b"id,text\n"] {
        assert_eq!(explain(&["-"], stdin), (String::new(), String::new()));
    }
}

#[test]
fn what_cannot_be_explained_is_refused_with_everything_that_is_wrong() {
    let workspace = Workspace::new();
    workspace.write("off.toml", "[tone]\nenabled = false\n");
    workspace.write("odd.toml", "[tone]\nevidence_labels = \"some\"\n");
    for (arguments, expected) in [
        (&["gone.jsonl"][..], &["gone.jsonl: no such file", "hint: ", "--text"][..]),
        (&["--file", "gone"], &["gone: cannot open"]),
        (&["."], &[".: is a folder"]),
        (&["--file", "gone", "--label", "rude", "--label", "mean"], &["gone: ", "`rude`", "`mean`", "3 problems"]),
        (&["--label", "negative", "--model", "abuse", "Hello"], &["`negative`", "hint: the labels are: toxicity"]),
        (&["--config", "off.toml", "Hello"], &["tone is switched off", "hint: "]),
        (&["--config", "odd.toml", "Hello"], &["odd.toml:2: ", "some"]),
        (&["--config", "gone.toml", "Hello"], &["gone.toml: cannot read"]),
        (&["-", "--article", "gone.txt"], &["gone.txt: cannot open the article"]),
        (&[], &["required", "Usage: "]),
        (&["Hello", "--text", "Hello"], &["cannot be used with"]),
        (&["Hello", "world"], &["unexpected argument"]),
        (&["Hello", "--top", "-1"], &["-1"]),
        (&["Hello", "--model", "topic"], &["topic", "abuse"]),
    ] {
        let ran = workspace.run([&["explain"], arguments].concat(), b"").expect_code(2);
        assert!(ran.stdout.is_empty(), "{arguments:?}");
        for expected in expected {
            assert!(ran.stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{}", ran.stderr);
        }
    }
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let workspace = Workspace::new();
    workspace.write("comments.jsonl", interleaved_threads(400, 5));
    workspace.run_for_a_reader_that_leaves(&["explain", "comments.jsonl"]);
}
