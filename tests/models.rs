//! `threadsieve models`: what a registry holds, what comes into it, and what stays out.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Ran, SmallModel, Workspace, parse_lines, string};

fn model(version: &'static str, roc_auc: f64) -> SmallModel<'static> {
    SmallModel { version, roc_auc: Some(roc_auc), ..SmallModel::default() }
}

fn models(workspace: &Workspace, arguments: &[&str]) -> Ran {
    workspace.run(["models"].iter().chain(arguments), b"")
}

/// What is on stdout of a command that ends well.
#[track_caller]
fn done(workspace: &Workspace, arguments: &[&str]) -> String {
    String::from_utf8(models(workspace, arguments).expect_code(0).stdout).expect("UTF-8")
}

/// The command ends with this code, and says all of this on stderr.
#[track_caller]
fn refused(workspace: &Workspace, arguments: &[&str], code: i32, expected: &[&str]) {
    let ran = models(workspace, arguments).expect_code(code);
    for expected in expected {
        assert!(ran.stderr.contains(expected), "{arguments:?}: `{expected}` is missing in\n{}", ran.stderr);
    }
}

fn current(workspace: &Workspace, name: &str) -> String {
    String::from_utf8(workspace.read(&format!("registry/{name}/current"))).expect("UTF-8").trim().to_owned()
}

/// All files below a folder with what is in them.
fn everything(workspace: &Workspace, name: &str) -> Vec<(String, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![workspace.path(name)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                found.push((path.display().to_string(), Vec::new()));
                folders.push(path);
            } else {
                found.push((path.display().to_string(), fs::read(path).expect("a file")));
            }
        }
    }
    found.sort();
    found
}

/// A registry with two versions of `spam`, the second in force.
fn site() -> (Workspace, SmallModel<'static>, SmallModel<'static>) {
    let workspace = Workspace::new();
    let (one, two) = (model("1", 0.9), model("2", 0.91));
    one.write(&workspace.path("one"));
    two.write(&workspace.path("two"));
    done(&workspace, &["promote", "one"]);
    done(&workspace, &["promote", "two"]);
    (workspace, one, two)
}

#[test]
fn a_promotion_copies_the_model_and_makes_it_current() {
    let workspace = Workspace::new();
    let (one, two) = (model("1", 0.9), model("2", 0.8985));
    one.write(&workspace.path("one"));
    two.write(&workspace.path("two"));
    let first = done(&workspace, &["promote", "one"]);
    assert!(first.contains("the first version, nothing to compare it with"), "{first}");
    assert_eq!(current(&workspace, "spam"), one.folder_name());
    let second = done(&workspace, &["promote", "two"]);
    for expected in ["spam ROC AUC", "0.90000", "0.89850", &one.citation(), &two.citation(), "is current, 1-"] {
        assert!(second.contains(expected), "`{expected}` is missing in\n{second}");
    }
    assert_eq!(current(&workspace, "spam"), two.folder_name());
    for (model, folder) in [(&one, "one"), (&two, "two")] {
        for file in ["weights.bin", "manifest.toml", "card.md", "report.json"] {
            let copy = workspace.read(&format!("registry/spam/{}/{file}", model.folder_name()));
            assert_eq!(copy, workspace.read(&format!("{folder}/{file}")));
        }
    }
    let history = workspace.lines("registry/spam/history.jsonl");
    assert_eq!(history.len(), 2);
    assert_eq!((&history[0]["from"], &history[0]["gate"]["verdict"]), (&Value::Null, &"first".into()));
    assert_eq!(string(&history[1], "/from"), one.folder_name());
    assert_eq!(string(&history[1], "/gate/compared_with"), one.citation());
    assert_eq!(history[1]["gate"]["largest_drop"], 0.0015);
    let at = string(&history[1], "/at");
    assert!(at.len() == 20 && at.ends_with('Z') && at.contains('T'), "{at}");
    // Again: nothing happens.
    let before = everything(&workspace, "registry");
    let again = done(&workspace, &["promote", "two"]);
    assert!(again.contains("is current already"), "{again}");
    assert_eq!(everything(&workspace, "registry"), before);
    // A version that is there already comes back without being copied.
    let back = done(&workspace, &["promote", "one", "--max-drop", "0"]);
    assert!(back.contains("is current, 2-"), "{back}");
    assert_eq!(everything(&workspace, "registry").len(), before.len());
}

