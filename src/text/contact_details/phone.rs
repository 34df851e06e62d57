//! Telephone numbers, told from years, prices, dates, book numbers and results of games.
//!
//! A run of digits is one where its form says so: an international number with its `+` or `00`, a North American one of
//! three groups, a national one that begins with a zero, or any after a word such as "phone". What could as well be
//! something else is left.

use crate::domain::Span;

/// What stands between two groups of digits has at most so many characters.
const MAX_SEPARATOR: usize = 3;
/// The longest number with its country code (ITU-T E.164), and the prefix `00`.
const MAX_DIGITS: usize = 17;
/// Groups of digits that are looked at together; no number has more.
const MAX_GROUPS: usize = 8;
/// Words that announce a number.
const CUES: [&str; 22] = [
    "call",
    "cell",
    "fax",
    "handy",
    "mob",
    "mobil",
    "mobile",
    "phone",
    "sms",
    "tel",
    "telefon",
    "telefono",
    "telephone",
    "teléfono",
    "telnr",
    "tlf",
    "téléphone",
    "viber",
    "whatsapp",
    "моб",
    "тел",
    "телефон",
];
/// Words that announce a number of another kind.
const OTHER_CUES: [&str; 8] = ["isbn", "issn", "iban", "ean", "doi", "imei", "asin", "swift"];

/// Adds the numbers of a text.
pub(super) fn find(text: &str, spans: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut place = 0;
    while let Some(found) = bytes.get(place..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let digit = place + found;
        let run = Run::new(text, digit);
        if let Some(end) = run.number() {
            spans.push(Span::new(run.begin, end));
            place = end;
        } else {
            place = run.groups.first().map_or(digit + 1, |group| group.end);
        }
    }
}

/// A stretch of digits.
#[derive(Debug, Clone, Copy)]
struct Group<'t> {
    digits: &'t str,
    end: usize,
    /// What stands before it, from the group before on.
    separator: &'t str,
}

/// Groups of digits with little between them.
#[derive(Debug)]
struct Run<'t> {
    text: &'t str,
    /// With a plus sign and a bracket that belong to it.
    begin: usize,
    has_plus: bool,
    groups: Vec<Group<'t>>,
}

impl<'t> Run<'t> {
    fn new(text: &'t str, digit: usize) -> Self {
        let before = text.get(..digit).unwrap_or_default();
        let unbracketed = before.strip_suffix('(').unwrap_or(before);
        let has_plus = unbracketed.ends_with('+');
        let begin = if has_plus { unbracketed.len() - 1 } else { unbracketed.len() };
        let (mut groups, mut end, mut digits) = (Vec::new(), digit, 0);
        let mut separator = "";
        while digits <= MAX_DIGITS && groups.len() < MAX_GROUPS {
            let rest = text.get(end..).unwrap_or_default();
            let length = rest.len() - rest.trim_start_matches(|one: char| one.is_ascii_digit()).len();
            let Some(found) = rest.get(..length).filter(|found| !found.is_empty()) else { break };
            end += length;
            digits += length;
            groups.push(Group { digits: found, end, separator });
            let rest = rest.get(length..).unwrap_or_default();
            let between = rest.find(|one: char| !is_separator(one)).unwrap_or(rest.len());
            separator = rest.get(..between).unwrap_or_default();
            if separator.is_empty() || separator.chars().count() > MAX_SEPARATOR {
                break;
            }
            end += between;
        }
        Self { text, begin, has_plus, groups }
    }

    /// Where the number ends that the run begins with, if it does.
    fn number(&self) -> Option<usize> {
        let before = self.text.get(..self.begin)?;
        if !may_begin_behind(before, self.has_plus) || is_in_address(self.text, self.begin) {
            return None;
        }
        let words = last_words(before);
        let is_announced = words.last().is_some_and(|word| CUES.contains(&word.as_str()));
        let is_list = is_in_pairs(&self.groups) && before.trim_end().ends_with(|one: char| one.is_ascii_digit());
        let is_of_another_kind = is_list || words.iter().any(|word| OTHER_CUES.contains(&word.as_str()));
        (1..=self.groups.len()).rev().find_map(|count| {
            let groups = self.groups.get(..count)?;
            let end = groups.last()?.end;
            let is_whole = if count == self.groups.len() {
                may_end_before(self.text.get(end..)?)
            } else {
                // Another number may follow; but of pairs of digits there may be any number.
                self.groups.get(count)?.separator.contains([' ', '\u{a0}']) && !is_in_pairs(&self.groups)
            };
            let number = Number { groups };
            let is_number = if self.has_plus {
                number.is_international()
            } else {
                number.is_international_with_zeros()
                    || number.is_north_american()
                    || (number.is_national() && !is_of_another_kind)
                    || (is_announced && number.is_plausible())
            };
            (is_whole && is_number).then_some(end)
        })
    }
}

