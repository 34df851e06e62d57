//! What the targets do that read no comments: records, the cutting of texts, features, models and the configuration.

use std::io::Cursor;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use threadsieve::classify::artifact::{Artifact, Header};
use threadsieve::classify::linear_model::LinearModel;
use threadsieve::classify::softmax_table::SoftmaxTable;
use threadsieve::classify::static_encoder::StaticEncoder;
use threadsieve::config;
use threadsieve::domain::{SegmentKind, Span};
use threadsieve::language::Detector;
use threadsieve::language::model::LanguageModel;
use threadsieve::report::{Background, Excerpts, Mask, Options, RecordsFile, Survey, page};
use threadsieve::text::anatomy::{Anatomy, word_hashes};
use threadsieve::text::features::{FEATURE_SPACE, Featuriser, HashedText};
use threadsieve::text::quotes::QuoteIndex;
use threadsieve::text::segments::{cut, cut_at_paragraphs, place_of, text_of};
use threadsieve::text::sentences::sentences;
use threadsieve::text::translation::{halves, markers, may_say_the_same, says_the_same, untranslated_share};
use threadsieve::text::words::words;
use threadsieve::tone::{ToneModel, ToneScratch};
use threadsieve::topic::TopicModel;

/// What stands between the earlier text and the comment in an input of the target `segments`.
const BETWEEN_TEXTS: &str = "\n---\n";
/// The largest file that the target `model` puts together, in bytes.
const MAX_MODEL_BYTES: u64 = 1 << 20;
/// A text for models that load.
const TRIED: &str = "You are a fine one, aren't you? Dobar dan svima! Шта је то";

/// Reads bytes as a file of records, as `report` does, and makes its page. How many records and bad lines there were.
pub(crate) fn read_records(bytes: &[u8]) -> usize {
    let owned = bytes.to_vec();
    let open = move || Ok(Box::new(Cursor::new(owned.clone())) as Box<_>);
    let files = [RecordsFile::new("records", Box::new(open))];
    let _ = files[0].holds_records();
    let survey = Survey::read(&files, None);
    let lines = survey.lines().clone();
    let options = Options { mask: Mask::Auto, ..Options::default() };
    let excerpts = Excerpts::read(&survey, &files, &options);
    let html = page(&survey, &excerpts, &Background::default(), &options);
    assert!(html.starts_with("<!") && html.trim_end().ends_with("</html>"), "a page is whole");
    lines.records as usize + lines.bad_lines as usize
}

/// Cuts a text in every way that a run does. How many segments there are.
pub(crate) fn read_segments(text: &str) -> usize {
    let (earlier, text) = text.split_once(BETWEEN_TEXTS).unwrap_or(("", text));
    let anatomy = Anatomy::of(text);
    let places: Vec<Span> = anatomy.words.iter().map(|word| word.span).collect();
    for spans in [&places, &anatomy.links, &anatomy.code] {
        check_spans(text, spans);
    }
    check_spans(text, &words(text).collect::<Vec<_>>());
    let lines = sentences(text, Span::new(0, text.len()));
    check_spans(text, &lines);
    let mut index = QuoteIndex::default();
    index.add(word_hashes(earlier).iter().map(|word| word.hash));
    let runs = index.find(&anatomy.words);
    let quotes = runs.quotes(text, &anatomy.words, false);
    let marked = runs.quotes(text, &anatomy.words, true);
    assert!(marked.iter().all(|span| quotes.contains(span)), "what is marked is a quote without that, too");
    let _ = index.near_duplicate(&runs, &anatomy.words);
    index.forget_oldest();
    assert!(
        index.find(&anatomy.words).quotes(text, &anatomy.words, false).is_empty(),
        "what is forgotten is not found"
    );
    let segments = cut_at_paragraphs(text, cut(text, None, &anatomy.code, &anatomy.links, &quotes), &lines);
    check_spans(text, &segments.iter().map(|segment| segment.span).collect::<Vec<_>>());
    assert!(segments.is_empty() == text.trim().is_empty(), "there are segments where there is a text");
    let prose = text_of(text, &segments, SegmentKind::Prose);
    for word in words(&prose) {
        let place = place_of(word, &segments, SegmentKind::Prose);
        assert!(place.is_some_and(|place| place.of(text) == word.of(&prose)), "a word of the prose stands in the text");
    }
    for marker in markers(text) {
        check_spans(text, &[marker.marker]);
        check_spans(text, &[marker.follows]);
    }
    for halves in halves(text) {
        check_spans(text, &[halves.first, halves.between, halves.second]);
        let (first, second) = (halves.first.of(text), halves.second.of(text));
        assert!(!says_the_same(first, second) || may_say_the_same(first, second), "a stricter question");
    }
    assert!((0.0..=1.0).contains(&untranslated_share(earlier, text, &|word| word.len() > 4)), "a share");
    segments.len()
}