#[test]
fn a_worse_model_stays_out_and_nothing_changes() {
    let (workspace, _, two) = site();
    model("3", 0.9).write(&workspace.path("worse"));
    let before = everything(&workspace, "registry");
    let expected = ["spam ROC AUC: 0.91000 before, now 0.90000", "nothing was changed", "hint: "];
    refused(&workspace, &["promote", "worse"], 1, &expected);
    let ran = models(&workspace, &["promote", "worse"]);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("0.90000  missed"), "the table is on stdout");
    assert!(!ran.stderr.contains("nothing was read"), "{}", ran.stderr);
    assert_eq!(everything(&workspace, "registry"), before);
    assert_eq!(current(&workspace, "spam"), two.folder_name());
    done(&workspace, &["promote", "worse", "--max-drop", "0.01"]);
    done(&workspace, &["promote", "two"]);
    let forced = done(&workspace, &["promote", "worse", "--force"]);
    assert!(forced.contains("not compared (--force)"), "{forced}");
    let history = workspace.lines("registry/spam/history.jsonl");
    assert_eq!(string(history.last().expect("a line"), "/gate/verdict"), "forced");
}

#[test]
fn a_model_with_other_labels_is_worse() {
    let (workspace, _, _) = site();
    SmallModel { labels: &[("advert", "offer")], ..model("3", 0.95) }.write(&workspace.path("other"));
    refused(&workspace, &["promote", "other"], 1, &["spam ROC AUC: 0.91000 before, now there is none"]);
    SmallModel { labels: &[("spam", "offer"), ("advert", "ferry")], ..model("3", 0.95) }.write(&workspace.path("more"));
    done(&workspace, &["promote", "more"]);
}

#[test]
fn reports_of_different_data_are_not_compared() {
    let (workspace, _, _) = site();
    model("3", 0.95).write(&workspace.path("three"));
    let report = String::from_utf8(workspace.read("three/report.json")).expect("UTF-8");
    workspace.write("three/report.json", report.replace("\"rows\":100", "\"rows\":90"));
    let expected = ["the two reports are of different data: texts: 100 against 90", "hint: ", "--data FILE"];
    refused(&workspace, &["promote", "three"], 2, &expected);
    fs::remove_file(workspace.path("three/report.json")).expect("removed");
    refused(&workspace, &["promote", "three"], 2, &["three: has no report.json", "--data FILE"]);
    workspace.write("three/report.json", "{}");
    refused(&workspace, &["promote", "three"], 2, &["the report of the new model has no figures"]);
}

#[test]
fn data_decides_where_it_is_given() {
    let (workspace, _, two) = site();
    let rows: Vec<String> = (0..40)
        .map(|number| {
            let (text, spam) = if number % 2 == 0 { ("an offer", 1) } else { ("the ferry", 0) };
            format!("{{\"text\":\"{text} number {number}\",\"labels\":{{\"spam\":{spam}}}}}\n")
        })
        .collect();
    workspace.write("dev.jsonl", rows.concat());
    // Its report is splendid, but it likes the wrong word.
    SmallModel { labels: &[("spam", "ferry")], ..model("3", 0.99) }.write(&workspace.path("wrong"));
    refused(&workspace, &["promote", "wrong", "--data", "dev.jsonl"], 1, &["spam ROC AUC: 1.00000 before, now 0."]);
    assert_eq!(current(&workspace, "spam"), two.folder_name());
    // Another has no report, and is good: it gets one.
    let good = SmallModel { roc_auc: None, weight: 15.0, ..model("3", 0.0) };
    good.write(&workspace.path("good"));
    done(&workspace, &["promote", "good", "--data", "dev.jsonl"]);
    let report = workspace.read(&format!("registry/spam/{}/report.json", good.folder_name()));
    assert_eq!(serde_json::from_slice::<Value>(&report).expect("JSON")["all"]["rows"], 40);
    let history = workspace.lines("registry/spam/history.jsonl");
    assert_eq!(history[2]["gate"]["data"], serde_json::json!(["dev.jsonl"]));
    assert!(done(&workspace, &["verify", "spam"]).lines().all(|line| line.ends_with(": sound")));

    model("4", 0.9).write(&workspace.path("four"));
    refused(&workspace, &["promote", "four", "--data", "gone.jsonl", "lost.jsonl"], 2, &["gone.jsonl", "lost.jsonl"]);
    workspace.write("none.jsonl", "{\"text\":\"a\",\"labels\":{\"other\":1}}\n");
    refused(
        &workspace,
        &["promote", "four", "--data", "none.jsonl"],
        2,
        &["not one usable row", "hint: its labels are"],
    );
    assert_eq!(current(&workspace, "spam"), good.folder_name());
    refused(&workspace, &["promote", "four", "--data", "dev.jsonl", "--force"], 2, &["cannot be used with"]);
    refused(&workspace, &["promote", "four", "--max-drop", "two"], 2, &["a number from 0 to 1"]);
}

