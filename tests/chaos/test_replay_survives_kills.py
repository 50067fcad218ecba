"""Goal: no answered command is lost and none is doubled when an owner or the broker dies.

Method: replay a grocer's days through the gateway on real Kafka; kill -9 an inventory instance
three times and the broker three times, each in the middle of the traffic; start what died again;
then compare the service's balances, a fold of the topic and the recomputation from the source
(deploy/demo/verify.py), every answer at its position in the log.
"""
import subprocess

from shop import BUILD, PYTHON, ROOT, Shop, await_that

VICTIMS = ["inventory-0", "kafka", "inventory-1", "kafka", "inventory-0", "kafka"]
DAYS = 5
RECORDS_BETWEEN_KILLS = 1_500


def await_traffic(shop, replay, number):
    begin = shop.records()

    def moved():
        assert replay.poll() is None, f"the replay ended before kill {number}"
        return shop.records() >= begin + RECORDS_BETWEEN_KILLS
    await_that(moved, f"traffic before kill {number}")


def test_replay_survives_kills(tmp_path):
    days, answers, balances = tmp_path / "days", tmp_path / "answers.tsv", tmp_path / "balances.tsv"
    omoctl = BUILD / "services" / "omoctl" / "omoctl"
    subprocess.run([PYTHON, ROOT / "deploy/demo/extract_shop.py", "--days", str(DAYS),
                    "--output", days], check=True, timeout=300)
    with Shop(tmp_path) as shop:
        replay = subprocess.Popen(
            [omoctl, "replay", "--target", shop.gateway, "--input", days, "--run",
             tmp_path / "replay.run", "--answers", answers])
        try:
            for number, victim in enumerate(VICTIMS):
                await_traffic(shop, replay, number)
                shop.kill(victim)
                shop.omo("up")
            assert replay.wait(timeout=600) == 0
        finally:
            replay.kill()
            replay.wait()
        subprocess.run([omoctl, "balances", "--target", shop.gateway, "--input", days,
                        "--output", balances], check=True, timeout=120)
        subprocess.run([PYTHON, ROOT / "deploy/demo/verify.py", "--input", days,
                        "--answers", answers, "--balances", balances,
                        "--bootstrap", shop.bootstrap], check=True, timeout=300)
