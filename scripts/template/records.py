"""What is kept of requests: logs, traces and metrics, and the alarms over them."""

import json
import re

from functions import ENVIRONMENTS
from stack import ROOT, Faults, Json, Stack, difference, differences

KEY = {"Fn::GetAtt": ["Key", "Arn"]}
RETENTION = {"AccessLog": "AccessLogDays", "FirewallLog": "AccessLogDays"} | {
    f"{name.removesuffix('Function')}LogGroup": "FunctionLogDays" for name in ENVIRONMENTS
}
# What the deletion of the stack, or a replacement, must not take with it.
KEPT = {"UserPool", "Key", "ApiGatewayAccount", "ApiGatewayRole", *RETENTION}
# Nor may a first deployment that fails: the pool's deletion protection would make the way back
# fail, and the account's settings would go on naming a role that is gone.
ALWAYS_KEPT = {"UserPool", "ApiGatewayRole"}

# What a line of the access log may hold: nothing that a client wrote (but the id of the request and
# the method), and no message of API Gateway, some of which repeat the Authorization header.
LOGGED = {
    "authorizer.error",
    "authorizer.latency",
    "authorizer.status",
    "error.responseType",
    "extendedRequestId",
    "httpMethod",
    "identity.sourceIp",
    "integration.integrationStatus",
    "integration.latency",
    "integration.requestId",
    "integration.status",
    "requestId",
    "requestTime",
    "resourcePath",
    "responseLatency",
    "responseLength",
    "status",
    "waf.latency",
    "waf.status",
    "wafResponseCode",
    "xrayTraceId",
}
REDACTED = [
    {"SingleHeader": {"Name": "authorization"}},
    {"SingleHeader": {"Name": "cookie"}},
    {"QueryString": {}},
    {"UriPath": {}},
]

# Where the code names its metrics, and what an alarm may be about besides.
METRICS = ROOT / "crates" / "lambda" / "src" / "metrics.rs"
SAMCONFIG = ROOT / "samconfig.toml"
NAMESPACE = "Passmint"
OF_AWS = {
    "AWS/ApiGateway": {"4XXError", "5XXError", "Latency"},
    "AWS/Lambda": {"Errors", "Throttles", "Duration", "ConcurrentExecutions"},
    "AWS/WAFV2": {"BlockedRequests"},
}
OURS = {
    "LoginFail",
    "Lockout",
    "PasswordChangeFail",
    "PasswordNotSet",
    "Throttled",
    "DependencyError",
    "RegisterDuplicate",
}
FEWEST_ALARMS = 12
ALARM = "AWS::CloudWatch::Alarm"


def log_groups(stack: Stack) -> Faults:
    """Every log group is encrypted with the key of the stack and ends its lines after a time"""
    found = stack.of_type("AWS::Logs::LogGroup")
    yield from differences("log groups", set(RETENTION), set(found))
    for name in RETENTION.keys() & found.keys():
        properties = stack.properties(name)
        days = {"Ref": RETENTION[name]}
        yield from difference(f"retention of {name}", days, properties.get("RetentionInDays"))
        yield from difference(f"key of {name}", KEY, properties.get("KmsKeyId"))


def kept(stack: Stack) -> Faults:
    """What cannot be made again outlives the stack, and pool and role a failed first deployment"""
    resources = stack.resources.items()
    policies = {name: it["DeletionPolicy"] for name, it in resources if "DeletionPolicy" in it}
    wanted = dict.fromkeys(KEPT, "RetainExceptOnCreate") | dict.fromkeys(ALWAYS_KEPT, "Retain")
    yield from difference("DeletionPolicy", wanted, policies)
    found = {name for name, it in resources if it.get("UpdateReplacePolicy") == "Retain"}
    yield from differences("UpdateReplacePolicy", KEPT, found)


def key(stack: Stack) -> Faults:
    """The key is replaced every year, and the alarms' topic uses it"""
    yield from difference("rotation", True, stack.properties("Key").get("EnableKeyRotation"))
    topic = stack.properties("AlarmTopic")
    yield from difference("key of the topic", {"Ref": "Key"}, topic.get("KmsMasterKeyId"))


def access_log(stack: Stack) -> Faults:
    """The access log holds nothing that a client wrote, and cannot be missing"""
    stage = stack.properties("ApiStage")
    setting = stage["AccessLogSetting"]
    group = {"Fn::GetAtt": ["AccessLog", "Arn"]}
    yield from difference("destination", group, setting["DestinationArn"])
    values = json.loads(setting["Format"]).values()
    yield from differences("fields", LOGGED, {value.removeprefix("$context.") for value in values})
    if '{"Ref": "ApiGatewayAccount"}' not in json.dumps(stage.get("Variables")):
        yield "the stage does not wait for the role that writes the log"
    account = stack.resources["ApiGatewayAccount"]
    yield from difference("what the account waits for", "Api", account.get("DependsOn"))
    yield from difference("tracing of the API", True, stage.get("TracingEnabled"))


def firewall_log(stack: Stack) -> Faults:
    """AWS WAF logs what it blocks, and no header with a secret, no query and no path of it"""
    resource = stack.resources["FirewallLogging"]
    for name in ("FirewallLogging", "FirewallLog"):
        yield from difference("condition", "HasWebAcl", stack.resources[name].get("Condition"))
    properties = resource["Properties"]
    if not json.dumps(properties["LogDestinationConfigs"]).endswith(':log-group:${FirewallLog}"}]'):
        yield "AWS WAF does not write to the log group of the stack"
    yield from difference("redacted", REDACTED, properties["RedactedFields"])
    yield from difference("default", "DROP", properties["LoggingFilter"]["DefaultBehavior"])
    name = stack.properties("FirewallLog")["LogGroupName"]["Fn::Sub"][0]
    if not name.startswith("aws-waf-logs-${AWS::StackName}-"):
        yield f"AWS WAF writes to no log group called {name}"


