//! The settings of a pool as `CreateUserPool` and `UpdateUserPool` take them.

use crate::{
    attributes::STANDARD,
    constraint::{
        EMAIL_SUBJECT, INVITATION_EMAIL, INVITATION_SMS, SCHEMA_NAME, VERIFICATION_EMAIL,
    },
    exception::{Exception, not_emulated},
    fields::Fields,
    settings::{
        AdminCreateUserConfig, InviteMessageTemplate, PasswordPolicy, Policies, PoolSettings,
        VerificationMessageTemplate, VerifiedAttribute,
    },
};

/// What AWS has and these pools do not, found in a request.
#[derive(Default)]
pub(super) struct NotEmulated(Vec<&'static str>);

impl NotEmulated {
    /// Takes note of a member if it holds something.
    pub(super) fn note(&mut self, fields: &mut Fields, name: &'static str) {
        if fields.holds(name) {
            self.0.push(name);
        }
    }

    /// Refuses the first.
    pub(super) fn refuse(&self) -> Result<(), Exception> {
        self.0.first().map_or(Ok(()), |name| Err(not_emulated(name)))
    }
}

/// The settings that both operations take. What is absent has its default.
pub(super) fn settings(fields: &mut Fields) -> Result<PoolSettings, Exception> {
    let settings = PoolSettings {
        policies: fields.structure("Policies", policies)?.unwrap_or_default(),
        deletion_protection: fields
            .choice("DeletionProtection", &["ACTIVE", "INACTIVE"])?
            .unwrap_or_default(),
        auto_verified_attributes: verified_attributes(fields, "AutoVerifiedAttributes")?,
        email_verification_message: fields
            .optional("EmailVerificationMessage", &VERIFICATION_EMAIL)?,
        email_verification_subject: fields.optional("EmailVerificationSubject", &EMAIL_SUBJECT)?,
        verification_message_template: fields
            .structure("VerificationMessageTemplate", |template| {
                Ok(VerificationMessageTemplate {
                    email_message: template.optional("EmailMessage", &VERIFICATION_EMAIL)?,
                    email_subject: template.optional("EmailSubject", &EMAIL_SUBJECT)?,
                })
            })?
            .unwrap_or_default(),
        mfa_configuration: fields
            .choice("MfaConfiguration", &["OFF", "ON", "OPTIONAL"])?
            .unwrap_or_default(),
        admin_create_user_config: fields
            .structure("AdminCreateUserConfig", admin_create_user_config)?
            .unwrap_or_default(),
        ..PoolSettings::default()
    };
    fields.unused(&["UserPoolTags"], &["AccountRecoverySetting", "EmailConfiguration"])?;
    Ok(settings)
}

pub(super) fn verified_attributes(
    fields: &mut Fields,
    name: &str,
) -> Result<Vec<VerifiedAttribute>, Exception> {
    Ok(fields.choices(name, &["phone_number", "email"])?.unwrap_or_default())
}

fn policies(fields: &mut Fields) -> Result<Policies, Exception> {
    fields.unused(&[], &["SignInPolicy"])?;
    Ok(Policies { password_policy: fields.structure("PasswordPolicy", password_policy)? })
}

/// As on AWS, a validity of 0 days is none given.
fn password_policy(fields: &mut Fields) -> Result<PasswordPolicy, Exception> {
    let default = PasswordPolicy::default();
    let length = fields.integer("MinimumLength", 6..=99)?;
    let days = fields.integer("TemporaryPasswordValidityDays", 0..=365)?;
    fields.integer("PasswordHistorySize", 0..=24)?;
    Ok(PasswordPolicy {
        minimum_length: length
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(default.minimum_length),
        require_uppercase: fields.boolean("RequireUppercase")?.unwrap_or_default(),
        require_lowercase: fields.boolean("RequireLowercase")?.unwrap_or_default(),
        require_numbers: fields.boolean("RequireNumbers")?.unwrap_or_default(),
        require_symbols: fields.boolean("RequireSymbols")?.unwrap_or_default(),
        temporary_password_validity_days: days
            .and_then(|days| u16::try_from(days).ok())
            .filter(|days| *days > 0)
            .unwrap_or(default.temporary_password_validity_days),
    })
}

fn admin_create_user_config(fields: &mut Fields) -> Result<AdminCreateUserConfig, Exception> {
    fields.integer("UnusedAccountValidityDays", 0..=365)?;
    Ok(AdminCreateUserConfig {
        allow_admin_create_user_only: fields
            .boolean("AllowAdminCreateUserOnly")?
            .unwrap_or_default(),
        invite_message_template: fields
            .structure("InviteMessageTemplate", |template| {
                Ok(InviteMessageTemplate {
                    email_message: template.optional("EmailMessage", &INVITATION_EMAIL)?,
                    email_subject: template.optional("EmailSubject", &EMAIL_SUBJECT)?,
                    sms_message: template.optional("SMSMessage", &INVITATION_SMS)?,
                })
            })?
            .unwrap_or_default(),
    })
}

/// Reads the schema of attributes: the standard ones are always there, custom ones never, and
/// every user has an address only where it is the name of sign-in.
pub(super) fn schema(
    fields: &mut Fields,
    pool: &PoolSettings,
    refused: &mut NotEmulated,
) -> Result<(), Exception> {
    fields.structures("Schema", |attribute| {
        let name = attribute.optional("Name", &SCHEMA_NAME)?.unwrap_or_default();
        let required = attribute.boolean("Required")?.unwrap_or_default();
        if !STANDARD.contains(&name.as_str()) {
            refused.0.push("A custom attribute");
        } else if required && !(name == "email" && pool.signs_in_by_email()) {
            refused.0.push("A required attribute");
        }
        Ok(())
    })?;
    Ok(())
}
