"""Talks to the local Cognito endpoint with AWS's own client for Python and checks every answer.

The Rust SDK and this one share no code, so what both understand is the protocol and not a habit of
ours. The checks start the built binary on free ports with a user pool that lives in memory, and end
it again. Texts and shapes are those that AWS was seen to answer.

Usage: cognito_boto3.py [BINARY]     exits 1 if a check fails or the stack does not start
"""

import base64
import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import jwt
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import account
from expect import Json, WireError, among, different, equal, matches, refused
from stack import PASSWORD, REGION, ROOT, TOKEN_SECONDS, UUID, Stack, plain, running

BINARY = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "passmint"

OTHER_PASSWORD = "another-horse-battery-staple"
REFUSED_LOGIN = ("NotAuthorizedException", "Incorrect username or password.")

ACCESS_CLAIMS = {
    "auth_time",
    "client_id",
    "event_id",
    "exp",
    "iat",
    "iss",
    "jti",
    "origin_jti",
    "scope",
    "sub",
    "token_use",
    "username",
}
ID_CLAIMS = {
    "aud",
    "auth_time",
    "cognito:username",
    "email",
    "email_verified",
    "event_id",
    "exp",
    "iat",
    "iss",
    "jti",
    "origin_jti",
    "sub",
    "token_use",
}


def ids(at: Stack) -> None:
    """ids and the client secret have AWS's form"""
    matches(r"us-east-1_[A-Za-z0-9]{9}", at.pool)
    matches(r"[0-9a-v]{25,26}", at.client)
    matches(r"[0-9a-v]{48,52}", at.secret)


def describe_user_pool(at: Stack) -> None:
    """describe_user_pool tells what template.yaml says"""
    pool = at.admin.describe_user_pool(UserPoolId=at.pool)["UserPool"]
    equal(at.pool, pool["Id"])
    equal(["email"], pool["UsernameAttributes"])
    equal(["email"], pool["AutoVerifiedAttributes"])
    equal({"CaseSensitive": False}, pool["UsernameConfiguration"])
    policy = pool["Policies"]["PasswordPolicy"]
    equal(15, policy["MinimumLength"])
    equal("OPTIONAL", pool["MfaConfiguration"])
    for kind in ("Lowercase", "Numbers", "Symbols", "Uppercase"):
        equal(False, policy[f"Require{kind}"])


def describe_user_pool_client(at: Stack) -> None:
    """describe_user_pool_client tells what template.yaml says"""
    client = at.describe_client()
    equal((at.pool, at.client), (client["UserPoolId"], client["ClientId"]))
    equal(["ALLOW_USER_PASSWORD_AUTH"], client["ExplicitAuthFlows"])
    equal(
        (15, 15, 30), tuple(client[f"{kind}TokenValidity"] for kind in ("Access", "Id", "Refresh"))
    )
    units = {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"}
    equal(units, client["TokenValidityUnits"])
    equal("ENABLED", client["PreventUserExistenceErrors"])
    equal(15, client["AuthSessionValidity"])
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30}
    equal(rotation, client["RefreshTokenRotation"])
    equal(True, client["EnableTokenRevocation"])


def unknown_pool(at: Stack) -> None:
    """an unknown user pool is not found"""
    with refused("ResourceNotFoundException", f"User pool {REGION}_Nowhere00 does not exist."):
        at.admin.describe_user_pool(UserPoolId=f"{REGION}_Nowhere00")


