#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

#include "libs/core/uuid.h"

namespace omo::simulation {
namespace {

const std::string kSkus[] = {"apple", "pear"};

}  // namespace

using journal::Chance;
using journal::Pick;

// One instance of the service: dies whole, and starts again from the log.
class World::Process final : public journal::JournalSink, public shard::ShardListener {
 public:
  Process(World& world, int number)
      : world_(world),
        name_("process-" + std::to_string(number)),
        store_(store::Store::OpenInMemory("toy", world.resources_)),
        ids_(*store_, {.prefix = 'I', .name = "command_ids"}),
        model_(*store_),
        journal_(world.broker_, world.random_, world.faults_),
        shard_(Options(name_),
               {.journal = journal_,
                .store = *store_,
                .model = model_,
                .ids = ids_,
                .erase_ids_before = [this](const shard::IdKey& key) { ids_.EraseBefore(key); },
                .listener = *this,
                .nonce = [&world] { return world.random_(); }},
               world.options_.mistakes) {
    (void)shard_.Start();
  }

  void Step() {
    journal_.Step();
    if (Chance(world_.random_, world_.options_.poll_chance)) {
      journal_.Poll(*this);
      shard_.EndNews();
    }
    if (Chance(world_.random_, 0.6)) shard_.Turn(world_.clock_ + skew, world_.clock_);
  }

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
  void OnOwned(ShardId, std::uint64_t, std::uint64_t term) override {
    ++world_.claims_;
    world_.published_term_ = std::max(world_.published_term_, term);
  }
  void OnReleased(ShardId, std::uint64_t, std::uint64_t) override {}
  void OnRebuildNeeded(ShardId) override { world_.rebuild_needed_ = true; }
  void OnStopped(ShardId, const absl::Status& why) override {
    world_.stopped_ = std::string(why.message());
  }

  void OnHandOverWanted(ShardId, const shard::Claimer& owner) override {
    world_.AskHandOver(owner.instance, name_);
  }

  shard::Shard& shard() { return shard_; }
  Pile PileOf(const std::string& sku) { return std::get<0>(model_.States()).piles.Get(sku); }
  store::Store& rows() { return *store_; }
  journal::MemoryJournal& journal() { return journal_; }

  const std::string& name() const { return name_; }

  bool paused = false;  // Its loop does nothing.
  bool only_its_loop =
      false;  // While paused: the journal's own threads go on, and hear of answers.
  Duration skew{0};
  std::vector<std::size_t> waiting;  // Attempts sent here and not answered.
  Offset confirmed_before = kNoOffset;

 private:
  static shard::ShardOptions Options(const std::string& name) {
    shard::ShardOptions options;
    options.claimer = {.instance = name, .address = "nowhere", .group = "toy"};
    options.recent_facts_max = 8;
    options.refusal_memory = Duration{200};
    options.hand_over_patience = Duration{5};
    return options;
  }

