//! The whole API, against a process that does as each event says.

#![cfg(test)]

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::exit,
    thread::park,
    time::{Duration, Instant},
};

use runtime_api::{Answer, Environment, Failure, Function, MAX_ANSWER_BYTES};

/// A function whose bootstrap is this binary, see [`runtime`].
fn function() -> Function {
    let bootstrap = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bootstrap");
    let binary = env::current_exe().unwrap();
    Function::new("tested", bootstrap).with("TEST_BINARY", binary.to_str().unwrap())
}

/// No test but the function, if it is run as one.
#[test]
fn runtime() {
    let Ok(api) = env::var("AWS_LAMBDA_RUNTIME_API") else { return };
    match env::var("INIT").as_deref() {
        Ok("exit") => exit(3),
        Ok("error") => {
            let mut api = Client::connect(&api);
            api.send("POST /2018-06-01/runtime/init/error", b"no configuration");
            exit(1);
        }
        _ => serve(&api),
    }
}

/// Does as each event says.
fn serve(address: &str) {
    let mut api = Client::connect(address);
    loop {
        let (head, event) = api.send("GET /2018-06-01/runtime/invocation/next", b"");
        let field = |name: &str| {
            let line = head.iter().find(|line| line.starts_with(name)).unwrap();
            line.split_once(": ").unwrap().1.to_owned()
        };
        let id = field("Lambda-Runtime-Aws-Request-Id");
        let mut answer = |id: &str, kind: &str, body: &[u8]| {
            api.send(&format!("POST /2018-06-01/runtime/invocation/{id}/{kind}"), body).0.remove(0)
        };
        match event.as_slice() {
            b"error" => assert_eq!(answer(&id, "error", b"oh"), "HTTP/1.1 202 Accepted"),
            b"hang" => park(),
            b"late" => {
                // Until the test hangs up.
                let mut test = TcpStream::connect(env::var("TEST").unwrap()).unwrap();
                test.read_to_end(&mut Vec::new()).unwrap();
                answer(&id, "response", b"late");
            }
            b"exit" => exit(3),
            b"answer and exit" => {
                answer(&id, "response", b"bye");
                exit(0);
            }
            b"too much" => {
                let refused = answer(&id, "response", &vec![b'a'; MAX_ANSWER_BYTES + 1]);
                assert_eq!(refused, "HTTP/1.1 413 Payload Too Large");
                answer(&id, "error", b"too large");
            }
            b"the wrong id" => {
                assert_eq!(answer("other", "response", b"x"), "HTTP/1.1 400 Bad Request");
                answer(&id, "response", b"x");
            }
            b"a path of its own" => {
                let unknown = api.send("GET /2018-06-01/runtime/other", b"").0.remove(0);
                api.send(
                    &format!("POST /2018-06-01/runtime/invocation/{id}/response"),
                    unknown.as_bytes(),
                );
            }
            b"environment" => {
                let names = env::vars().map(|(name, value)| format!("{name}={value}\n"));
                answer(&id, "response", names.collect::<String>().as_bytes());
            }
            b"head" => {
                answer(&id, "response", head.join("\n").as_bytes());
            }
            event => {
                writeln!(io::stdout(), "seen {}", String::from_utf8_lossy(event)).unwrap();
                answer(&id, "response", event);
            }
        }
    }
}

