"""The public API: small, lazy, documented."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pix_mailmerge


@pytest.mark.parametrize("name", [name for name in pix_mailmerge.__all__ if name != "__version__"])
def test_each_public_name_loads_and_says_what_it_is(name):
    assert (getattr(pix_mailmerge, name).__doc__ or "").strip() or issubclass(
        getattr(pix_mailmerge, name), pix_mailmerge.PixMailMergeError
    )


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing"):
        _ = pix_mailmerge.nothing


def test_importing_the_package_imports_nothing_heavy():
    script = "import sys, pix_mailmerge; print(sorted({'docxtpl', 'lxml', 'openpyxl', 'typer'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.strip() == "[]"


def test_the_command_line_starts_without_the_libraries_of_the_work():
    script = (
        "import sys, pix_mailmerge.cli as cli; cli.exit_code(['--version']);"
        "print(sorted({'docxtpl', 'lxml', 'openpyxl', 'PIL', 'rich', 'babel'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout.endswith("[]\n")
