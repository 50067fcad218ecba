"""The last unit sold twice: saleor/saleor 543, vendurehq/vendure 3508, 1355, spree/spree PR 3792.

Goal: N buyers want one unit, the owner of its SKU is killed while all of them wait, exactly one
gets it.
Method: real Kafka, two instances and the gateway; in each round a new SKU with one unit, all buyers
at once, each repeating its own command id until it is answered. Either the owner or the broker is
put to sleep first, so that nobody can be answered before the owner dies by kill -9: the sleeping
owner has decided nothing; behind the sleeping broker its decisions are on their way to the log, and
nobody knows whether they will be in it. Then the answers, the figures, the register and the log
must tell of one buyer, the same one.
"""
import concurrent.futures
import time

import pytest

from door import (AGAIN, COMMANDS, LINEARIZABLE, LOCATION, QUERIES, Ask, Availability, Door,
                  Refused, message, new_command_id)
from shop import Shop, await_that
from traffic import Event, Log

BUYERS = 24
PATIENCE_SECONDS = 60
CALL_SECONDS = 1  # Then a buyer asks again.
Reserve = message("omo.inventory.v1.ReserveStockRequest")
Reserved = message("omo.inventory.v1.ReserveStockResponse")
List = message("omo.inventory.v1.ListReservationsRequest")
Reservations = message("omo.inventory.v1.ListReservationsResponse")


class Buyer:
    """Wants one unit of the SKU; asks with the same bytes while nobody knows."""

    def __init__(self, gateway, sku, number):
        self.name, self.repeats = f"buyer-{number}", 0
        self._door = Door(gateway)
        self._request = Reserve(command_id=new_command_id(), reservation_id=f"{sku}-{self.name}",
                                owner=self.name, hold_seconds=600)
        self._request.lines.add(sku=sku, location=LOCATION).quantity.value = 1

    def buy(self):
        """None once it is bought, or why not."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._door.call(COMMANDS + "ReserveStock", self._request, Reserved, CALL_SECONDS)
                return None
            except Refused as refused:
                if refused.code not in AGAIN or time.monotonic() > deadline:
                    return refused.code.name
                self.repeats += 1


def figures(door, sku):
    """The SKU's figures at its one location, and its shard."""
    request = Ask(skus=[sku], locations=[LOCATION])
    request.read.level = LINEARIZABLE
    answer = door.call(QUERIES + "GetAvailability", request, Availability, PATIENCE_SECONDS)
    return answer.items[0].locations[0].figures, answer.freshness[0].position.shard


def holders(door, sku):
    """Who holds the SKU, by the register."""
    request = List(page_size=1000)
    request.read.level = LINEARIZABLE
    answer = door.call(QUERIES + "ListReservations", request, Reservations, PATIENCE_SECONDS)
    return [entry.reservation.owner for entry in answer.reservations
            if entry.reservation.reservation_id.startswith(sku + "-")]


def reservations_in_log(shop, sku):
    """Who got it, by each valid record of the log that keeps a unit of the SKU aside."""
    facts = [Event.FromString(record.value) for record in Log.read(shop.bootstrap).valid
             if record.is_event]
    return [fact.stock_reserved.owner for fact in facts if fact.WhichOneof("fact") ==
            "stock_reserved" and fact.stock_reserved.lines[0].sku == sku]


def all_repeat(buyers, asked):
    """Each was left without an answer and has asked again; nobody was answered."""
    told = [each.result() for each in asked if each.done()]
    assert told == [], "answered by somebody asleep"
    return all(buyer.repeats > 0 for buyer in buyers)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with Shop(tmp_path_factory.mktemp("last-unit")) as opened:
        yield opened


@pytest.mark.parametrize("sleeper", ["owner", "broker"])
def test_the_last_unit_is_sold_once_though_its_owner_is_killed(shop, sleeper):
    door, sku = Door(shop.gateway), f"last-by-{sleeper}"
    door.receive(new_command_id(), sku, 1, seconds=PATIENCE_SECONDS)
    shard = figures(door, sku)[1]
    victim = shop.owner_of(shard)
    sleeping = victim if sleeper == "owner" else "kafka"
    buyers = [Buyer(shop.gateway, sku, number) for number in range(BUYERS)]
    with concurrent.futures.ThreadPoolExecutor(BUYERS) as pool:
        shop.put_to_sleep(sleeping)
        asked = [pool.submit(buyer.buy) for buyer in buyers]
        await_that(lambda: all_repeat(buyers, asked), "all buyers repeat")
        if sleeper == "broker":
            assert int(shop.shards(victim)[shard].get("in_flight", 0)) > 0
        shop.kill(victim)
        if sleeper == "broker":
            shop.wake("kafka")
        shop.omo("up")
        answers = [each.result() for each in asked]
    winners = [buyer.name for buyer, why in zip(buyers, answers) if why is None]
    assert len(winners) == 1, answers
    assert set(answers) == {None, "FAILED_PRECONDITION"}, answers
    told, _ = figures(door, sku)
    assert (told.on_hand, told.reserved, told.available) == (1, 1, 0)
    assert holders(door, sku) == winners
    assert reservations_in_log(shop, sku) == winners
