// The continuous check of the register (INV-37): a wrong figure and a leak are found, and a shop at
// work is never suspected.
#include "services/inventory/register_audit.h"

#include <random>

#include "services/inventory/register_watch.h"
#include "tests/support/inventory.h"
#include "tests/support/wait.h"
#include "tests/unit/inventory_api/inventory_door.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;

// A shard's rows, changed by events as a follower does.
class Shelf {
 public:
  template <class Event>
  void Evolve(const Event& event) {
    store::Store::WriteSection section(*store_);
    section.Direct();
    model_.Evolve(shard::TypedFact<InventoryEvent>(InventoryEvent(event)));
  }
  template <class Command>
  void Do(const Command& command, Time now) {
    auto states = model_.States();
    const auto decision = Decide(std::get<StockState>(states), command, now);
    if (decision.event) Evolve(ToInventoryEvent(*decision.event));
  }
  // What the owner's timers do at `now`. Returns how many were due.
  std::size_t RunTimers(Time now) {
    std::vector<std::unique_ptr<shard::CommandBody>> due;
    model_.Due(now, SIZE_MAX, due);
    for (const auto& body : due) {
      const shard::Decided decided = body->Decide(model_, now);
      REQUIRE(decided.fact != nullptr);
      store::Store::WriteSection section(*store_);
      section.Direct();
      model_.Evolve(*decided.fact);
    }
    return due.size();
  }
  // Changes a row behind the rules' back.
  template <class Change>
  void Damage(Change change) {
    store::Store::WriteSection section(*store_);
    section.Direct();
    change(model_);
  }
  std::optional<RegisterFindings> Step(RegisterAudit& audit, Time stamp) {
    const store::Store::ReadLock lock(*store_);
    return audit.Step(model_, stamp, stamp);
  }
  RegisterFindings WholePass(Time now = kNoon) {
    RegisterAudit audit;
    for (;;) {
      if (auto findings = Step(audit, now)) return *std::move(findings);
    }
  }

 private:
  store::Resources resources_;
  std::unique_ptr<store::Store> store_ = store::Store::OpenInMemory("test", resources_);
  InventoryModel model_{*store_};
};

ReservationId Nth(std::uint64_t nth) { return {"r" + std::to_string(nth)}; }

// One random thing that happens to the `nth` reservation.
void Happen(Shelf& shelf, std::mt19937_64& random, std::uint64_t nth, Time now) {
  const SkuId sku{"sku-" + std::to_string(nth % 3)};
  const ReservationId id = Nth(nth);
  switch (random() % 6) {
    case 0:
      return shelf.Do(CommitReservation{.id = id, .sku = sku}, now);
    case 1:
      return shelf.Do(ReleaseReservation{.id = id, .sku = sku}, now);
    case 2:
      return shelf.Do(FulfilReservation{.id = id, .sku = sku}, now);
    case 3:
      return shelf.Do(ExpireReservation{id}, now);
    case 4:
      return shelf.Do(
          TransferReservation{
              .id = id, .lines = {{.sku = sku, .from = kShop, .to = kDepot, .amount = {1, 0}}}},
          now);
    default:
      return shelf.Do(ReserveStock{.id = id,
                                   .owner = "cart",
                                   .lines = {Of(1 + nth % 2, kShop, sku)},
                                   .hold_for = minutes{15}},
                      now);
  }
}

// A decider with a mistake: it gives one unit back where the reservation held two.
class CarelessRelease final : public shard::CommandBody {
 public:
  shard::Decided Decide(shard::Model&, Time) const override {
    shard::Decided decided;
    decided.fact = std::make_unique<shard::TypedFact<InventoryEvent>>(
        InventoryEvent(ReservationExpired{kCart, {Moved(1, {})}}));
    return decided;
  }
  std::uint64_t Hash() const override { return 1; }
  std::string_view name() const override { return "careless_release"; }
};

}  // namespace

TEST_CASE("a figure that is not the sum of its reservations is found", "[inventory_api]") {
  Shelf shelf;
  shelf.Evolve(Received(10));
  shelf.Evolve(Received(10, kDepot, kBread));
  shelf.Evolve(Held(3));
  CHECK(shelf.WholePass().sums.empty());
  CHECK(shelf.WholePass().reservations == 1);

  const FiguresKey milk{kMilk, kShop};
  shelf.Damage([&](InventoryModel& model) {
    Figures figures = model.figures.Get(milk);
    figures.reserved = 2;
    model.figures.Put(milk, figures);
  });
  const RegisterFindings wrong = shelf.WholePass();
  REQUIRE(wrong.sums.size() == 1);
  CHECK(wrong.sums[0].key == milk);
  CHECK((wrong.sums[0].figures == Kept{.reserved = 2}));
  CHECK((wrong.sums[0].reservations == Kept{.reserved = 3}));
  CHECK(wrong.leaks.empty());

  // Nobody holds what the figures say is committed; and a place without figures.
  shelf.Damage([&](InventoryModel& model) {
    model.figures.Erase(milk);
    model.figures.Put({kBread, kDepot}, {.on_hand = 10, .committed = 1});
  });
  CHECK(shelf.WholePass().sums.size() == 2);
}

