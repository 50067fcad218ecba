// F13: the last file written is cut short, or bytes of it are wrong, as after a power cut on a disk
// that lied. The store comes up at some exact position or says that data are lost.
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "tests/integration/store/shop_history.h"

namespace omo::testing {
namespace {

enum class Outcome { kExact, kOlder, kEmpty, kRefused, kFoundWhenRead };

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void WriteFile(const std::filesystem::path& path, const std::string& bytes) {
  // Checkpoints and copies may share the file: never in place.
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

class Torn {
 public:
  static constexpr std::int64_t kRecords =
      3 * kRecordsPerFlush;  // Too few to compact: older files stay.

  Torn() {
    store::Resources resources;
    Run(*OpenShop(resources, original()), kRecords);
  }

  // The files of the store whose names begin with `kind` or end with it, the latest last.
  std::vector<std::string> Files(const std::string& kind) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(original() / "rows")) {
      const std::string name = entry.path().filename();
      if (name.starts_with(kind) || name.ends_with(kind)) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string Bytes(const std::string& file) const { return ReadFile(original() / "rows" / file); }

  // What becomes of a store in which `file` has other bytes.
  Outcome Try(const std::string& file, const std::string& bytes) {
    std::filesystem::remove_all(damaged());
    std::filesystem::copy(original(), damaged(), std::filesystem::copy_options::recursive);
    WriteFile(damaged() / "rows" / file, bytes);
    store::Resources resources;
    auto shop = TryOpenShop(resources, {.directory = damaged(), .schema = "v1"});
    if (!shop.ok()) {
      INFO(shop.status().ToString());
      CHECK(absl::IsDataLoss(shop.status()));
      CHECK(store::Store::Wipe(damaged()).ok());
      CHECK(OpenShop(resources, damaged())->store->stored_position().empty());
      return Outcome::kRefused;
    }
    const std::int64_t number = std::stoll("0" + (*shop)->store->stored_position());
    CHECK(RowsAt(number).MatchEachOf(**shop));  // Before anything else reads them.
    const bool exact = history_.Holds(**shop, number);
    if (!(*shop)->store->healthy()) {
      CHECK(absl::IsDataLoss((*shop)->store->health()));
      return Outcome::kFoundWhenRead;
    }
    CHECK(exact);
    CHECK(number % kRecordsPerFlush == 0);
    if (number == 0) return Outcome::kEmpty;
    return number == kRecords ? Outcome::kExact : Outcome::kOlder;
  }

 private:
  const ExpectedRows& RowsAt(std::int64_t number) {
    auto& rows = rows_[number];
    if (rows == nullptr) rows = std::make_unique<ExpectedRows>(number);
    return *rows;
  }
  std::filesystem::path original() const { return directory_.path() / "original"; }
  std::filesystem::path damaged() const { return directory_.path() / "damaged"; }

  TempDirectory directory_;
  History history_;
  std::map<std::int64_t, std::unique_ptr<ExpectedRows>> rows_;
};

TEST_CASE("F13 a manifest cut short gives an older exact position or says so", "[store]") {
  Torn torn;
  const std::string file = torn.Files("MANIFEST").back();
  const std::string bytes = torn.Bytes(file);
  REQUIRE(bytes.size() > 400);
  std::map<Outcome, int> outcomes;
  for (std::size_t size = 0; size < bytes.size(); size += size + 400 < bytes.size() ? 37 : 3) {
    INFO(file << " cut to " << size << " of " << bytes.size());
    ++outcomes[torn.Try(file, bytes.substr(0, size))];
  }
  CHECK(outcomes[Outcome::kRefused] > 0);
  CHECK(outcomes[Outcome::kOlder] > 0);
  CHECK(torn.Try(file, bytes) == Outcome::kExact);
}

TEST_CASE("F13 wrong bytes in a manifest never give wrong rows", "[store]") {
  Torn torn;
  const std::string file = torn.Files("MANIFEST").back();
  const std::string bytes = torn.Bytes(file);
  REQUIRE(bytes.size() > 400);
  std::map<Outcome, int> outcomes;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::string wrong = bytes;
    wrong[at] = static_cast<char>(wrong[at] ^ 0x40);
    INFO(file << " changed at " << at << " of " << bytes.size());
    ++outcomes[torn.Try(file, wrong)];
  }
  CHECK(outcomes[Outcome::kFoundWhenRead] == 0);
  // No byte of it may be another.
  CHECK(outcomes[Outcome::kExact] == 0);
}

TEST_CASE("F13 a torn CURRENT starts empty or says so", "[store]") {
  Torn torn;
  const std::string bytes = torn.Bytes("CURRENT");
  REQUIRE_FALSE(bytes.empty());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("CURRENT cut to " << size);
    const Outcome outcome = torn.Try("CURRENT", bytes.substr(0, size));
    CHECK((outcome == Outcome::kRefused || outcome == Outcome::kEmpty));
  }
}

TEST_CASE("F13 a file of rows that is cut short is refused", "[store]") {
  Torn torn;
  const std::string file = torn.Files(".sst").back();
  const std::string bytes = torn.Bytes(file);
  REQUIRE(bytes.size() > 1'000);
  for (std::size_t size = 0; size < bytes.size(); size += bytes.size() / 13) {
    INFO(file << " cut to " << size << " of " << bytes.size());
    CHECK(torn.Try(file, bytes.substr(0, size)) == Outcome::kRefused);
  }
}

TEST_CASE("F13 wrong bytes in files of rows are found before a row is believed", "[store]") {
  Torn torn;
  std::minstd_rand random(11);
  constexpr int kTries = 25;  // A file.
  std::map<Outcome, int> outcomes;
  const std::vector<std::string> files = torn.Files(".sst");
  REQUIRE(files.size() >= 3);
  for (const std::string& file : files) {
    const std::string bytes = torn.Bytes(file);
    REQUIRE(bytes.size() > 1'000);
    for (int i = 0; i < kTries; ++i) {
      const auto at = std::uniform_int_distribution<std::size_t>(0, bytes.size() - 1)(random);
      std::string wrong = bytes;
      wrong[at] = static_cast<char>(wrong[at] ^ 0x10);
      INFO(file << " changed at " << at << " of " << bytes.size());
      ++outcomes[torn.Try(file, wrong)];
    }
  }
  // The rest hit what nobody reads, such as statistics.
  const int found = outcomes[Outcome::kRefused] + outcomes[Outcome::kFoundWhenRead];
  CHECK(found > static_cast<int>(files.size()) * kTries * 3 / 4);
}

}  // namespace
}  // namespace omo::testing
