"""Goal: a normal stop or an upgrade loses no command, doubles none and shows no client an error.

Method: tills receive stock through the gateway without pause; an instance is stopped by SIGTERM and
started again, one after the other (XC-05). Every answer is compared with the log, the balances with
an independent fold; the longest silence of a shard is what its hand-over cost.
"""
import signal
import time

from shop import INSTANCES, Shop, await_that
from traffic import Traffic, audit, longest_gap, skus_by_shard


def await_traffic(traffic, count=300):
    since = time.monotonic()
    await_that(lambda: traffic.accepted_since(since) >= count, "traffic")


def stop_and_start(shop, traffic, name, other):
    """Stops an instance under load and starts it again; the shards' longest silence while it went."""
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
        commands += traffic.commands
        seen = [error for command in commands for error in command.errors]
        assert seen == [], "errors that the gateway did not hide"
        audit(shop, commands)
        for name in INSTANCES:
            hand_overs = hand_over_times(shop, name)
            print(f"{name}: released to owned by the other, ms: {sorted(hand_overs)}")


def hand_over_times(shop, name):
    """From each release of the instance to the other's ownership, in ms, by their own log lines."""
    other = INSTANCES[1 - INSTANCES.index(name)]
    owned = {(line["shard"], line["term"]): line["time"] for line in shop.log_lines(other, "shard owned")}
    times = []
    for line in shop.log_lines(name, "shard no longer owned"):
        taken = owned.get((line["shard"], line["term"] + 1))
        if taken is not None:
            times.append(round((parse_time(taken) - parse_time(line["time"])) * 1000))
    return times


def parse_time(text):
    stamp, _, fraction = text.rstrip("Z").partition(".")
    return time.mktime(time.strptime(stamp, "%Y-%m-%dT%H:%M:%S")) + float("0." + fraction)
