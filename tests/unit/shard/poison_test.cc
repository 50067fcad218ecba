// A record that cannot be applied stops its shard for every reader; an operator's skip lets all go
// on (protocol.md 3.7, XC-06). Over the in-memory journal, with the simulation's toy domain.
#include <memory>
#include <string>

#include "libs/core/uuid.h"
#include "libs/journal/memory_journal.h"
#include "libs/shard/shard.h"
#include "tests/simulation/toy_model.h"
#include "tests/support/catch.h"

namespace omo::shard {
namespace {

using simulation::Receive;
using simulation::ToyModel;

// One instance that follows and may own the only shard.
class OneShard final : public journal::JournalSink, public ShardListener {
 public:
  OneShard(journal::MemoryBroker& broker, store::Resources& resources, const std::string& name)
      : store_(store::Store::OpenInMemory("toy", resources)),
        ids_(*store_, {.prefix = 'I', .name = "command_ids"}),
        model_(*store_),
        journal_(broker),
        shard_({.claimer = {.instance = name, .address = "nowhere", .group = "toy"}},
               {.journal = journal_,
                .store = *store_,
                .model = model_,
                .ids = ids_,
                .erase_ids_before = [this](const IdKey& key) { ids_.EraseBefore(key); },
                .listener = *this,
                .nonce = [this] { return ++nonce_ * 7'919; }}) {
    REQUIRE(shard_.Start().ok());
  }

  void Run(int rounds = 20) {
    for (int round = 0; round < rounds; ++round) {
      clock_ += Duration{10};
      journal_.Poll(*this);
      shard_.EndNews();
      shard_.Turn(clock_, clock_);
    }
  }
  Verdict Ask(const std::string& sku) {
    Verdict verdict = Verdict::kUnknown;
    auto command = std::make_unique<Command>();
    command->body = MakeBody<ToyModel>(Receive{sku, 1});
    ++nonce_;
    command->id = MakeUuid(clock_, nonce_, nonce_);
    command->envelope.caller = "test";
    command->reply = [&](Model&, const Outcome& outcome) { verdict = outcome.verdict; };
    shard_.Submit(std::move(command));
    Run();
    return verdict;
  }
  Shard& shard() { return shard_; }
  std::uint64_t Hash() { return store_->StateHash(); }

  void OnReport(const journal::AppendReport& report) override { shard_.log().OnReport(report); }
  void OnRecord(ShardId, Offset offset, journal::Record record) override {
    shard_.log().OnRecord(offset, record);
  }
  void OnEnd(ShardId, Offset next) override { shard_.log().OnEnd(next); }
  void OnReadFailed(ShardId, journal::ReadFailure failure) override {
    shard_.log().OnReadFailed(failure);
  }
  void OnFetched(ShardId, Offset, absl::Status, journal::Record) override {}
  void OnOwned(ShardId, std::uint64_t, std::uint64_t) override {}
  void OnReleased(ShardId, std::uint64_t, std::uint64_t) override {}
  void OnRebuildNeeded(ShardId) override { FAIL("nothing was applied that was skipped"); }
  void OnStopped(ShardId, const absl::Status&) override {}

 private:
  Time clock_{std::chrono::hours{500'000}};
  std::uint64_t nonce_ = 1;
  std::unique_ptr<store::Store> store_;
  store::ConfirmedTable<IdKey, IdRow, store::BucketOrder> ids_;
  ToyModel model_;
  journal::MemoryJournal journal_;
  Shard shard_;
};

// Behind the last record, as its owner would have written it, but of a kind that nobody knows.
void AppendUnknownEvent(journal::MemoryBroker& broker) {
  const journal::Record& last = broker.log(0).back();
  journal::Record poison = last;
  poison.fence.seq = last.fence.seq + 1;
  poison.fence.previous_checksum = journal::Checksum(last);
  poison.id = "";
  poison.value = "an event of a later release";
  broker.Append(0, poison);
}

}  // namespace

TEST_CASE("a poison record stops its shard until an operator skips it", "[shard]") {
  store::Resources resources;
  journal::MemoryBroker broker(1);
  {
    OneShard owner(broker, resources, "first");
    owner.shard().policy().Assign(1, Time{});
    owner.Run();
    REQUIRE(owner.Ask("apple") == Verdict::kAccepted);
  }
  AppendUnknownEvent(broker);
  const Offset poison = broker.log_end(0) - 1;

  OneShard next(broker, resources, "second");
  next.shard().policy().Assign(2, Time{});
  next.Run();
  REQUIRE(next.shard().log().state() == ShardLog::State::kStopped);
  REQUIRE(next.shard().log().poison()->first == poison);
  CHECK(next.Ask("pear") == Verdict::kStopped);

  const auto skip = [&](std::uint32_t checksum) {
    Verdict verdict = Verdict::kUnknown;
    next.shard().AppendSkip({.offset = poison, .checksum = checksum}, "operator", "unknown event",
                            [&](const Outcome& outcome) { verdict = outcome.verdict; });
    next.Run(40);
    return verdict;
  };
  CHECK(skip(1) == Verdict::kInvalid);  // Names another record.
  CHECK(next.shard().log().state() == ShardLog::State::kStopped);
  CHECK(skip(next.shard().log().poison()->second) == Verdict::kAccepted);
  CHECK(next.Ask("pear") == Verdict::kAccepted);

  // Every other reader stops there, too, and goes on by itself when it meets the skip.
  OneShard reader(broker, resources, "third");
  reader.Run(40);
  CHECK(reader.shard().log().reader().next_offset == broker.log_end(0));
  CHECK(reader.Hash() == next.Hash());
}

TEST_CASE("a log made anew or cut short is found and never followed", "[shard]") {
  store::Resources resources;
  journal::MemoryBroker broker(1);
  OneShard owner(broker, resources, "first");
  owner.shard().policy().Assign(1, Time{});
  owner.Run();
  REQUIRE(owner.Ask("apple") == Verdict::kAccepted);
  const ReaderState stood = owner.shard().log().reader();

  journal::MemoryBroker anew(1);
  OneShard other(anew, resources, "other");
  other.shard().policy().Assign(1, Time{});
  other.Run();
  for (int i = 0; i < 3; ++i) REQUIRE(other.Ask("pear") == Verdict::kAccepted);

  OneShard late(anew, resources, "late");
  late.shard().log().Start(stood, {});
  late.Run();
  CHECK(late.shard().log().state() == ShardLog::State::kStopped);

  broker.Truncate(0, 1);
  OneShard behind(broker, resources, "behind");
  behind.shard().log().Start(stood, {});
  behind.Run();
  CHECK(behind.shard().log().state() == ShardLog::State::kStopped);
}

}  // namespace omo::shard
