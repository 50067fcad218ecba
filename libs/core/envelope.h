// Who asked for an event, when and through what: kept with every event (omo.journal.v1.Envelope).
#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "libs/core/types.h"

namespace omo {

// Where a command came from (omo.type.v1.Context). No field holds personal data; any may be empty.
struct Context {
  std::string actor;
  std::string role;
  std::string channel;
  std::string store;
  std::string device;
  std::string guide;
  std::string campaign;
  std::string reference;
  std::string cause;
  bool operator==(const Context&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.actor, self.role, self.channel, self.store, self.device, self.guide,
                    self.campaign, self.reference, self.cause);
  }
};

// The record of another service's journal that caused a command.
struct InputPosition {
  std::string topic;
  Position position;
  bool operator==(const InputPosition&) const = default;
};

struct Envelope {
  std::string caller;               // With the command id it names the command.
  Time command_time{};              // When the caller made the command, by its clock.
  std::optional<Time> occurred_at;  // When it happened in the shop, where that is not `now`.
  std::string traceparent;          // W3C.
  Context context;
  std::optional<InputPosition> input;
  bool operator==(const Envelope&) const = default;
};

}  // namespace omo
