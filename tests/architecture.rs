//! Who may name whom, as ARCHITECTURE.md tells it, and what no line of a source does.

use std::{fs, path::Path};

use cargo_metadata::MetadataCommand;

/// What each package may name of ours. `functions/*` stands for every package in that folder.
const OURS: [(&str, &[&str]); 10] = [
    ("bench", &["runtime-api"]),
    ("cognito-emulator", &[]),
    ("e2e", &["local", "runtime-api"]),
    ("functions/*", &["generator", "identity", "lambda", "shared"]),
    ("generator", &[]),
    ("identity", &["shared"]),
    ("lambda", &["shared"]),
    (
        "local",
        &[
            "account",
            "cognito-emulator",
            "confirm",
            "delete_account",
            "generate",
            "identity",
            "lambda",
            "login",
            "mfa",
            "recover",
            "register",
            "shared",
        ],
    ),
    ("runtime-api", &[]),
    ("shared", &[]),
];

/// Each outside world and the only packages that may name it.
const WORLDS: [(&str, &[&str]); 9] = [
    ("aws-config", &["identity"]),
    ("aws-sdk-cognitoidentityprovider", &["identity"]),
    ("axum", &[]),
    ("getrandom", &[]),
    ("hyper", &["local"]),
    ("lambda_http", &["bench", "lambda"]),
    ("lambda_runtime", &[]),
    ("redb", &["cognito-emulator"]),
    ("reqwest", &[]),
];

/// A package of ours and something that it names.
#[derive(Debug, PartialEq, Eq)]
struct Edge {
    from: String,
    to: String,
}

/// The edges that the tables forbid among those that `edges` lists.
fn forbidden<'a>(edges: &'a [Edge], functions: &[String], ours: &[String]) -> Vec<&'a Edge> {
    edges.iter().filter(|edge| !is_allowed(edge, functions, ours)).collect()
}

fn is_allowed(edge: &Edge, functions: &[String], ours: &[String]) -> bool {
    if ours.contains(&edge.to) {
        let row = if functions.contains(&edge.from) { "functions/*" } else { &edge.from };
        let allowed = OURS.iter().find(|(package, _)| *package == row).map(|(_, allowed)| *allowed);
        return allowed.is_some_and(|allowed| allowed.contains(&edge.to.as_str()));
    }
    let world = WORLDS.iter().find(|(world, _)| *world == edge.to);
    world.is_none_or(|(_, allowed)| allowed.contains(&edge.from.as_str()))
}

/// Our packages, those of them that are functions, and everything that each names, for whatever
/// use: build, run or test.
fn workspace() -> (Vec<String>, Vec<String>, Vec<Edge>) {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let packages = metadata.workspace_packages();
    let ours = packages.iter().map(|package| package.name.to_string()).collect();
    let functions = packages
        .iter()
        .filter(|package| {
            package.manifest_path.components().any(|part| part.as_str() == "functions")
        })
        .map(|package| package.name.to_string())
        .collect();
    let edges = packages
        .iter()
        .flat_map(|package| {
            package.dependencies.iter().map(|dependency| Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
            })
        })
        .collect();
    (ours, functions, edges)
}

#[test]
fn no_package_names_what_it_may_not() {
    let (ours, functions, edges) = workspace();
    assert_eq!(forbidden(&edges, &functions, &ours), Vec::<&Edge>::new());
    assert!(functions.len() >= 4 && edges.len() > 50, "the workspace was read");
}

#[test]
fn a_forbidden_edge_is_found() {
    let (ours, functions, _) = workspace();
    for (from, to) in [
        ("generator", "shared"),
        ("cognito-emulator", "shared"),
        ("shared", "lambda"),
        ("identity", "lambda"),
        ("register", "login"),
        ("register", "cognito-emulator"),
        ("generate", "local"),
        ("register", "aws-sdk-cognitoidentityprovider"),
        ("local", "lambda_http"),
        ("cognito-emulator", "hyper"),
        ("e2e", "identity"),
        ("shared", "shared"),
    ] {
        let edges = [Edge { from: from.to_owned(), to: to.to_owned() }];
        assert_eq!(forbidden(&edges, &functions, &ours).len(), 1, "{from} -> {to}");
    }
}

#[test]
fn every_package_has_a_row() {
    let (ours, functions, _) = workspace();
    for package in ours.iter().filter(|package| !functions.contains(package)) {
        assert!(OURS.iter().any(|(row, _)| row == package), "{package} has no row");
    }
}

/// The lines of the sources in `folder`, without those of tests and comments.
fn lines(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            found.extend(lines(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap().lines();
            let code = code.filter(|line| !line.trim_start().starts_with("//"));
            found.extend(code.map(|line| format!("{}: {line}", path.display())));
        }
    }
    found
}

fn sources(package: &str) -> Vec<String> {
    let found = lines(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package).join("src"));
    assert!(found.len() > 100, "{package} was read");
    found
}

/// Whether a line may print one of the SDK's inputs, outputs or errors: their `Debug` shows codes
/// and the bodies of answers.
fn prints_debug(line: &str) -> bool {
    let of_constants = |rest: &str| {
        let name = rest.rsplit('{').next().unwrap_or_default();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    let line = line.replace(":#?", ":?");
    let formats = line.split(":?").collect::<Vec<_>>();
    let formats = formats.split_last().map_or(&[][..], |(_, before)| before);
    formats.iter().any(|before| !of_constants(before))
        || ["dbg!", "DisplayErrorContext", "tracing::"].iter().any(|name| line.contains(name))
}

/// Only `identity` names the SDK, see above.
#[test]
fn sec_4_nothing_of_the_sdk_is_printed_by_debug() {
    for line in ["format!(\"{error:?}\")", "\"{:?}\"", "\"{input:#?}\"", "dbg!(input)"] {
        assert!(prints_debug(line), "{line}");
    }
    assert!(!prints_debug("\"no end after {OPERATION_TIMEOUT:?}\""));
    let faults: Vec<_> =
        sources("crates/identity").into_iter().filter(|line| prints_debug(line)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Whether a line compares a secret in a time that depends on it.
fn compares_a_secret(line: &str) -> bool {
    [" == ", " != "].iter().any(|operator| line.contains(operator))
        && ["expose_secret()", "digest", "signature", "secret_hash"]
            .iter()
            .any(|secret| line.contains(secret))
}

/// `subtle` does.
#[test]
fn sec_7_no_secret_is_compared_with_an_operator() {
    assert!(compares_a_secret("if code.expose_secret() == sent {"));
    let packages = ["crates/cognito-emulator", "crates/identity", "crates/local", "shared"];
    let lines: Vec<_> = packages.into_iter().flat_map(sources).collect();
    let faults: Vec<_> = lines.iter().filter(|line| compares_a_secret(line)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(lines.iter().filter(|line| line.contains(".ct_eq(")).count() >= 5);
}
