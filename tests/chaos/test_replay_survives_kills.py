"""Goal: no answered command is lost and none is doubled when an owner or the broker dies in the middle.

Method: replay a grocer's days through the gateway on real Kafka; kill -9 an inventory instance three
times and the broker three times, each in the middle of the traffic; start what died again; then compare
the service's balances, a fold of the topic and the recomputation from the source (deploy/demo/verify.py),
every answer at its position in the log.
"""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("OMO_BUILD", ROOT / "build" / "dev"))
PYTHON = ROOT / ".omo" / "venv" / "bin" / "python"
VICTIMS = ["inventory-0", "kafka", "inventory-1", "kafka", "inventory-0", "kafka"]
DAYS = 5
RECORDS_BETWEEN_KILLS = 1_500
PATIENCE_SECONDS = 120


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port_base():
    """A base whose ports nobody listens on just now."""
    for base in range(20_000, 30_000, 100):
        if not any(listens(base + offset) for offset in (0, 1, 10, 11, 12, 13, 92, 93)):
            return base
    raise RuntimeError("no free ports")


class Shop:
    """One shop of its own: ports, data, processes."""

    def __init__(self, folder):
        self.base = free_port_base()
        self.data = folder / "shop"
        self.environment = {**os.environ, "OMO_PORT_BASE": str(self.base),
                            "OMO_DATA": str(self.data), "OMO_BUILT": "1"}
        self.gateway = f"127.0.0.1:{self.base}"

    def omo(self, verb):
        subprocess.run([ROOT / "omo", verb], env=self.environment, check=True, timeout=240)

    def kill(self, name):
        pid = int((self.data / "run" / f"{name}.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        port = {"kafka": 92, "inventory-0": 10, "inventory-1": 12}[name]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while listens(self.base + port):  # The kernel takes a moment to bury it.
            assert time.monotonic() < deadline, f"{name} does not die"
            time.sleep(0.05)

    def records(self):
        """How far the logs are, by the instance that has read most."""
        most = 0
        for port in (self.base + 11, self.base + 13):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/shards", timeout=5) as page:
                    shards = json.load(page)["shards"]
            except OSError:
                continue
            most = max(most, sum(int(shard["next_offset"]) for shard in shards))
        return most


def wait_until(condition, what, replay):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"in vain: {what}"
        assert replay.poll() is None, f"the replay ended before: {what}"
        time.sleep(0.05)


def test_replay_survives_kills(tmp_path):
    shop = Shop(tmp_path)
    days, answers, balances = tmp_path / "days", tmp_path / "answers.tsv", tmp_path / "balances.tsv"
    omoctl = BUILD / "services" / "omoctl" / "omoctl"
    subprocess.run([PYTHON, ROOT / "deploy/demo/extract_shop.py", "--days", str(DAYS),
                    "--output", days], check=True, timeout=300)
    replay = None
    try:
        shop.omo("up")
        replay = subprocess.Popen(
            [omoctl, "replay", "--target", shop.gateway, "--input", days, "--run",
             tmp_path / "replay.run", "--answers", answers])
        for number, victim in enumerate(VICTIMS):
            begin = shop.records()
            wait_until(lambda: shop.records() >= begin + RECORDS_BETWEEN_KILLS,
                       f"traffic before kill {number}", replay)
            shop.kill(victim)
            shop.omo("up")
        assert replay.wait(timeout=600) == 0
        subprocess.run([omoctl, "balances", "--target", shop.gateway, "--input", days,
                        "--output", balances], check=True, timeout=120)
        subprocess.run([PYTHON, ROOT / "deploy/demo/verify.py", "--input", days,
                        "--answers", answers, "--balances", balances,
                        "--bootstrap", f"127.0.0.1:{shop.base + 92}"], check=True, timeout=300)
    finally:
        if replay is not None:
            replay.kill()
            replay.wait()
        shop.omo("down")
