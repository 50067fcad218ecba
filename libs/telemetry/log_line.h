// One JSON object a line on stderr: what people and log collectors read. Names are words of the
// design (shard, term, command_id); no personal data.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "libs/core/types.h"

namespace omo::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };

// A named value of a line. Text need not be valid UTF-8: what is not is replaced.
struct LogField {
  template <class T>
  LogField(std::string_view field_name, const T& field_value) : name(field_name) {
    if constexpr (std::is_same_v<T, bool>) {
      value = field_value;
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<std::int64_t>(field_value);
    } else if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<double>(field_value);
    } else {
      value = std::string_view(field_value);
    }
  }
  std::string_view name;
  std::variant<bool, std::int64_t, double, std::string_view> value;
};

// Writes `{"time":...,"level":...,"service":...,"message":...,<fields>}`. Thread-safe; lines of
// several threads never mix. Example: Log(Level::kInfo, "shard claimed", {{"shard", 3}});
void Log(Level level, std::string_view message, std::initializer_list<LogField> fields = {});

// Lines below `level` are dropped; kInfo at first. Thread-safe.
void SetLogLevel(Level level);

// The name that each line carries as "service". Call it once, first thing in main.
void SetLogService(std::string_view service);

// The line that Log writes, without its line end.
std::string FormatLogLine(Time time, Level level, std::string_view service,
                          std::string_view message, std::initializer_list<LogField> fields);

}  // namespace omo::telemetry
