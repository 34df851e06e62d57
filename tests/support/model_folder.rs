//! Small models in folders, as a trainer would write them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use threadsieve::classify::artifact::Artifact;
use threadsieve::classify::inverse_frequency::FrequencyCounter;
use threadsieve::classify::linear_model_file::{LabelToWrite, LinearModelFile};
use threadsieve::text::features::{Featuriser, HashedText};

const BUCKETS: usize = 1 << 15;

/// What a small model is to be. Each label likes one word; a text without it has the log-odds -3 for it.
#[derive(Debug, Clone)]
pub struct SmallModel<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub language: &'a str,
    /// Labels with their words.
    pub labels: &'a [(&'a str, &'a str)],
    /// How much a label likes its word.
    pub weight: f32,
    /// ROC AUC of every label in its report; no report without it.
    pub roc_auc: Option<f64>,
    /// Labels that make a tone hostile.
    pub hostile: &'a [&'a str],
}

impl Default for SmallModel<'_> {
    fn default() -> Self {
        Self {
            name: "spam",
            version: "1",
            language: "en",
            labels: &[("spam", "offer")],
            weight: 20.0,
            roc_auc: Some(0.9),
            hostile: &[],
        }
    }
}

impl SmallModel<'_> {
    /// A model of abuse that a run can use.
    pub fn abuse() -> Self {
        SmallModel { name: "abuse", labels: &[("toxicity", "rotten")], hostile: &["toxicity"], ..Self::default() }
    }

    /// The bytes of its weights.
    pub fn weights(&self) -> Vec<u8> {
        let hashed = |text: &str| {
            let mut out = HashedText::default();
            Featuriser::new().extract(text, &mut out);
            out
        };
        let mut counter = FrequencyCounter::new(BUCKETS).expect("a power of two");
        counter.add(&hashed("The ferry was late again, and nobody made us a better offer, which is rotten."), true);
        let labels: Vec<LabelToWrite> = self
            .labels
            .iter()
            .map(|(label, word)| {
                let mut products = vec![0.0; BUCKETS];
                // The first feature is the word itself; its runs of letters occur in other words too.
                products[hashed(word).features()[0] as usize & (BUCKETS - 1)] = self.weight;
                LabelToWrite { name: (*label).to_owned(), products, intercept: -3.0, offset: 0.0, threshold: 0.5 }
            })
            .collect();
        let file = LinearModelFile {
            name: self.name.to_owned(),
            version: self.version.to_owned(),
            languages: vec![self.language.to_owned()],
            parameters: self
                .hostile
                .iter()
                .map(|label| (format!("hostile_at.{label}"), 0.5))
                .collect::<BTreeMap<_, _>>(),
            inverse_frequencies: &counter.finish(),
            labels: &labels,
        };
        file.encode()
    }

    /// What records cite.
    pub fn citation(&self) -> String {
        Artifact::parse(self.weights()).expect("a sound model").citation()
    }

    /// What the registry calls its version.
    pub fn folder_name(&self) -> String {
        format!("{}-{}", self.version, Artifact::parse(self.weights()).expect("a sound model").short_checksum())
    }

    /// Its report, as if it had been measured on 100 texts.
    fn report(&self, roc_auc: f64) -> Value {
        let labels: Vec<Value> = self
            .labels
            .iter()
            .map(|(label, _)| {
                json!({"label": label, "roc_auc": roc_auc, "average_precision": 0.7, "f1": 0.6, "positives": 40,
                    "negatives": 60})
            })
            .collect();
        json!({"model": self.citation(), "all": {"rows": 100, "mean_roc_auc": roc_auc, "labels": labels}})
    }

    /// Writes its folder.
    pub fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder");
        let write = |file: &str, bytes: &[u8]| fs::write(folder.join(file), bytes).expect("a file written");
        let weights = self.weights();
        let digest = Sha256::digest(&weights).iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        });
        let labels: Vec<&str> = self.labels.iter().map(|(label, _)| *label).collect();
        let manifest = format!(
            "name = \"{}\"\nversion = \"{}\"\nkind = \"sparse-logistic-2\"\nweights_sha256 = \"{digest}\"\nlabels = {}\n\n\
             [[training]]\nfile = \"ours.jsonl\"\nsha256 = \"00ff\"\nrows = 12\n",
            self.name,
            self.version,
            json!(labels)
        );
        write("weights.bin", &weights);
        write("manifest.toml", manifest.as_bytes());
        write("card.md", b"# A small model\n\nFor tests.\n");
        if let Some(roc_auc) = self.roc_auc {
            write("report.json", self.report(roc_auc).to_string().as_bytes());
        }
    }
}
