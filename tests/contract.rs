//! What openapi.yaml promises: held against every answer that any test sees, against template.yaml,
//! against README.md and against what is served.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};
use serde_norway::Value as Yaml;

use crate::client::{Answer, Call};

/// The file at `path` of the repository.
pub(crate) fn repository(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

/// openapi.yaml.
pub(crate) static OPENAPI: LazyLock<Value> =
    LazyLock::new(|| serde_norway::from_str(&repository("openapi.yaml")).unwrap());

/// openapi.yaml with every object closed: what a client must not count on is no reason for us to
/// answer it.
static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let mut document = OPENAPI.clone();
    close(&mut document);
    document
});

fn close(value: &mut Value) {
    if let Value::Object(members) = value {
        if members.get("type") == Some(&json!("object")) && members.contains_key("properties") {
            members.entry("additionalProperties").or_insert(false.into());
        }
        members.values_mut().for_each(close);
    } else if let Value::Array(items) = value {
        items.iter_mut().for_each(close);
    }
}

/// Asserts that `answer` is one that the contract has for its request.
pub(crate) fn check_answer(method: &str, path: &str, answer: &Answer) {
    let what = format!("{method} {path}: {} {}", answer.status, answer.body);
    // The answer to HEAD has no body to look at, and nothing but the headers of every answer.
    if method == "HEAD" || path.starts_with("/_local/") {
        return;
    }
    if method == "OPTIONS" && answer.status == 200 {
        return;
    }
    let response = check_body(method, path, answer.status, &answer.body);
    for (name, _) in members(&format!("{response}/headers")) {
        let header = resolved(&format!("{response}/headers/{name}"));
        match answer.headers.get(&name) {
            Some(value) => {
                let text = value.to_str().unwrap();
                let value = text.parse::<u32>().map_or_else(|_| json!(text), Value::from);
                assert_fits(&format!("{header}/schema"), &value, &what);
            }
            None => assert!(at(&header)["required"] != true, "no {name}: {what}"),
        }
    }
    // API Gateway names a type even where there is no body.
    if let Some((media_type, _)) = members(&format!("{response}/content")).first() {
        let sent = answer.headers["content-type"].to_str().unwrap();
        assert_eq!(sent.split(';').next(), Some(&**media_type), "{what}");
    }
}

/// Asserts that openapi.yaml has the body for this status of this request, and points to the
/// response there.
pub(crate) fn check_body(method: &str, path: &str, status: u16, body: &str) -> String {
    let what = format!("{method} {path}: {status} {body}");
    let response = documented(method, path, status);
    let response = response.unwrap_or_else(|| panic!("not in openapi.yaml: {what}"));
    let content = members(&format!("{response}/content"));
    let Some((media_type, _)) = content.first() else {
        assert!(body.is_empty(), "{what}");
        return response;
    };
    let value: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {what}"));
    assert_fits(&format!("{response}/content/{}/schema", escaped(media_type)), &value, &what);
    if media_type == "application/problem+json" {
        assert_eq!(value["status"], status, "{what}");
        check_problem(&value);
        for inside in ["arn:", "cognito-idp", "Exception", "panicked", ".rs", "SECRET_HASH"] {
            assert!(!body.contains(inside), "{inside} in {what}");
        }
    }
    response
}

/// Asserts that what a problem has for people and for programs says the same.
pub(crate) fn check_problem(body: &Value) {
    let code = body["code"].as_str().unwrap();
    assert_eq!(body["type"], format!("urn:passmint:problem:{code}"), "{body}");
    assert_eq!(body["title"].as_str().unwrap().to_lowercase(), code.replace('_', " "), "{body}");
}

