// What a decider answers: the one fact to append, the one reason to append none, or nothing to do.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace omo {

// One named figure that explains a refusal to its caller, e.g. {"available", "3"}.
struct Detail {
  std::string name;
  std::string value;
  bool operator==(const Detail&) const = default;
};

// `Refusal` is an enum whose order is the precedence of its reasons. Implicit on purpose, so that a
// rule reads `if (quantity <= 0) return kBadQuantity;` and ends `return StockReserved{...};`.
template <class Event, class Refusal>
struct Decision {
  std::optional<Event> event;
  std::optional<Refusal> refusal;
  std::vector<Detail> details;  // Only with a refusal.

  Decision() = default;  // Nothing to add: the state already is as asked.
  // Deciders return an event or a reason as it is.
  // NOLINTBEGIN(google-explicit-constructor)
  template <class Fact>
  requires std::constructible_from<Event, Fact> Decision(Fact fact) : event(std::move(fact)) {}
  Decision(Refusal reason) : refusal(reason) {}
  // NOLINTEND(google-explicit-constructor)
  Decision(Refusal reason, std::vector<Detail> why) : refusal(reason), details(std::move(why)) {}

  bool operator==(const Decision&) const = default;
};

}  // namespace omo
