#include "libs/journal/kafka/kafka_producer.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "libs/journal/kafka/kafka_record.h"

namespace omo::journal {
namespace {

KafkaSettings SettingsOf(const KafkaJournalOptions& options) {
  return {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"max.in.flight.requests.per.connection", "5"},
      {"linger.ms", std::to_string(options.linger.count())},
      {"message.timeout.ms", std::to_string(options.message_timeout.count())},
      {"queue.buffering.max.messages", std::to_string(options.queue_records)},
      {"queue.buffering.max.kbytes",
       std::to_string(std::max(options.queue_bytes >> 10, std::int64_t{1}))},
      {"batch.num.messages", "10000"},
      {"compression.type", options.compression == Compression::kLz4 ? "lz4" : "none"},
  };
}

absl::Status Refusal(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return absl::ResourceExhaustedError("the producer's queue is full");
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return absl::InvalidArgumentError("larger than the producer's message.max.bytes");
    default:
      return absl::UnavailableError(rd_kafka_err2str(error));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaProducer>> KafkaProducer::Start(
    const KafkaJournalOptions& options, Wakeup& wakeup) {
  const KafkaSettings settings = SettingsOf(options);
  auto conf = MakeKafkaConf(options.connection, {&settings, &options.producer_settings});
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  auto client = StartKafkaClient(RD_KAFKA_PRODUCER, options.connection, *std::move(conf));
  if (!client.ok()) return client.status();

  std::unique_ptr<KafkaProducer> producer(new KafkaProducer(options));
  producer->client_ = *std::move(client);
  rd_kafka_t* handle = producer->client_.get();
  producer->topic_.reset(rd_kafka_topic_new(handle, options.topic.c_str(), nullptr));
  if (producer->topic_ == nullptr) {
    return KafkaStatus(rd_kafka_last_error(), "topic " + options.topic);
  }
  producer->queue_.reset(rd_kafka_queue_get_main(handle));
  constexpr std::uint64_t kRing = 1;
  rd_kafka_queue_io_event_enable(producer->queue_.get(), wakeup.fd(), &kRing, sizeof kRing);
  LearnLeaders(handle, producer->topic_.get());
  return producer;
}

KafkaProducer::~KafkaProducer() {
  if (queue_ != nullptr) rd_kafka_queue_io_event_enable(queue_.get(), -1, nullptr, 0);
}

KafkaProducer::Pending* KafkaProducer::Take(ShardId shard, const Fence& fence) {
  if (free_.empty()) free_.push_back(&pending_.emplace_back());
  Pending* pending = free_.back();
  free_.pop_back();
  *pending = {
      .shard = shard, .open = true, .term = fence.term, .nonce = fence.nonce, .seq = fence.seq};
  ++outstanding_;
  return pending;
}

void KafkaProducer::Release(Pending* pending) {
  pending->open = false;
  free_.push_back(pending);
  --outstanding_;
}

absl::Status KafkaProducer::CheckAppendable(ShardId shard, const Record& record) const {
  if (failed_) return absl::UnavailableError("the producer is being replaced");
  // Kafka takes -1 for "any partition" and librdkafka 0 for "now".
  if (shard < 0) return absl::InvalidArgumentError("no shard has a negative number");
  if (record.stamp <= Time{})
    return absl::InvalidArgumentError("a stamp must lie after 1970 began");
  if (SizeOf(record, options_.source) > options_.max_record_bytes) {
    return absl::InvalidArgumentError("larger than max_record_bytes");
  }
  return absl::OkStatus();
}

absl::Status KafkaProducer::Append(ShardId shard, const Record& record) {
  if (absl::Status status = CheckAppendable(shard, record); !status.ok()) return status;
  Pending* pending = Take(shard, record.fence);
  rd_kafka_headers_t* headers = MakeHeaders(record, options_.source);
  std::array<rd_kafka_vu_t, 8> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_RKT;
  parts[0].u.rkt = topic_.get();
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = shard;
  parts[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[2].u.i = RD_KAFKA_MSG_F_COPY;
  parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
  // Only read: F_COPY. An empty value is empty, not null (a tombstone).
  parts[3].u.mem = {const_cast<char*>(record.value.data()), record.value.size()};
  parts[4].vtype = RD_KAFKA_VTYPE_KEY;
  if (!record.key.empty()) {
    parts[4].u.mem = {const_cast<char*>(record.key.data()), record.key.size()};
  }
  parts[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  parts[5].u.i64 = ToMillis(record.stamp);
  parts[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[6].u.ptr = pending;
  parts[7].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[7].u.headers = headers;
  const KafkaOwned<rd_kafka_error_t> error(
      rd_kafka_produceva(client_.get(), parts.data(), parts.size()));
  if (error == nullptr) return absl::OkStatus();
  rd_kafka_headers_destroy(headers);
  Release(pending);
  failed_ = IsFatal(client_.get());
  if (failed_) return absl::UnavailableError("the producer is being replaced");
  return Refusal(rd_kafka_error_code(error.get()));
}

AppendReport KafkaProducer::ReportFor(const Pending& pending) {
  AppendReport report;
  report.shard = pending.shard;
  report.term = pending.term;
  report.nonce = pending.nonce;
  report.seq = pending.seq;
  return report;
}

void KafkaProducer::Report(JournalSink& sink, const rd_kafka_message_t& message) {
  auto* pending = static_cast<Pending*>(message._private);
  AppendReport report = ReportFor(*pending);
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    report.offset = message.offset >= 0 ? message.offset : kNoOffset;
  } else {
    report.status = KafkaStatus(message.err, "append");
  }
  Release(pending);
  sink.OnReport(report);
}

int KafkaProducer::Poll(JournalSink& sink, int most) {
  int told = 0;
  while (told < most) {
    if (event_ == nullptr) event_.reset(rd_kafka_queue_poll(queue_.get(), 0));
    if (event_ == nullptr) break;
    const rd_kafka_message_t* message = nullptr;
    if (rd_kafka_event_type(event_.get()) == RD_KAFKA_EVENT_DR) {
      while (told < most && (message = rd_kafka_event_message_next(event_.get())) != nullptr) {
        Report(sink, *message);
        ++told;
      }
    } else {
      failed_ = failed_ || IsFatal(client_.get());
    }
    if (message == nullptr) event_.reset();
  }
  return told;
}

void KafkaProducer::Retire() {
  failed_ = true;
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                    RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void KafkaProducer::ReportOutstanding(JournalSink& sink) {
  for (Pending& pending : pending_) {
    if (!pending.open) continue;
    AppendReport report = ReportFor(pending);
    report.status = absl::AbortedError("append: given up with its producer");
    Release(&pending);
    sink.OnReport(report);
  }
}

}  // namespace omo::journal