def sign_up(at: Stack) -> None:
    """sign_up answers with a sub and a masked address"""
    answer = at.sign_up(at.new_address())
    equal({"CodeDeliveryDetails", "UserConfirmed", "UserSub"}, set(answer))
    equal(False, answer["UserConfirmed"])
    matches(UUID, answer["UserSub"])
    wanted = {
        "Destination": "w***@p***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    equal(wanted, answer["CodeDeliveryDetails"])


def sign_up_without_hash(at: Stack) -> None:
    """sign_up without SecretHash is refused"""
    with refused("NotAuthorizedException", at.hash_missing()):
        at.user.sign_up(ClientId=at.client, Username=at.new_address(), Password=PASSWORD)


def sign_up_wrong_hash(at: Stack) -> None:
    """sign_up with another name's SecretHash is refused"""
    with refused("NotAuthorizedException", at.hash_wrong()):
        at.user.sign_up(
            ClientId=at.client,
            Username=at.new_address(),
            Password=PASSWORD,
            SecretHash=at.hash_of("somebody@passmint.test"),
        )


def sign_up_weak(at: Stack) -> None:
    """sign_up with 14 characters is refused, with 15 of one class it is not"""
    text = "Password did not conform with policy: Password not long enough"
    with refused("InvalidPasswordException", text):
        at.sign_up(at.new_address(), "a" * 14)
    at.sign_up(at.new_address(), "a" * 15)


def sign_up_existing(at: Stack) -> None:
    """sign_up of a known address, in whatever case, is refused"""
    address = at.new_user()
    for same in (address, address.upper()):
        text = "An account with the given email already exists."
        with refused("UsernameExistsException", text):
            at.sign_up(same)


def sign_up_no_address(at: Stack) -> None:
    """sign_up with a name that is no e-mail address is refused"""
    with refused("InvalidParameterException", "Username should be an email."):
        at.sign_up("wire")


def confirm(at: Stack) -> None:
    """confirm_sign_up takes the mailed code and answers with nothing"""
    address = at.new_user(confirmed=False)
    equal({}, at.confirm(address, at.code(address)))


def confirm_wrong_code(at: Stack) -> None:
    """confirm_sign_up with a wrong code is refused, and the right one still works"""
    address = at.new_user(confirmed=False)
    code = at.code(address)
    text = "Invalid verification code provided, please try again."
    with refused("CodeMismatchException", text):
        at.confirm(address, another_code(code))
    at.confirm(address, code)


def confirm_twice(at: Stack) -> None:
    """confirm_sign_up with a used code is refused"""
    address = at.new_user(confirmed=False)
    code = at.code(address)
    at.confirm(address, code)
    text = "User cannot be confirmed. Current status is CONFIRMED"
    with refused("NotAuthorizedException", text):
        at.confirm(address, code)


def confirm_unknown(at: Stack) -> None:
    """confirm_sign_up of an unknown address does not say that it is unknown"""
    try:
        at.confirm(at.new_address(), "123456")
    except ClientError as error:
        hidden = {"CodeMismatchException", "ExpiredCodeException", "NotAuthorizedException"}
        among(hidden, error.response["Error"]["Code"])
        return
    raise WireError("was taken")


def resend(at: Stack) -> None:
    """resend_confirmation_code mails a code that works"""
    address = at.new_user(confirmed=False)
    before = len(at.mail(address))
    answer = plain(
        at.user.resend_confirmation_code(
            ClientId=at.client, Username=address, SecretHash=at.hash_of(address)
        )
    )
    equal({"CodeDeliveryDetails"}, set(answer))
    at.confirm(address, at.code(address, after=before))


def resend_unknown(at: Stack) -> None:
    """resend_confirmation_code for an unknown address answers as for a known one"""
    address = at.new_address()
    answer = plain(
        at.user.resend_confirmation_code(
            ClientId=at.client, Username=address, SecretHash=at.hash_of(address)
        )
    )
    equal({"CodeDeliveryDetails"}, set(answer))
    equal([], at.mail(address))


def login(at: Stack) -> None:
    """initiate_auth with USER_PASSWORD_AUTH gives three tokens"""
    answer = at.log_in(at.new_user())
    equal({}, answer["ChallengeParameters"])
    equal({"AuthenticationResult", "ChallengeParameters"}, set(answer))
    result = answer["AuthenticationResult"]
    equal({"AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"}, set(result))
    equal((TOKEN_SECONDS, "Bearer"), (result["ExpiresIn"], result["TokenType"]))
    matches(r"[A-Za-z0-9_=.-]+", result["RefreshToken"])


def login_other_case(at: Stack) -> None:
    """the address may be written in another case, and the hash is of what is sent"""
    address = at.new_user()
    at.log_in(address.upper())
    with refused("NotAuthorizedException", at.hash_wrong()):
        at.log_in(address.upper(), secret_hash=at.hash_of(address))


def login_without_hash(at: Stack) -> None:
    """initiate_auth without SECRET_HASH is refused"""
    text = f"Client {at.client} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorizedException", text):
        at.initiate("USER_PASSWORD_AUTH", USERNAME=at.new_user(), PASSWORD=PASSWORD)


