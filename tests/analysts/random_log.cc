// Prints what inventory's own deciders make of random commands, for a reader in another language to
// add up: random_log SEED COMMANDS. A line an event: "event", its type, its bytes in hex; then a
// line a row of figures: "figures", SKU, location, and the eight figures in the order of the proto.
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "services/inventory/codec/inventory_codec.h"
#include "services/inventory/domain/inventory.h"
#include "tests/support/inventory.h"

namespace omo::inventory {
namespace {

const SkuId kBox{"box"};

class RandomLog {
 public:
  explicit RandomLog(std::uint64_t seed) : random_(seed) {}

  void Step() {
    now_ += Duration{static_cast<std::int64_t>(Below(30'000))};
    if (Below(9) == 0) Try(RelevelStock{});
    switch (Below(17)) {
      case 0:
      case 1:
        return Try(ReceiveStock{{{SomeSku(), SomePlace(), Some(20), SomeArrival(), Some(3)},
                                 {SomeSku(), SomePlace(), Some(40), Bucket::kAvailable, {}}}});
      case 2:
        return Try(AdjustStock{SomeSku(),
                               SomePlace(),
                               SomeBucket(),
                               {static_cast<std::int64_t>(Below(21)) - 10, 0},
                               "count"});
      case 3:
        return Try(
            MoveStockState{SomeSku(), SomePlace(), SomeBucket(), SomeBucket(), Some(5), "x"});
      case 4:
      case 5:
      case 6:
        return Try(ReserveStock{Named("r", 400),
                                "cart",
                                "web",
                                {SomeLine(), MaybeBox(), MaybeAtCity()},
                                Duration{3'600'000},
                                Below(2) == 0});
      case 7:
        return Try(ExtendReservation{LiveId(), SomeSku(), Duration{7'200'000}});
      case 8:
        return Try(CommitReservation{LiveId(), SomeSku(), "order"});
      case 9:
        return Try(FulfilReservation{LiveId(), SomeSku(), MaybeLines(), Below(4) == 0, true});
      case 10:
        return Try(ReleaseReservation{LiveId(), SomeSku(), MaybeLines()});
      case 11:
        return Try(TransferReservation{
            LiveId(), {{SomeSku(), SomePlace(), SomePlace(), Some(3)}}, Below(2) == 0, true});
      case 12:
        return Below(2) == 0 ? Try(MarkReservationShort{LiveId(), {SomeLine()}, "lost"})
                             : Try(ExpireReservation{LiveId()});
      case 13:
        return Try(UploadStock{{SomeRecord(), SomeRecord()}, "erp", "nightly"});
      case 14:
        return Try(RejectReservation{LiveId(), SomeSku(), {SomeLine()}, SomeReason()});
      case 15:
        return ChangeRules();
      default:  // Some tills tell late.
        return Try(RecordSale{{"till"}, sequence_++, SomeTime(), {SomeLine(), SomeLine()}});
    }
  }

  void PrintFigures() const {
    for (const auto& [key, row] : rows_.figures.rows) {
      std::cout << "figures\t" << key.sku.value << '\t' << key.location.value << '\t' << row.on_hand
                << '\t' << row.reserved << '\t' << row.committed << '\t' << row.damaged << '\t'
                << row.quality_control << '\t' << row.safety_stock << '\t' << row.display << '\t'
                << row.incoming << '\t' << row.quota << '\n';
    }
  }

  template <class Command>
  void Try(const Command& command) {
    const auto decision = rows_.Decide(command, now_);
    if (!decision.event) return;
    const InventoryEvent event = ToInventoryEvent(*decision.event);
    rows_.Evolve(event);
    std::cout << "event\t" << TypeOf(event) << '\t';
    for (const unsigned char byte : Encode(event)) {
      std::cout << "0123456789abcdef"[byte >> 4] << "0123456789abcdef"[byte & 15];
    }
    std::cout << '\n';
  }

 private:
  // A unit at a place, or at their group.
  Line MaybeAtCity() {
    return {SomeSku(), Below(3) == 0 ? PlaceOf({"city"}) : SomePlace(), Some(2)};
  }
  // Rules change no figure, and what is decided under them does.
  void ChangeRules() {
    const auto version = rows_.network.Get({}).version;
    const NetworkChange group{.put_group = PutGroup{{"city"}, {"City", {SomePlace()}, {}}}};
    switch (Below(9)) {
      case 7:
        return Try(ChangeNetwork{Watched(), 0});
      case 5:
      case 6:
        return Try(SetQuota{
            SomeSku(), SomePlace(), {"q"}, {.channel = {"web"}}, Some(5), {}, Below(2) == 0, {}});
      case 0:
        return Try(ChangeNetwork{group, 0});
      case 1:
        return Try(ApplyNetworkChange{version + 1, group});
      case 2:
        return Try(SetPurchaseLimit{SomeSku(), "may", Some(9)});
      case 3:
        return Try(DefineKit{kBox, {{{"a"}, Some(3)}, {{"b"}, Some(2)}}});
      case 4:
        return Try(
            SetStockRules{SomeSku(),
                          SomePlace(),
                          {.backorder = BackorderKind::kLimited, .backorder_limit = Some(5)}});
      default:
        return Try(SetStockRules{SomeSku(), SomePlace(), {.safety = Some(3)}});
    }
  }
  // Two watches, or one of them and at another mark.
  NetworkChange Watched() {
    const auto low = static_cast<std::int64_t>(Below(4));
    const StockWatch picked{.id = "picked",
                            .method = Method::kPickUp,
                            .place = {"shop"},
                            .skus = {.all = true},
                            .low_at = {1, 0},
                            .back_at = {2, 0}};
    ChannelExposure web{.channel = {"web"}, .sells_from = {"city"}};
    web.watches = {
        {.id = "any", .skus = {.all = true}, .low_at = {low, 0}, .back_at = {low + 3, 0}}};
    if (Below(2) == 0) web.watches.push_back(picked);
    return {.put_channel = std::move(web)};
  }
  std::size_t Below(std::size_t limit) { return random_() % limit; }
  Amount Some(std::size_t most) { return {static_cast<std::int64_t>(1 + Below(most)), 0}; }
  SkuId SomeSku() { return {std::string(1, "ab"[Below(2)])}; }
  LocationId SomePlace() { return {Below(2) == 0 ? "depot" : "shop"}; }
  Bucket SomeBucket() { return static_cast<Bucket>(1 + Below(8)); }
  Bucket SomeArrival() { return Below(2) == 0 ? Bucket::kAvailable : SomeBucket(); }
  // Now and then a kit, once there is one.
  Line MaybeBox() {
    const bool is_kit = rows_.kits.Find(kBox) != nullptr;
    return is_kit && Below(3) == 0 ? Line{kBox, SomePlace(), {1, 0}} : SomeLine();
  }
  Line SomeLine() { return {SomeSku(), SomePlace(), Some(4)}; }
  Time SomeTime() { return now_ - Duration{static_cast<std::int64_t>(Below(5) * Below(200'000))}; }
  std::string SomeReason() {
    constexpr const char* kReasons[] = {"NOT_IN_STOCK", "MISMATCH", "DAMAGE", "WORN_DISPLAY",
                                        "NO_VARIANCE"};
    return kReasons[Below(std::size(kReasons))];
  }
  UploadRecord SomeRecord() {
    return {{"e" + std::to_string(Below(50))}, SomeSku(), SomePlace(), Some(30), SomeTime()};
  }
  std::vector<Line> MaybeLines() {
    return Below(2) == 0 ? std::vector<Line>{} : std::vector{SomeLine()};
  }
  ReservationId Named(const std::string& prefix, std::size_t ids) {
    return {prefix + std::to_string(Below(ids))};
  }
  // Mostly one that has not ended: else nearly every try would miss.
  ReservationId LiveId() {
    std::vector<ReservationId> live;
    for (const auto& [id, row] : rows_.reservations.rows) {
      if (!hold::IsEnd(row.life.stage)) live.push_back(id);
    }
    return live.empty() || Below(20) == 0 ? Named("r", 400) : live[Below(live.size())];
  }

  std::mt19937_64 random_;
  Time now_{std::chrono::hours{24}};
  std::int64_t sequence_ = 0;
  MemoryInventory rows_;
};

}  // namespace
}  // namespace omo::inventory

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  omo::inventory::RandomLog log(std::strtoull(argv[1], nullptr, 10));
  log.Try(omo::inventory::DefineUnit{{"a"}, "gram", 3});
  log.Try(omo::inventory::DefineUnit{{"a"}, "piece", 0});
  for (int i = std::atoi(argv[2]); i > 0; --i) log.Step();
  log.PrintFigures();
}
