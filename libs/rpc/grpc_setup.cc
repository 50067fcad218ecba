#include "libs/rpc/grpc_setup.h"

#include <absl/synchronization/mutex.h>
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <mutex>
#include <string>

#include "libs/telemetry/log_line.h"

namespace omo::rpc {
namespace {

using telemetry::Level;

// What protobuf says of others' broken bytes becomes a typed error to them, and no flood of text.
void LogProtobuf(google::protobuf::LogLevel level, const char* file, int line,
                 const std::string& message) {
  const Level ours = level >= google::protobuf::LOGLEVEL_FATAL ? Level::kError : Level::kDebug;
  telemetry::Log(ours, "protobuf", {{"file", file}, {"line", line}, {"text", message}});
}

void LogGrpc(gpr_log_func_args* line) {
  const Level ours = line->severity == GPR_LOG_SEVERITY_ERROR ? Level::kWarning : Level::kDebug;
  telemetry::Log(ours, "grpc",
                 {{"file", line->file}, {"line", line->line}, {"text", line->message}});
}

}  // namespace

void SetUpGrpc() {
  static std::once_flag once;
  std::call_once(once, [] {
    google::protobuf::SetLogHandler(&LogProtobuf);
    gpr_set_log_function(&LogGrpc);
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  });
}

}  // namespace omo::rpc
