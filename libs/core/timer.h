// A timer is a row: put and erased by evolve, offered by the shard when due, until it is gone.
#pragma once

#include <compare>
#include <string>
#include <tuple>

#include "libs/core/types.h"

namespace omo {

// Ordered by when it is due.
struct TimerKey {
  Time due{};
  std::string kind;                                   // What is to happen: the domain's own word.
  std::string subject;                                // To whom.
  auto operator<=>(const TimerKey&) const = default;  // NOLINT(modernize-use-nullptr)
  static auto Fields(auto& self) { return std::tie(self.due, self.kind, self.subject); }
};

struct Timer {
  bool operator==(const Timer&) const = default;
  static auto Fields(auto&) { return std::tuple<>(); }
};

}  // namespace omo
