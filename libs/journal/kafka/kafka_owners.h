// The owners' directory on the compacted topic omo.owners.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "libs/journal/kafka/kafka_client.h"
#include "libs/journal/owner_table.h"
#include "libs/journal/ownership.h"
#include "libs/journal/wakeup.h"

namespace omo::journal {

struct KafkaOwnersOptions {
  KafkaConnection connection;
  std::string topic = "omo.owners";
  // Names this instance's clock probe; empty: only reads and publishes.
  std::string instance;
  Duration clock_interval{10'000};
  KafkaSettings settings;
};

// One thread tails the topic from its beginning. The topic's order is everybody's order. Owners
// publish again every 30 s: an entry that could not be sent is not kept for long.
class KafkaOwnerDirectory final : public OwnerDirectory {
 public:
  // Connects in the background. INVALID_ARGUMENT names a setting that librdkafka does not take.
  static absl::StatusOr<std::unique_ptr<KafkaOwnerDirectory>> Open(KafkaOwnersOptions options);
  // Waits at most a second until what was published is sent.
  ~KafkaOwnerDirectory() override;

  void Publish(const Owner& owner) override;
  std::optional<Owner> Find(const std::string& service, ShardId shard) const override;
  std::vector<Owner> List(const std::string& service) const override;
  void Listen(std::function<void(const Owner&)> listener) override;

  // The topic was read to its end once.
  bool caught_up() const { return caught_up_; }
  // The broker's clock minus ours, as far as the record's way there does not explain it, from the
  // newest acknowledged record of ours; within a millisecond. Nothing before the first one and on a
  // topic without LogAppendTime (protocol.md 3.4).
  std::optional<Duration> clock_skew() const;

 private:
  using Clock = std::chrono::steady_clock;

  explicit KafkaOwnerDirectory(KafkaOwnersOptions options);
  absl::Status StartProducer();
  absl::Status StartConsumer();
  void Send(const std::string& key, const std::string& value);
  void Run();
  void FollowPartitions();
  void TakeReports();
  void TakeReport(const rd_kafka_message_t& message);
  bool TakeRecords();
  void TakeRecord(const rd_kafka_message_t& message);
  void Probe();

  const KafkaOwnersOptions options_;
  Wakeup wakeup_;
  KafkaOwned<rd_kafka_t> producer_;
  KafkaOwned<rd_kafka_topic_t> produced_topic_;
  KafkaOwned<rd_kafka_queue_t> reports_;
  KafkaOwned<rd_kafka_t> consumer_;
  KafkaOwned<rd_kafka_topic_t> topic_;
  KafkaOwned<rd_kafka_queue_t> records_;
  mutable std::mutex mutex_;
  OwnerTable table_;                                          // Guarded by mutex_.
  std::vector<std::function<void(const Owner&)>> listeners_;  // Guarded by mutex_.
  std::optional<Duration> clock_skew_;                        // Guarded by mutex_.
  std::atomic<bool> caught_up_{false};
  std::atomic<bool> ending_{false};
  std::int32_t partitions_ = 0;  // The thread's alone, like all below.
  std::set<std::int32_t> at_end_;
  Clock::time_point probe_at_{};
  std::thread thread_;  // Last: it uses what is above.
};

}  // namespace omo::journal