/// Spans lie within the text, on the bounds of characters, in order, and do not overlap.
fn check_spans(text: &str, spans: &[Span]) {
    let mut last = 0;
    for span in spans {
        assert!(span.begin >= last && span.end >= span.begin && span.end <= text.len(), "{span:?} behind {last}");
        assert!(text.is_char_boundary(span.begin) && text.is_char_boundary(span.end), "{span:?} cuts a character");
        last = span.end;
    }
}

/// Takes the features of a text, both ways. How many there are.
pub(crate) fn read_features(text: &str) -> usize {
    let (mut featuriser, mut hashed, mut again) = (Featuriser::new(), HashedText::default(), HashedText::default());
    featuriser.extract(text, &mut hashed);
    featuriser.extract("Something else in between.", &mut again);
    featuriser.extract(text, &mut again);
    assert_eq!(hashed, again, "what was seen before makes no difference");
    let mut seen = vec![false; FEATURE_SPACE];
    let mut in_order = Vec::new();
    featuriser.visit(text, |feature, span| {
        assert!(span.begin <= span.end && span.end <= text.len(), "{span:?} of {} bytes", text.len());
        assert!(text.is_char_boundary(span.begin) && text.is_char_boundary(span.end), "{span:?} cuts a character");
        let seen = &mut seen[feature as usize];
        if !*seen {
            in_order.push(feature);
        }
        *seen = true;
    });
    assert_eq!(hashed.features(), in_order, "features that are visited are those that are extracted");
    hashed.len()
}

/// Loads bytes as a model file: as they are, and as the header and the beginning of the numbers of a file whose sizes and
/// checksum fit. How many times it loaded.
pub(crate) fn read_model(bytes: &[u8]) -> usize {
    let whole = Artifact::parse(bytes.to_vec()).ok();
    let put_together = sealed(bytes).and_then(|file| Artifact::parse(file).ok());
    [whole, put_together].into_iter().flatten().map(|artifact| load(&artifact)).sum()
}

/// A file with the header that stands before the first zero byte, and the numbers that it asks for: those behind the zero
/// byte, again and again.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut halves = bytes.splitn(2, |byte| *byte == 0);
    let (header, seed) = (halves.next()?, halves.next().filter(|seed| !seed.is_empty()).unwrap_or(&[1]));
    let size_of = |parsed: Header| {
        parsed.sections.iter().try_fold(0_u64, |sum, section| {
            let bytes = match format!("{:?}", section.numbers).as_str() {
                "I16" => 2,
                "F32" => 4,
                "F64" => 8,
                _ => 1,
            };
            section.count.checked_mul(bytes).and_then(|size| sum.checked_add(size))
        })
    };
    let size = serde_json::from_slice(header).ok().and_then(size_of).filter(|size| *size <= MAX_MODEL_BYTES);
    let mut file = b"TSIEVE\0\x01".to_vec();
    file.extend((header.len() as u32).to_le_bytes());
    file.extend(header);
    // Where the header is broken, or asks for too much, what there is.
    let size = size.map_or(seed.len(), |size| size as usize);
    file.extend(seed.iter().cycle().take(size));
    let checksum = Sha256::digest(&file);
    file.extend(checksum);
    Some(file)
}

/// Loads a file as every kind of model, and uses what loads.
fn load(artifact: &Artifact) -> usize {
    let _ = artifact.citation();
    let mut hashed = HashedText::default();
    Featuriser::new().extract(TRIED, &mut hashed);
    let linear = LinearModel::from_artifact(artifact).map(|model| {
        let mut scores = Vec::new();
        model.score(&hashed, &mut scores);
        assert_eq!(scores.len(), model.labels().len(), "a score for each label");
        assert!(!scores.iter().any(|score| score.is_nan()), "a score is a number");
    });
    let tone = ToneModel::new(artifact, artifact, Vec::new()).map(|model| {
        let _ = model.score(TRIED, None, 3, &mut ToneScratch::default());
    });
    let encoder = StaticEncoder::from_artifact(artifact).map(|encoder| {
        let _ = encoder.encode([TRIED]);
    });
    let language = LanguageModel::from_artifact(artifact).map(|model| {
        let _ = Detector::new(Some(Arc::new(model))).evidence(TRIED);
    });
    let topic = TopicModel::check(artifact);
    let table = SoftmaxTable::from_artifact(artifact, "Latn", 2);
    let loaded = [linear.is_ok(), tone.is_ok(), encoder.is_ok(), language.is_ok(), topic.is_ok(), table.is_ok()];
    loaded.into_iter().filter(|loaded| *loaded).count()
}

/// Reads a configuration; one that is sound survives being shown and read again. How many rules or problems there are.
pub(crate) fn read_config(text: &str) -> usize {
    match config::parse("pipeline.toml", text) {
        Ok(plan) => {
            let shown = config::render(&plan).expect("a plan can be shown");
            let again = config::parse("shown", &shown);
            assert!(again.is_ok_and(|again| again == plan), "what is shown is another configuration:\n{shown}");
            1 + plan.policy.rules.len()
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "what is refused has a reason");
            for problem in &problems {
                assert!(problem.to_string().starts_with("pipeline.toml"), "{problem} says where");
            }
            problems.len()
        }
    }
}
