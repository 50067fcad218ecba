"""Goal: the network of locations reaches every shard whole, in order and once, whoever dies
meanwhile, and no unit of a group is promised twice.

Method: groups of stores change without pause through the gateway while tills reserve at them;
instances and the broker are killed -9 in turn. Then every shard stands at the last version, the log
holds each version once a shard and in order, and an independent fold of it proves the promises.
"""
import collections
import itertools
import threading

from google.protobuf import json_format

from door import AGAIN, COMMANDS, QUERIES, Ask, Availability, Door, Refused, message, new_command_id
from shop import PATIENCE_SECONDS, Shop, await_that
from traffic import Event, Log, StockFold, skus_by_shard

VICTIMS = ["inventory-0", "kafka", "inventory-1"]
CHANGES_BETWEEN_KILLS = 40
STORES = [f"store-{number}" for number in range(1, 9)]
GROUPS = ["north", "south", "all"]
UNITS = 5  # Of each SKU at each store: the tills want more than there is.


def types_of(command):
    return [message(f"omo.inventory.v1.{command}{kind}") for kind in ("Request", "Response")]


class Asker(threading.Thread):
    """Sends one command after the other, each until it is answered, until it is told to stop."""

    def __init__(self, gateway, name, requests, role):
        super().__init__(daemon=True)  # A failed test does not wait for one that gets no answer.
        self.answers, self.refused, self.failure = [], collections.Counter(), None
        self._door, self._path, self._role = Door(gateway), COMMANDS + name, role
        self._requests, self._stopping = requests, threading.Event()
        self._types = types_of(name)

    def run(self):
        try:
            for fields in self._requests:
                if self._stopping.is_set():
                    return
                self._ask(json_format.ParseDict(fields | {"command_id": new_command_id()},
                                                self._types[0]()))
        except Exception as failure:  # Whoever stops the thread tells it.
            self.failure = failure

    def _ask(self, request):
        while True:
            try:
                answer = self._door.call(self._path, request, self._types[1], role=self._role)
                return self.answers.append(answer)
            except Refused as refused:
                if refused.code in AGAIN:
                    continue
                self.refused[refused.reason] += 1
                return None

    def stop(self):
        """Returns when its last command is answered."""
        self._stopping.set()
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive(), "a command without an answer"
        assert self.failure is None, self.failure


def changes():
    """Each of the three groups in turn, over other stores each time."""
    for number in itertools.count():
        stores = [store for at, store in enumerate(STORES) if number >> at % 5 & 1] or STORES
        yield {"change": {"put_group": {"group_id": GROUPS[number % 3], "group": {
            "name": f"version {number}", "locations": stores}}}}


def reservations(skus):
    for number in itertools.count():
        yield {"reservation_id": new_command_id(), "owner": "cart", "hold_seconds": 3600, "lines": [
            {"sku": skus[number % len(skus)], "group": GROUPS[number % 3],
             "quantity": {"value": 1 + number % 3}}]}


def receive_everywhere(gateway, skus):
    for sku in skus:
        fields = {"command_id": new_command_id(), "lines": [
            {"sku": sku, "location": store, "quantity": {"value": UNITS}} for store in STORES]}
        request, answer = types_of("ReceiveStock")
        Door(gateway).call(COMMANDS + "ReceiveStock", json_format.ParseDict(fields, request()),
                           answer, seconds=60)


def network_version(gateway, sku):
    answer = Door(gateway).call(QUERIES + "GetAvailability", Ask(skus=[sku]), Availability)
    return answer.items[0].network_version


def versions_by_shard(log):
    """The network's versions in the order in which each shard's log has them, however it got them,
    and which shard decided them; the fold of all that happened."""
    taken, deciders, stock = collections.defaultdict(list), set(), StockFold()
    for record in log.valid:
        if not record.is_event:
            continue
        event = Event.FromString(record.value)
        stock.add(event, record.partition, f"{record.partition}/{record.offset}")
        fact = event.WhichOneof("fact")
        if fact in ("network_changed", "network_applied"):
            taken[record.partition].append(getattr(event, fact).version)
        if fact == "network_changed":
            deciders.add(record.partition)
    stock.finish()
    return taken, deciders


def test_the_network_reaches_every_shard_once(tmp_path):
    with Shop(tmp_path, session_timeout_ms=2000) as shop:
        skus, _ = skus_by_shard(shop.gateway)
        receive_everywhere(shop.gateway, skus.values())
        changer = Asker(shop.gateway, "ChangeNetwork", changes(), "manager")
        till = Asker(shop.gateway, "ReserveStock", reservations(list(skus.values())), "staff")
        changer.start()
        await_that(lambda: len(changer.answers) >= len(GROUPS), "the first groups")
        till.start()
        for victim in VICTIMS:
            goal = len(changer.answers) + CHANGES_BETWEEN_KILLS
            await_that(lambda: len(changer.answers) >= goal or changer.failure, "changes")
            shop.kill(victim)
            shop.omo("up")
        await_that(lambda: till.refused["NOT_ENOUGH_AVAILABLE"] or till.failure,
                   "the tills ask for more than there is")
        changer.stop()
        till.stop()
        assert not changer.refused, changer.refused
        assert len(till.answers) > 100
        assert set(till.refused) <= {"NOT_ENOUGH_AVAILABLE", "GROUP_NOT_FOUND"}, till.refused

        last = max(answer.version for answer in changer.answers)
        for shard, sku in skus.items():
            await_that(lambda: network_version(shop.gateway, sku) == last,
                       f"shard {shard} at version {last}")
        taken, deciders = versions_by_shard(Log.read(shop.bootstrap))
        assert len(deciders) == 1
        assert dict(taken) == {shard: list(range(1, last + 1)) for shard in skus}
