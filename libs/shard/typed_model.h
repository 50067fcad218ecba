// A Model for a service whose events are a std::variant of plain structs and whose rules are
// overloads of Decide and Evolve: all a service writes is its tables and its codec.
//
//   class InventoryModel final : public shard::TypedModel<InventoryModel, InventoryEvent> {
//    public:
//     auto States() { return std::tie(stock_, locations_); }   // What Decide and Evolve take.
//     ...Encode, Decode, Project, timers
//   };
//   command.body = shard::MakeBody<InventoryModel>(ReserveStock{...});
#pragma once

#include <xxhash.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "libs/core/fields.h"
#include "libs/core/type_name.h"
#include "libs/shard/model.h"

namespace omo::shard {

template <class Event>
class TypedFact final : public Fact {
 public:
  explicit TypedFact(Event event) : event(std::move(event)) {}
  const Event event;
};

// The event in `fact`, which some TypedModel of the same Event made.
template <class Event>
const Event& EventOf(const Fact& fact) {
  return static_cast<const TypedFact<Event>&>(fact).event;
}

namespace typed_model_internal {

// Out of the classes below, whose members would hide the domain's overloads.
template <class State, class Event>
void EvolveIn(State& state, const Event& event) {
  if constexpr (requires { Evolve(state, event); }) Evolve(state, event);
}

// The Decide of the one aggregate among `states` that takes the command.
template <class Command, class State, class... Others>
auto DecideIn(const Command& command, Time now, State& state, Others&... others) {
  if constexpr (requires { Decide(std::as_const(state), command, now); }) {
    return Decide(std::as_const(state), command, now);
  } else {
    return DecideIn(command, now, others...);
  }
}

}  // namespace typed_model_internal

template <class Derived, class EventType>
class TypedModel : public Model {
 public:
  using Event = EventType;

  void Evolve(const Fact& fact) final {
    auto states = static_cast<Derived*>(this)->States();
    std::visit(
        [&](const auto& event) {
          std::apply([&](auto&... state) { (typed_model_internal::EvolveIn(state, event), ...); },
                     states);
        },
        EventOf<Event>(fact));
  }
};

template <class ServiceModel, class Command>
class TypedBody final : public CommandBody {
 public:
  explicit TypedBody(Command command) : command_(std::move(command)) {}

  Decided Decide(Model& model, Time now) const override {
    auto states = static_cast<ServiceModel&>(model).States();
    auto decision = std::apply(
        [&](auto&... state) { return typed_model_internal::DecideIn(command_, now, state...); },
        states);
    Decided decided;
    if (decision.refusal) {
      decided.refusal = Refusal{static_cast<int>(*decision.refusal), std::move(decision.details)};
    } else if (decision.event) {
      using Event = typename ServiceModel::Event;
      decided.fact = std::visit(
          [](auto& event) -> std::unique_ptr<const Fact> {
            return std::make_unique<TypedFact<Event>>(Event(std::move(event)));
          },
          *decision.event);
    }
    return decided;
  }

  std::uint64_t Hash() const override {
    std::string bytes(name());
    WriteFields(bytes, command_);
    return XXH3_64bits(bytes.data(), bytes.size());
  }

  std::string_view name() const override { return TypeName<Command>(); }

 private:
  const Command command_;
};

template <class ServiceModel, class Command>
std::unique_ptr<CommandBody> MakeBody(Command command) {
  return std::make_unique<TypedBody<ServiceModel, Command>>(std::move(command));
}

}  // namespace omo::shard
