#include "libs/journal/kafka/kafka_topics.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "libs/journal/kafka/kafka_client.h"

namespace omo::journal {
namespace {

constexpr int kReplicas = 3;
constexpr std::int64_t kInSyncReplicas = 2;

using Config = std::map<std::string, std::string>;
using Faults = std::vector<std::string>;

struct Metadata {
  std::int32_t partitions = 0;
  int fewest_replicas = 0;
};

absl::StatusOr<Metadata> AskMetadata(rd_kafka_t* client, const std::string& topic, int timeout) {
  const KafkaOwned<rd_kafka_topic_t> handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(client, 0, handle.get(), &answer, timeout);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaStatus(error, "metadata of " + topic);
  Metadata found;
  rd_kafka_resp_err_t topic_error = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  if (answer->topic_cnt == 1) {
    const rd_kafka_metadata_topic_t& description = answer->topics[0];
    topic_error = description.err;
    found.partitions = description.partition_cnt;
    found.fewest_replicas = description.partition_cnt == 0 ? 0 : kReplicas;
    for (int i = 0; i < description.partition_cnt; ++i) {
      found.fewest_replicas =
          std::min(found.fewest_replicas, description.partitions[i].replica_cnt);
    }
  }
  rd_kafka_metadata_destroy(answer);
  if (topic_error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return absl::NotFoundError("there is no topic " + topic);
  }
  if (topic_error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(topic_error, "metadata of " + topic);
  }
  return found;
}

absl::StatusOr<Config> ReadConfig(rd_kafka_event_t* event, const std::string& topic) {
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(rd_kafka_event_error(event), "settings of " + topic);
  }
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event), &count);
  if (count != 1) return absl::UnavailableError("settings of " + topic + ": no answer");
  const rd_kafka_resp_err_t error = rd_kafka_ConfigResource_error(resources[0]);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaStatus(error, "settings of " + topic);
  Config config;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    config[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return config;
}

absl::StatusOr<Config> AskConfig(rd_kafka_t* client, const std::string& topic, int timeout) {
  const KafkaOwned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client));
  rd_kafka_ConfigResource_t* resource =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  rd_kafka_DescribeConfigs(client, &resource, 1, nullptr, queue.get());
  rd_kafka_ConfigResource_destroy(resource);
  const KafkaOwned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), timeout));
  if (event == nullptr) {
    return absl::DeadlineExceededError("settings of " + topic + ": no answer in time");
  }
  return ReadConfig(event.get(), topic);
}

std::string ValueOf(const Config& config, const std::string& name) {
  const auto found = config.find(name);
  return found == config.end() ? "unknown" : found->second;
}

void Require(const Config& config, const std::string& name, const std::string& wanted,
             Faults& faults) {
  const std::string value = ValueOf(config, name);
  if (value != wanted) faults.push_back(name + " is " + value + ", must be " + wanted);
}

void RequireAtLeast(const Config& config, const std::string& name, std::int64_t least,
                    Faults& faults) {
  const std::string value = ValueOf(config, name);
  std::int64_t number = -1;
  std::from_chars(value.data(), value.data() + value.size(), number);
  if (number < least) {
    faults.push_back(name + " is " + value + ", must be at least " + std::to_string(least));
  }
}

void CheckJournalConfig(const Config& config, const TopicExpectations& expected, Faults& faults) {
  Require(config, "cleanup.policy", "delete", faults);
  Require(config, "retention.ms", "-1", faults);
  Require(config, "retention.bytes", "-1", faults);
  Require(config, "message.timestamp.type", "CreateTime", faults);
  Require(config, "message.timestamp.after.max.ms", "10000", faults);
  RequireAtLeast(config, "max.message.bytes", 2 * expected.max_record_bytes, faults);
}

Faults FaultsOf(const Metadata& metadata, const Config& config, const TopicExpectations& expected) {
  Faults faults;
  if (metadata.partitions != expected.partitions) {
    faults.push_back("it has " + std::to_string(metadata.partitions) + " partitions, must have " +
                     std::to_string(expected.partitions));
  }
  Require(config, "unclean.leader.election.enable", "false", faults);
  if (!expected.allow_unreplicated) {
    RequireAtLeast(config, "min.insync.replicas", kInSyncReplicas, faults);
    if (metadata.fewest_replicas < kReplicas) {
      faults.push_back("a partition has " + std::to_string(metadata.fewest_replicas) +
                       " replicas, must have at least " + std::to_string(kReplicas));
    }
  }
  if (expected.use == TopicUse::kJournal) CheckJournalConfig(config, expected, faults);
  if (expected.use == TopicUse::kOwners) {
    Require(config, "cleanup.policy", "compact", faults);
    Require(config, "message.timestamp.type", "LogAppendTime", faults);
  }
  return faults;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> CheckTopic(const KafkaConnection& connection,
                                                    const std::string& topic,
                                                    const TopicExpectations& expected) {
  auto conf = MakeKafkaConf(connection, {});
  if (!conf.ok()) return conf.status();
  auto client = StartKafkaClient(RD_KAFKA_PRODUCER, connection, *std::move(conf));
  if (!client.ok()) return client.status();
  const auto deadline = std::chrono::steady_clock::now() + expected.timeout;
  const auto metadata =
      AskMetadata(client->get(), topic, static_cast<int>(expected.timeout.count()));
  if (!metadata.ok()) return metadata.status();
  const auto rest =
      std::chrono::duration_cast<Duration>(deadline - std::chrono::steady_clock::now());
  const auto config =
      AskConfig(client->get(), topic, static_cast<int>(std::max(rest, Duration{1}).count()));
  if (!config.ok()) return config.status();
  return FaultsOf(*metadata, *config, expected);
}

}  // namespace omo::journal