def login_wrong_hash(at: Stack) -> None:
    """initiate_auth with another name's SECRET_HASH is refused"""
    with refused("NotAuthorizedException", at.hash_wrong()):
        at.log_in(at.new_user(), secret_hash=at.hash_of("somebody@passmint.test"))


def login_wrong_password(at: Stack) -> None:
    """a wrong password is refused"""
    with refused(*REFUSED_LOGIN):
        at.log_in(at.new_user(), OTHER_PASSWORD)


def login_unknown(at: Stack) -> None:
    """an unknown address is refused exactly as a wrong password is"""
    answers = []
    for address in (at.new_address(), at.new_user()):
        try:
            at.log_in(address, OTHER_PASSWORD)
        except ClientError as error:
            answers.append((type(error).__name__, error.response["Error"]))
    equal(2, len(answers))
    equal(answers[0], answers[1])


def login_unconfirmed(at: Stack) -> None:
    """an unconfirmed account says so to the right password only"""
    address = at.new_user(confirmed=False)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        at.log_in(address)
    with refused(*REFUSED_LOGIN):
        at.log_in(address, OTHER_PASSWORD)


def login_missing_parameters(at: Stack) -> None:
    """initiate_auth names the parameter that is missing"""
    with refused("InvalidParameterException", "Missing required parameter USERNAME"):
        at.initiate("USER_PASSWORD_AUTH", PASSWORD=PASSWORD)
    address = at.new_address()
    with refused("InvalidParameterException", "Missing required parameter PASSWORD"):
        at.initiate("USER_PASSWORD_AUTH", USERNAME=address, SECRET_HASH=at.hash_of(address))


def flows_off(at: Stack) -> None:
    """flows that the client does not have are refused"""
    address = at.new_user()
    common = {"USERNAME": address, "SECRET_HASH": at.hash_of(address)}
    for flow, more in (("USER_SRP_AUTH", {"SRP_A": "1f"}), ("CUSTOM_AUTH", {})):
        with refused("InvalidParameterException", f"{flow} is not enabled for the client."):
            at.initiate(flow, **common, **more)
    for flow in ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
        with refused("InvalidParameterException", "Initiate Auth method not supported."):
            at.initiate(flow, **common, PASSWORD=PASSWORD)


def unknown_client(at: Stack) -> None:
    """an unknown app client is not found"""
    client = "0" * 26
    with refused("ResourceNotFoundException", f"User pool client {client} does not exist."):
        at.user.initiate_auth(
            ClientId=client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": at.new_address(), "PASSWORD": PASSWORD},
        )


def key_set(at: Stack) -> None:
    """the key set holds two RSA keys of 2048 bits and nothing private"""
    keys = at.key_set()
    equal(2, len(keys))
    for key in keys:
        equal({"alg", "e", "kid", "kty", "n", "use"}, set(key))
        equal(("RS256", "AQAB", "RSA", "sig"), tuple(key[it] for it in ("alg", "e", "kty", "use")))
        equal(2048, int.from_bytes(from_base64url(key["n"]), "big").bit_length())
        equal(32, len(base64.b64decode(key["kid"], validate=True)))
    equal(2, len({key["kid"] for key in keys}))


def token_headers(at: Stack) -> None:
    """tokens have the header kid and alg only; ID and access tokens have different keys"""
    tokens = at.log_in(at.new_user())["AuthenticationResult"]
    headers = [jwt.get_unverified_header(tokens[it]) for it in ("AccessToken", "IdToken")]
    for header in headers:
        equal({"alg", "kid"}, set(header))
        equal("RS256", header["alg"])
        among({key["kid"] for key in at.key_set()}, header["kid"])
    if headers[0]["kid"] == headers[1]["kid"]:
        raise WireError("both tokens have one key")