/// Asserts that `value` has the form of the schema at `pointer`, with no member that it does not
/// name.
pub(crate) fn assert_fits(pointer: &str, value: &Value, what: &str) {
    static REGISTRY: LazyLock<Registry<'static>> =
        LazyLock::new(|| Registry::new().add(DOCUMENT, &*CLOSED).unwrap().prepare().unwrap());
    static VALIDATORS: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let made = validators.entry(pointer.to_owned()).or_insert_with(|| {
        let schema = json!({"$ref": format!("{DOCUMENT}#{pointer}")});
        let options = jsonschema::options().with_registry(&REGISTRY);
        Arc::new(options.should_validate_formats(true).build(&schema).unwrap())
    });
    let validator = Arc::clone(made);
    drop(validators);
    let faults: Vec<_> = validator.iter_errors(value).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?} at {pointer}: {what}");
}

/// What openapi.yaml is called among the schemas.
const DOCUMENT: &str = "https://passmint.example/openapi";

/// Where openapi.yaml has the response for the request: among the operation's own, or, if there is
/// no such operation, those of paths and methods which are not there.
fn documented(method: &str, path: &str, status: u16) -> Option<String> {
    let path = escaped(path.split('?').next().unwrap_or_default());
    let operation = format!("/paths/{path}/{}", method.to_ascii_lowercase());
    if OPENAPI.pointer(&operation).is_some() {
        let response = format!("{operation}/responses/{status}");
        return OPENAPI.pointer(&response).map(|_| resolved(&response));
    }
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
    Some(format!("/components/responses/{name}"))
}

/// A name as a part of a JSON pointer (RFC 6901).
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What openapi.yaml has at `pointer`, or null.
pub(crate) fn at(pointer: &str) -> &'static Value {
    OPENAPI.pointer(pointer).unwrap_or(&Value::Null)
}

/// Where what stands at `pointer` really is: there, or where it refers to.
pub(crate) fn resolved(pointer: &str) -> String {
    match at(pointer)["$ref"].as_str() {
        Some(reference) => resolved(&reference[1..]),
        None => pointer.to_owned(),
    }
}

/// The members of the object at `pointer`; none if there is none.
pub(crate) fn members(pointer: &str) -> Vec<(String, &'static Value)> {
    let members = at(pointer).as_object().into_iter().flatten();
    members.map(|(name, value)| (name.clone(), value)).collect()
}

/// The codes of the problem that the response at `pointer` is.
pub(crate) fn codes(pointer: &str) -> BTreeSet<String> {
    let schema = &at(pointer)["content"]["application/problem+json"]["schema"]["allOf"];
    let codes = schema.as_array().into_iter().flatten();
    let codes = codes.filter_map(|part| part["properties"]["code"]["enum"].as_array()).flatten();
    codes.map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// Where every response of every operation is, with its status, and that of those which no operation
/// has.
pub(crate) fn responses() -> Vec<(u16, String)> {
    let own = operations();
    let own = own.keys().flat_map(|(method, path)| responses_of(method, path));
    let shared = [(404, "NotFound"), (405, "MethodNotAllowed")]
        .map(|(status, name)| (status, format!("/components/responses/{name}")));
    own.chain(shared).collect()
}

/// The same for one operation.
pub(crate) fn responses_of(method: &str, path: &str) -> Vec<(u16, String)> {
    let of = format!("/paths/{}/{}/responses", escaped(path), method.to_ascii_lowercase());
    let statuses = members(&of).into_iter().map(|(status, _)| status);
    statuses.map(|it| (it.parse().unwrap(), resolved(&format!("{of}/{it}")))).collect()
}

/// Every operation by method and path.
pub(crate) fn operations() -> BTreeMap<(String, String), &'static Value> {
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
    let documented: BTreeSet<_> = responses()
        .into_iter()
        .flat_map(|(status, response)| codes(&response).into_iter().map(move |code| (status, code)))
        .collect();
    let readme = readme();
    let in_one_only: Vec<_> = documented.symmetric_difference(&readme).collect();
    assert!(in_one_only.is_empty(), "in README.md or openapi.yaml alone: {in_one_only:?}");
    assert!(readme.len() > 20);
}