#[test]
fn the_first_version_is_compared_with_the_one_in_the_program() {
    let workspace = Workspace::new();
    SmallModel::abuse().write(&workspace.path("small"));
    refused(&workspace, &["promote", "small"], 2, &["the two reports are of different data: texts: 3000 against 100"]);
    assert_eq!(everything(&workspace, "registry").len(), 1, "but for the lock nothing is left");
    let shipped = crate::support::repository().join("models/abuse");
    let shipped = shipped.to_str().expect("UTF-8");
    let said = done(&workspace, &["promote", shipped]);
    assert!(said.contains("toxicity ROC AUC") && said.contains("is current"), "{said}");
    workspace.write("pipeline.toml", "[models]\nabuse = \"registry/abuse\"\n");
    workspace.run(["config", "check"], b"").expect_code(0);
}

#[test]
fn what_is_not_sound_does_not_come_in() {
    let workspace = Workspace::new();
    refused(
        &workspace,
        &["promote", "nowhere"],
        2,
        &["nowhere: weights.bin is missing", "card.md is missing", "hint: "],
    );
    assert!(!workspace.path("registry").exists(), "nothing is made for a model that is none");
    let good = model("1", 0.9);
    let check = |file: &str, bytes: &[u8], expected: &str| {
        good.write(&workspace.path("bad"));
        workspace.write(&format!("bad/{file}"), bytes);
        refused(&workspace, &["promote", "bad", "--force"], 2, &[expected]);
        assert!(!workspace.path("registry").exists());
    };
    check("weights.bin", b"", "not a threadsieve model");
    let mut flipped = good.weights();
    flipped[300] ^= 4;
    check("weights.bin", &flipped, "the checksum does not fit");
    check("weights.bin", &model("2", 0.9).weights(), "states the version `1`, weights.bin says `2`");
    check("manifest.toml", b"", "states no `weights_sha256`");
    check("card.md", b"", "card.md is empty");
    check("report.json", b"{", "report.json is no JSON");
    for (name, version, expected) in
        [("../out", "1", "the model's name is `../out`"), ("spam", "1/../..", "the model's version is `1/../..`")]
    {
        SmallModel { name, version, ..model("1", 0.9) }.write(&workspace.path("sly"));
        refused(&workspace, &["promote", "sly"], 2, &[expected, "cannot be the name of a folder"]);
        assert!(!workspace.path("registry").exists());
    }
    let lacking = SmallModel { hostile: &[], ..SmallModel::abuse() };
    lacking.write(&workspace.path("lacking"));
    refused(&workspace, &["promote", "lacking"], 2, &["no parameter `hostile_at.<label>`"]);
    good.write(&workspace.path("good"));
    workspace.write("file", "");
    refused(&workspace, &["promote", "good", "--registry", "file"], 2, &["file: cannot make the folder"]);
}

