//! Times of writing, as far as they can be read, and the hours, days, months or years that they fall in.

/// Times before this, or from [`LATEST`] on, are mistakes: 1 January 1990.
const EARLIEST: i64 = 631_152_000;
/// 1 January 2100.
const LATEST: i64 = 4_102_444_800;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Up to so many hours are shown hour by hour …
const MAX_HOURS: i64 = 72;
/// … so many days day by day …
const MAX_DAYS: i64 = 92;
/// … and so many months month by month.
const MAX_MONTHS: i64 = 96;

/// Seconds since 1970 in UTC, from a time as the input spells it: RFC 3339 (a space for the `T`, no seconds, no time of
/// day, and no offset, which is then UTC, are let through), or seconds or milliseconds since 1970.
pub(super) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let seconds = number(text).or_else(|| date(text.as_bytes()))?;
    (EARLIEST..LATEST).contains(&seconds).then_some(seconds)
}

fn number(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => text,
    };
    // Fewer digits are a year or a day rather than seconds; the range refuses them too.
    let number = whole.parse::<i64>().ok().filter(|_| (9..=13).contains(&whole.len()))?;
    Some(if whole.len() >= 12 { number / 1_000 } else { number })
}

fn date(text: &[u8]) -> Option<i64> {
    let digits = |begin: usize, end: usize| -> Option<i64> {
        let part = text.get(begin..end)?;
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    let is_at = |at: usize, byte: u8| text.get(at) == Some(&byte);
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let is_date =
        is_at(4, b'-') && is_at(7, b'-') && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    if !is_date {
        return None;
    }
    let midnight = days_since_1970(year, month, day) * DAY;
    if text.len() == 10 {
        return Some(midnight);
    }
    let (hour, minute) = (digits(11, 13)?, digits(14, 16)?);
    if !matches!(text.get(10), Some(b'T' | b't' | b' ')) || !is_at(13, b':') || hour > 23 || minute > 59 {
        return None;
    }
    let (second, mut rest) = if is_at(16, b':') {
        (digits(17, 19).filter(|second| *second <= 60)?, text.get(19..)?)
    } else {
        (0, text.get(16..)?)
    };
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = fraction.get(length..).filter(|_| length > 0)?;
    }
    Some(midnight + hour * HOUR + minute * 60 + second - offset(rest)?)
}

/// Seconds that a clock is before UTC.
fn offset(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii_start();
    if matches!(text, b"" | b"Z" | b"z" | b"UTC" | b"GMT") {
        return Some(0);
    }
    let (sign, rest) = text.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: Vec<i64> =
        rest.iter().filter(|byte| **byte != b':').map(|byte| i64::from(*byte) - i64::from(b'0')).collect();
    let [a, b, rest @ ..] = digits.as_slice() else { return None };
    let minutes = match rest {
        [] => 0,
        [c, d] => c * 10 + d,
        _ => return None,
    };
    let is_sound = digits.iter().all(|digit| (0..=9).contains(digit)) && a * 10 + b < 24 && minutes < 60;
    is_sound.then(|| sign * ((a * 10 + b) * HOUR + minutes * 60))
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1 January 1970 to a date of the Gregorian calendar, in years from 1 on.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400;
    let of_year: i64 = (1..month).map(|month| days_of(year, month)).sum();
    before * 365 + leap_days + of_year + day - 1 - 719_162
}

/// Year, month and day of a number of days since 1970.
fn date_of(days: i64) -> (i64, i64, i64) {
    // No year has more days, so that this is never too late.
    let mut year = 1970 + days.div_euclid(366);
    while days_since_1970(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut left = days - days_since_1970(year, 1, 1);
    let mut month = 1;
    while left >= days_of(year, month) {
        left -= days_of(year, month);
        month += 1;
    }
    (year, month, left + 1)
}

/// How long a bar of the charts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Hour,
    Day,
    Month,
    Year,
}

