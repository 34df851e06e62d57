//! Model files that ask for more than they have: refused, without the memory that they ask for.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use threadsieve::classify::artifact::Artifact;
use threadsieve::classify::linear_model::LinearModel;
use threadsieve::classify::static_encoder::StaticEncoder;
use threadsieve::language::model::LanguageModel;
use threadsieve::topic::TopicModel;

use crate::support::Workspace;

const FEATURES: &str = "words1-2+ends+you+not+chars3-4-in-words+capitals/2";

/// A header that says little, changed.
fn header(change: impl FnOnce(&mut Value)) -> Value {
    let mut header = json!({
        "name": "demo", "version": "1", "kind": "sparse-logistic-2", "feature_spec": FEATURES, "labels": ["insult"],
        "languages": ["en"], "parameters": {}, "sections": []
    });
    change(&mut header);
    header
}

/// A file with a header, these numbers, and a checksum that fits.
fn file(header: &[u8], numbers: &[u8]) -> Vec<u8> {
    let mut file = b"TSIEVE\0\x01".to_vec();
    file.extend((header.len() as u32).to_le_bytes());
    file.extend(header);
    file.extend(numbers);
    let checksum = Sha256::digest(&file);
    file.extend(checksum);
    file
}

/// Why no loader takes a file: the first of the reasons.
fn check(header: &Value, numbers: usize, expected: &str) {
    let artifact = Artifact::parse(file(header.to_string().as_bytes(), &vec![1; numbers]));
    let error = match &artifact {
        Err(error) => error.to_string(),
        Ok(artifact) => match header["kind"].as_str() {
            Some("static-encoder") => StaticEncoder::from_artifact(artifact).expect_err("refused").to_string(),
            Some("language-softmax-1") => LanguageModel::from_artifact(artifact).expect_err("refused").to_string(),
            Some("topic-head") => TopicModel::check(artifact).expect_err("refused").to_string(),
            _ => LinearModel::from_artifact(artifact).expect_err("refused").to_string(),
        },
    };
    assert!(error.contains(expected), "`{expected}` is not in `{error}`: {header}");
}

fn section(name: &str, numbers: &str, count: u64) -> Value {
    json!({"name": name, "numbers": numbers, "count": count})
}

#[test]
fn sizes_that_a_file_does_not_have_are_refused() {
    let weights = |count: u64| {
        header(|header| {
            header["parameters"]["buckets"] = json!(8.0);
            header["sections"] = json!([section("weights", "i8", count)]);
        })
    };
    check(&weights(1 << 60), 8, "its header asks for 1152921504606847");
    check(&weights(u64::MAX), 8, "its header asks for 18446744073709551615 bytes");
    check(&weights(7), 8, "its header asks for");
    check(
        &header(|header| header["sections"] = json!([section("a", "f64", u64::MAX / 8), section("b", "f64", 3)])),
        8,
        "asks for",
    );
    check(&weights(8), 8, "section `inverse_frequencies`: expected 8 numbers");
}

#[test]
fn numbers_that_make_no_sense_are_refused() {
    for (buckets, expected) in [
        (json!(1e300), "bucket"),
        (json!(-1.0), "bucket"),
        (json!(0.5), "bucket"),
        (json!(1_u64 << 60), "bucket"),
        (json!(null), "broken header"),
    ] {
        check(&header(|header| header["parameters"]["buckets"] = buckets), 0, expected);
    }
    check(&header(|header| header["labels"] = json!(vec!["a"; 65])), 0, "65 labels");
    check(&header(|header| header["labels"] = json!([])), 0, "0 labels");
    let encoder = |dimensions: Value| {
        header(|header| {
            header["kind"] = "static-encoder".into();
            header["feature_spec"] = "topic-words-pieces-4-5@1".into();
            header["parameters"] = json!({"dimensions": dimensions, "word_rows": 1e15, "piece_rows": 1e15});
        })
    };
    check(&encoder(json!(4)), 0, "`word_rows` is not a whole number");
    check(&encoder(json!(1e18)), 0, "`dimensions`");
    let language = |buckets: f64| {
        header(|header| {
            header["kind"] = "language-softmax-1".into();
            header["feature_spec"] = "word+chars1-4-in-words/1".into();
            header["labels"] = json!(["Latn/en", "Latn/de"]);
            header["parameters"] = json!({
                "buckets.Latn": buckets, "sharpness.Latn": 1, "sharpness_exponent.Latn": 0, "weight_scale.Latn": 0.1
            });
        })
    };
    check(&language(1e18), 0, "table Latn: 1000000000000000000 buckets");
    check(&language(4.0), 0, "section `weights.Latn`: expected 8 numbers");
    let topic = header(|header| {
        header["kind"] = "topic-head".into();
        header["feature_spec"] = "topic-encoder-terms-18-light-stem@2".into();
        header["labels"] = json!(["off_topic"]);
        header["parameters"] =
            json!({"content_weight": 1, "rare_weight": 1, "term_weight_step": 0.1, "head_intercept": 0});
    });
    check(&topic, 0, "section `term_weights`");
}

#[test]
fn headers_that_are_none_are_refused() {
    for header in [&b""[..], b"{", b"[]", b"null", b"\xff", b"{\"name\":1}"] {
        assert!(Artifact::parse(file(header, &[])).is_err(), "{header:?}");
    }
    let nested = "[".repeat(100_000);
    assert!(Artifact::parse(file(nested.as_bytes(), &[])).is_err());
    // A length of the header that leads beyond the file, and one that leads to its end.
    for length in [u32::MAX, 1 << 20, 21, 20] {
        let mut bytes = file(&[b' '; 20], &[]);
        bytes.splice(8..12, length.to_le_bytes());
        assert!(Artifact::parse(bytes).is_err(), "{length}");
    }
}

/// The program looks at a file of a kilobyte that asks for an exabyte, with less memory than any part of that.
#[test]
#[cfg(target_os = "linux")]
fn what_a_file_asks_for_is_not_taken() {
    let workspace = Workspace::new();
    std::fs::create_dir(workspace.path("model")).expect("a folder");
    let hostile = header(|header| {
        header["parameters"]["buckets"] = json!(1_u64 << 60);
        header["sections"] = json!([section("inverse_frequencies", "u8", 1 << 60)]);
    });
    workspace.write("model/weights.bin", file(hostile.to_string().as_bytes(), &[1; 64]));
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 600000 && exec \"$0\" models verify model", env!("CARGO_BIN_EXE_threadsieve")])
        .current_dir(workspace.path("."))
        .output()
        .expect("the program runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some_and(|code| code != 0), "{told}");
    assert!(told.contains("its header asks for"), "{told}");
}
