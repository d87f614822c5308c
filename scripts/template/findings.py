"""Runs a scanner of templates, and fails on each finding that the template does not explain.

What a scanner may find stands under Metadata in template.yaml, with the reason. A reason that no
finding needs any more is a failure too.

Usage: findings.py checkov TEMPLATE | cdk-nag TEMPLATE
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from stack import ROOT, TEMPLATE, Json, read

CDK_NAG = ROOT / "scripts" / "cdk_nag" / "main.js"

# A finding: the rule, and the type and name of the resource.
Finding = tuple[str, str, str]


def main() -> int:
    scanner, template = sys.argv[1], Path(sys.argv[2])
    resources = read(template)["Resources"]
    found = {
        (rule, resources[name]["Type"], name)
        for rule, name in {"checkov": checkov, "cdk-nag": cdk_nag}[scanner](template)
    }
    accepted = read(TEMPLATE)["Metadata"]["AcceptedFindings"][scanner]
    types = {resource["Type"] for resource in resources.values()}
    faults = [*judge(found, accepted, types)]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(found)} findings, all of them explained" if not faults else "not in order")
    return 1 if faults else 0


def judge(found: set[Finding], accepted: list[Json], types: set[str]) -> list[str]:
    """What is found without a reason, and each reason without a finding."""
    reasons = {(it["Rule"], kind) for it in accepted for kind in it["Types"] if kind in types}
    without_text = [f"{it['Rule']} has no reason" for it in accepted if not it.get("Reason")]
    new = [f"{rule} on {name}" for rule, kind, name in sorted(found) if (rule, kind) not in reasons]
    needed = {(rule, kind) for rule, kind, _ in found}
    old = [f"{rule} on {kind} is not found any more" for rule, kind in sorted(reasons - needed)]
    return without_text + new + old


def checkov(template: Path) -> list[tuple[str, str]]:
    """What checkov's own rules find, without its platform."""
    options = ["--framework", "cloudformation", "--skip-download", "--compact", "--output", "json"]
    report = json.loads(run(["checkov", *options, "--file", str(template)], failing=1))
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        sys.exit(f"checkov could not read it: {report['summary']}")
    failed = report["results"]["failed_checks"]
    return [(it["check_id"], it["resource"].rpartition(".")[2]) for it in failed]


def cdk_nag(template: Path) -> list[tuple[str, str]]:
    """What the rules of AWS Solutions find."""
    report = json.loads(run(["node", str(CDK_NAG), str(template)]))
    return [(re.sub(r"^AwsSolutions-", "", it["rule"]), it["resource"]) for it in report]


def run(command: list[str], failing: int = 0) -> str:
    """The output of a command; `failing` is the status by which it says that it found something."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, failing):
        sys.exit(f"{command[0]}: {done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
