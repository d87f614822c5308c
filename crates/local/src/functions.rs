use std::collections::BTreeMap;

use account::OwnAccount;
use confirm::Confirm;
use delete_account::DeleteAccount;
use generate::Generate;
use identity::{Account, Identity};
use lambda::{Function, Log};
use login::Login;
use mfa::SecondFactor;
use recover::Recover;
use register::Register;
use shared::Origins;

use crate::runner::Runner;

/// Every function of the template, by its logical id.
pub(crate) type Functions = BTreeMap<&'static str, Runner>;

/// All Lambda handlers, wired to `identity` (app client `client_id`) and `account` (access-token
/// calls).
pub(crate) fn all(
    identity: &Identity,
    account: &Account,
    client_id: &str,
    origins: &Origins,
    log: &Log,
) -> Functions {
    let (origins, log) = (|| origins.clone(), || log.clone());
    let functions = [
        (
            "RegisterFunction",
            Function::new("register", origins(), log(), Register::new(identity.clone())),
        ),
        (
            "ConfirmFunction",
            Function::new("confirm", origins(), log(), Confirm::new(identity.clone())),
        ),
        ("LoginFunction", Function::new("login", origins(), log(), Login::new(identity.clone()))),
        (
            "RecoverFunction",
            Function::new("recover", origins(), log(), Recover::new(identity.clone())),
        ),
        (
            "AccountFunction",
            Function::new("account", origins(), log(), OwnAccount::new(account.clone())),
        ),
        (
            "MfaFunction",
            Function::new("mfa", origins(), log(), SecondFactor::new(identity.clone())),
        ),
        (
            "DeleteAccountFunction",
            Function::new("delete_account", origins(), log(), DeleteAccount::new(identity.clone())),
        ),
        (
            "GenerateFunction",
            Function::new("generate", origins(), log(), Generate::new(generate::keyed_by_system)),
        ),
    ];
    let deployed = |function: Function| Runner::new(function.for_client(client_id.to_owned()));
    functions.into_iter().map(|(id, function)| (id, deployed(function))).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use http::StatusCode;
    use lambda::Handler;
    use serde_json::json;
    use shared::{Problem, Request, Response};

    use super::*;
    use crate::authorizer::tests::CLIENT;

    /// Answers with what it was asked.
    struct Echo;

    impl Handler for Echo {
        async fn handle(&self, request: Request) -> Result<Response, Problem> {
            Ok(Response::json(
                StatusCode::OK,
                &json!({
                    "resource": request.resource,
                    "query": request.query,
                    "body": String::from_utf8_lossy(&request.body),
                    "sub": request.caller.as_ref().map(shared::Caller::sub),
                    "source_ip": request.source_ip,
                }),
            ))
        }
    }

    /// Functions that answer with what they were asked, under these logical ids.
    pub(crate) fn echoes(ids: &[&'static str]) -> Functions {
        let origins: Origins = "http://localhost:5173".parse().unwrap();
        let echo = || Function::new("echo", origins.clone(), Log::new(|_| {}), Echo);
        let echo = || Runner::new(echo().for_client(CLIENT.to_owned()));
        ids.iter().map(|id| (*id, echo())).collect()
    }
}
