//! The server: Perspective's protocol and an interface of our own over HTTP, answered by the same pipeline as a run.

mod api;
mod app;
mod clock;
mod listener;
mod perspective;
mod respond;
mod router;
mod server;

pub use clock::Clock;
pub use server::{ServeError, Server, Stop};
