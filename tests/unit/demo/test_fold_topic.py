"""The fold of a journal: what it adds up to, and that each way to oversell stops it."""

import pytest
from omo_journal import DamagedLog
from small_log import SKU, STORE, SmallLog
from stock_fold import Violation

PLACE = (SKU, STORE)


def test_events_add_up_to_the_figures():
    log = SmallLog()
    log.receive(10, "c1")
    log.sell(3, "c2")
    log.reserve(2, "c3")
    log.commit(2, "c4")
    log.fulfil(2, "c5")
    log.reserve(4, "c6", reservation="r2")
    stock = log.fold().stock
    assert stock.figures[PLACE]["on_hand"] == 5
    assert stock.figures[PLACE]["reserved"] == 4
    assert stock.open == {"r2": {(SKU, STORE, 2): 4}}


def test_a_void_record_changes_nothing():
    log = SmallLog()
    log.receive(10, "c1")
    figures = dict(log.figures)
    log.sell(3, "c2", seq=7)  # Behind a gap.
    log.figures = figures
    last = log.records.pop()
    log.receive(1, "c3")
    log.records.insert(2, last)
    folded = log.fold()
    assert folded.stock.figures[PLACE]["on_hand"] == 11
    assert folded.records["read"] - folded.records["valid"] == 1
    assert ("replay", "c2") not in folded.commands


def test_a_named_shortfall_is_accepted_and_counted():
    log = SmallLog()
    log.receive(2, "c1")
    log.sell(3, "c2", missing=1, total=1)
    log.sell(2, "c3", missing=2, total=3)
    folded = log.fold()
    assert folded.stock.shortfall[PLACE] == 3
    assert folded.stock.figures[PLACE]["on_hand"] == -3


def test_a_sale_that_does_not_name_its_shortfall_is_a_violation():
    log = SmallLog()
    log.receive(2, "c1")
    log.sell(3, "c2")
    with pytest.raises(Violation, match="partition 0 offset 2 .*missing"):
        log.fold()


def test_a_shortfall_named_too_small_is_a_violation():
    log = SmallLog()
    log.receive(2, "c1")
    log.sell(4, "c2", missing=1, total=1)
    with pytest.raises(Violation, match="2 units more are missing"):
        log.fold()


def test_a_shortfall_where_nothing_is_missing_is_a_violation():
    log = SmallLog()
    log.receive(2, "c1")
    log.sell(1, "c2", missing=1, total=1)
    with pytest.raises(Violation):
        log.fold()


def test_a_reservation_of_more_than_there_is_is_an_oversell():
    log = SmallLog()
    log.receive(2, "c1")
    log.reserve(3, "c2")
    with pytest.raises(Violation, match="stock_reserved.*1 units more are missing"):
        log.fold()


def test_figures_that_do_not_add_up_are_a_violation():
    log = SmallLog()
    log.receive(10, "c1")
    log.figures["on_hand"] -= 1  # One unit lost.
    log.sell(3, "c2")
    with pytest.raises(Violation, match="adds up to"):
        log.fold()


def test_a_command_with_two_events_is_a_violation():
    log = SmallLog()
    log.receive(10, "c1")
    log.sell(3, "c2")
    log.sell(3, "c2")
    with pytest.raises(Violation, match="has an event already"):
        log.fold()


def test_a_reservation_that_gives_more_than_it_holds_is_a_violation():
    log = SmallLog()
    log.receive(10, "c1")
    log.reserve(2, "c2", reservation="r1")
    log.reserve(2, "c3", reservation="r2")
    log.commit(4, "c4", reservation="r1")
    with pytest.raises(Violation, match="more than it holds"):
        log.fold()


def test_reserved_units_without_an_open_hold_are_a_violation():
    log = SmallLog()
    log.receive(10, "c1")
    log.reserve(2, "c2")
    folded = log.fold()
    folded.stock.open.clear()
    with pytest.raises(Violation, match="open holds 0"):
        folded.stock.finish()


def test_a_sale_recorded_twice_under_two_command_ids_is_a_violation():
    log = SmallLog()
    log.receive(10, "c1")
    log.sell(1, "c2", sequence=5)
    log.sell(1, "c3", sequence=5)
    with pytest.raises(Violation, match="sale 5 of till-330"):
        log.fold()


def test_a_reservation_id_taken_again_after_its_end_is_a_violation():
    log = SmallLog()
    log.receive(10, "c1")
    log.reserve(1, "c2")
    log.commit(1, "c3")
    log.fulfil(1, "c4")
    log.reserve(1, "c5")
    with pytest.raises(Violation, match="taken before"):
        log.fold()


def test_a_header_that_names_another_event_is_a_violation():
    log = SmallLog()
    event, _, _ = log.event("stock_received", on_hand=1)
    log.append("omo.inventory.events.v1.SaleRecorded", event.SerializeToString(), "c1")
    with pytest.raises(Violation, match="the header says"):
        log.fold()


def test_a_record_above_its_term_stops_the_fold():
    log = SmallLog()
    log.receive(10, "c1")
    log.sell(1, "c2", term=3)
    with pytest.raises(DamagedLog, match="offset 2"):
        log.fold()
