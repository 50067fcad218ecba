"""The shipped reader's validity rule against the golden log, and against a damaged one."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy/analysts"))

import omo_journal
from omo_journal import Cursor, DamagedLog, Fence, Record

SALE = "omo.inventory.events.v1.SaleRecorded"


def golden_log():
    for line in (ROOT / "tests/golden/validity.tsv").read_text().splitlines():
        if not line.startswith("#"):
            type_name, term, nonce, seq, verdict = line.split("\t")
            yield type_name, Fence(int(term), int(nonce), int(seq)), verdict


def test_each_verdict_is_the_golden_logs():
    cursor = Cursor()
    found = [cursor.judge(type_name, fence).value for type_name, fence, _ in golden_log()]
    assert found == [verdict for _, _, verdict in golden_log()]


def log(*records):
    """Records of partition 0 that name each other's checksums as a writer would."""
    made, previous = [], 0
    for offset, (type_name, term, nonce, seq) in enumerate(records):
        record = Record(0, offset, Fence(term, nonce, seq, 0, previous), type_name, "id", b"k",
                        b"value", 1000 + offset)
        previous = record.checksum()
        made.append(record)
    return made


def test_void_records_are_left_out():
    records = log((omo_journal.CLAIM, 1, 9, 0), (SALE, 1, 9, 1), (SALE, 1, 9, 1), (SALE, 1, 9, 3))
    assert [record.offset for record in omo_journal.valid_records(records)] == [0, 1]


def test_a_skipped_record_is_left_out_and_the_next_still_counts():
    records = log((omo_journal.CLAIM, 1, 9, 0), (SALE, 1, 9, 1), (SALE, 1, 9, 2))
    valid = omo_journal.valid_records(records, skipped={(0, 1)})
    assert [record.offset for record in valid] == [0, 2]


def test_an_impossible_record_stops_the_reader_and_is_named():
    records = log((omo_journal.CLAIM, 1, 9, 0), (SALE, 2, 9, 1))
    with pytest.raises(DamagedLog, match="partition 0 offset 1"):
        list(omo_journal.valid_records(records))


def test_a_changed_value_breaks_the_chain_at_the_next_record():
    records = log((omo_journal.CLAIM, 1, 9, 0), (SALE, 1, 9, 1), (SALE, 1, 9, 2))
    first, changed, last = records
    changed = Record(0, 1, changed.fence, SALE, "id", b"k", b"other", changed.stamp_ms)
    with pytest.raises(DamagedLog, match="offset 2"):
        list(omo_journal.valid_records([first, changed, last]))


def test_a_fence_reads_as_it_was_written():
    fence = Fence(1, 2**64 - 1, 3, 4, 5)
    assert Fence.decode(fence.encode()) == fence
    with pytest.raises(DamagedLog):
        Fence.decode(fence.encode()[:-1])
