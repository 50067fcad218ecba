"""A shop of its own for one test: Kafka, two inventory instances and the gateway, all real."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("OMO_BUILD", ROOT / "build" / "dev"))
PYTHON = ROOT / ".omo" / "venv" / "bin" / "python"
PORTS_FROM, PORTS_TO = map(int, os.environ.get("OMO_TEST_PORTS", "20000-30000").split("-"))
PATIENCE_SECONDS = 120
# Behind the shop's first port, the gateway's; an instance's admin port is the next one.
OFFSETS = {"inventory-0": 10, "inventory-1": 12, "kafka": 92}
INSTANCES = ("inventory-0", "inventory-1")


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port_base():
    """A base whose ports nobody listens on just now; another one for each process that asks."""
    bases = list(range(PORTS_FROM, PORTS_TO, 100))
    first = os.getpid() % len(bases)
    for base in bases[first:] + bases[:first]:
        if not any(listens(base + offset) for offset in (0, 1, 10, 11, 12, 13, 92, 93)):
            return base
    raise RuntimeError("no free ports")


def await_that(condition, what, seconds=PATIENCE_SECONDS):
    """What the condition says once it is true; fails when it does not become so in time."""
    deadline = time.monotonic() + seconds
    while not (said := condition()):
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.02)
    return said


class Shop:
    """Its ports, data and processes; ended with the `with` block."""

    def __init__(self, folder, **settings):
        """`settings` are OMO_... variables for every process, e.g. session_timeout_ms=2000."""
        self.base = free_port_base()
        self.data = folder / "shop"
        extra = {f"OMO_{name.upper()}": str(value) for name, value in settings.items()}
        self.environment = {**os.environ, **extra, "OMO_PORT_BASE": str(self.base),
                            "OMO_DATA": str(self.data), "OMO_BUILT": "1"}
        self.gateway = f"127.0.0.1:{self.base}"
        self.bootstrap = f"127.0.0.1:{self.base + OFFSETS['kafka']}"

    def __enter__(self):
        try:
            self.omo("up")
        except BaseException:
            self.omo("down")
            raise
        return self

    def __exit__(self, *_):
        for name in OFFSETS:  # One that sleeps cannot end.
            if self.pid(name) is not None:
                self.wake(name)
        self.omo("down")

    def omo(self, verb, **settings):
        extra = {f"OMO_{name.upper()}": str(value) for name, value in settings.items()}
        subprocess.run([ROOT / "omo", verb], env={**self.environment, **extra}, check=True,
                       timeout=240)

    def address(self, name):
        return f"127.0.0.1:{self.base + OFFSETS[name]}"

    def pid(self, name):
        """Of a process that runs (or sleeps); None when there is none."""
        try:
            pid = int((self.data / "run" / f"{name}.pid").read_text().split()[0])
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
        except (OSError, IndexError):
            return None
        return None if "\nState:\tZ" in status else pid

    def signal(self, name, number):
        os.kill(self.pid(name), number)

    def put_to_sleep(self, name):
        """SIGSTOP; returns when every thread has stopped, which takes a moment."""
        self.signal(name, signal.SIGSTOP)
        threads = pathlib.Path(f"/proc/{self.pid(name)}/task")

        def all_stopped():
            try:
                return all("\nState:\tT" in (thread / "status").read_text()
                           for thread in threads.iterdir())
            except FileNotFoundError:  # One has ended meanwhile.
                return False
        await_that(all_stopped, f"{name} sleeps")

    def wake(self, name):
        self.signal(name, signal.SIGCONT)

    def kill(self, name):
        self.signal(name, signal.SIGKILL)
        self.await_end(name)

    def await_end(self, name):
        await_that(lambda: self.pid(name) is None and not listens(self.base + OFFSETS[name]),
                   f"{name} does not end")

    def page(self, name, path):
        """A page of the instance's admin port; None when it does not answer."""
        url = f"http://127.0.0.1:{self.base + OFFSETS[name] + 1}{path}"
        try:
            with urllib.request.urlopen(url, timeout=5) as page:
                return json.load(page)
        except OSError:
            return None

    def shards(self, name):
        """The instance's shards by number, {} while it does not answer."""
        page = self.page(name, "/shards")
        return {} if page is None else {shard["shard"]: shard for shard in page["shards"]}

    def owned(self, name):
        """The numbers of the shards that the instance owns."""
        return {number for number, shard in self.shards(name).items()
                if shard["state"] == "owning"}

    def owner_of(self, shard):
        """The instance that owns the shard; waits until one does."""
        return await_that(lambda: next((name for name in INSTANCES if shard in self.owned(name)),
                                       None), f"somebody owns shard {shard}")

    def await_shared(self):
        """Both instances own half of the shards."""
        def shared():
            halves = [self.owned(name) for name in INSTANCES]
            return all(len(half) == 8 for half in halves) and len(halves[0] | halves[1]) == 16
        await_that(shared, "each instance owns its half")

    def await_sole_owner(self, name):
        await_that(lambda: len(self.owned(name)) == 16, f"{name} owns everything")

    def await_equal_rows(self):
        """Without traffic: every instance has read every shard as far, to the same rows."""
        def told(name):
            return {number: (shard["next_offset"], shard["state_hash"])
                    for number, shard in self.shards(name).items()}
        def equal():
            rows = [told(name) for name in INSTANCES]
            return len(rows[0]) == 16 and rows[0] == rows[1]
        await_that(equal, "every instance has the same rows")

    def records(self):
        """How far the logs are, by the instance that has read most."""
        return max(sum(int(shard["next_offset"]) for shard in self.shards(name).values())
                   for name in INSTANCES)

    def log_lines(self, name, message):
        """The instance's log lines with that message, oldest first."""
        lines = (self.data / "log" / f"{name}.log").read_text().splitlines()
        return [entry for entry in map(parse_line, lines) if entry.get("message") == message]


def parse_line(line):
    try:
        return json.loads(line)
    except ValueError:
        return {}
