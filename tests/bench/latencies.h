// Response times of one measurement, and what is asked of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace omo::bench {

using Clock = std::chrono::steady_clock;

inline double MillisSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}
inline double SecondsSince(Clock::time_point begin) { return MillisSince(begin) / 1'000; }

class Latencies {
 public:
  void Add(double millis) { millis_.push_back(millis); }
  void Add(const Latencies& others) {
    millis_.insert(millis_.end(), others.millis_.begin(), others.millis_.end());
  }
  bool empty() const { return millis_.empty(); }
  std::size_t size() const { return millis_.size(); }
  // The smallest time that `share` (0 to 1) of all do not exceed; 0 without any.
  double Percentile(double share) {
    if (millis_.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(millis_.size() - 1));
    std::nth_element(millis_.begin(), millis_.begin() + at, millis_.end());
    return millis_[static_cast<std::size_t>(at)];
  }

 private:
  std::vector<double> millis_;
};

inline double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace omo::bench