#[test]
fn a_rollback_goes_back_along_the_history() {
    let (workspace, one, two) = site();
    let said = done(&workspace, &["rollback", "spam"]);
    assert!(said.contains(&format!("{} is current again, {} is not", one.folder_name(), two.folder_name())), "{said}");
    assert_eq!(current(&workspace, "spam"), one.folder_name());
    let history = workspace.lines("registry/spam/history.jsonl");
    assert_eq!(string(&history[2], "/action"), "rollback");
    assert_eq!(history[2].get("gate"), None);
    refused(&workspace, &["rollback", "spam"], 2, &["the history names no version before `1-", "--to: 1-", ", 2-"]);
    assert!(done(&workspace, &["rollback", "spam", "--to", "1"]).contains("is current already"));
    done(&workspace, &["rollback", "spam", "--to", "2"]);
    assert_eq!(current(&workspace, "spam"), two.folder_name());
    refused(&workspace, &["rollback", "spam", "--to", "3"], 2, &["no version `3`", "hint: the versions are: 1-"]);
    refused(&workspace, &["rollback", "ham"], 2, &["no model `ham`", "hint: the models in it are: spam"]);
    refused(&workspace, &["rollback", "../spam"], 2, &["no model `../spam`"]);
    refused(&workspace, &["rollback", "spam", "--registry", "gone"], 2, &["registry gone", "no such folder"]);
    workspace.write(&format!("registry/spam/{}/weights.bin", one.folder_name()), b"");
    refused(&workspace, &["rollback", "spam"], 2, &["is not sound", "models verify"]);
    assert_eq!(current(&workspace, "spam"), two.folder_name());
    fs::remove_file(workspace.path("registry/spam/history.jsonl")).expect("removed");
    refused(&workspace, &["rollback", "spam"], 2, &["the history names no version before `2-"]);
}

#[test]
fn all_that_is_wrong_is_found_at_once() {
    let (workspace, one, two) = site();
    let said = done(&workspace, &["verify"]);
    assert_eq!(said.lines().count(), 7, "{said}");
    assert!(said.lines().all(|line| line.ends_with(": sound")), "{said}");
    assert!(said.contains("built-in topic: sound"), "{said}");
    let (first, second) = (one.folder_name(), two.folder_name());
    let mut flipped = one.weights();
    flipped[300] ^= 4;
    workspace.write(&format!("registry/spam/{first}/weights.bin"), flipped);
    fs::remove_file(workspace.path(&format!("registry/spam/{first}/card.md"))).expect("removed");
    let manifest = format!("registry/spam/{second}/manifest.toml");
    let stated = String::from_utf8(workspace.read(&manifest)).expect("UTF-8");
    workspace.write(&manifest, stated.replace("labels = [\"spam\"]", "labels = [\"ham\"]"));
    fs::rename(workspace.path("two"), workspace.path("registry/spam/7-misnamed")).expect("moved");
    workspace.write("registry/spam/current", "9-gone\n");
    let mut history = workspace.read("registry/spam/history.jsonl");
    history.extend_from_slice(b"half a line");
    workspace.write("registry/spam/history.jsonl", history);
    let expected = [
        "registry/spam: 2 problems",
        "current: names the version `9-gone`, which is not there",
        "history.jsonl: line 3",
        &format!("registry/spam/{first}: 2 problems"),
        "weights.bin: the checksum does not fit",
        "card.md: is missing",
        "manifest.toml: states the labels `ham`, weights.bin says `spam`",
        &format!("its folder: it is `spam`, version `{second}`"),
    ];
    for arguments in [&["verify"][..], &["verify", "spam"], &["verify", "registry/spam"]] {
        let ran = models(&workspace, arguments).expect_code(1);
        let said = String::from_utf8(ran.stdout).expect("UTF-8");
        for expected in expected {
            assert!(said.contains(expected), "{arguments:?}: `{expected}` is missing in\n{said}");
        }
    }
    for (arguments, code) in [(["verify", "one"], 0), (["verify", "abuse"], 0), (["verify", "spam@1"], 1)] {
        let ran = models(&workspace, &arguments).expect_code(code);
        assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    }
    let nothing = ["no such folder", "no version `8`", "no model `nowhere`"];
    refused(&workspace, &["verify", "./nowhere", "spam@8", "nowhere", "one"], 2, &nothing);
    refused(&workspace, &["verify", "--registry", "gone"], 2, &["registry gone: no such folder"]);
    let ran = models(&workspace, &["list"]).expect_code(0);
    assert!(ran.stderr.contains("names the version") || ran.stderr.contains("no version `9-gone`"), "{}", ran.stderr);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("2 problems: `threadsieve models verify`"));
    refused(&workspace, &["show", "spam"], 2, &["no version `9-gone`"]);
    refused(&workspace, &["show", "spam@1"], 2, &["weights.bin the checksum does not fit"]);
    // A model that came in keeps the broken versions out of the way.
    done(&workspace, &["promote", "one", "--force", "--registry", "other"]);
}

