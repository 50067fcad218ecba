#include "libs/journal/kafka/kafka_ends.h"

#include <utility>

namespace omo::journal {
namespace {

constexpr int kAnswerMillis = 500;

}  // namespace

KafkaEnds::KafkaEnds(rd_kafka_t* client, const KafkaJournalOptions& options, Wakeup& wakeup)
    : client_(client), options_(options), wakeup_(wakeup), thread_([this] { Run(); }) {}

KafkaEnds::~KafkaEnds() {
  ending_ = true;
  changed_.Notify();
  thread_.join();
}

void KafkaEnds::Add(ShardId shard) {
  {
    const std::lock_guard lock(mutex_);
    if (!shards_.insert(shard).second) return;
  }
  changed_.Notify();
}

void KafkaEnds::Poll(JournalSink& sink) {
  if (!answered_.exchange(false)) return;
  std::vector<Seen> seen;
  {
    const std::lock_guard lock(mutex_);
    seen.swap(seen_);
  }
  const Clock::time_point now = Clock::now();
  for (const Seen& each : seen) {
    sink.OnEndSeen(each.shard, each.end, std::chrono::ceil<Duration>(now - each.asked));
  }
}

void KafkaEnds::Run() {
  while (!ending_) {
    std::set<ShardId> shards;
    {
      const std::lock_guard lock(mutex_);
      shards = shards_;
    }
    if (std::vector<Seen> seen = Ask(shards); !seen.empty()) {
      {
        const std::lock_guard lock(mutex_);
        seen_ = std::move(seen);
      }
      answered_ = true;
      wakeup_.Notify();
    }
    changed_.Wait(options_.ends_interval);
  }
}

// None where Kafka did not answer.
std::vector<KafkaEnds::Seen> KafkaEnds::Ask(const std::set<ShardId>& shards) {
  std::vector<Seen> seen;
  if (shards.empty()) return seen;
  const KafkaOwned<rd_kafka_topic_partition_list_t> list(
      rd_kafka_topic_partition_list_new(static_cast<int>(shards.size())));
  for (const ShardId shard : shards) {
    rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), shard)->offset =
        RD_KAFKA_OFFSET_END;
  }
  const Clock::time_point asked = Clock::now();
  // For a time that is "the end", this is one question to each leader.
  if (rd_kafka_offsets_for_times(client_, list.get(), kAnswerMillis) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return seen;
  }
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& answer = list->elems[i];
    if (answer.err != RD_KAFKA_RESP_ERR_NO_ERROR || answer.offset < 0) continue;
    seen.push_back({answer.partition, answer.offset, asked});
  }
  return seen;
}

}  // namespace omo::journal
