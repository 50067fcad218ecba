// What a service gives to its shards: its rules, its events' bytes, its timers, with types erased.
// services/<name> makes one Model a shard, mostly by TypedModel (typed_model.h). All calls come on
// the shard's thread; rows live in tables of the shard's store.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/journal/record.h"
#include "libs/shard/command.h"

namespace omo::shard {

struct EncodedFact {
  std::string type;   // ce_type.
  std::string key;    // The record key: the subject.
  std::string value;  // The journal's event message.
};

struct DecodedFact {
  std::unique_ptr<const Fact> fact;
  Envelope envelope;
};

// Where a confirmed event stands.
struct EventPlace {
  Position position;
  Time stamp{};
  std::string_view command_id;
  const Envelope* envelope = nullptr;  // Never null; valid during the call.
};

class Model {
 public:
  virtual ~Model() = default;

  // Changes rows as the event says; total and deterministic. The tables know whether they are in
  // speculation or not.
  virtual void Evolve(const Fact& fact) = 0;
  // Changes the rows of views; only ever for confirmed events, in their order.
  virtual void Project(const Fact& fact, const EventPlace& place) = 0;

  virtual EncodedFact Encode(const Fact& fact, const Envelope& envelope) const = 0;
  // Not ok when this release does not know the event or its bytes are damaged: the shard stops.
  virtual absl::StatusOr<DecodedFact> Decode(const journal::Record& record) const = 0;

  // Rows were taken back, or opened: what the model keeps beside the tables is made anew.
  virtual void Reload() = 0;

  // The log says that events which need the feature may be decided from here on (protocol.md 3.8);
  // told again after a start. A release that decides by no feature leaves it.
  virtual void OnFeature(const std::string& /*name*/, std::int32_t /*level*/) {}

  // Appends to `due` the commands of timers due at or before `now`, oldest first, at most `max`.
  virtual void Due(Time now, std::size_t max,
                   std::vector<std::unique_ptr<CommandBody>>& due) const = 0;
  // When the next timer is due; nullopt when there is none.
  virtual std::optional<Time> NextDue() const = 0;
};

}  // namespace omo::shard
