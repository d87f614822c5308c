//! What `template.yaml` says, as far as one machine needs it. Nothing else reads CloudFormation.

mod intrinsics;
mod responses;
mod routes;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use serde_norway::Value as Yaml;

use intrinsics::Intrinsics;

pub(crate) use responses::{GatewayResponse, GatewayResponses};
pub(crate) use routes::{Access, Route};

/// The repository's own template.
pub(crate) const PASSMINT: &str = include_str!("../../../template.yaml");

/// The parts of the template that shape the API and the user pool.
#[derive(Debug)]
pub(crate) struct Template {
    /// The stage, the first segment of every path in the cloud.
    pub(crate) stage: String,
    /// One entry for each event of a function.
    pub(crate) routes: Vec<Route>,
    /// What a preflight is answered.
    pub(crate) cors: Cors,
    /// What the gateway answers by itself.
    pub(crate) gateway_responses: GatewayResponses,
    /// The properties of the user pool.
    pub(crate) user_pool: Value,
    /// The properties of the app client.
    pub(crate) user_pool_client: Value,
}

/// The `Cors` block of the API.
#[derive(Debug)]
pub(crate) struct Cors {
    /// The methods; without an entry those of the path, as SAM lists them.
    pub(crate) allow_methods: Option<String>,
    /// The request headers that a page may send.
    pub(crate) allow_headers: Option<String>,
    /// For how many seconds a browser may keep the answer.
    pub(crate) max_age: Option<String>,
}

/// The template has something in it that this reader does not understand, or lacks something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template.yaml: {place}: {reason}")]
pub struct TemplateError {
    place: String,
    reason: String,
}

impl TemplateError {
    fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }
}

impl Template {
    /// Reads the template `text`; `parameters` are the values of its parameters, which win over
    /// their defaults.
    pub(crate) fn read(text: &str, parameters: &[(&str, &str)]) -> Result<Self, TemplateError> {
        let document = Document::parse(text)?;
        let intrinsics = Intrinsics::new(parameters, &document)?;
        let api = document.only("AWS::Serverless::Api", &intrinsics)?;
        let functions = document.all("AWS::Serverless::Function", &intrinsics);
        Ok(Self {
            stage: api.required("StageName")?,
            routes: routes::read(&api, &functions)?,
            cors: api.required::<RawCors>("Cors")?.read(&api.place_of("Cors"))?,
            gateway_responses: GatewayResponses::read(
                &api.required("GatewayResponses")?,
                &api.place_of("GatewayResponses"),
            )?,
            user_pool: document.only("AWS::Cognito::UserPool", &intrinsics)?.all_properties()?,
            user_pool_client: document
                .only("AWS::Cognito::UserPoolClient", &intrinsics)?
                .all_properties()?,
        })
    }
}

/// The sections of a template that are read; all other sections are of no use here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default)]
    parameters: BTreeMap<String, Yaml>,
    #[serde(default)]
    conditions: BTreeMap<String, Yaml>,
    resources: BTreeMap<String, RawResource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawResource {
    r#type: String,
    #[serde(default)]
    properties: Yaml,
}

/// A resource; its intrinsic functions are resolved property by property, as they are asked for.
struct Resource<'a> {
    logical_id: &'a str,
    properties: &'a Yaml,
    intrinsics: &'a Intrinsics,
}

impl Document {
    fn parse(text: &str) -> Result<Self, TemplateError> {
        serde_norway::from_str(text)
            .map_err(|error| TemplateError::new("document", error.to_string()))
    }

    fn all<'a>(&'a self, kind: &str, intrinsics: &'a Intrinsics) -> Vec<Resource<'a>> {
        let wanted = self.resources.iter().filter(|(_, resource)| resource.r#type == kind);
        wanted
            .map(|(logical_id, raw)| Resource {
                logical_id,
                properties: &raw.properties,
                intrinsics,
            })
            .collect()
    }

    fn only<'a>(
        &'a self,
        kind: &str,
        intrinsics: &'a Intrinsics,
    ) -> Result<Resource<'a>, TemplateError> {
        let mut all = self.all(kind, intrinsics).into_iter();
        match (all.next(), all.next()) {
            (Some(resource), None) => Ok(resource),
            _ => Err(TemplateError::new("Resources", format!("must hold exactly one {kind}"))),
        }
    }
}

impl Resource<'_> {
    fn place(&self) -> String {
        format!("Resources.{}.Properties", self.logical_id)
    }

    fn place_of(&self, property: &str) -> String {
        format!("{}.{property}", self.place())
    }

    fn optional<T: DeserializeOwned>(&self, property: &str) -> Result<Option<T>, TemplateError> {
        let place = self.place_of(property);
        let resolve = |value| typed(self.intrinsics.resolve(&place, value)?, &place);
        self.properties.get(property).map(resolve).transpose()
    }

    fn required<T: DeserializeOwned>(&self, property: &str) -> Result<T, TemplateError> {
        let missing = || TemplateError::new(self.place_of(property), "is missing");
        self.optional(property)?.ok_or_else(missing)
    }

    fn all_properties(&self) -> Result<Value, TemplateError> {
        self.intrinsics.resolve(&self.place(), self.properties)
    }
}

/// `value` as a `T`; what does not fit is an error at `place`.
fn typed<T: DeserializeOwned>(value: Value, place: &str) -> Result<T, TemplateError> {
    serde_json::from_value(value).map_err(|error| TemplateError::new(place, error.to_string()))
}

/// The text of a static mapping value, which API Gateway wants in single quotes.
fn unquoted(value: &str, place: &str) -> Result<String, TemplateError> {
    let inner = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
    let inner = inner
        .ok_or_else(|| TemplateError::new(place, "only a value in single quotes is understood"))?;
    Ok(inner.to_owned())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawCors {
    /// Read so that a template without it is refused; the origins named to a browser are the
    /// stack's own list.
    #[serde(rename = "AllowOrigin")]
    _allow_origin: String,
    allow_methods: Option<String>,
    allow_headers: Option<String>,
    max_age: Option<String>,
}

impl RawCors {
    fn read(self, place: &str) -> Result<Cors, TemplateError> {
        let unquoted = |value: Option<String>, name: &str| {
            value.map(|value| unquoted(&value, &format!("{place}.{name}"))).transpose()
        };
        Ok(Cors {
            allow_methods: unquoted(self.allow_methods, "AllowMethods")?,
            allow_headers: unquoted(self.allow_headers, "AllowHeaders")?,
            max_age: unquoted(self.max_age, "MaxAge")?,
        })
    }
}
