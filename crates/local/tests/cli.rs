//! The program `passmint`: flags, environment, data directory, signals.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    client::{authority, get, post, send},
    process::{PROGRAM, Passmint, clean, passmint, passmint_in_memory, passmint_on},
};

const END: Duration = Duration::from_secs(5);

fn refused(command: &mut Command) -> (Output, String) {
    let output = command.stderr(Stdio::piped()).output().unwrap();
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success() && output.stdout.is_empty(), "{errors}");
    (output, errors)
}

fn ada() -> Value {
    json!({"username": "ada@example.com", "password": "a-long-enough-passphrase"})
}

#[tokio::test]
async fn it_says_where_it_is_and_answers_there() {
    let directory = tempdir().unwrap();
    let passmint = Passmint::start(&mut passmint_on(directory.path()));
    assert!(passmint.value("User pool ID").starts_with("us-east-1_"));
    assert_eq!(passmint.value("Data"), directory.path().to_str().unwrap());
    let answer = get(passmint.url(), "/_local/health").await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"status": "ok"})));
    let jwks = format!("/{}/.well-known/jwks.json", passmint.value("User pool ID"));
    let answer = get(passmint.value("Cognito endpoint"), &jwks).await.unwrap();
    assert_eq!(answer.json()["keys"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_line_to_try_works() {
    let directory = tempdir().unwrap();
    let passmint = Passmint::start(&mut passmint_on(directory.path()));
    let line = passmint.value("Try:");
    let (url, body) = line
        .strip_prefix("curl ")
        .unwrap()
        .split_once(" -H 'Content-Type: application/json' -d ")
        .unwrap();
    let body = serde_json::from_str(body.trim_matches('\'')).unwrap();
    let answer =
        post(passmint.url(), url.strip_prefix(passmint.url()).unwrap(), &body).await.unwrap();
    assert_eq!(answer.status, 200);
}

#[test]
fn what_the_aws_cli_needs_can_be_pasted() {
    let passmint = Passmint::start(&mut passmint_in_memory());
    let url = passmint.value("Cognito endpoint");
    let pool = passmint.value("User pool ID");
    let start = passmint.greeting.iter().position(|line| line.starts_with("export ")).unwrap();
    assert_eq!(
        passmint.greeting[start..start + 5],
        [
            format!("export AWS_ENDPOINT_URL={url}"),
            "export AWS_ACCESS_KEY_ID=passmint".to_owned(),
            "export AWS_SECRET_ACCESS_KEY=passmint-local".to_owned(),
            "export AWS_DEFAULT_REGION=us-east-1".to_owned(),
            format!("aws cognito-idp list-users --user-pool-id {pool}"),
        ]
    );
    assert!(!passmint.greeting.concat().contains("WARNING"));
}

#[tokio::test]
async fn another_address_is_served_with_a_warning() {
    let passmint = Passmint::start(passmint_in_memory().args(["--bind", "0.0.0.0"]));
    let warning = passmint.value("WARNING:");
    assert!(warning.contains("other machines can reach both ports"), "{warning}");
    assert!(passmint.url().starts_with("http://127.0.0.1:"));
    assert_eq!(get(passmint.url(), "/_local/health").await.unwrap().status, 200);
    let (_, errors) = refused(passmint_in_memory().args(["--bind", "localhost"]));
    assert!(errors.contains("--bind"), "{errors}");
}

#[tokio::test]
async fn other_hosts_are_answered_on_both_ports_if_they_are_allowed() {
    let hosts = ["--allowed-hosts", "host.docker.internal,cognito"];
    let passmint = Passmint::start(passmint_in_memory().args(hosts));
    for url in [passmint.url(), passmint.value("Cognito endpoint")] {
        for (host, answered) in [
            ("host.docker.internal:3000", true),
            ("cognito", true),
            ("localhost", true),
            ("evil.example", false),
        ] {
            let request = Request::get("/").header("host", host).body(Full::default()).unwrap();
            let answer = send(url, request).await.unwrap();
            assert_eq!(answer.status != 421, answered, "{url} {host}");
        }
    }
    let (_, errors) = refused(passmint_in_memory().args(["--allowed-hosts", "http://cognito"]));
    assert!(errors.contains("is not a host"), "{errors}");
}

#[tokio::test]
async fn mails_are_for_people_and_the_log_is_json() {
    let directory = tempdir().unwrap();
    let mut passmint = Passmint::start(passmint_on(directory.path()).stderr(Stdio::piped()));
    assert_eq!(post(passmint.url(), "/register", &ada()).await.unwrap().status, 200);
    let mail = &get(passmint.url(), "/_local/mail?to=Ada@example.com").await.unwrap().json()[0];
    assert_eq!(mail["to"], "ada@example.com");
    assert_eq!(passmint.line(), "");
    assert_eq!(passmint.line(), "Mail to ada@example.com");
    assert_eq!(passmint.line(), format!("  {}", mail["subject"].as_str().unwrap()));
    assert!(passmint.line().contains(mail["code"].as_str().unwrap()));
    passmint.signal("TERM");
    assert!(passmint.ends_within(END).success());
    let log = passmint.errors();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["route"], &lines[0]["status"]), (&json!("/register"), &json!(200)));
    assert!(
        !log.contains("passphrase")
            && !log.contains("ada@")
            && !log.contains(mail["code"].as_str().unwrap())
    );
}

