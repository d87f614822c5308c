"""Writes template.yaml as CloudFormation gets it after the SAM transform, for what reads only that.

Usage: translate.py FILE
"""

import json
import sys
from pathlib import Path

from stack import TEMPLATE, expand, read

if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(expand(read(TEMPLATE)), indent=1), encoding="utf-8")
