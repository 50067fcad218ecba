"""The real data: the page's figures are true, and extraction and recomputation agree on it."""

import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy/demo"))

import expected
import extract_shop

DAYS = 14


@pytest.fixture(scope="module")
def rows():
    return list(expected.source_rows())


@pytest.fixture(scope="module")
def recomputed(rows):
    return expected.recompute(rows, expected.Mapping(DAYS))


@pytest.fixture(scope="module")
def extracted(rows):
    names = extract_shop.product_names(extract_shop.data_folder())
    return extract_shop.tables(rows, names, DAYS, 1, 5)


def page_figures():
    """{first cell: numbers of the last cell} of docs/real_data.md's table."""
    page = (ROOT / "docs/real_data.md").read_text()
    table = re.findall(r"^\| (.*?) \|.*\| (.*?) \|$", page, re.M)
    return {name: [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\d|\d", cell)]
            for name, cell in table}


def test_the_page_tells_what_was_extracted(extracted):
    _, counts = extracted
    page = page_figures()
    assert page["lines in the source"] == [counts["lines_read"]]
    assert page["left out: quantity 0"] == [counts["lines_left_out_quantity_0"]]
    assert page["lines that count"] == [counts["lines"]]
    assert page["baskets with such a line (of 155,848)"] == [counts["baskets"]]
    assert page["SKUs, stores"] == [counts["skus"], counts["stores"]]
    assert page["(SKU, store) pairs"] == [counts["pairs"]]
    assert page["pairs that receive one unit less"] == [counts["pairs_one_unit_short"]]
    assert page["point-of-sale lines"] == [counts["sales"]]
    assert page["reserved lines"] == [counts["reservations"]]
    assert page["SKUs counted in thousandths"] == [counts["skus_in_thousandths"]]
    assert page["sold, but not in `products`"] == [counts["skus_not_in_products"]]


def test_the_page_tells_what_was_recomputed(recomputed):
    figures, answers = recomputed
    refused = sum(answer != expected.ACCEPTED for answer in answers.values())
    page = page_figures()
    assert page["commands to be answered, of them refusals"] == [len(answers), refused]
    assert page["units that sales took and nobody had received"] == [
        sum(at.shortfall for at in figures.values())]


def test_every_extracted_line_and_delivery_is_one_that_the_recomputation_demands(extracted,
                                                                                 recomputed):
    files, _ = extracted
    figures, answers = recomputed
    first = {"sale": "record_sale", "reservation": "reserve"}
    asked = {(first[line[1]], str(line[0])) for line in files["lines.tsv"]}
    assert asked == {key for key in answers if key[0] in first.values()}
    received = {(str(sku), store): quantity for sku, store, quantity in files["stock.tsv"]}
    sold = dict.fromkeys(figures, 0)
    for line in files["lines.tsv"]:
        sold[str(line[3]), line[4]] += line[5]
    assert received.keys() == figures.keys()
    assert {sold[place] - received[place] for place in figures} == {0, 1}


def test_no_sku_lies_near_the_limit_of_thousandths(rows):
    largest = {}
    for _, _, sku, quantity, _ in rows:
        largest[sku] = max(quantity, largest.get(sku, 0))
    fine = {sku for sku, quantity in largest.items() if quantity > 999}
    assert len(fine) == 24
    assert max(quantity for sku, quantity in largest.items() if sku not in fine) == 144
    assert min(largest[sku] for sku in fine) == 3461
