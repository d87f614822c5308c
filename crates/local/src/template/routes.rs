use std::collections::BTreeMap;

use http::Method;
use serde::Deserialize;
use serde_json::Value;

use super::{Resource, TemplateError, typed};

/// One method of one path, and the function behind it.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// The path as the template writes it: segments are texts, or `{name}` for any one segment.
    pub(crate) path: String,
    /// The method.
    pub(crate) method: Method,
    /// The logical id of the function.
    pub(crate) function: String,
    /// Who may call it.
    pub(crate) access: Access,
}

/// Who may call a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Access {
    /// No authorizer: a public route.
    Anybody,
    /// The bearer of a token of the user pool.
    Token {
        /// An access token with one of these scopes; if there are none, an ID token.
        scopes: Vec<String>,
    },
}

/// The routes of all `functions`, by function and event.
pub(super) fn read(
    api: &Resource<'_>,
    functions: &[Resource<'_>],
) -> Result<Vec<Route>, TemplateError> {
    let auth: ApiAuth = api.optional("Auth")?.unwrap_or_default();
    let mut routes = Vec::<Route>::new();
    for function in functions {
        let events: Option<BTreeMap<String, Event>> = function.optional("Events")?;
        for (name, event) in events.unwrap_or_default() {
            let place = format!("{}.{name}", function.place_of("Events"));
            let route = event.route(function, &auth, &place)?;
            if routes.iter().any(|known| known.path == route.path && known.method == route.method) {
                return Err(TemplateError::new(
                    place,
                    format!("{} {} is there twice", route.method, route.path),
                ));
            }
            routes.push(route);
        }
    }
    Ok(routes)
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ApiAuth {
    default_authorizer: Option<String>,
    /// A preflight is answered without an authorizer whatever stands here; a test of the template
    /// holds it to `false`.
    #[serde(rename = "AddDefaultAuthorizerToCorsPreflight")]
    _add_default_authorizer_to_cors_preflight: Option<bool>,
    #[serde(default)]
    authorizers: BTreeMap<String, Authorizer>,
}

/// A Cognito authorizer; every one is of the one user pool.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Authorizer {
    #[serde(rename = "UserPoolArn")]
    _user_pool_arn: String,
    #[serde(default)]
    authorization_scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Event {
    r#type: String,
    properties: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ApiEvent {
    /// Without it SAM would make a second API.
    #[serde(rename = "RestApiId")]
    _rest_api_id: String,
    path: String,
    method: String,
    #[serde(default)]
    auth: EventAuth,
    /// What a body must look like for API Gateway to call the function. The function refuses no less,
    /// with the same status and code, so nothing is checked here.
    #[serde(rename = "RequestModel")]
    _request_model: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EventAuth {
    authorizer: Option<String>,
    #[serde(default)]
    authorization_scopes: Vec<String>,
}

impl Event {
    fn route(
        self,
        function: &Resource<'_>,
        auth: &ApiAuth,
        place: &str,
    ) -> Result<Route, TemplateError> {
        if self.r#type != "Api" {
            return Err(TemplateError::new(
                place,
                format!("the type {} is not understood", self.r#type),
            ));
        }
        let event: ApiEvent = typed(self.properties, &format!("{place}.Properties"))?;
        Ok(Route {
            method: method(&event.method, place)?,
            access: auth.access(event.auth, place)?,
            path: path(event.path, place)?,
            function: function.logical_id.to_owned(),
        })
    }
}

impl ApiAuth {
    /// As SAM reads it: the event's authorizer or the default one; `NONE` is none at all; the
    /// event's scopes, if it has any, replace the authorizer's.
    fn access(&self, event: EventAuth, place: &str) -> Result<Access, TemplateError> {
        let name = event.authorizer.or_else(|| self.default_authorizer.clone());
        let Some(name) = name.filter(|name| name != "NONE") else {
            return Ok(Access::Anybody);
        };
        let authorizer = self.authorizers.get(&name);
        let authorizer =
            authorizer.ok_or_else(|| TemplateError::new(place, format!("no authorizer {name}")))?;
        let scopes = if event.authorization_scopes.is_empty() {
            authorizer.authorization_scopes.clone()
        } else {
            event.authorization_scopes
        };
        Ok(Access::Token { scopes })
    }
}

fn method(name: &str, place: &str) -> Result<Method, TemplateError> {
    let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let method = known.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name));
    method.ok_or_else(|| TemplateError::new(place, format!("the method {name} is not understood")))
}

fn path(path: String, place: &str) -> Result<String, TemplateError> {
    let fine = path.strip_prefix('/').is_some_and(|segments| segments.split('/').all(is_segment));
    if fine {
        Ok(path)
    } else {
        Err(TemplateError::new(place, format!("the path {path} is not understood")))
    }
}

/// A text, or a name in braces; the greedy `{name+}` is not among them.
fn is_segment(segment: &str) -> bool {
    let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(segment);
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}
