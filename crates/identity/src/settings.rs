use std::fmt;

use secrecy::SecretString;

/// The variable that holds the id of the user pool.
const USER_POOL_ID: &str = "COGNITO_USER_POOL_ID";
/// The AWS SDKs' variables for another endpoint, the one that wins first: for Cognito, and for every
/// service. Source: "Service-specific endpoints" in the AWS SDKs and Tools reference guide.
const ENDPOINT_URLS: [&str; 2] = ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL"];
/// The AWS SDKs' variable that switches [`ENDPOINT_URLS`] off if it is `true`.
const IGNORE_ENDPOINT_URLS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";

/// Where a region's Cognito is.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The region of the user pool, such as `eu-central-1`.
    pub region: String,
    /// Another endpoint than AWS's own for the region, such as `http://127.0.0.1:9229`.
    pub url: Option<String>,
}

/// The app client that this service is to Cognito.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the user pool is.
    pub endpoint: Endpoint,
    /// The id of the user pool.
    pub user_pool_id: String,
    /// The id of the app client.
    pub client_id: String,
    /// What signs the calls that need a permission: reading the client's secret, and ending all
    /// logins of a user.
    pub credentials: Credentials,
}

/// An access key of AWS.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Names the key.
    pub access_key_id: String,
    /// Signs with it.
    pub secret_access_key: SecretString,
    /// Goes with the key if it is a temporary one, as those of functions are.
    pub session_token: Option<SecretString>,
}

/// Environment variables that a function cannot work with: all that is missing and all that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidVariables {
    /// The names of those that are missing or empty.
    pub missing: Vec<&'static str>,
    /// What is wrong with others.
    pub wrong: Vec<String>,
}

impl std::error::Error for InvalidVariables {}

impl fmt::Display for InvalidVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.missing.join(", ");
        let missing = (!names.is_empty()).then(|| format!("set the environment variables {names}"));
        let faults: Vec<_> = missing.into_iter().chain(self.wrong.iter().cloned()).collect();
        f.write_str(&faults.join("; "))
    }
}

impl Endpoint {
    /// Reads `AWS_REGION` and the AWS SDKs' own variables for another endpoint:
    /// `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`, else `AWS_ENDPOINT_URL`, and neither if
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true`.
    ///
    /// # Errors
    /// All variables that are missing, empty or wrong, at once.
    pub fn from_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidVariables> {
        let mut variables = Variables::new(variable);
        let endpoint = Self::read(&mut variables);
        variables.finish(endpoint)
    }

    fn read(variables: &mut Variables<'_>) -> Self {
        Self { region: variables.required("AWS_REGION"), url: endpoint_url(variables) }
    }
}

impl Settings {
    /// Reads what [`Endpoint::from_variables`] does, `COGNITO_USER_POOL_ID`, `COGNITO_CLIENT_ID`,
    /// and the credentials that Lambda puts into `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
    /// `AWS_SESSION_TOKEN`; the last one may be absent.
    ///
    /// # Errors
    /// All variables that are missing, empty or wrong, at once.
    pub fn from_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidVariables> {
        let mut variables = Variables::new(variable);
        let settings = Self {
            endpoint: Endpoint::read(&mut variables),
            user_pool_id: variables.required(USER_POOL_ID),
            client_id: variables.required("COGNITO_CLIENT_ID"),
            credentials: Credentials {
                access_key_id: variables.required("AWS_ACCESS_KEY_ID"),
                secret_access_key: variables.required("AWS_SECRET_ACCESS_KEY").into(),
                session_token: variables.optional("AWS_SESSION_TOKEN").map(Into::into),
            },
        };
        if let Some(fault) = pool_fault(&settings.user_pool_id, &settings.endpoint.region) {
            variables.wrong.push(fault);
        }
        variables.finish(settings)
    }
}

fn endpoint_url(variables: &Variables<'_>) -> Option<String> {
    let ignored = variables.optional(IGNORE_ENDPOINT_URLS);
    if ignored.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return None;
    }
    ENDPOINT_URLS.into_iter().find_map(|name| variables.optional(name))
}

/// What is wrong with the id of a user pool, which begins with the region that the pool is in. Nothing
/// is of one that is missing, or whose region cannot be compared.
fn pool_fault(id: &str, region: &str) -> Option<String> {
    match id.rsplit_once('_') {
        _ if id.is_empty() => None,
        None => Some(format!("{USER_POOL_ID} must be like {region}_AbCdEf123, and is {id}")),
        Some((of, _)) if of != region && !region.is_empty() => Some(format!(
            "{USER_POOL_ID} is of a pool in {of}, but AWS_REGION is {region}: use a pool of this region"
        )),
        Some(_) => None,
    }
}

