//! What openapi.yaml promises: held against every answer that any test sees, against template.yaml,
//! against README.md and against what is served.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};

use serde_json::Value;
use serde_norway::Value as Yaml;

use crate::{
    client::{Answer, Call, Tokens, confirmed, log_in},
    stack::SHARED,
};

/// The file at `path` of the repository.
pub(crate) fn repository(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// openapi.yaml.
pub(crate) static OPENAPI: LazyLock<Value> =
    LazyLock::new(|| serde_norway::from_str(&repository("openapi.yaml")).unwrap());

/// Asserts that `answer` is one that the contract has for its request.
pub(crate) fn check_answer(method: &str, path: &str, answer: &Answer) {
    let what = format!("{method} {path}: {} {}", answer.status, answer.body);
    if answer.status == 429 {
        let wait = answer.headers["retry-after"].to_str().unwrap();
        assert!(wait.parse::<u32>().unwrap() >= 1, "{what}");
    }
    // The answer to HEAD has no body to look at.
    if method == "HEAD" || path.starts_with("/_local/") {
        return;
    }
    let code = (answer.status >= 400).then(|| check_problem(answer));
    if method == "OPTIONS" && code.is_none() {
        return;
    }
    let response = documented(method, path, answer.status);
    let response = response.unwrap_or_else(|| panic!("not in openapi.yaml: {what}"));
    match code {
        Some(code) => assert!(codes(response).contains(&code), "not in openapi.yaml: {what}"),
        None if answer.status == 204 => assert!(answer.body.is_empty(), "{what}"),
        None => check_members(&answer.json(), response, &what),
    }
}

/// Asserts that the body is a problem as RFC 9457 describes it, with our members and no more, and
/// gives back its code.
fn check_problem(answer: &Answer) -> String {
    let body = answer.json();
    let text = |value: &Value, name: &str| {
        let text = value[name].as_str().unwrap_or_else(|| panic!("{name} of {value}"));
        assert!(!text.is_empty(), "{name} of {value}");
        text.to_owned()
    };
    let content_type = answer.headers["content-type"].to_str().unwrap();
    assert_eq!(content_type.split(';').next(), Some("application/problem+json"), "{body}");
    let code = text(&body, "code");
    assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{body}");
    assert_eq!(text(&body, "type"), format!("urn:passmint:problem:{code}"));
    assert_eq!(text(&body, "title").to_lowercase(), code.replace('_', " "));
    assert_eq!(body["status"], answer.status);
    text(&body, "detail");
    let known = ["type", "title", "status", "detail", "code", "errors"];
    assert!(body.as_object().unwrap().keys().all(|name| known.contains(&&**name)), "{body}");
    if let Some(errors) = body.get("errors") {
        assert_ne!(errors.as_array().unwrap().len(), 0, "{body}");
        for error in errors.as_array().unwrap() {
            assert_eq!(error.as_object().unwrap().len(), 3, "{body}");
            assert!(error["field"].as_str().unwrap().chars().count() <= 64, "{body}");
            text(error, "code");
            text(error, "detail");
        }
    }
    for inside in ["arn:", "cognito-idp", "Exception", "panicked", ".rs", "SECRET_HASH"] {
        assert!(!answer.body.contains(inside), "{inside} in {body}");
    }
    code
}

/// Asserts that a success has every member that `response` requires, and none that it does not name.
fn check_members(body: &Value, response: &'static Value, what: &str) {
    let schema = resolved(&response["content"]["application/json"]["schema"]);
    let alternatives = match &schema["oneOf"] {
        Value::Array(alternatives) => alternatives.iter().collect(),
        _ => vec![schema],
    };
    assert_eq!(alternatives.iter().filter(|schema| fits(schema, body)).count(), 1, "{what}");
}

/// Whether `value` has, at every depth, the members that `schema` requires and none that it does not
/// name, each with one of its values if those are listed.
fn fits(schema: &'static Value, value: &Value) -> bool {
    let schema = resolved(schema);
    let listed = schema["enum"].as_array();
    let members = schema["properties"].as_object().is_none_or(|known| {
        let required = schema["required"].as_array().unwrap();
        required.iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            && value
                .as_object()
                .into_iter()
                .flatten()
                .all(|(name, value)| known.get(name).is_some_and(|schema| fits(schema, value)))
    });
    members
        && schema.get("const").is_none_or(|constant| constant == value)
        && listed.is_none_or(|listed| listed.contains(value))
        && schema.get("items").is_none_or(|schema| {
            value.as_array().is_some_and(|items| items.iter().all(|item| fits(schema, item)))
        })
}

/// The response that openapi.yaml has for the request: the operation's own, or that of paths and
/// methods which are not there.
fn documented(method: &str, path: &str, status: u16) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap_or_default();
    let operation = &OPENAPI["paths"][path][method.to_ascii_lowercase()];
    let of_operation = operation["responses"].get(status.to_string()).map(resolved);
    of_operation.or_else(|| {
        let name = match status {
            404 => "NotFound",
            405 => "MethodNotAllowed",
            408 => "RequestTimeout",
            413 => "PayloadTooLarge",
            414 => "UriTooLong",
            421 => "MisdirectedRequest",
            429 => "TooManyRequests",
            431 => "HeadersTooLarge",
            _ => return None,
        };
        OPENAPI["components"]["responses"].get(name)
    })
}

