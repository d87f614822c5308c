use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// A built function, and what Lambda is told about it.
#[derive(Debug, Clone)]
pub struct Function {
    /// The executable file; the folder that it is in becomes its working directory.
    pub bootstrap: PathBuf,
    /// How long an invocation may take; its deadline says so.
    pub timeout: Duration,
    /// Its whole environment, but for the address of the Runtime API, which is known at the start.
    pub variables: BTreeMap<String, String>,
}

impl Function {
    /// A function with the variables that Lambda itself sets and the time-out that it starts with,
    /// 3 s. The credentials are not valid anywhere.
    #[must_use]
    pub fn new(name: &str, bootstrap: impl Into<PathBuf>) -> Self {
        let bootstrap = bootstrap.into();
        let folder = bootstrap.parent().map(|folder| folder.to_string_lossy().into_owned());
        let own = [
            ("AWS_ACCESS_KEY_ID", "none"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", &format!("/aws/lambda/{name}")),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]00000000000000000000000000000000"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_SECRET_ACCESS_KEY", "none"),
            ("AWS_SESSION_TOKEN", "none"),
            ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
            ("LAMBDA_TASK_ROOT", folder.as_deref().unwrap_or_default()),
            ("LANG", "en_US.UTF-8"),
            ("LD_LIBRARY_PATH", "/lib64:/usr/lib64"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TZ", ":UTC"),
            ("_HANDLER", "bootstrap"),
        ];
        let variables = own.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { bootstrap, timeout: Duration::from_secs(3), variables }
    }

    /// Sets a variable, in the place of one that Lambda sets if it has that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes a variable away.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    /// The name that Lambda knows the function by.
    pub(crate) fn name(&self) -> &str {
        self.variables.get("AWS_LAMBDA_FUNCTION_NAME").map_or("", String::as_str)
    }
}
