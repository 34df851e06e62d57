//! `report` in a real browser: nothing in a comment runs, sliders count right, and the page is for everybody.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::browser::{View, in_browser};
use crate::support::records::{record, records};
use crate::support::{Workspace, sample, strings};

fn page(workspace: &Workspace, lines: &str) -> PathBuf {
    workspace.write("r.jsonl", lines);
    workspace.run(["report", "r.jsonl", "--out", "p.html"], b"").expect_code(0);
    workspace.path("p.html")
}

/// Texts that would run, close an element, or end a line of JavaScript, if they were let.
const ATTACKS: [&str; 7] = [
    "<script>window.ran = 1</script> in a comment, and then some more words so that it is long enough to be put forward",
    "</script><script>window.ran = 2</script><!-- <script> in a comment, and then some more words to make it long",
    "<img src=x onerror=\"window.ran = 3\"> in a comment, and then some more words so that it is long enough",
    "'\"><svg onload=window.ran=4></svg></title></style></textarea> and then some more words to make it long enough",
    "line\u{2028}separators\u{2029}and ]]> and --> and then some more words so that it is long enough to be shown",
    "{\"text\":\"\\u003cscript>window.ran = 5\"} and then some more words so that it is long enough to be shown",
    "<details open ontoggle=\"window.ran=6\"><a href=\"javascript:window.ran=7\">x</a> and more words to make it long",
];

#[test]
fn nothing_in_a_comment_runs() {
    let workspace = Workspace::new();
    let mut lines = String::new();
    for number in 0..140 {
        let attack = ATTACKS[number as usize % ATTACKS.len()];
        let mut record = record(number, "t", attack);
        for field in ["thread_id", "id", "author", "created_at"] {
            record[field] = json!(format!("{attack} {}", if field == "thread_id" { number % 3 } else { number }));
        }
        record["language"]["code"] = json!(attack);
        record["models"] = json!({ attack: attack });
        record["decision"]["reasons"][0]["rule"] = json!(attack);
        record["flags"] = json!(["duplicate", attack]);
        record["duplicate_of"] = json!(attack);
        record["translation"] = json!({"status": "needed", "from": attack, "failure": attack});
        record["tone"]["scores"][attack] = json!(0.4);
        if number % 2 == 0 {
            record["tone"]["evidence"] = json!([{"begin": 1, "end": 7, "label": "toxicity", "weight": 1.0}]);
        }
        let _ = writeln!(lines, "{record}");
    }
    let page = page(&workspace, &lines);
    let html = std::fs::read_to_string(&page).expect("the page");
    // One script that runs, and one of data.
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("</script").count(), 2);
    assert!(!html.contains("<img") && !html.contains("javascript:window.ran=7\""));
    let script = "
        const drawn = () => new Promise((done) => setTimeout(done, 100));
        document.getElementById('reveal').click();
        for (const slider of document.querySelectorAll('input[type=range]')) {
            slider.value = 100;
            slider.dispatchEvent(new Event('input'));
        }
        await drawn();
        const texts = Array.from(document.querySelectorAll('blockquote'), (quote) => quote.textContent);
        return { ran: window.ran === undefined ? 'nothing' : window.ran, texts, moved: document.querySelectorAll('#more li').length,
            elements: document.querySelectorAll('img, blockquote svg, blockquote script, a[href^=javascript]').length };";
    for keeps_policy in [false, true] {
        let Some(said) = in_browser(&page, View { keeps_policy, ..View::default() }, script) else { return };
        assert_eq!(said["ran"], "nothing");
        assert_eq!(said["elements"], 0);
        assert!(said["moved"].as_u64().is_some_and(|moved| moved > 0), "{said}");
        let texts = strings(&said, "/texts");
        for attack in ATTACKS {
            assert!(texts.contains(&attack), "shown as it was written: {attack}");
        }
    }
}

/// How many of the records are held with other thresholds.
fn held(lines: &str, toxicity: f64, off_topic: f64, positive: f64) -> usize {
    let is_held = |record: &Value| {
        let score = |pointer: &str| record.pointer(pointer).and_then(Value::as_f64).expect("a score");
        score("/tone/scores/toxicity") >= toxicity
            || score("/tone/scores/insult") >= 0.6
            || score("/topic/off_topic") >= off_topic
            || score("/tone/scores/positive") >= positive
            || record["flags"][0] == "duplicate"
    };
    lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).filter(is_held).count()
}

