"""The limits: of each method over all callers, and of each address."""

import json

from api import GATEWAY_HEADERS, PUBLIC, problem_faults
from firewall import MOST_CAPACITY, MOST_RATES, ORIGIN, STAGE, Request, capacity, matches
from stack import Faults, Json, Stack, difference, differences, headers_of

# The routes by which a single user could keep the whole service busy.
COSTLY = {("get", "/generate"), ("post", "/generate")}

# The routes that share Cognito's quota UserAccountRecovery: AWS never raises its 30 a second, of
# which 5 are left to the passwords that /confirm_user sets.
RECOVERY = {("post", f"/{it}_password") for it in ("forgot", "reset", "change")}
MOST_RECOVERIES = 25

# AWS WAF takes no other windows and no smaller limit; here all rules share one window, since the
# answer names one time to wait.
WINDOW = 600
SMALLEST_LIMIT = 10
EVERY = "everything"

# What a browser or another client sends, and whether the first rule blocks it.
ORIGINS = {
    Request(): False,
    Request(origin=ORIGIN): False,
    Request(origin=ORIGIN, sec_fetch_site="cross-site"): False,
    Request(sec_fetch_site="none"): False,
    Request(sec_fetch_site="same-origin"): False,
    Request(sec_fetch_site="cross-site"): True,
    Request(origin="null"): True,
    Request(origin=f"{ORIGIN}.evil.example"): True,
    Request(origin=f"{ORIGIN}:8443", sec_fetch_site="same-site"): True,
    Request("OPTIONS", origin="https://evil.example", sec_fetch_site="cross-site"): True,
}
# Headers of the gateway's own answers that one of AWS WAF cannot have, or that only the page needs.
UNLIKE = ("Access-Control-", "Content-Type")


def throttling(stack: Stack) -> Faults:
    """Every method is throttled, some of them more, within Cognito's quota; no body is logged"""
    stages = stack.of_type("AWS::ApiGateway::Stage")
    yield from differences("stages", {"ApiStage"}, set(stages))
    settings = {
        (it["HttpMethod"].lower(), it["ResourcePath"].replace("/~1", "/").replace("~1", "/")): it
        for it in stack.properties("ApiStage")["MethodSettings"]
    }
    general = ("*", "/*")
    wanted = {general, *PUBLIC, *COSTLY, *RECOVERY}
    yield from differences("throttled methods", wanted, set(settings))
    recoveries = sum(settings[it]["ThrottlingRateLimit"] for it in RECOVERY & settings.keys())
    if recoveries > MOST_RECOVERIES:
        yield f"{recoveries} new passwords a second, more than {MOST_RECOVERIES}"
    for route, setting in settings.items():
        yield from difference(
            f"DataTraceEnabled of {route}", False, setting.get("DataTraceEnabled")
        )
        yield from difference(f"LoggingLevel of {route}", "OFF", setting.get("LoggingLevel"))
        yield from difference(f"MetricsEnabled of {route}", False, setting.get("MetricsEnabled"))
        for limit in ("ThrottlingRateLimit", "ThrottlingBurstLimit"):
            most = settings[general][limit]
            if route != general and not 0 < setting[limit] < most:
                yield f"{limit} of {route} is not below {most}"


def firewall(stack: Stack) -> Faults:
    """AWS WAF stands before the stage, within its quotas, and keeps no samples of requests"""
    acl, association = stack.resources["Firewall"], stack.resources["FirewallOfApi"]
    for resource in (acl, association):
        yield from difference("condition", "HasWebAcl", resource.get("Condition"))
    parameter = stack.expanded["Parameters"]["WebAcl"]
    yield from difference("default of WebAcl", "true", parameter["Default"])
    if '${ApiStage}"' not in json.dumps(association["Properties"]["ResourceArn"]):
        yield "the firewall does not stand before the stage"
    properties, rules = acl["Properties"], rules_of(stack)
    yield from difference("default action", {"Allow": {}}, properties["DefaultAction"])
    rates = sum("RateBasedStatement" in rule["Statement"] for rule in rules)
    if rates > MOST_RATES:
        yield f"{rates} rules with a rate, AWS WAF takes {MOST_RATES}"
    if (units := sum(capacity(rule["Statement"]) for rule in rules)) > MOST_CAPACITY:
        yield f"{units} capacity units, a web ACL has {MOST_CAPACITY} before it costs more"
    for rule in (properties, *rules):
        # Samples hold the headers of requests, and so tokens.
        sampled = rule["VisibilityConfig"]["SampledRequestsEnabled"]
        yield from difference("SampledRequestsEnabled", False, sampled)


