use secrecy::SecretString;

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

/// Environment variables that a function cannot work without.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("set the environment variables {}", .0.join(", "))]
pub struct MissingVariables(pub Vec<&'static str>);

impl Endpoint {
    /// Reads `AWS_REGION` and, if it is set, the AWS SDKs' own
    /// `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`.
    ///
    /// # Errors
    /// All variables that are missing or empty, at once.
    pub fn from_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, MissingVariables> {
        let mut variables = Variables::new(variable);
        let endpoint = Self::read(&mut variables);
        variables.finish(endpoint)
    }

    fn read(variables: &mut Variables<'_>) -> Self {
        Self {
            region: variables.required("AWS_REGION"),
            url: variables.optional("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"),
        }
    }
}

impl Settings {
    /// Reads what [`Endpoint::from_variables`] does, `COGNITO_USER_POOL_ID`, `COGNITO_CLIENT_ID`,
    /// and the credentials that Lambda puts into `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
    /// `AWS_SESSION_TOKEN`; the last one may be absent.
    ///
    /// # Errors
    /// All variables that are missing or empty, at once.
    pub fn from_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, MissingVariables> {
        let mut variables = Variables::new(variable);
        let settings = Self {
            endpoint: Endpoint::read(&mut variables),
            user_pool_id: variables.required("COGNITO_USER_POOL_ID"),
            client_id: variables.required("COGNITO_CLIENT_ID"),
            credentials: Credentials {
                access_key_id: variables.required("AWS_ACCESS_KEY_ID"),
                secret_access_key: variables.required("AWS_SECRET_ACCESS_KEY").into(),
                session_token: variables.optional("AWS_SESSION_TOKEN").map(Into::into),
            },
        };
        variables.finish(settings)
    }
}

/// Reads variables and remembers those that are missing.
struct Variables<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    missing: Vec<&'static str>,
}

impl<'a> Variables<'a> {
    fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { variable, missing: Vec::new() }
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

    fn finish<T>(self, read: T) -> Result<T, MissingVariables> {
        if self.missing.is_empty() { Ok(read) } else { Err(MissingVariables(self.missing)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named() {
        let none = Settings::from_variables(&|_| None).unwrap_err();
        assert_eq!(
            none.to_string(),
            "set the environment variables AWS_REGION, COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID, \
             AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
        );
        let empty =
            |name: &str| Some(if name == "COGNITO_CLIENT_ID" { "" } else { "x" }.to_owned());
        let empty = Settings::from_variables(&empty).unwrap_err();
        assert_eq!(empty, MissingVariables(vec!["COGNITO_CLIENT_ID"]));
        assert!(Settings::from_variables(&|_| Some("x".to_owned())).is_ok());
        let none = Endpoint::from_variables(&|_| None).unwrap_err();
        assert_eq!(none, MissingVariables(vec!["AWS_REGION"]));
    }

    #[test]
    fn sec_3_secrets_are_not_shown() {
        let settings = Settings::from_variables(&|name| Some(format!("value of {name}"))).unwrap();
        let shown = format!("{settings:?}");
        for secret in ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            assert!(!shown.contains(&format!("value of {secret}")), "{shown}");
        }
    }
}
