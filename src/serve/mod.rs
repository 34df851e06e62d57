//! The server: Perspective's protocol and an interface of our own over HTTP, answered by the same pipeline as a run.

mod app;
mod clock;
mod in_process;
mod listener;
mod perspective;
mod respond;
mod router;
mod server;

pub use clock::Clock;
pub use in_process::{Answered, InProcess};
pub use server::{ServeError, Server, Stop};
