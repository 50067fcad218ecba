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

// Runs so many schedules, in each of which every promise must hold; how many terms they had.
std::uint64_t TermsOfSchedules(int seeds, const WorldOptions& options) {
  store::Resources resources;
  const auto first = static_cast<std::uint64_t>(FromEnvironment("OMO_SIMULATION_FIRST_SEED", 1));
  std::uint64_t claims = 0;
  std::size_t attempts = 0;
  for (std::uint64_t seed = first; seed < first + static_cast<std::uint64_t>(seeds); ++seed) {
    World world(seed, options, resources);
    world.Run();
    const std::string broken = FirstBrokenPromise(world, resources);
    INFO("seed " << seed << ": " << broken);
    REQUIRE(broken.empty());
    claims += world.claims();
    attempts += world.attempts().size();
  }
  std::cout << seeds << " schedules, " << attempts << " attempts, " << claims << " terms\n";
  return claims;
}

// How many schedules it takes on average to catch a planted mistake; 0 when `most` do not.
double SchedulesToCatch(const std::function<void(WorldOptions&)>& plant, int most) {
  store::Resources resources;
  WorldOptions options;
  plant(options);
  int caught = 0;
  int run = 0;
  std::string how;
  for (; run < most && caught < 3; ++run) {
    const std::string broken = RunSeed(static_cast<std::uint64_t>(run) + 1, options, resources);
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
  CHECK(TermsOfSchedules(seeds, {}) > static_cast<std::uint64_t>(seeds));
}

TEST_CASE("F15 in a storm of assignments every promise holds, and all is answered in the end",
          "[simulation]") {
  WorldOptions options;
  options.assign_chance = 0.15;  // Some see an assignment late, or never hear of one.
  const int seeds = FromEnvironment("OMO_SIMULATION_SEEDS", 2'000) / 10;
  CHECK(TermsOfSchedules(seeds, options) > 15 * static_cast<std::uint64_t>(seeds));
}

TEST_CASE("F17 with clocks that jump by an hour every promise holds", "[simulation]") {
  WorldOptions options;
  options.skew_max = std::chrono::hours{1};
  const int seeds = FromEnvironment("OMO_SIMULATION_SEEDS", 2'000) / 10;
  CHECK(TermsOfSchedules(seeds, options) > static_cast<std::uint64_t>(seeds));
}

TEST_CASE("every planted mistake is caught", "[simulation]") {
  struct Planted {
    const char* mistake;
    std::function<void(WorldOptions&)> plant;
  };
  using shard::PlantedMistakes;
  const auto one = [](bool PlantedMistakes::*which) {
    return [which](WorldOptions& options) { options.mistakes.*which = true; };
  };
  const Planted planted[] = {
      {"confirm by a counter", one(&PlantedMistakes::confirm_by_counter)},
      {"confirm by a counter, a local error eats a seq",
       [](WorldOptions& options) {
         options.mistakes.confirm_by_counter = true;
         options.mistakes.consume_seq_on_local_error = true;
         options.faults.local_error = 0.02;
       }},
      {"after a jump: still our term, go on", one(&PlantedMistakes::trust_term_after_jump)},
      {"base taken from the report", one(&PlantedMistakes::base_from_report)},
      {"answer failed at the error", one(&PlantedMistakes::fail_at_error)},
      {"look repeats up once a turn", one(&PlantedMistakes::look_up_once_a_turn)},
      {"refusals wait for the last issued record", one(&PlantedMistakes::refusals_wait_for_issued)},
      {"barrier only when nothing is in flight",
       [](WorldOptions& options) {
         options.mistakes.barrier_when_idle_only = true;
         options.pause_chance = 0.04;  // It takes an owner that sleeps with records in flight.
         options.poll_chance = 0.3;
         options.read_chance = 0.15;
       }},
      {"answer before the acknowledgement", one(&PlantedMistakes::answer_before_acknowledgement)},
      {"no seq check", one(&PlantedMistakes::ignore_seq)},
      {"forget the command id", one(&PlantedMistakes::forget_ids)},
      {"own without reading up to the claim", one(&PlantedMistakes::skip_claim_reading)},
      {"timers after the commands of the turn", one(&PlantedMistakes::timers_after_commands)},
  };
  for (const Planted& each : planted) {
    std::cout << each.mistake << "\n";
    INFO(each.mistake);
    CHECK(SchedulesToCatch(each.plant, 3'000) > 0);
  }
}

}  // namespace omo::simulation
