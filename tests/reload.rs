//! A run that goes on takes new versions of its models, and every record names those that scored it.

use std::fs;

use serde_json::Value;

use crate::streaming::Conversation;
use crate::support::{SmallModel, Workspace, string};

const CONFIG: &str = "[models]\nabuse = \"registry/abuse\"\n[models.custom]\nspam = \"registry/spam\"\n[policy]\n";

/// Two versions of one number; the second likes its word less.
fn versions(model: &SmallModel<'static>) -> [SmallModel<'static>; 2] {
    [model.clone(), SmallModel { weight: 0.5, ..model.clone() }]
}

fn promote(workspace: &Workspace, model: &SmallModel<'_>) {
    let folder = workspace.path("trained");
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("removed");
    }
    model.write(&folder);
    workspace.run(["models", "promote", "trained", "--force"], b"").expect_code(0);
}

/// A site with the first versions of both models.
fn site() -> (Workspace, [SmallModel<'static>; 2], [SmallModel<'static>; 2]) {
    let workspace = Workspace::new();
    workspace.write("pipeline.toml", CONFIG);
    let (abuse, spam) = (versions(&SmallModel::abuse()), versions(&SmallModel::default()));
    promote(&workspace, &abuse[0]);
    promote(&workspace, &spam[0]);
    (workspace, abuse, spam)
}

fn line(number: usize) -> String {
    format!("{{\"id\":\"c{number}\",\"text\":\"What a rotten offer number {number}.\"}}\n")
}

fn check(record: &Value, abuse: &SmallModel<'_>, spam: &SmallModel<'_>) {
    assert_eq!(string(record, "/models/tone"), abuse.citation());
    assert_eq!(string(record, "/models/spam"), spam.citation());
    for (label, model) in [("toxicity", abuse), ("spam", spam)] {
        let score = record["tone"]["scores"][label].as_f64().expect("a score");
        let likes = model.weight > 10.0;
        assert_eq!(score > 0.5, likes, "{label}: {score}, which is not what the cited model gives");
    }
}

#[test]
fn a_promotion_and_a_rollback_are_seen_by_the_next_comment() {
    let (workspace, abuse, spam) = site();
    let mut conversation = Conversation::begin(&workspace, &[]);
    let mut number = 0;
    let mut answer = |conversation: &mut Conversation, abuse: &SmallModel<'_>, spam: &SmallModel<'_>| {
        conversation.say(&line(number));
        number += 1;
        check(&conversation.hear(), abuse, spam);
    };
    answer(&mut conversation, &abuse[0], &spam[0]);
    answer(&mut conversation, &abuse[0], &spam[0]);
    promote(&workspace, &abuse[1]);
    answer(&mut conversation, &abuse[1], &spam[0]);
    promote(&workspace, &spam[1]);
    answer(&mut conversation, &abuse[1], &spam[1]);
    workspace.run(["models", "rollback", "abuse"], b"").expect_code(0);
    answer(&mut conversation, &abuse[0], &spam[1]);
    let (code, rest, stderr) = conversation.end();
    assert_eq!((code, rest), (Some(0), vec![]), "{stderr}");
    assert!(!stderr.contains("WARN"), "{stderr}");
}

