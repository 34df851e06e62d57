//! `explain --thread` explains the topic scores that `run` gives, points at the right words, and hides them where told.

use serde_json::{Value, json};

use crate::support::{Workspace, by_id, interleaved_threads, number, part, sample, string};

const TITLE: &str = "Council to close the old bridge";

/// Two passages: the first about the bridge, the second about the harvest.
fn article() -> String {
    let bridge = "Engineers found cracks in two arches of the bridge, and the council wants to repair the pier in spring. \
        A weight limit for lorries was tried, but drivers took no notice of the signs and the cameras never came. \
        The repairs will take nine months and cost more than the town has set aside.";
    let harvest = "Farmers in the valley expect the worst potato harvest for years after a wet summer with much blight. \
        Many fields near the river stand under water, and seed for the next season is already scarce and dear. \
        The market hall will sell onions from abroad until the autumn, its manager says.";
    format!("{bridge}\n\n{harvest}")
}

fn thread() -> String {
    let comment = |id: &str, parent: Option<&str>, text: &str| {
        json!({"thread_id": "t", "id": id, "parent_id": parent, "author": "a", "text": text}).to_string() + "\n"
    };
    json!({"type": "thread", "thread_id": "t", "title": TITLE, "language": "en", "article": article()}).to_string()
        + "\n"
        + &comment(
            "pier",
            None,
            "“Cracks” in the arches and a pier that moves: repair the bridge 🙂 before spring comes.",
        )
        + &comment("potato", None, "Potato blight ruined our harvest, the fields near the river are under water.")
        + &comment("guitar", None, "Tuning guitars requires patience, nylon strings stretch endlessly overnight.")
        + &comment("answer", Some("guitar"), "Nylon strings stretch, but carbon strings hardly ever need tuning.")
        + &comment("lost", Some("nobody"), "Lorries ignored the weight limit signs and the cameras never came anyway.")
        + &comment("thanks", None, "Thank you!")
        + &comment("two", None, "Bridge repairs?")
        + &comment("link", None, "http://example.org/bridge")
        + &comment("serbian", None, "Не разумем зашто је мост затворен већ трећу недељу заредом")
}

fn explain_json(workspace: &Workspace, arguments: &[&str], stdin: &[u8]) -> Vec<Value> {
    let arguments = [&["explain", "--thread", "--json"], arguments].concat();
    let ran = workspace.run(arguments, stdin).expect_code(0);
    assert_eq!(ran.stderr, "");
    ran.records()
}

fn float(value: &Value, pointer: &str) -> f64 {
    value.pointer(pointer).and_then(Value::as_f64).unwrap_or_else(|| panic!("no number at {pointer} of {value}"))
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {pointer} of {value}"))
}

#[test]
fn what_is_explained_is_what_run_scores() {
    let workspace = Workspace::new();
    workspace.write("small.toml", "[limits]\nmax_threads = 2\nmax_comments_per_thread = 5\nmax_comments = 8\n");
    let sample = std::fs::read(sample("thread.jsonl")).expect("the sample");
    let mut scored = 0;
    for input in [&sample, interleaved_threads(3, 40).as_bytes(), thread().as_bytes()] {
        for config in [&[][..], &["--config", "small.toml"]] {
            let records = workspace.run([&["run"], config].concat(), input).expect_code(0).records();
            let explained = explain_json(&workspace, &[&["-"], config].concat(), input);
            assert_eq!(explained.len(), records.len());
            for (explained, record) in explained.iter().zip(&records) {
                for field in ["thread_id", "id", "parent_id", "topic", "models"] {
                    assert_eq!(explained[field], record[field], "{explained}");
                }
                let is_scored = explained["topic"]["absent"].is_null();
                assert_eq!(explained["log_odds"].is_object(), is_scored, "{explained}");
                if is_scored {
                    let sum = float(explained, "/log_odds/sum");
                    let probability = 1.0 / (1.0 + (-sum).exp());
                    assert!((probability - float(explained, "/topic/off_topic")).abs() < 1e-4, "{explained}");
                    let parts = ["intercept", "article", "parent", "thread", "author", "other"];
                    let parts: f64 = parts.iter().map(|part| float(&explained["log_odds"], &format!("/{part}"))).sum();
                    assert!((sum - parts).abs() < 1e-5, "{explained}");
                    for basis in ["article", "parent"] {
                        let relevance = &record["topic"]["relevance"][basis];
                        assert_eq!(explained[basis].is_null(), relevance.is_null(), "{basis}: {explained}");
                    }
                    scored += 1;
                }
            }
        }
    }
    assert!(scored > 30, "{scored}");
}

