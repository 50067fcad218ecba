// What was measured, by the keys of the blueprint's performance table.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace omo::bench {

// A goal: at least, or at most.
struct Goal {
  enum class Kind { kNone, kAtLeast, kAtMost };
  Kind kind = Kind::kNone;
  double value = 0;
};
inline Goal AtLeast(double value) { return {Goal::Kind::kAtLeast, value}; }
inline Goal AtMost(double value) { return {Goal::Kind::kAtMost, value}; }

struct Figure {
  std::string key;
  double value = 0;
  Goal goal;
  std::string what;  // One line for people.
};

class Figures {
 public:
  // Also told on stderr at once: a bench is long.
  void Add(std::string key, double value, std::string what, Goal goal = {});
  bool empty() const { return figures_.empty(); }
  // {"machine":{...},"figures":{key:value}}
  std::string Json() const;
  std::string Table() const;

 private:
  std::vector<Figure> figures_;
};

}  // namespace omo::bench
