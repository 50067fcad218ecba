"""The comparison of three accounts: equal accounts pass, and each planted fault is found."""

import expected
import pytest
import verify
from small_log import NONCE, SKU, STORE, SmallLog

PLACE = (SKU, STORE)


def accounts():
    """One delivery, a sale of a missing unit and a refused reservation, told three times."""
    log = SmallLog()
    log.receive(2, "id-receive")
    log.sell(3, "id-sale", missing=1, total=1)
    figures = {PLACE: expected.Figures(on_hand=-1, shortfall=1)}
    demanded = {("receive", f"{SKU}/0"): expected.ACCEPTED, ("record_sale", "0"): expected.ACCEPTED,
                ("reserve", "1"): expected.REFUSED}
    balances = {PLACE: {"on_hand": -1, "available": -1, "reserved": 0, "committed": 0, "other": 0}}
    answers = {("receive", f"{SKU}/0"): ("id-receive", expected.ACCEPTED, NONCE, 0, 1),
               ("record_sale", "0"): ("id-sale", expected.ACCEPTED, NONCE, 0, 2),
               ("reserve", "1"): ("id-reserve", expected.REFUSED, 0, 0, -1)}
    return {"figures": figures, "demanded": demanded, "balances": balances, "answers": answers,
            "folded": log.fold()}


def lose_a_unit_in_the_service(told):
    told["balances"][PLACE]["on_hand"] -= 1


def lose_a_unit_in_the_log(told):
    told["folded"].stock.figures[PLACE]["on_hand"] -= 1


def forget_a_pair(told):
    del told["balances"][PLACE]


def invent_a_pair(told):
    told["balances"][SKU, "store-9"] = told["balances"][PLACE]


def count_a_shortfall_twice(told):
    told["folded"].stock.shortfall[PLACE] += 1


def accept_what_must_be_refused(told):
    told["answers"]["reserve", "1"] = ("id-reserve", expected.ACCEPTED, NONCE, 0, 3)


def leave_a_command_unanswered(told):
    del told["answers"]["record_sale", "0"]


def answer_a_command_that_is_not_in_the_log(told):
    del told["folded"].commands["replay", "id-sale"]


def answer_another_position(told):
    told["answers"]["record_sale", "0"] = ("id-sale", expected.ACCEPTED, NONCE, 0, 1)


def answer_of_another_log(told):
    told["answers"]["record_sale", "0"] = ("id-sale", expected.ACCEPTED, NONCE + 1, 0, 2)


def record_what_was_refused(told):
    told["folded"].commands["replay", "id-reserve"] = (0, 3)


def record_a_command_nobody_was_told_of(told):
    told["folded"].commands["replay", "id-ghost"] = (0, 3)


FAULTS = [lose_a_unit_in_the_service, lose_a_unit_in_the_log, forget_a_pair, invent_a_pair,
          count_a_shortfall_twice, accept_what_must_be_refused, leave_a_command_unanswered,
          answer_a_command_that_is_not_in_the_log, answer_another_position, answer_of_another_log,
          record_what_was_refused, record_a_command_nobody_was_told_of]


def test_equal_accounts_have_no_difference():
    assert verify.compare(**accounts()) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault):
    told = accounts()
    fault(told)
    assert verify.compare(**told)


def test_differences_are_told_for_people(capsys):
    told = accounts()
    lose_a_unit_in_the_service(told)
    verify.print_differences(verify.compare(**told))
    shown = capsys.readouterr().out
    assert f"{SKU} {STORE}" in shown and "'on_hand': -1" in shown and "'on_hand': -2" in shown


def test_files_of_omoctl_are_read(tmp_path):
    (tmp_path / "answers").write_text("reserve\t7\tid\trefused NOT_ENOUGH_AVAILABLE\t0\t3\t-1\t2\n")
    (tmp_path / "balances").write_text("101\tstore-330\t0\t5\t4\t1\t0\t0\n")
    assert verify.read_answers(tmp_path / "answers") == {
        ("reserve", "7"): ("id", expected.REFUSED, 0, 3, -1)}
    assert verify.read_balances(tmp_path / "balances")[PLACE]["available"] == 4
