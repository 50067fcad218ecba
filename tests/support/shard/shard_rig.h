// One shard's log in memory with up to two instances on it, moved by hand.
#pragma once

#include <chrono>

#include "tests/support/event_reader.h"
#include "tests/support/shard/one_shard.h"
#include "tests/support/shard/scripted_journal.h"

namespace omo::testing {

struct ShardRig {
  store::Resources resources;
  journal::MemoryBroker broker{1};
  Time clock{std::chrono::hours{500'000}};  // Everybody's.
  ScriptedJournal first_way{broker};
  ScriptedJournal second_way{broker};
  OneShard first{first_way, resources, "first", clock};
  OneShard second{second_way, resources, "second", clock};
};

}  // namespace omo::testing
