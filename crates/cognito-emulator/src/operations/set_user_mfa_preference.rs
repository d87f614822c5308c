use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    bearer::Bearer,
    constraint::TOKEN,
    exception::{Exception, Kind},
    fields::Fields,
    pool::Pool,
    software_token::{SOFTWARE_TOKEN_MFA, SoftwareToken},
};

/// `SoftwareTokenMfaSettings` and its siblings.
struct Preference {
    enabled: bool,
    preferred: bool,
}

impl Preference {
    fn read(fields: &mut Fields, name: &str) -> Result<Option<Self>, Exception> {
        fields.structure(name, |fields| {
            let enabled = fields.boolean("Enabled")?.unwrap_or_default();
            let preferred = fields.boolean("PreferredMfa")?.unwrap_or_default();
            Ok(Self { enabled, preferred })
        })
    }
}

/// Says whether sign-in asks a user for a code. Only software tokens can be set up here.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    let software_token = Preference::read(&mut fields, "SoftwareTokenMfaSettings")?;
    let others = [
        ("SMSMfaSettings", "SMS_MFA"),
        ("EmailMfaSettings", "EMAIL_OTP"),
        ("WebAuthnMfaSettings", "WEB_AUTHN"),
    ];
    let mut missing = None;
    for (name, kind) in others {
        let wanted = Preference::read(&mut fields, name)?.is_some_and(|wanted| wanted.enabled);
        missing = missing.or(wanted.then_some(kind));
    }
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    let context = Arc::clone(pool);
    pool.store
        .write(move |change| {
            let user = bearer.user(change)?;
            if let Some(kind) = missing {
                return Err(not_set_up(kind));
            }
            let Some(preference) = software_token else { return Ok(()) };
            let Some(token) = chosen(&context, change.software_token(&user.sub)?, &preference)?
            else {
                return Ok(());
            };
            Ok(change.put_software_token(&user.sub, &token)?)
        })
        .await?;
    Ok(json!({}))
}

/// The token as the user wants it, if there is one.
fn chosen(
    pool: &Pool,
    token: Option<SoftwareToken>,
    preference: &Preference,
) -> Result<Option<SoftwareToken>, Exception> {
    if preference.enabled && !pool.settings.has_software_token_mfa() {
        return Err(not_set_up(SOFTWARE_TOKEN_MFA));
    }
    if preference.enabled && !token.as_ref().is_some_and(|token| token.verified) {
        return Err(Kind::InvalidParameter.because("User has not verified software token mfa"));
    }
    Ok(token.map(|mut token| {
        token.enabled = preference.enabled;
        token.preferred = preference.enabled && preference.preferred;
        token
    }))
}

fn not_set_up(kind: &str) -> Exception {
    Kind::InvalidParameter
        .because(format!("User does not have delivery config set to turn on {kind}"))
}
