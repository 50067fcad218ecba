"""Goal: a bulk stream loses no command and doubles none when the owner of half of them dies.

Method: receipts for every shard in one stream through the gateway; kill -9 of an owner once some
are answered and most are not. The stream's deadline comes before the group misses the owner, so
that for some nobody can know what became of them: they were told so, or not answered when the
stream ended. The same ids go into a second stream, in which all must be accepted. Then every answer
is compared with the log, balances with an independent fold, rows of both instances.
"""
import signal
import time

from door import COMMANDS, Door, Received, Refused, RunCommands, new_command_id, reason_of, receipt
from shop import Shop
from traffic import Command, audit, skus_by_shard

VICTIM = "inventory-0"
COUNT, IN_A_MESSAGE, ANSWERED_BEFORE_THE_KILL = 20_000, 100, 2_000
SESSION_SECONDS = 6  # An owner that dies is missed after so long.
METHOD = COMMANDS.strip("/") + "/ReceiveStock"


def messages(commands):
    """The commands as calls, numbered by their place, in messages of some."""
    for first in range(0, len(commands), IN_A_MESSAGE):
        message = RunCommands()
        for number, command in enumerate(commands[first:first + IN_A_MESSAGE], first):
            request = receipt(command.id, command.sku, command.quantity)
            message.calls.add(number=number, method=METHOD, request=request.SerializeToString())
        yield message


def run(gateway, commands, seconds, on_answers=lambda count: None):
    """Sends them in one stream; accepted ones get their position. The reasons of the others that
    were answered, by their place; whoever has neither was not answered."""
    answered, reasons = set(), {}
    try:
        for message in Door(gateway).run_commands(messages(commands), seconds):
            for answer in message.answers:
                assert answer.number not in answered, "answered twice"
                answered.add(answer.number)
                if answer.WhichOneof("outcome") == "error":
                    reasons[answer.number] = reason_of(answer.error)[0]
                    continue
                position = Received.FromString(answer.response).position
                commands[answer.number].position = (position.shard, position.offset)
            on_answers(len(answered))
    except Refused as refused:
        assert refused.code.name == "DEADLINE_EXCEEDED", refused
    return reasons


def test_a_bulk_stream_survives_the_death_of_an_owner(tmp_path):
    with Shop(tmp_path, session_timeout_ms=SESSION_SECONDS * 1000) as shop:
        skus, first = skus_by_shard(shop.gateway)
        shop.await_shared()
        commands = [Command(new_command_id(), skus[number % len(skus)], 1 + number % 7,
                            time.monotonic()) for number in range(COUNT)]
        killed = []

        def kill_in_between(answered):
            if not killed and answered >= ANSWERED_BEFORE_THE_KILL:
                shop.signal(VICTIM, signal.SIGKILL)
                killed.append(answered)

        reasons = run(shop.gateway, commands, SESSION_SECONDS - 1, kill_in_between)
        assert killed and killed[0] < COUNT / 2
        assert set(reasons.values()) <= {"OUTCOME_UNKNOWN"}, set(reasons.values())
        unknown = [command for command in commands if command.position is None]
        print(f"\nkilled after {killed[0]} answers; {COUNT - len(unknown)} accepted, "
              f"{len(reasons)} told OUTCOME_UNKNOWN, {len(unknown) - len(reasons)} not answered")
        assert unknown, "the owner was not missed"
        assert run(shop.gateway, unknown, 120) == {}
        assert [command for command in unknown if command.position is None] == []
        shop.await_end(VICTIM)
        shop.omo("up")
        shop.await_shared()
        audit(shop, first + commands)
        shop.await_equal_rows()
