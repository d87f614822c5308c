"""The life of an account: refresh, second factor, new passwords, the end of logins, its own end."""

import hashlib
import hmac
import struct
import time
from base64 import b32decode
from collections.abc import Callable

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from documented import run
from expect import Json, WireError, different, equal, matches, refused
from stack import PASSWORD, UUID, Stack, plain

OTHER_PASSWORD = "another-horse-battery-staple"
STEP_SECONDS = 30
TOTP = "SOFTWARE_TOKEN_MFA"
REVOKED = ("NotAuthorizedException", "Access Token has been revoked")
USED_CODE = ("ExpiredCodeException", "Invalid code provided, please request a code again.")


def get_user(at: Stack) -> None:
    """get_user tells users about themselves"""
    address = at.new_user()
    tokens = log_in(at, address)
    user = plain(at.user.get_user(AccessToken=tokens["AccessToken"]))
    equal({"UserAttributes", "Username"}, set(user))
    matches(UUID, user["Username"])
    attributes = {pair["Name"]: pair["Value"] for pair in user["UserAttributes"]}
    wanted = {"email": address, "email_verified": "true", "sub": user["Username"]}
    equal(wanted, attributes)


def access_token_refused(at: Stack) -> None:
    """what is no access token of this pool is refused"""
    tokens = log_in(at, at.new_user())
    signed, signature = tokens["AccessToken"].rsplit(".", 1)
    forged = f"{signed}.{'A' * len(signature)}"
    cases = (
        ("garbage", "Invalid Access Token"),
        (tokens["IdToken"], "Invalid Access Token"),
        (forged, "Could not verify signature for Access Token"),
    )
    for token, text in cases:
        with refused("NotAuthorizedException", text):
            at.user.get_user(AccessToken=token)


def refresh(at: Stack) -> None:
    """get_tokens_from_refresh_token rotates, and takes an old token again for a while"""
    first = log_in(at, at.new_user())
    answer = plain(refreshed(at, first["RefreshToken"]))
    equal({"AuthenticationResult"}, set(answer))
    second = answer["AuthenticationResult"]
    equal({"AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"}, set(second))
    different(first["RefreshToken"], second["RefreshToken"])
    for name in ("auth_time", "event_id", "origin_jti", "sub"):
        one, other = (at.verified(it["AccessToken"])[name] for it in (first, second))
        equal(one, other)
    for token in (first, first, second, first):
        refreshed(at, token["RefreshToken"])
    at.user.get_user(AccessToken=second["AccessToken"])


