"""Goal: what an operator must see and do, on real processes and a real broker.

A topic whose settings drift is found and its shards are given up (design.md 2.8); a record that
nobody can read stops its shard and no other until an operator skips it (F18, XC-06); an instance of
an older release neither takes nor asks for a shard with a feature that it lacks (XC-05).
"""
import subprocess
import signal
import time

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource,
                                   ResourceType)

from door import Door, Refused, new_command_id
from shop import BUILD, INSTANCES, Shop, await_that
from traffic import TOPIC, Command, Log, audit, omo_journal, skus_by_shard

SHARD = 3


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with Shop(tmp_path_factory.mktemp("operators"), topic_check_seconds=1) as opened:
        opened.skus, opened.commands = skus_by_shard(opened.gateway)
        opened.await_shared()
        yield opened


def omoctl(shop, instance, *words):
    """(exit code, what it said)."""
    program = BUILD / "services" / "omoctl" / "omoctl"
    done = subprocess.run([program, words[0], "--target", shop.address(instance), *words[1:]],
                          capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def take_one(shop, shard, seconds=60):
    """One more command of the shard, accepted."""
    command = Command(new_command_id(), shop.skus[shard], 1, time.monotonic())
    answer = Door(shop.gateway).receive(command.id, command.sku, 1, seconds=seconds)
    command.position = (answer.position.shard, answer.position.offset)
    shop.commands.append(command)


def set_retention(shop, milliseconds):
    entry = ConfigEntry("retention.ms", milliseconds, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, TOPIC, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": shop.bootstrap})
    for future in admin.incremental_alter_configs([resource]).values():
        future.result(30)


def test_topic_that_drifts_is_given_up_until_it_is_mended(shop):
    set_retention(shop, "604800000")
    fault = f"topics: {TOPIC}: retention.ms is 604800000, must be -1"
    for name in INSTANCES:
        await_that(lambda: shop.page(name, "/own_faults") == [fault], f"{name} sees the drift")
        await_that(lambda: shop.owned(name) == set(), f"{name} gives its shards up")
        assert shop.log_lines(name, "not fit to own shards")
    with pytest.raises(Refused) as refused:
        Door(shop.gateway).receive(new_command_id(), shop.skus[0], 1, seconds=1)
    assert refused.value.code.name in {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
    set_retention(shop, "-1")
    shop.await_shared()
    assert [shop.page(name, "/own_faults") for name in INSTANCES] == [[], []]
    take_one(shop, 0)
    audit(shop, shop.commands)


def test_time_is_moved_back_only_where_it_is_ahead(shop):
    owner = shop.owner_of(SHARD)
    other = INSTANCES[1 - INSTANCES.index(owner)]
    order = ["--shard", str(SHARD), "--operator", "ann", "--reason", "the clock was ahead"]
    code, said = omoctl(shop, owner, "take-clock-time", *order)
    assert code == 1 and "TIME_NOT_AHEAD" in said, said
    code, said = omoctl(shop, other, "take-clock-time", *order)
    assert code == 1 and "NOT_OWNER" in said, said


def test_older_release_leaves_shards_with_a_newer_feature(shop):
    owner = shop.owner_of(SHARD)
    other = INSTANCES[1 - INSTANCES.index(owner)]
    feature = ["--shard", str(SHARD), "--feature", "dated-supply"]
    code, said = omoctl(shop, owner, "enable-feature", *feature, "--level", "2")
    assert code == 1 and "FEATURE_UNKNOWN" in said, said
    code, said = omoctl(shop, other, "enable-feature", *feature, "--level", "1")
    assert code == 1 and "NOT_OWNER" in said, said
    code, said = omoctl(shop, owner, "enable-feature", *feature, "--level", "1")
    assert code == 0, said

    # The owner comes back as an older release: all but that shard is its own again.
    shop.signal(owner, signal.SIGTERM)
    shop.await_end(owner)
    shop.await_sole_owner(other)
    shop.omo("up", feature_level=0)
    await_that(lambda: len(shop.owned(owner)) == 7, "the older release takes what it can")
    assert SHARD in shop.owned(other)
    await_that(lambda: shop.shards(owner)[SHARD]["state"] == "following, too old a release to own",
               "it says why")
    take_one(shop, SHARD)

    # And as the release that it was.
    shop.signal(owner, signal.SIGTERM)
    shop.await_end(owner)
    shop.omo("up")
    shop.await_shared()
    take_one(shop, SHARD)
    audit(shop, shop.commands)


def append_poison(shop):
    """A record as the shard's owner would have written it, of a kind that no release knows."""
    last = [record for record in Log.read(shop.bootstrap).valid if record.partition == SHARD][-1]
    fence = omo_journal.Fence(last.fence.term, last.fence.nonce, last.fence.seq + 1, 0,
                              last.checksum())
    producer = Producer({"bootstrap.servers": shop.bootstrap})
    told = []
    producer.produce(TOPIC, b"an event of a later release", b"key", SHARD,
                     lambda error, record: told.append((error, record.offset())),
                     headers=[("ce_specversion", b"1.0"), ("ce_id", new_command_id().encode()),
                              ("ce_source", b"/omo/inventory"),
                              ("ce_type", b"omo.inventory.events.v1.FromTheFuture"),
                              ("fence", fence.encode())])
    producer.flush(30)
    assert told and told[0][0] is None
    return told[0][1]


def test_f18_poison_stops_one_shard_until_it_is_skipped(shop):
    owner = shop.owner_of(SHARD)
    other = INSTANCES[1 - INSTANCES.index(owner)]
    poison = append_poison(shop)
    stopped = lambda name: shop.shards(name).get(SHARD, {}).get("state") == "stopped"
    await_that(lambda: stopped(other), "who follows stops in front of it")
    shop.kill(owner)
    shop.omo("up")
    await_that(lambda: stopped(owner), "who comes back stops in front of it, too")
    assert shop.log_lines(owner, "shard stopped")
    await_that(lambda: sum(len(shop.owned(name)) for name in INSTANCES) == 15, "the others go on")
    for shard in shop.skus:
        if shard != SHARD:
            take_one(shop, shard)
    with pytest.raises(Refused) as refused:
        Door(shop.address(owner)).receive(new_command_id(), shop.skus[SHARD], 1)
    assert (refused.value.code.name, refused.value.reason) == ("UNAVAILABLE", "POISONED")

    why = ["--shard", str(SHARD), "--operator", "ann", "--reason", "of a later release"]
    code, said = omoctl(shop, owner, "skip", *why, "--offset", str(poison - 1))
    assert code == 1 and f"is stopped at offset {poison}" in said, said
    code, said = omoctl(shop, owner, "skip", *why, "--offset", str(poison))
    assert code == 0, said
    take_one(shop, SHARD)
    await_that(lambda: not stopped(other), "the other reader meets the skip and goes on")
    log = Log.read(shop.bootstrap)
    log.valid = [record for record in log.valid
                 if (record.partition, record.offset) != (SHARD, poison)]
    audit(shop, shop.commands, log)
    shop.await_equal_rows()
