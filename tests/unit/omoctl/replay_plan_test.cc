#include "services/omoctl/replay_plan.h"

#include <set>

#include "libs/core/uuid.h"
#include "tests/support/catch.h"
#include "tests/unit/omoctl/shop_folder.h"

namespace omo::omoctl {
namespace {

namespace api = omo::inventory::v1;
constexpr Time kStarted{Duration{1'700'000'000'000}};

TEST_CASE("the plan opens stores, defines units, receives stock, then sells", "[omoctl]") {
  const ShopFolder folder;
  const auto shop = ReadShop(folder.path());
  const auto plan = MakePlan(*shop, kStarted);
  REQUIRE(plan.size() == 4);
  CHECK(plan[0].tasks == 2);
  REQUIRE(plan[1].tasks == 1);
  const auto unit = std::get<api::DefineUnitRequest>(plan[1].make(0, 0).request);
  CHECK(unit.sku() == "202");
  CHECK(unit.scale() == 3);
  REQUIRE(plan[2].tasks == 2);
  const auto receipt = std::get<api::ReceiveStockRequest>(plan[2].make(0, 0).request);
  REQUIRE(receipt.lines_size() == 1);  // Nothing arrives of a pair without stock.
  CHECK(receipt.lines(0).location() == "store-330");
  CHECK(receipt.lines(0).quantity().value() == 2);
  CHECK(plan[3].tasks == 3);
}

TEST_CASE("a receipt of many stores is split at 100 lines", "[omoctl]") {
  Shop shop;
  shop.skus = {{.id = "101"}};
  for (std::uint32_t store = 0; store < 250; ++store) {
    shop.stores.push_back({"store-" + std::to_string(store), ""});
    shop.deliveries.push_back({.sku = 0, .store = store, .quantity = 1});
  }
  const Phase receive = MakePlan(shop, kStarted)[2];
  REQUIRE(receive.tasks == 3);
  int lines = 0;
  std::set<std::string> names;
  for (std::size_t task = 0; task < 3; ++task) {
    const Step step = receive.make(task, 0);
    lines += std::get<api::ReceiveStockRequest>(step.request).lines_size();
    names.insert(step.what);
  }
  CHECK(lines == 250);
  CHECK(names == std::set<std::string>{"101/0", "101/1", "101/2"});
}

TEST_CASE("a reserved line is reserved, committed and fulfilled under one reservation id",
          "[omoctl]") {
  const ShopFolder folder;
  const auto shop = ReadShop(folder.path());
  const Phase sell = MakePlan(*shop, kStarted)[3];
  REQUIRE(sell.steps(1) == 3);
  const auto reserve = std::get<api::ReserveStockRequest>(sell.make(1, 0).request);
  const auto commit = std::get<api::CommitReservationRequest>(sell.make(1, 1).request);
  const auto fulfil = std::get<api::FulfilReservationRequest>(sell.make(1, 2).request);
  CHECK(reserve.reservation_id() == commit.reservation_id());
  CHECK(reserve.reservation_id() == fulfil.reservation_id());
  CHECK(reserve.lines(0).quantity().value() == 1);
  CHECK(reserve.owner() == "basket-12");
  CHECK(std::set<std::string>{reserve.command_id(), commit.command_id(), fulfil.command_id()}
            .size() == 3);
}

TEST_CASE("a sale carries its till, sequence, time and the SKU's scale", "[omoctl]") {
  const ShopFolder folder;
  const auto shop = ReadShop(folder.path());
  const Phase sell = MakePlan(*shop, kStarted)[3];
  CHECK(sell.steps(2) == 1);
  const auto sale = std::get<api::RecordSaleRequest>(sell.make(2, 0).request);
  CHECK(sale.device() == "till-406");
  CHECK(sale.sequence() == 1);
  CHECK(sale.occurred_at_ms() == 1'483'271'608'000);
  CHECK(sale.lines(0).quantity().value() == 12'000);
  CHECK(sale.lines(0).quantity().scale() == 3);
}

TEST_CASE("a command's id is a UUIDv7 of the run's start and the same each time", "[omoctl]") {
  const std::string id = CommandId(kStarted, "record_sale", "17");
  CHECK(UuidTime(id) == kStarted);
  CHECK(CommandId(kStarted, "record_sale", "17") == id);
  CHECK(CommandId(kStarted, "record_sale", "18") != id);
  CHECK(CommandId(kStarted, "reserve", "17") != id);
}

}  // namespace
}  // namespace omo::omoctl
