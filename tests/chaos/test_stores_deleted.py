"""Goal: the log is the only truth. Whoever deletes every store gets the same state back from it,
and who deletes one instance's gets it from a peer.

Method: replay a grocer's days through the gateway on real Kafka and note each shard's state hash;
stop, delete all stores, start, and compare the hashes that a fold from offset 0 adds up to; then
kill -9 one instance, delete its stores, start it, and compare what it copied from the other one.
"""
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request

from test_replay_survives_kills import BUILD, PATIENCE_SECONDS, PYTHON, ROOT, Shop, listens

DAYS = 3
INSTANCES = {"inventory-0": 10, "inventory-1": 12}


def shards_of(shop, name):
    """The shards as one instance has them, by number."""
    url = f"http://127.0.0.1:{shop.base + INSTANCES[name] + 1}/shards"
    with urllib.request.urlopen(url, timeout=5) as page:
        return {shard["shard"]: shard for shard in json.load(page)["shards"]}


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.2)


def settled(shop):
    """What every instance says of every shard, once all are at the same position of a quiet log."""
    seen = [None]

    def same_twice():
        try:
            all_shards = [shards_of(shop, name) for name in INSTANCES]
        except OSError:
            return False
        told = [{number: (shard["next_offset"], shard["state_hash"])
                 for number, shard in shards.items()} for shards in all_shards]
        before, seen[0] = seen[0], told
        owned = [shard["state"] == "owning" for shards in all_shards
                 for shard in shards.values()].count(True)
        return told[0] == told[1] and told == before and owned == len(told[0])

    wait_for(same_twice, "every instance at the same position")
    return {name: shards_of(shop, name) for name in INSTANCES}


def hashes(shards):
    return {number: shard["state_hash"] for number, shard in shards.items()}


def events(shards):
    return {number: int(shard["events"]) for number, shard in shards.items()}


def lines_of(shop, name, message):
    log = (shop.data / "log" / f"{name}.log").read_text()
    return sum(message in line for line in log.splitlines())


def replay(shop, folder):
    days = folder / "days"
    subprocess.run([PYTHON, ROOT / "deploy/demo/extract_shop.py", "--days", str(DAYS),
                    "--output", days], check=True, timeout=300)
    subprocess.run([BUILD / "services" / "omoctl" / "omoctl", "replay", "--target", shop.gateway,
                    "--input", days, "--run", folder / "replay.run",
                    "--answers", folder / "answers.tsv"], check=True, timeout=600)


def kill(shop, name):
    pid = int((shop.data / "run" / f"{name}.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not listens(shop.base + INSTANCES[name]), f"{name} is gone")


def test_deleted_stores_come_back_the_same(tmp_path):
    shop = Shop(tmp_path)
    shop.environment["OMO_COPY_FROM_PEERS"] = "false"
    stores = shop.data / "state"
    try:
        shop.omo("up")
        replay(shop, tmp_path)
        before = settled(shop)["inventory-0"]
        assert sum(events(before).values()) > 1_000
        assert len(set(hashes(before).values())) > len(before) / 2

        # By a fold from offset 0: every event that ever was, and the same rows.
        shop.omo("down")
        shutil.rmtree(stores)
        shop.omo("up")
        for name, shards in settled(shop).items():
            assert hashes(shards) == hashes(before), name
            assert events(shards) == events(before), name

        # From a peer: the same rows, and hardly an event read.
        owner = stores / "inventory-0"
        wait_for(lambda: all(any((owner / f"shard-{number}" / "rows").glob("*.sst"))
                             for number in before), "a flush of every shard")
        kill(shop, "inventory-1")
        shutil.rmtree(stores / "inventory-1")
        shop.environment.update(OMO_COPY_FROM_PEERS="true", OMO_COPY_RECORDS_MIN="1")
        shop.omo("up")
        copied = settled(shop)["inventory-1"]
        assert hashes(copied) == hashes(before)
        assert lines_of(shop, "inventory-1", "rows copied from a peer") == len(before)
        assert sum(events(copied).values()) < sum(events(before).values()) / 10
    finally:
        shop.omo("down")
