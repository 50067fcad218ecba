#include "libs/telemetry/metrics.h"

#include <thread>

#include "tests/support/catch.h"

using namespace omo::telemetry;

TEST_CASE("a counter adds up what several threads counted", "[telemetry]") {
  Metrics metrics;
  Counter& counter = metrics.AddCounter("omo_test_calls_total", "Calls.", {{"method", "Get"}});
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) counter.Add();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(counter.Value() == 20'000);
  CHECK(metrics.Text().find("omo_test_calls_total{method=\"Get\"} 20000") != std::string::npos);
}

TEST_CASE("the same name and labels give the same figure", "[telemetry]") {
  Metrics metrics;
  metrics.AddCounter("omo_test_calls_total", "Calls.").Add(2);
  metrics.AddCounter("omo_test_calls_total", "Calls.").Add(3);
  metrics.AddGauge("omo_test_queue_length", "Waiting.").Set(7);
  metrics.AddGauge("omo_test_queue_length", "Waiting.").Add(1);
  CHECK(metrics.AddCounter("omo_test_calls_total", "Calls.").Value() == 5);
  CHECK(metrics.Text().find("omo_test_queue_length 8") != std::string::npos);
}

TEST_CASE("a histogram shows its buckets", "[telemetry]") {
  Metrics metrics;
  Histogram histogram = metrics.AddHistogram("omo_test_call_seconds", "Took.", LatencyBounds());
  histogram.Observe(0.0015);
  histogram.Observe(99);
  const std::string text = metrics.Text();
  CHECK(text.find("# TYPE omo_test_call_seconds histogram") != std::string::npos);
  CHECK(text.find("omo_test_call_seconds_bucket{le=\"0.001\"} 0") != std::string::npos);
  CHECK(text.find("omo_test_call_seconds_bucket{le=\"0.002\"} 1") != std::string::npos);
  CHECK(text.find("omo_test_call_seconds_count 2") != std::string::npos);
}
