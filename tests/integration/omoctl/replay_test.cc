// The replay over real gRPC against an API in memory that fails in every way a service may.
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "services/omoctl/balances.h"
#include "services/omoctl/grpc_sender.h"
#include "services/omoctl/replay_plan.h"
#include "services/omoctl/replay_report.h"
#include "services/omoctl/replay_runner.h"
#include "tests/support/catch.h"
#include "tests/support/inventory/fake_inventory.h"
#include "tests/unit/omoctl/shop_folder.h"

namespace omo::omoctl {
namespace {

using tests::FakeInventory;
using tests::Mishap;

constexpr Time kStarted{Duration{1'700'000'000'000}};
constexpr RunnerOptions kOptions{.concurrency = 8, .retry_first = std::chrono::milliseconds(1)};

std::string ReadAll(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// One SKU with two units, of which two are sold and one is reserved between: the last is missing.
void WriteShortShop(const ShopFolder& folder) {
  folder.Write("stock.tsv", "101\tstore-330\t2\n");
  folder.Write("lines.tsv",
               "0\tsale\t11\t101\tstore-330\t1\t1483271606000\ttill-330\t1\n"
               "2\treservation\t12\t101\tstore-330\t1\t1483271607000\t\t0\n"
               "3\treservation\t12\t101\tstore-330\t2\t1483271607000\t\t0\n"
               "4\tsale\t13\t101\tstore-330\t3\t1483271608000\ttill-330\t2\n");
}

struct Replayed {
  absl::Status status;
  std::map<std::string, std::string> answers;  // "reserve 3" -> "refused …".
  std::string balances;
};

Replayed ReplayOnto(const FakeInventory& inventory, const ShopFolder& folder) {
  const auto shop = ReadShop(folder.path());
  REQUIRE(shop.ok());
  const auto channel = OpenChannel(inventory.address());
  GrpcSender sender(channel, std::chrono::seconds(20));
  Replayed replayed;
  ReplayReport report(folder.path() / "answers");
  replayed.status = RunPlan(MakePlan(*shop, kStarted), sender, kOptions, report);
  REQUIRE(report.Finish().ok());
  std::istringstream lines(ReadAll(folder.path() / "answers"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string name, what, id, answer;
    std::getline(fields, name, '\t');
    std::getline(fields, what, '\t');
    std::getline(fields, id, '\t');
    std::getline(fields, answer, '\t');
    CHECK(replayed.answers.emplace(name + " " + what, answer).second);
  }
  REQUIRE(WriteBalances(*shop, channel, folder.path() / "balances").ok());
  replayed.balances = ReadAll(folder.path() / "balances");
  return replayed;
}

void CheckShortShop(const Replayed& replayed) {
  REQUIRE(replayed.status.ok());
  CHECK(replayed.answers.size() == 10);
  CHECK(replayed.answers.at("record_sale 0") == "accepted");
  CHECK(replayed.answers.at("fulfil 2") == "accepted");
  CHECK(replayed.answers.at("reserve 3") == "refused NOT_ENOUGH_AVAILABLE");
  CHECK(replayed.answers.count("commit 3") == 0);
  CHECK(replayed.answers.at("record_sale 4") == "accepted");
  CHECK(replayed.balances == "101\tstore-330\t0\t-3\t-3\t0\t0\t0\n");
}

TEST_CASE("the replay asks for each line once and writes each answer", "[omoctl]") {
  const ShopFolder folder;
  WriteShortShop(folder);
  const FakeInventory inventory;
  CheckShortShop(ReplayOnto(inventory, folder));
  CHECK(inventory.events() == 9);  // Two stores, a unit, a delivery, two sales, three of line 2.
}

TEST_CASE("failures of every kind change no answer and no figure", "[omoctl]") {
  const ShopFolder folder;
  WriteShortShop(folder);
  const FakeInventory inventory([](int attempt) {
    constexpr Mishap kMishaps[] = {Mishap::kAnswerLost, Mishap::kNotRecorded, Mishap::kNotTakenIn,
                                   Mishap::kAnswerLost, Mishap::kNone};
    return kMishaps[attempt % 5];
  });
  CheckShortShop(ReplayOnto(inventory, folder));
  CHECK(inventory.events() == 9);
}

TEST_CASE("a replay repeated changes nothing", "[omoctl]") {
  const ShopFolder folder;
  WriteShortShop(folder);
  const FakeInventory inventory;
  CheckShortShop(ReplayOnto(inventory, folder));
  CheckShortShop(ReplayOnto(inventory, folder));
  CHECK(inventory.events() == 9);
}

TEST_CASE("bad input is told as a broken command, not repeated", "[omoctl]") {
  const Answer answer = ReadFailure({grpc::INVALID_ARGUMENT, "no such field"});
  CHECK(answer.outcome == Outcome::kBroken);
  CHECK(ReadFailure({grpc::FAILED_PRECONDITION, "not one of ours"}).outcome == Outcome::kBroken);
  CHECK(ReadFailure({grpc::UNAVAILABLE, "connection lost"}).outcome == Outcome::kAgain);
}

}  // namespace
}  // namespace omo::omoctl
