// What uploads leave, whatever came in whatever order.
#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Time kTold = kNoon + hours{24};  // All of it happened before, and is told from here on.

// Something that happened to milk at the shop, and is told later.
struct Told {
  bool upload = false;
  int at = 0;  // Seconds after noon; that of an upload: as of.
  int quantity = 0;
};
std::ostream& operator<<(std::ostream& out, const Told& told) {
  return out << (told.upload ? "{upload as of " : "{sale at ") << told.at << ": " << told.quantity
             << "}";
}

Time TimeOf(const Told& told) { return kNoon + seconds{told.at}; }

// Some seconds, so that they meet; no two uploads of one second.
std::vector<Told> SomeTold() {
  using rc::gen::inRange;
  auto told = *rc::gen::container<std::vector<Told>>(rc::gen::build<Told>(
      rc::gen::set(&Told::upload, rc::gen::weightedElement<bool>({{3, false}, {1, true}})),
      rc::gen::set(&Told::at, inRange(0, 20)), rc::gen::set(&Told::quantity, inRange(1, 9))));
  std::vector<bool> taken(20);
  std::erase_if(told, [&](const Told& one) {
    const auto at = static_cast<std::size_t>(one.at);
    const bool twice = one.upload && taken[at];
    if (one.upload) taken[at] = true;
    return twice;
  });
  return told;
}

class Shop {
 public:
  Shop() { Do(ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {100, 0}}}}, kNoon); }

  void Tell(const Told& told, std::size_t number) {
    now_ += seconds{1};
    if (told.upload) {
      const UploadRecord record{.id = {"e" + std::to_string(told.at)},
                                .sku = kMilk,
                                .location = kShop,
                                .on_hand = {told.quantity, 0},
                                .as_of = TimeOf(told)};
      Do(UploadStock{.records = {record}}, now_);
    } else {
      Do(RecordSale{.device = {"till"},
                    .sequence = static_cast<std::int64_t>(number),
                    .occurred_at = TimeOf(told),
                    .lines = {Of(told.quantity)}},
         now_);
    }
  }
  // Goods that come while all that is told.
  void Receive(int quantity) {
    Do(ReceiveStock{{{.sku = kMilk, .location = kShop, .amount = {quantity, 0}}}}, now_);
    received_ += quantity;
  }
  Quantity on_hand() const { return stock_.figures.Get({kMilk, kShop}).on_hand; }
  Quantity received() const { return received_; }
  const Tracking tracking() const { return stock_.tracking.Get({kMilk, kShop}); }

 private:
  template <class Command>
  void Do(const Command& command, Time now) {
    const auto decision = stock_.Decide(command, now);
    RC_ASSERT(!decision.refusal);
    if (decision.event) stock_.Evolve(ToInventoryEvent(*decision.event));
  }

  MemoryInventory stock_;
  Time now_ = kTold;
  Quantity received_ = 0;
};

// What must be on hand: the newest upload's quantity and all that happened after its second.
Quantity Expected(const std::vector<Told>& told, Quantity received) {
  const Told* newest = nullptr;
  for (const Told& one : told) {
    if (one.upload && (newest == nullptr || one.at > newest->at)) newest = &one;
  }
  Quantity on_hand = newest != nullptr ? newest->quantity : 100;
  for (const Told& one : told) {
    if (!one.upload && (newest == nullptr || one.at > newest->at)) on_hand -= one.quantity;
  }
  return on_hand + received;
}

}  // namespace

TEST_CASE("On hand is what the newest upload said and what happened after, told in any order",
          "[inventory]") {
  CHECK(rc::check("on_hand = newest upload + later movements", [] {
    std::vector<Told> told = SomeTold();
    const Quantity expected = Expected(told, 0);
    for (int order = 0; order < 4; ++order) {
      Shop shop;
      std::size_t number = 0;
      for (const Told& one : told) {
        if (*rc::gen::inRange(0, 4) == 0) shop.Receive(*rc::gen::inRange(1, 5));
        shop.Tell(one, number++);
      }
      RC_ASSERT(shop.on_hand() == expected + shop.received());
      std::shuffle(told.begin(), told.end(), std::mt19937_64(*rc::gen::arbitrary<unsigned>()));
    }
  }));
}

TEST_CASE("Uploads told again change nothing", "[inventory]") {
  CHECK(rc::check("a repeated stream is the stream", [] {
    const std::vector<Told> told = SomeTold();
    Shop shop;
    for (std::size_t i = 0; i < told.size(); ++i) shop.Tell(told[i], i);
    const Quantity on_hand = shop.on_hand();
    const Tracking tracking = shop.tracking();
    for (std::size_t i = 0; i < told.size(); ++i) {
      shop.Tell(told[i], i);
      RC_ASSERT(shop.on_hand() == on_hand);
      RC_ASSERT(shop.tracking() == tracking);
    }
  }));
}

}  // namespace omo::inventory
