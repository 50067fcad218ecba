// The journal's contract, kept by MemoryJournal.
#include "libs/journal/memory_journal.h"

#include "tests/contract/support/journal_contract.h"
#include "tests/support/catch.h"

namespace omo::journal {
namespace {

class MemoryLog final : public LogUnderTest {
 public:
  std::unique_ptr<Journal> Open() override { return std::make_unique<MemoryJournal>(broker_); }
  void Wait() override {}
  void AppendForeign(ShardId shard, const std::string& value) override {
    Record record;
    record.value = value;
    broker_.Append(shard, record);
  }
  void CutFront(ShardId shard, Offset start) override { broker_.CutFront(shard, start); }
  void MakeAnew() override {
    for (ShardId shard = 0; shard < kShardsUnderTest; ++shard) broker_.Truncate(shard, 0);
  }

 private:
  MemoryBroker broker_{kShardsUnderTest};
};

TEST_CASE("MemoryJournal keeps the journal's contract", "[contract]") {
  for (const ContractCase& each : JournalContract()) {
    DYNAMIC_SECTION(each.name) {
      MemoryLog log;
      each.check(log);
    }
  }
}

}  // namespace
}  // namespace omo::journal