def refresh_refused(at: Stack) -> None:
    """a refresh needs a refresh token and the client's secret, and the older flow is off"""
    token = log_in(at, at.new_user())["RefreshToken"]
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        refreshed(at, "garbage")
    for more in ({}, {"ClientSecret": "x" * 51}):
        try:
            at.user.get_tokens_from_refresh_token(ClientId=at.client, RefreshToken=token, **more)
        except ClientError as error:
            equal("NotAuthorizedException", error.response["Error"]["Code"])
        else:
            raise WireError("was taken without the secret")
    text = "This API does not support refresh token rotation"
    with refused("UnsupportedOperationException", text):
        at.initiate("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)


def revoke(at: Stack) -> None:
    """revoke_token ends one login, by whichever of its refresh tokens, and may be repeated"""
    address = at.new_user()
    ended, other = log_in(at, address), log_in(at, address)
    fresh = refreshed(at, ended["RefreshToken"])["AuthenticationResult"]
    for _ in range(2):
        equal({}, plain(revoked(at, ended["RefreshToken"])))
    for tokens in (ended, fresh):
        with refused(*REVOKED):
            at.user.get_user(AccessToken=tokens["AccessToken"])
    try:
        refreshed(at, fresh["RefreshToken"])
    except ClientError as error:
        equal("NotAuthorizedException", error.response["Error"]["Code"])
    else:
        raise WireError("a revoked token was taken")
    at.user.get_user(AccessToken=other["AccessToken"])
    with refused("UnauthorizedException", "Invalid client or secret"):
        at.user.revoke_token(ClientId=at.client, Token=other["RefreshToken"])
    try:
        revoked(at, other["AccessToken"])
    except ClientError as error:
        equal("UnsupportedTokenTypeException", error.response["Error"]["Code"])
    else:
        raise WireError("an access token was taken")


def global_sign_out(at: Stack) -> None:
    """global_sign_out ends every login of the user"""
    address = at.new_user()
    logins = [log_in(at, address) for _ in range(2)]
    equal({}, plain(at.user.global_sign_out(AccessToken=logins[0]["AccessToken"])))
    for tokens in logins:
        with refused(*REVOKED):
            at.user.get_user(AccessToken=tokens["AccessToken"])
    log_in(at, address)


def forgot(at: Stack) -> None:
    """forgot_password mails a code that sets a password once, and ends no login"""
    address = at.new_user()
    tokens, before = log_in(at, address), len(at.mail(address))
    common = {"ClientId": at.client, "Username": address, "SecretHash": at.hash_of(address)}
    answer = plain(at.user.forgot_password(**common))
    wanted = {"Destination": "w***@p***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    equal({"CodeDeliveryDetails": wanted}, answer)
    new = {"ConfirmationCode": at.code(address, after=before), "Password": OTHER_PASSWORD}
    text = "Password does not conform to policy: Password not long enough"
    with refused("InvalidPasswordException", text):
        at.user.confirm_forgot_password(**common, **(new | {"Password": "a" * 14}))
    equal({}, plain(at.user.confirm_forgot_password(**common, **new)))
    with refused(*USED_CODE):
        at.user.confirm_forgot_password(**common, **new)
    log_in(at, address, OTHER_PASSWORD)
    at.user.get_user(AccessToken=tokens["AccessToken"])


def forgot_unknown(at: Stack) -> None:
    """forgot_password for an unknown address answers as for a known one"""
    answers = []
    for address in (at.new_address(), at.new_user()):
        common = {"ClientId": at.client, "Username": address, "SecretHash": at.hash_of(address)}
        answers.append(plain(at.user.forgot_password(**common)))
    equal(answers[0], answers[1])


def change_password(at: Stack) -> None:
    """change_password asks for the present password, five times an hour"""
    address = at.new_user()
    token = log_in(at, address)["AccessToken"]
    new = {"AccessToken": token, "ProposedPassword": OTHER_PASSWORD}
    with refused("NotAuthorizedException", "Incorrect username or password."):
        at.user.change_password(**new, PreviousPassword="wrong")
    equal({}, plain(at.user.change_password(**new, PreviousPassword=PASSWORD)))
    log_in(at, address, OTHER_PASSWORD)
    for _ in range(3):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            at.user.change_password(**new, PreviousPassword="wrong")
    text = "Attempt limit exceeded, please try after some time."
    with refused("LimitExceededException", text):
        at.user.change_password(**new, PreviousPassword=OTHER_PASSWORD)


def second_factor(at: Stack) -> None:
    """a software token is set up, asked for at login, and each of its codes counts once"""
    address = at.new_user()
    token = log_in(at, address)["AccessToken"]
    settings = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        at.user.set_user_mfa_preference(AccessToken=token, **settings)

    answer = plain(at.user.associate_software_token(AccessToken=token))
    equal({"SecretCode"}, set(answer))
    secret = answer["SecretCode"]
    matches(r"[A-Z2-7]{52}", secret)
    code = totp(secret)
    with refused("EnableSoftwareTokenMFAException", "Code mismatch"):
        at.user.verify_software_token(AccessToken=token, UserCode=another(secret))
    named = {"FriendlyDeviceName": "phone"}
    answer = at.user.verify_software_token(AccessToken=token, UserCode=code, **named)
    equal({"Status": "SUCCESS"}, plain(answer))
    equal({}, plain(at.user.set_user_mfa_preference(AccessToken=token, **settings)))
    user = at.user.get_user(AccessToken=token)
    equal(([TOTP], TOTP), (user["UserMFASettingList"], user["PreferredMfaSetting"]))

    answer = at.log_in(address)
    equal({"ChallengeName", "ChallengeParameters", "Session"}, set(answer))
    parameters = answer["ChallengeParameters"]
    equal((TOTP, "phone"), (answer["ChallengeName"], parameters["FRIENDLY_DEVICE_NAME"]))
    name, session = parameters["USER_ID_FOR_SRP"], answer["Session"]
    with refused("CodeMismatchException", "Invalid code received for user"):
        respond(at, session, name, another(secret))
    with refused("ExpiredCodeException", "Your software token has already been used once."):
        respond(at, session, name, code)
    # The code of the next step is good already.
    answer = respond(at, session, name, totp(secret, steps=1))
    equal({"AuthenticationResult", "ChallengeParameters"}, set(answer))
    at.user.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])
    once = "Invalid session for the user, session can only be used once."
    with refused("NotAuthorizedException", once):
        respond(at, session, name, totp(secret, steps=1))


