"""Goal: an owner that slept through its own succession (F1, F12) answers nothing that is not so.

Method: under load, SIGSTOP an instance until the other owns its shards and goes on with them; give
the sleeper commands and linearizable reads at its own port; SIGCONT. What it writes under its old
term is void for every reader, what it answers is compared with the log, balances with an
independent fold.
"""
import concurrent.futures
import signal
import time

from shop import Shop, await_that
from traffic import (Command, Door, Refused, Traffic, audit, new_command_id, omo_journal,
                     skus_by_shard)

SLEEPER, OTHER = "inventory-0", "inventory-1"
COMMANDS_EACH, READS_EACH = 4, 2
ANSWERS_OF_A_ZOMBIE = {"NOT_OWNER", "NOT_RECORDED", "OUTCOME_UNKNOWN", "STOPPING"}


def ask_sleeper(door, command):
    """Sends the command to the sleeper itself; its reason for not accepting it, or None."""
    try:
        answer = door.receive(command.id, command.sku, command.quantity, seconds=20)
    except Refused as refused:
        return refused.reason or refused.code.name
    command.position = (answer.position.shard, answer.position.offset)
    return None


def read_sleeper(door, sku):
    """(units, offset) by the sleeper's own linearizable read, or its reason for not answering."""
    try:
        return door.on_hand(sku, seconds=20)
    except Refused as refused:
        return refused.reason or refused.code.name


def wake_with_questions(shop, door, skus, traffic):
    """Questions for the sleeper, asked while it sleeps; then wakes it. Commands with the reasons
    they were given, and reads with what was surely answered before each was asked."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=64) as pool:
        known = {}
        for command in list(traffic.commands):
            shard, offset = command.position
            known[shard] = max(known.get(shard, -1), offset)
        commands = [Command(new_command_id(), sku, 1, time.monotonic())
                    for sku in skus.values() for _ in range(COMMANDS_EACH)]
        asked = [(command, pool.submit(ask_sleeper, door, command)) for command in commands]
        reads = [(known[shard], pool.submit(read_sleeper, door, sku))
                 for shard, sku in skus.items() for _ in range(READS_EACH)]
        await_that(lambda: sum(each.running() for _, each in asked) > 8, "questions are asked")
        shop.signal(SLEEPER, signal.SIGCONT)
        return ([(command, each.result()) for command, each in asked],
                [(before, each.result()) for before, each in reads])


def test_f1_f12_owner_that_slept_answers_nothing_wrong(tmp_path):
    with Shop(tmp_path) as shop:
        skus, commands = skus_by_shard(shop.gateway)
        shop.await_shared()
        mine = shop.owned(SLEEPER)
        door = Door(shop.address(SLEEPER))
        first = next(sku for shard, sku in skus.items() if shard in mine)
        assert door.on_hand(first)[0] > 0
        with Traffic(shop.gateway, list(skus.values()), tills=8) as traffic:
            since = time.monotonic()
            await_that(lambda: traffic.accepted_since(since, mine) > 100, "traffic at the sleeper")
            shop.signal(SLEEPER, signal.SIGSTOP)
            slept = time.monotonic()
            shop.await_sole_owner(OTHER)
            taken_over = time.monotonic()
            await_that(lambda: traffic.accepted_since(taken_over, mine) > 100,
                       "load goes on at the new owner")
            answers, reads = wake_with_questions(
                shop, door, {shard: sku for shard, sku in skus.items() if shard in mine}, traffic)
            woken = time.monotonic()
            await_that(lambda: traffic.accepted_since(woken) > 300, "traffic with both awake")
            shop.await_shared()
            for command, reason in answers:
                if command.position is None:
                    assert reason in ANSWERS_OF_A_ZOMBIE, reason
                    traffic.finish(command)  # The same id, by its proper way.
        commands += traffic.commands + [command for command, _ in answers]
        log = audit(shop, commands)
        for before, read in reads:
            assert read in ANSWERS_OF_A_ZOMBIE or read[1] >= before, "a stale linearizable read"
        report(taken_over - slept, answers, reads, log)


def report(took, answers, reads, log):
    reasons = [reason or "accepted" for _, reason in answers]
    counted = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    refused = sum(isinstance(read, str) for _, read in reads)
    print(f"\ntaken over {took:.1f} s after the sleep began; commands at the sleeper: {counted}; "
          f"linearizable reads: {refused} of {len(reads)} refused, none stale")
    current = {}
    void = {(record.partition, record.offset) for record in log.void()}
    for record in log.records:
        if (record.partition, record.offset) not in void:
            current[record.partition] = record.fence.term
            continue
        print(f"void: partition {record.partition} offset {record.offset} {record.type} of term "
              f"{record.fence.term} seq {record.fence.seq}, in term {current[record.partition]}")
        lost_claim = record.type == omo_journal.CLAIM  # Of a race for a term.
        assert record.fence.term < current[record.partition] or lost_claim
