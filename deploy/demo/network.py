"""Shows a network on the grocer's stores: groups, rules, quotas, counts, kits, rejections.

Works on SKUs of its own (`show-...`), so that the replay's figures stay what the source demands,
and checks every answer: exit 0 only when all are what the rules say. network.py DESCRIPTORS TARGET
STORES (stores.tsv of the replay).
"""

import pathlib
import sys
import time

import grpc
from google.protobuf import json_format

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "python"))

import call

REGIONS = 10
CLASS = "show"  # The rules are over SKUs of this class: the replay's are not touched.
# A store's word, and what it does to (on_hand, available) when 2 of 8 committed units are rejected
# and 12 are there.
REJECTIONS = {"NOT_IN_STOCK": (0, -6), "MISMATCH": (10, 4), "DAMAGE": (12, 4),
              "WORN_DISPLAY": (12, 4), "NO_VARIANCE": (12, 6)}


class Shop:
    """The gateway, as this demonstration asks it."""

    def __init__(self, descriptors, target):
        self.descriptors, self.channel = descriptors, grpc.insecure_channel(target)
        self.methods = {}

    def ask(self, name, **request):
        """The answer as a dict, or the refusal's reason in words."""
        if name not in self.methods:
            self.methods[name] = call.find(self.descriptors, name)
        path, request_type, response_type = self.methods[name]
        message = json_format.ParseDict(request, request_type())
        if "command_id" in message.DESCRIPTOR.fields_by_name:
            message.command_id = call.uuid7()
        metadata = (("omo-caller", "demo"), ("omo-role", "manager"))
        try:
            answer = self.channel.unary_unary(path)(message.SerializeToString(), timeout=10,
                                                    metadata=metadata)
        except grpc.RpcError as error:
            return error.details().split(";")[0]
        return json_format.MessageToDict(response_type.FromString(answer),
                                         preserving_proto_field_name=True,
                                         including_default_value_fields=True)

    def change(self, **part):
        answer = self.ask("ChangeNetwork", change=part)
        return int(answer["version"])

    def preview(self, part):
        """What the change would change, page after page."""
        token = ""
        while True:
            page = self.ask("PreviewNetworkChange", change=part, page_size=1000, page_token=token)
            yield from page["differences"]
            token = page["next_page_token"]
            if not token:
                return

    def at(self, sku, store, **more):
        """The figures of one SKU at one place, and what can be promised there."""
        return self.ask("GetAvailability", skus=[sku], locations=[store],
                        **more)["items"][0]["locations"][0]

    def in_group(self, sku, group):
        return self.ask("GetAvailability", skus=[sku], groups=[group])["items"][0]["groups"][0]

    def follow(self, sku, version, patience=10):
        """Waits until the shard of `sku` has taken in the network's version."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            item = self.ask("GetAvailability", skus=[sku])["items"][0]
            if int(item["network_version"]) >= version:
                return
            time.sleep(0.05)
        sys.exit(f"the shard of {sku} has not taken in version {version} of the network")


def check(what, found, expected):
    print(f"  {what}: {found}")
    if found != expected:
        sys.exit(f"network: {what} is {found}, not {expected}")


def quantity(value):
    return {"value": value}


def receive(shop, sku, *stores, units=10):
    lines = [{"sku": sku, "location": store, "quantity": quantity(units)} for store in stores]
    for at in range(0, len(lines), 100):
        shop.ask("ReceiveStock", lines=lines[at:at + 100])


def new_sku(shop, run, name):
    sku = f"show-{run}-{name}"
    shop.ask("SetStockRules", sku=sku, rules={"classes": [CLASS]})
    return sku


def show_groups(shop, run, stores):
    print(f"{len(stores)} stores in {REGIONS} regions, and one group to ship from")
    for region in range(REGIONS):
        shop.change(put_group={"group_id": f"region-{region}", "group": {
            "name": f"Region {region}", "locations": stores[region::REGIONS]}})
    version = shop.change(put_group={"group_id": "ship-from-store", "group": {
        "name": "Ship from store", "groups": [f"region-{n}" for n in range(0, REGIONS, 2)]}})
    sku = new_sku(shop, run, "group")
    shop.follow(sku, version)
    receive(shop, sku, *stores, units=2)
    inside = sum(len(stores[region::REGIONS]) for region in range(0, REGIONS, 2))
    check("on hand in ship-from-store",
          int(shop.in_group(sku, "ship-from-store")["figures"]["on_hand"]), 2 * inside)
    held = shop.ask("ReserveStock", reservation_id=f"{sku}-1", owner="order", hold_seconds=600,
                    method="METHOD_SHIP",
                    lines=[{"sku": sku, "group": "ship-from-store", "quantity": quantity(inside)}])
    check("kept at the group", int(held["lines"][0]["quantity"]), inside)
    check("promisable there then",
          int(shop.in_group(sku, "ship-from-store")["promisable"]), inside)
    check("promisable in region 1, which is outside of it",
          int(shop.in_group(sku, "region-1")["promisable"]), 2 * len(stores[1::REGIONS]))


def show_rules(shop, run, store):
    print("safety stock by rules: the last one that fits holds; a preview first")
    sku = new_sku(shop, run, "safety")
    receive(shop, sku, store)
    everywhere = {"skus": {"classes": [CLASS]}, "places": {"all": True}, "quantity": quantity(1)}
    here = {"skus": {"classes": [CLASS]}, "places": {"locations": [store]}, "quantity": quantity(4)}
    rules = {"put_safety_rules": {"rules": [everywhere, here]}}
    told = {(each["sku"], each["place"]): each for each in shop.preview(rules)}
    check("the preview's figure", int(told[sku, store]["promisable_after"]), 6)
    version = shop.change(**rules)
    shop.follow(sku, version)
    check(f"promisable at {store} of 10", int(shop.at(sku, store)["promisable"]), 6)
    shop.follow(sku, shop.change(put_safety_rules={}))
    check("without the rules", int(shop.at(sku, store)["promisable"]), 10)


def show_quota(shop, run, store):
    print("a live stream's quota of 6")
    sku = new_sku(shop, run, "quota")
    receive(shop, sku, store)
    shop.ask("SetQuota", sku=sku, location=store, quota_id="stream", owner={"channel": "stream"},
             quantity=quantity(6))
    check("promisable to all", int(shop.at(sku, store)["promisable"]), 4)
    check("promisable to the stream", int(shop.at(sku, store, channel="stream")["promisable"]), 6)
    shop.ask("RecordSale", device=f"till-{run}", sequence=1, occurred_at_ms=now_ms(),
             lines=[{"sku": sku, "location": store, "quantity": quantity(7)}])
    check("kept for the stream after seven are sold over the counter",
          int(shop.at(sku, store)["figures"]["quota"]), 3)


def now_ms():
    return int(time.time() * 1000)


def show_count(shop, run, store):
    print("an ERP's count as of ten minutes ago; five were sold since")
    sku = new_sku(shop, run, "count")
    receive(shop, sku, store, units=100)
    shop.ask("RecordSale", device=f"till-{run}", sequence=2, occurred_at_ms=now_ms() - 300_000,
             lines=[{"sku": sku, "location": store, "quantity": quantity(5)}])
    counted = {"record_id": f"{sku}-count", "sku": sku, "location": store,
               "on_hand": quantity(40), "as_of_ms": now_ms() - 600_000}
    for outcome in ("UPLOAD_OUTCOME_APPLIED", "UPLOAD_OUTCOME_ALREADY_APPLIED"):
        answer = shop.ask("UploadStock", source="erp", records=[counted])
        check("the record", answer["results"][0]["outcome"], outcome)
    # 100 came now, which the count of ten minutes ago cannot hold.
    check("on hand", int(shop.at(sku, store)["figures"]["on_hand"]), 40 - 5 + 100)


def in_shard_of(shop, kit, run):
    """Two SKUs that live in the kit's shard: all that it is made of must."""
    found = []
    for number in range(1_000):
        sku = f"show-{run}-part-{number}"
        answer = shop.ask("DefineKit", sku=kit, components=[
            {"sku": part, "quantity": quantity(1)} for part in [*found, sku]])
        if isinstance(answer, dict):
            found.append(sku)
        if len(found) == 2:
            return found
    return sys.exit("network: no two SKUs in the kit's shard")