/// A connection that is kept open, as a runtime does.
struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(address: &str) -> Self {
        Self(BufReader::new(TcpStream::connect(address).unwrap()))
    }

    /// The lines of the head of the answer, and its body.
    fn send(&mut self, request: &str, body: &[u8]) -> (Vec<String>, Vec<u8>) {
        let head = format!("{request} HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
        self.0.get_mut().write_all(head.as_bytes()).unwrap();
        self.0.get_mut().write_all(body).unwrap();
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            lines.push(line.trim().to_owned());
        }
        let length = lines.iter().find_map(|line| line.strip_prefix("Content-Length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        (lines, body)
    }
}

/// The answer to `event`, as text.
fn respond(environment: &mut Environment, event: &str) -> String {
    match environment.invoke(event.as_bytes()).unwrap().answer {
        Answer::Response(body) => String::from_utf8(body).unwrap(),
        Answer::Error(body) => panic!("{}", String::from_utf8_lossy(&body)),
    }
}

#[test]
fn events_go_in_and_answers_come_out() {
    let mut environment = Environment::start(&function()).unwrap();
    for event in ["first", "second", "", "the wrong id"] {
        let expected = if event == "the wrong id" { "x" } else { event };
        assert_eq!(respond(&mut environment, event), expected);
    }
    assert_eq!(environment.invoke(b"error").unwrap().answer, Answer::Error(b"oh".into()));
    let refused = environment.invoke(b"too much").unwrap().answer;
    assert_eq!(refused, Answer::Error(b"too large".into()));
    assert_eq!(respond(&mut environment, "a path of its own"), "HTTP/1.1 404 Not Found");
    assert_eq!(respond(&mut environment, "after all that"), "after all that");
    let log = environment.stop();
    for line in ["to the standard error", "seen first", "seen second", "seen after all that"] {
        assert!(log.iter().any(|logged| logged.ends_with(line)), "{line}: {log:?}");
    }
}

#[test]
fn moments_follow_one_another() {
    let before = Instant::now();
    let mut environment = Environment::start(&function()).unwrap();
    let ready = environment.ready().unwrap();
    let first = environment.invoke(b"first").unwrap();
    let second_ready = environment.ready().unwrap();
    let between = Instant::now();
    let second = environment.invoke(b"second").unwrap();
    assert_eq!((ready, second_ready), (first.asked, second.asked));
    let moments = [
        before,
        environment.spawned(),
        first.asked,
        first.handed_out,
        first.answered,
        second.asked,
        between,
        second.handed_out,
        second.answered,
        Instant::now(),
    ];
    assert!(moments.is_sorted(), "{moments:?}");
    assert_eq!(first.duration(), first.answered - first.handed_out);
}

#[test]
fn a_function_sees_what_lambda_would_show_it_and_no_more() {
    let function = function().with("OWN", "value").without("TZ");
    let mut environment = Environment::start(&function).unwrap();
    let seen = respond(&mut environment, "environment");
    let mut names: Vec<_> = seen.lines().map(|line| line.split_once('=').unwrap().0).collect();
    // What the shell of tests/bootstrap adds.
    names.retain(|name| !["OLDPWD", "PWD", "SHLVL", "_"].contains(name));
    let mut given: Vec<_> = function.variables.keys().map(String::as_str).collect();
    given.push("AWS_LAMBDA_RUNTIME_API");
    names.sort_unstable();
    given.sort_unstable();
    assert_eq!(names, given);
    assert!(seen.contains("OWN=value\n") && seen.contains("AWS_LAMBDA_FUNCTION_NAME=tested\n"));
    let head = respond(&mut environment, "head");
    for line in [
        "Lambda-Runtime-Aws-Request-Id: 00000000-0000-4000-8000-000000000002",
        "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:tested",
        "Lambda-Runtime-Trace-Id: Root=1-00000000-000000000000000000000002;Parent=0000000000000002;Sampled=0",
    ] {
        assert!(head.lines().any(|sent| sent == line), "{head}");
    }
    let deadline = head.lines().find_map(|line| line.strip_prefix("Lambda-Runtime-Deadline-Ms: "));
    assert!(deadline.unwrap().parse::<u64>().unwrap() > 1_700_000_000_000);
}

#[test]
fn a_function_that_does_not_answer() {
    let function = Function { timeout: Duration::from_millis(100), ..function() };
    let mut environment = Environment::start(&function).unwrap();
    let failure = environment.invoke(b"hang").unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(after) if after == function.timeout));
    assert!(environment.exit(Duration::ZERO).unwrap().is_none(), "it lives on");
}

#[test]
fn an_answer_that_comes_too_late_is_forgotten() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let function = Function { timeout: Duration::from_millis(100), ..function() };
    let mut environment = Environment::start(&function.with("TEST", &address)).unwrap();
    assert!(matches!(environment.invoke(b"late").unwrap_err(), Failure::TimedOut(_)));
    drop(listener.accept().unwrap());
    environment.ready().unwrap();
    assert_eq!(respond(&mut environment, "next"), "next");
}

#[test]
fn a_function_that_ends() {
    for (init, event) in [("exit", ""), ("", "exit")] {
        let mut environment = Environment::start(&function().with("INIT", init)).unwrap();
        match environment.invoke(event.as_bytes()) {
            Err(Failure::Exited(status)) => assert_eq!(status.code(), Some(3)),
            other => panic!("{other:?}"),
        }
        let status = environment.exit(Duration::from_secs(10)).unwrap().unwrap();
        assert_eq!(status.code(), Some(3));
    }
    let mut environment = Environment::start(&function()).unwrap();
    assert_eq!(respond(&mut environment, "answer and exit"), "bye");
}

#[test]
fn a_function_that_cannot_start() {
    let mut environment = Environment::start(&function().with("INIT", "error")).unwrap();
    let failure = environment.ready().unwrap_err();
    assert!(matches!(&failure, Failure::Init(why) if why == "no configuration"), "{failure}");
    let missing = Environment::start(&Function::new("missing", "/nowhere/bootstrap"));
    assert!(matches!(missing.err().unwrap(), Failure::Start(_)));
}

#[test]
fn the_process_ends_with_its_environment() {
    let mut environment = Environment::start(&function()).unwrap();
    environment.ready().unwrap();
    let process = Path::new("/proc").join(environment.pid().to_string());
    assert!(process.exists());
    drop(environment);
    assert!(!process.exists());
}
