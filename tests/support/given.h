// given facts, when a command, then a fact or a refusal. Every fact, given or decided, also takes a
// trip through its bytes, whole and torn, so a codec that loses a field fails the test of the first
// rule that writes it.
//
// World is one service's state in memory: it has Evolve(event), Decide(command, now), and static
// Encode(event), Decode(bytes) and Describe(event).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libs/core/decision.h"
#include "libs/core/types.h"
#include "tests/support/catch.h"

namespace omo::testing {

inline constexpr Time kNoon{std::chrono::hours{12}};

template <class World>
class Given {
 public:
  template <class... Events>
  explicit Given(const Events&... events) {
    (And(events), ...);
  }
  // One more fact that has happened.
  template <class Event>
  Given& And(const Event& event) {
    CheckBytes(event);
    world_.Evolve(event);
    return *this;
  }
  // The time of the next command; noon before the first call.
  Given& At(Time now) {
    now_ = now;
    return *this;
  }

  // What the command decides happens, whatever it is.
  template <class Command>
  Given& Do(const Command& command) {
    const auto decision = world_.Decide(command, now_);
    REQUIRE(decision.event);
    std::visit([&](const auto& event) { And(event); }, *decision.event);
    return *this;
  }
  // A command, whose answer one of the Then functions checks.
  template <class Command>
  class Answer {
   public:
    Answer(Given& given, const Command& command, unsigned line)
        : given_(given), decision_(given.world_.Decide(command, given.now_)), line_(line) {}

    // The fact happens, too: the next command meets what it left.
    // One that says nothing of its own time occurred at the command's.
    template <class Event>
    Given& Then(Event event) {
      if constexpr (requires { event.occurred_at; }) {
        if (event.occurred_at == Time{}) event.occurred_at = given_.now_;
      }
      INFO("the command on line " << line_ << "\n  expected " << World::Describe(event)
                                  << "\n  answered " << Text());
      REQUIRE((decision_.event == decltype(decision_.event)(event)));
      return given_.And(event);
    }
    template <class Reason>
    Given& ThenRefused(Reason reason, const std::vector<Detail>& details) {
      INFO("the command on line " << line_ << " answered " << Text());
      CHECK((decision_.details == details));
      return ThenRefused(reason);
    }
    template <class Reason>
    Given& ThenRefused(Reason reason) {
      INFO("the command on line " << line_ << "\n  expected refusal " << int(reason)
                                  << "\n  answered " << Text());
      CHECK((decision_.refusal == reason));
      return given_;
    }
    Given& ThenNothing() {
      INFO("the command on line " << line_ << " answered " << Text());
      CHECK((decision_ == Decision{}));
      return given_;
    }

   private:
    using Decision = decltype(std::declval<World&>().Decide(std::declval<Command>(), Time{}));
    std::string Text() const {
      if (decision_.refusal) return "refusal " + std::to_string(int(*decision_.refusal));
      if (!decision_.event) return "nothing to do";
      return std::visit([](const auto& fact) { return World::Describe(fact); }, *decision_.event);
    }

    Given& given_;
    Decision decision_;
    unsigned line_;
  };
  template <class Command>
  Answer<Command> When(const Command& command, unsigned line = __builtin_LINE()) {
    return {*this, command, line};
  }

  World& world() { return world_; }

 private:
  template <class Event>
  void CheckBytes(const Event& event) {
    INFO("the codec, for " << World::Describe(event));
    const std::string bytes = World::Encode(event);
    REQUIRE((World::Decode(bytes) == typename World::Event(event)));
    const std::size_t step = 1 + bytes.size() / 2'000;  // Of a long one, some of its beginnings.
    for (std::size_t cut = 0; cut < bytes.size(); cut += step) {
      REQUIRE(!World::Decode(bytes.substr(0, cut)));
    }
  }

  World world_;
  Time now_ = kNoon;
};

}  // namespace omo::testing
