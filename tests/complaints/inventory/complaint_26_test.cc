// spree/spree 7328, 4574: a negative balance stands for backorders, so that a logistics partner's
// "correction to 0" releases them.
#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

ReserveStock Ask(std::int64_t quantity, const char* id) {
  return {.id = {id}, .owner = "order", .lines = {Of(quantity)}, .hold_for = minutes{15}};
}

template <class Command>
void Do(MemoryInventory& stock, const Command& command) {
  const auto decision = stock.Decide(command, kNoon);
  REQUIRE_FALSE(decision.refusal);
  if (decision.event) stock.Evolve(ToInventoryEvent(*decision.event));
}

}  // namespace

TEST_CASE("Complaint 26: a correction of what is on hand releases no backorder, and grants none",
          "[complaints]") {
  MemoryInventory stock;
  Do(stock, ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {2, 0}}}});
  Do(stock,
     SetStockRules{.sku = kMilk,
                   .location = kShop,
                   .rules = {.backorder = BackorderKind::kLimited, .backorder_limit = {4, 0}}});
  Do(stock, Ask(5, "order-1"));  // Two that are there, three to come.
  Do(stock, CommitReservation{{"order-1"}, kMilk, "order"});
  CHECK(stock.figures.Get({kMilk, kShop}).Available() == -3);
  for (const std::int64_t counted : {0, 0, 2}) {
    Do(stock, SetStock{.sku = kMilk, .location = kShop, .on_hand = {counted, 0}, .reason = "3pl"});
    Do(stock, UploadStock{.records = {{.id = {"3pl-" + std::to_string(counted)},
                                       .sku = kMilk,
                                       .location = kShop,
                                       .on_hand = {counted, 0},
                                       .as_of = kNoon}},
                          .source = "3pl"});
    const Figures figures = stock.figures.Get({kMilk, kShop});
    CHECK(figures.on_hand == counted);
    CHECK(figures.committed == 5);
    CHECK(figures.Available() == counted - 5);
    CHECK(stock.reservations.Get({"order-1"}).Total().Open() == 5);
    // The limit is of what is promised beyond what is there, whoever corrected what.
    const Quantity left = std::max<Quantity>(0, counted - 5 + 4);
    CHECK(stock.Decide(Ask(left + 1, "order-2"), kNoon).refusal ==
          StockRefusal::kNotEnoughAvailable);
    if (left > 0) CHECK(stock.Decide(Ask(left, "order-2"), kNoon).event.has_value());
  }
  // What comes is the backorder's first.
  Do(stock, ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {3, 0}}}});
  CHECK(stock.figures.Get({kMilk, kShop}).Available() == 0);
  Do(stock, FulfilReservation{{"order-1"}, kMilk, {}, false, false});
  CHECK(stock.figures.Get({kMilk, kShop}).on_hand == 0);
}

}  // namespace omo::inventory
