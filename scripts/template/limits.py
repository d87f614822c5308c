"""The limits: of each method over all callers, and of each address."""

import json

from api import PUBLIC
from stack import Faults, Stack, difference, differences, headers_of

# AWS WAF takes no other windows and no smaller limit; here all rules share one window, since the
# answer names one time to wait.
WINDOW = 600
SMALLEST_LIMIT = 10


def throttling(stack: Stack) -> Faults:
    """Every method is throttled, the public ones more; no body is ever logged"""
    stages = stack.of_type("AWS::ApiGateway::Stage")
    yield from differences("stages", {"ApiStage"}, set(stages))
    settings = {
        (it["HttpMethod"].lower(), it["ResourcePath"].replace("/~1", "/").replace("~1", "/")): it
        for it in stack.properties("ApiStage")["MethodSettings"]
    }
    general = ("*", "/*")
    yield from differences("throttled methods", {general, *PUBLIC}, set(settings))
    for route, setting in settings.items():
        yield from difference(
            f"DataTraceEnabled of {route}", False, setting.get("DataTraceEnabled")
        )
        yield from difference(f"LoggingLevel of {route}", "OFF", setting.get("LoggingLevel"))
        yield from difference(f"MetricsEnabled of {route}", True, setting.get("MetricsEnabled"))
        for limit in ("ThrottlingRateLimit", "ThrottlingBurstLimit"):
            most = settings[general][limit]
            if route != general and not 0 < setting[limit] < most:
                yield f"{limit} of {route} is not below {most}"


def firewall(stack: Stack) -> Faults:
    """Every address has a limit for each public route, and a wider one for all routes"""
    acl, association = stack.resources["Firewall"], stack.resources["FirewallOfApi"]
    for resource in (acl, association):
        yield from difference("condition", "HasWebAcl", resource.get("Condition"))
    parameter = stack.expanded["Parameters"]["WebAcl"]
    yield from difference("default of WebAcl", "true", parameter["Default"])
    if '${ApiStage}"' not in json.dumps(association["Properties"]["ResourceArn"]):
        yield "the firewall does not stand before the stage"
    properties = acl["Properties"]
    yield from difference("default action", {"Allow": {}}, properties["DefaultAction"])
    preflight, *rules = sorted(properties["Rules"], key=lambda rule: rule["Priority"])
    yield from difference("action of preflights", {"Allow": {}}, preflight["Action"])
    limits = {}
    for rule in rules:
        name, rate = rule["Name"], rule["Statement"]["RateBasedStatement"]
        yield from difference(f"action of {name}", {"Block": {}}, rule["Action"])
        yield from difference(f"key of {name}", "IP", rate["AggregateKeyType"])
        yield from difference(f"window of {name}", WINDOW, rate["EvaluationWindowSec"])
        match = rate.get("ScopeDownStatement", {}).get("ByteMatchStatement", {})
        path = match.get("SearchString", {"Fn::Sub": "/${Stage}"})["Fn::Sub"]
        limits[path.removeprefix("/${Stage}")] = rate["Limit"]
    yield from differences("limited paths", {"", *(path for _, path in PUBLIC)}, set(limits))
    for path, limit in limits.items():
        if limit < SMALLEST_LIMIT or (path and limit >= limits[""]):
            yield f"{limit} is no limit for {path}"
    for rule in (properties, preflight, *rules):
        # Samples hold the headers of requests, and so tokens.
        sampled = rule["VisibilityConfig"]["SampledRequestsEnabled"]
        yield from difference("SampledRequestsEnabled", False, sampled)
    wait = stack.api["x-amazon-apigateway-gateway-responses"]["WAF_FILTERED"]
    wait = headers_of(wait["responseParameters"], "gatewayresponse.header.")["Retry-After"]
    yield from difference("wait of those blocked", f"'{WINDOW}'", wait)
