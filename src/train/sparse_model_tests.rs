//! Tests of the trainer of sparse models.

use std::fmt::Write as _;

use super::*;
use crate::labelled::describe_bad_rows;
use crate::text::features::{Featuriser, HashedText};
use crate::train::recipe::{IdentityShrinkage, NaturalRate};
use crate::train::{abuse, custom};

const GOOD: [&str; 6] = ["kind", "thanks", "well", "lovely", "agree", "garden"];
const BAD: [&str; 6] = ["idiot", "stupid", "liar", "fool", "shut", "moron"];
const FILES: [&str; 5] = ["weights.bin", "manifest.toml", "report.json", "card.md", "bias.json"];

/// Small talk of random words; those with a word of `BAD` in them, every third, have `label`.
fn rows(count: usize, source: &str, seed: usize, label: &str) -> String {
    let mut lines = String::new();
    for at in 0..count {
        let pick = |step: usize| mix((at * 100 + step * 10 + seed) as u64) as usize % 6;
        let yes = at % 3 == 0;
        let last = if yes { BAD[pick(3)] } else { GOOD[pick(3)] };
        let text = format!("{} {} you {last} number {} in {seed}", GOOD[pick(1)], GOOD[pick(2)], at % 10);
        let share = u8::from(yes);
        let row = serde_json::json!({"text": text, "labels": {label: share}, "source": source});
        let _ = writeln!(lines, "{row}");
    }
    lines
}

fn toxic(count: usize, source: &str, seed: usize) -> String {
    rows(count, source, seed, "toxicity")
}

fn task() -> ModelTask {
    ModelTask {
        name: "demo".into(),
        version: "1".into(),
        scheme: LabelScheme::Named(vec!["toxicity".into()]),
        auxiliary: None,
        languages: vec!["en".into()],
        hostile_labels: vec!["toxicity"],
        card: abuse::task().card,
    }
}

fn recipe() -> Recipe {
    Recipe {
        buckets: 1 << 12,
        home_source: "home".into(),
        other_source_weight: 0.5,
        natural: Some(NaturalRate { label: "toxicity".into(), rate: 0.1 }),
        ..Recipe::default()
    }
}

/// A folder with data in it, in which models are trained.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    /// Writes `lines` to learn from, and some to measure on.
    fn new(lines: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.write("train.jsonl", lines);
        site.write("dev.jsonl", &toxic(60, "home", 3));
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, lines: &str) {
        std::fs::write(self.path(name), lines).unwrap();
    }

    fn options(&self) -> TrainOptions {
        TrainOptions {
            data: vec![self.path("train.jsonl")],
            mapping: Mapping::default(),
            dev: vec![self.path("dev.jsonl")],
            out: self.path("model"),
            init: None,
            seed: 5,
            recipe: recipe(),
            threads: 2,
        }
    }

    fn train(&self, change: impl Fn(&mut TrainOptions)) -> Result<TrainedModel, TrainError> {
        self.train_task(&task(), change)
    }

    fn train_task(&self, task: &ModelTask, change: impl Fn(&mut TrainOptions)) -> Result<TrainedModel, TrainError> {
        let mut options = self.options();
        change(&mut options);
        train(task, &options, &mut |_| ())
    }

    fn read(&self, model: &str, file: &str) -> Vec<u8> {
        let path = self.path(model).join(file);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn manifest(&self, model: &str) -> toml::Table {
        toml::from_str(&String::from_utf8(self.read(model, "manifest.toml")).unwrap()).unwrap()
    }

    fn load(&self, model: &str) -> LinearModel {
        LinearModel::from_artifact(&Artifact::read(&self.path(model).join("weights.bin")).unwrap()).unwrap()
    }
}

/// The calibrated log-odds of a text, by label.
fn scores(model: &LinearModel, text: &str) -> Vec<f64> {
    let (mut hashed, mut scores) = (HashedText::default(), Vec::new());
    Featuriser::new().extract(text, &mut hashed);
    model.score(&hashed, &mut scores);
    scores
}

fn home_and_away() -> String {
    toxic(150, "home", 1) + &toxic(90, "away", 2)
}