/// Groups of digits that may be a number.
struct Number<'g, 't> {
    groups: &'g [Group<'t>],
}

impl Number<'_, '_> {
    fn count(&self) -> usize {
        self.groups.iter().map(|group| group.digits.len()).sum()
    }

    fn digits(&self) -> String {
        self.groups.iter().map(|group| group.digits).collect()
    }

    fn lengths(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.digits.len()).collect()
    }

    /// With the code of its country before it.
    fn is_international(&self) -> bool {
        has_country_code(&self.digits()) && !self.is_decimal() && (!self.is_in_thousands() || self.count() >= 10)
    }

    /// With `00` and the code of its country.
    fn is_international_with_zeros(&self) -> bool {
        let begins = self.groups.first().is_some_and(|group| group.digits.starts_with("00"));
        begins && self.digits().strip_prefix("00").is_some_and(has_country_code) && !self.is_decimal()
    }

    /// Three digits, three and four, the first of threes being no 0 or 1; perhaps with a 1 before them.
    fn is_north_american(&self) -> bool {
        let groups = match self.groups.split_first() {
            Some((first, rest)) if first.digits == "1" => rest,
            _ => self.groups,
        };
        let [area, exchange, line] = groups else { return false };
        let is_code = |group: &Group<'_>| group.digits.len() == 3 && !group.digits.starts_with(['0', '1']);
        // A year in brackets behind the pages of a journal.
        let is_line = line.digits.len() == 4 && !line.separator.contains('(');
        is_code(area) && is_code(exchange) && is_line
    }

    /// With the zero that calls within a country begin with.
    fn is_national(&self) -> bool {
        let (digits, count) = (self.digits(), self.count());
        if !digits.starts_with('0') || digits.starts_with("00") || digits == "0123456789" {
            return false;
        }
        let lengths = self.lengths();
        match lengths.as_slice() {
            [_] => (10..=11).contains(&count) && !is_book_number(&digits),
            _ if is_in_pairs(self.groups) => count == 10 && !self.is_list(),
            [first, rest @ ..] => {
                let is_date = lengths.starts_with(&[2, 2, 4]);
                (9..=12).contains(&count)
                    && (2..=6).contains(first)
                    && rest.iter().all(|length| *length >= 2)
                    && !is_date
                    && !self.is_decimal()
            }
            [] => false,
        }
    }

    /// Long enough for a number that a word announces, and neither years nor an amount.
    fn is_plausible(&self) -> bool {
        let is_year = |group: &Group<'_>| group.digits.len() == 4 && group.digits.starts_with(['1', '2']);
        (6..=15).contains(&self.count())
            && !self.is_in_thousands()
            && !self.is_decimal()
            && !self.groups.iter().all(is_year)
            && !self.lengths().starts_with(&[4, 2, 2])
            && !self.lengths().starts_with(&[2, 2, 4])
    }

    /// Groups of three behind the first: an amount may be written so.
    fn is_in_thousands(&self) -> bool {
        let may_be_amount = |group: &Group<'_>| !group.separator.contains(['-', '/', '(', ')']);
        self.groups.iter().all(may_be_amount)
            && match self.lengths().as_slice() {
                [first, rest @ ..] => *first <= 3 && !rest.is_empty() && rest.iter().all(|length| *length == 3),
                [] => false,
            }
    }

    /// Two groups with a point between them.
    fn is_decimal(&self) -> bool {
        matches!(self.groups, [_, second] if second.separator == ".")
    }

    /// Numbers of two digits, each one more than the one before.
    fn is_list(&self) -> bool {
        let value = |group: &Group<'_>| group.digits.parse::<u32>().ok();
        let is_next = |pair: &[Group<'_>]| match pair {
            [one, other] => value(one).zip(value(other)).is_some_and(|(one, other)| one + 1 == other),
            _ => false,
        };
        self.groups.len() > 2 && self.groups.windows(2).all(is_next)
    }
}

