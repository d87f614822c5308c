use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::BadSetting;

/// The properties of `AWS::Cognito::UserPool` that this pool honours. Of the others some are refused
/// and the rest ignored.
///
/// What is absent has the default of AWS: passwords of 8 characters with all four classes,
/// case-sensitive user names, anybody may sign up, no attribute is verified by itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PoolSettings {
    pub(crate) user_pool_name: String,
    pub(crate) policies: Policies,
    pub(crate) deletion_protection: DeletionProtection,
    pub(crate) username_attributes: Vec<VerifiedAttribute>,
    pub(crate) auto_verified_attributes: Vec<VerifiedAttribute>,
    pub(crate) user_attribute_update_settings: Option<UserAttributeUpdateSettings>,
    pub(crate) username_configuration: UsernameConfiguration,
    pub(crate) admin_create_user_config: AdminCreateUserConfig,
    pub(crate) email_verification_subject: Option<String>,
    pub(crate) email_verification_message: Option<String>,
    pub(crate) verification_message_template: VerificationMessageTemplate,
    pub(crate) mfa_configuration: MfaConfiguration,
    pub(crate) enabled_mfas: Vec<Mfa>,
    /// Whether the schema says so. It is no property of its own.
    pub(crate) email_required: bool,
    /// Properties that are none of the above.
    #[serde(flatten, skip_serializing)]
    pub(crate) others: BTreeMap<String, Value>,
}

/// The properties that would change how the pool answers, and that it does not honour.
const NOT_EMULATED: [&str; 11] = [
    "AliasAttributes",
    "DeviceConfiguration",
    "EmailAuthenticationMessage",
    "EmailAuthenticationSubject",
    "LambdaConfig",
    "Schema",
    "SmsConfiguration",
    "UserPoolAddOns",
    "WebAuthnFactorConfiguration",
    "WebAuthnRelyingPartyID",
    "WebAuthnUserVerification",
];

/// Whether the pool can be deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum DeletionProtection {
    Active,
    #[default]
    Inactive,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Policies {
    pub(crate) password_policy: Option<PasswordPolicy>,
}

/// What a password must have. A policy that is given but incomplete asks for no class it does not
/// name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the shape of the CloudFormation property")]
pub(crate) struct PasswordPolicy {
    pub(crate) minimum_length: usize,
    pub(crate) require_uppercase: bool,
    pub(crate) require_lowercase: bool,
    pub(crate) require_numbers: bool,
    pub(crate) require_symbols: bool,
    pub(crate) temporary_password_validity_days: u16,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 8,
            require_uppercase: false,
            require_lowercase: false,
            require_numbers: false,
            require_symbols: false,
            temporary_password_validity_days: 7,
        }
    }
}

