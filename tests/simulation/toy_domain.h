// The smallest domain that can go wrong like the real one: pieces of a few SKUs, held for a time,
// then taken or expired. Its rules are re-run over the finished log by the checker.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <variant>

#include "libs/core/decision.h"
#include "libs/core/table.h"
#include "libs/core/timer.h"
#include "libs/core/types.h"

namespace omo::simulation {

struct Pile {
  Quantity on_hand = 0;
  Quantity held = 0;
  static auto Fields(auto& self) { return std::tie(self.on_hand, self.held); }
  bool operator==(const Pile&) const = default;
};
struct Hold {
  std::string sku;
  Quantity quantity = 0;
  Time expires_at{};
  bool ended = false;  // Taken or expired; kept for life.
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.quantity, self.expires_at, self.ended);
  }
  bool operator==(const Hold&) const = default;
};

struct Received {
  std::string sku;
  Quantity quantity = 0;
  static auto Fields(auto& self) { return std::tie(self.sku, self.quantity); }
};
struct Held {
  std::string id;
  Hold hold;
  static auto Fields(auto& self) { return std::tie(self.id, self.hold); }
};
struct Taken {
  std::string id;
  static auto Fields(auto& self) { return std::tie(self.id); }
};
struct Expired {
  std::string id;
  static auto Fields(auto& self) { return std::tie(self.id); }
};
using ToyEvent = std::variant<Received, Held, Taken, Expired>;

enum class ToyRefusal { kHoldIdInUse, kHoldNotFound, kHoldEnded, kNotEnough };
using ToyDecision = Decision<ToyEvent, ToyRefusal>;

struct ToyState {
  Table<std::string, Pile>& piles;
  Table<std::string, Hold>& holds;
  Table<TimerKey, Timer>& timers;
};

struct Receive {
  std::string sku;
  Quantity quantity = 0;
  static auto Fields(auto& self) { return std::tie(self.sku, self.quantity); }
};
struct Keep {
  std::string id;
  std::string sku;
  Quantity quantity = 0;
  Duration hold_for{0};
  static auto Fields(auto& self) {
    return std::tie(self.id, self.sku, self.quantity, self.hold_for);
  }
};
struct Take {
  std::string id;
  static auto Fields(auto& self) { return std::tie(self.id); }
};
struct Expire {
  std::string id;
  Time due{};
  static auto Fields(auto& self) { return std::tie(self.id, self.due); }
};
using ToyCommand = std::variant<Receive, Keep, Take, Expire>;

inline ToyDecision Decide(const ToyState&, const Receive& command, Time) {
  return Received{command.sku, command.quantity};
}
inline ToyDecision Decide(const ToyState& state, const Keep& command, Time now) {
  if (state.holds.Find(command.id) != nullptr) return ToyRefusal::kHoldIdInUse;
  const Pile pile = state.piles.Get(command.sku);
  if (pile.on_hand - pile.held < command.quantity) return ToyRefusal::kNotEnough;
  return Held{command.id, {command.sku, command.quantity, now + command.hold_for}};
}
inline ToyDecision Decide(const ToyState& state, const Take& command, Time) {
  const Hold* hold = state.holds.Find(command.id);
  if (hold == nullptr) return ToyRefusal::kHoldNotFound;
  if (hold->ended) return ToyRefusal::kHoldEnded;
  return Taken{command.id};
}
inline ToyDecision Decide(const ToyState& state, const Expire& command, Time) {
  const Hold* hold = state.holds.Find(command.id);
  if (hold == nullptr || hold->ended) return {};
  return Expired{command.id};
}

inline void Evolve(ToyState& state, const Received& event) {
  Pile pile = state.piles.Get(event.sku);
  pile.on_hand += event.quantity;
  state.piles.Put(event.sku, pile);
}
inline void Evolve(ToyState& state, const Held& event) {
  Pile pile = state.piles.Get(event.hold.sku);
  pile.held += event.hold.quantity;
  state.piles.Put(event.hold.sku, pile);
  state.holds.Put(event.id, event.hold);
  state.timers.Put({event.hold.expires_at, "expire", event.id}, {});
}
inline void EndHold(ToyState& state, const std::string& id, bool taken) {
  Hold hold = state.holds.Get(id);
  Pile pile = state.piles.Get(hold.sku);
  pile.held -= hold.quantity;
  if (taken) pile.on_hand -= hold.quantity;
  state.piles.Put(hold.sku, pile);
  hold.ended = true;
  state.timers.Erase({hold.expires_at, "expire", id});
  state.holds.Put(id, std::move(hold));
}
inline void Evolve(ToyState& state, const Taken& event) { EndHold(state, event.id, true); }
inline void Evolve(ToyState& state, const Expired& event) { EndHold(state, event.id, false); }

// The rows in plain maps, for the checker.
struct ToyRows {
  MapTable<std::string, Pile> piles;
  MapTable<std::string, Hold> holds;
  MapTable<TimerKey, Timer> timers;
  ToyState state{piles, holds, timers};
};

}  // namespace omo::simulation
