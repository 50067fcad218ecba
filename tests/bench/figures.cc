#include "tests/bench/figures.h"

#include <sys/utsname.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

namespace omo::bench {
namespace {

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value >= 1'000 ? "%.0f" : "%.3g", value);
  return text;
}

std::string GoalText(const Goal& goal) {
  switch (goal.kind) {
    case Goal::Kind::kAtLeast:
      return ">= " + Number(goal.value);
    case Goal::Kind::kAtMost:
      return "<= " + Number(goal.value);
    case Goal::Kind::kNone:
      break;
  }
  return "";
}

std::string Met(const Figure& figure) {
  if (figure.goal.kind == Goal::Kind::kNone) return "";
  const bool met = figure.goal.kind == Goal::Kind::kAtLeast ? figure.value >= figure.goal.value
                                                            : figure.value <= figure.goal.value;
  return met ? "met" : "missed";
}

std::string Line(const std::string& key, const std::string& value, const std::string& goal,
                 const std::string& met, const std::string& what) {
  char text[256];
  std::snprintf(text, sizeof text, "%-28s %10s  %-8s %-6s  %s\n", key.c_str(), value.c_str(),
                goal.c_str(), met.c_str(), what.c_str());
  return text;
}

std::string Processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown";
}

}  // namespace

void Figures::Add(std::string key, double value, std::string what, Goal goal) {
  figures_.push_back({std::move(key), value, goal, std::move(what)});
  const Figure& figure = figures_.back();
  std::fputs(
      Line(figure.key, Number(figure.value), GoalText(goal), Met(figure), figure.what).c_str(),
      stderr);
}

std::string Figures::Json() const {
  utsname system{};
  uname(&system);
  nlohmann::ordered_json json;
  json["machine"] = {{"processor", Processor()},
                     {"cores", std::thread::hardware_concurrency()},
                     {"kernel", system.release}};
  for (const Figure& figure : figures_) json["figures"][figure.key] = figure.value;
  return json.dump(2) + "\n";
}

std::string Figures::Table() const {
  std::string table = Line("figure", "value", "goal", "", "what");
  for (const Figure& figure : figures_) {
    table +=
        Line(figure.key, Number(figure.value), GoalText(figure.goal), Met(figure), figure.what);
  }
  return table;
}

}  // namespace omo::bench
