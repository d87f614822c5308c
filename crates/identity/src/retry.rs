use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use aws_sdk_cognitoidentityprovider::{
    config::{
        self, ConfigBag, Intercept, RuntimeComponents,
        interceptors::BeforeTransmitInterceptorContextRef,
        retry::{ClassifyRetry, RetryAction, RetryConfig},
    },
    error::BoxError,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;

/// Forbids to repeat a call that hit a user's hourly limit.
///
/// The SDK takes `LimitExceededException` for throttling and would try again three times. For
/// Cognito it means that this user must wait, and every further try may count.
#[derive(Debug)]
pub(crate) struct LimitsAreFinal;

impl ClassifyRetry for LimitsAreFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match error_type(context) {
            Some("LimitExceededException" | "TooManyFailedAttemptsException") => {
                RetryAction::RetryForbidden
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "limits are final"
    }
}

/// Allows to repeat a call only if Cognito refused it for its rate, and so did nothing: a code must
/// not be mailed twice because an answer was lost.
#[derive(Debug)]
struct NotTwice;

impl ClassifyRetry for NotTwice {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let succeeded = matches!(context.output_or_error(), Some(Ok(_)));
        match error_type(context) {
            Some("TooManyRequestsException") => RetryAction::NoActionIndicated,
            _ if succeeded => RetryAction::NoActionIndicated,
            _ => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "not twice"
    }
}

/// The settings of a call that [`NotTwice`] guards.
pub(crate) fn not_twice() -> config::Builder {
    config::Config::builder().retry_classifier(NotTwice)
}

/// The settings of a call that is tried once.
pub(crate) fn once() -> config::Builder {
    config::Config::builder().retry_config(RetryConfig::disabled())
}

fn error_type(context: &InterceptorContext) -> Option<&str> {
    let name = context.response()?.headers().get("x-amzn-errortype")?;
    Some(name.trim_end_matches(':'))
}

/// Counts the tries of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempts(Arc<AtomicU32>);

impl Attempts {
    /// Whether the call was sent more than once, so that an earlier try may have taken effect.
    pub(crate) fn repeated(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 1
    }
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "attempts"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