def alarms(stack: Stack) -> Faults:
    """Every alarm says what it means, tells the topic, and is about a metric that exists"""
    found = stack.of_type(ALARM)
    if len(found) < FEWEST_ALARMS:
        yield f"{len(found)} alarms, fewer than {FEWEST_ALARMS}"
    ours, of_aws = set(), set()
    for name in found:
        properties = stack.properties(name)
        actions = properties.get("AlarmActions")
        yield from difference(f"actions of {name}", [{"Ref": "AlarmTopic"}], actions)
        missing = properties.get("TreatMissingData")
        yield from difference(f"silence of {name}", "notBreaching", missing)
        if not properties.get("AlarmDescription"):
            yield f"{name} has no description"
        for metric in metrics_of(properties):
            space, what = metric["Namespace"], metric["MetricName"]
            (ours if space == NAMESPACE else of_aws).add((space, what))
            yield from dimension_faults(stack, name, metric)
    yield from differences("our metrics", {(NAMESPACE, it) for it in OURS}, ours)
    every = {(space, it) for space, names in OF_AWS.items() for it in names}
    yield from differences("metrics of AWS", every, of_aws)


def dimension_faults(stack: Stack, name: str, metric: Json) -> Faults:
    """An alarm on dimensions that nothing has is silent for ever."""
    found = {it["Name"]: it["Value"] for it in metric["Dimensions"]}
    functions = [{"Ref": function} for function in ENVIRONMENTS]
    match metric["Namespace"]:
        case "AWS/ApiGateway":
            api = stack.properties("Api")
            wanted = {"ApiName": api["Name"], "Stage": stack.properties("ApiStage")["StageName"]}
        case "AWS/Lambda":
            wanted = {"FunctionName": found.get("FunctionName")}
            if wanted["FunctionName"] not in functions:
                yield f"{name}: no function {wanted['FunctionName']}"
        case "AWS/WAFV2":
            firewall = stack.properties("Firewall")
            rules = {it["VisibilityConfig"]["MetricName"] for it in firewall["Rules"]} | {"ALL"}
            acl = firewall["VisibilityConfig"]["MetricName"]
            wanted = {"WebACL": acl, "Rule": found.get("Rule"), "Region": {"Ref": "AWS::Region"}}
            if wanted["Rule"] not in rules:
                yield f"{name}: no rule {wanted['Rule']}"
        case _:
            wanted = {"function_name": found.get("function_name"), "service": "passmint"}
            if wanted["function_name"] not in functions:
                yield f"{name}: no function {wanted['function_name']}"
    yield from difference(f"dimensions of {name}", wanted, found)


def every_function(stack: Stack) -> Faults:
    """No function is left out of the alarms about errors, throttles, duration and concurrency"""
    wanted = {(what, name) for what in OF_AWS["AWS/Lambda"] for name in ENVIRONMENTS}
    found = set()
    for name in stack.of_type(ALARM):
        for metric in metrics_of(stack.properties(name)):
            if metric["Namespace"] == "AWS/Lambda":
                found.add((metric["MetricName"], metric["Dimensions"][0]["Value"]["Ref"]))
    yield from differences("functions with alarms", wanted, found)
    slowest = stack.properties("FunctionDuration")["Threshold"]
    for name in ENVIRONMENTS:
        limit = stack.properties(name)["Timeout"] * 800
        yield from difference(f"80 % of the time-out of {name} in ms", limit, slowest)


def metrics_in_the_code(stack: Stack) -> Faults:
    """The code counts what the alarms are about, under the same names"""
    if not METRICS.is_file():
        yield f"{METRICS.relative_to(ROOT)} is missing"
        return
    code = re.sub(r"^\s*//.*$", "", METRICS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = set(re.findall(r'"(\w+)"', code))
    metrics = [it for name in stack.of_type(ALARM) for it in metrics_of(stack.properties(name))]
    wanted = {it["MetricName"] for it in metrics if it["Namespace"] == NAMESPACE} | {NAMESPACE}
    yield from differences("names in the code", wanted, named & wanted)


def in_the_runbook(stack: Stack) -> Faults:
    """docs/operations.md explains every alarm, and has the price of what costs by the month"""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = stack.of_type(ALARM)
    watching = text.partition("## Watching it")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?`) \|", watching, re.MULTILINE)
    yield from differences("alarms", set(found), set(re.findall(r"\w+", " ".join(rows))))
    of = {name: len(metrics_of(stack.properties(name))) for name in found}
    reserved = of.pop("FunctionConcurrency")
    metrics = sum(of.values())
    rules = len(stack.properties("Firewall")["Rules"])
    for row in (
        f"| AWS WAF: the web ACL and its {rules} rules | {5 + rules:.2f} |",
        f"| alarms: {len(of)} about {metrics} metrics | {metrics / 10:.2f} |",
        f"one more alarm, about {reserved} metrics | {reserved / 10:.2f} |",
        f"`WebAcl=false`, one alarm about {of['FirewallBlocks']} metrics less",
        f"`false` saves some {5 + rules} USD a month",
    ):
        if row not in text:
            yield f"not there: {row}"
    if f"costs some {5 + rules} USD a month" not in SAMCONFIG.read_text(encoding="utf-8"):
        yield f"samconfig.toml: AWS WAF costs some {5 + rules} USD a month"


def metrics_of(alarm: Json) -> list[Json]:
    """The metrics of an alarm: its own one, or those that its expression takes."""
    if "Metrics" not in alarm:
        return [alarm]
    return [it["MetricStat"]["Metric"] for it in alarm["Metrics"] if "MetricStat" in it]