#[test]
fn sliders_count_what_other_thresholds_hold() {
    let workspace = Workspace::new();
    let lines = records(3_000);
    let page = page(&workspace, &lines);
    let script = "
        const drawn = () => new Promise((done) => setTimeout(done, 100));
        const labelled = (words) => document.getElementById(Array.from(document.querySelectorAll('.slider label'))
            .find((label) => label.textContent.startsWith(words)).htmlFor);
        const said = [];
        const move = async (words, value) => {
            const slider = labelled(words);
            slider.value = value;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            await drawn();
            said.push({ result: document.getElementById('result').textContent, output: document.querySelector(`output[for=${slider.id}]`).textContent,
                value: slider.getAttribute('aria-valuetext'), more: document.querySelectorAll('#more li').length,
                fewer: document.querySelectorAll('#fewer li').length, number: document.getElementById('more-n').textContent });
        };
        said.push({ result: document.getElementById('result').textContent, hidden: document.getElementById('changes').hidden });
        await move('toxicity', 3000);
        await move('off topic', 10050);
        await move('positive', 8000);
        document.getElementById('reset').click();
        await drawn();
        said.push({ result: document.getElementById('result').textContent, hidden: document.getElementById('changes').hidden });
        return said;";
    let Some(said) = in_browser(&page, View::default(), script) else { return };
    let grouped = |number: usize| {
        if number > 999 { format!("{},{:03}", number / 1_000, number % 1_000) } else { number.to_string() }
    };
    let before = held(&lines, 0.5, 0.9, 2.0);
    for (place, now) in
        [(1, held(&lines, 0.3, 0.9, 2.0)), (2, held(&lines, 0.3, 2.0, 2.0)), (3, held(&lines, 0.3, 2.0, 0.8))]
    {
        let result = said[place]["result"].as_str().unwrap_or_else(|| panic!("{said}"));
        let expected = format!("Held now: {} of 3,000. With these thresholds: {}, ", grouped(before), grouped(now));
        assert!(result.starts_with(&expected), "`{expected}` in `{result}`");
    }
    assert_eq!((&said[1]["output"], &said[1]["value"]), (&json!("0.3"), &json!("0.3")));
    assert_eq!(said[2]["output"], "never");
    assert_eq!((&said[1]["more"], &said[1]["fewer"]), (&json!(25), &json!(0)), "{said}");
    assert!(said[2]["fewer"].as_u64().is_some_and(|fewer| fewer > 0));
    for place in [0, 4] {
        assert_eq!(said[place]["result"], format!("Held now: {} of 3,000.", grouped(before)));
        assert_eq!(said[place]["hidden"], true);
    }
}

#[test]
fn covered_texts_are_not_seen_until_they_are_opened() {
    let workspace = Workspace::new();
    let mut lines = String::new();
    for number in 0..6 {
        let mut record = record(number, "t", "You are a turnip, said the gardener to the other one.");
        record["tone"] = json!({"label": "hostile", "scores": {"toxicity": 0.9}});
        if number < 3 {
            record["tone"]["evidence"] = json!([{"begin": 10, "end": 16, "label": "toxicity", "weight": 2.0}]);
        }
        let _ = writeln!(lines, "{record}");
    }
    let page = page(&workspace, &lines);
    let script = "
        // What is far below is not laid out, and has no inner text.
        for (const item of document.querySelectorAll('#worst li')) item.style.contentVisibility = 'visible';
        const seen = () => document.querySelector('#worst').innerText;
        const count = (words) => seen().split(words).length - 1;
        const before = [count('turnip'), count('gardener')];
        const word = document.querySelector('#worst details.word > summary');
        word.focus();
        const isFocused = document.activeElement === word;
        word.click();
        const one = [count('turnip'), count('gardener')];
        document.getElementById('reveal').click();
        const all = [count('turnip'), count('gardener')];
        document.getElementById('reveal').click();
        return { before, one, all, again: count('turnip'), isFocused };";
    let Some(said) = in_browser(&page, View::default(), script) else { return };
    let expected = json!({"before": [0, 3], "one": [1, 3], "all": [6, 6], "again": 0, "isFocused": true});
    assert_eq!(said, expected);
}

#[test]
fn the_page_is_for_everybody() {
    let workspace = Workspace::new();
    workspace.run(["report", sample("thread.jsonl").to_str().expect("a path"), "--out", "s.html"], b"").expect_code(0);
    let pages = [workspace.path("s.html"), page(&workspace, &records(500))];
    let script = include_str!("support/accessibility.js");
    for page in &pages {
        for (width, is_dark) in [(320, false), (320, true), (1_600, false), (1_600, true)] {
            let Some(said) = in_browser(page, View { width, is_dark, keeps_policy: true }, script) else { return };
            assert_eq!(said["problems"], json!([]), "{} at {width}, dark: {is_dark}", page.display());
            assert!(said["checked"].as_u64().is_some_and(|checked| checked > 100), "{said}");
            assert_eq!(said["isDark"], is_dark);
        }
    }
}