#[test]
fn versions_are_listed_with_the_one_in_force_marked() {
    let (workspace, one, two) = site();
    let table = done(&workspace, &["list"]);
    let line = |version: &str| table.lines().find(|line| line.contains(version)).expect("a line").to_owned();
    assert!(line(&two.folder_name()).starts_with("* spam") && line(&two.folder_name()).contains("0.9100"), "{table}");
    assert!(line(&one.folder_name()).starts_with("  spam"), "{table}");
    assert!(table.contains("  abuse") && table.contains("built-in"), "{table}");
    let lines = parse_lines(done(&workspace, &["list", "--json", "--registry", "registry"]).as_bytes());
    assert_eq!(lines.len(), 7);
    assert_eq!(lines[1]["citation"], two.citation());
    assert_eq!((&lines[0]["is_current"], &lines[1]["is_current"]), (&false.into(), &true.into()));
    // Without a registry, the program's own; one that was named must be there.
    assert_eq!(done(&Workspace::new(), &["list"]).lines().count(), 6);
    refused(&workspace, &["list", "--registry", "gone"], 2, &["registry gone: no such folder", "hint: "]);
}

#[test]
fn a_model_is_shown_for_people_and_for_programs() {
    let (workspace, one, two) = site();
    let shown = done(&workspace, &["show", "spam"]);
    for expected in
        [&two.citation(), "in force", "sparse-logistic", "ours.jsonl, 12 rows", "0.5000", "0.9100", "100 texts"]
    {
        assert!(shown.contains(expected), "`{expected}` is missing in\n{shown}");
    }
    let shown = done(&workspace, &["show", &format!("spam@{}", one.folder_name())]);
    assert!(shown.contains(&one.citation()) && !shown.contains("in force"), "{shown}");
    let json = |arguments: &[&str]| {
        serde_json::from_str::<Value>(&done(&workspace, &[arguments, &["--json"]].concat())).expect("JSON")
    };
    let shown = json(&["show", "spam@1"]);
    assert_eq!(shown["labels"][0], serde_json::json!({"label": "spam", "threshold": 0.5}));
    assert_eq!(shown["report"]["all"]["rows"], 100);
    assert_eq!(shown["manifest"]["training"][0]["rows"], 12);
    assert_eq!(json(&["show", "./one"])["citation"], one.citation());
    for name in ["abuse", "topic@built-in", "sentiment"] {
        let shown = done(&workspace, &["show", name]);
        assert!(shown.contains("+sha256:") && shown.contains("built-in") && shown.contains("trained on"), "{shown}");
    }
    refused(&workspace, &["show", "ham"], 2, &["no model `ham`", "spam"]);
    refused(&workspace, &["show", "./ham"], 2, &["weights.bin is missing"]);
    refused(&workspace, &["show", "spam@"], 2, &["no version ``"]);
    fs::remove_file(workspace.path("registry/spam/current")).expect("removed");
    refused(&workspace, &["show", "spam"], 2, &["no version is current", "hint: name one, such as spam@2-"]);
    let ran = models(&workspace, &["verify", "spam"]).expect_code(1);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("current: is missing"), "no version is in force");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let (workspace, one, _) = site();
    for arguments in [&["list"][..], &["show", "abuse", "--json"], &["verify"], &["promote", "one", "--max-drop", "1"]]
    {
        let mut command = workspace.std_command();
        command.arg("models").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        drop(child.stdout.take());
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let said: Vec<String> = stderr.lines().map_while(Result::ok).collect();
        assert_eq!(child.wait().expect("an end").code(), Some(0), "{arguments:?}: {said:?}");
        assert!(said.is_empty(), "{arguments:?}: {said:?}");
    }
    assert_eq!(current(&workspace, "spam"), one.folder_name(), "it was promoted though nobody listened");
}
