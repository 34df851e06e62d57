//! The statement of reasons: only where it is asked for, only for what is held, with none of the comment's words.

use serde_json::Value;

use crate::support::{Workspace, by_id, csv_table, parquet_table, sqlite_table, string};

const INPUT: &str = "{\"id\":\"1\",\"thread_id\":\"t\",\"text\":\"Zanzibar is far, said the ferryman to me.\"}\n\
    {\"id\":\"2\",\"thread_id\":\"t\",\"text\":\"Zanzibar is far, said the ferryman to me.\"}\n\
    {\"id\":\"3\",\"thread_id\":\"t\",\"text\":\"https://example.org/zanzibar\"}\n\
    {\"id\":\"4\",\"thread_id\":\"t\",\"text\":\"Мост је затворен од јутрос, а нико не зна зашто.\"}\n";

const RULES: &str = "[[policy.rules]]\nid = \"repeat\"\nwhen = { flag = \"duplicate\" }\naction = \"review\"\n\
    [[policy.rules]]\nid = \"calm\"\nwhen = { label = \"toxicity\", below = 0.99 }\naction = \"approve\"\n\
    [[policy.rules]]\nid = \"link\"\nwhen = { flag = \"link_only\" }\naction = \"reject\"\n\
    [[policy.rules]]\nid = \"foreign\"\nwhen = { translation = \"needed\" }\naction = \"translate\"\n";

fn workspace(section: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", format!("{section}{RULES}"));
    workspace
}

#[test]
fn records_hold_no_statement_unless_it_is_asked_for() {
    for record in workspace("").run(["run"], INPUT.as_bytes()).expect_code(0).records() {
        assert_eq!(record.get("statement_of_reasons"), None, "{record}");
    }
}

#[test]
fn what_is_held_has_a_statement() {
    let workspace = workspace("[output.statement_of_reasons]\n");
    let records = workspace.run(["run"], INPUT.as_bytes()).expect_code(0).records();
    for id in ["1", "4"] {
        assert_eq!(by_id(&records, id).get("statement_of_reasons"), None, "{id}");
    }
    let schema: Value = serde_json::from_slice(&workspace.run(["schema"], b"").stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (id, facts) in [
        ("2", "Rule \"repeat\" matched: flag:duplicate. Rule \"calm\" matched: the score toxicity is 0."),
        ("3", "Rule \"link\" matched: flag:link_only."),
    ] {
        let record = by_id(&records, id);
        assert!(validator.is_valid(record), "{record}");
        let statement = &record["statement_of_reasons"];
        assert_eq!(statement["automated_detection"], "Yes");
        assert_eq!(statement["automated_decision"], "AUTOMATED_DECISION_NOT_AUTOMATED");
        assert_eq!(statement["decision_ground"], "DECISION_GROUND_INCOMPATIBLE_CONTENT");
        assert!(string(statement, "/decision_facts").starts_with(facts), "{statement}");
        assert!(!statement.to_string().to_lowercase().contains("zanzibar"), "{statement}");
        let puid = string(statement, "/puid");
        assert!(puid.chars().all(|one| one.is_ascii_alphanumeric() || "-_".contains(one)), "{puid}");
    }
    let puid = |id: &str| string(by_id(&records, id), "/statement_of_reasons/puid").to_owned();
    assert_ne!(puid("2"), puid("3"));
    let again = workspace.run(["run"], INPUT.as_bytes()).records();
    assert_eq!(string(by_id(&again, "2"), "/statement_of_reasons/puid"), puid("2"), "it is the same in every run");
    let mut wrong = by_id(&records, "2").clone();
    wrong["statement_of_reasons"]["puid"] = Value::Null;
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_configuration_says_who_decides_and_on_what_ground() {
    let section = "[output.statement_of_reasons]\nautomated_decision = \"AUTOMATED_DECISION_PARTIALLY\"\n\
                   decision_ground = \"DECISION_GROUND_ILLEGAL_CONTENT\"\n";
    let workspace = workspace(section);
    let records = workspace.run(["run"], INPUT.as_bytes()).expect_code(0).records();
    let statement = &by_id(&records, "2")["statement_of_reasons"];
    assert_eq!(statement["automated_decision"], "AUTOMATED_DECISION_PARTIALLY");
    assert_eq!(statement["decision_ground"], "DECISION_GROUND_ILLEGAL_CONTENT");
    let shown = String::from_utf8(workspace.run(["config", "show"], b"").expect_code(0).stdout).expect("UTF-8");
    assert!(shown.contains(section), "{shown}");
    workspace.write("pipeline.toml", "[output.statement_of_reasons]\nfacts = true\n");
    let ran = workspace.run(["run"], INPUT.as_bytes()).expect_code(2);
    assert!(ran.stderr.contains("pipeline.toml:2: unknown field `facts`"), "{}", ran.stderr);
}

#[test]
fn tables_have_columns_for_it() {
    let workspace = workspace("[output.statement_of_reasons]\n");
    let arguments = ["run", "-o", "a.jsonl", "-o", "a.csv", "-o", "a.parquet", "-o", "a.db"];
    workspace.run(arguments, INPUT.as_bytes()).expect_code(0);
    let records = workspace.lines("a.jsonl");
    let tables = [
        (csv_table(&workspace.read("a.csv"), b','), Value::from("")),
        (parquet_table(&workspace.path("a.parquet")), Value::Null),
        (sqlite_table(&workspace.path("a.db")), Value::Null),
    ];
    for ((_, rows), nothing) in tables {
        for (row, record) in rows.iter().zip(&records) {
            for column in ["automated_detection", "automated_decision", "decision_ground", "decision_facts", "puid"] {
                let expected = record.get("statement_of_reasons").map_or(&nothing, |statement| &statement[column]);
                assert_eq!(row[column], *expected, "{column} of {record}");
            }
        }
    }
}