TEST_CASE("a reservation that outlives its end is found", "[inventory_api]") {
  Shelf shelf;
  shelf.Evolve(Received(10));
  shelf.Evolve(Held(3));
  CHECK(shelf.WholePass(kNoon + minutes{15}).leaks.empty());
  const RegisterFindings late = shelf.WholePass(kNoon + minutes{17});
  REQUIRE(late.leaks.size() == 1);
  CHECK((late.leaks[0].id == kCart));
  CHECK(late.leaks[0].leak == Leak::kOverdue);
  CHECK(late.sums.empty());

  shelf.Damage([](InventoryModel& model) {
    model.timers.Erase({.due = kNoon + minutes{15}, .kind = kExpiryTimer, .subject = kCart.value});
  });
  const RegisterFindings endless = shelf.WholePass();
  REQUIRE(endless.leaks.size() == 1);
  CHECK(endless.leaks[0].leak == Leak::kNoTimer);
}

TEST_CASE("a shop at work is never suspected, and a fault in it is found", "[inventory_api]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    Shelf shelf;
    for (int sku = 0; sku < 3; ++sku) {
      shelf.Evolve(Received(100'000, kShop, {"sku-" + std::to_string(sku)}));
    }
    RegisterAudit audit;
    Time now = kNoon;
    int passes = 0;
    std::int64_t looked_at = 0;
    std::size_t expired = 0;
    for (std::uint64_t made = 0; passes < 5 || made < 5'000; ++made) {
      // Mostly busy moments, at times two quiet minutes: holds end in between.
      now += made % 500 == 499 ? minutes{2} : Duration{random() % 3};
      expired += shelf.RunTimers(now);
      Happen(shelf, random, random() % 2'000, now);
      if (made < 1'000 || random() % 4 != 0) continue;
      const auto findings = shelf.Step(audit, now);
      if (!findings) continue;
      ++passes;
      looked_at = std::max(looked_at, findings->reservations);
      CHECK(findings->sums.empty());
      CHECK(findings->leaks.empty());
      CHECK(findings->unproven == 0);
    }
    CHECK(now > kNoon + minutes{16});
    CHECK(expired > 50);
    CHECK(looked_at > 256);  // A pass took several steps, so things happened in the middle.
    shelf.Evolve(StockReserved{.id = {"last"},
                               .lines = {{.sku = {"sku-1"}, .location = kShop, .quantity = 2}},
                               .reserved_at = now,
                               .expires_at = now + minutes{1}});
    shelf.Evolve(ReservationExpired{{"last"}, {Moved(1, {}, kShop, {"sku-1"})}});
    CHECK(shelf.WholePass(now).sums.size() == 1);
  }
}

TEST_CASE("the watch tells of a fault in the metrics", "[inventory_api]") {
  InventoryDoor door;
  telemetry::Metrics metrics;
  RegisterWatch watch(door.runtime(), metrics);
  const auto shows = [&](const std::string& line) {
    watch.Tick();
    return metrics.Text().find("\n" + line + "\n") != std::string::npos;
  };
  door.Receive(kMilk.value, kShop.value, 10);
  const std::string reserve =
      "reservation_id: 'r1' owner: 'ann' hold_seconds: 600 lines { sku: 'milk' location: 'shop' "
      "quantity { value: 2 } }";
  REQUIRE(door.Ask(&Commands::ReserveStock, reserve).status.ok());
  REQUIRE(testing::WaitUntil([&] { return shows("omo_inventory_register_passes_total 8"); }));
  CHECK(shows("omo_inventory_register_sum_faults 0"));
  CHECK_FALSE(shows("omo_inventory_register_reservations_total 0"));

  auto careless = std::make_unique<shard::Command>();
  careless->body = std::make_unique<CarelessRelease>();
  careless->id = NewId();
  careless->envelope.caller = "test";
  door.runtime().Submit(door.runtime().ShardOfKey(kMilk.value), std::move(careless));
  CHECK(testing::WaitUntil([&] { return shows("omo_inventory_register_sum_faults 1"); }));
  CHECK(shows("omo_inventory_register_leaks 0"));
}

}  // namespace omo::inventory
