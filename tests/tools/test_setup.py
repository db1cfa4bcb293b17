"""The small parts of set-up: content stamps, ports, verbs."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tools import ports
from tools.console import Failure
from tools.paths import ROOT
from tools.stamps import Stamp
from tools.verbs import VERBS


def test_a_step_runs_again_when_a_file_changes_moves_or_appears(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "one.ts").write_text("1")
    stamp = tmp_path / "stamp"
    assert not Stamp(stamp, sources).is_fresh
    Stamp(stamp, sources).write()
    assert Stamp(stamp, sources).is_fresh
    (sources / "one.ts").write_text("2")
    assert not Stamp(stamp, sources).is_fresh
    Stamp(stamp, sources).write()
    (sources / "one.ts").rename(sources / "two.ts")
    assert not Stamp(stamp, sources).is_fresh
    Stamp(stamp, sources).write()
    (sources / "three.ts").touch()
    assert not Stamp(stamp, sources).is_fresh
    Stamp(stamp, sources).write()
    assert not Stamp(stamp, sources, "node 22").is_fresh


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failure, match=rf"port {port} on 127.0.0.1 is not free .*PORT={port + 1} ./keytag run"):
            ports.check_free("127.0.0.1", port)
    ports.check_free("127.0.0.1", port)


def test_run_checks_the_port_before_it_does_anything(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = subprocess.run(
            [ROOT / "keytag", "run"],
            env={**os.environ, "PORT": str(port), "HOST": "127.0.0.1", "KEYTAG_STATE": str(state)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert f"port {port} on 127.0.0.1 is not free" in result.stderr
    assert not state.exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_run_refuses_what_is_no_port(port: str) -> None:
    result = subprocess.run(
        [ROOT / "keytag", "run"], env={**os.environ, "PORT": port}, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (1, f"keytag: PORT must be a number from 1 to 65535, not '{port}'.\n")


def test_help_names_every_verb_and_an_unknown_one_gets_help() -> None:
    shown = subprocess.run([ROOT / "keytag", "help"], capture_output=True, text=True, check=True).stdout
    assert [f"./keytag {name} " in shown for name in VERBS] == [True] * len(VERBS)
    result = subprocess.run([ROOT / "keytag", "lunch"], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("keytag: there is no `lunch`.")
    assert "./keytag run" in result.stderr