#[test]
fn the_same_training_gives_the_same_bytes() {
    let train = |change: fn(&mut TrainOptions)| {
        let site = Site::new(&home_and_away());
        site.train(change).unwrap();
        let files = FILES.map(|file| site.read("model", file));
        (site, files)
    };
    let (site, first) = train(|_| ());
    let (_, second) = train(|options| options.threads = 1);
    for (at, file) in FILES.iter().enumerate() {
        assert!(first[at] == second[at], "two trainings differ in {file}");
    }
    let (_, third) = train(|options| options.seed = 6);
    assert!(first[0] != third[0], "the seed decides the order of the rows");
    let place = site.folder.path().to_string_lossy().into_owned();
    for bytes in &first[1..] {
        assert!(!String::from_utf8_lossy(bytes).contains(&place), "a path of this machine");
    }
    assert!(String::from_utf8_lossy(&first[1]).contains("file = \"train.jsonl\""));
}

#[test]
fn what_is_learnt_is_in_the_files() {
    let site = Site::new(&(home_and_away() + "{\"text\":\"\",\"labels\":{\"toxicity\":1}}\n"));
    let trained = site.train(|_| ()).unwrap();
    let evaluation = trained.evaluation.unwrap();
    assert!(evaluation.all.mean_roc_auc > Some(0.99), "{}", evaluation.table());
    let manifest = site.manifest("model");
    assert_eq!(manifest["training"][0]["rows"].as_integer(), Some(240));
    assert_eq!(manifest["training"][0]["bad_rows"]["empty text"].as_integer(), Some(1));
    let weights = site.read("model", "weights.bin");
    assert_eq!(manifest["weights_sha256"].as_str(), Some(sha256_of(&weights).as_str()));
    assert_eq!((trained.weights_bytes, manifest["kind"].as_str()), (weights.len(), Some(KIND)));
    assert_eq!(manifest["feature_spec"].as_str(), Some(FEATURE_SPEC));
    assert_eq!(manifest["continued_from"].as_str(), Some(""));
    let artifact = Artifact::parse(weights).unwrap();
    assert!((artifact.parameter("hostile_at.toxicity").unwrap() - HOSTILE_AT).abs() < 1e-9);
    assert_eq!(manifest["parameters"]["hostile_at.toxicity"].as_float(), Some(HOSTILE_AT));
    let rate = artifact.parameter("natural_rate.toxicity").unwrap();
    assert!((rate - 0.1).abs() < 1e-4, "the recipe's: {rate}");
    assert_eq!(manifest["parameters"]["natural_rate.toxicity"].as_float(), manifest["label"][0]["rate"].as_float());
    assert_eq!(describe_bad_rows(&trained.files), ["train.jsonl: 1 rows left out: empty text: lines 241"]);
    let report: serde_json::Value = serde_json::from_slice(&site.read("model", "report.json")).unwrap();
    assert_eq!((report["all"]["rows"].as_u64(), report["data"][0]["file"].as_str()), (Some(60), Some("dev.jsonl")));
    let bias: serde_json::Value = serde_json::from_slice(&site.read("model", "bias.json")).unwrap();
    assert!(bias.is_object(), "{bias}");
    let card = String::from_utf8(site.read("model", "card.md")).unwrap();
    assert!(card.contains("| toxicity | 20 | 40 | 1.0000 |") && card.contains("## Identity bias"), "{card}");
}