impl PasswordPolicy {
    fn of_a_pool_without_one() -> Self {
        Self {
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerifiedAttribute {
    Email,
    PhoneNumber,
}

/// Which attributes keep their value until the new one is proved.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UserAttributeUpdateSettings {
    pub(crate) attributes_require_verification_before_update: Vec<VerifiedAttribute>,
}

/// `MfaConfiguration`: whether users may or must have a second factor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum MfaConfiguration {
    #[default]
    Off,
    On,
    Optional,
}

/// A second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mfa {
    #[serde(rename = "EMAIL_OTP")]
    Email,
    #[serde(rename = "SMS_MFA")]
    Sms,
    #[serde(rename = "SOFTWARE_TOKEN_MFA")]
    SoftwareToken,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UsernameConfiguration {
    pub(crate) case_sensitive: bool,
}

impl Default for UsernameConfiguration {
    fn default() -> Self {
        Self { case_sensitive: true }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct AdminCreateUserConfig {
    pub(crate) allow_admin_create_user_only: bool,
    pub(crate) invite_message_template: InviteMessageTemplate,
}

/// The mail to a user whom an administrator creates.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct InviteMessageTemplate {
    pub(crate) email_message: Option<String>,
    pub(crate) email_subject: Option<String>,
    #[serde(rename = "SMSMessage")]
    pub(crate) sms_message: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct VerificationMessageTemplate {
    pub(crate) email_subject: Option<String>,
    pub(crate) email_message: Option<String>,
}

impl PoolSettings {
    pub(crate) fn password_policy(&self) -> PasswordPolicy {
        self.policies.password_policy.clone().unwrap_or_else(PasswordPolicy::of_a_pool_without_one)
    }

    /// Whether users sign in with an e-mail address instead of a name of their own.
    pub(crate) fn signs_in_by_email(&self) -> bool {
        self.username_attributes.contains(&VerifiedAttribute::Email)
    }

    /// Whether a code is mailed to confirm an address.
    pub(crate) fn verifies_email(&self) -> bool {
        self.auto_verified_attributes.contains(&VerifiedAttribute::Email)
    }

    /// The attributes that keep their value until the new one is proved.
    pub(crate) fn verified_before_update(&self) -> &[VerifiedAttribute] {
        self.user_attribute_update_settings
            .as_ref()
            .map_or(&[], |settings| &settings.attributes_require_verification_before_update)
    }

    /// Whether an address stays as it is until the new one is proved.
    pub(crate) fn verifies_email_before_update(&self) -> bool {
        self.verified_before_update().contains(&VerifiedAttribute::Email)
    }

    pub(crate) fn case_sensitive(&self) -> bool {
        self.username_configuration.case_sensitive
    }

    /// Whether users may have a software token.
    pub(crate) fn has_software_token_mfa(&self) -> bool {
        self.mfa_configuration != MfaConfiguration::Off
    }

    /// Whether nobody signs in without a second factor.
    pub(crate) fn requires_mfa(&self) -> bool {
        self.mfa_configuration == MfaConfiguration::On
    }

    /// Subject and body of the mail with a code.
    pub(crate) fn verification_mail(&self, code: &str) -> (String, String) {
        let template = &self.verification_message_template;
        let subject = template.email_subject.as_ref().or(self.email_verification_subject.as_ref());
        let message = template.email_message.as_ref().or(self.email_verification_message.as_ref());
        (
            subject.map_or("Your verification code", String::as_str).to_owned(),
            message
                .map_or("Your confirmation code is {####}", String::as_str)
                .replace("{####}", code),
        )
    }

    /// Subject and body of the mail with a temporary password.
    pub(crate) fn invitation(&self, username: &str, password: &str) -> (String, String) {
        let template = &self.admin_create_user_config.invite_message_template;
        let subject = template.email_subject.as_deref().unwrap_or("Your temporary password");
        let message = template
            .email_message
            .as_deref()
            .unwrap_or("Your username is {username} and temporary password is {####}.");
        // The user's own name comes last, lest a name bring a placeholder with it.
        let message = message.replace("{####}", password).replace("{username}", username);
        (subject.to_owned(), message)
    }

    /// Whether all of these attributes are verified by themselves.
    pub(crate) fn auto_verifies(&self, attributes: &[VerifiedAttribute]) -> bool {
        attributes.iter().all(|attribute| self.auto_verified_attributes.contains(attribute))
    }

    pub(crate) fn check(&self) -> Result<(), BadSetting> {
        if let Some(property) =
            NOT_EMULATED.into_iter().find(|name| self.others.contains_key(*name))
        {
            return Err(BadSetting { property, reason: "is not emulated" });
        }
        if !(6..=99).contains(&self.password_policy().minimum_length) {
            return Err(BadSetting { property: "MinimumLength", reason: "must be 6 to 99" });
        }
        if self.username_attributes.contains(&VerifiedAttribute::PhoneNumber) {
            return Err(BadSetting {
                property: "UsernameAttributes",
                reason: "phone_number is not emulated",
            });
        }
        if self.auto_verified_attributes.contains(&VerifiedAttribute::PhoneNumber) {
            return Err(BadSetting {
                property: "AutoVerifiedAttributes",
                reason: "phone_number is not emulated",
            });
        }
        if !self.auto_verifies(self.verified_before_update()) {
            return Err(BadSetting {
                property: "AttributesRequireVerificationBeforeUpdate",
                reason: "must be among AutoVerifiedAttributes",
            });
        }
        if self.has_software_token_mfa() && self.enabled_mfas != [Mfa::SoftwareToken] {
            return Err(BadSetting {
                property: "EnabledMfas",
                reason: "must be SOFTWARE_TOKEN_MFA alone, if MfaConfiguration is not OFF",
            });
        }
        Ok(())
    }
}
