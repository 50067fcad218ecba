// The toy's rules, handed on: for a test's model that does one thing otherwise.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/toy_model.h"

namespace omo::testing {

class ForwardingModel : public shard::Model {
 public:
  explicit ForwardingModel(store::Store& store) : model_(store) {}

  void Evolve(const shard::Fact& fact) override { model_.Evolve(fact); }
  void Project(const shard::Fact& fact, const shard::EventPlace& place) override {
    model_.Project(fact, place);
  }
  shard::EncodedFact Encode(const shard::Fact& fact, const Envelope& envelope) const override {
    return model_.Encode(fact, envelope);
  }
  absl::StatusOr<shard::DecodedFact> Decode(const journal::Record& record) const override {
    return model_.Decode(record);
  }
  void Reload() override { model_.Reload(); }
  void Due(Time now, std::size_t max,
           std::vector<std::unique_ptr<shard::CommandBody>>& due) const override {
    model_.Due(now, max, due);
  }
  std::optional<Time> NextDue() const override { return model_.NextDue(); }

 private:
  simulation::ToyModel model_;
};

// What an article is called whose events an older release cannot read.
inline constexpr char kLater[] = "of a later release";

// The toy's rules as an older release knows them.
class OlderModel final : public ForwardingModel {
 public:
  using ForwardingModel::ForwardingModel;

  absl::StatusOr<shard::DecodedFact> Decode(const journal::Record& record) const override {
    if (record.value.find(kLater) != std::string::npos) {
      return absl::UnimplementedError("an event of a later release");
    }
    return ForwardingModel::Decode(record);
  }
};

}  // namespace omo::testing