/// Whether all groups have two digits.
fn is_in_pairs(groups: &[Group<'_>]) -> bool {
    groups.iter().all(|group| group.digits.len() == 2)
}

/// Whether digits are a country's code and a number of a length that there is.
fn has_country_code(digits: &str) -> bool {
    let mut first = digits.chars();
    match (first.next(), first.next()) {
        (Some('1'), Some('2'..='9')) | (Some('7'), _) => digits.len() == 11,
        // Nine at least: shorter ones are few, and amounts many.
        (Some('2'..='6' | '8' | '9'), _) => (9..=15).contains(&digits.len()) && !digits.ends_with("000000"),
        _ => false,
    }
}

/// Whether ten digits are an ISBN with its check digit.
fn is_book_number(digits: &str) -> bool {
    let sum: u32 = digits.chars().filter_map(|digit| digit.to_digit(10)).zip((1..=10).rev()).map(|(a, b)| a * b).sum();
    digits.len() == 10 && sum.is_multiple_of(11)
}

fn is_separator(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '.' | '/' | '(' | ')'
    )
}

/// Whether what stands before lets a number begin.
fn may_begin_behind(before: &str, has_plus: bool) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        Some(last) if last.is_alphanumeric() => false,
        Some('_' | '#' | '$' | '\u{20ac}' | '\u{a3}' | '\u{a5}' | '=' | '&' | '%' | '\\' | '@' | '*' | '+' | '^') => {
            false
        }
        Some('.' | ',' | ':' | '/' | '-' | '\u{2013}' | '\u{2019}' | '\'') => {
            has_plus || !back.next().is_some_and(|one| one.is_ascii_digit())
        }
        _ => true,
    }
}

/// Whether what stands behind lets a number end.
fn may_end_before(after: &str) -> bool {
    let mut next = after.chars();
    match next.next() {
        Some(first) if first.is_alphanumeric() => false,
        Some('_' | '%' | '$' | '\u{20ac}' | '\u{a3}' | '@' | '=' | '\u{b0}') => false,
        Some('.' | ',' | ':' | '/' | '-') => !next.next().is_some_and(|one| one.is_ascii_digit()),
        Some(' ' | '\u{a0}') => !matches!(next.next(), Some('$' | '\u{20ac}' | '\u{a3}' | '%')),
        _ => true,
    }
}

/// Whether a place lies in a web address, where digits are anything.
fn is_in_address(text: &str, place: usize) -> bool {
    /// Longer ones are looked at no further.
    const MAX_CHARACTERS: usize = 300;
    let before = text.get(..place).unwrap_or_default();
    let first = before.char_indices().rev().nth(MAX_CHARACTERS).map_or(0, |(first, _)| first);
    let word = before.get(first..).unwrap_or_default().rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains("://") || word.contains("www.")
}

