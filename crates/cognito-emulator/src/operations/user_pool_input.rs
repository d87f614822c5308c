//! The settings of a pool as `CreateUserPool` and `UpdateUserPool` take them.

use crate::{
    attributes::STANDARD,
    constraint::{
        ANY, EMAIL_SUBJECT, INVITATION_EMAIL, INVITATION_SMS, SCHEMA_NAME, VERIFICATION_EMAIL,
    },
    exception::{Exception, Kind, not_emulated},
    fields::Fields,
    schema::constraints,
    settings::{
        AdminCreateUserConfig, InviteMessageTemplate, PasswordPolicy, Policies, PoolSettings,
        UserAttributeUpdateSettings, VerificationMessageTemplate, VerifiedAttribute,
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

    /// Takes note of a structure if one of its members says something else than `only`.
    fn note_other(
        &mut self,
        fields: &mut Fields,
        name: &'static str,
        (member, only): (&str, &str),
    ) -> Result<(), Exception> {
        let said = fields.structure(name, |structure| structure.optional(member, &ANY))?;
        if said.flatten().is_some_and(|said| said != only) {
            self.0.push(name);
        }
        Ok(())
    }

    /// Refuses the first.
    pub(super) fn refuse(&self) -> Result<(), Exception> {
        self.0.first().map_or(Ok(()), |name| Err(not_emulated(name)))
    }
}

/// The settings that both operations take. What is absent has its default.
pub(super) fn settings(
    fields: &mut Fields,
    refused: &mut NotEmulated,
) -> Result<PoolSettings, Exception> {
    not_emulated_settings(fields, refused)?;
    let settings = PoolSettings {
        policies: fields
            .structure("Policies", |policies| self::policies(policies, refused))?
            .unwrap_or_default(),
        deletion_protection: fields
            .choice("DeletionProtection", &["ACTIVE", "INACTIVE"])?
            .unwrap_or_default(),
        auto_verified_attributes: verified_attributes(fields, "AutoVerifiedAttributes")?,
        user_attribute_update_settings: fields.structure(
            "UserAttributeUpdateSettings",
            |settings| {
                let name = "AttributesRequireVerificationBeforeUpdate";
                Ok(UserAttributeUpdateSettings {
                    attributes_require_verification_before_update: verified_attributes(
                        settings, name,
                    )?,
                })
            },
        )?,
        email_verification_message: fields
            .optional("EmailVerificationMessage", &VERIFICATION_EMAIL)?,
        email_verification_subject: fields.optional("EmailVerificationSubject", &EMAIL_SUBJECT)?,
        verification_message_template: fields
            .structure("VerificationMessageTemplate", |template| {
                let option = template.optional("DefaultEmailOption", &ANY)?;
                if option.is_some_and(|option| option != "CONFIRM_WITH_CODE") {
                    refused.0.push("A link to confirm with");
                }
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

/// Takes note of what would change how these pools answer, and does not.
fn not_emulated_settings(fields: &mut Fields, refused: &mut NotEmulated) -> Result<(), Exception> {
    for name in [
        "LambdaConfig",
        "SmsConfiguration",
        "DeviceConfiguration",
        "DcrConfiguration",
        "AcrConfiguration",
    ] {
        refused.note(fields, name);
    }
    refused.note_other(fields, "UserPoolAddOns", ("AdvancedSecurityMode", "OFF"))?;
    refused.note_other(fields, "IssuerConfiguration", ("Type", "ORIGINAL"))?;
    refused.note_other(fields, "KeyConfiguration", ("KeyType", "AWS_OWNED_KEY"))
}

/// Refuses settings that contradict each other or that cannot be honoured.
pub(super) fn check(settings: &PoolSettings) -> Result<(), Exception> {
    let phone_number = &VerifiedAttribute::PhoneNumber;
    if settings.username_attributes.contains(phone_number) {
        return Err(not_emulated("phone_number in UsernameAttributes"));
    }
    if settings.auto_verified_attributes.contains(phone_number) {
        return Err(not_emulated("phone_number in AutoVerifiedAttributes"));
    }
    if !settings.auto_verifies(settings.verified_before_update()) {
        return Err(Kind::InvalidParameter.because(
            "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes",
        ));
    }
    Ok(())
}

pub(super) fn verified_attributes(
    fields: &mut Fields,
    name: &str,
) -> Result<Vec<VerifiedAttribute>, Exception> {
    Ok(fields.choices(name, &["phone_number", "email"])?.unwrap_or_default())
}

fn policies(fields: &mut Fields, refused: &mut NotEmulated) -> Result<Policies, Exception> {
    let factors = fields
        .structure("SignInPolicy", |policy| policy.strings("AllowedFirstAuthFactors", &ANY))?;
    if factors.flatten().is_some_and(|factors| factors.iter().any(|factor| factor != "PASSWORD")) {
        refused.0.push("A first factor other than PASSWORD");
    }
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

/// Reads the schema of attributes: the standard ones are always there as they are, custom ones never,
/// and every user has an address only where it is the name of sign-in. Returns whether the address
/// is required.
pub(super) fn schema(
    fields: &mut Fields,
    pool: &PoolSettings,
    refused: &mut NotEmulated,
) -> Result<bool, Exception> {
    let required = fields.structures("Schema", |attribute| {
        let name = attribute.optional("Name", &SCHEMA_NAME)?.unwrap_or_default();
        let required = attribute.boolean("Required")?.unwrap_or_default();
        let mutable = attribute.boolean("Mutable")?.unwrap_or(true);
        let developer_only = attribute.boolean("DeveloperOnlyAttribute")?.unwrap_or_default();
        let own_constraints = has_own_constraints(attribute, &name)?;
        if !STANDARD.contains(&name.as_str()) {
            refused.0.push("A custom attribute");
        } else if required && !(name == "email" && pool.signs_in_by_email()) {
            refused.0.push("A required attribute");
        } else if !mutable || developer_only {
            refused.0.push("An attribute that users cannot change");
        } else if own_constraints {
            refused.0.push("A constraint of an attribute");
        }
        Ok(required)
    })?;
    Ok(required.contains(&true))
}

/// Whether an attribute comes with bounds other than those that the standard one has.
fn has_own_constraints(attribute: &mut Fields, name: &str) -> Result<bool, Exception> {
    let standard = constraints(name);
    let mut own = false;
    for (structure, bounds) in [
        ("StringAttributeConstraints", ["MinLength", "MaxLength"]),
        ("NumberAttributeConstraints", ["MinValue", "MaxValue"]),
    ] {
        attribute.structure(structure, |given| {
            for bound in bounds {
                let given = given.optional(bound, &ANY)?;
                let usual = standard.as_ref().filter(|(name, _)| *name == structure);
                let usual = usual.and_then(|(_, bounds)| bounds.get(bound));
                own |= given.is_some_and(|given| usual.is_none_or(|usual| usual != given.as_str()));
            }
            Ok(())
        })?;
    }
    Ok(own)
}
