// How to reach Kafka, and what a KafkaJournal does with a topic.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "libs/core/types.h"

namespace omo::journal {

// librdkafka's own settings by their own names (its CONFIGURATION.md): security, sizes, tests.
using KafkaSettings = std::map<std::string, std::string>;

struct KafkaConnection {
  std::string bootstrap;  // host:port[,host:port]…
  std::string client_id = "omo";
  KafkaSettings settings;  // Of every client made with it; they win over ours.
  // Takes librdkafka's log lines (syslog severities, 3 = error) on its threads; none: they are
  // lost.
  std::function<void(int severity, std::string_view line)> log;
};

enum class Compression { kNone, kLz4 };

struct KafkaJournalOptions {
  KafkaConnection connection;
  std::string topic;
  std::string source;  // Header ce_source of every record.
  // The shards are spread over so many producers (shard % producers); one more is kept warm.
  int producers = 2;
  // At most half of the topic's max.message.bytes (protocol.md 2.8).
  std::int64_t max_record_bytes = 500'000;
  // How long a record may wait for company before it is sent.
  Duration linger{0};
  Compression compression = Compression::kNone;
  // Records and bytes that a producer takes before Append says RESOURCE_EXHAUSTED.
  std::int32_t queue_records = 500'000;
  std::int64_t queue_bytes = 512LL << 20;
  // What a followed shard may have read ahead; a small part of it is in memory most of the time.
  std::int64_t read_ahead_bytes = 8LL << 20;
  // How often Kafka is asked where the logs end.
  Duration ends_interval{100};
  // After so long an unanswered record is reported as failed; outlives a leader's election.
  Duration message_timeout{30'000};
  KafkaSettings producer_settings;  // Win over everything else.
  KafkaSettings reader_settings;
};

}  // namespace omo::journal
