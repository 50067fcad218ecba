#include "libs/shard/loop.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/telemetry/check.h"
#include "libs/telemetry/log_line.h"

namespace omo::shard {
namespace {

constexpr Duration kSleepMax{50};
// How long after somebody asked by itself bulk leaves room for the next who does.
constexpr Duration kBulkHeldBack{100};
constexpr Duration kUpkeepEvery{20};
constexpr std::size_t kRowsOfAnIdleMoment = 64;  // Some ten microseconds.

}  // namespace

Loop::Loop(const RuntimeOptions& options, const Runtime::Parts& parts, store::Resources& resources,
           std::vector<ShardId> shards)
    : options_(options),
      parts_(parts),
      resources_(resources),
      shard_ids_(std::move(shards)),
      openings_(
          options, parts, resources,
          [this](ShardId shard, std::unique_ptr<store::Store> store, Origin origin) {
            return MakeInstance(shard, std::move(store), origin);
          },
          [this] { wakeup_.Notify(); }) {}

Loop::~Loop() { Stop(Duration{0}); }

absl::Status Loop::Start() {
  auto journal = parts_.make_journal(wakeup_);
  if (!journal.ok()) return journal.status();
  journal_ = std::move(*journal);
  for (const ShardId shard : shard_ids_) {
    auto store = openings_.OpenHere(shard);
    if (!store.ok()) return store.status();
    if (openings_.WorthAsking(**store)) {
      PutStandIn(shard, absl::CancelledError("the shard is being opened"));
      openings_.Begin({.shard = shard, .store = *std::move(store), .may_copy = true});
      continue;
    }
    const Origin origin = (*store)->stored_position().empty() ? Origin::kNothing : Origin::kHere;
    instances_[shard] = MakeInstance(shard, *std::move(store), origin);
    if (absl::Status begun = instances_[shard]->shard().Start(); !begun.ok()) return begun;
  }
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void Loop::Stop(Duration patience) {
  if (!thread_.joinable()) return;
  stop_patience_ = patience;
  stopping_ = true;
  wakeup_.Notify();
  thread_.join();
}

void Loop::Submit(ShardId shard, std::unique_ptr<Command> command) {
  {
    std::unique_lock lock(asked_mutex_);
    if (ended_) {
      lock.unlock();
      const std::lock_guard one_at_a_time(after_end_mutex_);
      return Find(shard)->Submit(std::move(command));
    }
    asked_.push_back({shard, std::move(command)});
  }
  Ring();
}

void Loop::SubmitAll(std::vector<Submission>& submissions) {
  {
    std::unique_lock lock(asked_mutex_);
    if (ended_) {
      lock.unlock();
      const std::lock_guard one_at_a_time(after_end_mutex_);
      for (Submission& each : submissions) Find(each.shard)->Submit(std::move(each.command));
      return;
    }
    if (asked_.empty()) {
      asked_.swap(submissions);
    } else {
      std::move(submissions.begin(), submissions.end(), std::back_inserter(asked_));
    }
  }
  Ring();
}

void Loop::Post(absl::AnyInvocable<void(Loop&)> work) {
  {
    std::unique_lock lock(asked_mutex_);
    if (ended_) {
      lock.unlock();
      const std::lock_guard one_at_a_time(after_end_mutex_);
      return work(*this);
    }
    posted_.push_back(std::move(work));
  }
  Ring();
}

// The first that asks a sleeping loop rings; one that gathers is rung by the journal or its time.
void Loop::Ring() {
  if (idle_.load() && idle_.exchange(false)) wakeup_.Notify();
}

void Loop::Run() {
  pthread_setname_np(pthread_self(), "shard-loop");
  while (true) {
    Next next = Round();
    if (stopping_ && StepStop()) break;
    if (next == Next::kIdle) {
      idle_ = true;
      // What was asked between the last round and now would ring nobody: look once more.
      next = Round();
    }
    if (next == Next::kIdle && !CountIdly()) Sleep(NextWake());
    if (next == Next::kGather) Sleep(gathering_.until());
    idle_ = false;
  }
  {
    const std::lock_guard one_at_a_time(after_end_mutex_);
    TakeLast();
    openings_.Stop();
  }
  FlushLast();
}

// Takes its time: who asks meanwhile waits for no more than the beginning of one flush, as another
// instance may have owned the shard for long.
void Loop::FlushLast() {
  for (auto& [shard, instance] : instances_) {
    (void)instance->rows().AwaitFlush();
    const std::lock_guard one_at_a_time(after_end_mutex_);
    instance->shard().StorePosition();
    instance->rows().MaybeFlush(SteadyNow(), true);
  }
  for (auto& [shard, instance] : instances_) {
    const absl::Status flushed = instance->rows().AwaitFlush();
    if (!flushed.ok()) {
      telemetry::Log(telemetry::Level::kWarning, "flush at the stop failed",
                     {{"shard", shard}, {"why", std::string(flushed.message())}});
    }
  }
}

// Keeps the state hashes near the rows while nothing else is to be done: at a flush, all at once,
// they would hold the loop up for some milliseconds. False: there is nothing to count.
bool Loop::CountIdly() {
  return std::any_of(instances_.begin(), instances_.end(), [](const auto& each) {
    return each.second->rows().CountSome(kRowsOfAnIdleMoment) > 0;
  });
}

void Loop::Sleep(Time until) {
  const Duration sleep = std::clamp(until - SteadyNow(), Duration{0}, kSleepMax);
  if (sleep > Duration{0}) wakeup_.Wait(sleep);
}

Loop::Next Loop::Round() {
  const bool asked = TakeAsked();
  const bool told = !overfull_ && journal_->Poll(*this) > 0;
  const Time wall = WallNow();
  const Time steady = SteadyNow();
  if (bulk_held_until_ != Time{}) PassBulkTurn(steady);
  const bool decide = MayDecide(steady);
  bool gather = false;
  for (auto& [id, instance] : instances_) {
    if (instance->news) instance->shard().ApplyNews();
  }
  for (auto& [id, instance] : instances_) {
    Shard& shard = instance->shard();
    if (instance->news) shard.EndNews();
    instance->NoteUpToDate();
    if (!instance->news && shard.NextWake() > steady) continue;
    instance->news = shard.log().owning() && !decide;
    gather |= instance->news;
    if (!instance->news) shard.Turn(wall, steady);
    instance->Turned();
  }
  journal_->Send();
  if (steady >= upkeep_at_) Upkeep(steady);
  BeginRebuilds();
  for (Opened& opened : openings_.Take()) PutOpened(std::move(opened));
  if (steady >= publish_again_at_) PublishAgain();
  if (told) return Next::kAgain;
  if (gather) return Next::kGather;
  return asked || BulkWaits() || NextWake() <= steady ? Next::kAgain : Next::kIdle;
}

bool Loop::BulkWaits() const {
  return bulk_held_until_ != Time{} &&
         std::any_of(instances_.begin(), instances_.end(),
                     [](const auto& each) { return each.second->shard().BulkWaits(); });
}

// While somebody asks by itself one shard a round decides bulk: a large upload takes the loop more
// than a millisecond, and a call should not wait for one of every shard.
void Loop::PassBulkTurn(Time steady) {
  const bool over = steady >= bulk_held_until_;
  if (over) bulk_held_until_ = Time{};
  const auto waits = [](const auto& each) { return each.second->shard().BulkWaits(); };
  auto next = std::find_if(instances_.upper_bound(bulk_turn_), instances_.end(), waits);
  if (next == instances_.end()) next = std::find_if(instances_.begin(), instances_.end(), waits);
  for (auto each = instances_.begin(); each != instances_.end(); ++each) {
    const bool turn = over || each == next;
    each->second->shard().SetBulkTurn(turn);
    each->second->news |= turn;
  }
  if (next != instances_.end()) bulk_turn_ = next->first;
}

bool Loop::MayDecide(Time steady) {
  bool asked = false;
  std::size_t in_flight = 0;
  std::size_t queued = 0;
  for (const auto& [id, instance] : instances_) {
    Shard& shard = instance->shard();
    asked |= shard.log().owning() && (instance->news || shard.NextWake() <= steady);
    in_flight += shard.log().in_flight();
    queued += shard.decidable(steady);
  }
  return asked && gathering_.MayDecide(in_flight, queued, steady);
}

void Loop::Upkeep(Time steady) {
  upkeep_at_ = steady + kUpkeepEvery;
  overfull_ = false;
  bool flushing = false;
  for (auto& [id, instance] : instances_) {
    Shard& shard = instance->shard();
    if (!flushing && instance->rows().FlushDue(steady) && !HoldsFlush(*instance)) {
      flushing = true;  // One at a time: each holds the loop up for some milliseconds.
      shard.StorePosition();
      instance->rows().MaybeFlush(steady);
    }
    if (instance->rows().healthy()) {
      overfull_ |= instance->rows().Overfull();
      continue;
    }
    // Damaged files are made anew from the log; a full disk needs a person.
    shard.Stop(instance->rows().health());
    if (absl::IsDataLoss(instance->rows().health())) to_rebuild_.insert(id);
  }
}

// Who asks while the loop is ending gets an answer: a call without one would keep the server from
// stopping.
void Loop::TakeLast() {
  TakeAsked();
  for (auto& [id, instance] : instances_) {
    instance->shard().Stop(absl::CancelledError("stopping"));
  }
  {
    const std::lock_guard lock(asked_mutex_);
    ended_ = true;
  }
  TakeAsked();
}

bool Loop::TakeAsked() {
  std::vector<Submission> asked;
  std::vector<absl::AnyInvocable<void(Loop&)>> posted;
  {
    const std::lock_guard lock(asked_mutex_);
    asked.swap(asked_);
    posted.swap(posted_);
  }
  const bool by_itself = std::any_of(asked.begin(), asked.end(),
                                     [](const Submission& each) { return !each.command->bulk; });
  if (by_itself) {
    bulk_held_until_ = SteadyNow() + kBulkHeldBack;
    for (auto& [id, instance] : instances_) instance->shard().HoldBulkBack(bulk_held_until_);
  }
  for (Submission& each : asked) {
    const auto found = instances_.find(each.shard);
    OMO_CHECK(found != instances_.end());
    found->second->news = true;
    found->second->shard().Submit(std::move(each.command));
  }
  for (auto& work : posted) work(*this);
  return !asked.empty() || !posted.empty();
}

Time Loop::NextWake() const {
  Time next = Time::max();
  for (const auto& [id, instance] : instances_) {
    next = std::min(next, instance->shard().NextWake());
  }
  return next;
}

std::shared_ptr<ShardInstance> Loop::Instance(ShardId shard) const {
  const std::shared_lock lock(instances_mutex_);
  const auto found = instances_.find(shard);
  if (found == instances_.end() || found->second->origin() == Origin::kStandIn) return nullptr;
  return found->second;
}

Shard* Loop::Find(ShardId shard) {
  const auto found = instances_.find(shard);
  if (found == instances_.end()) return nullptr;
  found->second->news = true;
  return &found->second->shard();
}

std::vector<ShardStatus> Loop::Status(bool with_state_hash) {
  const Time steady = SteadyNow();
  std::vector<ShardStatus> all;
  for (auto& [id, instance] : instances_) {
    all.push_back(instance->shard().Status(with_state_hash));
    all.back().lag = std::max(steady - instance->at_end_since(), Duration{0});
  }
  return all;
}

bool Loop::Ready() {
  return std::all_of(instances_.begin(), instances_.end(), [&](const auto& each) {
    Shard& shard = each.second->shard();
    return shard.caught_up() && (!assigned_.contains(each.first) || shard.log().owning());
  });
}

// --- the journal's news ----------------------------------------------------------------------

void Loop::OnReport(const journal::AppendReport& report) {
  if (Shard* shard = Find(report.shard)) shard->log().OnReport(report);
}

void Loop::OnRecord(ShardId shard, Offset offset, journal::Record record) {
  if (Shard* found = Find(shard)) found->log().OnRecord(offset, record);
}

void Loop::OnEnd(ShardId shard, Offset next) {
  if (Shard* found = Find(shard)) found->log().OnEnd(next);
}

void Loop::OnEndSeen(ShardId shard, Offset end, Duration ago) {
  const auto found = instances_.find(shard);
  if (found != instances_.end()) found->second->EndSeen(end, SteadyNow() - ago);
}

void Loop::OnReadFailed(ShardId shard, journal::ReadFailure failure) {
  if (Shard* found = Find(shard)) found->log().OnReadFailed(failure);
}

void Loop::OnFetched(ShardId shard, Offset offset, absl::Status status, journal::Record record) {
  if (Shard* found = Find(shard)) found->OnFetched(offset, status, record);
}

}  // namespace omo::shard
