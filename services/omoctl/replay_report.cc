#include "services/omoctl/replay_report.h"

#include <absl/strings/str_format.h>
#include <absl/time/time.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <limits>

namespace omo::omoctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTerminalEvery{250};
constexpr std::chrono::milliseconds kPlainEvery{5000};

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

// 1234567 -> "1,234,567".
std::string Grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

void Row(std::string_view name, const std::string& value) {
  std::cout << absl::StrFormat("  %-44s %14s\n", std::string(name), value);
}

double Quantile(std::vector<std::uint32_t>& values, double share) {
  if (values.empty()) return 0;
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<std::size_t>(place)] / 1000.0;
}

}  // namespace

ReplayReport::ReplayReport(const std::filesystem::path& answers_file)
    : answers_(answers_file, std::ios::trunc),
      is_terminal_(isatty(STDOUT_FILENO) != 0),
      begun_(Clock::now()),
      phase_begun_(begun_),
      last_print_(begun_) {}

void ReplayReport::OnPhase(const Phase& phase) {
  title_ = phase.title;
  phase_begun_ = Clock::now();
  phase_answers_ = 0;
  latencies_us_.clear();
}

void ReplayReport::OnAnswer(const Step& step, const Answer& answer, int attempts,
                            std::chrono::nanoseconds took) {
  const bool accepted = answer.outcome == Outcome::kAccepted;
  answers_ << step.name << '\t' << step.what << '\t' << step.command_id << '\t'
           << (accepted ? "accepted" : "refused " + answer.reason) << '\t' << answer.position.log_id
           << '\t' << answer.position.shard << '\t' << answer.position.offset << '\t' << attempts
           << '\n';
  ++answers_count_;
  ++phase_answers_;
  duplicates_ += answer.duplicate;
  short_sales_ += answer.shortfall > 0;
  short_units_ += answer.shortfall;
  const std::string name(step.name);
  ++(accepted ? accepted_[name] : refused_[name + ": " + answer.reason]);
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  latencies_us_.push_back(static_cast<std::uint32_t>(
      std::min<std::int64_t>(us, std::numeric_limits<std::uint32_t>::max())));
}

void ReplayReport::OnAgain(const Step&, const Answer& answer) { ++again_[answer.reason]; }

void ReplayReport::OnProgress(std::size_t tasks_done, std::size_t tasks, Time occurred) {
  const auto now = Clock::now();
  const bool is_last = tasks_done == tasks;
  if (!is_last && now - last_print_ < (is_terminal_ ? kTerminalEvery : kPlainEvery)) return;
  last_print_ = now;
  PrintProgress(tasks_done, tasks, occurred);
  if (is_last) {
    rates_.emplace_back(title_, static_cast<double>(phase_answers_) / Seconds(now - phase_begun_));
  }
}

void ReplayReport::PrintProgress(std::size_t tasks_done, std::size_t tasks, Time occurred) {
  const double rate =
      static_cast<double>(phase_answers_) / std::max(Seconds(Clock::now() - phase_begun_), 0.001);
  std::string line = absl::StrFormat("%-17s %11s of %-11s", std::string(title_),
                                     Grouped(static_cast<std::int64_t>(tasks_done)),
                                     Grouped(static_cast<std::int64_t>(tasks)));
  line += absl::StrFormat("%9s commands/s", Grouped(static_cast<std::int64_t>(rate)));
  if (occurred != Time{}) {
    line += "   " + absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixMillis(ToMillis(occurred)),
                                     absl::UTCTimeZone());
  }
  if (!is_terminal_) {
    std::cout << line << std::endl;
    return;
  }
  const std::size_t width = line.size();
  if (width < width_) line.append(width_ - width, ' ');
  width_ = width;
  std::cout << '\r' << line << (tasks_done == tasks ? "\n" : "") << std::flush;
}

absl::Status ReplayReport::Finish() {
  answers_.close();
  if (!answers_) return absl::DataLossError("the answers file could not be written");
  std::cout << "\nwhat happened\n";
  std::int64_t events = 0;
  for (const auto& [name, count] : accepted_) {
    Row(name + " accepted", Grouped(count));
    events += count;
  }
  for (const auto& [name, count] : refused_) Row(name, Grouped(count));
  Row("sales with a shortfall", Grouped(short_sales_));
  Row("units short", Grouped(short_units_));
  Row("events (one for each accepted command)", Grouped(events));
  if (duplicates_ > 0) Row("known from an earlier attempt", Grouped(duplicates_));
  for (const auto& [reason, count] : again_) Row("sent again: " + reason, Grouped(count));
  for (const auto& [phase, rate] : rates_) {
    Row(phase + ", commands/s", Grouped(static_cast<std::int64_t>(rate)));
  }
  Row("last phase, p50 ms", absl::StrFormat("%.2f", Quantile(latencies_us_, 0.50)));
  Row("last phase, p99 ms", absl::StrFormat("%.2f", Quantile(latencies_us_, 0.99)));
  Row("seconds", absl::StrFormat("%.1f", Seconds(Clock::now() - begun_)));
  return absl::OkStatus();
}

}  // namespace omo::omoctl
