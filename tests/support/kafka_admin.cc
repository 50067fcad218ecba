#include "tests/support/kafka_admin.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <stdexcept>

namespace omo::testing {
namespace {

constexpr int kMetadataMillis = 1'000;
constexpr int kOrderMillis = 30'000;

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

void Set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  std::array<char, 256> reason{};
  if (rd_kafka_conf_set(conf, name, value.c_str(), reason.data(), reason.size()) !=
      RD_KAFKA_CONF_OK) {
    throw std::runtime_error(reason.data());
  }
}

rd_kafka_t* Connect(const std::string& bootstrap) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  Set(conf, "bootstrap.servers", bootstrap);
  Set(conf, "log_level", "0");  // Refused connections are what waiting for a broker looks like.
  Set(conf, "reconnect.backoff.max.ms", "100");
  std::array<char, 256> reason{};
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
  if (client == nullptr) throw std::runtime_error(reason.data());
  return client;
}

void Check(rd_kafka_resp_err_t error, const char* text, const std::string& what) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  throw std::runtime_error(what + ": " + (text != nullptr ? text : rd_kafka_err2str(error)));
}

// Gives an order through `send(queue)` and returns its answer, or throws.
template <class Send>
Owned<rd_kafka_event_t> Order(rd_kafka_t* client, const std::string& what, const Send& send) {
  Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client), rd_kafka_queue_destroy);
  send(queue.get());
  Owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(queue.get(), kOrderMillis),
                                 rd_kafka_event_destroy);
  if (answer == nullptr) throw std::runtime_error(what + ": no answer");
  Check(rd_kafka_event_error(answer.get()), rd_kafka_event_error_string(answer.get()), what);
  return answer;
}

void CheckTopics(const rd_kafka_topic_result_t** topics, std::size_t count,
                 const std::string& what) {
  for (std::size_t i = 0; i < count; ++i) {
    Check(rd_kafka_topic_result_error(topics[i]), rd_kafka_topic_result_error_string(topics[i]),
          what);
  }
}

// "struct", because the library has a function of that name too.
using MetadataView = struct rd_kafka_metadata;

// Nothing when nobody answers in time.
Owned<const MetadataView> Metadata(rd_kafka_t* client) {
  const MetadataView* metadata = nullptr;
  if (rd_kafka_metadata(client, 1, nullptr, &metadata, kMetadataMillis) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    metadata = nullptr;
  }
  return {metadata, rd_kafka_metadata_destroy};
}

}  // namespace

KafkaAdmin::KafkaAdmin(const std::string& bootstrap)
    : client_(Connect(bootstrap), rd_kafka_destroy) {}

std::optional<std::set<int>> KafkaAdmin::Brokers() {
  const auto metadata = Metadata(client_.get());
  if (metadata == nullptr) return std::nullopt;
  std::set<int> ids;
  for (int i = 0; i < metadata->broker_cnt; ++i) ids.insert(metadata->brokers[i].id);
  return ids;
}

std::optional<std::vector<int>> KafkaAdmin::Leaders(const std::string& topic) {
  const auto metadata = Metadata(client_.get());
  if (metadata == nullptr) return std::nullopt;
  std::vector<int> leaders;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic& entry = metadata->topics[i];
    if (entry.topic != topic || entry.err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    leaders.assign(static_cast<std::size_t>(entry.partition_cnt), -1);
    for (int p = 0; p < entry.partition_cnt; ++p) {
      leaders[static_cast<std::size_t>(entry.partitions[p].id)] = entry.partitions[p].leader;
    }
  }
  return leaders;
}

void KafkaAdmin::CreateTopic(const std::string& name, int partitions, int replicas,
                             const std::map<std::string, std::string>& config) {
  const std::string what = "creating topic " + name;
  std::array<char, 256> reason{};
  Owned<rd_kafka_NewTopic_t> topic(
      rd_kafka_NewTopic_new(name.c_str(), partitions, replicas, reason.data(), reason.size()),
      rd_kafka_NewTopic_destroy);
  if (topic == nullptr) throw std::runtime_error(what + ": " + reason.data());
  for (const auto& [setting, value] : config) {
    Check(rd_kafka_NewTopic_set_config(topic.get(), setting.c_str(), value.c_str()), nullptr, what);
  }
  const auto answer = Order(client_.get(), what, [&](rd_kafka_queue_t* queue) {
    rd_kafka_NewTopic_t* topics[] = {topic.get()};
    rd_kafka_CreateTopics(client_.get(), topics, 1, nullptr, queue);
  });
  std::size_t count = 0;
  const auto* result = rd_kafka_event_CreateTopics_result(answer.get());
  const auto topics = rd_kafka_CreateTopics_result_topics(result, &count);
  CheckTopics(topics, count, what);
}

void KafkaAdmin::DeleteTopic(const std::string& name) {
  const std::string what = "deleting topic " + name;
  Owned<rd_kafka_DeleteTopic_t> topic(rd_kafka_DeleteTopic_new(name.c_str()),
                                      rd_kafka_DeleteTopic_destroy);
  const auto answer = Order(client_.get(), what, [&](rd_kafka_queue_t* queue) {
    rd_kafka_DeleteTopic_t* topics[] = {topic.get()};
    rd_kafka_DeleteTopics(client_.get(), topics, 1, nullptr, queue);
  });
  std::size_t count = 0;
  const auto* result = rd_kafka_event_DeleteTopics_result(answer.get());
  const auto topics = rd_kafka_DeleteTopics_result_topics(result, &count);
  CheckTopics(topics, count, what);
}

void KafkaAdmin::DeleteRecords(const std::string& topic, int partition, std::int64_t offset) {
  const std::string what = "deleting records of " + topic;
  Owned<rd_kafka_topic_partition_list_t> before(rd_kafka_topic_partition_list_new(1),
                                                rd_kafka_topic_partition_list_destroy);
  rd_kafka_topic_partition_list_add(before.get(), topic.c_str(), partition)->offset = offset;
  Owned<rd_kafka_DeleteRecords_t> records(rd_kafka_DeleteRecords_new(before.get()),
                                          rd_kafka_DeleteRecords_destroy);
  const auto answer = Order(client_.get(), what, [&](rd_kafka_queue_t* queue) {
    rd_kafka_DeleteRecords_t* orders[] = {records.get()};
    rd_kafka_DeleteRecords(client_.get(), orders, 1, nullptr, queue);
  });
  const auto* offsets =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(answer.get()));
  for (int i = 0; i < offsets->cnt; ++i) Check(offsets->elems[i].err, nullptr, what);
}

}  // namespace omo::testing