def lost_factor(at: Stack) -> None:
    """an administrator takes a software token off as documented; the next login goes without"""
    address = at.new_user()
    token = log_in(at, address)["AccessToken"]
    secret = at.user.associate_software_token(AccessToken=token)["SecretCode"]
    at.user.verify_software_token(AccessToken=token, UserCode=totp(secret))
    enabled = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    at.user.set_user_mfa_preference(AccessToken=token, **enabled)
    equal(TOTP, at.log_in(address)["ChallengeName"])
    user = {"UserPoolId": at.pool, "Username": address}
    written = {"ID": at.pool, "ada@example.com": address}
    equal({}, plain(run(at.admin, "AdminDeleteSoftwareToken", written)))
    told = at.admin.admin_get_user(**user)
    equal(set(), {"UserMFASettingList", "PreferredMfaSetting"} & set(told))
    log_in(at, address)


def session_of_another(at: Stack) -> None:
    """a session is for its user, and only one that was given out"""
    for session in ("x" * 20, "AYABe" + "x" * 600):
        with refused("NotAuthorizedException", "Invalid session for the user."):
            respond(at, session, at.new_user(), "000000")


def new_address(at: Stack) -> None:
    """update_user_attributes keeps the address until a code that the new mailbox got comes back"""
    address, new = at.new_user(), at.new_address()
    token = log_in(at, address)["AccessToken"]
    change = {"AccessToken": token, "UserAttributes": [{"Name": "email", "Value": new}]}
    details = plain(at.user.update_user_attributes(**change))["CodeDeliveryDetailsList"]
    equal(["w***@p***"], [it["Destination"] for it in details])
    with refused("NotAuthorizedException", "Incorrect username or password."):
        at.log_in(new)
    log_in(at, address)
    proof = {"AccessToken": token, "AttributeName": "email"}
    equal({}, plain(at.user.verify_user_attribute(**proof, Code=at.code(new))))
    log_in(at, new)
    with refused(*USED_CODE):
        at.user.verify_user_attribute(**proof, Code=at.code(new))


def delete(at: Stack) -> None:
    """delete_user answers with no byte, and the next account of the name is another one"""
    address = at.new_user()
    tokens = log_in(at, address)
    sub = at.verified(tokens["AccessToken"])["sub"]
    client: BaseClient = at.user
    answer = client.delete_user(AccessToken=tokens["AccessToken"])
    equal({}, plain(answer))
    equal("0", answer["ResponseMetadata"]["HTTPHeaders"]["content-length"])
    with refused("UserNotFoundException", "User does not exist."):
        client.get_user(AccessToken=tokens["AccessToken"])
    text = "The user has been deleted for the associated refresh token"
    with refused("NotAuthorizedException", text):
        refreshed(at, tokens["RefreshToken"])
    different(sub, at.sign_up(address)["UserSub"])


CHECKS: list[Callable[[Stack], None]] = [
    get_user,
    access_token_refused,
    refresh,
    refresh_refused,
    revoke,
    global_sign_out,
    forgot,
    forgot_unknown,
    change_password,
    second_factor,
    lost_factor,
    session_of_another,
    new_address,
    delete,
]


def log_in(at: Stack, name: str, password: str = PASSWORD) -> Json:
    return at.log_in(name, password)["AuthenticationResult"]


def refreshed(at: Stack, token: str) -> Json:
    secret = {"ClientId": at.client, "ClientSecret": at.secret}
    return at.user.get_tokens_from_refresh_token(**secret, RefreshToken=token)


def revoked(at: Stack, token: str) -> Json:
    return at.user.revoke_token(ClientId=at.client, ClientSecret=at.secret, Token=token)


def respond(at: Stack, session: str, name: str, code: str) -> Json:
    responses = {
        "USERNAME": name,
        "SECRET_HASH": at.hash_of(name),
        "SOFTWARE_TOKEN_MFA_CODE": code,
    }
    return plain(
        at.user.respond_to_auth_challenge(
            ClientId=at.client, ChallengeName=TOTP, Session=session, ChallengeResponses=responses
        )
    )


def totp(secret: str, steps: int = 0) -> str:
    """The code of RFC 6238 so many steps from now: SHA-1, six digits, 30 seconds."""
    key = b32decode(secret + "=" * (-len(secret) % 8))
    step = struct.pack(">Q", int(time.time()) // STEP_SECONDS + steps)
    mac = hmac.new(key, step, hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def another(secret: str) -> str:
    """Six digits that are no code of now or soon."""
    near = {totp(secret, steps) for steps in range(-2, 4)}
    return next(code for code in map("{:06}".format, range(10)) if code not in near)