#[test]
fn home_natural_rate_and_weights_are_those_of_the_recipe() {
    let site = Site::new(&(home_and_away() + &toxic(30, "forum", 4)));
    let weights: BTreeMap<String, f64> = [("forum".to_owned(), 0.25)].into();
    site.train(|options| options.recipe.source_weights.clone_from(&weights)).unwrap();
    let manifest = site.manifest("model");
    let sources: Vec<(&str, i64, f64, bool)> = manifest["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| {
            let number = source["weight"].as_float().unwrap();
            (
                source["source"].as_str().unwrap(),
                source["rows"].as_integer().unwrap(),
                number,
                source["is_home"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(sources, [("away", 90, 0.5, false), ("forum", 30, 0.25, false), ("home", 150, 1.0, true)]);
    // A third of the rows has the label, a tenth would in nature.
    assert_eq!(manifest["label"][0]["rate"].as_float(), Some(0.1));
    let rare = scores(&site.load("model"), "garden")[0];
    site.train(|options| (options.recipe.natural, options.out) = (None, site.path("even"))).unwrap();
    let share = site.manifest("even")["label"][0]["rate"].as_float().unwrap();
    assert!((share - 1.0 / 3.0).abs() < 1e-5, "{share}");
    assert!(scores(&site.load("even"), "garden")[0] > rare);
}

#[test]
fn without_home_rows_it_is_said_that_nothing_is_calibrated() {
    let site = Site::new(&home_and_away());
    let elsewhere = site.train(|options| options.recipe.home_source = "nowhere".into()).unwrap();
    assert!(elsewhere.remarks[0].contains("no row is of the home source `nowhere`"), "{:?}", elsewhere.remarks);
    let record = &elsewhere.manifest.label[0];
    assert_eq!((record.shares.as_slice(), record.held_out_log_loss), ([1.0].as_slice(), None));
    assert!((record.threshold - 0.5).abs() < 1e-12 && record.offset.abs() < 1e-12);
    let at_home = site.train(|_| ()).unwrap();
    assert!(!at_home.remarks.iter().any(|remark| remark.contains("home")), "{:?}", at_home.remarks);
}

#[test]
fn sentences_about_groups_and_shrinkage_are_part_of_the_recipe() {
    let site = Site::new(&home_and_away());
    site.train(|options| {
        options.dev.clear();
        options.recipe.identity_templates = 0.3;
        options.recipe.identity_shrinkage = Some(IdentityShrinkage { factor: 0.1, except: vec![] });
    })
    .unwrap();
    let manifest = site.manifest("model");
    let templates = &manifest["sources"].as_array().unwrap()[2];
    assert_eq!((templates["source"].as_str(), templates["weight"].as_float()), (Some(bias::SOURCE), Some(0.3)));
    assert_eq!(templates["is_home"].as_bool(), Some(false));
    assert!(templates["rows"].as_integer() > Some(500));
    let card = String::from_utf8(site.read("model", "card.md")).unwrap();
    assert!(card.contains("are multiplied by 0.1 while training"), "{card}");
    assert!(!site.path("model/report.json").exists() && card.contains("without texts to measure on"));
}

#[test]
fn a_sites_own_labels_are_those_that_the_data_names() {
    let site = Site::new(&(rows(90, "", 1, "spam") + &rows(90, "", 2, "rude")));
    site.write("dev.jsonl", &rows(60, "", 3, "spam"));
    let own = custom::task("site", vec!["en".into(), "de".into()]);
    let trained =
        site.train_task(&own, |options| options.recipe = Recipe { buckets: 1 << 12, ..custom::recipe() }).unwrap();
    assert_eq!(trained.manifest.labels, ["rude", "spam"]);
    // A third of the texts has either.
    let rates = ["natural_rate.rude", "natural_rate.spam"].map(|name| (name.to_owned(), 0.33333)).into();
    assert_eq!(trained.manifest.parameters, rates);
    assert!(!site.path("model/bias.json").exists());
    let model = site.load("model");
    assert!(scores(&model, "you liar")[1] > scores(&model, "lovely garden")[1] + 1.0);
    assert_eq!(model.languages().len(), 2);
    let uses: Vec<&str> = trained.manifest.sources.iter().map(|source| source.source.as_str()).collect();
    assert_eq!(uses, ["unstated"]);
    // Of `rude` the dev data says nothing, which is no reason not to measure the other.
    assert!(trained.evaluation.unwrap().label("spam").unwrap().roc_auc > Some(0.99));
}

/// A site with a model of `toxicity` and `insult` in the folder `base`.
fn with_base() -> Site {
    let site = Site::new(&(toxic(150, "home", 1) + &rows(150, "home", 2, "insult")));
    site.train_task(&two_labels(), |options| {
        options.dev.clear();
        options.out = site.path("base");
    })
    .unwrap();
    site
}

fn two_labels() -> ModelTask {
    ModelTask { scheme: LabelScheme::Named(vec!["toxicity".into(), "insult".into()]), ..task() }
}

#[test]
fn a_continued_model_adapts_and_keeps_what_the_rows_do_not_tell() {
    let site = with_base();
    let mut lines = String::new();
    for at in 0..60 {
        let (word, share) = if at % 2 == 0 { ("ferryman", 1) } else { ("boatman", 0) };
        let text = format!("what a {word} on day {at}");
        let labels = serde_json::json!({"toxicity": share, "insult": if at == 0 { Some(1) } else { None }, "other": 1});
        let _ = writeln!(lines, "{}", serde_json::json!({"text": text, "labels": labels}));
    }
    site.write("train.jsonl", &lines);
    let continued = |options: &mut TrainOptions| {
        options.init = Some(site.path("base"));
        options.dev.clear();
        // The number of buckets is the model's, whatever the recipe says.
        options.recipe = Recipe { c: 1.0, ..Recipe::default() };
    };
    let trained = site.train_task(&two_labels(), continued).unwrap();
    let (before, after) = (site.load("base"), site.load("model"));
    let score = |model: &LinearModel, text| scores(model, text);
    let gap = |model: &LinearModel| score(model, "a ferryman")[0] - score(model, "a boatman")[0];
    assert!(gap(&before).abs() < 0.5 && gap(&after) > 1.0, "{} {}", gap(&before), gap(&after));
    assert!(score(&after, "you liar")[0] > score(&after, "lovely garden")[0] + 0.5, "what it knew it knows");
    for text in ["a ferryman", "you liar", "lovely garden", ""] {
        let (old, new) = (score(&before, text)[1], score(&after, text)[1]);
        assert!((old - new).abs() < 1e-3, "the label with one answer moved: {old} {new}");
    }
    for (old, new) in before.labels().iter().zip(after.labels()) {
        assert_eq!((&old.name, old.threshold.to_bits()), (&new.name, new.threshold.to_bits()));
        assert_eq!(old.natural_rate.map(f64::to_bits), new.natural_rate.map(f64::to_bits));
    }
    assert_eq!(trained.manifest.continued_from, before.citation().as_ref());
    assert_eq!(trained.manifest.recipe.buckets, before.bucket_count());
    let [toxicity, insult] = trained.manifest.label.as_slice() else { panic!("two labels") };
    assert!(toxicity.iterations > 0 && insult.iterations == 0);
    assert_eq!((toxicity.positive_rows, toxicity.negative_rows, insult.positive_rows), (30, 30, 0));
    let card = String::from_utf8(site.read("model", "card.md")).unwrap();
    assert!(card.contains(&format!("It continues `{}`", before.citation())), "{card}");
    // Of a site's own model the labels are the old ones too.
    let own = ModelTask { scheme: LabelScheme::AnyNamed, ..task() };
    assert_eq!(site.train_task(&own, continued).unwrap().manifest.labels, ["toxicity", "insult"]);
}

#[test]
fn what_cannot_be_continued_is_an_error() {
    let site = with_base();
    let continued = |folder: &str| {
        site.train_task(&two_labels(), |options| {
            options.init = Some(site.path(folder));
            options.dev.clear();
        })
        .unwrap_err()
    };
    let error = continued("nowhere");
    assert!(matches!(&error, TrainError::Init { path, .. } if path.contains("nowhere")), "{error}");
    std::fs::create_dir(site.path("broken")).unwrap();
    site.write("broken/weights.bin", "nonsense");
    assert!(matches!(continued("broken"), TrainError::Init { .. }));
    site.write("train.jsonl", &"{\"text\":\"one day\",\"labels\":{\"toxicity\":1}}\n".repeat(5));
    let error = continued("base").to_string();
    assert!(error.contains("label `toxicity`: 5 texts have it and 0 do not"), "{error}");
    assert!(error.contains("label `insult`: 0 texts have it and 0 do not"), "{error}");
    site.write("train.jsonl", &rows(9, "", 1, "other"));
    assert!(continued("base").to_string().contains("not one usable row of 9"));
    assert!(!site.path("model").exists());
}

#[test]
fn emotions_lend_their_scores_to_their_group_and_are_not_written() {
    let groups = |groups: &[(&str, &[&str])]| {
        let owned = |members: &[&str]| members.iter().map(|member| (*member).to_owned()).collect();
        LabelScheme::Emotions(groups.iter().map(|(label, members)| ((*label).to_owned(), owned(members))).collect())
    };
    let task = ModelTask {
        scheme: groups(&[("warm", &["joy", "love", "awe"]), ("cold", &["anger"])]),
        auxiliary: Some(groups(&[("emotion:joy", &["joy"]), ("emotion:love", &["love"]), ("emotion:awe", &["awe"])])),
        hostile_labels: vec![],
        ..task()
    };
    let mut lines = String::new();
    for at in 0..180 {
        let (emotion, word) = [("joy", "merry"), ("love", "darling"), ("anger", "furious")][(mix(at) % 3) as usize];
        let row = serde_json::json!({"text": format!("so {word} today {at}"), "emotions": [emotion]});
        let _ = writeln!(lines, "{row}");
    }
    let site = Site::new(&lines);
    let trained = site
        .train_task(&task, |options| {
            options.dev.clear();
            options.recipe = Recipe { buckets: 1 << 12, ..Recipe::default() };
        })
        .unwrap();
    assert_eq!(trained.manifest.labels, ["warm", "cold"]);
    // Nobody feels awe: that one is left out, and keeps nobody from training.
    assert_eq!(trained.manifest.label.iter().map(|label| label.shares.len()).collect::<Vec<_>>(), [4, 4]);
    let model = site.load("model");
    assert!(scores(&model, "so merry")[0] > 1.0 && scores(&model, "so furious")[0] < -1.0);
}

#[test]
fn texts_to_measure_on_are_not_learnt_from() {
    let site = Site::new(&home_and_away());
    let lines = toxic(150, "home", 1);
    let leaking: Vec<&str> = lines.lines().skip(3).take(2).collect();
    site.write("dev.jsonl", &(toxic(60, "home", 3) + &leaking.join("\n")));
    let trained = site.train(|_| ()).unwrap();
    let expected = "2 training rows have a text that is also in the data to measure on; they were left out of training: \
                    train.jsonl:4 as dev.jsonl:61, train.jsonl:5 as dev.jsonl:62";
    assert!(trained.remarks.iter().any(|remark| remark == expected), "{:?}", trained.remarks);
    let used: usize = trained.manifest.sources.iter().map(|source| source.rows).sum();
    assert_eq!(used, 238);
}

#[test]
fn divided_answers_count_on_both_sides() {
    let mut lines = toxic(150, "home", 1);
    for at in 0..30 {
        let row = serde_json::json!({"text": format!("perhaps {at}"), "labels": {"toxicity": 0.25}, "source": "home"});
        let _ = writeln!(lines, "{row}");
    }
    let trained = Site::new(&lines).train(|_| ()).unwrap();
    let label = &trained.manifest.label[0];
    assert_eq!((label.positive_rows, label.negative_rows), (50 + 30, 100 + 30));
}

#[test]
fn what_cannot_be_learnt_is_an_error_and_writes_nothing() {
    for (lines, expected) in [
        (
            "{\"text\":\"a\",\"labels\":{\"toxicity\":1}}\n".repeat(20),
            "label `toxicity`: 20 texts have it and 0 do not; both are needed\n  hint: add texts",
        ),
        ("{\"nonsense\":1}\n".to_owned(), "train.jsonl: not one usable row of 1"),
        (String::new(), "not one usable row of 0"),
    ] {
        let site = Site::new(&lines);
        let error = site.train(|options| options.dev.clear()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!site.path("model").exists());
    }
    let site = Site::new(&home_and_away());
    let refused = |change: &dyn Fn(&mut TrainOptions), expected: &str| {
        let error = site.train(change).unwrap_err().to_string();
        assert!(error.contains(expected), "`{expected}` is not in {error}");
        assert!(!site.path("model").exists(), "{expected}");
    };
    for buckets in [0, 1000, 1 << 19] {
        refused(&|options| options.recipe.buckets = buckets, &format!("{buckets} buckets"));
    }
    refused(&|options| options.recipe.c = -1.0, "C is -1");
    refused(&|options| options.recipe.folds = 1, "`folds` is 1");
    refused(&|options| options.recipe.max_epochs = 1, "not converged after 1 epochs");
    refused(&|options| options.data.push("nowhere.jsonl".into()), "nowhere.jsonl");
    refused(&|options| options.dev.push("nobody.jsonl".into()), "nobody.jsonl");
    let error = site.train(|options| options.data = vec!["nowhere".into(), "nobody".into()]).unwrap_err().to_string();
    assert!(error.contains("nowhere") && error.contains("nobody"), "all at once: {error}");
    site.write("taken", "");
    let error = site.train(|options| options.out = site.path("taken")).unwrap_err().to_string();
    assert!(error.contains("taken: cannot write the model"), "{error}");
}
