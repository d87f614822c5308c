//! `POST /login` without the AWS SDK: one `InitiateAuth` written by hand over one TLS connection that
//! is kept. It reads no secret, refuses nothing, repeats nothing and logs nothing, so it is no
//! replacement of `login`, but what the rest of `login` costs can be seen beside it.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, Mutex, PoisonError},
};

use lambda_http::{
    Error, LambdaEvent,
    lambda_runtime::{self, service_fn},
};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

/// An answer of Cognito's is smaller.
const ANSWER: usize = 64 * 1024;

fn main() -> Result<(), Error> {
    let cognito = Mutex::new(Cognito::from_variables()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        let mut cognito = cognito.lock().unwrap_or_else(PoisonError::into_inner);
        log_in(&mut cognito, event.payload.get())
    })))
}

#[derive(Deserialize)]
struct Event {
    body: String,
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

fn log_in(cognito: &mut Cognito, event: &str) -> Result<Value, Error> {
    let event: Event = serde_json::from_str(event)?;
    let login: Login = serde_json::from_str(&event.body)?;
    let answer = cognito.initiate_auth(&login)?;
    let tokens = answer.get("AuthenticationResult").ok_or("no tokens")?;
    Ok(json!({"statusCode": 200, "body": tokens.to_string()}))
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

struct Cognito {
    authority: String,
    client_id: String,
    roots: String,
    connection: Option<Connection>,
}

impl Cognito {
    fn from_variables() -> Result<Self, Error> {
        let url = std::env::var("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER")?;
        let authority = url.strip_prefix("https://").ok_or("not an HTTPS URL")?;
        Ok(Self {
            authority: authority.to_owned(),
            client_id: std::env::var("COGNITO_CLIENT_ID")?,
            roots: std::env::var("SSL_CERT_FILE")?,
            connection: None,
        })
    }

    fn connect(&self) -> Result<Connection, Error> {
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_file_iter(&self.roots)? {
            roots.add(root?)?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let host = self.authority.split(':').next().unwrap_or_default().to_owned();
        let stream = TcpStream::connect(&self.authority)?;
        stream.set_nodelay(true)?;
        let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(host)?)?;
        Ok(StreamOwned::new(connection, stream))
    }

    fn initiate_auth(&mut self, login: &Login) -> Result<Value, Error> {
        let body = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": self.client_id,
            "AuthParameters": {
                "USERNAME": login.username,
                "PASSWORD": login.password,
                "SECRET_HASH": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=",
            },
        })
        .to_string();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-amz-json-1.1\r\n\
             X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.authority,
            body.len(),
        );
        let mut connection = self.connection.take().map_or_else(|| self.connect(), Ok)?;
        connection.write_all(request.as_bytes())?;
        let answer = receive(&mut connection)?;
        self.connection = Some(connection);
        Ok(answer)
    }
}

/// Reads one answer with a length.
fn receive(connection: &mut Connection) -> Result<Value, Error> {
    let mut buffer = vec![0; ANSWER];
    let mut length = 0;
    loop {
        let read = connection.read(buffer.get_mut(length..).unwrap_or_default())?;
        length += read;
        let answer = std::str::from_utf8(buffer.get(..length).unwrap_or_default())?;
        if let Some((head, body)) = answer.split_once("\r\n\r\n")
            && Some(body.len()) == content_length(head)
        {
            return Ok(serde_json::from_str(body)?);
        }
        if read == 0 {
            return Err("the answer ended early".into());
        }
    }
}

fn content_length(head: &str) -> Option<usize> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = fields.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.next()?.1.trim().parse().ok()
}
