//! The tables of South Slavic word forms, written out for look-up: one hash a word.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::words::hash_word;

use super::diacritics::without_diacritics;
use super::south_slavic_mark::Mark;
use super::south_slavic_table::{
    GROUPS, INFINITIVES, INFINITIVES_IN_CI, MODALS, VERB_ENDINGS, VERBS_IN_IRATI, VERBS_IN_ISATI, VERBS_IN_OVATI, WILLS,
};
use super::yat_table::{ENDINGS, YAT};

/// What a word does in the patterns of two words that tell, besides what its form says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    /// Nothing.
    #[default]
    None,
    /// Takes `da` with a present tense, or an infinitive.
    Modal,
    /// Makes the future.
    Will,
    /// An infinitive that its ending does not tell.
    Infinitive,
    /// `da`.
    Da,
    /// `li`.
    Li,
    /// `je`.
    Je,
    /// `kako`.
    Kako,
    /// `bi`.
    Bi,
}

/// What is known about a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// What it says.
    pub(super) mark: Mark,
    /// What it does in a pattern.
    pub(super) role: Role,
}

/// All forms, by the hash of the folded word. The forms are fixed, so one table serves everybody.
pub(super) fn forms() -> &'static FxHashMap<u64, Form> {
    static FORMS: LazyLock<FxHashMap<u64, Form>> = LazyLock::new(|| {
        let marks = marks();
        let mut forms: FxHashMap<u64, Form> = FxHashMap::default();
        for (form, mark) in &marks {
            forms.insert(hash_word(form), Form { mark: *mark, role: Role::None });
        }
        let roles = [
            (MODALS, Role::Modal),
            (WILLS, Role::Will),
            (INFINITIVES_IN_CI, Role::Infinitive),
            ("da", Role::Da),
            ("li", Role::Li),
            ("je", Role::Je),
            ("kako", Role::Kako),
            ("bi", Role::Bi),
        ];
        for (words, role) in roles {
            for word in words.split_whitespace() {
                forms.entry(hash_word(word)).or_insert(Form { mark: Mark::Neutral, role }).role = role;
            }
        }
        forms
    });
    &FORMS
}

/// The tables written out. What says more about a form goes first: the groups, then verbs, then yat.
fn marks() -> FxHashMap<String, Mark> {
    let mut marks: FxHashMap<String, Mark> = FxHashMap::default();
    for (mark, entries) in GROUPS {
        for entry in entries.split_whitespace() {
            let (stem, endings) = entry.split_once(':').unwrap_or((entry, "word"));
            for_each_form(stem, endings, Side::Ekavian, |form| _ = marks.insert(form, *mark));
        }
    }
    let verbs = [
        (VERBS_IN_IRATI, "irati", Mark::Western),
        (VERBS_IN_ISATI, "isati", Mark::Eastern),
        (VERBS_IN_OVATI, "ovati2", Mark::Serbian),
        (INFINITIVES, "t", Mark::ShortInfinitive),
    ];
    for (stems, endings, mark) in verbs {
        for stem in stems.split_whitespace() {
            for_each_form(stem, endings, Side::Ekavian, |form| _ = marks.entry(form).or_insert(mark));
        }
    }
    for (side, mark) in [(Side::Ekavian, Mark::Ekavian), (Side::Ijekavian, Mark::Ijekavian)] {
        for (root, endings) in yat_roots(side) {
            for_each_form(root, endings, side, |form| _ = marks.entry(form).or_insert(mark));
        }
    }
    for stem in INFINITIVES.split_whitespace() {
        let endings = "ću,ćeš,će,ćemo,ćete";
        for_each_form(stem, endings, Side::Ekavian, |form| _ = marks.entry(form).or_insert(Mark::JoinedFuture));
    }
    add_bare_forms(&mut marks);
    marks
}

/// Adds the forms as they are typed without diacritics, unless they are listed themselves.
fn add_bare_forms(marks: &mut FxHashMap<String, Mark>) {
    let mut with_diacritics: Vec<(String, Mark)> =
        marks.iter().filter(|(form, _)| !form.is_ascii()).map(|(form, mark)| (form.clone(), *mark)).collect();
    // Two forms may lose their difference with their diacritics; which one counts must not depend on the map's order.
    with_diacritics.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    for (form, mark) in with_diacritics {
        for dj in ["dj", "d"] {
            marks.entry(without_diacritics(&form, dj)).or_insert(mark);
        }
    }
}