#[test]
fn a_comment_points_at_its_passage_and_words() {
    let explained = explain_json(&Workspace::new(), &["-"], thread().as_bytes());
    let texts: Vec<Value> = crate::support::parse_lines(thread().as_bytes());
    let text_of = |id: &str| string(by_id(&texts, id), "/text").to_owned();
    for (id, passage, word) in [("pier", 1, "pier"), ("potato", 2, "Potato"), ("lost", 1, "Lorries")] {
        let explained = by_id(&explained, id);
        assert_eq!(number(explained, "/article/passage/number"), passage, "{explained}");
        let part_of = |text: &str, place: &Value| {
            assert_eq!(part(text, number(place, "/begin"), number(place, "/end")), string(place, "/text"));
        };
        let article = article();
        part_of(&article, &explained["article"]["passage"]);
        let words = list(explained, "/article/words");
        assert!(words.iter().any(|pair| string(pair, "/text") == word), "{explained}");
        assert!(words.windows(2).all(|pair| float(&pair[0], "/weight") >= float(&pair[1], "/weight")), "{explained}");
        for pair in words.iter().chain(list(explained, "/article/near_words")) {
            part_of(&text_of(id), pair);
            part_of(if pair["with"]["place"] == "title" { TITLE } else { &article }, &pair["with"]);
        }
        for pair in list(explained, "/article/near_words") {
            assert!((0.5..=1.0).contains(&float(pair, "/cosine")), "{pair}");
        }
        let is_title = float(explained, "/article/title") > float(explained, "/article/passage/cosine");
        assert_eq!(string(explained, "/article/nearest"), if is_title { "title" } else { "passage" });
        assert!(explained["parent"].is_null());
    }
    let guitar = by_id(&explained, "guitar");
    assert!(list(guitar, "/article/words").is_empty(), "nothing in common: {guitar}");
    let answer = by_id(&explained, "answer");
    let shared: Vec<&str> = list(answer, "/parent/words").iter().map(|pair| string(pair, "/text")).collect();
    assert!(shared.contains(&"Nylon") && shared.contains(&"tuning"), "{answer}");
    for pair in list(answer, "/parent/words") {
        assert_eq!(pair["with"]["place"], "parent");
        let (begin, end) = (number(pair, "/with/begin"), number(pair, "/with/end"));
        assert_eq!(part(&text_of("guitar"), begin, end), string(pair, "/with/text"));
    }
    let top = explain_json(&Workspace::new(), &["-", "--top", "1"], thread().as_bytes());
    assert_eq!(list(by_id(&top, "answer"), "/parent/words").len(), 1);
}

#[test]
fn people_can_read_it() {
    let workspace = Workspace::new();
    let path = workspace.write("thread.jsonl", thread());
    let ran = workspace.run(["explain", "--thread", "thread.jsonl"], b"").expect_code(0);
    let shown = String::from_utf8(ran.stdout).expect("UTF-8");
    let of_file = workspace.run(["explain", "--thread", "--file", path.to_str().expect("UTF-8")], b"").expect_code(0);
    assert_eq!(of_file.stdout, shown.as_bytes());
    let block = |id: &str| {
        let lines = shown.lines().skip_while(|line| !line.starts_with(&format!("{id}: ")));
        let (head, rest) = lines.enumerate().partition::<Vec<_>, _>(|(place, _)| *place == 0);
        let rest = rest.into_iter().map(|(_, line)| line).take_while(|line| line.starts_with(' '));
        head.into_iter().map(|(_, line)| line).chain(rest).collect::<Vec<_>>().join("\n")
    };
    for (id, expected) in [
        ("pier", &["off_topic 0.", "basis article", "log-odds ", "passage 1, cosine ", "Engineers found"][..]),
        ("potato", &["passage 2, cosine ", "the title, cosine", "Farmers in the valley"]),
        ("guitar", &["words of the article: none"]),
        ("answer", &["words of the parent guitar: ", "parent 1."]),
        ("thanks", &["not scored (too_little_text): a greeting, thanks"]),
        ("two", &["not scored (too_little_text): fewer than three words"]),
        ("link", &["not scored (no_text): "]),
        ("serbian", &["not scored (language_unsupported): ", "the models read en"]),
    ] {
        for expected in expected {
            assert!(block(id).contains(expected), "{id}: `{expected}` is missing in\n{}\nof\n{shown}", block(id));
        }
    }
    let alone = b"{\"text\":\"Nylon strings stretch endlessly and guitars need tuning.\"}\n";
    let ran = workspace.run(["explain", "--thread", "-"], alone).expect_code(0);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("not scored (no_context): no article"), "{:?}", ran.stdout);
}

