//! Coral's documents in all orders and states.

use serde_json::json;

use super::*;

fn fields(document: &Value) -> Fields {
    document.as_object().unwrap().clone()
}

fn comment(id: &str, minute: u32, parent: Option<&str>, status: &str, body: &str) -> Value {
    json!({
        "_id": {"$oid": format!("00{id}")}, "id": id, "tenantID": "t", "storyID": "s1", "parentID": parent,
        "ancestorIDs": [], "revisions": [{"id": "old", "body": "<p>first try</p>"}, {"id": format!("r{id}"), "body": body}],
        "status": status, "createdAt": {"$date": format!("2024-05-01T10:{minute:02}:00.000Z")},
    })
}

fn story(id: &str) -> Value {
    json!({"id": id, "tenantID": "t", "url": "https://example.org/1", "metadata": {"title": "Bridge &amp; ferry",
        "description": "The council votes."}, "commentCounts": {}})
}

fn action(comment: &str, minute: u32, status: &str, reason: &Value) -> Value {
    json!({"id": format!("a{comment}{minute}"), "tenantID": "t", "commentID": comment, "storyID": "s1",
        "commentRevisionID": "r", "status": status, "rejectionReason": reason, "moderatorID": "m",
        "createdAt": {"$date": {"$numberLong": (1_714_557_600_000_u64 + u64::from(minute) * 60_000).to_string()}}})
}

fn join(documents: &[Value]) -> CoralThreads {
    let mut export = CoralExport::default();
    for document in documents {
        let document = fields(document);
        export.add(CoralKind::of(&document).unwrap(), &document).unwrap();
    }
    export.into_threads()
}

fn labels(threads: &CoralThreads) -> Vec<CoralLabel> {
    threads.threads.iter().flat_map(|thread| &thread.comments).map(|comment| comment.label).collect()
}

#[test]
fn comments_find_story_parents_and_decisions_in_any_order() {
    let irrelevant = json!({"code": "IRRELEVANT_CONTENT", "legalGrounds": null});
    let mut documents = vec![
        comment("c3", 3, Some("c2"), "REJECTED", "<div>Buy my <b>sofa</b></div>"),
        comment("c1", 1, None, "APPROVED", "A toll would pay for the bridge"),
        action("c3", 9, "REJECTED", &irrelevant),
        comment("c2", 2, Some("c1"), "NONE", "<blockquote>A toll</blockquote>No toll please"),
        story("s1"),
        comment("c4", 4, Some("gone"), "REJECTED", "rude words"),
        action("c4", 9, "REJECTED", &json!({"code": "HARASSMENT_BULLYING"})),
        comment("c5", 5, None, "REJECTED", "a match"),
    ];
    let joined = join(&documents);
    let [thread] = joined.threads.as_slice() else { panic!("{joined:?}") };
    assert_eq!(
        (thread.title.as_deref(), thread.description.as_deref()),
        (Some("Bridge & ferry"), Some("The council votes."))
    );
    let told: Vec<_> = thread.comments.iter().map(|it| (it.text.as_str(), it.parent, it.depth, it.label)).collect();
    let expected = [
        ("A toll would pay for the bridge", None, 1, CoralLabel::OnTopic),
        ("No toll please", Some(0), 2, CoralLabel::Unknown),
        ("Buy my sofa", Some(1), 3, CoralLabel::OffTopic),
        ("rude words", None, 2, CoralLabel::Unknown),
        ("a match", None, 1, CoralLabel::RejectedWithoutReason),
    ];
    assert_eq!(told, expected);
    assert_eq!((joined.without_parent, joined.without_story, joined.without_text, joined.repeated), (1, 0, 0, 0));
    for turn in 0..documents.len() {
        documents.rotate_left(1);
        assert_eq!(join(&documents), joined, "turn {turn}");
    }
    documents.reverse();
    assert_eq!(join(&documents), joined);
}

#[test]
fn the_last_rejection_and_the_present_status_count() {
    let [irrelevant, spam] = ["IRRELEVANT_CONTENT", "SPAM"].map(|code| json!({ "code": code }));
    for (status, actions, expected) in [
        ("REJECTED", vec![(1, "REJECTED", &spam), (2, "REJECTED", &irrelevant)], CoralLabel::OffTopic),
        ("REJECTED", vec![(2, "REJECTED", &spam), (1, "REJECTED", &irrelevant)], CoralLabel::Unknown),
        ("REJECTED", vec![(1, "REJECTED", &irrelevant), (2, "APPROVED", &Value::Null)], CoralLabel::OffTopic),
        ("APPROVED", vec![(1, "REJECTED", &irrelevant), (2, "APPROVED", &Value::Null)], CoralLabel::OnTopic),
        ("REJECTED", vec![(1, "REJECTED", &Value::Null)], CoralLabel::RejectedWithoutReason),
        ("PREMOD", vec![(1, "REJECTED", &irrelevant)], CoralLabel::Unknown),
    ] {
        let mut documents = vec![story("s1"), comment("c1", 0, None, status, "text")];
        documents.extend(actions.iter().map(|(minute, status, reason)| action("c1", *minute, status, reason)));
        assert_eq!(labels(&join(&documents)), [expected], "{status} {actions:?}");
    }
}

