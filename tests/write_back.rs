//! Files for comment systems: a line for each comment that is held, and nothing that an id or a rule's name could break
//! out of.

use serde_json::{Value, json};

use crate::support::{Workspace, csv_table, parse_lines};

/// Ids that are no numbers, as somebody might choose them who means harm.
const HOSTILE: &[&str] = &[
    "1; touch broken",
    "$(touch broken)",
    "`touch broken`",
    "2\ntouch broken",
    "3 || touch broken",
    "-1",
    "--all",
    "4 5",
    "",
    "\u{665}",
    "1:23",
    "\",\"x",
    "'",
    "99999999999999999999999",
];

const RULES: &str = "[[policy.rules]]\nid = \"a link; $(touch broken), \\\"or\\\"\\nso\"\nwhen = { flag = \"link_only\" }\n\
    action = \"review\"\n\
    [[policy.rules]]\nid = \"digits\"\nwhen = { flag = \"no_text\" }\naction = \"reject\"\n";

/// A thread of comments, each with its id and text.
fn input(comments: &[(&str, &str)]) -> String {
    let line = |(id, text): &(&str, &str)| json!({ "thread_id": "t,1", "id": id, "text": text }).to_string();
    comments.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn held_comments() -> Vec<(&'static str, &'static str)> {
    let mut comments = vec![
        ("11", "The ferry was late again this morning."),
        ("12", "https://example.org"),
        ("13", "123456"),
        ("14", "Мост је затворен од јутрос, а нико не зна зашто."),
        ("0015", "https://example.org/a"),
    ];
    comments.extend(HOSTILE.iter().map(|id| (*id, "https://example.org/b")));
    comments
}

fn write(system: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", RULES);
    let option = format!("{system}=out");
    let arguments = ["run", "--write-back", &option, "-o", "records.jsonl", "--dead-letters", "dead.jsonl"];
    workspace.run(arguments, input(&held_comments()).as_bytes()).expect_code(0);
    assert!(workspace.lines("dead.jsonl").is_empty(), "ids are not checked by the reader");
    workspace
}

/// The ids that the records hold for some action, in order.
fn ids(workspace: &Workspace, actions: &[&str]) -> Vec<String> {
    let held = workspace.lines("records.jsonl").into_iter().filter(|record| {
        let action = record["decision"]["action"].as_str().expect("an action");
        actions.contains(&action)
    });
    held.map(|record| record["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
#[cfg(unix)]
fn wordpress_is_told_to_hold_comments_and_nothing_else_is_run() {
    use std::os::unix::fs::PermissionsExt as _;

    let workspace = write("wordpress");
    let script = String::from_utf8(workspace.read("out")).expect("UTF-8");
    assert!(script.starts_with("#!/bin/sh\n"), "{script}");
    let commands: Vec<&str> = script.lines().filter(|line| line.starts_with("wp ")).collect();
    let expected = [("12", "review"), ("13", "reject"), ("0015", "review")]
        .map(|(id, action)| format!("wp comment unapprove {id} || failed=$((failed + 1)) # {action}"));
    assert_eq!(commands, expected, "{script}");
    let skipped = HOSTILE.len();
    assert!(script.contains(&format!("comments to hold: 3; left out, since their ids are no numbers: {skipped}\n")));
    // A `wp` that notes what it is told, and has no comment 13.
    let wp = workspace.write("wp", "#!/bin/sh\necho \"$*\" >> told\n[ \"$3\" != 13 ]\n");
    std::fs::set_permissions(&wp, std::fs::Permissions::from_mode(0o755)).expect("a program");
    let folder = wp.parent().expect("a folder");
    let mut shell = std::process::Command::new("/bin/sh");
    let output = shell.arg("out").current_dir(folder).env("PATH", folder).output().expect("a shell");
    let told = String::from_utf8(workspace.read("told")).expect("UTF-8");
    assert_eq!(told, "comment unapprove 12\ncomment unapprove 13\ncomment unapprove 0015\n");
    assert_eq!(output.status.code(), Some(1), "one could not be held");
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be held: 1"));
    assert!(!workspace.path("broken").exists());
}

#[test]
fn coral_gets_a_request_for_each_comment_that_is_held() {
    let workspace = write("coral");
    let requests = workspace.lines("out");
    let input = |request: &Value| request["variables"]["input"].clone();
    let named: Vec<String> =
        requests.iter().map(|request| input(request)["commentID"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(named, ids(&workspace, &["review", "reject"]));
    assert_eq!(named.len(), 3 + HOSTILE.len());
    let review = json!({ "commentID": "12", "commentRevisionID": null, "reason": "COMMENT_REPORTED_OTHER",
        "additionalDetails": "threadsieve: a link; $(touch broken), \"or\"\nso", "clientMutationId": "12" });
    assert_eq!(input(&requests[0]), review);
    assert!(requests[0]["query"].as_str().expect("a query").contains("createCommentFlag(input: $input)"));
    assert_eq!(input(&requests[1]), json!({ "commentID": "13", "commentRevisionID": null, "clientMutationId": "13" }));
    assert!(requests[1]["query"].as_str().expect("a query").contains("rejectComment(input: $input)"));
}

#[test]
fn disqus_gets_a_row_for_each_comment_that_is_held() {
    let workspace = write("disqus");
    let (columns, rows) = csv_table(&workspace.read("out"), b',');
    assert_eq!(columns, ["id", "thread_id", "action", "decision", "rules"]);
    let named: Vec<&str> = rows.iter().map(|row| row["id"].as_str().expect("an id")).collect();
    assert_eq!(named, ids(&workspace, &["review", "reject"]));
    assert!(rows.iter().all(|row| row["action"] == "pending" && row["thread_id"] == "t,1"));
    assert_eq!(rows[0]["rules"], "a link; $(touch broken), \"or\"\nso");
    let decisions: Vec<&str> = rows.iter().map(|row| row["decision"].as_str().expect("a word")).take(3).collect();
    assert_eq!(decisions, ["review", "reject", "review"]);
}

#[test]
fn several_files_at_once_and_records_on_stdout() {
    let workspace = Workspace::new();
    let arguments =
        ["run", "--write-back", "coral=c.gz", "--write-back", "disqus=d.csv", "--write-back", "wordpress=w"];
    let ran = workspace.run(arguments, b"{\"text\":\"The ferry was late again.\"}\n").expect_code(0);
    assert_eq!(ran.records().len(), 1);
    let mut requests = Vec::new();
    let packed = workspace.read("c.gz");
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*packed), &mut requests).expect("gzip");
    assert!(parse_lines(&requests).is_empty());
    assert_eq!(workspace.read("d.csv"), b"id,thread_id,action,decision,rules\r\n");
    assert!(String::from_utf8(workspace.read("w")).expect("UTF-8").contains("comments to hold: 0; left out"));
}
