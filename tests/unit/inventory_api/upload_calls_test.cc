// Uploads of what was on hand, as an ERP or a counting team makes them.
#include <algorithm>
#include <vector>

#include "tests/support/bulk_caller.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

// To the second, so that records and sales lie where they say.
Time Ago(Duration ago) { return std::chrono::floor<std::chrono::seconds>(shard::WallNow() - ago); }

std::string Record(const std::string& id, std::int64_t on_hand, Time as_of,
                   const std::string& sku = "milk") {
  return " records { record_id: '" + id + "' sku: '" + sku +
         "' location: 'shop' on_hand { value: " + std::to_string(on_hand) +
         " } as_of_ms: " + std::to_string(ToMillis(as_of)) + " }";
}
std::string SaleAt(std::int64_t sequence, Time occurred_at, std::int64_t quantity) {
  return "device: 'till' sequence: " + std::to_string(sequence) +
         " occurred_at_ms: " + std::to_string(ToMillis(occurred_at)) +
         " lines { sku: 'milk' location: 'shop' quantity { value: " + std::to_string(quantity) +
         " } }";
}

std::vector<v1::UploadOutcome> Outcomes(const v1::UploadStockResponse& response) {
  std::vector<v1::UploadOutcome> outcomes;
  for (const v1::UploadResult& result : response.results()) outcomes.push_back(result.outcome());
  return outcomes;
}

// How many events of the type the shards' logs hold.
std::ptrdiff_t Events(const InventoryDoor& door, const std::string& type) {
  std::ptrdiff_t events = 0;
  for (ShardId shard = 0; shard < kDoorShards; ++shard) {
    const auto log = door.Log(shard);
    events += std::count_if(log.begin(), log.end(), [&](const journal::Record& record) {
      return record.type == "omo.inventory.events.v1." + type;
    });
  }
  return events;
}

}  // namespace

TEST_CASE("UploadStock as of a while ago leaves what was sold since", "[inventory_api]") {
  InventoryDoor door;
  REQUIRE(door.Ask(&Commands::RecordSale, SaleAt(1, Ago(minutes{20}), 5)).status.ok());
  REQUIRE(door.Ask(&Commands::RecordSale, SaleAt(2, Ago(minutes{5}), 3)).status.ok());
  const auto answer = door.Ask(&Commands::UploadStock, "source: 'erp' reason: 'nightly'" +
                                                           Record("e1", 40, Ago(minutes{10})));
  INFO(answer.status.error_message());
  REQUIRE(answer.status.ok());
  CHECK_FALSE(answer.response.duplicate());
  REQUIRE(answer.response.results_size() == 1);
  const v1::UploadResult& result = answer.response.results(0);
  CHECK(result.record_id() == "e1");
  CHECK(result.sku() == "milk");
  CHECK(result.location() == "shop");
  CHECK(result.outcome() == v1::UPLOAD_OUTCOME_APPLIED);
  CHECK(result.difference() == 45);
  CHECK(result.figures().on_hand() == 37);
  CHECK(door.FiguresOf("milk", "shop").on_hand() == 37);

  const auto late = door.Ask(&Commands::RecordSale, SaleAt(3, Ago(minutes{15}), 2));
  REQUIRE(late.status.ok());
  CHECK(late.response.lines(0).already_counted());
  CHECK(late.response.lines(0).quantity() == 2);
  CHECK(door.FiguresOf("milk", "shop").on_hand() == 37);

  const auto ledger = door.Ask(&Queries::ListMovements, "sku: 'milk' location: 'shop'");
  REQUIRE(ledger.status.ok());
  REQUIRE(ledger.response.movements_size() == 3);
  const auto uploaded = std::find_if(
      ledger.response.movements().begin(), ledger.response.movements().end(),
      [](const v1::Movement& each) { return each.kind() == v1::MOVEMENT_KIND_UPLOADED; });
  REQUIRE(uploaded != ledger.response.movements().end());
  CHECK(uploaded->quantity() == 45);
  CHECK(uploaded->reason() == "nightly");
}

