//! The server: Perspective's protocol and an interface of our own over HTTP, answered by the same pipeline as a run.

mod admission;
mod answer_body;
mod api;
mod app;
mod clock;
mod cors;
mod digest;
mod files;
mod gate;
mod health;
mod in_process;
mod key_file;
mod keys;
mod listener;
mod metrics;
mod perspective;
mod refusal;
mod reload;
mod request_body;
mod request_id;
mod respond;
mod room;
mod router;
mod seen;
mod server;
mod stalling;
mod tls;

pub use clock::Clock;
pub use files::{FileError, Files};
pub use in_process::{Answered, InProcess};
pub use key_file::{KeyFileError, NewKey};
pub use reload::Reloader;
pub use server::{ServeError, Server, Stop};
pub use tls::TlsError;