/// What `value` refers to, or itself.
pub(crate) fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => resolved(OPENAPI.pointer(&reference[1..]).unwrap()),
        None => value,
    }
}

/// The codes of a problem's response.
fn codes(response: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let schema = &response["content"]["application/problem+json"]["schema"]["allOf"];
    for part in schema.as_array().into_iter().flatten() {
        let codes = part["properties"]["code"]["enum"].as_array();
        found.extend(codes.into_iter().flatten().map(|code| code.as_str().unwrap().to_owned()));
    }
    found
}

/// Every response of every operation, and of the components, with its status; no status for a
/// component.
fn responses() -> Vec<(Option<u16>, &'static Value)> {
    let mut all: Vec<_> = operations()
        .into_values()
        .flat_map(|operation| operation["responses"].as_object().unwrap())
        .map(|(status, response)| (Some(status.parse().unwrap()), resolved(response)))
        .collect();
    let components = OPENAPI["components"]["responses"].as_object().unwrap();
    all.extend(components.values().map(|response| (None, response)));
    all
}

/// Every operation by method and path.
fn operations() -> BTreeMap<(String, String), &'static Value> {
    let mut all = BTreeMap::new();
    for (path, methods) in OPENAPI["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.insert((method.to_ascii_uppercase(), path.clone()), operation);
        }
    }
    all
}

/// Each method and path of the functions' events in template.yaml, and whether anybody may call it.
fn template() -> BTreeMap<(String, String), bool> {
    let template: Yaml = serde_norway::from_str(&repository("template.yaml")).unwrap();
    let mut routes = BTreeMap::new();
    for resource in template["Resources"].as_mapping().unwrap().values() {
        let events = resource["Properties"].get("Events").and_then(Yaml::as_mapping);
        for event in events.into_iter().flat_map(|events| events.values()) {
            let text = |name: &str| event["Properties"][name].as_str().unwrap();
            let route = (text("Method").to_ascii_uppercase(), text("Path").to_owned());
            let public = event["Properties"]
                .get("Auth")
                .is_some_and(|auth| auth["Authorizer"].as_str() == Some("NONE"));
            assert_eq!(routes.insert(route, public), None);
        }
    }
    routes
}

#[test]
fn the_template_has_the_same_routes_behind_the_same_door() {
    let documented: BTreeMap<_, _> = operations()
        .into_iter()
        .map(|(route, operation)| (route, operation["security"].as_array().unwrap().is_empty()))
        .collect();
    assert_eq!(documented, template());
    assert_eq!(documented.len(), 17);
}

#[test]
fn the_gateway_serves_the_same_routes() {
    let routes = operations();
    for (method, path) in routes.keys() {
        let status = Call::new(method, path).send().status;
        assert!(![404, 405].contains(&status), "{method} {path}: {status}");
    }
    let paths: BTreeSet<_> = routes.keys().map(|(_, path)| path.clone()).collect();
    for path in paths {
        let allow = Call::new("PUT", &path).send().headers["allow"].clone();
        let mut served: BTreeSet<_> = allow.to_str().unwrap().split(", ").collect();
        assert!(served.remove("OPTIONS"), "{path}");
        let documented: BTreeSet<_> =
            routes.keys().filter(|(_, of)| *of == path).map(|(method, _)| &**method).collect();
        assert_eq!(served, documented, "{path}");
    }
}

