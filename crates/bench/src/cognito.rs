//! Cognito, as far as a stop-watch can tell: TLS 1.3 with a chain of RSA keys, and an answer that was
//! made beforehand. The embedded user pool would not do: hashing a password takes it longer than all
//! else that is measured.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use nix::time::ClockId;
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring, version::TLS13};

use crate::{
    Error, answers,
    chain::{Chain, HOST},
};

/// A longer line of a request is cut.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// A longer body ends the connection.
const MAX_BODY_BYTES: u64 = 1024 * 1024;

/// The endpoint. It runs for as long as the process does.
pub struct Cognito {
    port: u16,
    costs: Arc<Mutex<Vec<Cost>>>,
}

/// The CPU time that one connection took on this side.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// For the handshake.
    pub handshake: Duration,
    /// For each request, on average.
    pub request: Duration,
}

impl Cognito {
    /// Starts the endpoint on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// If there is no port or the certificates are of no use.
    pub fn start(chain: &Chain) -> Result<Self, Error> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])?
            .with_no_client_auth()
            .with_single_cert(chain.shown.clone(), chain.key.clone_key())?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::Cognito)?;
        let port = listener.local_addr().map_err(Error::Cognito)?.port();
        let costs = Arc::default();
        let (config, tally) = (Arc::new(config), Arc::clone(&costs));
        thread::spawn(move || accept(&listener, &config, &tally));
        Ok(Self { port, costs })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("https://{HOST}:{}", self.port)
    }

    /// What each connection took that has ended and had a request.
    pub fn costs(&self) -> Vec<Cost> {
        self.costs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn accept(listener: &TcpListener, config: &Arc<ServerConfig>, costs: &Arc<Mutex<Vec<Cost>>>) {
    let answers = Arc::new(answers::by_operation());
    for stream in listener.incoming().flatten() {
        let (config, answers, costs) =
            (Arc::clone(config), Arc::clone(&answers), Arc::clone(costs));
        thread::spawn(move || {
            // A function that is stopped resets its connection.
            if let Ok(Some(cost)) = converse(stream, config, &answers) {
                costs.lock().unwrap_or_else(PoisonError::into_inner).push(cost);
            }
        });
    }
}

/// Answers one connection until it ends.
fn converse(
    mut stream: TcpStream,
    config: Arc<ServerConfig>,
    answers: &BTreeMap<&str, Vec<u8>>,
) -> io::Result<Option<Cost>> {
    stream.set_nodelay(true)?;
    let mut connection = ServerConnection::new(config).map_err(io::Error::other)?;
    connection.complete_io(&mut stream)?;
    let handshake = cpu_time()?;
    let unknown = answers::unknown_operation();
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    let mut requests = 0;
    while let Ok(Some(operation)) = receive(&mut stream) {
        stream.get_mut().write_all(answers.get(operation.as_str()).unwrap_or(&unknown))?;
        requests += 1;
    }
    let request = cpu_time()?.saturating_sub(handshake).checked_div(requests);
    Ok(request.map(|request| Cost { handshake, request }))
}

/// Reads one request, and tells its operation; none at the end of the connection.
fn receive(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let (mut operation, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.take(MAX_LINE_BYTES).read_line(&mut line)?;
        let line = line.strip_suffix("\r\n").map(|line| line.split_once(':').unwrap_or((line, "")));
        match line {
            None => return Ok(None),
            Some(("", _)) => break,
            Some((name, value)) if name.eq_ignore_ascii_case("x-amz-target") => {
                value.trim().rsplit('.').next().unwrap_or_default().clone_into(&mut operation);
            }
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            Some(_) => {}
        }
    }
    let read = io::copy(&mut stream.take(length.min(MAX_BODY_BYTES)), &mut io::sink())?;
    Ok((read == length).then_some(operation))
}

/// What this thread has used so far.
fn cpu_time() -> io::Result<Duration> {
    Ok(ClockId::CLOCK_THREAD_CPUTIME_ID.now()?.into())
}

#[cfg(test)]
mod tests {
    use rustls::{
        ClientConfig, ClientConnection, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    };

    use super::*;

    #[test]
    fn requests_follow_one_another() {
        let mut bytes: &[u8] =
            b"POST / HTTP/1.1\r\nX-Amz-Target: A.SignUp\r\nContent-Length: 2\r\n\r\n{}\
            POST / HTTP/1.1\r\ncontent-length: 0\r\nx-amz-target: B.GetUser\r\n\r\n";
        assert_eq!(receive(&mut bytes).unwrap().as_deref(), Some("SignUp"));
        assert_eq!(receive(&mut bytes).unwrap().as_deref(), Some("GetUser"));
        assert_eq!(receive(&mut bytes).unwrap(), None);
        for cut in ["POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{", "POST /", "\n"] {
            assert_eq!(receive(&mut cut.as_bytes()).unwrap(), None, "{cut}");
        }
    }

    fn ask(stream: &mut (impl Read + Write), operation: &str) -> String {
        let target = format!("X-Amz-Target: AWSCognitoIdentityProviderService.{operation}");
        let request = format!("POST / HTTP/1.1\r\n{target}\r\nContent-Length: 2\r\n\r\n{{}}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = vec![0; 16 * 1024];
        let length = stream.read(&mut answer).unwrap();
        String::from_utf8(answer[..length].to_vec()).unwrap()
    }

    #[test]
    fn a_client_that_trusts_the_root_is_answered() {
        let chain = Chain::new().unwrap();
        let cognito = Cognito::start(&chain).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(chain.root.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let host = ServerName::try_from(HOST).unwrap();
        let connection = ClientConnection::new(Arc::new(config), host).unwrap();
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, cognito.port)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        assert!(ask(&mut stream, "InitiateAuth").contains(r#""AccessToken":"eyJxxx"#));
        assert!(ask(&mut stream, "Unknown").starts_with("HTTP/1.1 400 "));
        assert_eq!(cognito.url(), format!("https://localhost:{}", cognito.port));
    }
}
