// F13: the process dies at every step of a flush, and at any moment under load. Method: this
// program starts itself as the process that dies (RocksDB's threads do not survive a fork alone).
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "tests/integration/store/shop_history.h"

namespace omo::testing {
namespace {

std::string Setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The process that dies. Not a test of its own: run by the tests below.
TEST_CASE("store process that dies", "[.process]") {
  const std::string step = Setting("OMO_DIE_AT");
  int flushes_left = std::atoi(Setting("OMO_DIE_IN_FLUSH").c_str());
  const int after = std::atoi(Setting("OMO_DIE_AFTER_US").c_str());
  store::Resources resources;
  store::StoreOptions options{.directory = Setting("OMO_STORE"), .schema = "v1"};
  options.file_bytes = 8 << 10;
  options.failpoint = [&](std::string_view at) {
    if (at == "begun") --flushes_left;
    if (at == step && flushes_left <= 0) std::abort();
    return absl::OkStatus();
  };
  auto shop = TryOpenShop(resources, std::move(options));
  if (!shop.ok()) std::_Exit(3);
  std::thread killer;
  if (after > 0) {
    killer = std::thread([after] {
      std::this_thread::sleep_for(std::chrono::microseconds(after));
      kill(getpid(), SIGKILL);
    });
  }
  for (std::int64_t more = 1;; ++more) Run(**shop, std::stoll("0" + (*shop)->position()) + more);
}

// Runs the process until it dies; the signal it died of.
int RunUntilDeath(const std::filesystem::path& directory, const std::string& step, int in_flush,
                  std::int64_t after_us) {
  setenv("OMO_STORE", directory.c_str(), 1);
  setenv("OMO_DIE_AT", step.c_str(), 1);
  setenv("OMO_DIE_IN_FLUSH", std::to_string(in_flush).c_str(), 1);
  setenv("OMO_DIE_AFTER_US", std::to_string(after_us).c_str(), 1);
  const pid_t child = fork();
  if (child == 0) {
    // Catch2's own handlers would turn the abort into a report.
    freopen("/dev/null", "w", stdout);
    freopen("/dev/null", "w", stderr);
    execl("/proc/self/exe", "tests", "store process that dies", nullptr);
    std::_Exit(4);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return WTERMSIG(status);
}

// The number of the record that the store stands at, all of it read and compared.
std::int64_t CheckedPosition(const std::filesystem::path& directory, History& history) {
  store::Resources resources;
  const auto shop = OpenShop(resources, directory);
  const std::int64_t number = std::stoll("0" + shop->store->stored_position());
  CHECK(history.Holds(*shop, number));
  CHECK(shop->store->healthy());
  return number;
}

TEST_CASE("F13 a process that dies at any step of a flush leaves one exact position", "[store]") {
  History history;
  for (const std::string step : {"begun", "file_opened", "file_finished", "written", "ingested"}) {
    const TempDirectory directory;
    const auto shard = directory.path() / "shard";
    std::int64_t stored = 0;
    for (const int in_flush : {1, 2, 7}) {
      INFO(step << " of flush " << in_flush);
      RunUntilDeath(shard, step, in_flush, 0);
      const std::int64_t flushed = step == "ingested" ? in_flush : in_flush - 1;
      stored += flushed * kRecordsPerFlush;
      CHECK(CheckedPosition(shard, history) == stored);
      CHECK_FALSE(std::filesystem::exists(shard / "incoming"));
    }
  }
}

TEST_CASE("F13 a process killed at any moment leaves one exact position", "[store]") {
  History history;
  const TempDirectory directory;
  const auto shard = directory.path() / "shard";
  std::minstd_rand random(7);
  std::int64_t stored = 0;
  for (int round = 0; round < 60; ++round) {
    // The first rounds die while RocksDB makes its files, later ones in flushes and compactions.
    const int longest = round < 20 ? 20'000 : 150'000;
    const int after = std::uniform_int_distribution<int>(100, longest)(random);
    CHECK(RunUntilDeath(shard, "", 0, after) == SIGKILL);
    INFO("round " << round << ", killed after " << after << " us");
    const std::int64_t now = CheckedPosition(shard, history);
    CHECK(now >= stored);
    stored = now;
  }
  CHECK(stored > 0);
}

}  // namespace
}  // namespace omo::testing
