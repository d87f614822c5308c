"""Sets a user pool up with AWS's own client for Python, as tools do, and takes it down again.

One pool, from its creation to its deletion, beside the one of template.yaml. The binary is started
as by cognito_boto3.py, with pools that live in memory.

Usage: administration.py [BINARY]     exits 1 if a check fails or the stack does not start
"""

import base64
import hashlib
import hmac
import os
import signal
import sys
from pathlib import Path

from botocore.exceptions import ClientError

from documented import run
from expect import Json, WireError, different, equal, matches, refused
from stack import REGION, ROOT, UUID, Stack, plain, running

BINARY = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "passmint"

ADDRESS = "administered@passmint.test"
MOVED = "moved@passmint.test"
PASSWORD = "Correct-horse-1"
VERIFIED_FIRST = {"AttributesRequireVerificationBeforeUpdate": ["email"]}


class Pool:
    """A pool that was made here, and its one client."""

    def __init__(self, at: Stack) -> None:
        self.at, self.admin = at, at.admin
        created = self.admin.create_user_pool(
            PoolName="wire",
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            UserAttributeUpdateSettings=VERIFIED_FIRST,
            DeletionProtection="ACTIVE",
            Policies={"PasswordPolicy": {"MinimumLength": 10, "RequireNumbers": True}},
        )["UserPool"]
        self.id = created["Id"]
        matches(rf"{REGION}_[A-Za-z0-9]{{9}}", self.id)
        client = self.admin.create_user_pool_client(
            UserPoolId=self.id,
            ClientName="wire",
            GenerateSecret=True,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"],
            AccessTokenValidity=10,
            TokenValidityUnits={"AccessToken": "minutes"},
        )["UserPoolClient"]
        self.client, self.secret = client["ClientId"], client["ClientSecret"]
        self.user = {"UserPoolId": self.id, "Username": ADDRESS}
        self.app = {"UserPoolId": self.id, "ClientId": self.client}
        # What docs/operations.md calls them.
        self.written = {"ID": self.id, "ada@example.com": ADDRESS}

    def secret_hash(self, secret: str | None = None) -> str:
        message = (ADDRESS + self.client).encode()
        mac = hmac.new((secret or self.secret).encode(), message, hashlib.sha256)
        return base64.b64encode(mac.digest()).decode()

    def described_secret(self) -> str | None:
        return self.admin.describe_user_pool_client(**self.app)["UserPoolClient"].get(
            "ClientSecret"
        )

    def log_in(self, secret: str | None = None) -> Json:
        parameters = {
            "USERNAME": ADDRESS,
            "PASSWORD": PASSWORD,
            "SECRET_HASH": self.secret_hash(secret),
        }
        by_user = self.at.user.initiate_auth(
            ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        by_admin = self.admin.admin_initiate_auth(
            **self.app, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        equal(set(plain(by_user)), set(plain(by_admin)))
        return by_user["AuthenticationResult"]


def described(pool: Pool) -> None:
    """a new pool and its client are described and listed"""
    found = pool.admin.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    equal(
        ("wire", "ACTIVE", "OFF"),
        tuple(found[it] for it in ("Name", "DeletionProtection", "MfaConfiguration")),
    )
    equal(10, found["Policies"]["PasswordPolicy"]["MinimumLength"])
    listed = run(pool.admin, "ListUserPools", {})["UserPools"]
    equal({pool.at.pool, pool.id}, {it["Id"] for it in listed})
    pages = pool.admin.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 1})
    equal({pool.at.pool, pool.id}, {it["Id"] for page in pages for it in page["UserPools"]})
    client = pool.admin.describe_user_pool_client(**pool.app)["UserPoolClient"]
    equal((10, pool.secret), (client["AccessTokenValidity"], client["ClientSecret"]))
    clients = pool.admin.list_user_pool_clients(UserPoolId=pool.id)["UserPoolClients"]
    equal([{**pool.app, "ClientName": "wire"}], clients)


