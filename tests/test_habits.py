"""What docs/testing.md asks of every test, as far as its syntax tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import OWN_PACKAGES, ROOT

MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.glob("tests/**/*.py"))}
TESTS = {
    f"{path.relative_to(ROOT / 'tests')}::{node.name}": node
    for path, tree in MODULES.items()
    for node in ast.walk(tree)
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
}
# Helpers of tests that assert for them.
ASSERTING = {
    node.name
    for tree in MODULES.values()
    for node in ast.walk(tree)
    if isinstance(node, ast.FunctionDef) and any(isinstance(part, ast.Assert) for part in ast.walk(node))
}
# Here nodes of a real cluster hang or die, or a database stays locked, and time passes while they do.
TROUBLE_LASTS = ("search/test_faults.py", "foundation/test_worker.py::test_locked_database")
ASSERTING |= {"raises", "warns", "fail", "django_assert_num_queries", "django_assert_max_num_queries"}


def called(node: ast.AST) -> set[str]:
    """Return the names of functions and methods that are called."""
    calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return {func.attr if isinstance(func, ast.Attribute) else ast.unparse(func) for func in calls}


def is_about_status_alone(node: ast.expr) -> bool:
    """Tell whether an assertion says nothing but which status codes came; that none is an error (`<`) says more."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.In):
        return False
    left = node.left.elts if isinstance(node.left, ast.List | ast.Tuple | ast.Set) else [node.left]
    return all(isinstance(part, ast.Attribute) and part.attr == "status_code" for part in left)


def private_names(path: Path, tree: ast.AST) -> Iterator[str]:
    """Yield names with a leading underscore that a test takes from our packages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OWN_PACKAGES - {"tests"}:
            yield from (f"{path}:{node.lineno} {alias.name}" for alias in node.names if alias.name[0] == "_")
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".setattr", ".delattr")):
            words = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
            private = [word for word in words if str(word).split(".")[-1].startswith("_")]
            yield from (f"{path}:{node.lineno} {word}" for word in private)


def says_enough(test: ast.AST) -> bool:
    assertions = [node.test for node in ast.walk(test) if isinstance(node, ast.Assert)]
    return not all(map(is_about_status_alone, assertions)) or bool(called(test) & ASSERTING)


def test_tests_assert_more_than_a_status_code():
    assert [name for name, test in TESTS.items() if not says_enough(test)] == []


def test_tests_expect_errors_by_their_names():
    calls = [node for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    expected = [ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "pytest.raises"]
    assert len(expected) > 0
    assert [name for name in expected if name in ("Exception", "BaseException")] == []


def test_tests_take_no_private_name_of_ours():
    assert [name for path, tree in MODULES.items() for name in private_names(path, tree)] == []


def test_tests_wait_for_events_instead_of_sleeping():
    sleeping = [name for name, test in TESTS.items() if "sleep" in called(test)]
    assert [name for name in sleeping if not name.startswith(TROUBLE_LASTS)] == []


def test_tests_that_commit_leave_the_first_rows_to_those_after_them():
    """Without `serialized_rollback` PostgreSQL gets content types anew, and the next test that restores them fails."""
    marks = [
        {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".django_db")
    ]
    committing = [mark for mark in marks if mark.get("transaction") == "True"]
    assert len(committing) > 0
    assert [mark for mark in committing if mark.get("serialized_rollback") != "True"] == []


def test_these_checks_find_what_they_forbid():
    tests = ast.parse(
        "def test_a(client):\n    assert client.get('/').status_code == 200\n"
        "def test_b(client):\n    client.get('/')\n"
        "def test_c(client):\n    assert client.get('/').content == b''\n"
        "def test_d(client):\n    assert [client.get('/').status_code, client.post('/').status_code] == [403, 403]\n"
    ).body
    assert [says_enough(test) for test in tests] == [False, False, True, False]
    private = ast.parse("from search.engines import _read\nmonkeypatch.setattr('search.outbox._settle', x)\n")
    assert list(private_names(Path("x.py"), private)) == ["x.py:1 _read", "x.py:2 search.outbox._settle"]