#[test]
fn reasons_are_found_where_versions_and_joins_put_them() {
    for (place, value) in [
        ("/rejectionReason", json!({"code": "IRRELEVANT_CONTENT"})),
        ("/rejectionReason", json!({"reason": "IRRELEVANT_CONTENT"})),
        ("/rejectionReason", json!("IRRELEVANT_CONTENT")),
        ("/revisions/1", json!({"body": "text", "rejectionReason": {"code": "IRRELEVANT_CONTENT"}})),
    ] {
        let mut one = comment("c1", 0, None, "REJECTED", "text");
        one["rejectionReason"] = Value::Null;
        *one.pointer_mut(place).unwrap() = value.clone();
        assert_eq!(labels(&join(&[story("s1"), one])), [CoralLabel::OffTopic], "{place} {value}");
    }
}

#[test]
fn what_cannot_be_used_is_counted() {
    let mut deleted = comment("c1", 1, None, "NONE", "");
    deleted["revisions"] = json!([]);
    let mut elsewhere = comment("c2", 2, None, "APPROVED", "text");
    elsewhere["storyID"] = json!("gone");
    let mut other_tenant = comment("c3", 3, None, "APPROVED", "text");
    other_tenant["tenantID"] = json!("u");
    let mut untitled = story("s2");
    untitled["metadata"] = json!({"title": "  "});
    let mut of_untitled = comment("c4", 4, None, "APPROVED", "text");
    of_untitled["storyID"] = json!("s2");
    let answer = comment("c5", 5, Some("c1"), "APPROVED", "an answer to nothing");
    let joined = join(&[story("s1"), untitled, deleted, elsewhere, other_tenant, of_untitled, answer.clone(), answer]);
    assert_eq!((joined.without_text, joined.without_story, joined.repeated, joined.without_parent), (1, 3, 1, 1));
    assert_eq!(labels(&joined), [CoralLabel::OnTopic]);
    assert_eq!(joined.threads[0].comments[0].depth, 2);
}

#[test]
fn a_ring_of_parents_ends() {
    let joined = join(&[
        story("s1"),
        comment("c1", 1, Some("c2"), "NONE", "one"),
        comment("c2", 2, Some("c1"), "NONE", "two"),
        comment("c3", 3, Some("c3"), "NONE", "three"),
    ]);
    assert!(joined.threads[0].comments.iter().all(|comment| comment.depth == MAX_DEPTH));
}

#[test]
fn collections_are_told_apart() {
    let mut bare_story = fields(&story("s1"));
    bare_story.remove("metadata");
    for (document, expected) in [
        (fields(&comment("c1", 0, None, "NONE", "text")), Some(CoralKind::Comments)),
        (fields(&story("s1")), Some(CoralKind::Stories)),
        (bare_story, Some(CoralKind::Stories)),
        (fields(&action("c1", 0, "APPROVED", &Value::Null)), Some(CoralKind::ModerationActions)),
        (fields(&json!({"commentID": "c1", "actionType": "FLAG", "reason": "x"})), Some(CoralKind::ReaderActions)),
        (fields(&json!({"text": "a", "off_topic": 1, "article": "b"})), None),
        (fields(&json!({"id": "1", "username": "a", "email": "b"})), None),
    ] {
        assert_eq!(CoralKind::of(&document), expected, "{document:?}");
    }
    let mut export = CoralExport::default();
    let problem = export.add(CoralKind::Comments, &fields(&json!({"id": "c1", "revisions": []}))).unwrap_err();
    assert!(problem.starts_with("a document of comments without `storyID`\n  hint: "), "{problem}");
}

#[test]
fn dates_come_in_many_shapes() {
    for (date, expected) in [
        (json!({"$date": "1970-01-01T00:00:01Z"}), Some(1_000)),
        (json!({"$date": "1970-01-01T00:00:01.250Z"}), Some(1_250)),
        (json!({"$date": {"$numberLong": "77"}}), Some(77)),
        (json!({"$date": 77}), Some(77)),
        (json!("1970-01-01T00:00:01Z"), Some(1_000)),
        (json!({"$date": "yesterday"}), None),
        (json!(null), None),
        (json!([1]), None),
    ] {
        assert_eq!(milliseconds(&date), expected, "{date}");
    }
}
