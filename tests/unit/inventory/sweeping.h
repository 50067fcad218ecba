// A sweep of the shard's SKUs, part by part.
#pragma once

#include <algorithm>

#include "tests/support/inventory.h"

namespace omo::inventory {

// One part of it happens, when it is due.
inline StockReleveled GoOnWithSweep(Given& stock) {
  const auto& timers = stock.world().timers.rows;
  const auto is_sweep = [](const auto& timer) { return timer.first.kind == kRelevelTimer; };
  REQUIRE(std::count_if(timers.begin(), timers.end(), is_sweep) == 1);
  const auto sweep = std::find_if(timers.begin(), timers.end(), is_sweep);
  const auto command = CommandFor(sweep->first);
  REQUIRE(command.has_value());
  const Time now = std::max(kNoon, sweep->first.due);
  const auto decided = stock.world().Decide(std::get<RelevelStock>(*command), now);
  REQUIRE(decided.event.has_value());
  const auto event = std::get<StockReleveled>(*decided.event);
  CHECK(event.next_at == (event.next ? now + Duration{100} : Time{}));
  stock.And(event);
  return event;
}

}  // namespace omo::inventory
