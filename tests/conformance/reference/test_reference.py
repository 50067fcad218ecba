"""docs/reference tells what the tree holds: each page is as docs/reference/generate.py writes it.

With OMO_APPROVE=1 the pages are written instead.
"""
import importlib.util
import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("OMO_BUILD", ROOT / "build" / "dev"))
REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("generate", REFERENCE / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(generate):
    made = generate.pages(BUILD)
    if os.environ.get("OMO_APPROVE") == "1":
        for name, text in made.items():
            (REFERENCE / name).write_text(text)
    return made


@pytest.mark.parametrize("name", ["events.md", "rpcs.md", "errors.md", "config.md", "metrics.md"])
def test_page_is_fresh(pages, name):
    page = REFERENCE / name
    told = page.read_text() if page.exists() else ""
    assert told == pages[name], f"docs/reference/{name} is stale: ./omo approve"


def test_pages_hold_what_they_should(pages):
    """So that a generator that lost its way cannot pass with empty pages."""
    assert "| 13 | `stock_reserved` | StockReserved |" in pages["events.md"]
    assert "### ReserveStock" in pages["rpcs.md"]
    assert "| 6 | `hold_seconds` | int32 |" in pages["rpcs.md"]
    assert "Cost: 10." in pages["rpcs.md"]
    assert "| `COMMAND_TOO_OLD` | FAILED_PRECONDITION |" in pages["errors.md"]
    assert "| `NOT_ENOUGH_AVAILABLE` |" in pages["errors.md"]
    assert "| `--session_timeout_ms` | int | `6'000` |" in pages["config.md"]
    assert "### omoctl replay" in pages["config.md"]
    for family in ("gateway_calls_total", "inventory_void_records_total",
                   "inventory_register_sum_faults"):
        assert f"| `omo_{family}` |" in pages["metrics.md"]


def test_every_flag_of_the_sources_is_told(pages):
    """Also those of a file that the generator does not know."""
    for path in [*ROOT.glob("libs/**/*.cc"), *ROOT.glob("services/**/*.cc")]:
        for line in path.read_text().splitlines():
            if line.startswith("ABSL_FLAG("):
                name = line.split(",")[1].strip()
                assert f"`--{name}`" in pages["config.md"], f"{path}: --{name}"
