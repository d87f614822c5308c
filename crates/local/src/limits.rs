//! The limits of `template.yaml`: how many requests an address has, as AWS WAF counts them, and how
//! many a method takes whoever asks, as API Gateway throttles them.
//!
//! Own lines in place of a crate: what there is (GCRA over a map without an end) is neither WAF's
//! window nor bounded.

mod bucket;
mod windows;

use std::{fmt, net::IpAddr, time::Duration};

use http::Method;
use percent_encoding::percent_decode_str;
use tokio::time::Instant;

use crate::template::{AddressRule, Route, RuleAction, Scope, Template, Throttle};
use bucket::Bucket;
use windows::Windows;

/// The limits of one API, and how far they are used up.
pub(crate) struct Limits {
    stage: String,
    rules: Vec<Rule>,
    methods: Vec<Throttled>,
}

/// A request above a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exceeded {
    /// Which limit.
    pub(crate) limit: Exhausted,
    /// How long until there is room again.
    pub(crate) wait: Duration,
}

/// Which limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exhausted {
    /// That of the client's address, by the rule of this name.
    Address(String),
    /// That of the method, for all clients together.
    Method,
}

struct Rule {
    name: String,
    scope: Option<Scope>,
    /// Nothing where the rule lets everything past those that follow.
    windows: Option<Windows>,
}

struct Throttled {
    path: String,
    method: Method,
    bucket: Bucket,
}

impl Limits {
    /// The limits of `template`, all unused.
    pub(crate) fn new(template: &Template) -> Self {
        let throttled = |route: &Route| {
            let of = |throttle: &&Throttle| {
                throttle.path.as_ref().is_none_or(|path| *path == route.path)
                    && throttle.method.as_ref().is_none_or(|method| *method == route.method)
            };
            let throttle = template.throttles.iter().find(of)?;
            let bucket = Bucket::new(throttle.rate, throttle.burst, Instant::now());
            Some(Throttled { path: route.path.clone(), method: route.method.clone(), bucket })
        };
        Self {
            stage: template.stage.clone(),
            rules: template.address_rules.iter().map(Rule::new).collect(),
            methods: template.routes.iter().filter_map(throttled).collect(),
        }
    }

    /// Counts a request of `address`.
    ///
    /// # Errors
    /// If the first rule that is about it and has no room left blocks it.
    pub(crate) fn check_address(
        &self,
        address: IpAddr,
        method: &Method,
        path: &str,
    ) -> Result<(), Exceeded> {
        let path = format!("/{}{path}", self.stage);
        let path = percent_decode_str(&path).decode_utf8_lossy();
        for rule in self.rules.iter().filter(|rule| rule.is_about(method, &path)) {
            let Some(windows) = &rule.windows else { return Ok(()) };
            windows
                .take(address, Instant::now())
                .map_err(|wait| Exceeded { limit: Exhausted::Address(rule.name.clone()), wait })?;
        }
        Ok(())
    }

    /// Counts a request to `method` of the path that the template writes as `path`.
    ///
    /// # Errors
    /// If it has had its share.
    pub(crate) fn check_method(&self, method: &Method, path: &str) -> Result<(), Exceeded> {
        let throttled = self.methods.iter().find(|it| it.path == path && it.method == method);
        let taken = throttled.map_or(Ok(()), |throttled| throttled.bucket.take(Instant::now()));
        taken.map_err(|wait| Exceeded { limit: Exhausted::Method, wait })
    }
}

impl Rule {
    fn new(rule: &AddressRule) -> Self {
        let windows = match rule.action {
            RuleAction::Allow => None,
            RuleAction::Limit { requests, window } => Some(Windows::new(requests, window)),
        };
        Self { name: rule.name.clone(), scope: rule.scope.clone(), windows }
    }

    fn is_about(&self, method: &Method, path: &str) -> bool {
        match &self.scope {
            None => true,
            Some(Scope::Method(text)) => text == method.as_str(),
            Some(Scope::Path(text)) => text == path,
        }
    }
}

impl Exceeded {
    /// The time to wait in whole seconds, at least one.
    pub(crate) fn seconds(&self) -> u64 {
        self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0)
    }
}

/// The cause, for the log.
impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.limit {
            Exhausted::Address(rule) => write!(f, "the address is above its limit ({rule})"),
            Exhausted::Method => f.write_str("the method is above its limit"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::tests::small;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn blocked(limits: &Limits, address: IpAddr, method: &Method, path: &str) -> Option<String> {
        match limits.check_address(address, method, path).err()?.limit {
            Exhausted::Address(rule) => Some(rule),
            Exhausted::Method => panic!("an address has no method"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn rate_5_one_request_too_many_is_blocked_and_others_are_not() {
        let limits = Limits::new(&small());
        for _ in 0..3 {
            assert_eq!(blocked(&limits, ONE, &Method::POST, "/open"), None);
        }
        for path in ["/open", "/%6Fpen", "/op%65n"] {
            let rule = blocked(&limits, ONE, &Method::POST, path);
            assert_eq!(rule.as_deref(), Some("open"), "{path}");
        }
        for path in ["/access", "/open/", "/Open", "/nowhere"] {
            assert_eq!(blocked(&limits, ONE, &Method::POST, path), None, "{path}");
        }
        assert_eq!(blocked(&limits, OTHER, &Method::POST, "/open"), None);
        tokio::time::advance(Duration::from_mins(10)).await;
        assert_eq!(blocked(&limits, ONE, &Method::POST, "/open"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn rate_5_the_last_rule_counts_everything_that_the_others_let_through() {
        let limits = Limits::new(&small());
        for n in 0..20 {
            assert_eq!(blocked(&limits, ONE, &Method::OPTIONS, "/open"), None);
            let expected = (n >= 3).then_some("open");
            assert_eq!(blocked(&limits, ONE, &Method::GET, "/open").as_deref(), expected);
        }
        for n in 3..20 {
            let expected = (n >= 10).then_some("all");
            assert_eq!(blocked(&limits, ONE, &Method::GET, "/x").as_deref(), expected, "{n}");
        }
        assert_eq!(blocked(&limits, ONE, &Method::OPTIONS, "/x"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn rate_5_a_method_has_a_burst_and_then_its_rate() {
        let limits = Limits::new(&small());
        let take = |path: &str| limits.check_method(&Method::GET, path).map_err(|e| e.seconds());
        // One every 2 s, and 2 at once.
        assert_eq!([take("/items/{name}"), take("/items/{name}")], [Ok(()), Ok(())]);
        assert_eq!(take("/items/{name}"), Err(2));
        for _ in 0..200 {
            assert_eq!(take("/access"), Ok(()));
        }
        assert_eq!(take("/access"), Err(1), "the general throttle, each method for itself");
        assert_eq!(take("/items/latest"), Ok(()));
        tokio::time::advance(Duration::from_millis(1_500)).await;
        assert_eq!(take("/items/{name}"), Err(1));
        tokio::time::advance(Duration::from_millis(500)).await;
        assert_eq!([take("/items/{name}"), take("/items/{name}")], [Ok(()), Err(2)]);
    }
}
