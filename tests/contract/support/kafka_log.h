// A topic of its own on a real broker, as the log of one test.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/journal/kafka/kafka_journal.h"
#include "libs/journal/wakeup.h"
#include "tests/contract/support/journal_contract.h"
#include "tests/support/kafka_fixture.h"

namespace omo::journal {

// One broker for all tests of this program that leave it alone.
testing::KafkaCluster& SharedKafka();

class KafkaLog final : public LogUnderTest {
 public:
  explicit KafkaLog(testing::KafkaCluster& kafka, int shards = kShardsUnderTest);

  std::unique_ptr<Journal> Open() override { return OpenKafka(Options()); }
  std::unique_ptr<KafkaJournal> OpenKafka(KafkaJournalOptions options);
  KafkaJournalOptions Options() const;
  void Wait() override { wakeup_.Wait(Duration{10}); }
  void AppendForeign(ShardId shard, const std::string& value) override;
  void CutFront(ShardId shard, Offset start) override;
  void MakeAnew() override;

  // One committed transaction with so many records: behind them is its marker.
  void AppendTransaction(ShardId shard, int records);
  // What stands in a partition, read by a client that shares nothing with ours.
  struct RawRecord {
    Offset offset = 0;
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::int64_t timestamp = 0;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  std::vector<RawRecord> ReadRaw(ShardId shard, std::size_t records) const;

  const std::string& topic() const { return topic_; }
  Wakeup& wakeup() { return wakeup_; }

 private:
  void MakeTopic();

  testing::KafkaCluster& kafka_;
  const int shards_;
  const std::string topic_;
  Wakeup wakeup_;
};

}  // namespace omo::journal
