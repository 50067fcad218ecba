"""Commands to a shop from many tills at once, and the audit of all that they were told."""
import collections
import dataclasses
import sys
import threading
import time

from door import AGAIN, Door, Refused, message, new_command_id
from shop import ROOT

sys.path.append(str(ROOT / "deploy/analysts"))
import omo_journal
from stock_fold import StockFold

TOPIC = "omo.inventory.journal.v1"
Event = message("omo.inventory.events.v1.InventoryEvent")


@dataclasses.dataclass
class Command:
    """One command and what became of it."""

    id: str
    sku: str
    quantity: int
    began: float
    ended: float = 0.0
    position: tuple = None  # (shard, offset) once accepted.
    errors: list = dataclasses.field(default_factory=list)  # That its caller saw, and repeated.


class Traffic:
    """Tills that receive stock through the gateway, each command until it is accepted."""

    def __init__(self, gateway, skus, tills=6):
        self.commands = []  # Finished ones.
        self._skus = skus
        self._stopping = threading.Event()
        self._door = Door(gateway)
        self._tills = [threading.Thread(target=self._run, args=(till,)) for till in range(tills)]

    def __enter__(self):
        for till in self._tills:
            till.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for till in self._tills:
            till.join()

    def _run(self, number):
        turn = number
        while not self._stopping.is_set():
            turn += 1
            command = Command(new_command_id(), self._skus[turn % len(self._skus)], 1 + turn % 7,
                              time.monotonic())
            self.finish(command)
            self.commands.append(command)

    def finish(self, command):
        while command.position is None:
            try:
                answer = self._door.receive(command.id, command.sku, command.quantity)
            except Refused as refused:
                assert refused.code in AGAIN, refused
                command.errors.append(str(refused))
                continue
            command.position = (answer.position.shard, answer.position.offset)
            command.ended = time.monotonic()

    def accepted_since(self, moment, shards=None):
        """How many commands that began after the moment were accepted, in those shards."""
        return sum(1 for command in list(self.commands) if command.began >= moment and
                   (shards is None or command.position[0] in shards))


def skus_by_shard(gateway, shards=16):
    """A SKU of each shard, by asking; the commands that it took."""
    door, found, asked, number = Door(gateway), {}, [], 0
    while len(found) < shards:
        sku, number = f"sku-{number}", number + 1
        command = Command(new_command_id(), sku, 1, time.monotonic())
        answer = door.receive(command.id, sku, 1, seconds=60)
        command.position = (answer.position.shard, answer.position.offset)
        asked.append(command)
        found.setdefault(answer.position.shard, sku)
    return found, asked


@dataclasses.dataclass
class Log:
    """The journal as it stands: every record, and which of them count."""

    records: list
    valid: list

    @staticmethod
    def read(bootstrap):
        records = list(omo_journal.read_topic(bootstrap, TOPIC))
        return Log(records, list(omo_journal.valid_records(records)))

    def void(self):
        """Records that never happened: of an owner that was none any more."""
        counted = {(record.partition, record.offset) for record in self.valid}
        return [record for record in self.records
                if (record.partition, record.offset) not in counted]


def audit(shop, commands, log=None):
    """Every accepted command is in the log once, where its answer says, and nothing else is; the
    balances of every instance are those of a fold that shares no code with the service."""
    log = log or Log.read(shop.bootstrap)
    stock, at = StockFold(), collections.defaultdict(list)
    for record in log.valid:
        if record.is_event:
            at[record.id].append((record.partition, record.offset))
            stock.add(Event.FromString(record.value), record.partition,
                      f"{record.partition}/{record.offset}")
    stock.finish()
    assert {command.id: [command.position] for command in commands} == dict(at)
    asked = collections.Counter()
    for command in commands:
        asked[command.sku] += command.quantity
    folded = {sku: figures["on_hand"] for (sku, _), figures in stock.figures.items()}
    assert dict(asked) == folded
    gateway = Door(shop.gateway)
    assert {sku: gateway.on_hand(sku)[0] for sku in folded} == folded
    return log


def longest_gap(commands, began, ended):
    """The longest time in seconds without an accepted command of a shard, between two moments, by
    shard: what its callers saw of it being without an owner."""
    moments = collections.defaultdict(list)
    for command in commands:
        moments[command.position[0]].append(command.ended)
    gaps = {}
    for shard, ends in moments.items():
        ends = sorted(end for end in ends if began - 5 <= end <= ended + 5)
        gaps[shard] = max((later - earlier for earlier, later in zip(ends, ends[1:])), default=0.0)
    return gaps
