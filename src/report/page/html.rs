//! Pieces of HTML: escaped text, numbers for people, tables.

use std::fmt::Write as _;

/// A text that stands between tags or in a quoted attribute. Characters that no page may hold become U+FFFD.
pub(super) fn text(text: &str) -> String {
    let is_refused = |scalar: char| scalar.is_control() && !matches!(scalar, '\n' | '\t');
    if text.contains(is_refused) {
        let clean: String = text.chars().filter(|scalar| *scalar != '\r').collect();
        return html_escape::encode_safe(&clean.replace(is_refused, "\u{fffd}")).into_owned();
    }
    html_escape::encode_safe(text).into_owned()
}

/// JSON that stands in a `script` element: nothing in it ends the element, or a line of JavaScript.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    let mut safe = String::with_capacity(text.len());
    for scalar in text.chars() {
        match scalar {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(safe, "\\u{:04x}", scalar as u32);
            }
            _ => safe.push(scalar),
        }
    }
    safe
}

/// A whole number, in groups of three digits.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of things with their name.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{}\u{a0}{}", count(number), if number == 1 { one } else { many })
}

/// A share in per cent; a dash of nothing.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let share = part as f64 * 100.0 / whole as f64;
    match part {
        0 => "0\u{a0}%".to_owned(),
        _ if share < 0.05 => "<\u{a0}0.1\u{a0}%".replace('<', "&lt;"),
        _ if share < 9.95 => format!("{share:.1}\u{a0}%"),
        _ => format!("{share:.0}\u{a0}%"),
    }
}

/// A score of ten-thousandths, to two decimals; down rather than up to a threshold that it does not reach.
pub(super) fn score(score: u16) -> String {
    let hundredths = score / 100;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// A number without noughts at its end.
pub(super) fn short(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A table whose first column names its rows. Cells are HTML already.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// What it shows; escaped when written.
    pub(super) caption: String,
    /// Names of the columns, and which of them are numbers.
    pub(super) columns: Vec<(String, Kind)>,
    pub(super) rows: Vec<Vec<String>>,
    /// Whether columns of numbers can be sorted by.
    pub(super) is_sortable: bool,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Words,
    Number,
}

/// Names of columns with what stands in them.
pub(super) fn columns<const N: usize>(named: [(&str, Kind); N]) -> Vec<(String, Kind)> {
    named.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect()
}

impl Table {
    /// The table, in a frame that scrolls by itself where it is too wide.
    pub(super) fn write(&self, page: &mut String) {
        if self.rows.is_empty() {
            return;
        }
        let caption = text(&self.caption);
        let sortable = if self.is_sortable { " class=\"sortable\"" } else { "" };
        let _ = write!(
            page,
            "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table{sortable}>\n\
             <caption><span>{caption}</span></caption>\n<thead><tr>"
        );
        for (name, kind) in &self.columns {
            let _ = write!(page, "<th scope=\"col\"{}>{}</th>", class(*kind), text(name));
        }
        page.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            page.push_str("<tr>");
            for (place, (cell, (_, kind))) in row.iter().zip(&self.columns).enumerate() {
                let _ = match place {
                    0 => write!(page, "<th scope=\"row\"{}>{cell}</th>", class(*kind)),
                    _ => write!(page, "<td{}>{cell}</td>", class(*kind)),
                };
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</tbody></table></div>\n");
    }

    /// The table behind a heading that opens it.
    pub(super) fn write_folded(&self, page: &mut String) {
        if self.rows.is_empty() {
            return;
        }
        page.push_str("<details class=\"data\"><summary>The same as a table</summary>\n");
        self.write(page);
        page.push_str("</details>\n");
    }
}

fn class(kind: Kind) -> &'static str {
    if kind == Kind::Number { " class=\"number\"" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        for (given, expected) in [
            ("a < b & \"c\"", "a &lt; b &amp; &quot;c&quot;"),
            ("</script><img src=x onerror='y'>", "&lt;&#x2F;script&gt;&lt;img src=x onerror=&#x27;y&#x27;&gt;"),
            ("nul\0 and\u{7}\r\nline", "nul\u{fffd} and\u{fffd}\nline"),
        ] {
            assert_eq!(text(given), expected);
        }
    }

    #[test]
    fn nothing_in_json_ends_a_script() {
        let given = "</script><!-- & \u{2028}\u{2029} ]]>";
        let safe = json(&given);
        assert!(!safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), given);
    }

    #[test]
    fn numbers_are_for_people() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "comment", "comments"), "1\u{a0}comment");
        for (part, whole, expected) in
            [(0, 0, "–"), (0, 5, "0 %"), (1, 9_000, "&lt; 0.1 %"), (1, 40, "2.5 %"), (1, 3, "33 %"), (5, 5, "100 %")]
        {
            assert_eq!(percent(part, whole).replace('\u{a0}', " "), expected);
        }
        assert_eq!([0, 99, 4_999, 5_000, 10_000].map(score), ["0.00", "0.00", "0.49", "0.50", "1.00"]);
        assert_eq!([0.5, 0.3333, 1.0, 0.0].map(short), ["0.5", "0.3333", "1", "0"]);
    }

    #[test]
    fn tables_name_their_rows_and_columns() {
        let table = Table {
            caption: "A & B".to_owned(),
            columns: columns([("thread", Kind::Words), ("held", Kind::Number)]),
            rows: vec![vec!["t".to_owned(), "1".to_owned()]],
            is_sortable: true,
        };
        let mut page = String::new();
        table.write(&mut page);
        for expected in [
            "<caption><span>A &amp; B</span></caption>",
            "<th scope=\"col\">thread</th><th scope=\"col\" class=\"number\">held</th>",
            "<tr><th scope=\"row\">t</th><td class=\"number\">1</td></tr>",
        ] {
            assert!(page.contains(expected), "{page}");
        }
        let mut none = String::new();
        Table { rows: Vec::new(), ..table }.write(&mut none);
        assert_eq!(none, "");
    }
}
