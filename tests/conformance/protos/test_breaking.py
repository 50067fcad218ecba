"""Events and APIs never break what was released (proto/released.binpb): ./omo check sees it."""
import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUF = pathlib.Path(os.environ.get("OMO_PYTHON", ROOT / ".omo/venv/bin/python")).parent / "buf"
EVENTS = "omo/inventory/events/v1/inventory_events.proto"
FIGURES = "omo/inventory/events/v1/figures.proto"
API = "omo/inventory/v1/inventory_service.proto"


def complaints(proto, made):
    """What buf says of the protos in a folder, as ./omo check asks it; empty: nothing breaks."""
    image = made / "now.binpb"
    subprocess.run([BUF, "build", proto, "-o", image], check=True, capture_output=True)
    checked = subprocess.run([BUF, "breaking", image, "--against", ROOT / "proto/released.binpb",
                              "--config", ROOT / "proto/buf.yaml"],
                             capture_output=True, text=True)
    assert (checked.returncode == 0) == (checked.stdout == ""), checked.stderr
    return checked.stdout


@pytest.fixture
def proto(tmp_path):
    copy = tmp_path / "proto"
    shutil.copytree(ROOT / "proto", copy)
    return copy


def change(proto, path, before, after):
    text = (proto / path).read_text()
    assert before in text
    (proto / path).write_text(text.replace(before, after, 1))


def test_the_tree_breaks_nothing(proto, tmp_path):
    assert complaints(proto, tmp_path) == ""


def test_a_new_field_and_a_new_event_break_nothing(proto, tmp_path):
    change(proto, EVENTS, "message UnitDefined {\n",
           "// New.\nmessage UnitForgotten {}\n\n"
           "// Defined.\nmessage UnitDefined {\n  string note = 99;\n")
    assert complaints(proto, tmp_path) == ""


@pytest.mark.parametrize("path, before, after, rule", [
    (EVENTS, "  int64 expires_at_ms = 6;\n", "", "deleted"),
    (EVENTS, "int64 reserved_at_ms = 5;", "string reserved_at_ms = 5;", "type"),
    (EVENTS, "string owner = 2;", "string holder = 2;", "name"),
    (EVENTS, "    SaleRecorded sale_recorded = 21;\n", "", "deleted"),
    (FIGURES, "BUCKET_DAMAGED = 4;", "BUCKET_BROKEN = 4;", "BUCKET_BROKEN"),
    (API, "rpc DefineUnit(", "rpc FixUnit(", "DefineUnit"),
])
def test_a_breaking_change_is_seen(proto, tmp_path, path, before, after, rule):
    change(proto, path, before, after)
    assert rule in complaints(proto, tmp_path)
