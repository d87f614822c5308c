use secrecy::SecretString;

/// The app client that this service is to Cognito.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region of the user pool, such as `eu-central-1`.
    pub region: String,
    /// The id of the app client.
    pub client_id: String,
    /// The secret of the app client.
    pub client_secret: SecretString,
    /// Another endpoint than AWS's own for the region, such as `http://127.0.0.1:9229`.
    pub endpoint: Option<String>,
}

/// Environment variables that a function cannot work without.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("set the environment variables {}", .0.join(", "))]
pub struct MissingVariables(pub Vec<&'static str>);

impl Settings {
    /// Reads `AWS_REGION`, `COGNITO_CLIENT_ID`, `COGNITO_CLIENT_SECRET` and, if it is set, the AWS
    /// SDKs' own `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`.
    ///
    /// # Errors
    /// All variables that are missing or empty, at once.
    pub fn from_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, MissingVariables> {
        let mut missing = Vec::new();
        let mut require = |name| {
            let value = variable(name).filter(|value| !value.is_empty());
            if value.is_none() {
                missing.push(name);
            }
            value.unwrap_or_default()
        };
        let settings = Self {
            region: require("AWS_REGION"),
            client_id: require("COGNITO_CLIENT_ID"),
            client_secret: require("COGNITO_CLIENT_SECRET").into(),
            endpoint: variable("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"),
        };
        if missing.is_empty() { Ok(settings) } else { Err(MissingVariables(missing)) }
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
            "set the environment variables AWS_REGION, COGNITO_CLIENT_ID, COGNITO_CLIENT_SECRET"
        );
        let empty =
            |name: &str| Some(if name == "COGNITO_CLIENT_ID" { "" } else { "x" }.to_owned());
        let empty = Settings::from_variables(&empty).unwrap_err();
        assert_eq!(empty, MissingVariables(vec!["COGNITO_CLIENT_ID"]));
        assert!(Settings::from_variables(&|_| Some("x".to_owned())).is_ok());
    }

    #[test]
    fn the_secret_is_not_shown() {
        let settings = Settings::from_variables(&|name| Some(format!("value of {name}"))).unwrap();
        assert!(!format!("{settings:?}").contains("value of COGNITO_CLIENT_SECRET"));
    }
}