impl Step {
    /// The shortest that does not cut the time between two moments into too many pieces.
    pub(super) fn between(first: i64, last: i64) -> Self {
        [(Self::Hour, MAX_HOURS), (Self::Day, MAX_DAYS), (Self::Month, MAX_MONTHS)]
            .into_iter()
            .find(|(step, most)| step.number(last) - step.number(first) < *most)
            .map_or(Self::Year, |(step, _)| step)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The number of the step that a moment falls in; one more for each step.
    fn number(self, seconds: i64) -> i64 {
        let (year, month, _) = date_of(seconds.div_euclid(DAY));
        match self {
            Self::Hour => seconds.div_euclid(HOUR),
            Self::Day => seconds.div_euclid(DAY),
            Self::Month => year * 12 + month - 1,
            Self::Year => year,
        }
    }

    /// How many steps there are from the one of a moment to that of another, both counted; 1 where the other comes before.
    pub(super) fn count(self, first: i64, last: i64) -> usize {
        usize::try_from(self.number(last) - self.number(first)).unwrap_or(0) + 1
    }

    /// What the step is called that comes so many after the one of a moment.
    pub(super) fn label_after(self, first: i64, steps: usize) -> String {
        self.label(self.number(first) + i64::try_from(steps).unwrap_or(0))
    }

    /// What a step of this number is called.
    fn label(self, number: i64) -> String {
        match self {
            Self::Hour => {
                let (year, month, day) = date_of(number.div_euclid(24));
                format!("{year:04}-{month:02}-{day:02} {:02}:00", number.rem_euclid(24))
            }
            Self::Day => day(number * DAY),
            Self::Month => format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1),
            Self::Year => format!("{number:04}"),
        }
    }
}

/// The day of a moment, in UTC.
pub(super) fn day(seconds: i64) -> String {
    let (year, month, day) = date_of(seconds.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// A moment to the minute, in UTC.
pub(super) fn minute(seconds: i64) -> String {
    let of_day = seconds.rem_euclid(DAY);
    format!("{} {:02}:{:02}", day(seconds), of_day / HOUR, of_day / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(parse(text).map(minute).as_deref(), expected, "{text}");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        check("2024-02-29T23:59:30Z", Some("2024-02-29 23:59"));
        check("2024-02-29t23:59:30.123456z", Some("2024-02-29 23:59"));
        check("2024-03-01T00:30:00+01:00", Some("2024-02-29 23:30"));
        check("2024-12-31T22:00:00-0330", Some("2025-01-01 01:30"));
        check("2024-12-31 22:00 +02", Some("2024-12-31 20:00"));
        check("2019-07-04 08:15:00", Some("2019-07-04 08:15"));
        check("2019-07-04 08:15:00 UTC", Some("2019-07-04 08:15"));
        check("2019-07-04", Some("2019-07-04 00:00"));
        check(" 1700000000 ", Some("2023-11-14 22:13"));
        check("1700000000.75", Some("2023-11-14 22:13"));
        check("1700000000000", Some("2023-11-14 22:13"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "yesterday",
            "2024",
            "20240301",
            "2024-13-01",
            "2023-02-29",
            "2024-03-01T25:00:00Z",
            "2024-03-01T10:00:00X",
            "2024-03-01T10:00:00+9",
            "2024-03-01T10:00:00+99:00",
            "2024-03-01T10:00:00.Z",
            "0001-01-01T00:00:00Z",
            "9999-01-01",
            "-1700000000",
            "+1700000000.x",
            "01/03/2024",
            "2024-03-01T10:00:00+0a:00",
            "2024-03-01T1é:00",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        for days in (7_300..47_500).step_by(13).chain([10_956, 10_957, 11_016, 11_017, 47_481]) {
            let (year, month, day) = date_of(days);
            assert_eq!(days_since_1970(year, month, day), days, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn steps_fit_the_time_between() {
        let at = |text: &str| parse(text).unwrap();
        let check = |first: &str, last: &str, step: Step, label: &str| {
            let found = Step::between(at(first), at(last));
            assert_eq!((found, found.label(found.number(at(last))).as_str()), (step, label));
        };
        check("2024-05-01T10:30:00Z", "2024-05-01T10:31:00Z", Step::Hour, "2024-05-01 10:00");
        check("2024-05-01T10:30:00Z", "2024-05-04T09:59:00Z", Step::Hour, "2024-05-04 09:00");
        check("2024-05-01T10:30:00Z", "2024-05-04T10:00:00Z", Step::Day, "2024-05-04");
        check("2024-05-01", "2024-08-01", Step::Month, "2024-08");
        check("2016-12-31", "2024-12-01", Step::Year, "2024");
        check("2017-01-31", "2024-12-01", Step::Month, "2024-12");
    }
}
