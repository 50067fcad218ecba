// The commands that change what there is, through the door.
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

std::string SaleOf(const std::string& sku, std::int64_t sequence, std::int64_t quantity) {
  return "device: 'till-1' sequence: " + std::to_string(sequence) +
         " occurred_at_ms: 1000 lines { sku: '" + sku +
         "' location: 'shop' quantity { value: " + std::to_string(quantity) + " } }";
}

}  // namespace

TEST_CASE("ReceiveStock answers each line with the figures behind it", "[inventory_api]") {
  InventoryDoor door;
  const auto answer = door.Ask(
      &Commands::ReceiveStock,
      "lines { sku: 'milk' location: 'shop' quantity { value: 5 } }"
      "lines { sku: 'milk' location: 'shop' quantity { value: 2 } bucket: BUCKET_DAMAGED }");
  REQUIRE(answer.status.ok());
  CHECK_FALSE(answer.response.duplicate());
  CHECK(answer.response.position().log_id() != 0);
  CHECK(answer.response.position().offset() > 0);
  REQUIRE(answer.response.lines_size() == 2);
  CHECK(answer.response.lines(0).figures().available() == 5);
  const v1::LineOutcome& second = answer.response.lines(1);
  CHECK(second.sku() == "milk");
  CHECK(second.location() == "shop");
  CHECK(second.quantity() == 2);
  CHECK(second.ordered() == 2);
  CHECK(second.figures().on_hand() == 7);
  CHECK(second.figures().available() == 5);
  CHECK(second.figures().damaged() == 2);
}

TEST_CASE("ReceiveStock takes what has arrived from what was expected", "[inventory_api]") {
  InventoryDoor door;
  const auto expected =
      door.Ask(&Commands::AdjustStock,
               "sku: 'milk' location: 'shop' bucket: BUCKET_INCOMING delta { value: 5 }"
               " reason: 'ordered'");
  REQUIRE(expected.status.ok());
  CHECK(expected.response.line().figures().available_to_order() == 5);
  const auto answer = door.Ask(&Commands::ReceiveStock,
                               "lines { sku: 'milk' location: 'shop' quantity { value: 4 }"
                               " from_incoming { value: 4 } }");
  REQUIRE(answer.status.ok());
  CHECK(answer.response.lines(0).figures().incoming() == 1);
  CHECK(answer.response.lines(0).figures().on_hand() == 4);
  CHECK(answer.response.lines(0).figures().available_to_order() == 5);
}

TEST_CASE("AdjustStock names the shortfall that it makes", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 1);
  const auto answer = door.Ask(&Commands::AdjustStock,
                               "sku: 'milk' location: 'shop' delta { value: -3 } reason: 'lost'");
  REQUIRE(answer.status.ok());
  CHECK(answer.response.line().quantity() == -3);
  CHECK(answer.response.line().figures().available() == -2);
  REQUIRE(answer.response.shortfalls_size() == 1);
  CHECK(answer.response.shortfalls(0).sku() == "milk");
  CHECK(answer.response.shortfalls(0).location() == "shop");
  CHECK(answer.response.shortfalls(0).quantity() == 2);
  CHECK(answer.response.shortfalls(0).total() == 2);
}

TEST_CASE("SetStock lets the one through who knew what was on hand", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const std::string set = "sku: 'milk' location: 'shop' reason: 'count' on_hand { value: 9 } ";
  const auto first = door.Ask(&Commands::SetStock, set + "expected_from { value: 10 }");
  REQUIRE(first.status.ok());
  CHECK(first.response.line().quantity() == -1);
  CHECK(first.response.line().figures().on_hand() == 9);
  CHECK_FALSE(first.response.duplicate());

  const auto second = door.Ask(&Commands::SetStock, set + "expected_from { value: 10 }");
  const rpc::ErrorInfo stale = rpc::ReadError(second.status);
  CHECK(stale.code == grpc::FAILED_PRECONDITION);
  CHECK(stale.reason == "STALE");
  CHECK(stale.Find("on_hand") == "9");
}

TEST_CASE("SetStock told again undoes nothing that came between", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  v1::SetStockRequest set;
  set.set_command_id(NewId());
  set.set_sku("milk");
  set.set_location("shop");
  set.mutable_on_hand()->set_value(10);
  set.set_from_any(google::protobuf::NULL_VALUE);
  set.set_reason("count");
  const auto first = door.Send(&Commands::SetStock, set);  // It is so already.
  REQUIRE(first.status.ok());
  CHECK(first.response.line().quantity() == 0);
  CHECK_FALSE(first.response.duplicate());
  REQUIRE(door.Ask(&Commands::AdjustStock,
                   "sku: 'milk' location: 'shop' delta { value: -1 } reason: 'broken'")
              .status.ok());
  const auto again = door.Send(&Commands::SetStock, set);  // Its answer was lost on the way.
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  CHECK(again.response.line().figures().on_hand() == 10);
  const auto now = door.Ask(&Commands::SetStock,
                            "sku: 'milk' location: 'shop' reason: 'count' on_hand { value: 9 }"
                            " expected_from { value: 9 }");
  REQUIRE(now.status.ok());
  CHECK(now.response.line().quantity() == 0);
}

