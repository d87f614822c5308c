//! What openapi.yaml says of the generator's parameters, held against what the generator takes.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::{
    client::{Call, Tokens},
    contract::{OPENAPI, at, repository, resolved},
};

/// The parameters of the generator by every name, as the body of `POST /generate` has them.
fn parameters() -> &'static Map<String, Value> {
    OPENAPI["components"]["schemas"]["GeneratorRequest"]["properties"].as_object().unwrap()
}

/// The schema of a parameter, which aliases refer to.
fn parameter(name: &str) -> &'static Value {
    at(&resolved(&format!("/components/schemas/GeneratorRequest/properties/{name}")))
}

/// The parameters without which `name` means nothing.
fn beside(name: &str) -> Vec<(&'static str, String)> {
    let with = parameter(name)["x-with"].as_object();
    with.into_iter().flatten().map(|(name, value)| (name.as_str(), text(value))).collect()
}

/// Whether the generator takes `value` for `name` beside `others`. A parameter that nobody knows is
/// there as well, so that nothing is ever generated.
fn is_taken(name: &str, value: &str, others: &[(&str, &str)]) -> bool {
    let call = Call::get("/generate").query("made_up", "1").query(name, value);
    let call = others.iter().fold(call, |call, (name, value)| call.query(name, value));
    let call = beside(name).iter().fold(call, |call, (name, value)| call.query(name, value));
    let errors = call.bearer(&Tokens::shared().access).send().errors();
    assert!(errors.contains(&("made_up".to_owned(), "unknown_parameter".to_owned())), "{name}");
    !errors.iter().any(|(field, _)| field == name)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Every name of every parameter gets a password with its example and with its default, in the query
/// and in a body.
#[test]
fn parameters_are_known_by_every_documented_name() {
    let status = |name: &str, value: &Value| {
        let by_query = Call::get("/generate").query(name, &text(value));
        let by_query =
            beside(name).iter().fold(by_query, |call, (name, value)| call.query(name, value));
        let mut body = json!({name: value});
        for (name, value) in beside(name) {
            body[name] = json!(value);
        }
        let by_body = Call::post("/generate", &body);
        [by_query, by_body].map(|call| call.bearer(&Tokens::shared().access).send().status)
    };
    for (name, schema) in parameters() {
        let (own, schema) = (schema, parameter(name));
        let default = own.get("default").or_else(|| schema.get("default"));
        for value in default.into_iter().chain(schema["examples"].as_array().unwrap()) {
            assert_eq!(status(name, value), [200, 200], "{name} {value}");
        }
    }
    assert!(parameters().len() >= 52);
}

#[test]
fn the_defaults_of_numbers_and_booleans_are_as_documented() {
    let policy = |call: Call| {
        let answer = call.bearer(&Tokens::shared().access).send().json();
        (answer["policy"].clone(), answer.get("password").is_some())
    };
    // AWS's names, which are aliases, change the other defaults.
    for (name, schema) in parameters().iter().filter(|(_, schema)| schema.get("$ref").is_none()) {
        if let Some(default) = schema.get("default").filter(|default| !default.is_string()) {
            let call = || {
                let others = beside(name);
                others.iter().fold(Call::get("/generate"), |call, (n, value)| call.query(n, value))
            };
            let (without, with) = (policy(call()), policy(call().query(name, &text(default))));
            assert_eq!(with, without, "{name}={default}");
        }
    }
}

/// Some name takes the least value, and any name the greatest, if need be in a long password; no
/// name takes a value next to the range.
#[test]
fn ranges_of_parameters_are_as_documented() {
    let mut seen = 0;
    for (name, schema) in parameters() {
        let (Some(min), Some(max)) = (schema["minimum"].as_u64(), schema["maximum"].as_u64())
        else {
            continue;
        };
        let refers_here = |schema: &Value| {
            schema["$ref"].as_str().is_some_and(|it| it.ends_with(&format!("/{name}")))
        };
        let aliases = parameters().iter().filter(|(_, schema)| refers_here(schema));
        let names: Vec<_> = aliases.map(|(alias, _)| alias).chain([name]).collect();
        let least = min.to_string();
        assert!(names.iter().any(|name| is_taken(name, &least, &[])), "{name}={least}");
        for name in names {
            let greatest = max.to_string();
            let taken =
                is_taken(name, &greatest, &[]) || is_taken(name, &greatest, &[("length", "4096")]);
            assert!(taken, "{name}={greatest}");
            for value in [min.checked_sub(1), Some(max + 1)].into_iter().flatten() {
                let value = value.to_string();
                let long = is_taken(name, &value, &[("length", "4096")]);
                assert!(!is_taken(name, &value, &[]) && !long, "{name}={value}");
            }
        }
        seen += 1;
    }
    assert!(seen >= 14);
}

#[test]
fn lists_of_values_are_as_documented() {
    for (name, schema) in parameters() {
        let several = schema["anyOf"].as_array().into_iter().flatten();
        for value in several.chain([schema]).filter_map(|it| it["enum"].as_array()).flatten() {
            assert!(is_taken(name, value.as_str().unwrap(), &[]), "{name}={value}");
        }
    }
}

/// The query has the same parameters as the body, and the generator's README the same as both.
#[test]
fn parameters_are_the_same_wherever_they_are_listed() {
    let documented: BTreeSet<_> = parameters().keys().cloned().collect();
    let of_query = OPENAPI["paths"]["/generate"]["get"]["parameters"].as_array().unwrap();
    for parameter in of_query {
        let name = text(&parameter["name"]);
        let schema = format!("#/components/schemas/GeneratorRequest/properties/{name}");
        let expected = json!({"name": name, "in": "query", "schema": {"$ref": schema}});
        assert_eq!(*parameter, expected);
    }
    let names: Vec<_> = of_query.iter().map(|parameter| text(&parameter["name"])).collect();
    assert_eq!(names.len(), documented.len());
    assert_eq!(BTreeSet::from_iter(names), documented);
    assert_eq!(readme(), documented);
}

/// The names in the first column of the table of parameters.
fn readme() -> BTreeSet<String> {
    let text = repository("crates/generator/README.md");
    let rows = text.lines().skip_while(|line| !line.starts_with("| name | value |")).skip(2);
    let names = rows
        .take_while(|row| row.starts_with('|'))
        .flat_map(|row| row.split('|').nth(1).unwrap().split(','));
    names.map(|name| name.trim().trim_matches('`').to_owned()).collect()
}

#[test]
fn a_made_up_parameter_is_not_known() {
    for name in ["made_up", "len", "x-aliases", "GeneratorRequest"] {
        for call in
            [Call::get("/generate").query(name, "1"), Call::post("/generate", &json!({name: 1}))]
        {
            let answer = call.bearer(&Tokens::shared().access).send();
            assert_eq!(answer.errors(), [(name.to_owned(), "unknown_parameter".to_owned())]);
        }
    }
}