#[test]
fn nothing_that_is_printed_commands_the_terminal() {
    let directory = tempdir().unwrap();
    let data = directory.path().join("a\u{1b}]52;c;eA==\u{7}\u{9b}\u{202e}b");
    let passmint = Passmint::start(&mut passmint_on(&data));
    let shown = "/a\\u001b]52;c;eA==\\u0007\\u009b\\u202eb";
    assert!(passmint.value("Data").ends_with(shown), "{:?}", passmint.greeting);
    let (_, errors) = refused(&mut passmint_on(&data));
    assert!(errors.contains(shown), "{errors:?}");
}

#[test]
fn the_environment_sets_what_flags_do_not() {
    let directory = tempdir().unwrap();
    let mut command = passmint();
    command.env("PASSMINT_PORT", "0").env("PASSMINT_COGNITO_PORT", "0");
    command.env("PASSMINT_DATA_DIR", directory.path().join("data"));
    let in_environment = Passmint::start(&mut command);
    assert_eq!(in_environment.value("Data"), directory.path().join("data").to_str().unwrap());
    drop(in_environment);
    let by_flag = Passmint::start(
        command
            .env("PASSMINT_PORT", "none")
            .args(["--port", "0", "--data-dir"])
            .arg(directory.path().join("other")),
    );
    assert_eq!(by_flag.value("Data"), directory.path().join("other").to_str().unwrap());
}

#[test]
fn ephemeral_is_a_flag_or_a_truthy_variable() {
    for (variable, flag, in_memory) in [
        (None, Some("--ephemeral"), true),
        (Some("1"), None, true),
        (Some("true"), None, true),
        (Some("yes"), None, true),
        (Some("0"), None, false),
        (Some("false"), None, false),
        (Some(""), None, false),
    ] {
        let directory = tempdir().unwrap();
        let data = directory.path().join("data");
        let mut command = passmint_on(&data);
        command.args(flag).envs(variable.map(|value| ("PASSMINT_EPHEMERAL", value)));
        let passmint = Passmint::start(&mut command);
        let expected =
            if in_memory { "in memory, gone when this ends" } else { data.to_str().unwrap() };
        assert_eq!(passmint.value("Data"), expected, "{variable:?}");
        assert_eq!(data.exists(), !in_memory);
    }
}

#[test]
fn the_directory_is_in_the_working_directory_unless_said_otherwise() {
    let directory = tempdir().unwrap();
    let mut command = passmint();
    command.args(["--port", "0", "--cognito-port", "0"]).current_dir(directory.path());
    assert_eq!(Passmint::start(&mut command).value("Data"), ".passmint");
    assert!(directory.path().join(".passmint/user-pool.redb").exists());
}

#[tokio::test]
async fn allowed_origins_are_a_list() {
    let mut command = passmint_in_memory();
    command.env("PASSMINT_ALLOWED_ORIGINS", "https://a.example,https://b.example");
    let passmint = Passmint::start(&mut command);
    for (origin, allowed) in
        [("https://a.example", true), ("https://b.example", true), ("http://localhost:5173", false)]
    {
        let request = Request::get("/generate")
            .header("host", authority(passmint.url()))
            .header("origin", origin);
        let answer = send(passmint.url(), request.body(Full::default()).unwrap()).await.unwrap();
        assert_eq!(answer.status, 401);
        let named =
            answer.headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap());
        assert_eq!(named, allowed.then_some(origin));
    }
    let (_, errors) = refused(passmint_in_memory().args(["--allowed-origins", "*"]));
    assert!(errors.contains("\"*\" is not an origin"), "{errors}");
}

