"""Reads an OMO journal from Kafka: which records count, in pure Python (docs/reference/journal.md).

A journal's partition holds valid records and void ones (of an owner that lost its claim). Judge
each record in offset order with a Cursor of its partition, from offset 0 or from a cursor kept with
the offset it belongs to; what is not VALID never happened. The rule needs headers only.
"""

import dataclasses
import enum
import struct
import zlib

CONTROL = "omo.journal.v1."
CLAIM = CONTROL + "Claim"
SEAL = CONTROL + "Seal"
SKIP = CONTROL + "Skip"


class Verdict(enum.Enum):
    VALID = "valid"
    DUPLICATE = "duplicate"
    VOID = "void"
    IMPOSSIBLE = "impossible"  # Cannot stand in an undamaged log: stop.


class DamagedLog(Exception):
    """The log holds what an undamaged journal cannot hold."""


@dataclasses.dataclass(frozen=True)
class Fence:
    """The header `fence`: 36 bytes, big-endian, in this order."""

    term: int
    nonce: int
    seq: int
    command_hash: int = 0
    previous_checksum: int = 0

    LAYOUT = struct.Struct(">QQQQI")

    @staticmethod
    def decode(raw):
        if raw is None or len(raw) != Fence.LAYOUT.size:
            raise DamagedLog("a record without a fence of 36 bytes")
        return Fence(*Fence.LAYOUT.unpack(raw))

    def encode(self):
        return self.LAYOUT.pack(self.term, self.nonce, self.seq, self.command_hash,
                                self.previous_checksum)


@dataclasses.dataclass
class Cursor:
    """What a reader remembers of one partition; all zero before its first record."""

    term: int = 0
    nonce: int = 0
    seq: int = 0
    sealed: bool = False

    def judge(self, type_name, fence):
        """The verdict on the partition's next record; moves the cursor when it is VALID."""
        if self.sealed:
            return Verdict.VOID
        if type_name == CLAIM:
            if fence.term > self.term + 1:
                return Verdict.IMPOSSIBLE
            if fence.term <= self.term:
                return Verdict.VOID
            self.term, self.nonce, self.seq = fence.term, fence.nonce, 0
            return Verdict.VALID
        if fence.term < self.term:
            return Verdict.VOID
        if fence.term > self.term or fence.nonce != self.nonce:
            return Verdict.IMPOSSIBLE
        if fence.seq <= self.seq:
            return Verdict.DUPLICATE
        if fence.seq > self.seq + 1:
            return Verdict.VOID
        self.seq += 1
        self.sealed = type_name == SEAL
        return Verdict.VALID


@dataclasses.dataclass(frozen=True)
class Record:
    """One Kafka message as the journal sees it."""

    partition: int
    offset: int
    fence: Fence
    type: str  # Full name of the event's message, or of a control's.
    id: str  # The command id; empty for control records.
    key: bytes
    value: bytes
    stamp_ms: int

    @staticmethod
    def of(message):
        """From a confluent_kafka.Message."""
        headers = dict(message.headers() or [])
        return Record(message.partition(), message.offset(), Fence.decode(headers.get("fence")),
                      headers.get("ce_type", b"").decode(), headers.get("ce_id", b"").decode(),
                      message.key() or b"", message.value() or b"", message.timestamp()[1])

    @property
    def is_event(self):
        return not self.type.startswith(CONTROL)

    def checksum(self):
        """What the next valid record names as previous_checksum."""
        parts = [self.fence.encode()]
        for part in (self.type.encode(), self.id.encode(), self.key):
            parts += [struct.pack(">I", len(part)), part]
        parts += [struct.pack(">I", len(self.value)), struct.pack(">q", self.stamp_ms), self.value]
        return zlib.crc32(b"".join(parts))


def valid_records(records, skipped=frozenset(), cursors=None):
    """The records that count among `records`, which come in offset order within each partition.

    `skipped` holds (partition, offset) of records that an operator's Skip made void. `cursors`, a
    dict, receives each partition's Cursor. Raises DamagedLog with partition and offset.
    """
    cursors = {} if cursors is None else cursors
    checksums = {}
    for record in records:
        cursor = cursors.setdefault(record.partition, Cursor())
        verdict = cursor.judge(record.type, record.fence)
        where = f"partition {record.partition} offset {record.offset}"
        if verdict is Verdict.IMPOSSIBLE:
            raise DamagedLog(f"{where}: {record.fence} cannot follow {cursor}")
        if verdict is not Verdict.VALID:
            continue
        known = checksums.get(record.partition)
        # A claim may land behind records that its writer had not read yet: only the term binds it.
        linked = record.type == CLAIM or known in (None, record.fence.previous_checksum)
        if not linked:
            raise DamagedLog(f"{where}: not written behind the valid record before it")
        checksums[record.partition] = record.checksum()
        if (record.partition, record.offset) not in skipped:
            yield record


def read_topic(bootstrap, topic, timeout_seconds=30):
    """All records of a topic as it is at the call, partition by partition, void ones too.

    Raises DamagedLog when something of it is missing, TimeoutError when Kafka does not answer.
    """
    from confluent_kafka import Consumer, KafkaException, TopicPartition

    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "omo-analysts",
                         "enable.auto.commit": False, "auto.offset.reset": "error",
                         "isolation.level": "read_uncommitted", "check.crcs": True,
                         "reconnect.backoff.ms": 500, "log_level": 2})
    try:
        for partition in partitions_of(consumer, topic, timeout_seconds):
            place = TopicPartition(topic, partition, 0)
            first, end = consumer.get_watermark_offsets(place, timeout_seconds)
            if first != 0:
                raise DamagedLog(f"partition {partition} begins at {first}: its beginning is lost")
            consumer.assign([place])
            yield from read_partition(consumer, partition, end, timeout_seconds)
    except KafkaException as failed:
        raise TimeoutError(f"{bootstrap}: {failed.args[0].str()}") from failed
    finally:
        consumer.close()


def partitions_of(consumer, topic, timeout_seconds):
    described = consumer.list_topics(topic, timeout_seconds).topics[topic]
    if described.error is not None or not described.partitions:
        raise DamagedLog(f"no topic {topic}: {described.error}")
    return sorted(described.partitions)


def read_partition(consumer, partition, end, timeout_seconds):
    """The records below `end` of the partition that `consumer` is assigned from 0 on."""
    at = 0
    while at < end:
        batch = consumer.consume(min(5000, end - at), timeout_seconds)
        if not batch:
            raise TimeoutError(f"partition {partition} gives nothing from offset {at} on")
        for message in batch:
            if message.error():
                raise DamagedLog(f"partition {partition}: {message.error()}")
            if message.offset() != at:
                raise DamagedLog(f"partition {partition}: {message.offset()} follows {at - 1}")
            at += 1
            yield Record.of(message)
