"""Lets the tests import the demonstration's programs as their readers run them: by name."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
for folder in ("deploy/demo", "deploy/analysts"):
    sys.path.insert(0, str(ROOT / folder))
