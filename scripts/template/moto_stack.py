"""Creates the translated template as a stack in moto, as far as moto knows its types.

It finds references, conditions and functions of CloudFormation that do not come out, and properties
that the services refuse as moto copies them. moto lives in this process, on 127.0.0.1, and is gone
with it.

Usage: moto_stack.py TEMPLATE.json     exits 1 if the stack is not what it should be
"""

import contextlib
import io
import json
import logging
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from moto.cloudformation.parsing import get_model_map
from moto.server import ThreadedMotoServer

STACK = "passmint"
# Every condition of the template holds with these.
PARAMETERS = {
    "AllowedOrigin": "https://app.example",
    "AlarmEmail": "ops@example.com",
    "MailFrom": "passmint@example.com",
    "MailIdentityArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com",
    "ReservedConcurrency": "5",
}
# What moto cannot create. What refers to one of these gets a text instead. (A deployment it knows,
# but not the Body of an API, without which there is nothing to deploy.)
WITHOUT_METHODS = "AWS::ApiGateway::Deployment"
UNKNOWN = {
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACL",
    "AWS::WAFv2::WebACLAssociation",
}

Json = Any


def main() -> int:
    template = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    types = {resource["Type"] for resource in template["Resources"].values()}
    unknown = {kind for kind in types if kind not in get_model_map()}
    print("unknown to moto:", *sorted(unknown))
    if unknown != UNKNOWN:
        print(f"that should be: {' '.join(sorted(UNKNOWN))}")
        return 1
    with moto() as client:
        faults = [*create(client, without(template, unknown | {WITHOUT_METHODS}))]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def create(client: Any, template: Json) -> Iterator[str]:
    """Creates the stack, looks at what is there, and deletes it."""
    store_code(client("s3"))
    formation = client("cloudformation")
    parameters = [{"ParameterKey": it, "ParameterValue": value} for it, value in PARAMETERS.items()]
    formation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(template),
        Parameters=parameters,
        Capabilities=["CAPABILITY_IAM"],
    )
    (stack,) = formation.describe_stacks(StackName=STACK)["Stacks"]
    if stack["StackStatus"] != "CREATE_COMPLETE":
        yield f"{stack['StackStatus']}: {stack.get('StackStatusReason')}"
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    found = {it["LogicalResourceId"] for page in pages for it in page["StackResourceSummaries"]}
    if missing := template["Resources"].keys() - found:
        yield f"not created: {sorted(missing)}"
    print(f"{len(found)} resources created")
    outputs = {it["OutputKey"] for it in stack["Outputs"]}
    if missing := template["Outputs"].keys() - outputs:
        yield f"no outputs {sorted(missing)}"
    yield from log_faults(client("logs"))
    formation.delete_stack(StackName=STACK)
    if formation.describe_stacks()["Stacks"]:
        yield "the stack cannot be deleted"


def log_faults(logs: Any) -> Iterator[str]:
    """The key's policy knows log groups by the name of the stack, with which theirs begin."""
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        if not name.startswith((f"{STACK}-", f"aws-waf-logs-{STACK}-")):
            yield f"the key is not for the log group {name}"
        if not group.get("retentionInDays"):
            yield f"{name} keeps its lines for ever"


def store_code(s3: Any) -> None:
    """Puts an archive where the translation says that the code of the functions is."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("bootstrap", "")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=archive.getvalue())


def without(template: Json, types: set[str]) -> Json:
    """The template without resources of these types; a text stands for what refers to them."""
    resources: Json = template["Resources"]
    gone = {name for name, resource in resources.items() if resource["Type"] in types}

    def replaced(value: Json) -> Json:
        match value:
            case {"Ref": name} if name in gone:
                return name
            case {"Fn::GetAtt": [name, attribute]} if name in gone:
                return f"arn:aws:gone:us-east-1:123456789012:{name}/{attribute}"
            case {"Fn::Sub": str(text)}:
                for name in gone:
                    text = text.replace(f"${{{name}}}", name).replace(f"${{{name}.", f"{name}${{!")
                return {"Fn::Sub": text}
            case dict():
                return {name: replaced(member) for name, member in value.items()}
            case list():
                return [replaced(member) for member in value]
        return value

    kept = {name: it for name, it in resources.items() if name not in gone}
    return replaced({**template, "Resources": kept})


@contextlib.contextmanager
def moto() -> Iterator[Any]:
    """moto's server, and what makes a client of one of its services."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ[name] = "moto"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        yield lambda service: boto3.client(service, "us-east-1", endpoint_url=url)
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
