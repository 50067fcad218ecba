// A shop of one shard in virtual time: a broker with faults, processes that crash, freeze and
// claim, callers that repeat themselves, and a record of all that was said. A schedule is one seed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/journal/memory_broker.h"
#include "libs/journal/memory_journal.h"
#include "libs/shard/shard.h"
#include "libs/store/resources.h"
#include "tests/simulation/toy_model.h"

namespace omo::simulation {

struct WorldOptions {
  journal::MemoryFaults faults{.local_error = 0.005,
                               .time_out = 0.02,
                               .lost_acknowledgement = 0.08,
                               .reordered_arrival = 0.03,
                               .duplicate_without_offset = 0.3,
                               .forgotten_duplicate = 0.05,
                               .implied_success = 0.2,
                               .swapped_reports = 0.2,
                               .late_arrival = 0.04};
  shard::PlantedMistakes mistakes;
  int processes = 3;
  double pause_chance = 0.01;    // Of a step that freezes or wakes a process.
  double read_chance = 0.015;    // Of a step that asks for a linearizable read.
  double poll_chance = 0.8;      // Of a process's step that hears the journal's news.
  double assign_chance = 0.019;  // Of a step that assigns the shard to somebody.
  double ask_chance = 0.26;      // Of a step that sends a command.
  Duration skew_max{1'000};      // How far a process's clock may be off.
  int steps = 1'500;             // With faults.
  int calm_steps = 4'000;        // Then without: everything must come to rest.
};

// One sending of a command to one process.
struct Attempt {
  int command = 0;
  Offset answered_before = kNoOffset;  // The highest offset that any caller knew when it was sent.
  std::optional<shard::Verdict> verdict;
  int refusal = -1;
  bool repeated = false;  // Answered with what an earlier attempt was given.
  Position position;
  Offset log_end_when_answered = 0;
  bool lost = false;  // Its process died: no answer will come.
};

struct Asked {
  std::string caller;
  std::string id;
  ToyCommand body;
  bool settled = false;  // Some attempt got a final answer.
};

struct ReadAnswer {
  Offset answered_before = kNoOffset;
  Offset saw = kNoOffset;
};

class World {
 public:
  World(std::uint64_t seed, WorldOptions options, store::Resources& resources);
  ~World();

  // Runs the whole schedule. Then the record can be checked (checker.h).
  void Run();

  const journal::MemoryBroker& broker() const { return broker_; }
  const std::vector<Attempt>& attempts() const { return attempts_; }
  const std::vector<Asked>& asked() const { return asked_; }
  // Linearizable reads that were answered.
  const std::vector<ReadAnswer>& reads() const { return reads_; }
  // Of every process at rest.
  std::vector<std::uint64_t> StateHashes();
  // What was first wrong in a process right after a step of its; empty: nothing ever was.
  const std::string& broken() const { return broken_; }
  bool rebuild_needed() const { return rebuild_needed_; }
  const std::string& stopped() const { return stopped_; }
  // What did not come to rest, in words; empty when all did.
  std::string Unrest() const;
  std::uint64_t claims() const { return claims_; }

 private:
  class Process;
  friend class Process;

  void Step();
  void CalmStep(int step);
  void LookAt(Process& process);
  void AskSomething();
  void Send(int command, Process& process);
  void SendRead(Process& process);
  ToyCommand MakeCommand();
  void Answered(std::size_t attempt, const shard::Outcome& outcome);
  void Crash(std::size_t at);
  void AskHandOver(const std::string& owner, const std::string& successor);
  void AssignTo(std::size_t at);
  Process& AnyProcess();

  journal::Random random_;
  const WorldOptions options_;
  journal::MemoryFaults faults_;
  store::Resources& resources_;
  journal::MemoryBroker broker_{1};
  std::vector<std::unique_ptr<Process>> processes_;
  Time clock_{std::chrono::hours{500'000}};
  std::int32_t generation_ = 0;
  std::vector<Asked> asked_;
  std::vector<Attempt> attempts_;
  std::vector<ReadAnswer> reads_;
  std::vector<std::string> hold_ids_;
  Offset highest_answered_ = kNoOffset;
  bool rebuild_needed_ = false;
  std::string stopped_;
  std::string broken_;
  std::uint64_t claims_ = 0;
  std::uint64_t published_term_ = 0;  // The highest in the owners' topic.
};

}  // namespace omo::simulation