#[test]
fn a_version_that_is_no_good_is_told_once_and_the_one_before_stays() {
    let (workspace, abuse, spam) = site();
    workspace.write(
        "pipeline.toml",
        CONFIG.replace(
            "[policy]\n",
            "[[policy.rules]]\nid = \"rude\"\nwhen = { label = \"toxicity\", at_least = 0.5 }\naction = \"review\"\n",
        ),
    );
    let mut conversation = Conversation::begin(&workspace, &[]);
    let mut number = 0;
    let mut twice = |conversation: &mut Conversation, abuse: &SmallModel<'_>, spam: &SmallModel<'_>| {
        for _ in 0..2 {
            conversation.say(&line(number));
            number += 1;
            check(&conversation.hear(), abuse, spam);
        }
    };
    twice(&mut conversation, &abuse[0], &spam[0]);
    // A version that is not there; no version at all; damaged weights.
    workspace.write("registry/abuse/current", "9-nowhere\n");
    twice(&mut conversation, &abuse[0], &spam[0]);
    fs::remove_file(workspace.path("registry/abuse/current")).expect("removed");
    twice(&mut conversation, &abuse[0], &spam[0]);
    let damaged = workspace.path("registry/abuse/2-damaged");
    abuse[1].write(&damaged);
    let mut bytes = abuse[1].weights();
    bytes[200] ^= 1;
    fs::write(damaged.join("weights.bin"), bytes).expect("written");
    workspace.write("registry/abuse/current", "2-damaged\n");
    twice(&mut conversation, &abuse[0], &spam[0]);
    // Sound, but a rule asks for what it does not have; sound, but of another language.
    promote(&workspace, &SmallModel { labels: &[("rudeness", "rotten")], hostile: &["rudeness"], ..abuse[1].clone() });
    twice(&mut conversation, &abuse[0], &spam[0]);
    promote(&workspace, &SmallModel { language: "de", ..abuse[1].clone() });
    twice(&mut conversation, &abuse[0], &spam[0]);
    // That one model is broken does not hold up the other.
    promote(&workspace, &spam[1]);
    twice(&mut conversation, &abuse[0], &spam[1]);
    promote(&workspace, &abuse[1]);
    twice(&mut conversation, &abuse[1], &spam[1]);
    let (code, _, stderr) = conversation.end();
    assert_eq!(code, Some(0), "{stderr}");
    for expected in [
        "names the version `9-nowhere`",
        "`current` is gone",
        "the checksum does not fit",
        "no model gives the label `toxicity`",
        "it reads other languages",
    ] {
        assert_eq!(stderr.matches(expected).count(), 1, "`{expected}` in\n{stderr}");
    }
    assert_eq!(stderr.matches("the one before stays in force").count(), 5, "{stderr}");
}

#[test]
fn in_the_midst_of_a_long_input_the_version_changes_once() {
    let (workspace, abuse, spam) = site();
    let mut conversation = Conversation::begin(&workspace, &["--workers", "4"]);
    conversation.say(&line(0));
    check(&conversation.hear(), &abuse[0], &spam[0]);
    let many: String = (1..1_500).map(line).collect();
    conversation.say(&many);
    check(&conversation.hear(), &abuse[0], &spam[0]);
    promote(&workspace, &abuse[1]);
    conversation.say(&line(1_500));
    let (code, rest, stderr) = conversation.end();
    assert_eq!(code, Some(0), "{stderr}");
    let records: Vec<Value> = rest.iter().map(|line| serde_json::from_str(line).expect("a record")).collect();
    assert_eq!(records.len(), 1_499);
    let mut is_new = false;
    for record in &records {
        let cites_new = string(record, "/models/tone") == abuse[1].citation();
        assert!(cites_new || !is_new, "the version before came back at {}", record["id"]);
        is_new = cites_new;
        check(record, &abuse[usize::from(is_new)], &spam[0]);
    }
    assert!(is_new, "the last comment came after the promotion");
}

#[test]
fn files_that_change_or_go_under_a_run_do_it_no_harm() {
    let workspace = Workspace::new();
    let (abuse, spam) = (SmallModel::abuse(), SmallModel::default());
    workspace
        .write("pipeline.toml", "[models]\nabuse = \"mine\"\n[models.custom]\nspam = \"registry/spam\"\n[policy]\n");
    abuse.write(&workspace.path("mine"));
    promote(&workspace, &spam);
    let mut conversation = Conversation::begin(&workspace, &[]);
    let mut number = 0;
    let mut answer = |conversation: &mut Conversation| {
        conversation.say(&line(number));
        number += 1;
        check(&conversation.hear(), &abuse, &spam);
    };
    answer(&mut conversation);
    // A folder that is no entry of a registry is read once.
    SmallModel { weight: 0.5, ..abuse.clone() }.write(&workspace.path("mine"));
    answer(&mut conversation);
    workspace.write("mine/weights.bin", b"");
    answer(&mut conversation);
    let version = workspace.path("registry/spam").join(spam.folder_name());
    fs::write(version.join("weights.bin"), b"not a model any more").expect("written");
    answer(&mut conversation);
    fs::remove_dir_all(workspace.path("registry")).expect("removed");
    fs::remove_dir_all(workspace.path("mine")).expect("removed");
    answer(&mut conversation);
    let (code, _, stderr) = conversation.end();
    assert_eq!(code, Some(0), "{stderr}");
}
