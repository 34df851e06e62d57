//! Models, keys and certificates that change while the server runs.

use std::sync::Arc;
use std::time::Duration;

use super::app::App;
use super::{key_file, tls};

/// So often it is looked whether a registry has another current version.
const EACH: Duration = Duration::from_secs(1);

/// Has a server load its files again.
#[derive(Debug, Clone)]
pub struct Reloader {
    pub(super) app: Arc<App>,
}

impl Reloader {
    /// Loads models, keys and certificates again. What is no good is logged, and what was there before stays in force.
    pub async fn reload(&self) {
        let app = Arc::clone(&self.app);
        // What panics is told by the hook for panics.
        let _ = tokio::task::spawn_blocking(move || reload(&app)).await;
    }

    /// Takes new versions of registries, until it is dropped.
    pub(super) async fn follow_registries(self) {
        let mut ticks = tokio::time::interval(EACH);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let app = Arc::clone(&self.app);
            let _ = tokio::task::spawn_blocking(move || {
                let before = app.live.scorers();
                app.live.look_for_new_versions();
                if !Arc::ptr_eq(&before, &app.live.scorers()) {
                    app.metrics.reloaded("version", true);
                }
            })
            .await;
        }
    }
}

fn reload(app: &App) {
    let mut outcomes = Vec::new();
    let models = app.live.reload().map_err(|problems| problems.iter().map(full).collect::<Vec<_>>());
    outcomes.push(("models", models));
    if let (Some(keys), Some(file)) = (&app.keys, &app.plan.keys_file) {
        let read = key_file::read(file, app.plan.requests_per_minute);
        outcomes.push(("keys", read.map(|entries| keys.replace(entries)).map_err(|found| all(&found))));
    }
    if let (Some(tls), Some(plan)) = (&app.tls, &app.plan.tls) {
        outcomes.push(("tls", tls::load(plan).map(|config| tls.replace(config)).map_err(|found| all(&found))));
    }
    for (what, outcome) in outcomes {
        app.metrics.reloaded(what, outcome.is_ok());
        match outcome {
            Ok(()) => tracing::info!("{what}: loaded again"),
            Err(problems) => {
                for problem in problems {
                    tracing::warn!("{what}: not loaded again, those before stay in force: {problem}");
                }
            }
        }
    }
}

fn all(problems: &[impl std::error::Error]) -> Vec<String> {
    problems.iter().map(full).collect()
}

/// An error with its causes, on one line.
fn full(error: &impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text.replace("\n  hint: ", "; hint: ")
}
