"""The commands as typed: right, wrong, and ended by Ctrl-C."""

import ast
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from importlib import metadata
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import ManagementUtility, get_commands, load_command_class

from backend.config.environment import ROOT
from tests.jobs.conftest import start


def typed(*arguments: str, **extra: str) -> tuple[int, str]:
    process = start(*arguments, **extra)
    output, _nothing = process.communicate(timeout=90)
    return process.returncode, output


def test_a_wrong_port_says_what_is_wanted(django_db_setup):
    assert "'99999' is not a port; want a number from 1 to 65535" in typed("up", "--port", "99999")[1]


def test_a_port_in_use_says_what_to_do(django_db_setup):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        status, output = typed("up", "--port", str(port))

    assert (status, f"Port {port} of 127.0.0.1 is in use" in output) == (1, True)
    assert f"choose another: --port {port + 1}" in output


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("up --host nowhere.invalid", "nowhere.invalid is no address of this machine; 127.0.0.1 is for"),
        ("web --workers 0", "'0' is not how many; want a number from 1 to 256"),
        ("bench door --rounds 0", "'0' is no number to measure with; want 1 or more"),
        ("draw referral --to /proc/none/referral.svg", "/proc/none/referral.svg cannot be written: "),
        (
            "check referral",
            "No installed app with label 'referral'. Leave it out: every definition is checked.",
        ),
        ("walk nothing", "There is no workflow 'nothing'; there are: "),
        ("decide nothing", "nothing is not a file; name a table such as policies/staff.decisions.yaml."),
        ("nothing", "Unknown command: 'nothing'"),
    ],
)
def test_a_mistake_in_a_command_says_what_is_wanted_without_a_traceback(capsys, command, message):
    with pytest.raises(SystemExit) as ended:
        ManagementUtility(["tsunagu", *command.split()]).execute()

    assert ended.value.code in (1, 2)
    assert message in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_said_in_one_line():
    away = "postgresql://office@127.0.0.1:1/office"

    status, output = typed("verify", DATABASE_URL=away)

    assert (status, len(output.splitlines())) == (1, 1)
    assert output.startswith("tsunagu: PostgreSQL does not answer; check DATABASE_URL")


def test_preparing_without_the_owners_address_says_what_to_set():
    away = "postgresql://office@127.0.0.1:1/office"

    status, output = typed("prepare", DATABASE_URL=away, DATABASE_OWNER_URL="")

    assert (status, "CommandError: DATABASE_OWNER_URL is not set. Set it" in output) == (1, True)


def test_help_lists_our_own_commands_and_the_version_is_ours():
    listed = typed("help")[1]

    assert {"up", "check", "verify", "token", "demo"} <= {
        line.split()[0] for line in listed.splitlines() if line
    }
    assert "runserver" not in listed
    assert typed("--version")[1].strip() == metadata.version("tsunagu")


def test_the_demo_says_that_its_port_is_in_use_before_it_loads_anything(django_db_setup):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        status, output = typed("demo", "--port", str(port), TSUNAGU_DEMO="true")

    assert (status, len(output.splitlines())) == (1, 1)
    assert f"choose another: make demo PORT={port + 1}" in output


def test_ctrl_c_ends_a_command_with_one_line(committed_db, tmp_path):
    demo = start("demo", "--no-serve", TSUNAGU_VAR=str(tmp_path))
    try:
        first = demo.stdout.readline()
        demo.send_signal(signal.SIGINT)
        rest = demo.communicate(timeout=60)[0]
    finally:
        demo.kill()  # one that did not hear it would fill the database of the tests that follow
        demo.wait()

    assert (demo.returncode, first != "") == (130, True)
    assert rest.strip() == "tsunagu: interrupted; type the same again to go on."


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TSUNAGU_SWEEP_SECONDS", "soon", "TSUNAGU_SWEEP_SECONDS='soon': want a whole number from 1 to 300."),
        ("TSUNAGU_DEBUG", "yes", "TSUNAGU_DEBUG='yes': want 'true' or 'false'."),
        ("TSUNAGU_DEFINITIONS", "/nowhere", "TSUNAGU_DEFINITIONS: /nowhere is not a folder"),
    ],
)
def test_a_wrong_setting_keeps_the_office_from_starting(django_db_setup, name, value, message):
    status, output = typed("up", **{name: value})

    assert (status, message in output) == (1, True)


def test_a_broken_definition_keeps_the_office_from_starting(django_db_setup, tmp_path):
    broken = tmp_path / "workflows" / "referral"
    broken.mkdir(parents=True)
    (broken / "workflow.yaml").write_text("workflow: referral\nstates: [\n", encoding="utf-8")

    status, output = typed("web", "--port", "8399", TSUNAGU_DEFINITIONS=str(tmp_path))

    assert (status, "definitions: The definitions have errors; run `tsunagu check`." in output) == (1, True)


def answer(url: str, seconds: float = 90) -> tuple[int, bytes]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"{url} does not answer")


def children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def test_the_office_starts_is_ready_and_leaves_no_process_behind(django_db_setup, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    office = start("up", "--port", str(port), "--no-calendar", TSUNAGU_VAR=str(tmp_path))

    try:
        status, body = answer(f"http://127.0.0.1:{port}/readyz")
        started = children(office.pid)
        office.send_signal(signal.SIGINT)
        assert office.wait(30) == 0
        assert (status, json.loads(body)["missing"]) == (200, [])
        assert len(started) == 2
        assert not [pid for pid in started if os.path.exists(f"/proc/{pid}")]
    finally:
        if office.poll() is None:
            os.killpg(office.pid, signal.SIGKILL)
        office.wait()
        office.stdout.close()


def test_every_run_of_the_calendar_is_a_flow_that_exists():
    from backend.runs import calendar

    for deployment in calendar.read():
        path, _colon, name = deployment["entrypoint"].partition(":")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert {schedule["timezone"] for schedule in deployment["schedules"]} == {"Asia/Tokyo"}


def test_no_command_waits_for_djangos_checks_to_start_and_they_find_nothing():
    ours = [name for name, package in get_commands().items() if package.startswith("backend.")]
    waiting = [name for name in ours if load_command_class(get_commands()[name], name).requires_system_checks]

    assert waiting == []
    assert run_checks() == []
