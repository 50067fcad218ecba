#include "libs/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
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

struct Source {
  std::vector<Family> families;
  std::function<std::vector<Sample>()> read;
};

// Appends the source's figures, a family at a time.
void Collect(const Source& source, std::vector<prometheus::MetricFamily>& all) {
  const std::size_t first = all.size();
  for (const Family& family : source.families) {
    prometheus::MetricFamily& collected = all.emplace_back();
    collected.name = family.name;
    collected.help = family.help;
    collected.type = family.kind == FamilyKind::kCounter ? prometheus::MetricType::Counter
                                                         : prometheus::MetricType::Gauge;
  }
  for (const Sample& sample : source.read()) {
    const Family& family = source.families[sample.family];
    prometheus::ClientMetric metric;
    for (std::size_t i = 0; i < family.labels.size(); ++i) {
      metric.label.push_back({family.labels[i], sample.labels[i]});
    }
    metric.counter.value = metric.gauge.value = sample.value;
    all[first + sample.family].metric.push_back(std::move(metric));
  }
}

std::vector<std::string> LabelNames(const Labels& labels) {
  std::vector<std::string> names;
  for (const auto& [name, value] : labels) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

struct Metrics::Families {
  void Note(const std::string& name, FamilyKind kind, const std::string& help,
            const Labels& labels) {
    const std::lock_guard lock(mutex);
    described[name] = {name, kind, help, LabelNames(labels)};
  }

  mutable std::mutex mutex;
  std::map<std::string, CounterFamily> counters;
  std::map<std::string, Family> described;
  std::vector<Source> sources;
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
  families_->Note(name, FamilyKind::kCounter, help, labels);
  const std::lock_guard lock(families_->mutex);
  CounterFamily& family = families_->counters[name];
  family.help = help;
  auto& counter = family.counters[SortedLabels(labels.begin(), labels.end())];
  if (!counter) counter = std::make_unique<Counter>();
  return *counter;
}

Gauge Metrics::AddGauge(const std::string& name, const std::string& help, const Labels& labels) {
  families_->Note(name, FamilyKind::kGauge, help, labels);
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(families_->registry);
  return Gauge(family.Add(SortedLabels(labels.begin(), labels.end())));
}

Histogram Metrics::AddHistogram(const std::string& name, const std::string& help,
                                const std::vector<double>& bounds, const Labels& labels) {
  families_->Note(name, FamilyKind::kHistogram, help, labels);
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(families_->registry);
  return Histogram(family.Add(SortedLabels(labels.begin(), labels.end()), bounds));
}

void Metrics::AddSource(std::vector<Family> families, std::function<std::vector<Sample>()> read) {
  const std::lock_guard lock(families_->mutex);
  for (const Family& family : families) families_->described[family.name] = family;
  families_->sources.push_back({std::move(families), std::move(read)});
}

std::vector<Family> Metrics::Describe() const {
  const std::lock_guard lock(families_->mutex);
  std::vector<Family> all;
  for (const auto& [name, family] : families_->described) all.push_back(family);
  return all;
}

std::string Metrics::Text() const {
  std::vector<prometheus::MetricFamily> all = families_->registry.Collect();
  std::vector<Source> sources;
  {
    const std::lock_guard lock(families_->mutex);
    for (const auto& [name, family] : families_->counters) all.push_back(Collect(name, family));
    sources = families_->sources;  // Read without the lock: they may take their time.
  }
  for (const Source& source : sources) Collect(source, all);
  return prometheus::TextSerializer().Serialize(all);
}

const std::vector<double>& LatencyBounds() {
  static const std::vector<double> bounds{0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002,
                                          0.005,   0.01,   0.02,   0.05,   0.1,   0.2,
                                          0.5,     1,      2,      5,      10};
  return bounds;
}

}  // namespace omo::telemetry
