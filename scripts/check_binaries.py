"""Looks at the binaries that `sam build` left: can they run where Lambda runs them?

Prints for each function of .aws-sam/build its size, the newest GLIBC that it needs and its
processor. The ELF files are read here, not by binutils: those are not everywhere, and need not know
the other processor.

Usage: check_binaries.py x86_64|arm64     exits 1 if a binary could not run on provided.al2023
"""

import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".aws-sam" / "build"

# Amazon Linux 2023, which provided.al2023 is, has this glibc and, beside its parts, the libgcc_s of
# GCC. https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html
GLIBC = (2, 34)
LIBRARIES = {
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
}

# e_machine in the ELF header.
MACHINES = {62: "x86_64", 183: "arm64"}
# Types of sections and tags of the dynamic section.
SHT_DYNAMIC = 6
SHT_GNU_VERNEED = 0x6FFFFFFE
DT_NEEDED = 1


@dataclass
class Section:
    kind: int
    content: bytes
    link: int


def main() -> None:
    wanted = sys.argv[1]
    binaries = {path.parent.name: path for path in sorted(BUILD.glob("*/bootstrap"))}
    folders = [path.parent.name for path in ROOT.glob("functions/*/Cargo.toml")]
    faults = []
    if len(binaries) != len(folders):
        faults.append(f"{len(binaries)} binaries for {len(folders)} functions: {sorted(folders)}")
    for name, path in binaries.items():
        data = path.read_bytes()
        machine, libraries, versions = read(data)
        newest = max(versions, default=())
        glibc = dotted(newest) or "none"
        print(f"{name:24}{len(data) / 1e6:6.2f} MB   GLIBC {glibc:6} {machine}")
        if machine != wanted:
            faults.append(f"{name} is for {machine}, not for {wanted}")
        if newest > GLIBC:
            faults.append(f"{name} needs GLIBC {glibc}, provided.al2023 has {dotted(GLIBC)}")
        if unknown := libraries - LIBRARIES:
            faults.append(f"{name} needs libraries that provided.al2023 lacks: {sorted(unknown)}")
    for fault in faults:
        print(f"fault: {fault}", file=sys.stderr)
    sys.exit(bool(faults))


def read(data: bytes) -> tuple[str, set[str], set[tuple[int, ...]]]:
    """The processor, the names of the shared libraries and the versions of GLIBC asked for."""
    if data[:6] != b"\x7fELF\x02\x01":
        return "no 64-bit little-endian ELF", set(), set()
    (machine,) = struct.unpack_from("<H", data, 18)
    sections = list(section_table(data))
    libraries, versions = set(), set()
    for section in sections:
        if section.kind not in (SHT_DYNAMIC, SHT_GNU_VERNEED):
            continue
        names = sections[section.link].content
        if section.kind == SHT_DYNAMIC:
            entries = struct.iter_unpack("<qQ", section.content)
            libraries |= {text(names, value) for tag, value in entries if tag == DT_NEEDED}
        else:
            versions |= glibc_versions(section.content, names)
    return MACHINES.get(machine, f"machine {machine}"), libraries, versions


def section_table(data: bytes) -> Iterator[Section]:
    """The sections, see elf(5)."""
    (start,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    for number in range(count):
        _, kind, _, _, offset, length, link = struct.unpack_from(
            "<IIQQQQI", data, start + number * size
        )
        yield Section(kind, data[offset : offset + length], link)


def glibc_versions(table: bytes, names: bytes) -> set[tuple[int, ...]]:
    """Of .gnu.version_r: a list of libraries, for each a list of versions."""
    versions, library = set(), 0
    while True:
        _, _, _, first, following = struct.unpack_from("<HHIII", table, library)
        entry = library + first
        while True:
            _, _, _, name, following_version = struct.unpack_from("<IHHII", table, entry)
            if version := re.fullmatch(r"GLIBC_([0-9.]+)", text(names, name)):
                versions.add(tuple(map(int, version[1].split("."))))
            if not following_version:
                break
            entry += following_version
        if not following:
            return versions
        library += following


def dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def text(names: bytes, offset: int) -> str:
    return names[offset : names.index(b"\0", offset)].decode()


if __name__ == "__main__":
    main()
