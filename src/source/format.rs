//! The formats that can be read.

use std::fmt;
use std::str::FromStr;

/// The format of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON lines: a comment, a thread header or a whole thread on each line.
    Jsonl,
    /// A table with a header row.
    Csv,
    /// A saved comment page as plain text, a paragraph a line.
    Page,
    /// Any other JSON: an array or object over several lines, or one whose fields a map names.
    Json,
    /// `WordPress` eXtended RSS, as its exporter writes it.
    Wxr,
    /// The XML export of Disqus.
    Disqus,
    /// Collections of Coral as `mongoexport` writes them.
    Coral,
    /// Reddit's comments and submissions, an object a line, as Pushshift and Arctic Shift keep them.
    Reddit,
    /// A Reddit thread as its address with `.json` answers.
    RedditThread,
    /// The `.info.json` of yt-dlp with the comments of a video.
    YtDlp,
    /// Pages of `commentThreads` of the `YouTube` Data API.
    Youtube,
    /// A story of Hacker News with its comments, as Algolia nests them.
    HackerNews,
    /// Items of Hacker News as its Firebase API has them.
    HackerNewsItems,
    /// Comments of Lemmy's API.
    Lemmy,
    /// The context of a Mastodon status.
    Mastodon,
    /// A topic of Discourse.
    Discourse,
    /// The table of the first Jigsaw challenge.
    Jigsaw,
    /// The table of Civil Comments, the second Jigsaw challenge.
    CivilComments,
    /// The tables of the SFU Opinion and Comments Corpus.
    Socc,
    /// A Parquet file.
    Parquet,
}

impl Format {
    /// All formats, in the order in which messages list them.
    pub const ALL: [Self; 20] = [
        Self::Jsonl,
        Self::Csv,
        Self::Page,
        Self::Json,
        Self::Wxr,
        Self::Disqus,
        Self::Coral,
        Self::Reddit,
        Self::RedditThread,
        Self::YtDlp,
        Self::Youtube,
        Self::HackerNews,
        Self::HackerNewsItems,
        Self::Lemmy,
        Self::Mastodon,
        Self::Discourse,
        Self::Jigsaw,
        Self::CivilComments,
        Self::Socc,
        Self::Parquet,
    ];

    /// The name that messages and options use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Page => "page",
            Self::Json => "json",
            Self::Wxr => "wxr",
            Self::Disqus => "disqus",
            Self::Coral => "coral",
            Self::Reddit => "reddit",
            Self::RedditThread => "reddit-thread",
            Self::YtDlp => "yt-dlp",
            Self::Youtube => "youtube",
            Self::HackerNews => "hacker-news",
            Self::HackerNewsItems => "hacker-news-items",
            Self::Lemmy => "lemmy",
            Self::Mastodon => "mastodon",
            Self::Discourse => "discourse",
            Self::Jigsaw => "jigsaw",
            Self::CivilComments => "civil-comments",
            Self::Socc => "socc",
            Self::Parquet => "parquet",
        }
    }

    /// What a comment of this format may have to wait for.
    #[must_use]
    pub fn order(self) -> Order {
        match self {
            Self::Jsonl | Self::Csv | Self::Page => Order::AsItComes,
            // Headers may stand in a file of their own, or behind the comments.
            // So do those of Algolia's items, which are in the order of the alphabet. Those of Disqus all stand before the
            // first comment, and would be forgotten before they are needed.
            Self::Coral | Self::Disqus | Self::Reddit | Self::HackerNews | Self::HackerNewsItems | Self::Socc => {
                Order::HeadersAndParentsFirst
            }
            _ => Order::ParentsFirst,
        }
    }
}

/// What is put in order while an input is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Nothing waits for anything: whoever streams wants an answer now.
    AsItComes,
    /// A reply waits for the comment that it answers.
    ParentsFirst,
    /// So it does, and a comment waits for the header of its thread.
    HeadersAndParentsFirst,
}

/// The format that the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RequestedFormat {
    /// Told from the first bytes.
    #[default]
    Auto,
    /// This one, whatever the bytes look like.
    Fixed(Format),
}

impl RequestedFormat {
    /// The names that can be asked for: `auto`, and those of all formats.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        std::iter::once("auto").chain(Format::ALL.map(Format::name)).collect()
    }
}

/// A format's name that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a format is one of {}", RequestedFormat::names().join(", "))]
pub struct RequestedFormatError;

impl FromStr for RequestedFormat {
    type Err = RequestedFormatError;

    /// Reads `auto` or the name of a format.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if name == "auto" {
            return Ok(Self::Auto);
        }
        let found = Format::ALL.into_iter().find(|format| format.name() == name);
        found.map(Self::Fixed).ok_or(RequestedFormatError)
    }
}

impl fmt::Display for RequestedFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Fixed(format) => format.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for name in RequestedFormat::names() {
            assert_eq!(name.parse::<RequestedFormat>().map(|format| format.to_string()), Ok(name.to_owned()));
        }
        assert!("xml".parse::<RequestedFormat>().is_err());
    }
}