#[test]
fn the_readme_has_the_same_codes_at_the_same_statuses() {
    let mut documented = BTreeSet::new();
    for (status, response) in responses() {
        let own = &response["content"]["application/problem+json"]["example"]["status"];
        let status = status.map_or_else(|| own.clone(), Value::from);
        if let Some(status) = status.as_u64() {
            documented.extend(codes(response).into_iter().map(|code| (status, code)));
        }
    }
    let readme = readme();
    let in_one_only: Vec<_> = documented.symmetric_difference(&readme).collect();
    assert!(in_one_only.is_empty(), "in README.md or openapi.yaml alone: {in_one_only:?}");
    assert!(readme.len() > 20);
}

/// The table of failures: statuses in the first column, codes in the second. Where a row has
/// several statuses, each is of the code at its place; where it has one, of all its codes.
fn readme() -> BTreeSet<(u64, String)> {
    let text = repository("README.md");
    let rows = text.lines().skip_while(|line| !line.starts_with("| status | `code` |")).skip(2);
    let mut found = BTreeSet::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let columns: Vec<_> = row.split('|').map(str::trim).collect();
        let statuses: Vec<u64> =
            columns[1].split(", ").map(|status| status.parse().unwrap()).collect();
        let codes: Vec<_> = columns[2].split(", ").map(|code| code.trim_matches('`')).collect();
        assert!(statuses.len() == 1 || statuses.len() == codes.len(), "{row}");
        for (index, code) in codes.into_iter().enumerate() {
            let status = statuses.get(index).unwrap_or(&statuses[0]);
            found.insert((*status, code.to_owned()));
        }
    }
    found
}

/// The members of a request that are no secret: options of `/generate`, and names.
fn is_secret(path: &str, name: &str) -> bool {
    path != "/generate" && name != "username"
}

/// What stands in a URL is kept by browsers, proxies and logs.
#[test]
fn sec_10_no_url_takes_a_secret() {
    let mut secrets = BTreeSet::from(["access_token", "id_token", "authorization", "session"]);
    for ((_, path), operation) in operations() {
        let body = resolved(&operation["requestBody"]);
        let schema = resolved(&body["content"]["application/json"]["schema"]);
        let names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| &**name);
        secrets.extend(names.filter(|name| is_secret(&path, name)));
    }
    assert!(secrets.is_superset(&BTreeSet::from(["password", "refresh_token", "code"])));
    for ((method, path), operation) in operations() {
        assert!(!path.contains('{'), "{path} takes a text of the client");
        for parameter in operation["parameters"].as_array().into_iter().flatten().map(resolved) {
            let name = parameter["name"].as_str().unwrap();
            assert!(!secrets.contains(&*name.to_lowercase()), "{method} {path}: {name}");
            assert!(path == "/generate" || parameter["in"] == "header", "{method} {path}: {name}");
        }
    }
}

#[test]
fn examples_of_problems_are_consistent() {
    let mut seen = 0;
    for (status, response) in responses() {
        let content = &response["content"]["application/problem+json"];
        let several = content["examples"].as_object();
        let several = several.into_iter().flat_map(|all| all.values()).map(|one| &one["value"]);
        for example in content.get("example").into_iter().chain(several) {
            let code = example["code"].as_str().unwrap();
            assert!(codes(response).contains(code), "{example}");
            assert_eq!(example["type"], format!("urn:passmint:problem:{code}"));
            assert_eq!(example["title"].as_str().unwrap().to_lowercase(), code.replace('_', " "));
            assert!(status.is_none_or(|status| example["status"] == status), "{example}");
            seen += 1;
        }
    }
    assert!(seen > 20);
}

/// Every example of a request is taken: none of them is malformed. The generator needs nothing but
/// the request to say more, so each of its examples gets a password.
#[test]
fn examples_of_bodies_are_accepted() {
    let mut seen = 0;
    for ((method, path), operation) in operations() {
        let content = &operation["requestBody"]["content"]["application/json"];
        let several = content["examples"].as_object().into_iter().flat_map(|all| all.values());
        for example in several.map(|one| &one["value"]).chain(content.get("example")) {
            let call = Call::new(&method, &path).header("content-type", "application/json");
            let call = call.body(example.to_string());
            // A token that the example may end.
            let own = || log_in(&SHARED, &confirmed()).access;
            let token = if path == "/generate" { Tokens::shared().access.clone() } else { own() };
            let answer = call.bearer(&token).send();
            let (status, code) = answer.outcome();
            assert!(code != "malformed_request", "{method} {path} {example}");
            assert!(path != "/generate" || status == 200, "{example}: {}", answer.body);
            seen += 1;
        }
    }
    assert!(seen >= 10);
}
