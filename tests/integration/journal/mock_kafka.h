// librdkafka's mock cluster: real clients on real sockets, brokers that answer what a test wants.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "libs/journal/kafka/kafka_options.h"

namespace omo::journal {

inline constexpr std::int16_t kProduceRequest = 0;
inline constexpr std::int16_t kFetchRequest = 1;

class MockKafka {
 public:
  // `brokers` brokers, numbered from 1, and one topic; broker 1 leads all of its shards.
  MockKafka(int brokers, int shards) {
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
    cluster_ = rd_kafka_mock_cluster_new(client_, brokers);
    rd_kafka_mock_topic_create(cluster_, kTopic, shards, brokers);
    for (ShardId shard = 0; shard < shards; ++shard) SetLeader(shard, 1);
  }
  ~MockKafka() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;

  // The next requests of this kind are answered so, one each, and not done.
  void AnswerNext(std::int16_t request, std::vector<rd_kafka_resp_err_t> errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, request, errors.size(), errors.data());
  }
  void SetLeader(ShardId shard, std::int32_t broker) {
    rd_kafka_mock_partition_set_leader(cluster_, kTopic, shard, broker);
  }
  void SetRoundTrip(std::int32_t broker, int millis) {
    rd_kafka_mock_broker_set_rtt(cluster_, broker, millis);
  }
  void SetDown(std::int32_t broker) { rd_kafka_mock_broker_set_down(cluster_, broker); }
  void SetUp(std::int32_t broker) { rd_kafka_mock_broker_set_up(cluster_, broker); }

  KafkaJournalOptions Options() const {
    KafkaJournalOptions options;
    options.connection.bootstrap = rd_kafka_mock_cluster_bootstraps(cluster_);
    options.topic = kTopic;
    options.source = "/omo/test";
    return options;
  }

 private:
  static constexpr const char* kTopic = "journal";
  rd_kafka_t* client_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace omo::journal