/// Which reflex of yat a form has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Ekavian,
    Ijekavian,
}

/// Roots of one side with their endings.
fn yat_roots(side: Side) -> impl Iterator<Item = (&'static str, &'static str)> {
    YAT.lines().filter_map(move |line| {
        let mut parts = line.split_whitespace();
        let (ekavian, ijekavian, endings) = (parts.next()?, parts.next()?, parts.next()?);
        let root = if side == Side::Ekavian { ekavian } else { ijekavian };
        (root != "-").then_some((root, endings))
    })
}

/// Calls back with a stem and each of its endings: classes of endings, or endings as they are, with commas between.
fn for_each_form(stem: &str, endings: &str, side: Side, mut call: impl FnMut(String)) {
    for name in endings.split(',') {
        let of_yat = ENDINGS.iter().find(|(other, _, _)| *other == name).map(|(_, ekavian, ijekavian)| {
            if side == Side::Ijekavian && !ijekavian.is_empty() { *ijekavian } else { *ekavian }
        });
        let of_verbs = || VERB_ENDINGS.iter().find(|(other, _)| *other == name).map(|(_, endings)| *endings);
        for ending in of_yat.or_else(of_verbs).unwrap_or(name).split_whitespace() {
            call(if ending == "-" { stem.to_owned() } else { format!("{stem}{ending}") });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn mark(word: &str) -> Option<Mark> {
        forms().get(&hash_word(word)).map(|form| form.mark)
    }

    #[test]
    fn forms_are_made_from_roots_and_endings() {
        for (word, expected) in [
            ("lep", Some(Mark::Ekavian)),
            ("lijepoga", Some(Mark::Ijekavian)),
            ("najlepša", Some(Mark::Ekavian)),
            ("najlepsa", Some(Mark::Ekavian)),
            ("razumem", Some(Mark::Ekavian)),
            ("razumijem", Some(Mark::Ijekavian)),
            ("voleo", Some(Mark::Ekavian)),
            ("voljela", Some(Mark::Ijekavian)),
            ("videćemo", Some(Mark::Ekavian)),
            ("videcemo", Some(Mark::Ekavian)),
            ("uradiću", Some(Mark::JoinedFuture)),
            ("organiziraju", Some(Mark::Western)),
            ("komentarišu", Some(Mark::Eastern)),
            ("takodje", Some(Mark::Serbian)),
            ("svećenika", Some(Mark::Western)),
            ("evropi", Some(Mark::WeakEastern)),
            ("vremena", None),
            ("reci", Some(Mark::Neutral)),
            ("posto", Some(Mark::Neutral)),
            ("pošto", Some(Mark::WeakEastern)),
            ("kuća", None),
        ] {
            assert_eq!(mark(word), expected, "{word}");
        }
    }

    #[test]
    fn roots_and_entries_are_well_formed() {
        let classes: BTreeSet<&str> = ENDINGS.iter().map(|(name, _, _)| *name).collect();
        for line in YAT.lines().filter(|line| !line.is_empty()) {
            assert_eq!(line.split_whitespace().count(), 3, "`{line}`");
        }
        for (mark, entries) in GROUPS {
            for entry in entries.split_whitespace() {
                let is_good = entry.split(':').count() <= 2 && entry.split([':', ',']).all(|part| !part.is_empty());
                assert!(is_good, "{mark:?}: `{entry}`");
                assert_eq!(crate::text::words::fold(entry), *entry, "{mark:?}: `{entry}` is not folded");
            }
        }
        assert!(classes.len() == ENDINGS.len(), "a class stands twice");
    }

    /// A form that both pronunciations have says nothing, and has to be listed as neutral.
    #[test]
    fn no_form_is_on_both_sides_of_yat() {
        let of = |side| {
            let mut forms = BTreeSet::new();
            for (root, endings) in yat_roots(side) {
                for_each_form(root, endings, side, |form| _ = forms.insert(form));
            }
            forms
        };
        let both: Vec<String> = of(Side::Ekavian).intersection(&of(Side::Ijekavian)).cloned().collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
