#include "tests/contract/support/kafka_log.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>
#include <map>
#include <stdexcept>
#include <utility>

#include "tests/support/wait.h"

namespace omo::journal {
namespace {

constexpr int kMillis = 30'000;

std::string NewName() {
  static int count = 0;
  return "contract-" + std::to_string(++count);
}

// A plain client with the given settings; the caller destroys it.
rd_kafka_t* StartClient(rd_kafka_type_t type, const std::map<std::string, std::string>& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  std::array<char, 256> why{};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK) {
      throw std::runtime_error(why.data());
    }
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, why.data(), why.size());
  if (client == nullptr) throw std::runtime_error(why.data());
  return client;
}

void Produce(rd_kafka_t* producer, const std::string& topic, ShardId shard,
             const std::string& value) {
  const rd_kafka_resp_err_t error =
      rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(shard),
                        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(error));
}

void Check(rd_kafka_error_t* error) {
  if (error == nullptr) return;
  const std::string why = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  throw std::runtime_error(why);
}

Offset EndOf(rd_kafka_t* client, const std::string& topic, ShardId shard) {
  std::int64_t first = 0;
  std::int64_t end = kNoOffset;
  rd_kafka_query_watermark_offsets(client, topic.c_str(), shard, &first, &end, kMillis);
  return end;
}

std::optional<std::string> Bytes(const void* bytes, std::size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string(static_cast<const char*>(bytes), size);
}

KafkaLog::RawRecord Copy(const rd_kafka_message_t& message) {
  KafkaLog::RawRecord raw;
  raw.offset = message.offset;
  raw.key = Bytes(message.key, message.key_len);
  raw.value = Bytes(message.payload, message.len);
  raw.timestamp = rd_kafka_message_timestamp(&message, nullptr);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return raw;
  const char* name = nullptr;
  const void* bytes = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &bytes, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    raw.headers.emplace_back(name, Bytes(bytes, size).value_or("(null)"));
  }
  return raw;
}

}  // namespace

testing::KafkaCluster& SharedKafka() {
  static testing::KafkaCluster kafka;
  return kafka;
}

KafkaLog::KafkaLog(testing::KafkaCluster& kafka, int shards)
    : kafka_(kafka), shards_(shards), topic_(NewName()) {
  MakeTopic();
}

void KafkaLog::MakeTopic() {
  kafka_.CreateTopic(topic_, shards_,
                     {{"retention.ms", "-1"}, {"message.timestamp.after.max.ms", "10000"}});
}

KafkaJournalOptions KafkaLog::Options() const {
  KafkaJournalOptions options;
  options.connection.bootstrap = kafka_.bootstrap();
  options.topic = topic_;
  options.source = "/omo/test";
  return options;
}

std::unique_ptr<KafkaJournal> KafkaLog::OpenKafka(KafkaJournalOptions options) {
  auto journal = KafkaJournal::Open(std::move(options), wakeup_);
  if (!journal.ok()) throw std::runtime_error(journal.status().ToString());
  return *std::move(journal);
}

void KafkaLog::AppendForeign(ShardId shard, const std::string& value) {
  rd_kafka_t* producer =
      StartClient(RD_KAFKA_PRODUCER, {{"bootstrap.servers", kafka_.bootstrap()}});
  Produce(producer, topic_, shard, value);
  const rd_kafka_resp_err_t error = rd_kafka_flush(producer, kMillis);
  rd_kafka_destroy(producer);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(error));
}

void KafkaLog::AppendTransaction(ShardId shard, int records) {
  rd_kafka_t* producer = StartClient(
      RD_KAFKA_PRODUCER,
      {{"bootstrap.servers", kafka_.bootstrap()}, {"transactional.id", topic_ + "-transaction"}});
  const Offset before = EndOf(producer, topic_, shard);
  Check(rd_kafka_init_transactions(producer, kMillis));
  Check(rd_kafka_begin_transaction(producer));
  for (int i = 0; i < records; ++i) Produce(producer, topic_, shard, "transactional");
  Check(rd_kafka_commit_transaction(producer, kMillis));
  // The marker comes some time after the commit.
  const bool marked =
      testing::WaitUntil([&] { return EndOf(producer, topic_, shard) == before + records + 1; });
  rd_kafka_destroy(producer);
  if (!marked) throw std::runtime_error("the transaction has no marker");
}

void KafkaLog::CutFront(ShardId shard, Offset start) { kafka_.DeleteRecords(topic_, shard, start); }

void KafkaLog::MakeAnew() {
  kafka_.DeleteTopic(topic_);
  MakeTopic();
}

std::vector<KafkaLog::RawRecord> KafkaLog::ReadRaw(ShardId shard, std::size_t records) const {
  rd_kafka_t* consumer = StartClient(
      RD_KAFKA_CONSUMER, {{"bootstrap.servers", kafka_.bootstrap()}, {"group.id", "raw"}});
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic_.c_str(), shard)->offset = 0;
  rd_kafka_assign(consumer, list);
  rd_kafka_topic_partition_list_destroy(list);
  std::vector<RawRecord> read;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kMillis);
  while (read.size() < records && std::chrono::steady_clock::now() < deadline) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 100);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) read.push_back(Copy(*message));
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  return read;
}

}  // namespace omo::journal
