// The runtime under many threads at once, over a log in memory: everybody who asks is answered
// once, before, while and after it stops. Mostly for the thread sanitizer.
#include "libs/shard/runtime.h"

#include <atomic>
#include <thread>

#include "tests/support/toy_shop.h"

namespace omo::shard {
namespace {

using simulation::Receive;
using simulation::ToyModel;
using testing::kToyShards;

constexpr int kAskers = 3;

struct Counts {
  std::atomic<int> asked = 0;
  std::atomic<int> answered = 0;
  std::atomic<int> accepted = 0;
};

class Service {
 public:
  Service() { instance_.Own(); }

  void Send(Counts& counts, std::uint64_t number, bool bulk) {
    auto command = std::make_unique<Command>();
    command->body = MakeBody<ToyModel>(Receive{"apple", 1});
    command->id = MakeUuid(WallNow(), number, number);
    command->envelope.caller = "test";
    command->bulk = bulk;
    command->reply = [&counts](Model&, const Outcome& outcome) {
      ++counts.answered;
      if (outcome.verdict == Verdict::kAccepted) ++counts.accepted;
    };
    ++counts.asked;
    runtime().Submit(static_cast<ShardId>(number % kToyShards), std::move(command));
  }
  // One command, and one linearizable read.
  void Ask(Counts& counts, std::uint64_t number) {
    Send(counts, number, false);
    Read read{.linearizable = true};
    read.reply = [&counts](Verdict, const Outcome&) { ++counts.answered; };
    ++counts.asked;
    runtime().SubmitRead(static_cast<ShardId>(number % kToyShards), std::move(read));
  }
  Runtime& runtime() { return instance_.runtime(); }

 private:
  testing::TempDirectory folder_;
  testing::ToyLog log_;
  testing::ToyInstance instance_{log_, "toy-0", folder_.path()};
};

}  // namespace

TEST_CASE("bulk of several shards goes on while somebody asks by itself, and when nobody does",
          "[shard]") {
  Service service;
  Counts counts;
  for (std::uint64_t i = 0; i < 300; ++i) service.Send(counts, i, i % 10 > 0);
  CHECK(testing::WaitUntil([&] { return counts.answered == counts.asked; }));
  CHECK(counts.accepted == 300);
}

TEST_CASE("whoever asks a runtime is answered once, while it stops and after it, too", "[shard]") {
  Service service;
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
      for (ShardId shard = 0; shard < kToyShards; ++shard) {
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
