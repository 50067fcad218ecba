#include "libs/journal/kafka/kafka_producers.h"

#include <algorithm>
#include <utility>

namespace omo::journal {
namespace {

// A purge answers within milliseconds; what it leaves open by then is reported without it.
constexpr std::chrono::seconds kRetirementLimit{2};
constexpr std::chrono::seconds kSpareRetry{1};

void EndOn(Worker& worker, std::unique_ptr<KafkaProducer> producer) {
  worker.Post(
      [last = std::shared_ptr<KafkaProducer>(std::move(producer))]() mutable { last.reset(); });
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaProducers>> KafkaProducers::Start(
    const KafkaJournalOptions& options, Wakeup& wakeup) {
  std::unique_ptr<KafkaProducers> producers(new KafkaProducers(options, wakeup));
  for (int i = 0; i < std::max(options.producers, 1); ++i) {
    auto producer = KafkaProducer::Start(options, wakeup);
    if (!producer.ok()) return producer.status();
    producers->working_.push_back(*std::move(producer));
  }
  producers->OrderSpare();
  return producers;
}

KafkaProducers::~KafkaProducers() {
  // Side by side: each may have to wait for its broker's threads.
  std::vector<std::unique_ptr<Worker>> workers;
  const auto end = [&workers](std::unique_ptr<KafkaProducer> producer) {
    if (producer == nullptr) return;
    producer->Retire();
    workers.push_back(std::make_unique<Worker>());
    EndOn(*workers.back(), std::move(producer));
  };
  for (auto& producer : working_) end(std::move(producer));
  for (auto& retired : retired_) end(std::move(retired.producer));
}

void KafkaProducers::OrderSpare() {
  const Clock::time_point now = Clock::now();
  if (spare_ordered_ || now < next_order_) return;
  spare_ordered_ = true;
  next_order_ = now + kSpareRetry;
  worker_.Post([this] {
    auto producer = KafkaProducer::Start(options_, wakeup_);
    const std::lock_guard lock(spare_mutex_);
    if (producer.ok()) spare_ = *std::move(producer);
    spare_order_done_ = true;
    wakeup_.Notify();
  });
}

absl::Status KafkaProducers::Append(ShardId shard, const Record& record) {
  if (shard < 0) return absl::InvalidArgumentError("no shard has a negative number");
  auto& producer = working_[static_cast<std::size_t>(shard) % working_.size()];
  if (producer == nullptr) return absl::UnavailableError("the producer is being replaced");
  return producer->Append(shard, record);
}

void KafkaProducers::Send() {
  for (auto& producer : working_) {
    if (producer != nullptr) producer->Send();
  }
}

void KafkaProducers::ReplaceFailed() {
  for (auto& producer : working_) {
    if (producer != nullptr && producer->failed()) {
      producer->Retire();
      retired_.push_back({std::move(producer), Clock::now() + kRetirementLimit});
    }
    if (producer != nullptr) continue;
    {
      const std::lock_guard lock(spare_mutex_);
      producer = std::move(spare_);
      if (std::exchange(spare_order_done_, false)) spare_ordered_ = false;
    }
    if (producer != nullptr) ++replaced_;
  }
}

int KafkaProducers::PollRetired(JournalSink& sink, int most) {
  int told = 0;
  for (Retired& retired : retired_) {
    told += retired.producer->Poll(sink, most - told);
    if (Clock::now() >= retired.deadline) {
      told += static_cast<int>(retired.producer->outstanding());
      retired.producer->ReportOutstanding(sink);
    }
    if (retired.producer->outstanding() > 0) continue;
    EndOn(worker_, std::move(retired.producer));
  }
  std::erase_if(retired_, [](const Retired& retired) { return retired.producer == nullptr; });
  return told;
}

int KafkaProducers::Poll(JournalSink& sink, int most) {
  int told = 0;
  bool replace = false;
  for (auto& producer : working_) {
    if (producer != nullptr) told += producer->Poll(sink, most - told);
    replace = replace || producer == nullptr || producer->failed();
  }
  if (replace) ReplaceFailed();
  if (!spare_ordered_) OrderSpare();
  if (!retired_.empty()) told += PollRetired(sink, most);
  return told;
}

}  // namespace omo::journal
