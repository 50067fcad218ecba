#include "tests/simulation/checker.h"

#include <map>
#include <set>

#include "libs/core/uuid.h"
#include "libs/journal/validity.h"

namespace omo::simulation {
namespace {

struct ValidEvent {
  Offset offset = kNoOffset;
  Time stamp{};
  std::string id;
  ToyRecord record;
};

std::vector<ValidEvent> ReadLog(const journal::MemoryBroker& broker) {
  std::vector<ValidEvent> events;
  journal::Cursor cursor;
  Offset offset = 0;
  for (const journal::Record& record : broker.log(0)) {
    const journal::Kind kind = journal::KindOf(record.type);
    if (Judge(cursor, kind, record.fence) == journal::Verdict::kValid &&
        kind == journal::Kind::kEvent) {
      events.push_back({offset, record.stamp, record.id, *DecodeToy(record.value)});
    }
    ++offset;
  }
  return events;
}

std::string CheckAnswers(const World& world, const std::vector<ValidEvent>& events) {
  std::map<std::pair<std::string, std::string>, Offset> accepted;
  std::set<std::string> recorded_attempts;
  for (const ValidEvent& event : events) {
    if (event.record.caller == shard::kTimerCaller) continue;
    recorded_attempts.insert(event.record.attempt);
    if (!accepted.emplace(std::pair{event.record.caller, event.id}, event.offset).second) {
      return "a command is in the log twice";
    }
  }
  for (std::size_t number = 0; number < world.attempts().size(); ++number) {
    const Attempt& attempt = world.attempts()[number];
    const Asked& asked = world.asked()[static_cast<std::size_t>(attempt.command)];
    if (attempt.verdict == shard::Verdict::kAccepted) {
      const auto found = accepted.find({asked.caller, asked.id});
      if (found == accepted.end()) return "an accepted command is not in the log";
      if (found->second != attempt.position.offset) return "an answer names another offset";
    }
    if (attempt.verdict == shard::Verdict::kNotRecorded &&
        recorded_attempts.contains(std::to_string(number))) {
      return "an attempt answered NOT_RECORDED is in the log";
    }
    if (!attempt.verdict && !attempt.lost) return "an attempt was never answered";
  }
  for (const ReadAnswer& read : world.reads()) {
    if (read.saw < read.answered_before) return "a linearizable read missed an answered command";
  }
  return "";
}

// Refusals that wait for a state that explains them: from `from` to `to`.
struct OpenRefusal {
  Offset from = 0;
  Offset to = 0;
  int code = 0;
  const ToyCommand* command = nullptr;
};

bool Explains(const ToyState& state, const OpenRefusal& refusal) {
  return std::visit(
      [&](const auto& command) {
        const ToyDecision decision = Decide(state, command, Time{});
        return decision.refusal && static_cast<int>(*decision.refusal) == refusal.code;
      },
      *refusal.command);
}

std::string CheckState(const ToyRows& rows) {
  std::map<std::string, Quantity> held;
  for (const auto& [id, hold] : rows.holds.rows) {
    if (!hold.ended) held[hold.sku] += hold.quantity;
  }
  for (const auto& [sku, pile] : rows.piles.rows) {
    if (pile.held > pile.on_hand || pile.on_hand < 0) return "more is held than there is";
    if (pile.held != held[sku]) return "the sum of holds is not what the pile says";
  }
  return "";
}

// The rules run again over the log; each event must be one that they give in its place.
std::string CheckEvent(const ToyRows& rows, const ValidEvent& event) {
  if (const auto* taken = std::get_if<Taken>(&event.record.event)) {
    const Hold* hold = rows.holds.Find(taken->id);
    if (hold == nullptr || hold->ended) return "something was taken that was not held";
    if (event.stamp >= hold->expires_at) return "something was taken at or after its expiry";
  }
  if (const auto* expired = std::get_if<Expired>(&event.record.event)) {
    const Hold* hold = rows.holds.Find(expired->id);
    if (hold == nullptr || hold->ended) return "something expired that was not held";
    if (event.stamp < hold->expires_at) return "something expired early";
  }
  if (const auto* held = std::get_if<Held>(&event.record.event)) {
    if (rows.holds.Find(held->id) != nullptr) return "a hold's id was used twice";
  }
  return "";
}

std::string CheckReplay(const World& world, const std::vector<ValidEvent>& events) {
  std::vector<OpenRefusal> open;
  for (const Attempt& attempt : world.attempts()) {
    if (attempt.verdict != shard::Verdict::kRefused || attempt.repeated) continue;
    open.push_back({attempt.answered_before, attempt.log_end_when_answered, attempt.refusal,
                    &world.asked()[static_cast<std::size_t>(attempt.command)].body});
  }
  ToyRows rows;
  std::size_t next = 0;
  const Offset end = world.broker().log_end(0);
  for (Offset offset = kNoOffset; offset < end; ++offset) {
    if (next < events.size() && events[next].offset == offset) {
      const ValidEvent& event = events[next++];
      if (std::string broken = CheckEvent(rows, event); !broken.empty()) return broken;
      std::visit([&](const auto& each) { Evolve(rows.state, each); }, event.record.event);
      if (std::string broken = CheckState(rows); !broken.empty()) return broken;
    }
    std::erase_if(open, [&](const OpenRefusal& refusal) {
      return refusal.from <= offset && offset <= refusal.to && Explains(rows.state, refusal);
    });
  }
  return open.empty() ? "" : "no state between asking and answering gives a refusal";
}

// A process that did nothing but read the log.
std::uint64_t ReplayedHash(const World& world, store::Resources& resources) {
  auto store = store::Store::OpenInMemory("toy", resources);
  store::ConfirmedTable<shard::IdKey, shard::IdRow, store::BucketOrder> ids(
      *store, {.prefix = 'I', .name = "command_ids"});
  ToyModel model(*store);
  shard::CommandIds known(ids, shard::ShardOptions{}.id_window);
  {
    store::Store::WriteSection section(*store);
    section.Direct();
    for (const ValidEvent& event : ReadLog(world.broker())) {
      const shard::TypedFact<ToyEvent> fact(event.record.event);
      model.Evolve(fact);
      model.Project(fact, {});
      if (event.record.caller == shard::kTimerCaller) continue;
      const auto key = shard::MakeIdKey(event.record.caller, event.id, *UuidTime(event.id));
      const auto& record = world.broker().log(0)[static_cast<std::size_t>(event.offset)];
      known.Confirm(key, event.offset, record.fence.command_hash, event.stamp);
    }
  }
  return store->StateHash();
}

}  // namespace

std::string FirstBrokenPromise(World& world, store::Resources& resources) {
  if (!world.broken().empty()) return world.broken();
  const std::vector<ValidEvent> events = ReadLog(world.broker());
  if (std::string broken = CheckAnswers(world, events); !broken.empty()) return broken;
  if (std::string broken = CheckReplay(world, events); !broken.empty()) return broken;
  if (world.rebuild_needed()) return "a reader found another state hash than was announced";
  if (std::string unrest = world.Unrest(); !unrest.empty()) return unrest;
  for (const std::uint64_t hash : world.StateHashes()) {
    if (hash != ReplayedHash(world, resources)) return "a process ended with another state hash";
  }
  return "";
}

}  // namespace omo::simulation
