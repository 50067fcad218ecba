// Fluent's page on performance: too many virtual catalogues slow everything, as each change of
// stock fans out to every one of them.
#include <string>

#include "tests/support/counted_stock.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

// What a sale and a reservation cost where so many channels have rules of their own.
Count CostWith(int channels) {
  CountedStock stock;
  for (int n = 0; n < channels; ++n) {
    stock.Do(
        ChangeNetwork{{.put_channel = ChannelExposure{.channel = {"channel-" + std::to_string(n)},
                                                      .rules = {{.skus = {.all = true},
                                                                 .places = {.all = true},
                                                                 .buffer = {n % 5, 0},
                                                                 .share_percent = 50}}}},
                      0});
  }
  stock.Do(ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {100, 0}}}});
  const Count sale = stock.Do(RecordSale{{"till"}, 1, omo::testing::kNoon - minutes{1}, {Of(2)}});
  const Count reservation = stock.Do(ReserveStock{.id = {"r1"},
                                                  .owner = "cart",
                                                  .channel = {"channel-0"},
                                                  .lines = {Of(1)},
                                                  .hold_for = minutes{15}});
  return {sale.reads + reservation.reads, sale.writes + reservation.writes};
}

}  // namespace

TEST_CASE("Complaint 32: a change of stock costs the same for one channel and for two hundred",
          "[complaints]") {
  const Count one = CostWith(1);
  const Count many = CostWith(200);
  CHECK(one.writes > 0);
  CHECK(many.reads == one.reads);
  CHECK(many.writes == one.writes);
}

}  // namespace omo::inventory
