"""Reads omo.inventory.journal.v1 from Kafka and adds it up: the zero-oversell certificate.

Uses Kafka's own client, the .proto files and the validity rule, and nothing else of this project.
Exit 0: every record obeys the rules, no promise ever exceeded what was there, every shortfall is
named.
"""

import argparse
import collections
import dataclasses
import hashlib
import importlib
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "analysts"))

import omo_journal
from stock_fold import StockFold, Violation, available

TOPIC = "omo.inventory.journal.v1"
# What ends a fold: a rule broken, a log damaged, a log that cannot be read.
UNSOUND = (Violation, omo_journal.DamagedLog, TimeoutError)


def event_type(proto_root=ROOT / "proto"):
    """The class InventoryEvent, generated from the .proto files as they are."""
    files = [path for folder in ("inventory/events", "journal", "type")
             for path in sorted((proto_root / "omo" / folder).rglob("*.proto"))]
    with tempfile.TemporaryDirectory(prefix="omo-protos-") as out:
        subprocess.run(["protoc", "-I", str(proto_root), f"--python_out={out}", *map(str, files)],
                       check=True)
        sys.path.insert(0, out)
        module = importlib.import_module("omo.inventory.events.v1.inventory_events_pb2")
        sys.path.remove(out)
    return module.InventoryEvent


@dataclasses.dataclass
class Folded:
    """What the log adds up to, and where which command stands in it."""

    stock: StockFold = dataclasses.field(default_factory=StockFold)
    cursors: dict = dataclasses.field(default_factory=dict)
    log_ids: dict = dataclasses.field(default_factory=dict)  # Partition -> its first claim's nonce.
    ends: dict = dataclasses.field(default_factory=dict)  # Partition -> its last valid record.
    commands: dict = dataclasses.field(default_factory=dict)  # (caller, id) -> (partition, offset).
    records: collections.Counter = dataclasses.field(default_factory=collections.Counter)


def fold(records, new_event, skipped=frozenset()):
    """Folds records, which come in offset order within each partition.

    Raises Violation, DamagedLog, or SkipFound when an operator has made an earlier record void.
    """
    folded = Folded()
    counted = (record for record in records if not folded.records.update(["read"]))
    for record in omo_journal.valid_records(counted, skipped, folded.cursors):
        folded.records["valid"] += 1
        folded.ends[record.partition] = record
        event = new_event()
        event.ParseFromString(record.value)
        where = f"partition {record.partition} offset {record.offset}"
        if record.is_event:
            take_event(folded, record, event, where)
        elif record.type == omo_journal.CLAIM:
            folded.log_ids.setdefault(record.partition, record.fence.nonce)
        elif record.type == omo_journal.SKIP:
            place = (record.partition, event.control.skip.offset)
            if place not in skipped:
                raise SkipFound(place)
    folded.stock.finish()
    return folded


class SkipFound(Exception):
    """An operator's Skip: fold again without the record at `place`."""

    def __init__(self, place):
        super().__init__(place)
        self.place = place


def take_event(folded, record, event, where):
    folded.records["events"] += 1
    fact = event.WhichOneof("fact")
    message = event.DESCRIPTOR.fields_by_name[fact].message_type if fact else None
    if message is None or message.full_name != record.type:
        raise Violation(f"{where}: the header says {record.type}, the value is {fact}")
    command = (event.envelope.caller, record.id)
    if not record.id or command in folded.commands:
        raise Violation(f"{where}: {command} has an event already, {folded.commands.get(command)}")
    folded.commands[command] = (record.partition, record.offset)
    folded.stock.add(event, record.partition, where)


def fold_topic(bootstrap, topic=TOPIC):
    new_event, skipped = event_type(), set()
    while True:
        try:
            folded = fold(omo_journal.read_topic(bootstrap, topic), new_event, frozenset(skipped))
            if not folded.records["valid"]:
                raise Violation(f"{topic} is empty: there is nothing to prove")
            return folded
        except SkipFound as found:
            skipped.add(found.place)


def figures_digest(stock):
    lines = [f"{sku}\t{location}\t" + "\t".join(map(str, figures.values()))
             for (sku, location), figures in sorted(stock.figures.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def print_certificate(folded):
    stock = folded.stock
    print("partition      next offset   term        seq  checksum")
    for partition, last in sorted(folded.ends.items()):
        print(f"{partition:9} {last.offset + 1:16,} {last.fence.term:6} {last.fence.seq:10,}  "
              f"{last.checksum():08x}")
    void = folded.records["read"] - folded.records["valid"]
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in stock.facts.most_common())
    print(f"records {folded.records['read']:,}, void {void:,}, "
          f"events {folded.records['events']:,}: {kinds}")
    below = sum(available(figures) < 0 for figures in stock.figures.values())
    print(f"pairs {len(stock.figures):,}, below zero {below:,}, units named as missing "
          f"{sum(stock.shortfall.values()):,}, holds still open {len(stock.open):,}")
    print(f"figures sha256 {figures_digest(stock)}")
    print("no promise exceeded what was there; every missing unit is named")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bootstrap", default="127.0.0.1:7692", help="Kafka's host:port")
    parser.add_argument("--topic", default=TOPIC)
    arguments = parser.parse_args()
    try:
        print_certificate(fold_topic(arguments.bootstrap, arguments.topic))
    except UNSOUND as broken:
        sys.exit(f"fold_topic: {broken}")


if __name__ == "__main__":
    main()
