// An OMS's best-practice page: imports one minute apart, of which the older comes in later, leave
// figures that only a full reload repairs.
#include <algorithm>
#include <vector>

#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

constexpr Time kTwo = kNoon + std::chrono::hours{14};

// Decides and lets happen what comes of it.
template <class Command>
void Do(MemoryInventory& stock, const Command& command, Time now) {
  const auto decision = stock.Decide(command, now);
  REQUIRE_FALSE(decision.refusal);
  if (decision.event) stock.Evolve(ToInventoryEvent(*decision.event));
}

// What was on hand so many minutes after two.
UploadStock Import(int minute, std::int64_t milk, std::int64_t bread) {
  const auto record = [&](const SkuId& sku, std::int64_t on_hand) {
    return UploadRecord{.id = {"import-" + std::to_string(minute)},
                        .sku = sku,
                        .location = kShop,
                        .on_hand = {on_hand, 0},
                        .as_of = kTwo + minutes{minute}};
  };
  return {.records = {record(kMilk, milk), record(kBread, bread)}, .source = "erp"};
}

}  // namespace

TEST_CASE("Complaint 31: imports one minute apart leave the newest, in whatever order they come",
          "[complaints]") {
  const std::vector<UploadStock> imports{Import(0, 40, 7), Import(1, 38, 7), Import(2, 35, 9)};
  std::vector<int> order{0, 1, 2};
  do {
    MemoryInventory stock;
    Do(stock, ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {50, 0}}}}, kNoon);
    Time now = kTwo + minutes{5};
    // Sold while the imports are on their way: before the newest one was taken, and after.
    for (const int minute : {1, 3}) {
      Do(stock,
         RecordSale{.device = {"till"},
                    .sequence = minute,
                    .occurred_at = kTwo + minutes{minute},
                    .lines = {Of(2)}},
         now);
    }
    for (const int next : order) {
      for (int repeat = 0; repeat < 2; ++repeat) {
        Do(stock, imports[static_cast<std::size_t>(next)], now += minutes{1});
      }
    }
    CHECK(stock.figures.Get({kMilk, kShop}).on_hand == 33);
    CHECK(stock.figures.Get({kBread, kShop}).on_hand == 9);
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace omo::inventory
