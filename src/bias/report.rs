//! What the measure of bias found, for programs and for people.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// The exponent of the mean over terms: far below 1, so that the worst terms count most.
const EXPONENT: f64 = -5.0;

/// Figures of the rows about a term or group, against all other rows (the background). What is undefined is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BiasFigures {
    /// Area under the ROC curve of the rows about the term alone, 0..=1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subgroup_auc: Option<f64>,
    /// Background positive, subgroup negative: civil rows about the term against toxic rows about others, 0..=1. Low
    /// where the term alone raises the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpsn_auc: Option<f64>,
    /// Background negative, subgroup positive: toxic rows about the term against civil rows about others, 0..=1. Low
    /// where the term alone lowers the score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bnsp_auc: Option<f64>,
    /// Share of the civil rows about the term at or above the model's threshold, 0..=1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_positive_rate: Option<f64>,
    /// Share of the toxic rows about the term below the model's threshold, 0..=1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_negative_rate: Option<f64>,
}

impl BiasFigures {
    /// The lowest of the three areas; 1 where none is defined.
    #[must_use]
    pub fn worst(&self) -> f64 {
        [self.subgroup_auc, self.bpsn_auc, self.bnsp_auc].into_iter().flatten().fold(1.0, f64::min)
    }
}

/// A term or a group with its figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubgroupScore {
    /// The term, or the group.
    pub name: String,
    /// The group; `control` for words that are no identity.
    pub group: String,
    /// Whether the rows to train on have the term; absent for a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_train: Option<bool>,
    /// Rows about it.
    pub rows: usize,
    /// The figures.
    #[serde(flatten)]
    pub figures: BiasFigures,
}

/// Generalised means over terms, exponent -5.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeanFigures {
    /// How many terms.
    pub terms: usize,
    /// Of their subgroup AUC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subgroup_auc: Option<f64>,
    /// Of their BPSN AUC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bpsn_auc: Option<f64>,
    /// Of their BNSP AUC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bnsp_auc: Option<f64>,
}

/// How a model scores rows about groups of people that differ in the name of the group alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BiasReport {
    /// Name, version and checksum of the model.
    pub model: String,
    /// The label whose scores were looked at.
    pub label: String,
    /// Rows that answer the label.
    pub rows: usize,
    /// Rows that have the label.
    pub positives: usize,
    /// The model's threshold, a probability; what the two rates of errors are taken at.
    pub threshold: f64,
    /// Area under the ROC curve of all rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall_auc: Option<f64>,
    /// Over all terms that are an identity.
    pub mean: MeanFigures,
    /// Over those that the rows to train on have as well.
    pub mean_of_terms_in_train: MeanFigures,
    /// Over those that they do not have: what carries over to words that a model was not shown.
    pub mean_of_other_terms: MeanFigures,
    /// By group of terms, in the order of the table of terms.
    pub groups: Vec<SubgroupScore>,
    /// By term, that with the lowest figure first.
    pub terms: Vec<SubgroupScore>,
}

impl BiasReport {
    /// The figures as a table of plain text, worst terms first.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = format!(
            "model {}, {}: {} rows about {} terms, {} of them {}\nROC AUC of all rows {}\n\n",
            self.model,
            self.label,
            self.rows,
            self.terms.len(),
            self.positives,
            self.label,
            cell(self.overall_auc)
        );
        let _ = writeln!(
            table,
            "{:<40} {:>5} {:>9} {:>7} {:>7} {:>7} {:>7}",
            "", "rows", "subgroup", "BPSN", "BNSP", "FPR", "FNR"
        );
        for (name, mean) in self.means() {
            let [subgroup, bpsn, bnsp] = mean.cells();
            let _ = writeln!(table, "{name:<40} {:>5} {subgroup:>9} {bpsn:>7} {bnsp:>7}", "");
        }
        for scores in [&self.groups, &self.terms] {
            table.push('\n');
            for score in scores {
                let [subgroup, bpsn, bnsp, fpr, fnr] = score.figures.cells();
                let _ = writeln!(
                    table,
                    "{:<40} {:>5} {subgroup:>9} {bpsn:>7} {bnsp:>7} {fpr:>7} {fnr:>7}",
                    score.title(),
                    score.rows
                );
            }
        }
        table
    }

    /// A section of a model card: the means, the groups, and the terms with the lowest figures, at most `worst_terms`.
    #[must_use]
    pub fn render_markdown(&self, worst_terms: usize) -> String {
        let mut text = format!(
            "## Identity bias\n\nOf `{}`, on {} sentences made from templates of our own about {} words for people (`data/bias/`), as many \
             with the label as without, the same for each word; none was trained on. ROC AUC of all: {}. \
             *Subgroup*: the sentences about a word by themselves. *BPSN*: its civil sentences against toxic ones about other words, low \
             where the word alone raises scores. *BNSP*: the other way round, low where it lowers them (Borkan and others, 2019). \
             *FPR* and *FNR*: civil sentences at or above the threshold, toxic ones below it. Templates show differences between words; \
             they say little about how often a model is wrong on real comments.\n\n\
             | | rows | subgroup AUC | BPSN AUC | BNSP AUC | FPR | FNR |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
            self.label,
            self.rows,
            self.terms.len(),
            cell(self.overall_auc)
        );
        for (name, mean) in self.means() {
            let _ = writeln!(text, "| {name} | | {} | | |", mean.cells().join(" | "));
        }
        for score in self.groups.iter().chain(self.terms.iter().take(worst_terms)) {
            let _ = writeln!(text, "| {} | {} | {} |", score.title(), score.rows, score.figures.cells().join(" | "));
        }
        let left_out = self.terms.len().saturating_sub(worst_terms);
        if left_out > 0 {
            let _ = writeln!(text, "\nThe other {left_out} words have higher figures.");
        }
        text
    }

    fn means(&self) -> [(String, &MeanFigures); 3] {
        let name = |which: &str, mean: &MeanFigures| format!("mean (p = -5), {} {which}", mean.terms);
        [
            (name("identity terms", &self.mean), &self.mean),
            (name("also in the train rows", &self.mean_of_terms_in_train), &self.mean_of_terms_in_train),
            (name("not in the train rows", &self.mean_of_other_terms), &self.mean_of_other_terms),
        ]
    }
}