  World& world_;
  const std::string name_;
  std::unique_ptr<store::Store> store_;
  store::ConfirmedTable<shard::IdKey, shard::IdRow, store::BucketOrder> ids_;
  ToyModel model_;
  journal::MemoryJournal journal_;
  shard::Shard shard_;
};

World::World(std::uint64_t seed, WorldOptions options, store::Resources& resources)
    : random_(seed), options_(std::move(options)), faults_(options_.faults), resources_(resources) {
  for (int number = 0; number < options_.processes; ++number) {
    processes_.push_back(std::make_unique<Process>(*this, number));
  }
}

World::~World() = default;

void World::Run() {
  for (int step = 0; step < options_.steps; ++step) Step();
  faults_ = {};
  for (auto& process : processes_) process->paused = false;
  for (int step = 0; step < options_.calm_steps; ++step) CalmStep(step);
}

World::Process& World::AnyProcess() { return *processes_[Pick(random_, processes_.size())]; }

void World::Step() {
  clock_ += Duration{Pick(random_, 4)};
  const std::size_t at = Pick(random_, processes_.size());
  const double what = static_cast<double>(Pick(random_, 1'000)) / 1'000;
  if (Chance(random_, options_.read_chance)) {
    SendRead(AnyProcess());
  } else if (Chance(random_, options_.pause_chance)) {
    processes_[at]->paused = !processes_[at]->paused;
    processes_[at]->only_its_loop = Chance(random_, 0.5);
  } else if (what < 0.013) {
    Crash(at);
  } else if (what < 0.016) {
    const auto most = static_cast<std::size_t>(options_.skew_max.count());
    processes_[at]->skew = Duration{Pick(random_, 2 * most)} - options_.skew_max;
  } else if (what < 0.016 + options_.assign_chance) {
    AssignTo(at);
  } else if (what < 0.021 + options_.assign_chance) {
    processes_[at]->shard().log().HigherTermSeen(published_term_);
  } else if (what < 0.021 + options_.assign_chance + options_.ask_chance) {
    AskSomething();
  } else if (!processes_[at]->paused) {
    processes_[at]->Step();
    LookAt(*processes_[at]);
  } else if (processes_[at]->only_its_loop) {
    processes_[at]->journal().Step();
  }
  broker_.StepLimbo(faults_, random_);
}

// No faults any more: owners settle, callers repeat until they are answered, readers catch up.
void World::CalmStep(int step) {
  clock_ += Duration{Pick(random_, 4)};
  if (step == 0) {
    for (auto& process : processes_) process->skew = Duration{0};
    broker_.ForgetLimbo();
    AssignTo(0);
  }
  if (step % 5 == 0 && step < options_.calm_steps * 3 / 4) {
    std::vector<int> open;
    for (std::size_t command = 0; command < asked_.size(); ++command) {
      if (!asked_[command].settled) open.push_back(static_cast<int>(command));
    }
    if (!open.empty()) Send(open[Pick(random_, open.size())], *processes_[0]);
  }
  // An idle deposed owner learns of it by the first barrier.
  if (step == options_.calm_steps / 2) {
    for (auto& process : processes_) SendRead(*process);
  }
  for (auto& process : processes_) {
    process->shard().log().HigherTermSeen(published_term_);  // The owners' topic.
    process->Step();
    LookAt(*process);
  }
}

// What holds at every moment, speculation included.
void World::LookAt(Process& process) {
  if (!broken_.empty()) return;
  for (const std::string& sku : kSkus) {
    const Pile pile = process.PileOf(sku);
    if (pile.held < 0 || pile.held > pile.on_hand) broken_ = "more is held than there is";
  }
  const Offset confirmed = process.shard().confirmed().offset;
  if (confirmed < process.confirmed_before) broken_ = "what was confirmed is not any more";
  if (confirmed >= broker_.log_end(0)) broken_ = "something is confirmed that is not in the log";
  process.confirmed_before = confirmed;
}

void World::AssignTo(std::size_t at) {
  ++generation_;
  for (std::size_t each = 0; each < processes_.size(); ++each) {
    // Some hear late that the shard is not theirs any more: they are the zombies.
    if (each == at) {
      processes_[each]->shard().policy().Assign(generation_, clock_);
    } else if (Chance(random_, 0.5)) {
      processes_[each]->shard().policy().Unassign();
    }
  }
}

// Some owners do as they are asked; others sleep, are gone, or never hear of it.
void World::AskHandOver(const std::string& owner, const std::string& successor) {
  if (Chance(random_, 0.7)) return;
  for (auto& process : processes_) {
    if (process->name() == owner && !process->paused) process->shard().BeginRelease(successor);
  }
}

void World::Crash(std::size_t at) {
  for (const std::size_t attempt : processes_[at]->waiting) attempts_[attempt].lost = true;
  const Duration skew = processes_[at]->skew;
  processes_[at].reset();
  processes_[at] = std::make_unique<Process>(*this, static_cast<int>(at));
  processes_[at]->skew = skew;
}

ToyCommand World::MakeCommand() {
  const std::string& sku = kSkus[Pick(random_, 2)];
  const std::size_t what = Pick(random_, 10);
  if (what < 2) return Receive{sku, static_cast<Quantity>(1 + Pick(random_, 3))};
  if (what < 7 || hold_ids_.empty()) {
    hold_ids_.push_back("hold-" + std::to_string(hold_ids_.size()));
    return Keep{hold_ids_.back(), sku, static_cast<Quantity>(1 + Pick(random_, 2)),
                Duration{20 + Pick(random_, 400)}};
  }
  return Take{hold_ids_[Pick(random_, hold_ids_.size())]};
}

// A new command, or one asked before: callers repeat themselves, to the same process and to others.
void World::AskSomething() {
  int command = 0;
  if (!asked_.empty() && Chance(random_, 0.35)) {
    const std::size_t newest = std::min<std::size_t>(asked_.size(), 20);
    command = static_cast<int>(asked_.size() - 1 - Pick(random_, newest));
  } else {
    Asked asked;
    asked.caller = Chance(random_, 0.5) ? "till" : "web";
    asked.id = MakeUuid(clock_, random_(), random_());
    asked.body = MakeCommand();
    asked_.push_back(std::move(asked));
    command = static_cast<int>(asked_.size()) - 1;
  }
  Process& process = AnyProcess();
  Send(command, process);
  if (Chance(random_, 0.1)) Send(command, process);  // A double click.
}

void World::Send(int command, Process& process) {
  const std::size_t number = attempts_.size();
  attempts_.push_back({.command = command, .answered_before = highest_answered_});
  process.waiting.push_back(number);
  const Asked& asked = asked_[static_cast<std::size_t>(command)];
  auto sent = std::make_unique<shard::Command>();
  sent->body =
      std::visit([](const auto& body) { return shard::MakeBody<ToyModel>(body); }, asked.body);
  sent->id = asked.id;
  sent->envelope.caller = asked.caller;
  sent->envelope.traceparent = std::to_string(number);
  Process* at = &process;
  sent->reply = [this, number, at](shard::Model&, const shard::Outcome& outcome) {
    std::erase(at->waiting, number);
    Answered(number, outcome);
  };
  process.shard().Submit(std::move(sent));
}

void World::Answered(std::size_t number, const shard::Outcome& outcome) {
  Attempt& attempt = attempts_[number];
  attempt.verdict = outcome.verdict;
  attempt.refusal = outcome.refusal.code;
  attempt.repeated = outcome.duplicate;
  attempt.position = outcome.position;
  attempt.log_end_when_answered = broker_.log_end(0);
  if (outcome.verdict == shard::Verdict::kAccepted) {
    highest_answered_ = std::max(highest_answered_, outcome.position.offset);
  }
  using enum shard::Verdict;
  const bool final = outcome.verdict == kAccepted || outcome.verdict == kRefused;
  if (final) asked_[static_cast<std::size_t>(attempt.command)].settled = true;
}

void World::SendRead(Process& process) {
  shard::Read read;
  read.linearizable = true;
  const Offset answered_before = highest_answered_;
  Process* at = &process;
  read.reply = [this, answered_before, at](shard::Verdict verdict, const shard::Outcome&) {
    if (verdict != shard::Verdict::kNothingToDo) return;
    reads_.push_back({answered_before, at->shard().confirmed().offset});
  };
  process.shard().SubmitRead(std::move(read));
}

std::vector<std::uint64_t> World::StateHashes() {
  std::vector<std::uint64_t> hashes;
  for (auto& process : processes_) hashes.push_back(process->rows().StateHash());
  return hashes;
}

std::string World::Unrest() const {
  for (const auto& process : processes_) {
    const auto& log = process->shard().log();
    if (log.state() == shard::ShardLog::State::kStopped) return "stopped: " + stopped_;
    if (log.in_flight() > 0 || !process->journal().quiet()) return "something is still in flight";
    if (log.reader().next_offset < broker_.log_end(0)) {
      const shard::ShardStatus status = process->shard().Status();
      return "a reader did not catch up: " + status.state + " at " +
             std::to_string(log.reader().next_offset) + " of " +
             std::to_string(broker_.log_end(0)) + ", term " + std::to_string(status.term) +
             ", published " + std::to_string(published_term_) + ", in flight " +
             std::to_string(status.in_flight) + ", jumps " + std::to_string(status.log.jumps);
    }
    if (!process->waiting.empty()) return "a caller still waits";
  }
  for (std::size_t command = 0; command < asked_.size(); ++command) {
    if (asked_[command].settled) continue;
    std::string verdicts;
    for (const Attempt& attempt : attempts_) {
      if (attempt.command != static_cast<int>(command)) continue;
      verdicts += attempt.verdict ? " " + std::to_string(static_cast<int>(*attempt.verdict)) : " -";
    }
    return "a command has no final answer:" + verdicts;
  }
  return "";
}

}  // namespace omo::simulation
