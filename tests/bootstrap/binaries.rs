//! The binaries, the variables that template.yaml gives them, and the user pool that they call.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use local::Data;
use runtime_api::{Answer, Environment, Function, Invocation};
use serde_json::Value;
use serde_norway::Value as Yaml;

use crate::{
    contract::repository,
    stack::{ORIGIN, Running},
};

/// Where a user pool is, and which one.
pub(crate) struct Cognito {
    pub(crate) url: String,
    pub(crate) pool_id: String,
    pub(crate) client_id: String,
}

impl Cognito {
    /// The user pool of `stack`.
    pub(crate) fn of(stack: &Running) -> Self {
        Self {
            url: stack.stack.cognito_url(),
            pool_id: stack.stack.pool_id().to_owned(),
            client_id: stack.stack.client_id().to_owned(),
        }
    }

    /// None, for what does not get so far as to call it. Port 9 is the one that throws away. The app
    /// client is that of the events' tokens.
    pub(crate) fn nowhere() -> Self {
        let client_id = "4kq1v0n8m2s6t3r9p7l5j0h1ge";
        let [url, pool_id] = ["http://127.0.0.1:9", "us-east-1_nowhere"];
        Self { url: url.to_owned(), pool_id: pool_id.to_owned(), client_id: client_id.to_owned() }
    }
}

/// A stack at the time of day: the binaries' signatures hold for five minutes.
pub(crate) fn stack_of_today(data: Data, cognito_port: u16) -> Running {
    #[expect(clippy::disallowed_methods, reason = "the binaries have no other clock")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    Running::start(data, now, cognito_port)
}

/// The logical ids of the functions of template.yaml.
pub(crate) fn ids() -> Vec<String> {
    let template = template();
    let resources = template["Resources"].as_mapping().unwrap().iter();
    let functions = resources.filter(|(_, is)| is["Type"] == "AWS::Serverless::Function");
    let ids: Vec<_> = functions.map(|(id, _)| id.as_str().unwrap().to_owned()).collect();
    assert!(ids.len() >= 8, "{ids:?}");
    ids
}

/// The function with the logical id `id` as it is deployed, but that it is to use `cognito`.
pub(crate) fn deployed(id: &str, cognito: &Cognito) -> Function {
    let template = template();
    let mut function = bare(id)
        .with("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", &cognito.url)
        // The pair that the user pool of one machine knows.
        .with("AWS_ACCESS_KEY_ID", "passmint")
        .with("AWS_SECRET_ACCESS_KEY", "passmint-local")
        .without("AWS_SESSION_TOKEN");
    for place in [&template["Globals"]["Function"], &template["Resources"][id]["Properties"]] {
        let variables = place.get("Environment").map(|environment| &environment["Variables"]);
        for (name, value) in variables.and_then(Yaml::as_mapping).into_iter().flatten() {
            function = function.with(name.as_str().unwrap(), &resolved(value, cognito));
        }
    }
    function
}

/// The function with the logical id `id` with the variables that Lambda itself sets.
pub(crate) fn bare(id: &str) -> Function {
    let template = template();
    let (own, global) =
        (&template["Resources"][id]["Properties"], &template["Globals"]["Function"]);
    let number = |name| own.get(name).unwrap_or(&global[name]).as_u64().unwrap();
    let timeout = Duration::from_secs(number("Timeout"));
    let function = Function::new(id, bootstrap(id))
        .with("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &number("MemorySize").to_string());
    Function { timeout, ..function }
}

/// The answer of a function to a proxy event.
pub(crate) fn respond(environment: &mut Environment, event: &str) -> Value {
    let Invocation { answer, .. } =
        environment.invoke(event.as_bytes()).unwrap_or_else(|failure| {
            panic!("{failure}: {:?}", environment.log());
        });
    match answer {
        Answer::Response(answer) => serde_json::from_slice(&answer).unwrap(),
        Answer::Error(error) => panic!("{}", String::from_utf8_lossy(&error)),
    }
}

/// The status of a proxy answer, and the code of the problem that its body is.
pub(crate) fn outcome(answer: &Value) -> (u64, String) {
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap_or_default();
    let code = body["code"].as_str().unwrap_or_default().to_owned();
    (answer["statusCode"].as_u64().unwrap(), code)
}

fn bootstrap(id: &str) -> PathBuf {
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.aws-sam/build");
    let bootstrap = build.join(id).join("bootstrap");
    assert!(bootstrap.exists(), "there is no {}: run scripts/build", bootstrap.display());
    bootstrap
}

fn template() -> Yaml {
    serde_norway::from_str(&repository("template.yaml")).unwrap()
}

/// The value of a variable, as CloudFormation would give it.
fn resolved(value: &Yaml, cognito: &Cognito) -> String {
    let Yaml::Tagged(reference) = value else { return value.as_str().unwrap().to_owned() };
    match (reference.tag.to_string().as_str(), reference.value.as_str().unwrap()) {
        ("!Ref", "AllowedOrigin") => ORIGIN.to_owned(),
        ("!Ref", "UserPool") => cognito.pool_id.clone(),
        ("!Ref", client) if client.starts_with("UserPoolClient") => cognito.client_id.clone(),
        other => panic!("no value for {other:?}"),
    }
}