#[test]
fn a_port_that_is_taken_is_named_with_its_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for flag in ["--port", "--cognito-port"] {
        let mut command = passmint();
        let other = if flag == "--port" { "--cognito-port" } else { "--port" };
        let (_, errors) = refused(command.args(["--ephemeral", flag, &port, other, "0"]));
        assert!(errors.contains(&port) && errors.contains(&format!("with {flag}")), "{errors}");
    }
}

#[tokio::test]
async fn a_second_process_on_a_data_directory_is_refused_in_words() {
    let directory = tempdir().unwrap();
    let first = Passmint::start(&mut passmint_on(directory.path()));
    let (output, errors) = refused(&mut passmint_on(directory.path()));
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains(directory.path().to_str().unwrap()), "{errors}");
    assert!(errors.contains("in use") && errors.contains("--data-dir"), "{errors}");
    assert_eq!(get(first.url(), "/_local/health").await.unwrap().status, 200);
    first.kill();
    drop(Passmint::start(&mut passmint_on(directory.path())));
}

/// A link in the directory once gave its target the mode 600, and the user pool's first bytes.
#[test]
fn a_data_directory_with_a_link_is_refused_in_words() {
    let directory = tempdir().unwrap();
    let (data, target) = (directory.path().join("data"), directory.path().join("target"));
    drop(Passmint::start(&mut passmint_on(&data)));
    fs::write(&target, "content").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
    for name in ["user-pool.redb", "lock"] {
        let (link, aside) = (data.join(name), data.join("aside"));
        fs::rename(&link, &aside).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let (_, errors) = refused(&mut passmint_on(&data));
        assert!(errors.contains(&format!("{} is a symbolic link", link.display())), "{errors}");
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read(&target).unwrap(), b"content");
        fs::rename(&aside, &link).unwrap();
    }
    drop(Passmint::start(&mut passmint_on(&data)));
}

#[test]
fn nobody_else_can_read_the_data_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let directory = tempdir().unwrap();
        let data = directory.path().join("data");
        let mut command = Command::new("sh");
        clean(&mut command);
        command.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh", PROGRAM]);
        command.args(["--port", "0", "--cognito-port", "0", "--data-dir"]).arg(&data);
        let passmint = Passmint::start(&mut command);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700, "{umask}");
        for entry in fs::read_dir(&data).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{umask} {}", path.display());
        }
        drop(passmint);
    }
}

#[tokio::test]
async fn a_signal_ends_it_cleanly_with_connections_open() {
    for signal in ["TERM", "INT"] {
        let mut passmint = Passmint::start(&mut passmint_in_memory());
        let idle = TcpStream::connect(authority(passmint.url())).await.unwrap();
        let mut kept_alive = TcpStream::connect(authority(passmint.url())).await.unwrap();
        kept_alive
            .write_all(b"GET /_local/health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .unwrap();
        kept_alive.read_exact(&mut [0; 15]).await.unwrap();
        let mut half_sent = TcpStream::connect(authority(passmint.url())).await.unwrap();
        half_sent.write_all(b"GET /_local/health HTTP/1.1\r\nhost: loc").await.unwrap();
        passmint.signal(signal);
        assert_eq!(passmint.ends_within(END).code(), Some(0), "{signal}");
        drop((idle, kept_alive, half_sent));
    }
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_end() {
    let mut passmint = Passmint::start(&mut passmint_in_memory());
    let mut under_way = TcpStream::connect(authority(passmint.url())).await.unwrap();
    let body = ada().to_string();
    let head = format!(
        "POST /register HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    under_way.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body: it has begun with the request.
    let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    under_way.read_exact(&mut go_on).await.unwrap();
    passmint.signal("TERM");
    while TcpStream::connect(authority(passmint.url())).await.is_ok() {
        tokio::task::yield_now().await;
    }
    under_way.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(passmint.ends_within(END).code(), Some(0));
}