/// The table of failures: statuses in the first column, codes in the second. Where a row has several
/// of both, each status is of the code at its place; otherwise each is of all.
fn readme() -> BTreeSet<(u16, String)> {
    let text = repository("README.md");
    let rows = text.lines().skip_while(|line| !line.starts_with("| status | `code` |")).skip(2);
    let mut found = Vec::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let columns: Vec<_> = row.split('|').map(str::trim).collect();
        let statuses: Vec<u16> =
            columns[1].split(", ").map(|status| status.parse().unwrap()).collect();
        let codes: Vec<_> = columns[2].split(", ").map(|code| code.trim_matches('`')).collect();
        if statuses.len() == codes.len() {
            found.extend(statuses.into_iter().zip(codes));
        } else {
            assert!(statuses.len() == 1 || codes.len() == 1, "{row}");
            let all = |status| codes.iter().map(move |code| (status, *code));
            found.extend(statuses.into_iter().flat_map(all));
        }
    }
    found.into_iter().map(|(status, code)| (status, code.to_owned())).collect()
}

/// The members of a request that are no secret: options of `/generate`, and names.
fn is_secret(path: &str, name: &str) -> bool {
    path != "/generate" && name != "username"
}

/// What stands in a URL is kept by browsers, proxies and logs.
#[test]
fn sec_10_no_url_takes_a_secret() {
    let mut secrets =
        BTreeSet::from(["access_token", "id_token", "authorization", "session"].map(str::to_owned));
    for ((method, path), _) in operations() {
        let schema = resolved(&format!("{}/schema", body_of(&method, &path)));
        let names = members(&format!("{schema}/properties")).into_iter().map(|(name, _)| name);
        secrets.extend(names.filter(|name| is_secret(&path, name)));
    }
    assert!(["password", "refresh_token", "code"].iter().all(|name| secrets.contains(*name)));
    for ((method, path), operation) in operations() {
        assert!(!path.contains('{'), "{path} takes a text of the client");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            assert!(!secrets.contains(&name.to_lowercase()), "{method} {path}: {name}");
            assert!(path == "/generate" || parameter["in"] == "header", "{method} {path}: {name}");
        }
    }
}

/// Where the body of a request is described, if it has one.
pub(crate) fn body_of(method: &str, path: &str) -> String {
    let method = method.to_ascii_lowercase();
    format!("/paths/{}/{method}/requestBody/content/application~1json", escaped(path))
}

/// The one table of statuses and codes, as the source has it.
#[test]
fn every_code_of_the_functions_is_documented_and_no_other() {
    let source = repository("shared/src/problem.rs");
    let is_code = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let arms = source.lines().filter_map(|line| line.trim().split_once(" => \""));
    let arms = arms.filter_map(|(_, text)| text.strip_suffix("\","));
    let mut known: BTreeSet<_> = arms.filter(|text| is_code(text)).map(str::to_owned).collect();
    assert!(known.len() > 30);
    // The gateway's.
    for own in ["headers_too_large", "misdirected_request", "request_timeout", "too_many_requests"]
    {
        assert!(known.insert(own.to_owned()));
    }
    let documented: BTreeSet<_> =
        responses().iter().flat_map(|(_, response)| codes(response)).collect();
    assert_eq!(documented, known);
}

/// What is answered before or in place of a function, wherever the request goes.
#[test]
fn every_operation_has_the_answers_of_the_gateway() {
    for ((method, path), operation) in operations() {
        let statuses = &operation["responses"];
        let has = |status: &str| statuses.get(status).is_some();
        for status in
            ["400", "406", "408", "413", "414", "421", "429", "431", "500", "502", "503", "504"]
        {
            assert!(has(status), "{method} {path}: {status}");
        }
        let guarded = !operation["security"].as_array().unwrap().is_empty();
        assert!(has("401") || !guarded, "{method} {path}");
        assert_eq!(has("415"), operation.get("requestBody").is_some(), "{method} {path}");
        let successes =
            statuses.as_object().unwrap().keys().filter(|status| status.starts_with('2'));
        assert_eq!(successes.count(), 1, "{method} {path}");
    }
}