def foreign_pages(stack: Stack) -> Faults:
    """Pages of other origins are refused before any limit counts them, with a 403 of their own"""
    first, *_ = rules_of(stack)
    for request, blocked in ORIGINS.items():
        found = matches(first["Statement"], request)
        yield from difference(f"first rule for {request}", blocked, found)
    answer = first["Action"]["Block"]["CustomResponse"]
    yield from difference("status", 403, answer["ResponseCode"])
    bodies = stack.properties("Firewall")["CustomResponseBodies"]
    templates = {"application/json": bodies[answer["CustomResponseBodyKey"]]["Content"]}
    yield from problem_faults("a foreign page", 403, "origin_not_allowed", templates)
    found = {header["Name"]: f"'{header['Value']}'" for header in answer["ResponseHeaders"]}
    wanted = {it: value for it, value in GATEWAY_HEADERS.items() if not it.startswith(UNLIKE)}
    yield from difference("headers", wanted, found)
    alarm = stack.properties("FirewallBlocks")["Metrics"]
    ids = {rule_of(it): it["Id"] for it in alarm if "MetricStat" in it}
    expressions = [it["Expression"] for it in alarm if "Expression" in it]
    wanted = [f"{ids['ALL']} - FILL({ids[first['Name']]}, 0)"]
    yield from difference("what the alarm about blocks counts", wanted, expressions)


def limits_by_address(stack: Stack) -> Faults:
    """Every public route has a limit for each address in whatever way its path is written"""
    limits = {}
    for rule in rules_of(stack)[1:]:
        name, rate = rule["Name"], rule["Statement"]["RateBasedStatement"]
        yield from difference(f"action of {name}", {"Block": {}}, rule["Action"])
        yield from difference(f"key of {name}", "IP", rate["AggregateKeyType"])
        yield from difference(f"window of {name}", WINDOW, rate["EvaluationWindowSec"])
        limits[name] = rate["Limit"]
    for _, path in PUBLIC:
        own = path[1:].replace("_", "-").replace("/", "-")
        for spelling in spellings(path):
            found = counted(stack, Request("POST", spelling))
            yield from difference(f"rules for POST {spelling}", {own, EVERY}, found)
        for method, wanted in {"GET": {EVERY}, "OPTIONS": set()}.items():
            found = counted(stack, Request(method, f"/{STAGE}{path}"))
            yield from difference(f"rules for {method} {path}", wanted, found)
    for path in (f"/{STAGE}/generate", f"/{STAGE}/LOGIN", f"/{STAGE}/loginx", "/login"):
        yield from difference(f"rules for {path}", {EVERY}, counted(stack, Request("POST", path)))
    for name, limit in limits.items():
        if limit < SMALLEST_LIMIT or (name != EVERY and limit >= limits[EVERY]):
            yield f"{limit} is no limit for {name}"
    wait = stack.api["x-amazon-apigateway-gateway-responses"]["WAF_FILTERED"]
    wait = headers_of(wait["responseParameters"], "gatewayresponse.header.")["Retry-After"]
    yield from difference("wait of those blocked", f"'{WINDOW}'", wait)


def rule_of(metric: Json) -> str:
    dimensions = metric["MetricStat"]["Metric"]["Dimensions"]
    return next(it["Value"] for it in dimensions if it["Name"] == "Rule")


def spellings(path: str) -> list[str]:
    """A path in ways that API Gateway takes for the same route, or may."""
    encoded = f"%{ord(path[1]):02x}{path[2:]}"
    own = [path, f"{path}/", f"{path}//", f"/{path}", f"/{encoded}", f"/.{path}", f"/x/..{path}"]
    return [f"/{STAGE}{it}" for it in own]


def rules_of(stack: Stack) -> list[Json]:
    return sorted(stack.properties("Firewall")["Rules"], key=lambda rule: rule["Priority"])


def counted(stack: Stack, request: Request) -> set[str]:
    """The rules with a rate that count a request."""
    rates = {rule["Name"]: rule["Statement"]["RateBasedStatement"] for rule in rules_of(stack)[1:]}
    return {name for name, it in rates.items() if matches(it["ScopeDownStatement"], request)}
