// What a replay tells while it runs and when it is over: the answers file, progress, a summary.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/omoctl/replay_runner.h"

namespace omo::omoctl {

// Writes a line an answer into `answers_file`, as deploy/demo/verify.py reads them:
//   name, what, command id, "accepted" or "refused REASON", log id, shard, offset, attempts
// and progress to stdout: in place on a terminal, else a line every 5 s.
class ReplayReport final : public RunnerListener {
 public:
  explicit ReplayReport(const std::filesystem::path& answers_file);

  void OnPhase(const Phase& phase) override;
  void OnAnswer(const Step& step, const Answer& answer, int attempts,
                std::chrono::nanoseconds took) override;
  void OnAgain(const Step& step, const Answer& answer) override;
  void OnProgress(std::size_t tasks_done, std::size_t tasks, Time occurred) override;

  // Ends the answers file and prints the summary. Not ok when the file could not be written.
  absl::Status Finish();

 private:
  void PrintProgress(std::size_t tasks_done, std::size_t tasks, Time occurred);

  std::ofstream answers_;
  bool is_terminal_;
  std::string_view title_;
  std::size_t width_ = 0;  // Of the line in place.
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point phase_begun_;
  std::chrono::steady_clock::time_point last_print_;
  std::int64_t phase_answers_ = 0;
  std::int64_t answers_count_ = 0;
  std::int64_t duplicates_ = 0;
  std::int64_t short_sales_ = 0;
  Quantity short_units_ = 0;
  std::map<std::string, std::int64_t, std::less<>> accepted_;  // By step name.
  std::map<std::string, std::int64_t, std::less<>> refused_;   // By step name and reason.
  std::map<std::string, std::int64_t, std::less<>> again_;     // By reason.
  std::vector<std::pair<std::string, double>> rates_;          // Commands a second, by phase.
  std::vector<std::uint32_t> latencies_us_;                    // Of the last phase.
};

}  // namespace omo::omoctl