/// The last two words before a place, in small letters: signs and white space stand between and behind them.
fn last_words(before: &str) -> Vec<String> {
    const LOOKED_AT: usize = 24;
    let begin = before.char_indices().rev().nth(LOOKED_AT).map_or(0, |(begin, _)| begin);
    let near = before.get(begin..).unwrap_or_default().to_lowercase();
    let words: Vec<&str> = near.split(|one: char| !one.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.iter().rev().take(2).rev().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::contact_details::check_found;

    fn check(text: &str, expected: &[&str]) {
        check_found(find, text, expected);
    }

    #[test]
    fn international_numbers_are_found() {
        check("+442079460958", &["+442079460958"]);
        check("Call +44 20 7946 0958.", &["+44 20 7946 0958"]);
        check("(+44 (0)20 7946-0958)", &["+44 (0)20 7946-0958"]);
        check("tel:+49-30-123456", &["+49-30-123456"]);
        check("+1 (555) 234-5678, or", &["+1 (555) 234-5678"]);
        check("+1.555.234.5678", &["+1.555.234.5678"]);
        check("+381 63 123 45 67", &["+381 63 123 45 67"]);
        check("+7 912 345-67-89", &["+7 912 345-67-89"]);
        check("+354 555 1234", &["+354 555 1234"]);
        check("+91 98765\u{a0}43210", &["+91 98765\u{a0}43210"]);
        check("00381 63 123 4567", &["00381 63 123 4567"]);
        check("0049 (30) 123456", &["0049 (30) 123456"]);
        check("00381631234567!", &["00381631234567"]);
        check("+49 30 1234567 / +49 30 7654321", &["+49 30 1234567", "+49 30 7654321"]);
    }

    #[test]
    fn national_numbers_are_found_where_their_form_says_so() {
        check("(555) 234-5678", &["(555) 234-5678"]);
        check("555-234-5678", &["555-234-5678"]);
        check("555.234.5678", &["555.234.5678"]);
        check("1-800-234-5678", &["1-800-234-5678"]);
        check("020 7946 0958", &["020 7946 0958"]);
        check("063/123-45-67", &["063/123-45-67"]);
        check("063 123 4567", &["063 123 4567"]);
        check("06 12 34 56 78", &["06 12 34 56 78"]);
        check("06.12.34.56.78", &["06.12.34.56.78"]);
        check("0171/1234567", &["0171/1234567"]);
        check("089 / 123456", &["089 / 123456"]);
        check("(0171) 123 45 67", &["(0171) 123 45 67"]);
        check("0631234567", &["0631234567"]);
        check("020 7946 0958 / 020 7946 0959", &["020 7946 0958", "020 7946 0959"]);
        check("tel. 555-0123", &["555-0123"]);
        check("Phone: 5551234567", &["5551234567"]);
        check("тел. 123-456", &["123-456"]);
        check("WhatsApp 98765 43210", &["98765 43210"]);
    }

    #[test]
    fn what_is_none_is_left() {
        for text in [
            "",
            "7",
            "from 1998 to 2004",
            "1998-2004, 2010/11",
            "2019 2020 2021",
            "on 12.05.2019 or 2019-05-12 10:30",
            "01.02.2020-03.04.2021",
            "01/02/2020 at 08.30",
            "05-06-2019 12.30",
            "at 10:30:00",
            "3-2, 21-19 and 6-4 7-5 6-0",
            "won 04-03",
            "costs 1,299.00 or 1.299,00",
            "$1 000 000 and $1,000,000",
            "5 000 000 people",
            "+10 000 000 views",
            "+20 000 000 000",
            "+12 345 678 votes",
            "1 234 567 890",
            "+2 or -3",
            "+49.520008, 13.404954",
            "52.520008 13.404954",
            "0.0631234567",
            "0.1515 0.0547 0.6323 0.5532",
            "3.14159265358979",
            "ISBN 0306406152",
            "0306406152",
            "ISBN 0-306-40615-2",
            "ISBN 978-3-16-148410-0",
            "978 3 16 148410 0",
            "IBAN 0123 4567 8901",
            "0123456789",
            "4111 1111 1111 1111",
            "192.168.0.1",
            "10.0.0.255",
            "version 1.2.3.4567",
            "1700000000",
            "#0631234567",
            "id=0631234567",
            "x0631234567",
            "0631234567x",
            "https://example.org/2020/0631234567",
            "www.example.org/063-123-4567",
            "https://example.org/?a=1-800-234-5678",
            ">>12345678",
            "01 02 03 04 05",
            "08 09 10 11 12",
            "06 12 34 56 78 90 12",
            "06 12 34 41 44 49",
            "01 06 12 34 41 44",
            "0631234567 €",
            "063 123 4567%",
            "call 911",
            "call 112 or 999",
            "phone of 2019",
            "vol. 22, 233-235 (2003)",
            "phone 2010 2011",
            "phone 100 000 times",
            "sms 2020-01-02",
            "mobile 12.05.2019",
            "iPhone 12 1234567",
            "C++11 20000000",
            "chapter 12 345 6",
            "(2019)",
            "007",
            "00 00 00 00 00",
            "123-45-6789",
            "12345 67890",
            "90210-1234",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn digits_without_end_take_no_time() {
        for text in ["0 ".repeat(20_000), "1".repeat(200_000), "+1-".repeat(20_000), "a0".repeat(50_000)] {
            check(&text, &[]);
        }
    }
}
