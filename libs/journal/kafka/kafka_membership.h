// Membership of a service's consumer group on a topic that stays empty.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "libs/journal/kafka/kafka_client.h"
#include "libs/journal/ownership.h"

namespace omo::journal {

struct KafkaMembershipOptions {
  KafkaConnection connection;
  std::string topic;  // One partition a shard.
  std::string group;
  // The instance's static id: who comes back under it within the session time-out gets its shards
  // back and nobody else notices. Empty: a dynamic member.
  std::string instance;
  Duration session_timeout{6'000};  // The broker's group.min.session.timeout.ms at least.
  KafkaSettings settings;
};

// The group only hints at who should own what (protocol.md 2.6): that shards are revoked in the
// middle of a rebalance is not told, only the next assignment is. Classic protocol, range assignor
// (2.0.2's cooperative one loses assignments).
class KafkaMembership final : public Membership {
 public:
  // Joins in the background; `on_assignment` is called on the membership's own thread until the
  // destructor returns. FAILED_PRECONDITION: this librdkafka tells no generation in the form that
  // we read. INVALID_ARGUMENT names a setting that it does not take.
  static absl::StatusOr<std::unique_ptr<KafkaMembership>> Join(
      KafkaMembershipOptions options, std::function<void(const Assignment&)> on_assignment);
  // Without Leave a static member stays in the group until its session time-out.
  ~KafkaMembership() override;

  // Returns at once; the empty assignment follows, and the others get the shards within about a
  // heartbeat. Also of a static member: it unsubscribes, which librdkafka (unlike closing) tells
  // the group. Nothing is assigned any more after that.
  void Leave() override;

  // Another instance has joined under the same static id: this one is out for good.
  bool fenced() const { return fenced_; }

 private:
  KafkaMembership(KafkaMembershipOptions options,
                  std::function<void(const Assignment&)> on_assignment);
  void Run();
  void Take(rd_kafka_event_t& event);
  void TakeRebalance(rd_kafka_event_t& event);
  void TellNothingAssigned();
  void WakeForHeartbeat();

  const KafkaMembershipOptions options_;
  const std::function<void(const Assignment&)> on_assignment_;
  KafkaOwned<rd_kafka_t> client_;
  KafkaOwned<rd_kafka_queue_t> queue_;
  std::atomic<bool> leaving_{false};
  std::atomic<bool> ending_{false};
  std::atomic<bool> fenced_{false};
  std::int32_t generation_ = -1;  // The thread's alone, like the next.
  bool unsubscribed_ = false;
  std::thread thread_;  // Last: it uses what is above.
};

// The generation within what rd_kafka_consumer_group_metadata_write wrote, which no other call
// tells. FAILED_PRECONDITION: it begins otherwise than in 2.0.2 ("CGMDv2:").
absl::StatusOr<std::int32_t> DecodeGeneration(std::string_view written);

}  // namespace omo::journal
