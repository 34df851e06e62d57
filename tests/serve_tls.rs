//! A server that speaks TLS itself.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::serve_faults::{ANALYZE, head, request};
use crate::support::Workspace;
use crate::support::server::Server;
use crate::support::socket::Socket;

const CONFIG: &str = "[serve]\ntls_certificate = \"c.pem\"\ntls_key = \"k.pem\"\nheader_timeout_ms = 2_000\n[policy]\n";

/// Writes a certificate for `localhost` and its key; gives what a client has to trust.
fn certify(workspace: &Workspace) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a pair");
    workspace.write("c.pem", cert.pem());
    workspace.write("k.pem", signing_key.serialize_pem());
    cert.der().clone()
}

/// What a client hears that trusts a certificate and asks once.
fn ask(server: &Server, trusted: &CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let mut stream = StreamOwned::new(connection, TcpStream::connect(server.authority())?);
    let body = request("Thank you.");
    let head = head(body.len()).replace("Host: test", "Host: test\r\nConnection: close");
    stream.write_all((head + &body).as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn tls_is_spoken_and_certificates_change_with_a_signal() {
    let workspace = Workspace::new();
    let first = certify(&workspace);
    workspace.write("pipeline.toml", CONFIG);
    let server = Server::start_with(&workspace, &["-v"], &[]);
    let wait_for = |expected: &str| while !server.hear().contains(expected) {};
    assert!(server.address.starts_with("https://"), "{}", server.address);
    let heard = ask(&server, &first).expect("an answer");
    assert!(heard.starts_with("HTTP/1.1 200 OK\r\n") && heard.contains("attributeScores"), "{heard}");
    let second = certify(&workspace);
    assert!(ask(&server, &second).is_err(), "the first is still in force");
    server.signal("HUP");
    wait_for("tls: loaded again");
    assert!(ask(&server, &second).is_ok() && ask(&server, &first).is_err());
    workspace.write("k.pem", "no key");
    server.signal("HUP");
    wait_for("tls: not loaded again");
    assert!(ask(&server, &second).is_ok());
}

#[test]
fn who_does_not_speak_tls_is_not_answered_and_keeps_nobody_waiting() {
    let workspace = Workspace::new();
    let trusted = certify(&workspace);
    let server = Server::configured(&workspace, CONFIG);
    let mut plain = Socket::open(&server);
    plain.say(format!("GET {ANALYZE} HTTP/1.1\r\nHost: a\r\n\r\n"));
    let mut rest = Vec::new();
    let _ = plain.into_stream().read_to_end(&mut rest);
    assert!(!rest.starts_with(b"HTTP"), "{}", rest.escape_ascii());
    // Who says nothing is let go of in time.
    let mut silent = Socket::open(&server);
    assert!(ask(&server, &trusted).is_ok());
    silent.hear_the_end();
    assert!(ask(&server, &trusted).is_ok());
}

#[test]
fn bad_files_are_told_before_anything_is_served() {
    let workspace = Workspace::new();
    certify(&workspace);
    workspace.write("pipeline.toml", CONFIG);
    let copy = |from: &str, to: &str| std::fs::copy(workspace.path(from), workspace.path(to)).expect("a copy");
    copy("c.pem", "good-c.pem");
    copy("k.pem", "good-k.pem");
    let check = |change: &dyn Fn(&Path), expected: &str| {
        copy("good-c.pem", "c.pem");
        copy("good-k.pem", "k.pem");
        change(&workspace.path(""));
        let ran = workspace.run(["serve", "--check", "--listen", "127.0.0.1:0"], b"").expect_code(2);
        assert!(ran.stderr.contains(expected) && ran.stderr.contains("hint: "), "{expected}: {}", ran.stderr);
    };
    let remove = |file: &'static str| move |folder: &Path| std::fs::remove_file(folder.join(file)).expect("removed");
    let write = |file: &'static str, text: &'static str| {
        move |folder: &Path| std::fs::write(folder.join(file), text).expect("written")
    };
    check(&remove("c.pem"), "`tls_certificate`: c.pem: cannot be read");
    check(&remove("k.pem"), "`tls_key`: k.pem: cannot be read");
    check(&write("c.pem", ""), "c.pem: there is no certificate in it");
    check(&write("k.pem", "hello"), "k.pem: there is no private key in it");
    check(&write("c.pem", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"), "c.pem: is no sound PEM");
    check(&|_| drop(certify_key(&workspace)), "c.pem and k.pem: ");
    copy("good-c.pem", "c.pem");
    copy("good-k.pem", "k.pem");
    let ran = workspace.run(["serve", "--check", "--listen", "127.0.0.1:0"], b"").expect_code(0);
    assert!(String::from_utf8_lossy(&ran.stdout).contains("TLS: by the server itself"));
}

/// Writes the key of another certificate.
fn certify_key(workspace: &Workspace) -> std::path::PathBuf {
    let pair = generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a pair");
    workspace.write("k.pem", pair.signing_key.serialize_pem())
}