def show_kit(shop, run, store):
    print("a kit of two bottles and a box")
    kit = f"show-{run}-kit"
    bottle, box = in_shard_of(shop, kit, run)
    shop.ask("DefineKit", sku=kit, components=[{"sku": bottle, "quantity": quantity(2)},
                                               {"sku": box, "quantity": quantity(1)}])
    receive(shop, bottle, store, units=7)
    receive(shop, box, store, units=9)
    check("kits that can be promised", int(shop.at(kit, store)["promisable"]), 3)
    shop.ask("ReserveStock", reservation_id=kit, owner="cart", hold_seconds=600,
             lines=[{"sku": kit, "location": store, "quantity": quantity(2)}])
    check("bottles, boxes left", (int(shop.at(bottle, store)["promisable"]),
                                  int(shop.at(box, store)["promisable"])), (3, 7))


def show_pause(shop, run, store):
    print("a store takes stock: nothing is promised there for a time")
    sku = new_sku(shop, run, "pause")
    receive(shop, sku, store)
    ask = {"owner": "cart", "hold_seconds": 600,
           "lines": [{"sku": sku, "location": store, "quantity": quantity(1)}]}
    shop.follow(sku, shop.change(pause_location={"location": store, "paused": True,
                                                 "reason": "stocktake"}))
    check("a reservation", shop.ask("ReserveStock", reservation_id=f"{sku}-1", **ask),
          "location paused")
    shop.follow(sku, shop.change(pause_location={"location": store}))
    kept = shop.ask("ReserveStock", reservation_id=f"{sku}-2", **ask)
    check("afterwards", int(kept["lines"][0]["quantity"]), 1)


def show_rejections(shop, run, store):
    print("a store rejects 2 of 8 units, with each reason")
    for reason, (on_hand, free) in REJECTIONS.items():
        sku = new_sku(shop, run, reason.lower())
        receive(shop, sku, store, units=12)
        line = {"sku": sku, "location": store}
        shop.ask("ReserveStock", reservation_id=sku, owner="order", hold_seconds=600,
                 lines=[dict(line, quantity=quantity(8))])
        shop.ask("CommitReservation", reservation_id=sku, sku=sku)
        shop.ask("RejectReservation", reservation_id=sku, sku=sku, reason=reason,
                 lines=[dict(line, quantity=quantity(2))])
        figures = shop.at(sku, store)["figures"]
        check(f"{reason}: on hand, available",
              (int(figures["on_hand"]), int(figures["available"])), (on_hand, free))


def main():
    descriptors, target, stores_file = sys.argv[1:4]
    rows = pathlib.Path(stores_file).read_text(encoding="utf-8").splitlines()
    stores = sorted(row.split("\t")[0] for row in rows)
    shop, run = Shop(descriptors, target), now_ms()
    show_groups(shop, run, stores)
    show_rules(shop, run, stores[0])
    show_quota(shop, run, stores[1])
    show_count(shop, run, stores[2])
    show_kit(shop, run, stores[3])
    show_pause(shop, run, stores[4])
    show_rejections(shop, run, stores[5])


if __name__ == "__main__":
    main()
