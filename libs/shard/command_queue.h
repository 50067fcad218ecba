// The commands that wait for a shard, in two classes: one who asked by itself waits for the answer
// and goes first; what came in a bulk stream has time. Pure.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

#include "libs/shard/command.h"

namespace omo::shard {

// Within a class the order is that of arrival. Bulk never starves: where it waits, it has at least
// every ninth place, however many others there are and whatever Take is told.
class CommandQueue {
 public:
  static constexpr std::size_t kSinglesPerBulk = 8;

  void Push(std::unique_ptr<Command> command) {
    OfClass(command->bulk).push_back(std::move(command));
  }

  // How many of the same class as `command` wait.
  std::size_t Like(const Command& command) const {
    return command.bulk ? bulk_.size() : singles_.size();
  }
  std::size_t singles() const { return singles_.size(); }
  std::size_t bulk() const { return bulk_.size(); }
  std::size_t size() const { return singles_.size() + bulk_.size(); }
  bool empty() const { return size() == 0; }

  // The next one; nullptr where none may go. Without `with_bulk`, bulk has its ninth place only.
  std::unique_ptr<Command> Take(bool with_bulk) {
    const bool bulks_turn = !bulk_.empty() && singles_taken_ >= kSinglesPerBulk;
    const bool bulks_chance = with_bulk && singles_.empty() && !bulk_.empty();
    if (!bulks_turn && !bulks_chance && singles_.empty()) return nullptr;
    auto& from = OfClass(bulks_turn || bulks_chance);
    singles_taken_ = &from == &bulk_ || bulk_.empty() ? 0 : singles_taken_ + 1;
    std::unique_ptr<Command> command = std::move(from.front());
    from.pop_front();
    return command;
  }
  // Whether Take would give one.
  bool CanTake(bool with_bulk) const {
    return !singles_.empty() ||
           (!bulk_.empty() && (with_bulk || singles_taken_ >= kSinglesPerBulk));
  }

  // Takes out those for which `gone(command)` is true.
  template <class Gone>
  void EraseIf(Gone gone) {
    for (auto* of_class : {&singles_, &bulk_}) {
      std::erase_if(*of_class, [&](const std::unique_ptr<Command>& each) { return gone(*each); });
    }
  }

 private:
  using OneClass = std::deque<std::unique_ptr<Command>>;
  OneClass& OfClass(bool bulk) { return bulk ? bulk_ : singles_; }

  OneClass singles_;
  OneClass bulk_;
  std::size_t singles_taken_ = 0;  // While bulk waited, since the last of it.
};

}  // namespace omo::shard
