"""Asserts on template.yaml what no linter knows: who may call what, and what may not leak.

The template is expanded as CloudFormation would do it (samtranslator, offline) and the result is
checked: the OpenAPI body of the API, the functions and their roles, the user pool, logs and alarms.

Usage: python scripts/template [TEMPLATE]     exits 1 if anything does not hold
"""

import sys
from collections.abc import Callable
from pathlib import Path

import accounts
import api
import functions
import interface
import limits
import records
from stack import TEMPLATE, Faults, Stack

CHECKS: list[Callable[[Stack], Faults]] = [
    api.swagger,
    api.the_routes,
    api.security,
    api.authorizer,
    api.preflights,
    api.models,
    api.gateway_responses,
    api.no_wildcard,
    limits.throttling,
    limits.firewall,
    limits.foreign_pages,
    limits.limits_by_address,
    functions.functions,
    functions.roles,
    functions.wildcards,
    functions.permissions,
    accounts.user_pool,
    accounts.user_pool_client,
    records.log_groups,
    records.kept,
    records.key,
    records.access_log,
    records.firewall_log,
    records.alarms,
    records.every_function,
    records.metrics_in_the_code,
    records.in_the_runbook,
    interface.parameters,
    interface.patterns,
    interface.mail_rule,
    interface.no_secret,
    interface.outputs,
]


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else TEMPLATE
    stack = Stack(path)
    failed = 0
    for check in CHECKS:
        faults = list(check(stack))
        failed += bool(faults)
        print("FAILED" if faults else "ok    ", (check.__doc__ or check.__name__).strip())
        for fault in faults:
            print("      ", fault)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