TEST_CASE("SetStock without a word of what it was taken for is bad input", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 10);
  const std::string set = "sku: 'milk' location: 'shop' reason: 'count' on_hand { value: 9 } ";
  const rpc::ErrorInfo none = rpc::ReadError(door.Ask(&Commands::SetStock, set).status);
  CHECK(none.reason == "REQUIRED");
  CHECK(none.Find("field") == "expected_from");
  CHECK(door.Ask(&Commands::SetStock, set + "from_any: NULL_VALUE").status.ok());
}

TEST_CASE("MoveStockState moves units between states where they are", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 5);
  const std::string move =
      "sku: 'milk' location: 'shop' to: BUCKET_QUALITY_CONTROL quantity { value: 4 }";
  const auto answer = door.Ask(&Commands::MoveStockState, move);
  REQUIRE(answer.status.ok());
  CHECK(answer.response.line().figures().on_hand() == 5);
  CHECK(answer.response.line().figures().available() == 1);
  CHECK(answer.response.line().figures().quality_control() == 4);
  const auto again = door.Ask(&Commands::MoveStockState, move);
  CHECK(again.status.error_code() == grpc::FAILED_PRECONDITION);
  CHECK(again.reason() == "NOT_ENOUGH_IN_BUCKET");
  CHECK(again.error().Find("in_bucket") == "1");
}

TEST_CASE("RecordSale is never refused for want of stock", "[inventory_api]") {
  InventoryDoor door;
  door.Receive("milk", "shop", 1);
  const auto answer = door.Ask(&Commands::RecordSale, SaleOf("milk", 1, 3));
  REQUIRE(answer.status.ok());
  CHECK(answer.response.lines(0).quantity() == 3);
  CHECK(answer.response.lines(0).figures().on_hand() == -2);
  REQUIRE(answer.response.shortfalls_size() == 1);
  CHECK(answer.response.shortfalls(0).quantity() == 2);
}

TEST_CASE("a sale told again under another command id is the same sale", "[inventory_api]") {
  InventoryDoor door;
  const std::string sale =
      "device: 'till-1' sequence: 7 occurred_at_ms: 1000"
      " lines { sku: 'milk' location: 'shop' quantity { value: 3 } }"
      " lines { sku: 'milk' location: 'shop' quantity { value: 1 } }";
  const auto first = door.Ask(&Commands::RecordSale, sale);
  REQUIRE(first.status.ok());
  const auto again = door.Ask(&Commands::RecordSale, sale);
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  REQUIRE(again.response.lines_size() == 1);
  CHECK(again.response.lines(0).quantity() == 4);
  CHECK_FALSE(again.response.lines(0).has_figures());
  CHECK(door.FiguresOf("milk", "shop").on_hand() == -4);

  const auto other = door.Ask(&Commands::RecordSale, SaleOf("milk", 7, 5));
  CHECK(other.status.error_code() == grpc::ALREADY_EXISTS);
  CHECK(other.reason() == "SALE_ID_IN_USE");
}

