// Whether a topic is one that may be trusted with what it is for (design.md 2.8).
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "libs/core/types.h"
#include "libs/journal/kafka/kafka_options.h"

namespace omo::journal {

enum class TopicUse {
  kJournal,  // The truth: nothing may ever be deleted, and the log refuses stamps from the future.
  kOwners,   // omo.owners: compacted, stamped by the broker.
  kMembers,  // Of a consumer group: only its partitions matter.
};

struct TopicExpectations {
  TopicUse use = TopicUse::kJournal;
  std::int32_t partitions = 16;
  // A shop on one broker: says nothing about replicas and min.insync.replicas.
  bool allow_unreplicated = false;
  // KafkaJournalOptions::max_record_bytes of a journal's writers.
  std::int64_t max_record_bytes = 500'000;
  Duration timeout{10'000};
};

// What is wrong with the topic, a sentence each; empty: nothing. Asks Kafka and waits for it, so
// not on a loop's thread. NOT_FOUND: there is no such topic. UNAVAILABLE or DEADLINE_EXCEEDED:
// Kafka did not answer within the time-out. Thread-safe.
absl::StatusOr<std::vector<std::string>> CheckTopic(const KafkaConnection& connection,
                                                    const std::string& topic,
                                                    const TopicExpectations& expected);

}  // namespace omo::journal