def access_claims(at: Stack) -> None:
    """the access token verifies and has exactly its claims"""
    address = at.new_address()
    sub = at.sign_up(address)["UserSub"]
    at.confirm(address, at.code(address))
    token = at.log_in(address)["AuthenticationResult"]["AccessToken"]
    claims = at.verified(token)
    equal(ACCESS_CLAIMS, set(claims))
    wanted = {
        "client_id": at.client,
        "scope": "aws.cognito.signin.user.admin",
        "sub": sub,
        "token_use": "access",
        "username": sub,
    }
    equal(wanted, {name: claims[name] for name in wanted})
    at.common_claims(claims)


def id_claims(at: Stack) -> None:
    """the ID token verifies and has exactly its claims"""
    address = at.new_address()
    sub = at.sign_up(address)["UserSub"]
    at.confirm(address, at.code(address))
    token = at.log_in(address)["AuthenticationResult"]["IdToken"]
    claims = at.verified(token, audience=at.client)
    equal(ID_CLAIMS, set(claims))
    wanted = {
        "aud": at.client,
        "cognito:username": sub,
        "email": address,
        "email_verified": True,
        "sub": sub,
        "token_use": "id",
    }
    equal(wanted, {name: claims[name] for name in wanted})
    at.common_claims(claims)


def one_login(at: Stack) -> None:
    """the tokens of one login belong together, those of two do not"""
    address = at.new_user()
    logins = [at.log_in(address)["AuthenticationResult"] for _ in range(2)]
    access = [at.verified(it["AccessToken"]) for it in logins]
    identity = at.verified(logins[0]["IdToken"], audience=at.client)
    for name in ("auth_time", "event_id", "iss", "origin_jti", "sub"):
        equal(access[0][name], identity[name])
    for name in ("event_id", "jti", "origin_jti"):
        different(access[0][name], access[1][name])
    different(access[0]["jti"], identity["jti"])


def admin_get_user(at: Stack) -> None:
    """admin_get_user finds a user by address and by sub"""
    address = at.new_address()
    sub = at.sign_up(address)["UserSub"]
    for status, verified in (("UNCONFIRMED", "false"), ("CONFIRMED", "true")):
        for name in (address, sub):
            user = at.admin.admin_get_user(UserPoolId=at.pool, Username=name)
            equal((sub, status, True), (user["Username"], user["UserStatus"], user["Enabled"]))
            wanted = {"email": address, "email_verified": verified, "sub": sub}
            equal(wanted, {"email_verified": "false"} | attributes(user["UserAttributes"]))
        if status == "UNCONFIRMED":
            at.confirm(address, at.code(address))


def admin_get_unknown(at: Stack) -> None:
    """admin_get_user of an unknown user is not found"""
    with refused("UserNotFoundException", "User does not exist."):
        at.admin.admin_get_user(UserPoolId=at.pool, Username=at.new_address())


def admin_confirm(at: Stack) -> None:
    """admin_confirm_sign_up confirms without a code"""
    address = at.new_user(confirmed=False)
    equal({}, plain(at.admin.admin_confirm_sign_up(UserPoolId=at.pool, Username=address)))
    at.log_in(address)


def list_users(at: Stack) -> None:
    """list_users finds by filter"""
    address = at.new_user()
    stem = address.split("@")[0]
    filters = ((f'email = "{address}"', 1), (f'email ^= "{stem}@"', 1), ('email = "nobody"', 0))
    for text, count in filters:
        users = at.admin.list_users(UserPoolId=at.pool, Filter=text)["Users"]
        equal(count, len(users))
        for user in users:
            equal(address, attributes(user["Attributes"])["email"])
            equal("CONFIRMED", user["UserStatus"])


def list_users_pages(at: Stack) -> None:
    """list_users gives pages"""
    for _ in range(3):
        at.new_user(confirmed=False)
    pages = at.admin.get_paginator("list_users").paginate(
        UserPoolId=at.pool, PaginationConfig={"PageSize": 2}
    )
    names = [[user["Username"] for user in page["Users"]] for page in pages]
    if not all(0 < len(page) <= 2 for page in names[:-1]):
        raise WireError(f"pages of {[len(page) for page in names]}")
    every = list(itertools.chain.from_iterable(names))
    equal(len(every), len(set(every)))
    if len(every) < 3:
        raise WireError(f"{len(every)} users")


