//! Help, configuration, schema and completions.

use serde_json::Value;

use crate::support::{Workspace, sample};

fn stdout(arguments: &[&str]) -> String {
    let ran = Workspace::new().run(arguments, b"").expect_code(0);
    assert_eq!(ran.stderr, "", "{arguments:?}");
    String::from_utf8(ran.stdout).expect("UTF-8")
}

#[test]
fn every_help_has_an_example() {
    for command in [
        &[][..],
        &["run"],
        &["schema"],
        &["config"],
        &["config", "check"],
        &["config", "show"],
        &["bench"],
        &["train"],
        &["evaluate"],
        &["bias"],
        &["models"],
        &["models", "list"],
        &["models", "show"],
        &["models", "verify"],
        &["models", "promote"],
        &["models", "rollback"],
        &["explain"],
        &["report"],
        &["completions"],
    ] {
        let help = stdout(&[command, &["--help"]].concat());
        let (_, examples) = help.split_once("Example").unwrap_or_else(|| panic!("{command:?} has no example:\n{help}"));
        let call = ["threadsieve"].iter().chain(command).copied().collect::<Vec<_>>().join(" ");
        assert!(examples.contains(&call), "{command:?}: `{call}` is not in the example:\n{examples}");
    }
}

#[test]
fn help_names_every_option_and_every_command() {
    let help = stdout(&["run", "--help"]);
    for option in [
        "[INPUT]",
        "--format",
        "--article",
        "--output",
        "--dead-letters",
        "--config",
        "--workers",
        "--strict",
        "--progress",
        "--summary",
        "--verbose",
        "--log-format",
    ] {
        assert!(help.contains(option), "`{option}` is not in\n{help}");
    }
    let help = stdout(&["--help"]);
    for command in [
        "run",
        "schema",
        "config",
        "bench",
        "train",
        "evaluate",
        "bias",
        "models",
        "explain",
        "report",
        "completions",
        "Exit codes",
    ] {
        assert!(help.contains(command), "`{command}` is not in\n{help}");
    }
    assert_eq!(stdout(&["--version"]), format!("threadsieve {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_configuration_that_is_shown_is_sound_and_shows_the_same() {
    for config in [
        "",
        "[language]\nread = [\"sr\", \"en\"]\n[tone]\nevidence = 3\nevidence_labels = \"all\"\n[limits]\nmax_ids = 7\n",
        "[output]\ntext = false\nauthor = \"hash\"\nauthor_key_env = \"KEY\"\n[topic]\nenabled = false\n",
        "[tone]\nenabled = false\n[models.custom]\nspam = \"registry/spam\"\nkind-words = \"models/kind\"\n",
        "[[policy.rules]]\nid = \"a\"\nwhen = { label = \"insult\", at_least = 0.25, below = 0.5, flag = \"duplicate\" }\n\
         action = \"reject\"\n[[policy.rules]]\nid = \"b\"\nwhen = { language = \"hbs\", translation = \"supplied\", tone = \
         \"hostile\" }\naction = \"review\"\n",
    ] {
        let workspace = Workspace::new();
        workspace.write("pipeline.toml", config);
        let shown = workspace.run(["config", "show"], b"").expect_code(0).stdout;
        workspace.write("shown.toml", &shown);
        let again = workspace.run(["config", "show", "--config", "shown.toml"], b"").expect_code(0).stdout;
        assert_eq!(String::from_utf8_lossy(&shown), String::from_utf8_lossy(&again));
        let checked = workspace.run(["config", "check", "--config", "shown.toml"], b"").expect_code(0);
        assert!(String::from_utf8_lossy(&checked.stdout).starts_with("The configuration is sound: "));
    }
}

#[test]
fn what_is_shown_without_a_file_is_what_ships() {
    let shipped = crate::support::repository().join("pipeline.toml");
    let shipped = shipped.to_str().expect("UTF-8");
    assert_eq!(stdout(&["config", "show"]), stdout(&["config", "show", "--config", shipped]));
}

#[test]
fn completions_are_printed_for_each_shell() {
    for (shell, mark) in
        [("bash", "_threadsieve()"), ("zsh", "#compdef threadsieve"), ("fish", "complete -c threadsieve")]
    {
        let script = stdout(&["completions", shell]);
        assert!(script.contains(mark) && script.contains("dead-letters"), "{shell}");
    }
}

fn schema() -> Value {
    serde_json::from_str(&stdout(&["schema"])).expect("JSON")
}

#[test]
fn every_record_of_the_samples_is_valid() {
    let schema = schema();
    jsonschema::meta::validate(&schema).expect("a valid schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema that can be used");
    let workspace = Workspace::new();
    workspace.write(
        "other.toml",
        "[tone]\nevidence = 4\nevidence_labels = \"all\"\n[output]\nauthor = \"omit\"\n[topic]\nenabled = false\n",
    );
    workspace.write("silent.toml", "[tone]\nenabled = false\n[output]\ntext = false\n");
    let mut checked = 0;
    for file in ["thread.jsonl", "thread.csv", "thread.page.txt"] {
        for more in [&[][..], &["--config", "other.toml"], &["--config", "silent.toml"]] {
            let input = sample(file);
            let arguments = ["run", input.to_str().expect("UTF-8")].iter().chain(more).copied().collect::<Vec<_>>();
            let arguments = [arguments, if file.contains("page") { vec!["--format", "page"] } else { vec![] }].concat();
            for record in workspace.run(arguments, b"").expect_code(0).records() {
                let errors: Vec<String> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{file} {more:?}: {errors:?}\n{record}");
                check_that_fields_are_described(&schema, &record);
                checked += 1;
            }
        }
    }
    // The page without its article has the article's lines as comments as well.
    assert!(checked >= 9 * 28, "{checked}");
}

fn check_that_fields_are_described(schema: &Value, record: &Value) {
    for field in record.as_object().expect("an object").keys() {
        let described = &schema["properties"][field];
        assert!(described.is_object(), "`{field}` is not in the schema");
    }
}

#[test]
fn records_that_are_wrong_are_not_valid() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema that can be used");
    let record = Workspace::new().run(["run"], b"{\"text\":\"The ferry was late again.\"}\n").records().remove(0);
    assert!(validator.is_valid(&record));
    for (pointer, value) in [
        ("/id", Value::Null),
        ("/tone/scores/toxicity", 1.5.into()),
        ("/language/status", "guessed".into()),
        ("/segments/0/begin", (-1).into()),
        ("/flags", "duplicate".into()),
        ("/translation/flagged", "no".into()),
    ] {
        let mut wrong = record.clone();
        *wrong.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} of {record}")) = value;
        assert!(!validator.is_valid(&wrong), "{pointer}");
    }
    for field in
        ["schema", "thread_id", "id", "language", "translation", "segments", "tone", "topic", "flags", "decision"]
    {
        let mut wrong = record.clone();
        wrong.as_object_mut().expect("an object").remove(field);
        assert!(!validator.is_valid(&wrong), "without `{field}`");
    }
}

#[test]
fn the_schema_says_what_offsets_count() {
    let text = stdout(&["schema"]);
    assert!(text.contains("Unicode scalar values"), "{text}");
}
