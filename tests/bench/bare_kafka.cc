#include "tests/bench/bare_kafka.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <map>
#include <memory>
#include <stdexcept>

#include "tests/bench/latencies.h"

namespace omo::bench {
namespace {

using Client = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;
using Topic = std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)>;

Client Start(rd_kafka_type_t type, const std::map<std::string, std::string>& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 512> why{};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK) {
      throw std::runtime_error(why.data());
    }
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, why.data(), why.size());
  if (client == nullptr) throw std::runtime_error(why.data());
  return {client, rd_kafka_destroy};
}

BareRecord Copy(const rd_kafka_message_t& message) {
  BareRecord record{.partition = message.partition};
  record.key.assign(static_cast<const char*>(message.key), message.key_len);
  record.value.assign(static_cast<const char*>(message.payload), message.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    record.headers.emplace_back(name, std::string(static_cast<const char*>(value), size));
  }
  return record;
}

void Produce(rd_kafka_t* client, rd_kafka_topic_t* topic, const BareRecord& record) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  while (true) {
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(record.partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_VALUE(const_cast<char*>(record.value.data()), record.value.size()),
        RD_KAFKA_V_KEY(record.key.data(), record.key.size()), RD_KAFKA_V_HEADERS(headers),
        RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) throw std::runtime_error(rd_kafka_err2str(error));
    rd_kafka_poll(client, 1);
  }
}

}  // namespace

Consumed ConsumeAll(const std::string& bootstrap, const std::string& topic_name, int partitions,
                    std::uint64_t records, std::size_t keep) {
  const Client client = Start(RD_KAFKA_CONSUMER, {{"bootstrap.servers", bootstrap},
                                                  {"queued.min.messages", "10000000"},
                                                  {"enable.auto.commit", "false"}});
  const Topic topic(rd_kafka_topic_new(client.get(), topic_name.c_str(), nullptr),
                    rd_kafka_topic_destroy);
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client.get());
  const Clock::time_point begin = Clock::now();
  for (int partition = 0; partition < partitions; ++partition) {
    rd_kafka_consume_start_queue(topic.get(), partition, RD_KAFKA_OFFSET_BEGINNING, queue);
  }
  Consumed consumed;
  std::array<rd_kafka_message_t*, 1'024> batch;
  while (consumed.records < records) {
    const ssize_t taken = rd_kafka_consume_batch_queue(queue, 100, batch.data(), batch.size());
    for (ssize_t i = 0; i < taken; ++i) {
      rd_kafka_message_t* message = batch[static_cast<std::size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++consumed.records;
        if (consumed.kept.size() < keep) consumed.kept.push_back(Copy(*message));
      }
      rd_kafka_message_destroy(message);
    }
  }
  consumed.per_second = static_cast<double>(consumed.records) / SecondsSince(begin);
  for (int partition = 0; partition < partitions; ++partition) {
    rd_kafka_consume_stop(topic.get(), partition);
  }
  rd_kafka_queue_destroy(queue);
  return consumed;
}

double ProduceAll(const std::string& bootstrap, const std::string& topic_name,
                  const std::vector<BareRecord>& records) {
  const Client client = Start(RD_KAFKA_PRODUCER, {{"bootstrap.servers", bootstrap},
                                                  {"enable.idempotence", "true"},
                                                  {"linger.ms", "0"},
                                                  {"batch.num.messages", "10000"},
                                                  {"socket.nagle.disable", "true"},
                                                  {"queue.buffering.max.messages", "500000"}});
  const Topic topic(rd_kafka_topic_new(client.get(), topic_name.c_str(), nullptr),
                    rd_kafka_topic_destroy);
  const Clock::time_point begin = Clock::now();
  for (const BareRecord& record : records) Produce(client.get(), topic.get(), record);
  if (rd_kafka_flush(client.get(), 60'000) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw std::runtime_error("the bare producer did not finish");
  }
  const double seconds = SecondsSince(begin);
  return static_cast<double>(records.size()) / seconds;
}

}  // namespace omo::bench
