"""Write aarch64.txt: of each locked distribution with compiled parts, the wheel for Linux on aarch64 and its hash.

A wheel must run on glibc 2.28 (Kylin V10, UOS 20) and Python 3.11; where there is none, pip says which and it fails.
`requirements/compile` runs it; the environment must have all of production.txt installed.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

HERE = Path(__file__).resolve().parent
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==[^ ]+.*\n(?: +--hash=.*\n)+", re.MULTILINE)
PLATFORMS = [f"manylinux{tag}_aarch64" for tag in ("_2_28", "_2_27", "_2_26", "_2_24", "_2_17", "2014")]


def is_compiled(name: str) -> bool:
    try:
        return "-any" not in (distribution(name).read_text("WHEEL") or "-any")
    except PackageNotFoundError:
        return False


def main() -> None:
    locked = (HERE / "production.txt").read_text(encoding="utf-8")
    pins = [pin[0] for pin in PIN.finditer(locked) if is_compiled(pin[1])]
    with tempfile.TemporaryDirectory() as folder:
        compiled, wheels = Path(folder, "compiled.txt"), Path(folder, "wheels")
        compiled.write_text("".join(pins), encoding="utf-8")
        options = [
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
            "--python-version=3.11",
            f"--dest={wheels}",
        ]
        options += [f"--abi={abi}" for abi in ("cp311", "abi3", "none")]
        options += [f"--platform={platform}" for platform in PLATFORMS]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
        subprocess.run([*pip, *options, "--requirement", str(compiled)], check=True)
        lines = [
            f"{wheel.name} sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
            for wheel in sorted(wheels.iterdir())
        ]
    (HERE / "aarch64.txt").write_text("".join(lines), encoding="utf-8")


main()
