#include "libs/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace omo::telemetry {
namespace {

using SortedLabels = std::map<std::string, std::string>;

struct CounterFamily {
  std::string help;
  std::map<SortedLabels, std::unique_ptr<Counter>> counters;
};

prometheus::MetricFamily Collect(const std::string& name, const CounterFamily& family) {
  prometheus::MetricFamily collected;
  collected.name = name;
  collected.help = family.help;
  collected.type = prometheus::MetricType::Counter;
  for (const auto& [labels, counter] : family.counters) {
    prometheus::ClientMetric metric;
    for (const auto& [label, value] : labels) metric.label.push_back({label, value});
    metric.counter.value = static_cast<double>(counter->Value());
    collected.metric.push_back(std::move(metric));
  }
  return collected;
}

}  // namespace

struct Metrics::Families {
  mutable std::mutex mutex;
  std::map<std::string, CounterFamily> counters;
  // Merge: asking again for a family gives the same one.
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
};

void Gauge::Set(double value) { gauge_->Set(value); }
void Gauge::Add(double value) { gauge_->Increment(value); }
void Histogram::Observe(double value) { histogram_->Observe(value); }

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::AddCounter(const std::string& name, const std::string& help,
                             const Labels& labels) {
  const std::lock_guard lock(families_->mutex);
  CounterFamily& family = families_->counters[name];
  family.help = help;
  auto& counter = family.counters[SortedLabels(labels.begin(), labels.end())];
  if (!counter) counter = std::make_unique<Counter>();
  return *counter;
}

Gauge Metrics::AddGauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(families_->registry);
  return Gauge(family.Add(SortedLabels(labels.begin(), labels.end())));
}

Histogram Metrics::AddHistogram(const std::string& name, const std::string& help,
                                const std::vector<double>& bounds, const Labels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(families_->registry);
  return Histogram(family.Add(SortedLabels(labels.begin(), labels.end()), bounds));
}

std::string Metrics::Text() const {
  std::vector<prometheus::MetricFamily> all = families_->registry.Collect();
  const std::lock_guard lock(families_->mutex);
  for (const auto& [name, family] : families_->counters) all.push_back(Collect(name, family));
  return prometheus::TextSerializer().Serialize(all);
}

const std::vector<double>& LatencyBounds() {
  static const std::vector<double> bounds{0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002,
                                          0.005,   0.01,   0.02,   0.05,   0.1,   0.2,
                                          0.5,     1,      2,      5,      10};
  return bounds;
}

}  // namespace omo::telemetry
