"""The fold against inventory's own rules: what they decide on random commands adds up the same."""

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "deploy/demo"), str(ROOT / "deploy/analysts")]

import fold_topic
from stock_fold import BUCKETS, StockFold, Violation

COMMANDS = 4000
NewEvent = fold_topic.event_type()


def random_log(seed):
    """([event], {(sku, location): figures}) as the deciders in C++ made them."""
    program = pathlib.Path(os.environ["OMO_BUILD"]) / "analysts_random_log"
    printed = subprocess.run([program, str(seed), str(COMMANDS)], check=True, capture_output=True,
                             text=True).stdout
    events, figures = [], {}
    for kind, *fields in (line.split("\t") for line in printed.splitlines()):
        if kind == "event":
            events.append(NewEvent.FromString(bytes.fromhex(fields[1])))
        else:
            sku, location, *numbers = fields
            figures[sku, location] = dict(zip(BUCKETS, map(int, numbers)))
    return events, figures


def folded(events):
    stock = StockFold()
    for number, event in enumerate(events):
        stock.add(event, 0, f"event {number}")
    stock.finish()
    return stock


@pytest.mark.parametrize("seed", range(1, 21))
def test_random_decisions_add_up_as_the_service_adds_them_up(seed):
    events, figures = random_log(seed)
    assert dict(folded(events).figures) == figures


def test_random_decisions_are_of_every_kind_and_leave_shortfalls():
    logs = [random_log(seed)[0] for seed in range(1, 4)]
    kinds = {event.WhichOneof("fact") for events in logs for event in events}
    stock_kinds = {field.name for field in NewEvent.DESCRIPTOR.oneofs_by_name["fact"].fields
                   if not field.name.startswith("location_")}
    assert kinds == stock_kinds
    assert sum(sum(folded(events).shortfall.values()) for events in logs) > 0


def test_any_event_left_out_is_found():
    events, figures = random_log(1)
    for left_out in range(0, len(events), 97):
        kind = events[left_out].WhichOneof("fact")
        if kind in ("unit_defined", "reservation_extended", "reservation_marked_short",
                    "stock_rules_set", "purchase_limit_set", "network_changed",
                    "network_applied", "kit_defined", "stock_releveled"):
            continue  # Changes no figure.
        if kind == "sale_recorded" and all(line.already_counted
                                           for line in events[left_out].sale_recorded.lines):
            continue  # Told late: an upload had it.
        if kind == "reservation_released" and not events[left_out].reservation_released.lines:
            continue  # Cancelled before it was made.
        try:
            stock = folded(events[:left_out] + events[left_out + 1:])
        except Violation:
            continue
        assert dict(stock.figures) != figures, f"event {left_out}, {kind}"


def network_of(version, *locations):
    event = NewEvent()
    event.network_applied.version = version
    group = event.network_applied.change.put_group
    group.group_id = "all"
    group.group.locations.extend(locations)
    return event


def three_of_five_reserved_at_the_group():
    received, reserved = NewEvent(), NewEvent()
    line = received.stock_received.lines.add(sku="101", location="store-1", quantity=5)
    line.after.on_hand = 5
    reserved.stock_reserved.reservation_id = "r1"
    line = reserved.stock_reserved.lines.add(sku="101", location="@all", quantity=3, ordered=3)
    line.after.reserved = 3
    return received, reserved


def test_each_partition_has_the_network_that_it_has_taken_in():
    stock = StockFold()
    for event in (network_of(1, "store-1"), *three_of_five_reserved_at_the_group()):
        stock.add(event, 0, "of the promise")
    stock.add(network_of(1, "store-1"), 1, "of another")
    stock.add(network_of(2, "store-2"), 1, "of another, which is ahead")
    with pytest.raises(Violation, match="of the promise.*101 at @all: 3 units more are missing"):
        stock.add(network_of(2, "store-2"), 0, "of the promise")


def sweep(total=0, next_sku=None):
    event = NewEvent()
    event.stock_releveled.version = 2
    if next_sku is not None:
        event.stock_releveled.next_sku = next_sku
    if total:
        part = event.stock_releveled.consequences.add().stock_shortfall
        part.sku, part.location, part.total = "101", "@all", total
    return event


def test_what_an_event_left_to_a_sweep_is_named_before_it_ends():
    def fold(*sweeps):
        stock = StockFold()
        moved = network_of(2, "store-2")
        moved.network_applied.consequences.add().shortfalls_deferred.SetInParent()
        events = network_of(1, "store-1"), *three_of_five_reserved_at_the_group(), moved, *sweeps
        for event in events:
            stock.add(event, 0, "of the shard")
        return stock

    assert fold(sweep(next_sku="100"), sweep(total=3)).shortfall["101", "@all"] == 3
    assert fold(sweep(total=3, next_sku="102"), sweep()).shortfall["101", "@all"] == 3
    with pytest.raises(Violation, match="did not tell what is missing at .*101"):
        fold(sweep())
    with pytest.raises(Violation, match="names 2 units as missing"):
        fold(sweep(total=2))


def test_one_sku_in_two_partitions_is_a_violation():
    stock = StockFold()
    received, _ = three_of_five_reserved_at_the_group()
    stock.add(received, 0, "the first")
    received.stock_received.lines[0].after.on_hand = 10
    with pytest.raises(Violation, match="the other.*101 belongs to partition 0"):
        stock.add(received, 3, "the other")
