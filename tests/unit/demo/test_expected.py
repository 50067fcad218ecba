"""The recomputation and the extraction, on a shop of a few lines."""

import datetime

import expected
import extract_shop

DAY = datetime.datetime(2017, 1, 1, 12)


def basket_that(is_reserved, mapping, after=0):
    """The first basket number above `after` that the mapping reserves, or sells."""
    basket = after + 1
    while expected.chosen(mapping, "basket", basket, mapping.reservation_every) != is_reserved:
        basket += 1
    return basket


def sku_that(is_short, mapping, store=1):
    sku = 1
    while expected.chosen(mapping, "pair", f"{sku}/store-{store}", 10) != is_short:
        sku += 1
    return sku


MAPPING = expected.Mapping(days=14)
SOLD, RESERVED = basket_that(False, MAPPING), basket_that(True, MAPPING)
FULL, SHORT = sku_that(False, MAPPING), sku_that(True, MAPPING)


def figures_of(rows, sku, store="store-1"):
    figures, _ = expected.recompute(rows, MAPPING)
    at = figures[str(sku), store]
    return at.on_hand, at.reserved, at.shortfall


def test_what_was_received_is_what_was_sold():
    rows = [(SOLD, 1, FULL, 2, DAY), (RESERVED, 1, FULL, 3, DAY)]
    assert figures_of(rows, FULL) == (0, 0, 0)


def test_a_sale_of_a_missing_unit_is_accepted_and_a_shortfall():
    rows = [(RESERVED, 1, SHORT, 2, DAY), (SOLD, 1, SHORT, 3, DAY)]
    _, answers = expected.recompute(rows, MAPPING)
    assert figures_of(rows, SHORT) == (-1, 0, 1)
    assert answers["record_sale", "1"] == expected.ACCEPTED


def test_a_reservation_of_a_missing_unit_is_refused_and_not_committed():
    rows = [(SOLD, 1, SHORT, 2, DAY), (RESERVED, 1, SHORT, 3, DAY)]
    _, answers = expected.recompute(rows, MAPPING)
    assert figures_of(rows, SHORT) == (2, 0, 0)
    assert answers["reserve", "1"] == expected.REFUSED
    assert ("commit", "1") not in answers


def test_a_pair_that_would_receive_nothing_has_no_receipt():
    _, answers = expected.recompute([(SOLD, 1, SHORT, 1, DAY)], MAPPING)
    assert not [what for step, what in answers if step == "receive"]


def test_lines_of_quantity_0_and_of_later_days_do_not_count():
    late = datetime.datetime(2017, 1, 15)
    rows = [(SOLD, 1, FULL, 0, DAY), (SOLD, 1, FULL, 1, late), (SOLD, 1, FULL, 4, DAY)]
    _, answers = expected.recompute(rows, MAPPING)
    assert answers == dict.fromkeys([("open_location", "store-1"), ("receive", f"{FULL}/0"),
                                     ("record_sale", "2")], expected.ACCEPTED)


def test_the_extraction_maps_as_the_recomputation_does():
    rows = [(basket, 1 + sku % 3, sku, 1 + basket % 4, DAY)
            for basket in range(1, 40) for sku in range(1, 9)]
    lines, stock, counts = extract_shop.build(rows, days=14, seed=1, reservation_every=5)
    _, answers = expected.recompute(rows, MAPPING)
    received = {f"{sku}/0" for sku, store, quantity in stock if quantity > 0}
    assert {what for step, what in answers if step == "receive"} == received
    for line, kind, *_ in lines:
        step = "record_sale" if kind == "sale" else "reserve"
        assert (step, str(line)) in answers
    assert counts["sales"] + counts["reservations"] == len(rows) == counts["lines"]


def test_each_till_numbers_its_sales_from_1_without_a_gap():
    rows = [(basket, 1 + basket % 2, 7, 1, DAY) for basket in range(1, 30)]
    lines, _, _ = extract_shop.build(rows, days=14, seed=1, reservation_every=5)
    for till in ("till-1", "till-2"):
        sequences = [line[8] for line in lines if line[7] == till]
        assert sequences == list(range(1, len(sequences) + 1)) and sequences


def test_a_sku_at_250_stores_is_delivered_in_three_parts():
    rows = [(SOLD, store, 5, 2, DAY) for store in range(1, 251)]
    _, answers = expected.recompute(rows, MAPPING)
    assert [what for step, what in answers if step == "receive"] == ["5/0", "5/1", "5/2"]


def test_a_unit_is_defined_for_what_is_counted_in_thousandths():
    late = datetime.datetime(2017, 12, 1)
    rows = [(SOLD, 1, 5, 144, DAY), (SOLD, 1, 6, 23, DAY), (SOLD, 1, 6, 3461, late)]
    _, answers = expected.recompute(rows, MAPPING)
    assert [what for step, what in answers if step == "define_unit"] == ["6"]


def test_a_sku_of_fuel_quantities_is_counted_in_thousandths():
    rows = [(SOLD, 1, 5, 144, DAY), (SOLD, 1, 6, 3461, DAY), (SOLD, 1, 6, 23, DAY)]
    assert extract_shop.fine_skus(rows) == {6}


def test_an_extraction_is_made_again_only_when_asked_for_another(tmp_path):
    rows = [(SOLD, 1, FULL, 2, DAY)]
    extract_shop.write_shop(tmp_path / "shop", rows, {}, "hash", (14, 1, 5))
    assert extract_shop.made_before(tmp_path / "shop", 14, 1, 5)["counts"]["lines"] == 1
    assert extract_shop.made_before(tmp_path / "shop", 15, 1, 5) is None
    (tmp_path / "shop" / "made-by").write_text("an older program")
    assert extract_shop.made_before(tmp_path / "shop", 14, 1, 5) is None
