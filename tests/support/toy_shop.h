// Runtimes of the simulation's toy domain over one log in memory, each with a directory of its own:
// for tests of what surrounds a shard. Link libs_shard.
#pragma once

#include <absl/synchronization/mutex.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "libs/core/uuid.h"
#include "libs/shard/runtime.h"
#include "tests/simulation/toy_model.h"
#include "tests/support/catch.h"
#include "tests/support/shared_journal.h"
#include "tests/support/static_owners.h"
#include "tests/support/store_fixture.h"
#include "tests/support/wait.h"

namespace omo::testing {

inline constexpr std::int32_t kToyShards = 2;

// The log, and whose turn it is to own.
struct ToyLog {
  journal::MemoryBroker broker{kToyShards};
  std::recursive_mutex mutex;
  std::int32_t generation = 0;
};

using MakeModel = std::function<std::unique_ptr<shard::Model>(store::Store&)>;

// One instance of the service.
class ToyInstance {
 public:
  struct With {
    MakeModel make_model = [](store::Store& store) {
      return std::make_unique<simulation::ToyModel>(store);
    };
    shard::Runtime::Parts::CopyFromPeer copy_from_peer = nullptr;
    std::function<void(const std::string&, ShardId, const std::string&)> ask_hand_over =
        [](const std::string&, ShardId, const std::string&) {};
    std::int64_t copy_records_min = 0;
    Duration copy_when_older = std::chrono::hours{1};
    std::int64_t write_bytes_per_second = 0;  // 0: no limit.
  };

  // Follows from what is in `data`; owns nothing.
  ToyInstance(ToyLog& log, const std::string& name, const std::filesystem::path& data, With with)
      : log_(log) {
    // A loop holds the row locks of several shards in any order; nobody else holds two.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    shard::RuntimeOptions options{
        .service = "toy", .schema = "toy", .shards = kToyShards, .data = data};
    options.claimer = {.instance = name, .address = name, .group = "toy"};
    options.resources.block_cache_bytes = 8 << 20;
    options.resources.write_bytes_per_second = with.write_bytes_per_second;
    options.copy_records_min = with.copy_records_min;
    options.copy_when_older = with.copy_when_older;
    runtime_ = std::make_unique<shard::Runtime>(
        std::move(options),
        shard::Runtime::Parts{.make_journal =
                                  [this](journal::Wakeup&) {
                                    return std::make_unique<SharedJournal>(log_.broker, log_.mutex);
                                  },
                              .make_model = std::move(with.make_model),
                              .directory = owners_,
                              .ask_hand_over = std::move(with.ask_hand_over),
                              .copy_from_peer = std::move(with.copy_from_peer)});
    const absl::Status started = runtime_->Start();
    INFO(started);
    REQUIRE(started.ok());
  }
  ToyInstance(ToyLog& log, const std::string& name, const std::filesystem::path& data)
      : ToyInstance(log, name, data, With{}) {}
  ~ToyInstance() { Stop(); }

  // Hands over what it owns, and writes its rows.
  void Stop() {
    if (runtime_ != nullptr) runtime_->Stop(Duration{5'000});
    runtime_.reset();
  }
  void Own() {
    runtime_->Assign({.group = "toy", .generation = ++log_.generation, .shards = {0, 1}});
    REQUIRE(WaitUntil([this] { return runtime_->Ready(); }));
  }
  // `count` receipts in each shard.
  void Receive(int count) {
    std::vector<std::shared_ptr<std::atomic<int>>> answers;
    for (int i = 0; i < count; ++i) {
      for (ShardId shard = 0; shard < kToyShards; ++shard) {
        answers.push_back(Send(shard, "sku-" + std::to_string(i % 10)));
      }
    }
    for (const auto& answer : answers) {
      REQUIRE(WaitUntil([&] { return *answer >= 0; }));
      REQUIRE(*answer == static_cast<int>(shard::Verdict::kAccepted));
    }
  }
  shard::Verdict Ask(ShardId shard, const std::string& sku) {
    const auto answer = Send(shard, sku);
    REQUIRE(WaitUntil([&] { return *answer >= 0; }));
    return static_cast<shard::Verdict>(answer->load());
  }
  // An operator's skip; its verdict.
  shard::Verdict Skip(ShardId shard, const shard::SkipNote& skip) {
    auto answer = std::make_shared<std::atomic<int>>(-1);
    runtime_->AppendSkip(shard, skip, "operator", "a test", [answer](const shard::Outcome& told) {
      *answer = static_cast<int>(told.verdict);
    });
    REQUIRE(WaitUntil([&] { return *answer >= 0; }));
    return static_cast<shard::Verdict>(answer->load());
  }
  bool CaughtUp() { return runtime_->Ready(); }
  shard::ShardStatus Status(ShardId shard) {
    return runtime_->Status()[static_cast<std::size_t>(shard)];
  }
  shard::Runtime& runtime() { return *runtime_; }

 private:
  // The receipt's verdict, below 0 before there is one.
  std::shared_ptr<std::atomic<int>> Send(ShardId shard, const std::string& sku) {
    static std::atomic<std::uint64_t> count = 0;
    auto answer = std::make_shared<std::atomic<int>>(-1);
    auto command = std::make_unique<shard::Command>();
    command->body = shard::MakeBody<simulation::ToyModel>(simulation::Receive{sku, 1});
    command->id = MakeUuid(shard::WallNow(), 1, ++count);
    command->envelope.caller = "test";
    command->reply = [answer](shard::Model&, const shard::Outcome& outcome) {
      *answer = static_cast<int>(outcome.verdict);
    };
    runtime_->Submit(shard, std::move(command));
    return answer;
  }

  ToyLog& log_;
  StaticOwners owners_;
  std::unique_ptr<shard::Runtime> runtime_;
};

// A log of two terms: `count` receipts a shard, then a claim whose state hash is announced. Returns
// what its rows add up to, by shard; `data` holds them.
inline std::vector<std::uint64_t> WriteHistory(ToyLog& log, const std::filesystem::path& data,
                                               int count = 30) {
  ToyInstance first(log, "first", data);
  first.Own();
  first.Receive(count);
  first.Stop();
  ToyInstance second(log, "second", data);
  second.Own();
  std::vector<std::uint64_t> hashes;
  for (ShardId shard = 0; shard < kToyShards; ++shard) {
    REQUIRE(WaitUntil([&] {
      const auto status = second.Status(shard);
      return status.next_offset >= count + 5 && status.in_flight == 0;
    }));
    hashes.push_back(second.Status(shard).state_hash);
  }
  return hashes;
}

}  // namespace omo::testing
