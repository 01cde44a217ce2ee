"""The import contracts hold; the same check that CI runs as a command."""

from importlinter import cli


def test_import_contracts_hold() -> None:
    assert cli.lint_imports(no_cache=True) == cli.EXIT_STATUS_SUCCESS
