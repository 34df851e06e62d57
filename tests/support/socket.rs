//! Connections on which a test says what it likes, byte by byte.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::server::Server;

/// Far more than any answer takes.
const GUARD: Duration = Duration::from_secs(60);

/// A connection to a server.
pub struct Socket(TcpStream);

/// What was heard on it.
#[derive(Debug)]
pub struct Heard {
    pub status: u16,
    /// In small letters.
    pub head: String,
    pub body: Vec<u8>,
}

impl Socket {
    #[track_caller]
    pub fn open(server: &Server) -> Self {
        Self::to(server.authority())
    }

    /// A connection to an address and port.
    #[track_caller]
    pub fn to(authority: &str) -> Self {
        let stream = TcpStream::connect(authority).expect("a connection");
        stream.set_read_timeout(Some(GUARD)).expect("a guard");
        stream.set_nodelay(true).expect("no delay");
        Self(stream)
    }

    /// Says something; fails where it cannot.
    #[track_caller]
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).expect("bytes sent");
    }

    /// Says something, if the server still listens.
    pub fn try_say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).is_ok()
    }

    /// Says that no more will come.
    pub fn end_saying(&self) {
        self.0.shutdown(Shutdown::Write).expect("half closed");
    }

    /// Another handle of the same connection.
    pub fn again(&self) -> Self {
        Self(self.0.try_clone().expect("a handle"))
    }

    /// The stream itself.
    pub fn into_stream(self) -> TcpStream {
        self.0
    }

    /// The next answer, which has to state its length; `None` where the server ended the connection instead.
    #[track_caller]
    pub fn hear(&mut self) -> Option<Heard> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match self.0.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                Ok(_) => {
                    assert!(head.is_empty(), "half an answer: {}", String::from_utf8_lossy(&head));
                    return None;
                }
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no answer: {error}"),
            }
        }
        let head = String::from_utf8(head).expect("a head of UTF-8").to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.trim().parse().expect("a length"))];
        self.0.read_exact(&mut body).expect("a whole body");
        Some(Heard { status, head, body })
    }

    /// Fails unless the server ends the connection without another word.
    #[track_caller]
    pub fn hear_the_end(&mut self) {
        let heard = self.hear();
        assert!(heard.is_none(), "{heard:?}");
    }
}

impl Heard {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}