#[test]
fn words_are_hidden_where_the_configuration_says_so() {
    let workspace = Workspace::new();
    workspace.write("quiet.toml", "[output]\ntext = false\n[tone]\nenabled = false\n");
    for json in [&[][..], &["--json"]] {
        let arguments = [&["explain", "--thread", "-", "--config", "quiet.toml"], json].concat();
        let ran = workspace.run(arguments, thread().as_bytes()).expect_code(0);
        let shown = String::from_utf8(ran.stdout).expect("UTF-8").to_lowercase();
        for word in ["harvest", "nylon", "pier that", "engineers", "farmers", "lorries"] {
            assert!(!shown.contains(word), "`{word}` is shown in\n{shown}");
        }
        assert!(shown.contains("passage") && ran.stderr.is_empty(), "{shown}");
    }
    let explained = explain_json(&workspace, &["-", "--config", "quiet.toml"], thread().as_bytes());
    let pair = &list(by_id(&explained, "answer"), "/parent/words")[0];
    assert!(pair["text"].is_null() && pair["with"]["text"].is_null() && number(pair, "/end") > 0, "{pair}");
}

#[test]
fn control_characters_and_long_texts_do_no_harm() {
    let long = format!("bridge \u{1b}[31m\u{202e} cracks arches council {}", "pier repairs weight ".repeat(3_000));
    let reply = "The bridge has cracks, its pier needs repairs, and the arches too.";
    let input = thread()
        + &json!({"thread_id": "t", "id": "x\u{1b}[1m", "text": long}).to_string()
        + "\n"
        + &json!({"thread_id": "t", "id": "y", "parent_id": "x\u{1b}[1m", "text": reply}).to_string()
        + "\n";
    let ran = Workspace::new().run(["explain", "--thread", "-", "--color", "always"], input.as_bytes()).expect_code(0);
    let shown = String::from_utf8(ran.stdout).expect("UTF-8");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
    assert!(shown.contains("words of the parent x\u{fffd}[1m: ") && shown.contains("bridge"), "{shown}");
}

#[test]
fn an_empty_input_explains_nothing_and_bad_lines_are_told() {
    let workspace = Workspace::new();
    for stdin in [&b""[..], b"\n\n", b"id,text\n"] {
        let ran = workspace.run(["explain", "--thread", "-"], stdin).expect_code(0);
        assert!(ran.stdout.is_empty() && ran.stderr.is_empty(), "{}", ran.stderr);
    }
    workspace.write("short.toml", "[limits]\nmax_line_bytes = 200\nmax_body_bytes = 100\n");
    let input = format!("oops\n{{\"text\":\"{}\"}}\n{{\"id\":\"b\",\"text\":\"Lovely!\"}}\n", "very ".repeat(1_000));
    let arguments = ["explain", "--thread", "-", "--format", "jsonl", "--config", "short.toml"];
    let ran = workspace.run(arguments, input.as_bytes()).expect_code(0);
    assert!(ran.stdout.starts_with(b"b: not scored (too_little_text)"), "{:?}", ran.stdout);
    assert!(ran.stderr.contains("invalid_json") && ran.stderr.contains("line_too_long"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("oops") && !ran.stderr.contains("very"), "no words in messages: {}", ran.stderr);
    let packed = zstd::encode_all(interleaved_threads(500, 3).as_bytes(), 1).expect("packed");
    workspace.write("cut.zst", &packed[..packed.len() / 2]);
    let ran = workspace.run(["explain", "--thread", "cut.zst", "--json"], b"").expect_code(1);
    assert!(ran.stderr.contains("unreadable"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let workspace = Workspace::new();
    workspace.write("off.toml", "[topic]\nenabled = false\n");
    for (arguments, expected) in [
        (&["gone.jsonl"][..], &["gone.jsonl: no such file", "hint: --thread"][..]),
        (&["Just a text"], &["Just a text: no such file", "hint: --thread"]),
        (&["--file", "gone"], &["gone: cannot open"]),
        (&["."], &[".: is a folder"]),
        (&["-", "--config", "off.toml"], &["topic is switched off", "hint: set `enabled = true` in [topic]"]),
        (&["gone", "--config", "off.toml"], &["gone: no such file", "topic is switched off", "2 problems"]),
        (&["-", "--label", "toxicity"], &["--thread", "cannot be used with", "--label"]),
        (&["-", "--model", "abuse"], &["--thread", "cannot be used with", "--model"]),
        (&["--text", "Hello"], &["--thread", "cannot be used with", "--text"]),
        (&[], &["required", "Usage: "]),
    ] {
        let ran = workspace.run([&["explain", "--thread"], arguments].concat(), b"").expect_code(2);
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
    workspace.run_for_a_reader_that_leaves(&["explain", "--thread", "comments.jsonl"]);
}
