//! The formats of JSON documents.

use super::Format;
use super::any_json::AnyJson;
use super::discourse::Discourse;
use super::field_map::FieldMap;
use super::hacker_news::HackerNews;
use super::json_found::ReadNode;
use super::lemmy::Lemmy;
use super::mastodon::Mastodon;
use super::reddit_thread::RedditThread;
use super::youtube::Youtube;
use super::yt_dlp::YtDlp;

/// Who reads the nodes of a format; fields that are mapped are those of any JSON.
pub(super) fn reader_of(format: Format, map: &FieldMap) -> Box<dyn ReadNode> {
    match format {
        Format::RedditThread => Box::new(RedditThread::default()),
        Format::YtDlp => Box::new(YtDlp),
        Format::Youtube => Box::new(Youtube),
        Format::HackerNews => Box::new(HackerNews),
        Format::Lemmy => Box::new(Lemmy::default()),
        Format::Mastodon => Box::new(Mastodon::default()),
        Format::Discourse => Box::new(Discourse::default()),
        _ => Box::new(AnyJson::new(map)),
    }
}
