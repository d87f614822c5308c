use std::time::Duration;

use http::Method;
use serde::Deserialize;

use super::{Resource, TemplateError};

/// One rule of the web ACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddressRule {
    /// Its name.
    pub(crate) name: String,
    /// The requests that it is about; without it, all.
    pub(crate) scope: Option<Scope>,
    /// What it does with them.
    pub(crate) action: RuleAction,
}

/// What a rule compares with a text, exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The method.
    Method(String),
    /// The path with the stage, percent-decoded.
    Path(String),
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RuleAction {
    /// Lets a request past the rules that follow.
    Allow,
    /// Lets so many requests of one address through in a window, and blocks the others.
    Limit {
        /// How many.
        requests: u32,
        /// The window.
        window: Duration,
    },
}

/// What one method takes, whoever asks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Throttle {
    /// The path as the template writes it; nothing for every path.
    pub(crate) path: Option<String>,
    /// The method; nothing for every method.
    pub(crate) method: Option<Method>,
    /// Requests per second.
    pub(crate) rate: f64,
    /// Requests at once.
    pub(crate) burst: f64,
}

/// The rules of the web ACL in their order.
pub(super) fn address_rules(acl: &Resource<'_>) -> Result<Vec<AddressRule>, TemplateError> {
    acl.required::<DefaultAction>("DefaultAction")?;
    let mut rules: Vec<RawRule> = acl.required("Rules")?;
    rules.sort_by_key(|rule| rule.priority);
    let place = acl.place_of("Rules");
    rules.into_iter().map(|rule| rule.read(&place)).collect()
}

/// The throttles of the API's stage: those of one method first, then the general ones.
pub(super) fn throttles(api: &Resource<'_>) -> Result<Vec<Throttle>, TemplateError> {
    let settings: Vec<RawSetting> = api.optional("MethodSettings")?.unwrap_or_default();
    let place = api.place_of("MethodSettings");
    let throttles = settings.into_iter().map(|setting| setting.read(&place));
    let mut throttles = throttles.collect::<Result<Vec<_>, _>>()?;
    throttles.sort_by_key(|throttle| (throttle.path.is_none(), throttle.method.is_none()));
    Ok(throttles)
}

/// The action that WAF takes where no rule does: the only one that makes sense of limits.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DefaultAction {
    #[serde(rename = "Allow")]
    _allow: Empty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawRule {
    name: String,
    priority: u32,
    action: RawAction,
    statement: RawStatement,
    #[serde(rename = "VisibilityConfig")]
    _visibility_config: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
enum RawAction {
    Allow(Empty),
    Block(Empty),
}

#[derive(Deserialize)]
enum RawStatement {
    ByteMatchStatement(RawMatch),
    RateBasedStatement(RawRate),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawRate {
    aggregate_key_type: String,
    limit: u32,
    #[serde(default = "default_window")]
    evaluation_window_sec: u64,
    scope_down_statement: Option<RawScope>,
}

/// What AWS WAF looks back on where a rule does not say.
const fn default_window() -> u64 {
    300
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScope {
    #[serde(rename = "ByteMatchStatement")]
    byte_match: RawMatch,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawMatch {
    field_to_match: RawField,
    positional_constraint: String,
    search_string: String,
    text_transformations: Vec<RawTransformation>,
}

#[derive(Deserialize)]
enum RawField {
    Method(Empty),
    UriPath(Empty),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawTransformation {
    #[serde(rename = "Priority")]
    _priority: u32,
    r#type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawSetting {
    resource_path: String,
    http_method: String,
    throttling_rate_limit: f64,
    throttling_burst_limit: f64,
}

impl RawRule {
    fn read(self, place: &str) -> Result<AddressRule, TemplateError> {
        let place = format!("{place}.{}", self.name);
        let (scope, action) = match (self.action, self.statement) {
            (RawAction::Allow(_), RawStatement::ByteMatchStatement(scope)) => {
                (Some(scope.read(&place)?), RuleAction::Allow)
            }
            (RawAction::Block(_), RawStatement::RateBasedStatement(rate)) => {
                if rate.aggregate_key_type != "IP" {
                    return Err(TemplateError::new(place, "only the key IP is understood"));
                }
                let scope = rate.scope_down_statement;
                let scope = scope.map(|scope| scope.byte_match.read(&place)).transpose()?;
                let window = Duration::from_secs(rate.evaluation_window_sec);
                (scope, RuleAction::Limit { requests: rate.limit, window })
            }
            _ => return Err(TemplateError::new(place, "is no limit and lets nothing through")),
        };
        Ok(AddressRule { name: self.name, scope, action })
    }
}

impl RawMatch {
    fn read(self, place: &str) -> Result<Scope, TemplateError> {
        let transformations: Vec<_> =
            self.text_transformations.iter().map(|one| one.r#type.as_str()).collect();
        let text = self.search_string;
        match (self.field_to_match, self.positional_constraint.as_str(), &transformations[..]) {
            (RawField::Method(_), "EXACTLY", ["NONE"]) => Ok(Scope::Method(text)),
            (RawField::UriPath(_), "EXACTLY", ["URL_DECODE"]) => Ok(Scope::Path(text)),
            _ => Err(TemplateError::new(place, "the comparison is not understood")),
        }
    }
}

impl RawSetting {
    /// A path is written without its first slash, and `~1` stands for the others. Source:
    /// `AWS::ApiGateway::Stage MethodSetting` in the
    /// CloudFormation template reference.
    fn read(self, place: &str) -> Result<Throttle, TemplateError> {
        let path = self.resource_path.replacen('/', "", 1).replace("~1", "/");
        let method = match self.http_method.as_str() {
            "*" => None,
            name => Some(name.parse().map_err(|_| {
                TemplateError::new(place, format!("the method {name} is not understood"))
            })?),
        };
        let (rate, burst) = (self.throttling_rate_limit, self.throttling_burst_limit);
        if rate <= 0.0 || burst < 1.0 {
            return Err(TemplateError::new(place, "a rate and a burst are above 0"));
        }
        Ok(Throttle { path: Some(path).filter(|path| path != "*"), method, rate, burst })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::tests::small;

    #[test]
    fn rules_are_read_in_their_order() {
        let rules = small().address_rules;
        let names: Vec<_> = rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names, ["preflight", "open", "all"]);
        let limit = |requests| RuleAction::Limit { requests, window: Duration::from_mins(10) };
        assert_eq!(rules[0].scope, Some(Scope::Method("OPTIONS".to_owned())));
        assert_eq!(rules[0].action, RuleAction::Allow);
        assert_eq!(rules[1].scope, Some(Scope::Path("/v1/open".to_owned())));
        assert_eq!(rules[1].action, limit(3));
        assert_eq!((&rules[2].scope, &rules[2].action), (&None, &limit(10)));
    }

    #[test]
    fn throttles_are_read_the_nearest_first() {
        let throttle = |path: Option<&str>, method, rate, burst| Throttle {
            path: path.map(str::to_owned),
            method,
            rate,
            burst,
        };
        assert_eq!(
            small().throttles,
            [
                throttle(Some("/items/{name}"), Some(Method::GET), 0.5, 2.0),
                throttle(None, None, 100.0, 200.0)
            ]
        );
    }
}
