"""What is locked runs on aarch64 as well: each compiled package has a wheel there, by its hash."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest

from tests.conftest import ROOT

PIN = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ]+).*\n(?P<hashes>(?: +--hash=.*\n)+)", re.MULTILINE
)
PINS = {
    pin["name"]: pin
    for pin in PIN.finditer((ROOT / "requirements/production.txt").read_text(encoding="utf-8"))
}
WHEELS = dict(
    line.split() for line in (ROOT / "requirements/aarch64.txt").read_text(encoding="utf-8").splitlines()
)
MAX_GLIBC_MINOR = 28


def is_compiled(name: str) -> bool:
    try:
        return "-any" not in (distribution(name).read_text("WHEEL") or "-any")
    except PackageNotFoundError:  # for another system
        return False


def name_of(wheel: str) -> str:
    return wheel.split("-")[0].replace("_", "-")


def test_each_compiled_package_has_a_wheel_for_aarch64():
    compiled = {name for name in PINS if is_compiled(name)}
    assert compiled - {name_of(wheel) for wheel in WHEELS} == set()
    assert "lxml" in compiled


@pytest.mark.parametrize("wheel", WHEELS)
def test_wheel_for_aarch64_is_the_locked_one(wheel):
    pin = PINS[name_of(wheel)]
    assert wheel.split("-")[1] == pin["version"]
    assert WHEELS[wheel] in pin["hashes"]


@pytest.mark.parametrize("wheel", WHEELS)
def test_wheel_for_aarch64_runs_on_an_old_system(wheel):
    minors = [int(minor) for minor in re.findall(r"manylinux_2_(\d+)_aarch64", wheel)]
    assert min(minors) <= MAX_GLIBC_MINOR