TEST_CASE("UploadStock names what became of each record, and what is missing", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  REQUIRE(door.Ask(&Commands::ReserveStock,
                   "reservation_id: 'r1' owner: 'cart' hold_seconds: 600"
                   " lines { sku: 'milk' location: 'shop' quantity { value: 4 } }")
              .status.ok());
  const Time as_of = shard::WallNow() + minutes{1};  // A clock a little ahead.
  const auto answer =
      door.Ask(&Commands::UploadStock,
               Record("e1", 3, as_of) + Record("e1", 3, as_of) + Record("e1", 2, as_of) +
                   Record("e0", 8, as_of - minutes{5}) + Record("e2", 3, as_of + minutes{1}));
  REQUIRE(answer.status.ok());
  CHECK(Outcomes(answer.response) ==
        std::vector{v1::UPLOAD_OUTCOME_APPLIED, v1::UPLOAD_OUTCOME_ALREADY_APPLIED,
                    v1::UPLOAD_OUTCOME_RECORD_ID_IN_USE, v1::UPLOAD_OUTCOME_OUTDATED,
                    v1::UPLOAD_OUTCOME_UNCHANGED});
  CHECK_FALSE(answer.response.results(1).has_figures());
  CHECK(answer.response.results(4).figures().on_hand() == 3);
  REQUIRE(answer.response.shortfalls_size() == 1);
  CHECK(answer.response.shortfalls(0).quantity() == 1);
}

TEST_CASE("an upload of nothing new writes nothing, and is told so record by record",
          "[inventory_api]") {
  InventoryDoor door;
  const Time as_of = Ago(minutes{1});
  REQUIRE(door.Ask(&Commands::UploadStock, Record("e1", 7, as_of)).status.ok());
  REQUIRE(Events(door, "StockUploaded") == 1);
  const std::string again = Record("e1", 7, as_of) + Record("e1", 8, as_of) +
                            Record("e0", 9, Ago(minutes{9})) +
                            Record("b1", 9, Ago(std::chrono::hours{49}), "milk");
  for (int i = 0; i < 2; ++i) {
    const auto answer = door.Ask(&Commands::UploadStock, again);
    REQUIRE(answer.status.ok());
    CHECK(answer.response.duplicate());
    CHECK(Outcomes(answer.response) ==
          std::vector{v1::UPLOAD_OUTCOME_ALREADY_APPLIED, v1::UPLOAD_OUTCOME_RECORD_ID_IN_USE,
                      v1::UPLOAD_OUTCOME_OUTDATED, v1::UPLOAD_OUTCOME_OUTDATED});
    door.RestartFromLog();
  }
  const auto never =
      door.Ask(&Commands::UploadStock, Record("b1", 9, Ago(std::chrono::hours{49}), SkuIn(0)));
  REQUIRE(never.status.ok());
  CHECK(Outcomes(never.response) == std::vector{v1::UPLOAD_OUTCOME_TOO_OLD});
  CHECK(Events(door, "StockUploaded") == 1);
  CHECK(door.FiguresOf("milk", "shop").on_hand() == 7);
}

TEST_CASE("an upload stream that broke is sent again from its beginning, and done once",
          "[inventory_api]") {
  InventoryDoor door;
  constexpr int kRecords = 400;
  const Time as_of = Ago(minutes{1});
  const auto request_of = [&](int record) {
    v1::UploadStockRequest request;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(
        Record("e" + std::to_string(record), record % 7, as_of, "sku-" + std::to_string(record)),
        &request));
    return request;
  };
  const auto send = [&](int records) {
    testing::BulkCaller caller(door.channel(), InventoryDoor::MakeCall(InventoryDoor::Staff()));
    for (int i = 0; i < records; ++i) {
      v1::UploadStockRequest request = request_of(i);
      request.set_command_id(NewId());  // Another than the first time: the records' ids count.
      caller.Add(static_cast<std::uint64_t>(i), "omo.inventory.v1.InventoryService/UploadStock",
                 request.SerializeAsString());
    }
    REQUIRE(caller.Send());
    return caller.Read(static_cast<std::size_t>(records));
  };
  const auto count = [](const testing::BulkCaller::Answers& answers, v1::UploadOutcome outcome) {
    return std::count_if(answers.begin(), answers.end(), [&](const auto& answer) {
      v1::UploadStockResponse response;
      REQUIRE(answer.second.has_response());
      REQUIRE(response.ParseFromString(answer.second.response()));
      return response.results(0).outcome() == outcome;
    });
  };
  const auto first = send(150);
  CHECK(count(first, v1::UPLOAD_OUTCOME_ALREADY_APPLIED) == 0);
  const auto all = send(kRecords);
  CHECK(count(all, v1::UPLOAD_OUTCOME_ALREADY_APPLIED) == 150);
  CHECK(Events(door, "StockUploaded") == kRecords);
  const auto again = send(kRecords);
  CHECK(count(again, v1::UPLOAD_OUTCOME_ALREADY_APPLIED) == kRecords);
  CHECK(Events(door, "StockUploaded") == kRecords);
  CHECK(door.FiguresOf("sku-6", "shop").on_hand() == 6);
}

}  // namespace omo::inventory
