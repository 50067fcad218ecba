#include "libs/journal/kafka/kafka_client.h"

#include <array>
#include <utility>

namespace omo::journal {
namespace {

const KafkaSettings& CommonSettings() {
  static const KafkaSettings settings{
      {"socket.nagle.disable", "true"},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      {"socket.timeout.ms", "10000"},
      // A new topic and a new leader are seen soon.
      {"topic.metadata.refresh.fast.interval.ms", "100"},
  };
  return settings;
}

void ForwardLog(const rd_kafka_t* client, int severity, const char* facility, const char* line) {
  const auto* connection =
      client == nullptr ? nullptr : static_cast<const KafkaConnection*>(rd_kafka_opaque(client));
  if (connection == nullptr || !connection->log) return;
  connection->log(severity, std::string(facility) + ": " + line);
}

absl::StatusCode CodeOf(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return absl::StatusCode::kInvalidArgument;
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return absl::StatusCode::kOutOfRange;
    case RD_KAFKA_RESP_ERR_INVALID_TXN_STATE:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING:
    case RD_KAFKA_RESP_ERR_TRANSACTION_COORDINATOR_FENCED:
    case RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
      return absl::StatusCode::kFailedPrecondition;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return absl::StatusCode::kPermissionDenied;
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
      return absl::StatusCode::kDeadlineExceeded;
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
      return absl::StatusCode::kAborted;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::StatusOr<KafkaOwned<rd_kafka_conf_t>> MakeKafkaConf(
    const KafkaConnection& connection, std::initializer_list<const KafkaSettings*> layers) {
  KafkaSettings all = CommonSettings();
  all["bootstrap.servers"] = connection.bootstrap;
  all["client.id"] = connection.client_id;
  for (const KafkaSettings* layer : layers) {
    for (const auto& [name, value] : *layer) all[name] = value;
  }
  for (const auto& [name, value] : connection.settings) all[name] = value;
  KafkaOwned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  std::array<char, 512> why{};
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK) {
      return absl::InvalidArgumentError(why.data());
    }
  }
  return conf;
}

absl::StatusOr<KafkaOwned<rd_kafka_t>> StartKafkaClient(rd_kafka_type_t type,
                                                        const KafkaConnection& connection,
                                                        KafkaOwned<rd_kafka_conf_t> conf) {
  rd_kafka_conf_set_log_cb(conf.get(), ForwardLog);
  // librdkafka only hands it back; nothing is written through it.
  rd_kafka_conf_set_opaque(conf.get(), const_cast<KafkaConnection*>(&connection));
  std::array<char, 512> why{};
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), why.data(), why.size());
  if (client == nullptr) return absl::InvalidArgumentError(why.data());
  static_cast<void>(conf.release());  // The client has it now.
  return KafkaOwned<rd_kafka_t>(client);
}

absl::Status KafkaStatus(rd_kafka_resp_err_t error, std::string_view what) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::Status(CodeOf(error), std::string(what) + ": " + rd_kafka_err2name(error) + ": " +
                                         rd_kafka_err2str(error));
}

void LearnLeaders(rd_kafka_t* client, rd_kafka_topic_t* topic) {
  constexpr int kWaitMillis = 500;
  const rd_kafka_metadata_t* answer = nullptr;
  if (rd_kafka_metadata(client, 0, topic, &answer, kWaitMillis) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_metadata_destroy(answer);
  }
}

void WakeFetching(rd_kafka_t* consumer, const std::string& topic, ShardId shard) {
  constexpr int kWaitMillis = 100;
  const KafkaOwned<rd_kafka_topic_partition_list_t> asked(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(asked.get(), topic.c_str(), shard)->offset =
      RD_KAFKA_OFFSET_END;
  // Of the requests with an answer this one alone keeps its time-out in 2.0.2.
  rd_kafka_offsets_for_times(consumer, asked.get(), kWaitMillis);
}

}  // namespace omo::journal
