// The log of every released schema, record by record with its headers, read by a shard of today
// with inventory's own rules: the figures and the rows' hash are those that are written there. A
// missing file is made with OMO_APPROVE=1, which never overwrites one. The figures hold for ever;
// the hash for as long as the rows are laid out so: a change of that removes the file's first line.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "libs/journal/memory_journal.h"
#include "libs/shard/hosted_shard.h"
#include "services/inventory/inventory_model.h"
#include "tests/golden/replay/history.h"

namespace omo::inventory {
namespace {

struct Released {
  std::filesystem::path path;  // Without its extension.
  std::vector<journal::Record> (History::*write)();
  std::uint64_t void_records;
  std::filesystem::path log() const { return path.string() + ".log"; }
  std::filesystem::path rows() const { return path.string() + ".rows"; }
};
const std::vector<Released> kReleased = {
    {"tests/golden/replay/inventory.1", &History::Write, 2},
    {"tests/golden/replay/inventory.2", &History::WriteUploads, 0},
    {"tests/golden/replay/inventory.3", &History::WriteNetwork, 0},
    {"tests/golden/replay/inventory.4", &History::WriteRejections, 0},
    {"tests/golden/replay/inventory.7", &History::WriteQuotas, 0},
    {"tests/golden/replay/inventory.5", &History::WriteKits, 0},
    {"tests/golden/replay/inventory.6", &History::WriteCrossings, 0},
    {"tests/golden/replay/inventory.8", &History::WriteEmptyShelf, 0},
    {"tests/golden/replay/inventory.9", &History::WriteDeferred, 0},
};

std::string Hex(const std::string& bytes) {
  std::string hex = "x";
  for (const unsigned char byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

std::string Bytes(const std::string& hex) {
  std::string bytes;
  for (std::size_t at = 1; at + 1 < hex.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  }
  return bytes;
}

void Approve(const std::filesystem::path& path, const std::string& text) {
  if (std::getenv("OMO_APPROVE") == nullptr || std::filesystem::exists(path)) return;
  std::ofstream(path) << text;
}

std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A line a record: type, stamp, then fence, id, key and value in hexadecimal digits behind an x.
std::string Written(const std::vector<journal::Record>& records) {
  std::ostringstream text;
  for (const journal::Record& record : records) {
    text << record.type << ' ' << ToMillis(record.stamp) << ' ' << Hex(EncodeFence(record.fence))
         << ' ' << Hex(record.id) << ' ' << Hex(record.key) << ' ' << Hex(record.value) << '\n';
  }
  return text.str();
}

std::vector<journal::Record> ReadLog(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<journal::Record> records;
  std::string type, fence, id, key, value;
  std::int64_t stamp = 0;
  while (file >> type >> stamp >> fence >> id >> key >> value) {
    const auto decoded = journal::DecodeFence(Bytes(fence));
    REQUIRE(decoded.has_value());
    records.push_back({*decoded, type, Bytes(id), Bytes(key), Bytes(value), FromMillis(stamp)});
  }
  return records;
}

// A shard over the log, and what the journal tells it.
class Reader final : public journal::JournalSink, public shard::ShardListener {
 public:
  explicit Reader(const std::vector<journal::Record>& records) {
    for (const journal::Record& record : records) broker_.Append(0, record);
    REQUIRE(shard_.shard().Start().ok());
    while (journal_.Poll(*this) > 0) shard_.shard().EndNews();
    INFO(shard_.shard().Status().stop_reason);
    REQUIRE(shard_.shard().log().at_end());
  }
  std::string Rows() {
    std::ostringstream text;
    text << "state_hash " << std::hex << shard_.rows().StateHash() << std::dec << '\n';
    auto& model = dynamic_cast<InventoryModel&>(shard_.model());
    for (const SkuId& sku : {SkuId{"milk"}, SkuId{"tea"}}) {
      model.figures.Scan(store::LeadingFields(sku), [&](const FiguresKey& key, const Figures& row) {
        text << key.sku.value << ' ' << key.location.value << ' ' << row.on_hand << ' '
             << row.reserved << ' ' << row.committed << ' ' << row.damaged << ' '
             << row.quality_control << ' ' << row.safety_stock << ' ' << row.display << ' '
             << row.incoming;
        if (row.quota != 0) text << " quota " << row.quota;
        text << '\n';
        return true;
      });
    }
    return text.str();
  }
  std::uint64_t void_records() { return shard_.shard().log().counters().void_records; }

  void OnReport(const journal::AppendReport&) override {}
  void OnRecord(ShardId, Offset offset, journal::Record record) override {
    shard_.shard().log().OnRecord(offset, record);
  }
  void OnEnd(ShardId, Offset next) override { shard_.shard().log().OnEnd(next); }
  void OnReadFailed(ShardId, journal::ReadFailure) override { FAIL("the log cannot be read"); }
  void OnFetched(ShardId, Offset, absl::Status, journal::Record) override {}
  void OnOwned(ShardId, std::uint64_t, std::uint64_t) override {}
  void OnReleased(ShardId, std::uint64_t, std::uint64_t) override {}
  void OnRebuildNeeded(ShardId) override { FAIL("the rows are not what was announced"); }
  void OnStopped(ShardId, const absl::Status& why) override { FAIL(why.ToString()); }

 private:
  journal::MemoryBroker broker_{1};
  journal::MemoryJournal journal_{broker_};
  store::Resources resources_;
  const std::function<std::unique_ptr<shard::Model>(store::Store&)> make_model_ =
      [](store::Store& store) { return std::make_unique<InventoryModel>(store); };
  shard::HostedShard shard_{
      store::Store::OpenInMemory("inventory", resources_),
      shard::Origin::kNothing,
      {.options = {}, .make_model = make_model_, .journal = journal_, .listener = *this}};
};

}  // namespace

TEST_CASE("A shard of today reads every released log to the rows that it meant", "[golden]") {
  std::set<std::string> types;
  for (const Released& released : kReleased) {
    INFO(released.path);
    if (std::getenv("OMO_APPROVE") != nullptr) {
      Approve(released.log(), Written((History().*released.write)()));
    }
    const std::vector<journal::Record> records = ReadLog(released.log());
    for (const journal::Record& record : records) {
      if (journal::KindOf(record.type) == journal::Kind::kEvent) types.insert(record.type);
    }
    Reader reader(records);
    CHECK(reader.void_records() == released.void_records);
    const std::string rows = reader.Rows();
    Approve(released.rows(), rows);
    CHECK(rows == ReadWhole(released.rows()));
  }
  CHECK(types.size() == std::variant_size_v<InventoryEvent>);
}

}  // namespace omo::inventory
