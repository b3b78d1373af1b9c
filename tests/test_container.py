"""The image and what is started together: what the Dockerfile copies is there, and is enough to serve."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from service.settings_schema import SettingsForm
from tests.conftest import ROOT

FILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STAGES = re.split(r"^FROM ", FILE, flags=re.MULTILINE)[1:]
KEY = "a key for containers"


def copied(stage: str) -> list[tuple[list[str], str]]:
    """What a stage copies from the repository, and where to."""
    lines = (line.split()[1:] for line in stage.splitlines() if line.startswith("COPY ") and "--from" not in line)
    named = ([word for word in words if not word.startswith("--")] for words in lines)
    return [(words[:-1], words[-1]) for words in named]


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out; of its lines the last that fits decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split():
        pattern = line.removeprefix("!").removeprefix("**/")
        parents = [path, *map(str, Path(path).parents)]
        names = Path(path).parts if line.startswith("**/") else ()
        if any(fnmatch(each, pattern) for each in [*parents, *names] if each != "."):
            out = not line.startswith("!")
    return out


def test_everything_that_is_copied_is_there_and_not_left_out() -> None:
    sources = [source for stage in STAGES for names, _ in copied(stage) for source in names]
    assert len(sources) > 8
    for source in sources:
        assert (ROOT / source).exists(), source
        assert not ignored(source), source
    assert ignored("tests/conftest.py")
    assert ignored("api/static/vendor/htmx.min.js")


def image(where: Path) -> Path:
    """The packages as the image has them: copied as the Dockerfile says, built as a wheel, and unpacked."""
    source, installed = where / "source", where / "installed"
    for names, target in copied(STAGES[-1]):
        if target.startswith("/"):
            continue  # of the image, not of the packages
        for name in names:
            to = source / target / name if target in (".", "./") else source / target
            to.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, to, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "vendor"))
            else:
                shutil.copy(ROOT / name, to)
    (scripts,) = re.findall(r"^COPY --from=scripts (.*)$", STAGES[-1], re.MULTILINE)
    *names, target = scripts.split()
    (source / target).mkdir(parents=True)
    for name in names:
        if not (ROOT / "api/pages/npm" / name).exists():
            pytest.skip("part missing: the scripts of the pages (make scripts)")
        shutil.copy(ROOT / "api/pages/npm" / name, source / target)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(where)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = where.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(installed)
    return installed


def test_what_is_copied_is_enough_to_serve(tmp_path: Path) -> None:
    """Pages, their scripts and styles, the example, and every module, from the wheel alone."""
    installed = image(tmp_path)
    every = [
        str(path.relative_to(installed).with_suffix("")).replace("/", ".").removesuffix(".__init__")
        for path in sorted(installed.glob("*/**/*.py"))
        if "dist-info" not in str(path) and path.parent.name not in ("migrations", "versions")
    ]
    assert len(every) > 250
    loaded = "import importlib, sys, api; [importlib.import_module(name) for name in sys.argv[1:]]; print(api.__file__)"
    alone = {"PYTHONPATH": str(installed)}
    load = [sys.executable, "-c", loaded, *every]
    found_at = subprocess.run(load, cwd=tmp_path, env=os.environ | alone, capture_output=True, text=True, check=True)
    assert found_at.stdout.startswith(str(installed))
    (command,) = (json.loads(line.removeprefix("CMD ")) for line in FILE.splitlines() if line.startswith("CMD "))
    assert command == ["kring", "serve", "--host", "0.0.0.0"]  # noqa: S104  (a container has a network of its own)
    start = [
        sys.executable,
        "-c",
        "from service.cli import main; main()",
        *command[1:2],
        "--port",
        "0",
        "--processes",
        "1",
        "--no-worker",
    ]
    more = {**alone, "KRING_KEY": KEY, "KRING_DATA": str(tmp_path / "data")}
    process = subprocess.Popen(start, cwd=tmp_path, env=os.environ | more, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://([^:/]+):(\d+)/", process.stdout.readline())
        assert found is not None
        for path in ("/sign-in", "/health", "/static/kring.css", "/static/vendor/htmx.min.js", "/api/v1/openapi.json"):
            connection = http.client.HTTPConnection(found[1], int(found[2]), timeout=30)
            connection.request("GET", path)
            assert connection.getresponse().status == 200, path
            connection.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert (installed / "service/data/demo/programme.toml").exists()
    assert {each.stem for each in (installed / "service/words").glob("??.toml")} == {"nl", "fr", "en", "de"}
    assert list((installed / "service/store/migrations/versions").glob("0001_*.py"))


TWICE = """
import numba
@numba.njit(cache=True)
def twice(number):
    return 2 * number
assert twice(21) == 42
print(dict(twice.stats.cache_hits) != {})
"""


def test_what_the_image_compiled_is_used_where_only_another_folder_can_be_written(tmp_path: Path) -> None:
    """Linked before the command starts; where nothing can be written the command starts all the same."""
    baked, there, source = tmp_path / "baked", tmp_path / "there", tmp_path / "twice.py"
    source.write_text(TWICE, encoding="utf-8")
    # Those of whoever runs the tests would decide otherwise.
    around = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    first = subprocess.run(
        [sys.executable, str(source)],
        env={**around, "NUMBA_CACHE_DIR": str(baked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert first.stdout == "False\n"
    for folder, said, complaint in ((there, "True\n", ""), (source / "no folder", "False\n", "compiled anew")):
        started = subprocess.run(
            ["sh", str(ROOT / "container/start"), sys.executable, str(source)],
            env={**around, "NUMBA_CACHE_DIR": str(folder), "KRING_KERNELS": str(baked)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert started.stdout == said
        assert complaint in started.stderr
    assert all(file.is_symlink() for file in there.rglob("*.nb[ci]"))
    assert "ENV KRING_KERNELS=/opt/kring/kernels" in FILE


@pytest.mark.parametrize("file", ["compose.yaml", "compose.sqlite.yaml"])
def test_what_is_started_writes_nothing_but_data_and_tmp(file: str) -> None:
    """As somebody who may nothing else; and no address holds a password, in which signs would mean something."""
    services = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))["services"]
    built = {name: service for name, service in services.items() if "build" in service}
    assert set(built) == ({"web", "worker"} if file == "compose.yaml" else {"kring"})
    for service in built.values():
        assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (True, ["/tmp"], ["ALL"])  # noqa: S108
        assert "user" not in service
    assert re.findall(r"^USER (.*)$", STAGES[-1], re.MULTILINE) == ["10001"]
    if file == "compose.yaml":
        assert {service["environment"]["KRING_DATABASE"] for service in built.values()} == {
            "postgresql://kring@database/kring"
        }
        passwords = {service["environment"]["PGPASSWORD"] for service in built.values()}
        assert passwords == {services["database"]["environment"]["POSTGRES_PASSWORD"]}
    else:
        (data,) = re.findall(r"KRING_DATA=(\S+)", FILE)
        assert built["kring"]["volumes"] == [f"data:{data}"]


def test_what_is_started_together_is_what_the_command_line_has() -> None:
    """Commands and settings of compose.yaml are those that Kring knows."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for line in re.findall(r"command: (\[.*\])", text):
        words = json.loads(line)
        assert words[0] == "kring"
        known = subprocess.run(
            [sys.executable, "-c", "from service.cli import main; main()", words[1], "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for option in (word for word in words[2:] if word.startswith("--")):
            assert option in known, option
    for name in re.findall(r"KRING_(\w+):", text):
        assert name.lower() in SettingsForm().fields