/// Reads variables and remembers what is wrong.
struct Variables<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    missing: Vec<&'static str>,
    wrong: Vec<String>,
}

impl<'a> Variables<'a> {
    fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variable, missing: Vec::new(), wrong: Vec::new() }
    }

    fn optional(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    fn required(&mut self, name: &'static str) -> String {
        let value = self.optional(name);
        if value.is_none() {
            self.missing.push(name);
        }
        value.unwrap_or_default()
    }

    fn finish<T>(self, read: T) -> Result<T, InvalidVariables> {
        let Self { missing, wrong, .. } = self;
        if missing.is_empty() && wrong.is_empty() {
            Ok(read)
        } else {
            Err(InvalidVariables { missing, wrong })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All variables, but for one of them as they must be.
    fn with(changed: &str, value: &str) -> impl Fn(&str) -> Option<String> {
        move |name| {
            Some(match name {
                _ if name == changed => value.to_owned(),
                "AWS_REGION" => "eu-west-1".to_owned(),
                USER_POOL_ID => "eu-west-1_AbCdEf123".to_owned(),
                _ => format!("value of {name}"),
            })
        }
    }

    #[test]
    fn every_missing_variable_is_named() {
        let none = Settings::from_variables(&|_| None).unwrap_err();
        assert_eq!(
            none.to_string(),
            "set the environment variables AWS_REGION, COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID, \
             AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
        );
        let empty = Settings::from_variables(&with("COGNITO_CLIENT_ID", "")).unwrap_err();
        assert_eq!(empty.to_string(), "set the environment variables COGNITO_CLIENT_ID");
        assert!(Settings::from_variables(&with("COGNITO_CLIENT_ID", "x")).is_ok());
        let none = Endpoint::from_variables(&|_| None).unwrap_err();
        assert_eq!(none.to_string(), "set the environment variables AWS_REGION");
    }

    #[test]
    fn the_endpoint_of_the_service_wins_over_the_one_of_all_services() {
        const OWN: &str = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER";
        const ALL: &str = "AWS_ENDPOINT_URL";
        const IGNORED: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
        let rows: [(&[(&str, &str)], _); 9] = [
            (&[], None),
            (&[(OWN, "http://own")], Some("http://own")),
            (&[(ALL, "http://all")], Some("http://all")),
            (&[(OWN, "http://own"), (ALL, "http://all")], Some("http://own")),
            (&[(OWN, ""), (ALL, "http://all")], Some("http://all")),
            (&[(OWN, "http://own"), (IGNORED, "true")], None),
            (&[(ALL, "http://all"), (IGNORED, "TRUE")], None),
            (&[(ALL, "http://all"), (IGNORED, "false")], Some("http://all")),
            (&[(ALL, "http://all"), (IGNORED, "")], Some("http://all")),
        ];
        for (set, url) in rows {
            let variable = |name: &str| {
                let set = set.iter().chain(&[("AWS_REGION", "eu-west-1")]);
                set.into_iter().find(|(known, _)| *known == name).map(|(_, it)| (*it).to_owned())
            };
            let endpoint = Endpoint::from_variables(&variable).unwrap();
            assert_eq!(endpoint.url.as_deref(), url, "{set:?}");
        }
    }

    #[test]
    fn a_pool_of_another_region_is_named_beside_what_is_missing() {
        for (id, fault) in [
            ("eu-west-1_AbCdEf123", None),
            ("us-east-1_AbCdEf123", Some("is of a pool in us-east-1, but AWS_REGION is eu-west-1")),
            ("pool", Some("must be like eu-west-1_AbCdEf123, and is pool")),
        ] {
            let settings = Settings::from_variables(&with(USER_POOL_ID, id));
            let shown = settings.map_err(|error| error.to_string()).err();
            assert_eq!(shown.is_some(), fault.is_some(), "{shown:?}");
            assert!(shown.unwrap_or_default().contains(fault.unwrap_or_default()), "{id}");
        }
        let both = |name: &str| (name == USER_POOL_ID).then(|| "pool".to_owned());
        let faults = Settings::from_variables(&both).unwrap_err();
        assert_eq!((faults.missing.len(), faults.wrong.len()), (4, 1), "{faults}");
    }

    #[test]
    fn sec_3_secrets_are_not_shown() {
        let settings = Settings::from_variables(&with("", "")).unwrap();
        let shown = format!("{settings:?}");
        for secret in ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            assert!(!shown.contains(&format!("value of {secret}")), "{shown}");
        }
    }
}