def created(pool: Pool) -> None:
    """an administrator creates a user as documented, who is invited by mail"""
    user = run(pool.admin, "AdminCreateUser", pool.written, "--user-attributes")["User"]
    matches(UUID, user["Username"])
    equal(("FORCE_CHANGE_PASSWORD", True), (user["UserStatus"], user["Enabled"]))
    equal(True, {"Name": "email_verified", "Value": "true"} in user["Attributes"])
    equal(["Your temporary password"], [it["subject"] for it in pool.at.mail(ADDRESS)])
    run(pool.admin, "AdminCreateUser", pool.written, "--message-action")
    first, second = (it["code"] for it in pool.at.mail(ADDRESS))
    different(first, second)
    with refused("UsernameExistsException", "User account already exists"):
        pool.admin.admin_create_user(**pool.user)


def invited(pool: Pool) -> None:
    """the password of the invitation is good for setting another"""
    proof = {"USERNAME": ADDRESS, "SECRET_HASH": pool.secret_hash()}
    challenge = pool.admin.admin_initiate_auth(
        **pool.app,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={**proof, "PASSWORD": pool.at.mail(ADDRESS)[0]["code"]},
    )
    equal("NEW_PASSWORD_REQUIRED", challenge["ChallengeName"])
    answer = {
        **pool.app,
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "ChallengeResponses": {**proof, "NEW_PASSWORD": "First-password-1"},
        "Session": challenge["Session"],
    }
    tokens = pool.admin.admin_respond_to_auth_challenge(**answer)["AuthenticationResult"]
    told = pool.at.user.get_user(AccessToken=tokens["AccessToken"])
    equal(challenge["ChallengeParameters"]["USER_ID_FOR_SRP"], told["Username"])
    once = "Invalid session for the user, session can only be used once."
    with refused("NotAuthorizedException", once):
        pool.admin.admin_respond_to_auth_challenge(**answer)


def logged_in(pool: Pool) -> None:
    """with a password for good the user logs in, and the token is of this pool"""
    weak = "Password does not conform to policy: Password must have numeric characters"
    with refused("InvalidPasswordException", weak):
        pool.admin.admin_set_user_password(**pool.user, Password="only-letters")
    answer = pool.admin.admin_set_user_password(**pool.user, Password=PASSWORD, Permanent=True)
    equal({}, plain(answer))
    result = pool.log_in()
    equal(600, result["ExpiresIn"])
    with refused("UserNotFoundException", "User does not exist."):
        pool.admin.admin_get_user(UserPoolId=pool.at.pool, Username=ADDRESS)


def disabled(pool: Pool) -> None:
    """a disabled user cannot log in until enabled again, and tokens of before are over"""
    token = pool.log_in()["AccessToken"]
    equal({}, plain(run(pool.admin, "AdminDisableUser", pool.written)))
    with refused("NotAuthorizedException", "User is disabled."):
        pool.log_in()
    equal({}, plain(run(pool.admin, "AdminEnableUser", pool.written)))
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        pool.at.user.get_user(AccessToken=token)
    pool.log_in()
    equal({}, plain(run(pool.admin, "AdminUserGlobalSignOut", pool.written)))


def attributes(pool: Pool) -> None:
    """attributes are written and taken away, and the address moves as documented"""
    pair = {"Name": "email_verified", "Value": "true"}
    equal({}, plain(pool.admin.admin_update_user_attributes(**pool.user, UserAttributes=[pair])))
    user = pool.admin.admin_get_user(**pool.user)
    equal(True, pair in user["UserAttributes"])
    pool.admin.admin_update_user_attributes(
        **pool.user, UserAttributes=[{"Name": "name", "Value": "Wire"}]
    )
    pool.admin.admin_delete_user_attributes(**pool.user, UserAttributeNames=["name"])
    names = {it["Name"] for it in pool.admin.admin_get_user(**pool.user)["UserAttributes"]}
    equal({"email", "email_verified", "sub"}, names)
    for old, new in ((ADDRESS, MOVED), (MOVED, ADDRESS)):
        written = {"ID": pool.id, "ada@example.com": old, "new@example.com": new}
        equal({}, plain(run(pool.admin, "AdminUpdateUserAttributes", written)))
        pool.admin.admin_get_user(UserPoolId=pool.id, Username=new)


def reset(pool: Pool) -> None:
    """the code of a reset sets another password"""
    mails = len(pool.at.mail(ADDRESS))
    equal({}, plain(pool.admin.admin_reset_user_password(**pool.user)))
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        pool.log_in()
    answer = pool.at.user.confirm_forgot_password(
        ClientId=pool.client,
        SecretHash=pool.secret_hash(),
        Username=ADDRESS,
        ConfirmationCode=pool.at.code(ADDRESS, after=mails),
        Password=PASSWORD,
    )
    equal({}, plain(answer))
    pool.log_in()


