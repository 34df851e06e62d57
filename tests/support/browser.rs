//! A real browser, where there is one: Chromium, without a window.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use base64::Engine as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const RESULTS: &str = "results-of-the-test";

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub width: u32,
    pub is_dark: bool,
    /// Whether the page keeps its own rules of what may run; else everything in it may.
    pub keeps_policy: bool,
}

impl Default for View {
    fn default() -> Self {
        Self { width: 1_024, is_dark: false, keeps_policy: true }
    }
}

/// The browser: that of the environment variable `CHROMIUM`, else the first on the path. Says so where there is none.
fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").filter(|named| !named.is_empty()).map(PathBuf::from);
    let folders: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let on_path = || NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = named.or_else(|| on_path().find(|path| path.is_file()));
    if found.is_none() {
        let _ = writeln!(std::io::stderr().lock(), "skipped: there is no Chromium in PATH, nor in CHROMIUM");
    }
    found
}

/// Opens a page, runs the body of an asynchronous function in it, and gives what that returns; nothing where there is no
/// browser.
pub fn in_browser(page: &Path, view: View, script: &str) -> Option<Value> {
    let browser = browser()?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut html = std::fs::read_to_string(page).expect("the page");
    // Without a window frames may never be drawn, and whoever waits for one waits for ever.
    let script = format!(
        "window.requestAnimationFrame = (draw) => setTimeout(draw); (async () => {{ let said; try {{ said = await (async () => {{ {script} }})(); }} catch (error) {{ said = String(error); }} \
         const place = document.createElement('pre'); place.id = '{RESULTS}'; place.textContent = JSON.stringify(said); \
         document.body.append(place); }})();"
    );
    let policy = "<meta http-equiv=\"Content-Security-Policy\" ";
    if view.keeps_policy {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(script.as_bytes()));
        html = html.replacen("script-src ", &format!("script-src 'sha256-{hash}' "), 1);
    } else {
        html = html.replacen(policy, "<meta name=\"was\" ", 1);
    }
    let _ = write!(html, "<script>{script}</script>");
    let copy = folder.path().join("page.html");
    std::fs::write(&copy, html).expect("a copy");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"])
        .args(["--no-first-run", "--disable-background-networking", "--virtual-time-budget=20000"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--window-size={},2000", view.width))
        .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!view.is_dark)))
        .arg("--dump-dom")
        .arg(format!("file://{}", copy.display()))
        .timeout(Duration::from_secs(120))
        .output()
        .expect("the browser runs");
    let dom = String::from_utf8_lossy(&output.stdout);
    let begin = format!("<pre id=\"{RESULTS}\">");
    let said = dom.split_once(&begin).and_then(|(_, rest)| rest.split_once("</pre>")).map(|(said, _)| said);
    let said = said.unwrap_or_else(|| panic!("the page came to no end: {}", String::from_utf8_lossy(&output.stderr)));
    Some(serde_json::from_str(&html_escape::decode_html_entities(said)).expect("JSON"))
}
