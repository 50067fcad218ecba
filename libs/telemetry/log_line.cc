#include "libs/telemetry/log_line.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "libs/telemetry/check.h"

namespace omo::telemetry {
namespace {

std::atomic<Level> log_level{Level::kInfo};

std::string& LogService() {
  static std::string service = "omo";
  return service;
}

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

// RFC 3339 in UTC with milliseconds.
std::string TimeText(Time time) {
  const std::int64_t millis = ToMillis(time);
  const std::int64_t seconds = (millis >= 0 ? millis : millis - 999) / 1000;
  const auto second = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&second, &parts);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::string rest = std::to_string(1000 + (millis - seconds * 1000));
  return std::string(text, length) + "." + rest.substr(1) + "Z";
}

void WriteWhole(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDERR_FILENO, bytes.data(), bytes.size());
    if (written <= 0) return;  // Nowhere left to complain to.
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string FormatLogLine(Time time, Level level, std::string_view service,
                          std::string_view message, std::initializer_list<LogField> fields) {
  nlohmann::ordered_json line;
  line["time"] = TimeText(time);
  line["level"] = LevelName(level);
  line["service"] = service;
  line["message"] = message;
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[std::string(field.name)] = value; }, field.value);
  }
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void Log(Level level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < log_level.load(std::memory_order_relaxed)) return;
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  // One write a line: the kernel keeps lines of up to a pipe's buffer whole.
  WriteWhole(FormatLogLine(now, level, LogService(), message, fields) + "\n");
}

void SetLogLevel(Level level) { log_level = level; }

void SetLogService(std::string_view service) { LogService() = service; }

void CheckFailed(const char* condition, const char* file, int line) {
  Log(Level::kError, "check failed", {{"condition", condition}, {"file", file}, {"line", line}});
  std::abort();
}

}  // namespace omo::telemetry