def rotated(pool: Pool) -> None:
    """a client has two secrets, of which only the original is described"""
    added = pool.admin.add_user_pool_client_secret(**pool.app)["ClientSecretDescriptor"]
    new = added["ClientSecretValue"]
    different(pool.secret, new)
    matches(rf"{pool.client}--[0-9]+", added["ClientSecretId"])
    pool.log_in(pool.secret)
    pool.log_in(new)
    equal(pool.secret, pool.described_secret())
    listed = pool.admin.list_user_pool_client_secrets(**pool.app)["ClientSecrets"]
    for secret in listed:
        equal({"ClientSecretCreateDate", "ClientSecretId"}, set(secret))
    old = next(it for it in listed if it["ClientSecretId"] != added["ClientSecretId"])
    answer = pool.admin.delete_user_pool_client_secret(
        **pool.app, ClientSecretId=old["ClientSecretId"]
    )
    equal({}, plain(answer))
    with refused(
        "NotAuthorizedException", f"Unable to verify secret hash for client {pool.client}"
    ):
        pool.log_in(pool.secret)
    equal(None, pool.described_secret())
    pool.secret = new
    pool.log_in()


def updated(pool: Pool) -> None:
    """an update resets what it leaves out"""
    missing = (
        "All attributes in AttributesRequireVerificationBeforeUpdate must exist in "
        "AutoVerifiedAttributes"
    )
    with refused("InvalidParameterException", missing):
        pool.admin.update_user_pool(UserPoolId=pool.id, UserAttributeUpdateSettings=VERIFIED_FIRST)
    client = pool.admin.update_user_pool_client(**pool.app)["UserPoolClient"]
    equal((1, "wire"), (client["AccessTokenValidity"], client["ClientName"]))
    equal(False, "ALLOW_USER_PASSWORD_AUTH" in client["ExplicitAuthFlows"])
    token = {"Enabled": True}
    answer = pool.admin.set_user_pool_mfa_config(
        UserPoolId=pool.id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration=token
    )
    told = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": token}
    equal(told, plain(answer))
    equal(told, plain(pool.admin.get_user_pool_mfa_config(UserPoolId=pool.id)))


def deleted(pool: Pool) -> None:
    """user, client and pool are deleted as documented, the pool not while it is protected"""
    equal({}, plain(pool.admin.admin_delete_user(**pool.user)))
    with refused("UserNotFoundException", "User does not exist."):
        pool.admin.admin_get_user(**pool.user)
    equal(
        {}, plain(run(pool.admin, "DeleteUserPoolClient", {"ID": pool.id, "CLIENT": pool.client}))
    )
    protected = (
        "The user pool cannot be deleted because deletion protection is activated. "
        "Deletion protection must be inactivated first."
    )
    with refused("InvalidParameterException", protected):
        pool.admin.delete_user_pool(UserPoolId=pool.id)
    run(pool.admin, "UpdateUserPool", {"ID": pool.id})
    # Cognito keeps the second one when it is left out, and refuses it without the first.
    found = pool.admin.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    equal(["email"], found.get("AutoVerifiedAttributes"))
    equal(VERIFIED_FIRST, found.get("UserAttributeUpdateSettings"))
    equal({}, plain(run(pool.admin, "DeleteUserPool", {"ID": pool.id})))
    with refused("ResourceNotFoundException", f"User pool {pool.id} does not exist."):
        pool.admin.describe_user_pool(UserPoolId=pool.id)


# Each goes on where the one before it ended.
STEPS = [
    described,
    created,
    invited,
    logged_in,
    disabled,
    attributes,
    reset,
    rotated,
    updated,
    deleted,
]


def main() -> int:
    # A signal becomes an exception, so that the child does not outlive us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    binary = Path(sys.argv[1]) if len(sys.argv) > 1 else BINARY
    doing = "a pool and a client are created"
    try:
        with running(binary) as stack:
            pool = Pool(stack)
            print(f"ok     {doing}", flush=True)
            for step in STEPS:
                doing = step.__doc__ or ""
                step(pool)
                print(f"ok     {doing}", flush=True)
    except (WireError, OSError, ClientError) as fault:
        print(f"FAILED {doing}\n       {fault}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
