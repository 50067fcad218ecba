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
      // Our own limits come first (CheckAppendable).
      {"queue.buffering.max.messages", "10000000"},
      {"queue.buffering.max.kbytes", "2147483647"},
      {"batch.num.messages", "10000"},
      {"compression.type", options.compression == Compression::kLz4 ? "lz4" : "none"},
  };
}

// A new topic that its broker does not know yet, or a full queue: it passes.
bool NotNow(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || error == RD_KAFKA_RESP_ERR__QUEUE_FULL;
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
  for (const Kept& kept : kept_) rd_kafka_headers_destroy(kept.headers);
  if (queue_ != nullptr) rd_kafka_queue_io_event_enable(queue_.get(), -1, nullptr, 0);
}

KafkaProducer::Pending* KafkaProducer::Take(ShardId shard, const Fence& fence, std::int64_t bytes) {
  if (free_.empty()) free_.push_back(&pending_.emplace_back());
  Pending* pending = free_.back();
  free_.pop_back();
  *pending = {.shard = shard,
              .open = true,
              .bytes = bytes,
              .term = fence.term,
              .nonce = fence.nonce,
              .seq = fence.seq};
  ++outstanding_;
  outstanding_bytes_ += bytes;
  return pending;
}

void KafkaProducer::Release(Pending* pending) {
  pending->open = false;
  free_.push_back(pending);
  --outstanding_;
  outstanding_bytes_ -= pending->bytes;
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
  const bool full = outstanding_ >= static_cast<std::size_t>(options_.queue_records) ||
                    outstanding_bytes_ >= options_.queue_bytes;
  if (full) return absl::ResourceExhaustedError("the producer's queue is full");
  return absl::OkStatus();
}

absl::Status KafkaProducer::Append(ShardId shard, const Record& record) {
  if (absl::Status status = CheckAppendable(shard, record); !status.ok()) return status;
  kept_.push_back({.pending = Take(shard, record.fence, SizeOf(record, options_.source)),
                   .key = record.key,
                   .value = record.value,
                   .stamp = record.stamp,
                   .until = Clock::now() + options_.message_timeout,
                   .headers = MakeHeaders(record, options_.source)});
  return absl::OkStatus();
}

KafkaProducer::Known& KafkaProducer::KnownIn(ShardId shard) {
  const auto index = static_cast<std::size_t>(shard);
  if (index >= known_.size()) known_.resize(index + 1);
  return known_[index];
}

void KafkaProducer::Send() {
  // In order, so whatever is behind one that waits, waits too.
  while (!kept_.empty() && SendOrRefuse(kept_.front())) kept_.pop_front();
}

bool KafkaProducer::SendOrRefuse(Kept& kept) {
  const auto not_taken = [] {
    return absl::UnavailableError("append: librdkafka did not take it");
  };
  if (failed_) {
    Refuse(kept, not_taken());
    return true;
  }
  Known& known = KnownIn(kept.pending->shard);
  if (known == Known::kAsking) {
    // An owner's first record is its claim, and the owner itself waits for that.
    if (Clock::now() < kept.until) return false;
    Refuse(kept, absl::DeadlineExceededError("append: it waited for the shard's first record"));
    return true;
  }
  const rd_kafka_resp_err_t error = Produce(kept);
  if (NotNow(error) && Clock::now() < kept.until) return false;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (known == Known::kNo) known = Known::kAsking;
    return true;
  }
  failed_ = IsFatal(client_.get()) || NotNow(error);
  Refuse(kept, not_taken());
  return true;
}

void KafkaProducer::Refuse(const Kept& kept, absl::Status why) {
  rd_kafka_headers_destroy(kept.headers);
  refused_.emplace_back(kept.pending, std::move(why));
}

rd_kafka_resp_err_t KafkaProducer::Produce(Kept& kept) {
  std::array<rd_kafka_vu_t, 8> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_RKT;
  parts[0].u.rkt = topic_.get();
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = kept.pending->shard;
  parts[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[2].u.i = RD_KAFKA_MSG_F_COPY;
  parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
  // An empty value is empty, not null (a tombstone).
  parts[3].u.mem = {kept.value.data(), kept.value.size()};
  parts[4].vtype = RD_KAFKA_VTYPE_KEY;
  if (!kept.key.empty()) parts[4].u.mem = {kept.key.data(), kept.key.size()};
  parts[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  parts[5].u.i64 = ToMillis(kept.stamp);
  parts[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[6].u.ptr = kept.pending;
  parts[7].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[7].u.headers = kept.headers;
  const KafkaOwned<rd_kafka_error_t> error(
      rd_kafka_produceva(client_.get(), parts.data(), parts.size()));
  return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(error.get());
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
  Known& known = KnownIn(report.shard);
  if (known == Known::kAsking) known = report.status.ok() ? Known::kYes : Known::kNo;
  Release(pending);
  sink.OnReport(report);
}

int KafkaProducer::ReportRefused(JournalSink& sink) {
  auto refused = std::exchange(refused_, {});
  for (auto& [pending, why] : refused) {
    AppendReport report = ReportFor(*pending);
    report.status = std::move(why);
    Release(pending);
    sink.OnReport(report);
  }
  return static_cast<int>(refused.size());
}

int KafkaProducer::Poll(JournalSink& sink, int most) {
  Send();
  int told = refused_.empty() ? 0 : ReportRefused(sink);
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
  Send();  // That is, refuse.
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                    RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void KafkaProducer::ReportOutstanding(JournalSink& sink) {
  ReportRefused(sink);
  for (Pending& pending : pending_) {
    if (!pending.open) continue;
    AppendReport report = ReportFor(pending);
    report.status = absl::AbortedError("append: given up with its producer");
    Release(&pending);
    sink.OnReport(report);
  }
}

}  // namespace omo::journal
