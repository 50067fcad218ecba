"""Goal: an owner that slept through its own succession (F1, F12) answers nothing that is not so.

Method: while the broker sleeps, fill an instance's producers with records that cannot leave; put
the instance to sleep with them and wake the broker; under load, wait until the other owns its
shards and goes on with them; give the sleeper commands and linearizable reads at its own port; wake
it. Its records land behind another's claim: they are void for every reader, what it answers is
compared with the log, balances with an independent fold, rows with the other instance's.
"""
import concurrent.futures
import time

from door import Door, Refused, new_command_id
from shop import Shop, await_that
from traffic import Command, Traffic, audit, omo_journal, skus_by_shard

SLEEPER, OTHER = "inventory-0", "inventory-1"
COMMANDS_EACH, READS_EACH = 4, 2
# A producer has five requests on their way, each of one shard: more waves of one command a shard
# than that leave records in its queue.
WAVES = 6
ROUNDS_MOST = 3  # Until a record of a zombie was seen in the log; one round is enough, mostly.
PATIENCE_SECONDS = 60
ANSWERS_OF_A_ZOMBIE = {"NOT_OWNER", "NOT_RECORDED", "OUTCOME_UNKNOWN"}


def ask_sleeper(door, command):
    """Sends the command to the sleeper itself; its reason for not accepting it, or None."""
    try:
        answer = door.receive(command.id, command.sku, command.quantity, seconds=PATIENCE_SECONDS)
    except Refused as refused:
        return refused.reason or refused.code.name
    command.position = (answer.position.shard, answer.position.offset)
    return None


def read_sleeper(door, sku):
    """(units, offset) by the sleeper's own linearizable read, or its reason for not answering."""
    try:
        return door.on_hand(sku, seconds=PATIENCE_SECONDS)
    except Refused as refused:
        return refused.reason or refused.code.name


def submit_commands(pool, door, skus):
    commands = [Command(new_command_id(), sku, 1, time.monotonic()) for sku in skus]
    return [(command, pool.submit(ask_sleeper, door, command)) for command in commands]


def in_flight(shop, skus):
    """The least number of records that a shard of the sleeper has appended, unconfirmed."""
    shards = shop.shards(SLEEPER)
    return min(int(shards[shard].get("in_flight", 0)) for shard in skus)


def sleep_with_records(shop, pool, door, skus):
    """Puts the sleeper to sleep with records in its producers; their commands."""
    asked = []
    shop.put_to_sleep("kafka")
    for wave in range(1, WAVES + 1):
        asked += submit_commands(pool, door, skus.values())
        await_that(lambda: in_flight(shop, skus) >= wave, f"wave {wave} is on its way")
    shop.put_to_sleep(SLEEPER)
    shop.wake("kafka")
    return asked


def ask_the_sleeping(shop, pool, door, skus, traffic):
    """Commands, and reads with what was surely answered before each was asked."""
    known = {}
    for command in list(traffic.commands):
        shard, offset = command.position
        known[shard] = max(known.get(shard, -1), offset)
    commands = submit_commands(pool, door, list(skus.values()) * COMMANDS_EACH)
    reads = [(known[shard], pool.submit(read_sleeper, door, sku))
             for shard, sku in skus.items() for _ in range(READS_EACH)]
    return commands, reads


def sleep_and_wake(shop, skus):
    """One round: the commands, the zombie's answers to its own, and to its reads."""
    shop.await_shared()
    door, mine = Door(shop.address(SLEEPER)), shop.owned(SLEEPER)
    skus_of_sleeper = {shard: sku for shard, sku in skus.items() if shard in mine}
    assert door.on_hand(skus_of_sleeper[min(mine)])[0] > 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=128) as pool, \
            Traffic(shop.gateway, list(skus.values()), tills=8) as traffic:
        since = time.monotonic()
        await_that(lambda: traffic.accepted_since(since, mine) > 100, "traffic at the sleeper")
        before = sleep_with_records(shop, pool, door, skus_of_sleeper)
        slept = time.monotonic()
        shop.await_sole_owner(OTHER)
        taken_over = time.monotonic()
        await_that(lambda: traffic.accepted_since(taken_over, mine) > 100,
                   "load goes on at the new owner")
        late, reads = ask_the_sleeping(shop, pool, door, skus_of_sleeper, traffic)
        await_that(lambda: sum(each.running() for _, each in late) > 8, "questions are asked")
        assert not any(each.done() for _, each in before), "answered by somebody asleep"
        shop.wake(SLEEPER)
        answers = [(command, each.result()) for command, each in before + late]
        reads = [(known, each.result()) for known, each in reads]
        woken = time.monotonic()
        await_that(lambda: traffic.accepted_since(woken) > 300, "traffic with both awake")
        shop.await_shared()
        for command, reason in answers:
            if command.position is None:
                assert reason in ANSWERS_OF_A_ZOMBIE, reason
                traffic.finish(command)  # The same id, by its proper way.
    for known, read in reads:
        assert read in ANSWERS_OF_A_ZOMBIE or read[1] >= known, "a stale linearizable read"
    report(taken_over - slept, answers, reads)
    return traffic.commands + [command for command, _ in answers], answers


def test_f1_f12_owner_that_slept_answers_nothing_wrong(tmp_path):
    with Shop(tmp_path) as shop:
        skus, commands = skus_by_shard(shop.gateway)
        for _ in range(ROUNDS_MOST):
            more, answers = sleep_and_wake(shop, skus)
            commands += more
            log = audit(shop, commands)
            zombies = zombie_records(log)
            if any(record.is_event for record in zombies):
                break
        assert any(record.is_event for record in zombies), "no zombie wrote"
        assert {"NOT_RECORDED", "OUTCOME_UNKNOWN"} & {reason for _, reason in answers}
        shop.await_equal_rows()


def zombie_records(log):
    """The void records: each is of a term that had ended, or a claim that lost its race."""
    current, zombies = {}, []
    void = {(record.partition, record.offset) for record in log.void()}
    for record in log.records:
        if (record.partition, record.offset) not in void:
            current[record.partition] = record.fence.term
            continue
        lost_claim = record.type == omo_journal.CLAIM  # Of a race for a term.
        assert record.fence.term < current[record.partition] or lost_claim
        zombies.append(record)
    events = sum(record.is_event for record in zombies)
    print(f"{len(zombies)} void records, {events} of them events")
    return zombies


def report(took, answers, reads):
    reasons = [reason or "accepted" for _, reason in answers]
    counted = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    refused = sum(isinstance(read, str) for _, read in reads)
    print(f"\ntaken over {took:.1f} s after the sleep began; commands at the sleeper: {counted}; "
          f"linearizable reads: {refused} of {len(reads)} refused, none stale")
