// The toy domain as a shard's model. Its events' bytes are their canonical fields behind the
// envelope's caller and the number of the attempt (in traceparent), so that the checker can tell
// which attempt of a command a record came from.
#pragma once

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/shard/timer_table.h"
#include "libs/shard/typed_model.h"
#include "libs/store/table.h"
#include "tests/simulation/toy_domain.h"

namespace omo::simulation {

struct ToyRecord {
  std::string caller;
  std::string attempt;
  ToyEvent event;
};

inline std::string EncodeToy(const ToyRecord& record) {
  std::string bytes;
  WriteFields(bytes, record.caller);
  WriteFields(bytes, record.attempt);
  WriteVarint(bytes, record.event.index());
  std::visit([&](const auto& event) { WriteFields(bytes, event); }, record.event);
  return bytes;
}

inline std::optional<ToyRecord> DecodeToy(std::string_view in) {
  ToyRecord record;
  std::uint64_t index = 0;
  if (!ReadFields(in, record.caller) || !ReadFields(in, record.attempt) || !ReadVarint(in, index)) {
    return std::nullopt;
  }
  const auto read = [&]<class Event>(Event event) {
    const bool whole = ReadFields(in, event);
    record.event = std::move(event);
    return whole;
  };
  const bool known = index == 0   ? read(Received{})
                     : index == 1 ? read(Held{})
                     : index == 2 ? read(Taken{})
                     : index == 3 ? read(Expired{})
                                  : false;
  if (!known || !in.empty()) return std::nullopt;
  return record;
}

class ToyModel final : public shard::TypedModel<ToyModel, ToyEvent> {
 public:
  explicit ToyModel(store::Store& store)
      : store_(store),
        piles_(store, {.prefix = 1, .name = "piles"}),
        holds_(store, {.prefix = 2, .name = "holds"}),
        timers_(store, {.prefix = 3, .name = "timers"}),
        count_(store, {.prefix = 4, .name = "event_count"}) {}

  std::tuple<ToyState> States() { return {ToyState{piles_, holds_, timers_}}; }

  // A view, so that confirmed-only rows take part in the hash: events of each kind.
  void Project(const shard::Fact& fact, const shard::EventPlace&) override {
    const auto kind = static_cast<std::int64_t>(shard::EventOf<ToyEvent>(fact).index());
    count_.Put(kind, {.on_hand = count_.Get(kind).on_hand + 1});
  }

  shard::EncodedFact Encode(const shard::Fact& fact, const Envelope& envelope) const override {
    return {.type = "toy",
            .key = "toy",
            .value =
                EncodeToy({envelope.caller, envelope.traceparent, shard::EventOf<ToyEvent>(fact)})};
  }
  absl::StatusOr<shard::DecodedFact> Decode(const journal::Record& record) const override {
    std::optional<ToyRecord> decoded = DecodeToy(record.value);
    if (!decoded) return absl::DataLossError("not a toy record");
    return shard::DecodedFact{
        std::make_unique<shard::TypedFact<ToyEvent>>(std::move(decoded->event)),
        Envelope{.caller = std::move(decoded->caller)}};
  }

  void Reload() override { timers_.Reload(store_); }
  void Due(Time now, std::size_t max,
           std::vector<std::unique_ptr<shard::CommandBody>>& due) const override {
    for (const TimerKey& timer : timers_.Due(now, max)) {
      due.push_back(shard::MakeBody<ToyModel>(Expire{timer.subject, timer.due}));
    }
  }
  std::optional<Time> NextDue() const override { return timers_.NextDue(); }

 private:
  store::Store& store_;
  store::ShardTable<std::string, Pile> piles_;
  store::ShardTable<std::string, Hold> holds_;
  shard::TimerTable timers_;
  store::ConfirmedTable<std::int64_t, Pile> count_;
};

}  // namespace omo::simulation
