"""The user pool and its app client."""

from stack import Faults, Stack, difference

USER_POOL = {
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
    "AutoVerifiedAttributes": ["email"],
    "DeletionProtection": "ACTIVE",
    "DeviceConfiguration": None,
    "EmailConfiguration": {
        "Fn::If": [
            "HasMailIdentity",
            {
                "EmailSendingAccount": "DEVELOPER",
                "SourceArn": {"Ref": "MailIdentityArn"},
                "From": {"Ref": "MailFrom"},
            },
            {"EmailSendingAccount": "COGNITO_DEFAULT"},
        ]
    },
    "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
    "MfaConfiguration": "OPTIONAL",
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 15,
            "RequireLowercase": False,
            "RequireNumbers": False,
            "RequireSymbols": False,
            "RequireUppercase": False,
        }
    },
    "Schema": None,
    "UsernameAttributes": ["email"],
    "UsernameConfiguration": {"CaseSensitive": False},
}
USER_POOL_CLIENT = {
    "AccessTokenValidity": 15,
    "AuthSessionValidity": 15,
    "EnablePropagateAdditionalUserContextData": True,
    "EnableTokenRevocation": True,
    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
    "GenerateSecret": True,
    "IdTokenValidity": 15,
    "PreventUserExistenceErrors": "ENABLED",
    "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30},
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
    "UserPoolId": {"Ref": "UserPool"},
}


def user_pool(stack: Stack) -> Faults:
    """The user pool keeps its accounts, and its immutable choices are what they must be"""
    properties = stack.properties("UserPool")
    for key, value in USER_POOL.items():
        yield from difference(key, value, properties.get(key))


def user_pool_client(stack: Stack) -> Faults:
    """The app client is exactly as designed"""
    yield from difference("app client", USER_POOL_CLIENT, stack.properties(stack.client))