def unsigned(at: Stack) -> None:
    """an admin operation without a signature is refused"""
    client = at.connect(Config(signature_version=UNSIGNED))
    with refused("MissingAuthenticationTokenException", "Missing Authentication Token"):
        client.describe_user_pool(UserPoolId=at.pool)


def bad_key(at: Stack) -> None:
    """an admin operation signed with an unknown key is refused"""
    client = at.connect(aws_access_key_id="nobody")
    text = "The security token included in the request is invalid."
    with refused("UnrecognizedClientException", text):
        client.describe_user_pool(UserPoolId=at.pool)


def bad_signature(at: Stack) -> None:
    """an admin operation with a malformed signature is refused"""
    body = {"UserPoolId": at.pool}
    status, _, answer = at.raw("DescribeUserPool", body, {"Authorization": "nonsense"})
    equal((400, "IncompleteSignatureException"), (status, answer["__type"]))


def signature_ignored(at: Stack) -> None:
    """an operation of users does not look at a signature"""
    body = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": at.new_address(), "PASSWORD": PASSWORD},
        "ClientId": "0" * 26,
    }
    status, _, answer = at.raw("InitiateAuth", body, {"Authorization": "nonsense"})
    equal((400, "ResourceNotFoundException"), (status, answer["__type"]))


def refusal_form(at: Stack) -> None:
    """a refusal has AWS's headers and two members"""
    client = "0" * 26
    body = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {}, "ClientId": client}
    status, headers, answer = at.raw("InitiateAuth", body)
    text = f"User pool client {client} does not exist."
    equal(400, status)
    equal({"__type": "ResourceNotFoundException", "message": text}, answer)
    equal("application/x-amz-json-1.1", headers["Content-Type"])
    equal("ResourceNotFoundException:", headers["x-amzn-errortype"])
    equal(text, headers["x-amzn-errormessage"])
    matches(UUID, headers["x-amzn-requestid"])


def unknown_operation(at: Stack) -> None:
    """an unknown operation is refused"""
    status, _, answer = at.raw("MintPassword", {})
    equal((400, "UnknownOperationException"), (status, answer["__type"]))


CHECKS: list[Callable[[Stack], None]] = [
    ids,
    describe_user_pool,
    describe_user_pool_client,
    unknown_pool,
    sign_up,
    sign_up_without_hash,
    sign_up_wrong_hash,
    sign_up_weak,
    sign_up_existing,
    sign_up_no_address,
    confirm,
    confirm_wrong_code,
    confirm_twice,
    confirm_unknown,
    resend,
    resend_unknown,
    login,
    login_other_case,
    login_without_hash,
    login_wrong_hash,
    login_wrong_password,
    login_unknown,
    login_unconfirmed,
    login_missing_parameters,
    flows_off,
    unknown_client,
    key_set,
    token_headers,
    access_claims,
    id_claims,
    one_login,
    admin_get_user,
    admin_get_unknown,
    admin_confirm,
    list_users,
    list_users_pages,
    unsigned,
    bad_key,
    bad_signature,
    signature_ignored,
    refusal_form,
    unknown_operation,
    *account.CHECKS,
]


def main() -> int:
    # A signal becomes an exception, so that the child does not outlive us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    binary = Path(sys.argv[1]) if len(sys.argv) > 1 else BINARY
    failed = 0
    try:
        with running(binary) as stack:
            for check in CHECKS:
                failed += not holds(check, stack)
    except (WireError, OSError, ClientError) as fault:
        print(f"FAILED the stack starts\n       {fault}")
        return 1
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


def holds(check: Callable[[Stack], None], stack: Stack) -> bool:
    """Runs one check and says how it went; whatever it raises is a failure of that check alone."""
    try:
        check(stack)
    except Exception as fault:
        kind = "" if isinstance(fault, WireError) else f"{type(fault).__name__}: "
        print(f"FAILED {check.__doc__}\n       {kind}{fault}", flush=True)
        return False
    print(f"ok     {check.__doc__}", flush=True)
    return True


def attributes(pairs: list[Json]) -> dict[str, str]:
    return {pair["Name"]: pair["Value"] for pair in pairs}


def another_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


if __name__ == "__main__":
    sys.exit(main())
