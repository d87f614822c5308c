use std::{borrow::Cow, time::SystemTime};

use lambda_http::Context;
use shared::SecurityEvent;

use crate::log::Line;

/// Whose lines these are.
#[derive(Clone, Debug)]
pub struct Source {
    pub(crate) function_name: Cow<'static, str>,
    /// In MB.
    pub(crate) memory_size: Option<u32>,
}

/// On one machine there is the name alone, such as `login`.
impl From<&'static str> for Source {
    fn from(name: &'static str) -> Self {
        Self { function_name: name.into(), memory_size: None }
    }
}

impl Source {
    /// A Lambda function, as its environment names it: `AWS_LAMBDA_FUNCTION_NAME`, else `name`, and
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`.
    pub(crate) fn of_lambda(name: &'static str, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            function_name: variable("AWS_LAMBDA_FUNCTION_NAME").map_or(name.into(), Cow::Owned),
            memory_size: variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
                .and_then(|size| size.parse().ok()),
        }
    }

    /// The line of a fault of ours beside any request.
    pub(crate) fn fault<'a>(
        &'a self,
        message: &'static str,
        cause: &'a str,
        event: Option<SecurityEvent>,
    ) -> Line<'a> {
        #[expect(clippy::disallowed_methods, reason = "the adapter stamps the log line")]
        let now = SystemTime::now();
        let mut line = Line::fault(message, &self.function_name, event, now);
        line.function_memory_size = self.memory_size;
        line.cause = Some(cause);
        line
    }
}

/// What Lambda says of one invocation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Invocation<'a> {
    pub(crate) function_arn: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) trace_id: Option<&'a str>,
}

impl<'a> From<&'a Context> for Invocation<'a> {
    fn from(context: &'a Context) -> Self {
        Self {
            function_arn: &context.invoked_function_arn,
            request_id: &context.request_id,
            trace_id: context.xray_trace_id.as_deref().and_then(root),
        }
    }
}

/// The root of a trace header, such as `Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0`: version,
/// eight hexadecimal digits of the time, 24 random ones. Anything else would be a client's own
/// text, and is none. Source: "AWS X-Ray concepts", tracing header.
fn root(header: &str) -> Option<&str> {
    let root = header.split(';').find_map(|field| field.trim().strip_prefix("Root="))?;
    let (time, random) = root.strip_prefix("1-")?.split_once('-')?;
    let hex = |digits: &str, length| {
        digits.len() == length && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    (hex(time, 8) && hex(random, 24)).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_the_function() {
        let variable = |name: &str| match name {
            "AWS_LAMBDA_FUNCTION_NAME" => Some("passmint-LoginFunction-1".to_owned()),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" => Some("256".to_owned()),
            _ => None,
        };
        let source = Source::of_lambda("login", &variable);
        assert_eq!(source.function_name, "passmint-LoginFunction-1");
        assert_eq!(source.memory_size, Some(256));
        let bare = Source::of_lambda("login", &|_| None);
        assert_eq!((&*bare.function_name, bare.memory_size), ("login", None));
    }

    #[test]
    fn a_trace_is_named_by_its_root_or_not_at_all() {
        let good = "1-5759e988-bd862e3fe1be46a994272793";
        for header in [
            format!("Root={good}"),
            format!("Root={good};Parent=53995c3f42cd8ad8;Sampled=1"),
            format!("Self=1-67891234-12456789abcdef012345678; Root={good}"),
        ] {
            assert_eq!(root(&header), Some(good), "{header}");
        }
        for header in [
            "",
            good,
            "Root=",
            "Root=a secret of mine",
            "Root=1-5759e988-bd862e3fe1be46a99427279",
            "Root=1-5759e988-bd862e3fe1be46a9942727931",
            "Root=1-5759e988-bd862e3fe1be46a99427279g",
            "Root=1-5759e98-bd862e3fe1be46a994272793",
            "Root=1-a secret-bd862e3fe1be46a994272793",
            "Root=2-5759e988-bd862e3fe1be46a994272793",
        ] {
            assert_eq!(root(header), None, "{header}");
        }
    }
}
