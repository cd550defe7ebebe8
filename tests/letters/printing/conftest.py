"""A folder of its own for the print files of each test."""

import pytest


@pytest.fixture(autouse=True)
def print_folder(settings, tmp_path):
    settings.VAR = tmp_path
    return tmp_path / "print"
