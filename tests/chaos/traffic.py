"""Commands to a shop from many tills at once, and the audit of all that they were told."""
import collections
import dataclasses
import os
import sys
import threading
import time

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from shop import BUILD, ROOT

sys.path.append(str(ROOT / "deploy/analysts"))
import omo_journal
from stock_fold import StockFold

TOPIC = "omo.inventory.journal.v1"
LOCATION = "store-1"
COMMANDS = "/omo.inventory.v1.InventoryService/"
QUERIES = "/omo.inventory.v1.InventoryQueryService/"
WHO = (("omo-caller", "chaos"), ("omo-role", "staff"))
AGAIN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED, grpc.StatusCode.DEADLINE_EXCEEDED,
         grpc.StatusCode.RESOURCE_EXHAUSTED}


def _load_messages():
    described = (BUILD / "proto" / "omo.binpb").read_bytes()
    files = descriptor_pb2.FileDescriptorSet.FromString(described)
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return lambda name: factory.GetPrototype(pool.FindMessageTypeByName(name))


message = _load_messages()
Receive = message("omo.inventory.v1.ReceiveStockRequest")
Received = message("omo.inventory.v1.ReceiveStockResponse")
Ask = message("omo.inventory.v1.GetAvailabilityRequest")
Availability = message("omo.inventory.v1.GetAvailabilityResponse")
Event = message("omo.inventory.events.v1.InventoryEvent")
Status = message("google.rpc.Status")
ErrorInfo = message("google.rpc.ErrorInfo")
LINEARIZABLE = 3


def new_command_id():
    """A UUIDv7."""
    stamp, noise = int(time.time() * 1000), int.from_bytes(os.urandom(10), "big")
    value = stamp << 80 | 7 << 76 | (noise >> 68 & 0xFFF) << 64 | 2 << 62 | noise & (1 << 62) - 1
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Refused(Exception):
    """A call's failure: its code and our reason, empty when it is none of ours."""

    def __init__(self, error):
        self.code, self.reason, self.details = error.code(), "", {}
        for key, value in error.trailing_metadata() or ():
            if key != "grpc-status-details-bin":
                continue
            for detail in Status.FromString(value).details:
                if detail.type_url.endswith("google.rpc.ErrorInfo"):
                    info = ErrorInfo.FromString(detail.value)
                    self.reason, self.details = info.reason, dict(info.metadata)
        super().__init__(f"{self.code.name} {self.reason}: {error.details()}")


class Door:
    """The gateway's door, or an instance's own."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address, options=(
            ("grpc.initial_reconnect_backoff_ms", 20), ("grpc.min_reconnect_backoff_ms", 20),
            ("grpc.max_reconnect_backoff_ms", 100), ("grpc.enable_retries", 0)))

    def call(self, path, request, answer_type, seconds=10):
        method = self.channel.unary_unary(path, request_serializer=type(request).SerializeToString,
                                          response_deserializer=answer_type.FromString)
        try:
            return method(request, timeout=seconds, metadata=WHO)
        except grpc.RpcError as error:
            raise Refused(error) from None

    def receive(self, command_id, sku, quantity, seconds=10):
        request = Receive(command_id=command_id)
        line = request.lines.add(sku=sku, location=LOCATION)
        line.quantity.value = quantity
        return self.call(COMMANDS + "ReceiveStock", request, Received, seconds)

    def on_hand(self, sku, level=LINEARIZABLE, seconds=10):
        """Units of the SKU, and the position that the answer stands at."""
        request = Ask(skus=[sku], locations=[LOCATION])
        request.read.level = level
        answer = self.call(QUERIES + "GetAvailability", request, Availability, seconds)
        return answer.items[0].locations[0].figures.on_hand, answer.freshness[0].position.offset


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
            stock.add(Event.FromString(record.value), f"{record.partition}/{record.offset}")
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
