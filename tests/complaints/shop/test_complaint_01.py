"""The last unit sold twice: saleor/saleor 543, vendurehq/vendure 3508, 1355, spree/spree PR 3792.

Goal: N buyers want one unit, the owner of its SKU is killed in between, exactly one gets it.
Method: real Kafka, two instances and the gateway; in each round a new SKU with one unit, all buyers
at once, each repeating its own command id until it is answered; kill -9 of the SKU's owner while
they ask. Then the answers, the figures and the register must tell of one buyer, the same one.
"""
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import threading
import time
import urllib.request
import uuid

import grpc
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "chaos"))
from shop import Shop  # noqa: E402

BUYERS = 24
ROUNDS = 3
PATIENCE_SECONDS = 60
COMMANDS = "/omo.inventory.v1.InventoryService/"
QUERIES = "/omo.inventory.v1.InventoryQueryService/"
METADATA = (("omo-caller", "buyers"), ("omo-role", "staff"))
AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED, grpc.StatusCode.DEADLINE_EXCEEDED,
         grpc.StatusCode.RESOURCE_EXHAUSTED)


def uuid7():
    """A command id: 48 bits of milliseconds, then chance."""
    bits = (int(time.time() * 1000) << 80) | (uuid.uuid4().int & ((1 << 76) - 1))
    return str(uuid.UUID(int=(bits & ~(0xC << 60)) | (0x7 << 76) | (0x8 << 60)))


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """The messages, made from the .proto files."""
    folder = tmp_path_factory.mktemp("api")
    protos = [str(path.relative_to(ROOT / "proto"))
              for path in (ROOT / "proto/omo").rglob("*.proto")]
    subprocess.run(["protoc", "-I", ROOT / "proto", "-I", ROOT / "proto/third_party",
                    f"--python_out={folder}", *protos], check=True)
    sys.path.insert(0, str(folder))
    from omo.inventory.v1 import inventory_query_service_pb2, inventory_service_pb2
    return inventory_service_pb2, inventory_query_service_pb2


class Buyers:
    """All buyers' way to the gateway."""

    def __init__(self, target, api):
        self.channel = grpc.insecure_channel(target)
        self.commands, self.queries = api

    def ask(self, method, request, response):
        """The answer, or why not; asks again with the same bytes while nobody knows."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        call = self.channel.unary_unary(method)
        while True:
            try:
                return response.FromString(
                    call(request.SerializeToString(), timeout=5, metadata=METADATA)), ""
            except grpc.RpcError as error:
                if error.code() not in AGAIN or time.monotonic() > deadline:
                    return None, f"{error.code().name} {error.details()}"

    def receive_one(self, sku):
        request = self.commands.ReceiveStockRequest(command_id=uuid7())
        line = request.lines.add(sku=sku, location="shop")
        line.quantity.value = 1
        answer, why = self.ask(COMMANDS + "ReceiveStock", request,
                               self.commands.ReceiveStockResponse)
        assert answer is not None, why

    def reserve(self, sku, buyer):
        request = self.commands.ReserveStockRequest(
            command_id=uuid7(), reservation_id=f"{sku}-{buyer}", owner=buyer, hold_seconds=600)
        line = request.lines.add(sku=sku, location="shop")
        line.quantity.value = 1
        return self.ask(COMMANDS + "ReserveStock", request, self.commands.ReserveStockResponse)

    def available(self, sku):
        request = self.queries.GetAvailabilityRequest(skus=[sku], locations=["shop"])
        request.read.level = 3  # Linearizable.
        answer, why = self.ask(QUERIES + "GetAvailability", request,
                               self.queries.GetAvailabilityResponse)
        assert answer is not None, why
        return answer.items[0].locations[0].figures

    def holders(self, sku):
        request = self.queries.ListReservationsRequest(page_size=1000)
        request.read.level = 3
        answer, why = self.ask(QUERIES + "ListReservations", request,
                               self.queries.ListReservationsResponse)
        assert answer is not None, why
        return [entry.reservation.owner for entry in answer.reservations
                if entry.reservation.reservation_id.startswith(sku + "-")]


def owner_of(shop, shard):
    """The instance that owns the shard, by the instances' own pages."""
    for name, port in (("inventory-0", 11), ("inventory-1", 13)):
        with urllib.request.urlopen(f"http://127.0.0.1:{shop.base + port}/shards") as page:
            for each in json.load(page)["shards"]:
                if each["shard"] == shard and each["state"] == "owning":
                    return name
    raise AssertionError(f"nobody owns shard {shard}")


def shard_of(buyers, sku):
    request = buyers.queries.GetAvailabilityRequest(skus=[sku])
    answer, why = buyers.ask(QUERIES + "GetAvailability", request,
                             buyers.queries.GetAvailabilityResponse)
    assert answer is not None, why
    return answer.freshness[0].position.shard


def test_the_last_unit_is_sold_once_though_its_owner_is_killed(tmp_path, api):
    shop = Shop(tmp_path)
    try:
        shop.omo("up")
        buyers = Buyers(shop.gateway, api)
        for number in range(ROUNDS):
            sku = f"last-{number}"
            buyers.receive_one(sku)
            victim = owner_of(shop, shard_of(buyers, sku))
            begin = threading.Barrier(BUYERS + 1)

            def buy(name):
                begin.wait()
                return name, *buyers.reserve(sku, name)

            with concurrent.futures.ThreadPoolExecutor(BUYERS) as pool:
                asked = [pool.submit(buy, f"buyer-{i}") for i in range(BUYERS)]
                begin.wait()
                shop.kill(victim)  # While they are on their way.
                shop.omo("up")
                answers = [each.result() for each in asked]
            winners = [name for name, answer, _ in answers if answer is not None]
            assert len(winners) == 1, answers
            refusals = {why.split(" ")[0] for _, answer, why in answers if answer is None}
            assert refusals == {"FAILED_PRECONDITION"}, answers
            figures = buyers.available(sku)
            assert (figures.on_hand, figures.reserved, figures.available) == (1, 1, 0)
            assert buyers.holders(sku) == winners
    finally:
        shop.omo("down")