TEST_CASE("a receipt over two shards is told in two parts, under the till's one number",
          "[inventory_api]") {
  InventoryDoor door;
  const std::string here = SkuIn(1);
  const std::string there = SkuIn(2);
  const auto line = [](const std::string& sku) {
    return " lines { sku: '" + sku + "' location: 'shop' quantity { value: 1 } }";
  };
  const std::string receipt = "device: 'till-1' sequence: 7 occurred_at_ms: 1000";
  const auto whole = door.Ask(&Commands::RecordSale, receipt + line(here) + line(there));
  CHECK(whole.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(whole.reason() == "LINES_OF_SEVERAL_SHARDS");
  CHECK(door.FiguresOf(here, "shop").on_hand() == 0);
  CHECK(door.FiguresOf(there, "shop").on_hand() == 0);

  // A shard knows the number by itself: each part is a sale, once.
  for (const bool told_before : {false, true}) {
    for (const std::string& sku : {here, there}) {
      const auto part = door.Ask(&Commands::RecordSale, receipt + line(sku));
      REQUIRE(part.status.ok());
      CHECK(part.response.duplicate() == told_before);
      CHECK(door.FiguresOf(sku, "shop").on_hand() == -1);
    }
  }
}

// A clock far off is bad input (design.md 7), not a refusal: nothing was written, so nothing is
// lost once the till tells the time aright.
TEST_CASE("a sale of a till whose clock is far ahead is taken once its time can be",
          "[inventory_api]") {
  InventoryDoor door;
  const auto sale_at = [](Time time) {
    return "device: 'till-1' sequence: 7 occurred_at_ms: " + std::to_string(ToMillis(time)) +
           " lines { sku: 'milk' location: 'shop' quantity { value: 1 } }";
  };
  const auto ahead =
      door.Ask(&Commands::RecordSale, sale_at(shard::WallNow() + std::chrono::minutes{11}));
  CHECK(ahead.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(ahead.reason() == "OCCURRED_IN_FUTURE");
  CHECK(door.FiguresOf("milk", "shop").on_hand() == 0);

  const auto mended =
      door.Ask(&Commands::RecordSale, sale_at(shard::WallNow() + std::chrono::minutes{9}));
  REQUIRE(mended.status.ok());
  CHECK_FALSE(mended.response.duplicate());
  CHECK(door.FiguresOf("milk", "shop").on_hand() == -1);
}

TEST_CASE("DefineUnit fixes how a SKU is counted before it moves", "[inventory_api]") {
  InventoryDoor door;
  REQUIRE(door.Ask(&Commands::DefineUnit, "sku: 'milk' unit: 'l' scale: 2").status.ok());
  const auto received =
      door.Ask(&Commands::ReceiveStock,
               "lines { sku: 'milk' location: 'shop' quantity { value: 15 scale: 1 } }");
  REQUIRE(received.status.ok());
  CHECK(received.response.lines(0).quantity() == 150);
  CHECK(received.response.lines(0).scale() == 2);
  const auto exact =
      door.Ask(&Commands::ReceiveStock,
               "lines { sku: 'milk' location: 'shop' quantity { value: 1 scale: 3 } }");
  CHECK(exact.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(exact.reason() == "QUANTITY_NOT_EXACT");

  const auto again = door.Ask(&Commands::DefineUnit, "sku: 'milk' unit: 'l' scale: 2");
  CHECK(again.response.duplicate());
  const auto late = door.Ask(&Commands::DefineUnit, "sku: 'milk' unit: 'ml' scale: 3");
  CHECK(late.reason() == "SCALE_FIXED");
  CHECK(late.error().Find("scale") == "2");
}

TEST_CASE("a repeat with the same id gets the same answer", "[inventory_api]") {
  InventoryDoor door;
  const std::string id = "command_id: '" + NewId() + "' ";
  const auto first = door.Ask(&Commands::RecordSale, id + SaleOf("milk", 1, 3));
  REQUIRE(first.status.ok());
  CHECK_FALSE(first.response.duplicate());
  REQUIRE(door.Ask(&Commands::RecordSale, SaleOf("milk", 2, 3)).status.ok());

  auto again = door.Ask(&Commands::RecordSale, id + SaleOf("milk", 1, 3));
  REQUIRE(again.status.ok());
  CHECK(again.response.duplicate());
  again.response.set_duplicate(false);
  CHECK(again.response.SerializeAsString() == first.response.SerializeAsString());
  CHECK(door.FiguresOf("milk", "shop").on_hand() == -6);
}

TEST_CASE("a command id is good for one body, and for one caller", "[inventory_api]") {
  InventoryDoor door;
  const std::string id = "command_id: '" + NewId() + "' ";
  REQUIRE(door.Ask(&Commands::RecordSale, id + SaleOf("milk", 1, 3)).status.ok());
  const auto other = door.Ask(&Commands::RecordSale, id + SaleOf("milk", 1, 4));
  CHECK(other.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(other.reason() == "COMMAND_ID_REUSED");
  CHECK(other.error().field_errors.at(0).field == "command_id");

  Metadata somebody = InventoryDoor::Staff();
  somebody["omo-caller"] = "somebody";
  const auto theirs = door.Ask(&Commands::RecordSale, id + SaleOf("milk", 2, 4), somebody);
  CHECK(theirs.status.ok());
  CHECK_FALSE(theirs.response.duplicate());
}

TEST_CASE("a command may ask for a position of its shard's log", "[inventory_api]") {
  InventoryDoor door;
  const v1::ReceiveStockResponse received = door.Receive("milk", "shop", 5);
  v1::DefineUnitRequest request;
  request.set_command_id(NewId());
  request.set_sku("milk");
  request.set_unit("piece");
  *request.mutable_min_position() = received.position();
  CHECK(door.Send(&Commands::DefineUnit, request).status.ok());

  request.mutable_min_position()->set_shard((received.position().shard() + 1) % kDoorShards);
  const auto elsewhere = door.Send(&Commands::DefineUnit, request);
  CHECK(elsewhere.status.error_code() == grpc::INVALID_ARGUMENT);
  CHECK(elsewhere.error().field_errors.at(0).field == "min_position.shard");

  *request.mutable_min_position() = received.position();
  request.mutable_min_position()->set_log_id(received.position().log_id() + 1);
  const auto other_log = door.Send(&Commands::DefineUnit, request);
  CHECK(other_log.reason() == "POSITION_OF_ANOTHER_LOG");
}

}  // namespace omo::inventory
