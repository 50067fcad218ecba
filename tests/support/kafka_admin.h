// The few questions and orders that the Kafka fixture has for a cluster, over librdkafka's admin
// API.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

struct rd_kafka_s;

namespace omo::testing {

// A short-lived client. Failures throw std::runtime_error. Not thread-safe.
class KafkaAdmin {
 public:
  explicit KafkaAdmin(const std::string& bootstrap);

  // The node ids of the brokers that the answering one knows to be alive; nothing without an answer
  // within a second.
  std::optional<std::set<int>> Brokers();
  // The leaders' node ids, -1 where a partition has none; empty when there is no such topic;
  // nothing without an answer within a second.
  std::optional<std::vector<int>> Leaders(const std::string& topic);

  void CreateTopic(const std::string& name, int partitions, int replicas,
                   const std::map<std::string, std::string>& config);
  void DeleteTopic(const std::string& name);
  void DeleteRecords(const std::string& topic, int partition, std::int64_t offset);

 private:
  std::unique_ptr<rd_kafka_s, void (*)(rd_kafka_s*)> client_;
};

}  // namespace omo::testing
