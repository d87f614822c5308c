"""How long Python takes for a password of 20 characters, in nanoseconds."""

import random
import secrets
import statistics
import string
import time

LENGTH = 20
# As in the default request: 88 characters, 19 of the symbols count.
SYMBOLS = "!@#$%^&*()_+-=[]{};:,.<>?|"
COUNTED = frozenset("!@#$%^&*(),.?:{}|<>")
ALPHABET = string.ascii_letters + string.digits + SYMBOLS


def until_all_classes() -> str:
    """The recipe in the documentation of `secrets`."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if (
            any(character.islower() for character in password)
            and any(character.isupper() for character in password)
            and any(character.isdigit() for character in password)
            and not COUNTED.isdisjoint(password)
        ):
            return password


def place_fill_shuffle() -> str:
    """What many tutorials do: it is not uniform."""
    classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SYMBOLS)
    password = [secrets.choice(characters) for characters in classes]
    password += [secrets.choice(ALPHABET) for _ in range(LENGTH - len(password))]
    random.SystemRandom().shuffle(password)
    return "".join(password)


def median(make, batches: int = 200, size: int = 50) -> float:
    """The median of batches that are so short that most are not interrupted."""

    def batch() -> float:
        start = time.perf_counter_ns()
        for _ in range(size):
            make()
        return (time.perf_counter_ns() - start) / size

    return statistics.median(batch() for _ in range(batches))


print(f"Python, secrets until all classes\t{median(until_all_classes):.0f}")
print(f"Python, place, fill and shuffle\t{median(place_fill_shuffle):.0f}")
