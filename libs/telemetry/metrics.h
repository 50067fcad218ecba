// Figures for Prometheus: families named `omo_<service>_<what>_<unit>`, read as text on the admin
// port. Counters are cheap enough for the hottest path: a thread adds to a cell of its own.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Gauge;
class Histogram;
}  // namespace prometheus

namespace omo::telemetry {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Only ever grows. Thread-safe and without contention.
class Counter {
 public:
  void Add(std::uint64_t count = 1) {
    cells_[ThisThreadsCell()].count.fetch_add(count, std::memory_order_relaxed);
  }
  std::uint64_t Value() const {
    std::uint64_t sum = 0;
    for (const Cell& cell : cells_) sum += cell.count.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr std::size_t kCells = 16;
  struct alignas(64) Cell {
    std::atomic<std::uint64_t> count{0};
  };
  static std::size_t ThisThreadsCell() {
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t cell = threads.fetch_add(1) % kCells;
    return cell;
  }
  std::array<Cell, kCells> cells_;
};

// A value that goes up and down. Thread-safe.
class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  void Set(double value);
  void Add(double value);

 private:
  prometheus::Gauge* gauge_;
};

// How values spread over buckets. Thread-safe; some 50 ns an observation.
class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  void Observe(double value);

 private:
  prometheus::Histogram* histogram_;
};

enum class FamilyKind { kCounter, kGauge, kHistogram };

// A family as the reference (docs/reference/metrics.md) tells of it.
struct Family {
  std::string name;
  FamilyKind kind = FamilyKind::kGauge;
  std::string help;
  std::vector<std::string> labels;  // Names, sorted.
};

// One figure of a source: which of its families, and the labels' values in that family's order.
struct Sample {
  std::size_t family = 0;
  std::vector<std::string> labels;
  double value = 0;
};

// The families of a process. Thread-safe. What it returns lives as long as it does; asking again
// for the same name and labels gives the same figure. Look figures up once, not on a hot path.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Counter& AddCounter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge AddGauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // `bounds`: the buckets' upper limits, ascending, in the unit that the name ends with.
  Histogram AddHistogram(const std::string& name, const std::string& help,
                         const std::vector<double>& bounds, const Labels& labels = {});

  // Counters and gauges that somebody else keeps: `read` is called by each Text, on its thread, and
  // must be callable as long as this lives. It costs nothing between two readings.
  void AddSource(std::vector<Family> families, std::function<std::vector<Sample>()> read);

  // All figures in Prometheus' text format 0.0.4.
  std::string Text() const;
  // The families so far, by name.
  std::vector<Family> Describe() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

// Upper limits for latencies in seconds: 50 µs to 10 s.
const std::vector<double>& LatencyBounds();

}  // namespace omo::telemetry
