"""Goal: a normal stop or an upgrade loses no command, doubles none and shows no client an error.

Method: tills receive stock through the gateway without pause; an instance is stopped by SIGTERM and
started again, one after the other (XC-05). Every answer is compared with the log, the balances with
an independent fold; the longest silence of a shard is what its hand-over cost.
"""
import datetime
import signal
import time

from shop import INSTANCES, Shop, await_that
from traffic import Traffic, audit, longest_gap, omo_journal, skus_by_shard

# Two instances are stopped and come back, each with its 8 shards; those of the start come on top.
MOVES = 32
# An owner has half a second to release and its successor claims at once (0.3 s in all is usual on a
# busy machine); a shard that waited for the group to miss its owner would be silent for 6 s.
SILENCE_SECONDS_MOST = 3
RELEASE = omo_journal.CONTROL + "Release"


def await_traffic(traffic, count=300):
    since = time.monotonic()
    await_that(lambda: traffic.accepted_since(since) >= count, "traffic")


def stop_and_start(shop, traffic, name, other):
    """Stops an instance under load and starts it again. How long it took to end, in seconds, and
    the longest silence of each shard that moved."""
    shop.await_shared()
    moved = shop.owned(name)
    await_traffic(traffic)
    began = time.monotonic()
    shop.signal(name, signal.SIGTERM)
    shop.await_end(name)
    shop.await_sole_owner(other)
    ended = time.monotonic()
    await_traffic(traffic)
    shop.omo("up")
    shop.await_shared()
    await_traffic(traffic)
    gaps = longest_gap(traffic.commands, began, ended)
    return ended - began, {shard: gaps[shard] for shard in moved}


def test_rolling_restart_loses_and_doubles_nothing(tmp_path):
    with Shop(tmp_path) as shop:
        skus, commands = skus_by_shard(shop.gateway)
        with Traffic(shop.gateway, list(skus.values())) as traffic:
            for name, other in (INSTANCES, INSTANCES[::-1]):
                took, gaps = stop_and_start(shop, traffic, name, other)
                print(f"\nstop of {name}: {took * 1000:.0f} ms in all, silence of a moved shard "
                      f"{min(gaps.values()) * 1000:.0f} to {max(gaps.values()) * 1000:.0f} ms")
                assert max(gaps.values()) < SILENCE_SECONDS_MOST
        commands += traffic.commands
        seen = [error for command in commands for error in command.errors]
        assert seen == [], "errors that the gateway did not hide"
        log = audit(shop, commands)
        gaps = hand_overs(log, owned_times(shop))
        assert len(gaps) >= MOVES, "shards moved by release and claim"
        for number, what in enumerate(("claim", "owned", "next event")):
            values = sorted(gap[number] for gap in gaps)
            print(f"{len(values)} hand-overs, release to {what}: median "
                  f"{values[len(values) // 2]} ms, most {values[-1]} ms")
        put_out = sum(record.is_event for record in log.void())
        assert put_out == 0, "void events: an owner did not release within half a second"


def owned_times(shop):
    """When each (shard, term) was owned, in ms, by the owners' log lines."""
    return {(line["shard"], line["term"]):
            datetime.datetime.fromisoformat(line["time"]).timestamp() * 1000
            for name in INSTANCES for line in shop.log_lines(name, "shard owned")}


def hand_overs(log, owned):
    """(ms from a release to the next claim, to its being owned, to the next event) of each
    hand-over in the log, by the records' own time stamps: for so long the shard decided nothing."""
    gaps, released, claimed = [], {}, {}
    for record in log.valid:
        shard = record.partition
        if record.type == RELEASE:
            released[shard] = record.stamp_ms
        elif record.type == omo_journal.CLAIM and shard in released:
            claimed[shard] = record
        elif record.is_event and shard in claimed:
            begin, claim = released.pop(shard), claimed.pop(shard)
            gaps.append((claim.stamp_ms - begin, round(owned[shard, claim.fence.term] - begin),
                         record.stamp_ms - begin))
    return gaps
