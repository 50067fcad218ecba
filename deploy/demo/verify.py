"""Compares what the service answers, what the source demands and what the log adds up to.

Three independent accounts of one replay (docs/real_data.md): the figures read through the API and
the answers the replay got; the recomputation from the source (expected.py); the fold of the Kafka
topic (fold_topic.py). Exit 0 only when all are equal in every (SKU, store) and every answer.
"""

import argparse
import json
import pathlib
import sys

import expected
import fold_topic
import stock_fold

DIFFERENCES_SHOWN = 20
CALLER = "replay"


def read_rows(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t") for line in lines]


def read_balances(path):
    """{(sku, store): {...}} from `omoctl balances`."""
    balances = {}
    for sku, store, _, on_hand, available, reserved, committed, other in read_rows(path):
        balances[sku, store] = {"on_hand": int(on_hand), "available": int(available),
                                "reserved": int(reserved), "committed": int(committed),
                                "other": int(other)}
    return balances


def read_answers(path):
    """{(command, what): (id, answer, log id, shard, offset)} from `omoctl replay`."""
    return {(name, what): (command, answer, int(log), int(shard), int(offset))
            for name, what, command, answer, log, shard, offset, _ in read_rows(path)}


SHOWN = "show-"  # SKUs of network.py, which are nobody's in the source.


def folded_balances(stock):
    """The fold's figures in the form of read_balances, without those of the other demonstration."""
    return {place: {"on_hand": figures["on_hand"], "available": stock_fold.available(figures),
                    "reserved": figures["reserved"], "committed": figures["committed"],
                    "other": sum(figures[name] for name in ("damaged", "quality_control",
                                                            "safety_stock", "display", "incoming",
                                                            "quota"))}
            for place, figures in stock.figures.items() if not place[0].startswith(SHOWN)}


def expected_balances(figures):
    """The recomputation's figures in the form of read_balances: no hold is open at the end."""
    return {place: {"on_hand": at.on_hand, "available": at.on_hand - at.reserved,
                    "reserved": at.reserved, "committed": 0, "other": 0}
            for place, at in figures.items()}


def differences(title, left, right):
    """Rows (title, key, left, right) where two dicts differ; an absent key is None."""
    keys = sorted(left.keys() | right.keys(), key=str)
    return [(title, key, left.get(key), right.get(key))
            for key in keys if left.get(key) != right.get(key)]


def answer_differences(answers, folded):
    """Answers that the log does not bear out, and the replay's events that nobody was told of."""
    rows, told = [], set()
    for (name, what), (command, answer, log, shard, offset) in answers.items():
        told.add((CALLER, command))
        place = folded.commands.get((CALLER, command))
        if answer != expected.ACCEPTED:
            if place is not None:
                rows.append(("refused, yet in the log", f"{name} {what}", answer, place))
        elif place != (shard, offset):
            rows.append(("answered | in the log", f"{name} {what}", (shard, offset), place))
        elif folded.log_ids.get(shard) != log:
            rows.append(("log id answered | in the log", f"shard {shard}", log,
                         folded.log_ids.get(shard)))
    rows += [("in the log, not answered", command, None, place)
             for command, place in folded.commands.items()
             if command[0] == CALLER and command not in told]
    return rows


def standing(balances):
    """Without pairs that stand at zero: one that never got a unit has no figures anywhere."""
    return {place: figures for place, figures in balances.items() if any(figures.values())}


def compare(figures, demanded, balances, answers, folded):
    """All differences between the accounts; none when the replay is proven."""
    want = standing(expected_balances(figures))
    balances, adds_up = standing(balances), standing(folded_balances(folded.stock))
    given = {key: answer for key, (_, answer, *_) in answers.items()}
    short = {place: at.shortfall for place, at in figures.items() if at.shortfall}
    named = {place: units for place, units in folded.stock.shortfall.items()
             if units and not place[0].startswith(SHOWN)}
    return (differences("source | service", want, balances)
            + differences("source | log", want, adds_up)
            + differences("shortfall, source | log", short, named)
            + differences("answer, source | service", demanded, given)
            + answer_differences(answers, folded))


def print_differences(rows):
    for title, key, left, right in rows[:DIFFERENCES_SHOWN]:
        print(f"  {title:28} {' '.join(key) if isinstance(key, tuple) else key}")
        print(f"  {'':28}   {left}\n  {'':28}   {right}")
    if len(rows) > DIFFERENCES_SHOWN:
        print(f"  and {len(rows) - DIFFERENCES_SHOWN:,} more")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--input", type=pathlib.Path, required=True, help="of extract_shop.py")
    parser.add_argument("--answers", type=pathlib.Path, required=True, help="of omoctl replay")
    parser.add_argument("--balances", type=pathlib.Path, required=True, help="of omoctl balances")
    parser.add_argument("--bootstrap", default="127.0.0.1:7692", help="Kafka's host:port")
    arguments = parser.parse_args()
    manifest = json.loads((arguments.input / "manifest.json").read_text(encoding="utf-8"))
    mapping = expected.Mapping(manifest["days"], manifest["seed"], manifest["reservation_every"])
    figures, demanded = expected.recompute(expected.source_rows(), mapping)
    balances, answers = read_balances(arguments.balances), read_answers(arguments.answers)
    try:
        folded = fold_topic.fold_topic(arguments.bootstrap)
    except fold_topic.UNSOUND as broken:
        sys.exit(f"verify: the log proves nothing: {broken}")
    fold_topic.print_certificate(folded)
    rows = compare(figures, demanded, balances, answers, folded)
    if rows:
        print(f"verify: {len(rows):,} differences")
        print_differences(rows)
        sys.exit(1)
    refused = sum(answer != expected.ACCEPTED for answer in demanded.values())
    print(f"verified: {len(figures):,} balances and {len(demanded):,} answers, {refused:,} of them "
          "refusals, are equal in the source, the service and the log")


if __name__ == "__main__":
    main()