impl BiasFigures {
    fn cells(&self) -> [String; 5] {
        [self.subgroup_auc, self.bpsn_auc, self.bnsp_auc, self.false_positive_rate, self.false_negative_rate].map(cell)
    }
}

impl MeanFigures {
    fn cells(&self) -> [String; 3] {
        [self.subgroup_auc, self.bpsn_auc, self.bnsp_auc].map(cell)
    }
}

impl SubgroupScore {
    fn title(&self) -> String {
        match self.in_train {
            None => format!("group {}", self.name),
            Some(true) => format!("{} ({})", self.name, self.group),
            Some(false) => format!("{} ({}, not in train)", self.name, self.group),
        }
    }
}

fn cell(figure: Option<f64>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.4}"))
}

/// To five decimals: what lies beyond is noise, and differs between compilers.
pub(super) fn rounded(figure: Option<f64>) -> Option<f64> {
    figure.map(|figure| (figure * 1e5).round() / 1e5)
}

/// The generalised mean with exponent -5 of the figures that are defined (Borkan and others, 2019); 0 where one of them
/// is 0, `None` where there are none.
pub(super) fn power_mean(figures: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let figures: Vec<f64> = figures.flatten().collect();
    if figures.is_empty() {
        return None;
    }
    if figures.iter().any(|figure| *figure <= 0.0) {
        return Some(0.0);
    }
    let mean = figures.iter().map(|figure| figure.powf(EXPONENT)).sum::<f64>() / figures.len() as f64;
    rounded(Some(mean.powf(1.0 / EXPONENT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(bpsn: Option<f64>) -> BiasFigures {
        BiasFigures {
            subgroup_auc: Some(0.9),
            bpsn_auc: bpsn,
            bnsp_auc: Some(0.8),
            false_positive_rate: Some(0.25),
            false_negative_rate: None,
        }
    }

    fn report() -> BiasReport {
        let score = |name: &str, in_train, bpsn| SubgroupScore {
            name: name.into(),
            group: "age".into(),
            in_train,
            rows: 4,
            figures: figures(bpsn),
        };
        let mean = |terms| MeanFigures { terms, subgroup_auc: Some(0.9), bpsn_auc: Some(0.7), bnsp_auc: Some(0.8) };
        BiasReport {
            model: "abuse@1".into(),
            label: "toxicity".into(),
            rows: 8,
            positives: 4,
            threshold: 0.5,
            overall_auc: Some(0.75),
            mean: mean(2),
            mean_of_terms_in_train: mean(1),
            mean_of_other_terms: MeanFigures { terms: 0, subgroup_auc: None, bpsn_auc: None, bnsp_auc: None },
            groups: vec![score("age", None, Some(0.7))],
            terms: vec![score("old", Some(true), Some(0.5)), score("young", Some(false), None)],
        }
    }

    #[test]
    fn the_mean_is_drawn_to_the_lowest_figure() {
        assert_eq!(power_mean([Some(0.5), None, Some(0.5)].into_iter()), Some(0.5));
        // ((0.5^-5 + 1) / 2)^(-1/5) = 16.5^-0.2
        assert_eq!(power_mean([Some(0.5), Some(1.0)].into_iter()), Some(0.57083));
        assert_eq!(power_mean([Some(0.0), Some(1.0)].into_iter()), Some(0.0));
        assert_eq!(power_mean([None].into_iter()), None);
    }

    #[test]
    fn the_lowest_figure_of_a_term_is_of_those_that_are_defined() {
        assert!((figures(Some(0.1)).worst() - 0.1).abs() < 1e-12);
        assert!((figures(None).worst() - 0.8).abs() < 1e-12);
    }

    #[test]
    fn tables_name_every_group_and_term_and_dash_what_is_undefined() {
        let table = report().table();
        let line = |start: &str| -> Vec<String> {
            let found = table.lines().find(|line| line.starts_with(start));
            let found = found.unwrap_or_else(|| panic!("no line starts with {start}:\n{table}"));
            found.split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(line("old (age)"), ["old", "(age)", "4", "0.9000", "0.5000", "0.8000", "0.2500", "-"]);
        assert_eq!(line("young").last_chunk::<6>().unwrap(), &["4", "0.9000", "-", "0.8000", "0.2500", "-"]);
        assert_eq!(line("group age")[2], "4");
        assert_eq!(line("mean (p = -5), 0 not").last_chunk::<3>().unwrap(), &["-", "-", "-"]);
        assert!(!table.contains("NaN"), "{table}");
    }

    #[test]
    fn a_card_has_rows_of_seven_cells_and_says_how_many_terms_it_leaves_out() {
        let text = report().render_markdown(1);
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), 2 + 3 + 1 + 1);
        assert!(rows.iter().all(|row| row.matches('|').count() == 8), "{text}");
        assert!(text.contains("The other 1 words") && !text.contains("young"), "{text}");
        assert!(!report().render_markdown(9).contains("The other"));
    }

    #[test]
    fn a_report_is_read_back_as_it_was_written() {
        let text = serde_json::to_string(&report()).unwrap();
        assert!(!text.contains("null"), "{text}");
        assert_eq!(serde_json::from_str::<BiasReport>(&text).unwrap(), report());
    }
}
