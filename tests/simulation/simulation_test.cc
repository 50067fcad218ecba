// The journal, the shard and the store under thousands of hostile schedules (XC-10, protocol.md 6).
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "tests/simulation/checker.h"
#include "tests/simulation/world.h"
#include "tests/support/catch.h"

namespace omo::simulation {
namespace {

int FromEnvironment(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

std::string RunSeed(std::uint64_t seed, const WorldOptions& options, store::Resources& resources) {
  World world(seed, options, resources);
  world.Run();
  return FirstBrokenPromise(world, resources);
}

// What happened in a number of schedules: promises are kept easily where nothing does.
struct Happened {
  int terms = 0;
  int attempts = 0;
  int answered = 0;  // Of the attempts.
  int refused = 0;   // Of the answered.
  int reads = 0;     // Linearizable ones, answered.
};

// Runs so many schedules, in each of which every promise must hold; what they had on average.
Happened RunSchedules(int seeds, const WorldOptions& options) {
  store::Resources resources;
  const auto first = static_cast<std::uint64_t>(FromEnvironment("OMO_SIMULATION_FIRST_SEED", 1));
  Happened all;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(seeds); ++seed) {
    World world(seed, options, resources);
    world.Run();
    const std::string broken = FirstBrokenPromise(world, resources);
    INFO("seed " << seed << ": " << broken);
    REQUIRE(broken.empty());
    all.terms += static_cast<int>(world.claims());
    all.attempts += static_cast<int>(world.attempts().size());
    all.reads += static_cast<int>(world.reads().size());
    for (const Attempt& attempt : world.attempts()) {
      if (attempt.verdict) ++all.answered;
      if (attempt.verdict == shard::Verdict::kRefused) ++all.refused;
    }
  }
  std::cout << seeds << " schedules, " << all.attempts << " attempts, " << all.answered
            << " answered, " << all.refused << " refused, " << all.reads << " reads, " << all.terms
            << " terms\n";
  return {.terms = all.terms / seeds,
          .attempts = all.attempts / seeds,
          .answered = all.answered / seeds,
          .refused = all.refused / seeds,
          .reads = all.reads / seeds};
}

// How many schedules it takes on average to catch a planted mistake; 0 when `most` do not. The same
// schedules without it must be clean: what is caught is the mistake, not the weather.
double SchedulesToCatch(const shard::PlantedMistakes& mistakes, WorldOptions options, int most) {
  store::Resources resources;
  int caught = 0;
  int run = 0;
  std::string how;
  for (; run < most && caught < 3; ++run) {
    const auto seed = static_cast<std::uint64_t>(run) + 1;
    options.mistakes = {};
    INFO("seed " << seed << " without the mistake");
    REQUIRE(RunSeed(seed, options, resources) == "");
    options.mistakes = mistakes;
    const std::string broken = RunSeed(seed, options, resources);
    if (broken.empty()) continue;
    ++caught;
    how = broken;
  }
  if (caught > 0) std::cout << "  caught after " << double(run) / caught << ": " << how << "\n";
  return caught == 0 ? 0 : double(run) / caught;
}

}  // namespace

TEST_CASE("every promise holds in every schedule", "[simulation]") {
  const int seeds = FromEnvironment("OMO_SIMULATION_SEEDS", 2'000);
  const Happened happened = RunSchedules(seeds, {});
  CHECK(happened.terms > 5);
  CHECK(happened.attempts > 400);
  CHECK(happened.answered > 200);
  CHECK(happened.refused > 20);
  CHECK(happened.reads > 2);
}

TEST_CASE("F15 in a storm of assignments every promise holds, and all is answered in the end",
          "[simulation]") {
  WorldOptions options;
  options.assign_chance = 0.15;  // Some see an assignment late, or never hear of one.
  options.steps = 3'000;
  const int seeds = FromEnvironment("OMO_SIMULATION_SEEDS", 2'000) / 10;
  const Happened happened = RunSchedules(seeds, options);
  CHECK(happened.terms > 20);
  CHECK(happened.attempts > 400);
  CHECK(happened.answered > 200);
  CHECK(happened.refused > 20);
  CHECK(happened.reads > 2);
}

TEST_CASE("F17 with clocks that jump by an hour every promise holds", "[simulation]") {
  WorldOptions options;
  options.skew_max = std::chrono::hours{1};
  const int seeds = FromEnvironment("OMO_SIMULATION_SEEDS", 2'000) / 10;
  const Happened happened = RunSchedules(seeds, options);
  CHECK(happened.terms > 5);
  CHECK(happened.attempts > 400);
  CHECK(happened.answered > 200);
  CHECK(happened.refused > 20);
  CHECK(happened.reads > 2);
}

TEST_CASE("every planted mistake is caught", "[simulation]") {
  struct Planted {
    const char* what;
    shard::PlantedMistakes mistakes;
    WorldOptions world = {};
  };
  const Planted planted[] = {
      {"confirm by a counter", {.confirm_by_counter = true}},
      {"confirm by a counter, a local error eats a seq",
       {.confirm_by_counter = true, .consume_seq_on_local_error = true},
       {.faults = {.local_error = 0.02}}},
      {"after a jump: still our term, go on", {.trust_term_after_jump = true}},
      {"base taken from the report", {.base_from_report = true}},
      {"answer failed at the error", {.fail_at_error = true}},
      {"look repeats up once a turn", {.look_up_once_a_turn = true}},
      {"refusals wait for the last issued record", {.refusals_wait_for_issued = true}},
      // It takes an owner whose loop sleeps with records in flight, and that then is asked first
      // and hears of them second.
      {"barrier only when nothing is in flight",
       {.barrier_when_idle_only = true},
       {.pause_chance = 0.01,
        .read_chance = 0.3,
        .poll_chance = 0.2,
        .assign_chance = 0.1,
        .ask_chance = 0.05}},
      {"answer before the acknowledgement", {.answer_before_acknowledgement = true}},
      {"no seq check", {.ignore_seq = true}},
      {"forget the command id", {.forget_ids = true}},
      {"own without reading up to the claim", {.skip_claim_reading = true}},
      {"timers after the commands of the turn", {.timers_after_commands = true}},
  };
  for (const Planted& each : planted) {
    std::cout << each.what << "\n";
    INFO(each.what);
    CHECK(SchedulesToCatch(each.mistakes, each.world, 3'000) > 0);
  }
}

}  // namespace omo::simulation
