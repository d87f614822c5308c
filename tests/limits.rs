//! The limits of `template.yaml` by address, as they are on everywhere by default.

use crate::{
    client::{Answer, Call},
    stack::{ORIGIN, Running},
};

/// The requests that one address has in ten minutes, by path.
const LIMITS: [(&str, usize); 9] = [
    ("/register", 10),
    ("/resend_code", 10),
    ("/confirm_user", 30),
    ("/login", 30),
    ("/login/mfa", 30),
    ("/forgot_password", 10),
    ("/reset_password", 30),
    ("/refresh", 90),
    ("/logout", 90),
];
/// And for all paths together.
const ALL: usize = 3_000;

/// Counts, and is answered before any account is looked for.
fn call(path: &str) -> Call {
    Call::post_text(path, "{}").header("origin", ORIGIN)
}

fn check_blocked(answer: &Answer) {
    assert_eq!(answer.outcome(), (429, "too_many_requests".to_owned()), "{}", answer.body);
    let wait: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    // A page can read it, and how long to wait.
    assert_eq!(answer.headers["access-control-allow-origin"], ORIGIN);
    let readable = answer.headers["access-control-expose-headers"].to_str().unwrap();
    assert!(readable.contains("Retry-After"), "{readable}");
}

#[test]
fn rate_5_each_public_route_has_its_limit() {
    let stack = Running::limited();
    for (path, limit) in LIMITS {
        for _ in 0..limit {
            assert_eq!(call(path).send_to(&stack).status, 400, "{path}");
        }
        check_blocked(&call(path).send_to(&stack));
        for header in ["x-forwarded-for", "x-real-ip", "forwarded", "x-client-ip"] {
            check_blocked(&call(path).header(header, "192.0.2.1").send_to(&stack));
        }
        let preflight = Call::new("OPTIONS", path).header("origin", ORIGIN).send_to(&stack);
        assert_eq!(preflight.status, 200, "{path}");
    }
    assert_eq!(Call::get("/generate").send_to(&stack).status, 401);
    assert_eq!(Call::get("/_local/health").send_to(&stack).status, 200);
}

#[test]
fn rate_5_all_routes_together_have_a_wider_one() {
    let stack = Running::limited();
    let sent = std::iter::repeat_with(|| Call::get("/nowhere").send_to(&stack));
    assert_eq!(sent.take_while(|answer| answer.status == 404).count(), ALL);
    check_blocked(&Call::get("/generate").header("origin", ORIGIN).send_to(&stack));
    assert_eq!(Call::get("/_local/health").send_to(&stack).status, 200);
}

#[test]
fn rate_5_a_whole_sign_up_is_far_below() {
    let stack = Running::limited();
    for name in ["ada@example.com", "bob@example.com", "carol@example.com"] {
        crate::client::register(&stack, name);
        crate::client::confirm(&stack, name);
        let token = crate::client::log_in(&stack, name).access;
        for _ in 0..20 {
            assert_eq!(Call::get("/generate").bearer(&token).send_to(&stack).status, 200);
        }
    }
}
