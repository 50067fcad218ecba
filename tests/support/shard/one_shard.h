// One instance of a service with one shard, the simulation's toy domain in it, over any journal:
// driven step by step by a test, with the time that the test says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "libs/core/uuid.h"
#include "libs/shard/shard.h"
#include "tests/simulation/toy_model.h"
#include "tests/support/catch.h"

namespace omo::testing {

// What a caller was told, once it was.
struct Told {
  std::optional<shard::Verdict> verdict;
  Position position;
  std::string reason;
  int refusal = -1;
  bool duplicate = false;
};

class OneShard final : public journal::JournalSink, public shard::ShardListener {
 public:
  using ToldPointer = std::shared_ptr<const Told>;

  // `clock` is everybody's; the test moves it, or Run does. All references outlive the shard.
  OneShard(journal::Journal& journal, store::Resources& resources, const std::string& name,
           Time& clock, shard::ShardOptions options = {})
      : clock_(clock),
        random_(std::hash<std::string>{}(name)),
        journal_(journal),
        store_(store::Store::OpenInMemory("toy", resources)),
        ids_(*store_, {.prefix = 'I', .name = "command_ids"}),
        model_(*store_),
        shard_(Named(std::move(options), name),
               {.journal = journal_,
                .store = *store_,
                .model = model_,
                .ids = ids_,
                .erase_ids_before = [this](const shard::IdKey& key) { ids_.EraseBefore(key); },
                .listener = *this,
                .nonce = [this] { return random_ = random_ * 6'364'136'223'846'793'005ULL + 1; }}) {
    REQUIRE(shard_.Start().ok());
  }

  // News, then a turn; the clock moves by `step`.
  void Run(int rounds = 20, Duration step = Duration{10}) {
    for (int round = 0; round < rounds; ++round) {
      clock_ += step;
      journal_.Poll(*this);
      shard_.EndNews();
      shard_.Turn(clock_ + skew, clock_);
      journal_.Send();
    }
  }
  // Assigns the shard here and runs until it is owned, which must happen.
  void Own(std::int32_t generation) {
    shard_.policy().Assign(generation, clock_);
    for (int round = 0; round < 200 && !shard_.log().owning(); ++round) Run(1);
    REQUIRE(shard_.log().owning());
  }

  std::string NewId() { return MakeUuid(clock_, random_, ++count_); }

  // Sends a command; the answer is filled in when it comes.
  ToldPointer Send(const simulation::ToyCommand& body, const std::string& id,
                   std::optional<Time> deadline = std::nullopt, std::string_view caller = "test",
                   bool bulk = false) {
    auto told = std::make_shared<Told>();
    auto command = std::make_unique<shard::Command>();
    command->deadline = deadline;
    command->body = std::visit(
        [](const auto& each) { return shard::MakeBody<simulation::ToyModel>(each); }, body);
    command->id = id;
    command->bulk = bulk;
    command->envelope.caller = caller;
    command->reply = [told](shard::Model&, const shard::Outcome& outcome) {
      *told = {outcome.verdict, outcome.position, outcome.reason, outcome.refusal.code,
               outcome.duplicate};
    };
    shard_.Submit(std::move(command));
    return told;
  }
  ToldPointer Send(const simulation::ToyCommand& body) { return Send(body, NewId()); }
  // Sends and runs until it is answered, or for some rounds.
  Told Ask(const simulation::ToyCommand& body, const std::string& id) {
    const ToldPointer told = Send(body, id);
    for (int round = 0; round < 100 && !told->verdict; ++round) Run(1);
    return *told;
  }
  Told Ask(const simulation::ToyCommand& body) { return Ask(body, NewId()); }
  // A linearizable read's verdict, when it comes: kNothingToDo lets it read.
  std::shared_ptr<const std::optional<shard::Verdict>> Read() {
    auto told = std::make_shared<std::optional<shard::Verdict>>();
    shard::Read read;
    read.linearizable = true;
    read.reply = [told](shard::Verdict verdict, const shard::Outcome&) { *told = verdict; };
    shard_.SubmitRead(std::move(read));
    return told;
  }

  shard::Shard& shard() { return shard_; }
  std::uint64_t Hash() { return store_->StateHash(); }
  simulation::ToyModel& model() { return model_; }
  int rebuilds_needed() const { return rebuilds_needed_; }

  Duration skew{0};  // Of its wall clock.

  void OnReport(const journal::AppendReport& report) override { shard_.log().OnReport(report); }
  void OnRecord(ShardId, Offset offset, journal::Record record) override {
    shard_.log().OnRecord(offset, record);
  }
  void OnEnd(ShardId, Offset next) override { shard_.log().OnEnd(next); }
  void OnReadFailed(ShardId, journal::ReadFailure failure) override {
    shard_.log().OnReadFailed(failure);
  }
  void OnFetched(ShardId, Offset offset, absl::Status status, journal::Record record) override {
    shard_.OnFetched(offset, status, record);
  }
  void OnOwned(ShardId, std::uint64_t, std::uint64_t) override {}
  void OnReleased(ShardId, std::uint64_t, std::uint64_t) override {}
  void OnRebuildNeeded(ShardId) override { ++rebuilds_needed_; }
  void OnStopped(ShardId, const absl::Status&) override {}

 private:
  static shard::ShardOptions Named(shard::ShardOptions options, const std::string& name) {
    options.claimer.instance = name;
    options.claimer.address = "nowhere";
    options.claimer.group = "toy";
    return options;
  }

  Time& clock_;
  std::uint64_t random_;
  std::uint64_t count_ = 0;
  int rebuilds_needed_ = 0;
  journal::Journal& journal_;
  std::unique_ptr<store::Store> store_;
  store::ConfirmedTable<shard::IdKey, shard::IdRow, store::BucketOrder> ids_;
  simulation::ToyModel model_;
  shard::Shard shard_;
};

}  // namespace omo::testing
