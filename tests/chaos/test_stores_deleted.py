"""Goal: the log is the only truth. Whoever deletes every store gets the same state back from it,
and who deletes one instance's gets it from a peer.

Method: replay a grocer's days through the gateway on real Kafka and note each shard's state hash;
stop, delete all stores, start, and compare the hashes that a fold from offset 0 adds up to; then
kill -9 one instance, delete its stores, start it, and compare what it copied from the other one.
"""
import shutil
import subprocess

from shop import BUILD, INSTANCES, PYTHON, ROOT, Shop, await_that

DAYS = 3


def settled(shop):
    """What every instance says of every shard, once all are at the same position of a quiet log."""
    seen = [None]

    def same_twice():
        all_shards = [shop.shards(name) for name in INSTANCES]
        told = [{number: (shard["next_offset"], shard["state_hash"])
                 for number, shard in shards.items()} for shards in all_shards]
        before, seen[0] = seen[0], told
        owned = sum(len(shop.owned(name)) for name in INSTANCES)
        return len(told[0]) == 16 and told[0] == told[1] and told == before and owned == 16

    await_that(same_twice, "every instance at the same position")
    return {name: shop.shards(name) for name in INSTANCES}


def hashes(shards):
    return {number: shard["state_hash"] for number, shard in shards.items()}


def events(shards):
    return {number: int(shard["events"]) for number, shard in shards.items()}


def replay(shop, folder):
    days = folder / "days"
    subprocess.run([PYTHON, ROOT / "deploy/demo/extract_shop.py", "--days", str(DAYS),
                    "--output", days], check=True, timeout=300)
    subprocess.run([BUILD / "services" / "omoctl" / "omoctl", "replay", "--target", shop.gateway,
                    "--input", days, "--run", folder / "replay.run",
                    "--answers", folder / "answers.tsv"], check=True, timeout=600)


def test_deleted_stores_come_back_the_same(tmp_path):
    with Shop(tmp_path, copy_from_peers="false") as shop:
        stores = shop.data / "state"
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
        await_that(lambda: all(any((owner / f"shard-{number}" / "rows").glob("*.sst"))
                               for number in before), "a flush of every shard")
        shop.kill("inventory-1")
        shutil.rmtree(stores / "inventory-1")
        shop.omo("up", copy_from_peers="true", copy_records_min="1")
        copied = settled(shop)["inventory-1"]
        assert hashes(copied) == hashes(before)
        assert len(shop.log_lines("inventory-1", "rows copied from a peer")) == len(before)
        assert sum(events(copied).values()) < sum(events(before).values()) / 10
