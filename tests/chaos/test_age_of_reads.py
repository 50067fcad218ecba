"""Goal: who reads is told how old the answer may be, also while Kafka is out of reach.

Method: put the broker to sleep, which no connection notices, while nobody writes; ask both
instances for a SKU of each shard, those that they own and those that they follow. Each answer must
say an age that has grown as long as the broker sleeps; after it wakes they are young again.
"""
import time

from door import QUERIES, Ask, Availability, Door
from shop import Shop, await_that
from traffic import skus_by_shard

INSTANCES = ["inventory-0", "inventory-1"]
YOUNG_MS = 1000
OLD_MS = 3000


def ages(doors, skus):
    """The ages in ms that each instance tells of its rows of each shard."""
    asked = [(door, sku) for door in doors for sku in skus.values()]
    answers = [door.call(QUERIES + "GetAvailability", Ask(skus=[sku]), Availability)
               for door, sku in asked]
    return [answer.freshness[0].age_ms for answer in answers]


def test_an_answer_grows_old_while_kafka_sleeps(tmp_path):
    with Shop(tmp_path) as shop:
        skus, _ = skus_by_shard(shop.gateway)
        shop.await_shared()
        doors = [Door(shop.address(name)) for name in INSTANCES]
        await_that(lambda: max(ages(doors, skus)) < YOUNG_MS, "young answers")

        shop.put_to_sleep("kafka")
        asleep_since = time.monotonic()

        def all_are_old():
            slept_ms = (time.monotonic() - asleep_since) * 1000
            told = ages(doors, skus)
            assert min(told) > slept_ms - YOUNG_MS, told
            return min(told) > OLD_MS

        await_that(all_are_old, "old answers")
        shop.wake("kafka")
        await_that(lambda: max(ages(doors, skus)) < YOUNG_MS, "young answers again")
