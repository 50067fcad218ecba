#include "libs/journal/kafka/kafka_journal.h"

#include <utility>

#include "libs/journal/kafka/kafka_ends.h"
#include "libs/journal/kafka/kafka_fetcher.h"
#include "libs/journal/kafka/kafka_producers.h"
#include "libs/journal/kafka/kafka_reader.h"

namespace omo::journal {
namespace {

constexpr int kReportsAPoll = 4096;
constexpr int kRecordsAPoll = 2048;

}  // namespace

KafkaJournal::KafkaJournal(KafkaJournalOptions options, Wakeup& wakeup)
    : options_(std::move(options)), wakeup_(wakeup) {}

KafkaJournal::~KafkaJournal() = default;

absl::StatusOr<std::unique_ptr<KafkaJournal>> KafkaJournal::Open(KafkaJournalOptions options,
                                                                 Wakeup& wakeup) {
  std::unique_ptr<KafkaJournal> journal(new KafkaJournal(std::move(options), wakeup));
  auto producers = KafkaProducers::Start(journal->options_, wakeup);
  if (!producers.ok()) return producers.status();
  journal->producers_ = *std::move(producers);
  auto reader = KafkaReader::Start(journal->options_, wakeup);
  if (!reader.ok()) return reader.status();
  journal->reader_ = *std::move(reader);
  journal->ends_ =
      std::make_unique<KafkaEnds>(journal->reader_->client(), journal->options_, wakeup);
  return journal;
}

absl::Status KafkaJournal::Append(ShardId shard, const Record& record) {
  return producers_->Append(shard, record);
}

void KafkaJournal::Send() { producers_->Send(); }

void KafkaJournal::Follow(ShardId shard, Offset from) {
  reader_->Follow(shard, from);
  ends_->Add(shard);
}

void KafkaJournal::Unfollow(ShardId shard) { reader_->Unfollow(shard); }

void KafkaJournal::Fetch(ShardId shard, Offset offset) {
  if (fetcher_ == nullptr) fetcher_ = std::make_unique<KafkaFetcher>(options_, wakeup_);
  fetcher_->Fetch(shard, offset);
}

int KafkaJournal::Poll(JournalSink& sink) {
  int told = producers_->Poll(sink, kReportsAPoll);
  told += reader_->Poll(sink, kRecordsAPoll);
  if (fetcher_ != nullptr) told += fetcher_->Poll(sink);
  ends_->Poll(sink);
  return told;
}

std::int64_t KafkaJournal::producers_replaced() const { return producers_->replaced(); }

}  // namespace omo::journal
