//! A server whose every answer is held against its own `OpenAPI` document.

use serde_json::{Value, json};

use super::Workspace;
use super::server::{Reply, Server};

/// A server with its document.
pub struct CheckedServer {
    pub server: Server,
    pub document: Value,
}

impl CheckedServer {
    /// Begins to check what a server answers.
    pub fn of(server: Server) -> Self {
        let document = server.get("/v1/openapi.json").expect(200).json();
        Self { server, document }
    }

    /// A server with the built-in configuration.
    pub fn start() -> Self {
        Self::of(Server::start(&Workspace::new()))
    }

    /// A server with a configuration of its own.
    pub fn configured(toml: &str) -> Self {
        Self::of(Server::configured(&Workspace::new(), toml))
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], "")
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Reply {
        self.send("POST", path, &[], body)
    }

    /// Sends a request, and checks the answer.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
        let reply = self.server.send(method, path, headers, body);
        if let Err(problem) = self.check(method, path, &reply) {
            panic!("{method} {path}, {}: {problem}\n{}", reply.status, String::from_utf8_lossy(&reply.body));
        }
        reply
    }

    /// What of an answer is not as the document says.
    fn check(&self, method: &str, path: &str, reply: &Reply) -> Result<(), String> {
        let path = path.split('?').next().unwrap_or_default();
        let Some(known) = self.document["paths"].get(path) else {
            let is_error = self.is_valid(&json!({ "$ref": "#/components/schemas/Error" }), &reply.body);
            return if reply.status == 404 { is_error } else { Err("the path is not in the document".to_owned()) };
        };
        let Some(operation) = known.get(method.to_ascii_lowercase()) else {
            let is_error = self.is_valid(&json!({ "$ref": "#/components/schemas/Error" }), &reply.body);
            return if reply.status == 405 { is_error } else { Err("the method is not in the document".to_owned()) };
        };
        let responses = &operation["responses"];
        let response = responses.get(reply.status.to_string()).ok_or("the status is not in the document")?;
        let Some(content) = response.get("content") else {
            return if reply.body.is_empty() { Ok(()) } else { Err("a body where there is none".to_owned()) };
        };
        let kind = reply.header("content-type").split(';').next().unwrap_or_default();
        let schema = &content.get(kind).ok_or_else(|| format!("`{kind}` is not in the document"))?["schema"];
        if kind == "application/x-ndjson" {
            let mut lines = reply.body.split_inclusive(|byte| *byte == b'\n');
            return lines.try_for_each(|line| self.is_valid(schema, line));
        }
        self.is_valid(schema, &reply.body)
    }

    fn is_valid(&self, schema: &Value, body: &[u8]) -> Result<(), String> {
        let mut schema = schema.clone();
        schema["components"] = self.document["components"].clone();
        let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
        let value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        validator.validate(&value).map_err(|error| format!("{error} at {}", error.instance_path()))
    }
}
