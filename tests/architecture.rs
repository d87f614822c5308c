//! Who may name whom, as ARCHITECTURE.md tells it.

use cargo_metadata::MetadataCommand;

/// What each package may name of ours. `functions/*` stands for every package in that folder.
const OURS: [(&str, &[&str]); 8] = [
    ("cognito-emulator", &[]),
    ("e2e", &["local"]),
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
            "recover",
            "register",
            "shared",
        ],
    ),
    ("shared", &[]),
];

/// Each outside world and the only packages that may name it.
const WORLDS: [(&str, &[&str]); 9] = [
    ("aws-config", &["identity"]),
    ("aws-sdk-cognitoidentityprovider", &["identity"]),
    ("axum", &[]),
    ("getrandom", &[]),
    ("hyper", &["local"]),
    ("lambda_http", &["lambda"]),
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
