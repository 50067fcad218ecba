// The runtime under many threads at once, over a log in memory: everybody who asks is answered
// once, before, while and after it stops. Mostly for the thread sanitizer.
#include "libs/shard/runtime.h"

#include <atomic>
#include <thread>

#include "libs/core/uuid.h"
#include "libs/journal/memory_journal.h"
#include "tests/simulation/toy_model.h"
#include "tests/support/static_owners.h"
#include "tests/support/store_fixture.h"
#include "tests/support/wait.h"

namespace omo::shard {
namespace {

using simulation::Receive;
using simulation::ToyModel;

constexpr std::int32_t kShards = 4;
constexpr int kAskers = 3;

struct Counts {
  std::atomic<int> asked = 0;
  std::atomic<int> answered = 0;
  std::atomic<int> accepted = 0;
};

class MemoryService {
 public:
  MemoryService() {
    RuntimeOptions options{.service = "toy", .schema = "toy", .shards = kShards};
    options.data = folder_.path();
    options.claimer = {.instance = "toy-0", .address = "nowhere:1", .group = "toy"};
    options.resources.block_cache_bytes = 8 << 20;
    runtime_ = std::make_unique<Runtime>(
        std::move(options),
        Runtime::Parts{
            .make_journal =
                [this](journal::Wakeup&) {
                  return std::make_unique<journal::MemoryJournal>(broker_);
                },
            .make_model = [](store::Store& store) { return std::make_unique<ToyModel>(store); },
            .directory = owners_,
            .ask_hand_over = [](const std::string&, ShardId, const std::string&) {}});
    REQUIRE(runtime_->Start().ok());
    runtime_->Assign({.group = "toy", .generation = 1, .shards = {0, 1, 2, 3}});
    REQUIRE(testing::WaitUntil([this] { return runtime_->Ready(); }));
  }

  // One command, and one linearizable read.
  void Ask(Counts& counts, std::uint64_t number) {
    auto command = std::make_unique<Command>();
    command->body = MakeBody<ToyModel>(Receive{"apple", 1});
    command->id = MakeUuid(WallNow(), number, number);
    command->envelope.caller = "test";
    command->reply = [&counts](Model&, const Outcome& outcome) {
      ++counts.answered;
      if (outcome.verdict == Verdict::kAccepted) ++counts.accepted;
    };
    Read read{.linearizable = true};
    read.reply = [&counts](Verdict, const Outcome&) { ++counts.answered; };
    counts.asked += 2;
    const auto shard = static_cast<ShardId>(number % kShards);
    runtime_->Submit(shard, std::move(command));
    runtime_->SubmitRead(shard, std::move(read));
  }
  Runtime& runtime() { return *runtime_; }

 private:
  testing::TempDirectory folder_;
  testing::StaticOwners owners_;
  journal::MemoryBroker broker_{kShards};
  std::unique_ptr<Runtime> runtime_;
};

}  // namespace

TEST_CASE("whoever asks a runtime is answered once, while it stops and after it, too", "[shard]") {
  MemoryService service;
  Counts counts;
  std::atomic<bool> enough = false;
  std::atomic<int> wrong_shards = 0;
  std::vector<std::thread> askers;
  for (std::uint64_t asker = 0; asker < kAskers; ++asker) {
    askers.emplace_back([&, asker] {
      for (std::uint64_t i = 0; !enough && i < 2'000; ++i) {
        service.Ask(counts, i * kAskers + asker);
        if (i % 64 == 0) service.runtime().Status(false);
      }
    });
  }
  askers.emplace_back([&] {
    while (!enough) {
      for (ShardId shard = 0; shard < kShards; ++shard) {
        const auto instance = service.runtime().Instance(shard);
        const store::Store::ReadLock lock(instance->store());
        wrong_shards += instance->confirmed().shard != shard;
      }
    }
  });
  const bool some = testing::WaitUntil([&] { return counts.accepted > 100; });
  service.runtime().Stop(Duration{5'000});  // While they ask.
  enough = true;
  for (std::thread& asker : askers) asker.join();
  CHECK(some);
  CHECK(wrong_shards == 0);
  const int before = counts.asked;
  service.Ask(counts, 1'000'000);
  CHECK(counts.asked == before + 2);
  CHECK(counts.answered == counts.asked);
  CHECK_FALSE(service.runtime().Ready());
}

}  // namespace omo::shard
