// Not a test of its own: the random shop of stock_laws_test.cc.
#include <array>
#include <ostream>

#include "services/inventory/domain/stock/foresight.h"
#include "services/inventory/domain/stock/terms.h"
#include "tests/property/support/random_stock.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

SkuId SkuOf(const Step& step) { return {"sku-" + std::to_string(step.sku)}; }
LocationId PlaceOf(int place) { return {"place-" + std::to_string(place)}; }
// Two groups that overlap: of both places, and of the second.
const GroupId kBoth{"both"};
const GroupId kSecond{"second"};
// A place, or now and then a group.
LocationId SomewhereOf(const Step& step) {
  if (step.choice % 6 == 1) return inventory::PlaceOf(kBoth);
  if (step.choice % 6 == 2) return inventory::PlaceOf(kSecond);
  return PlaceOf(step.place);
}
Method MethodOf(const Step& step) {
  return step.choice % 7 == 3 ? Method::kShip : Method::kUnspecified;
}
SkuId KitOf(int kit) { return {"kit-" + std::to_string(kit)}; }
ReservationId ReservationOf(const Step& step) { return {"r" + std::to_string(step.reservation)}; }

// Where reservations are made: at groups, too.
std::vector<Line> PlacedLinesOf(const Step& step) {
  std::vector<Line> lines = {Of(step.quantity, SomewhereOf(step), SkuOf(step))};
  if (step.choice % 5 == 0) lines.push_back(Of(2, PlaceOf(step.other_place), SkuOf(step)));
  return lines;
}

// One line, or two of which the second repeats the first or goes elsewhere.
std::vector<Line> LinesOf(const Step& step) {
  std::vector<Line> lines = {Of(step.quantity, PlaceOf(step.place), SkuOf(step))};
  if (step.choice % 5 == 0) lines.push_back(Of(2, PlaceOf(step.other_place), SkuOf(step)));
  return lines;
}

Bucket BucketOf(int choice) { return static_cast<Bucket>(1 + choice % 9); }

// Watches at a group for any method, at another for one, and at a place for one
// SKU; fewer of them and other marks by `kind`.
ChannelExposure WatchedChannel(int kind) {
  const auto watch = [kind](const char* id, const LocationId& place, int low) {
    return StockWatch{.id = id,
                      .place = place,
                      .skus = {.all = true},
                      .low_at = {low, 0},
                      .back_at = {low + 1 + kind % 4, 0}};
  };
  StockWatch shipped = watch("shipped", inventory::PlaceOf(kSecond), 2);
  shipped.method = Method::kShip;
  StockWatch picked = watch("picked", PlaceOf(0), 1);
  picked.method = Method::kPickUp;
  picked.skus = {.skus = {{"sku-0"}}};
  ChannelExposure channel{.channel = {"web"}, .sells_from = kBoth};
  if (kind % 2 == 0) {
    channel.rules = {{.skus = {.all = true}, .places = {.all = true}, .buffer = {1, 0}}};
  }
  channel.watches = {picked, shipped};
  if (kind < 7) channel.watches.insert(channel.watches.begin(), watch("any", {}, 3));
  return channel;
}

}  // namespace

std::set<std::size_t> RandomStock::events_seen;
std::set<int> RandomStock::refusals_seen;
int RandomStock::kits_given = 0;

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{" << step.command << ", sku " << step.sku << ", place " << step.place << "/"
             << step.other_place << ", r" << step.reservation << ", " << step.quantity
             << ", choice " << step.choice << ", wait " << step.wait << "}";
}

rc::Gen<std::vector<Step>> RandomSteps() {
  using rc::gen::inRange;
  const auto step = rc::gen::build<Step>(
      rc::gen::set(&Step::command, inRange(0, kCommandKinds)),
      rc::gen::set(&Step::sku, inRange(0, 2)), rc::gen::set(&Step::place, inRange(0, 2)),
      rc::gen::set(&Step::other_place, inRange(0, 2)),
      rc::gen::set(&Step::reservation, inRange(0, 8)), rc::gen::set(&Step::quantity, inRange(0, 9)),
      rc::gen::set(&Step::choice, inRange(0, 24)), rc::gen::set(&Step::wait, inRange(0, 6)));
  // Each step of full range, however short the run; runs of up to 300 steps.
  return rc::gen::scale(
      3.0, rc::gen::container<std::vector<Step>>(rc::gen::resize(rc::kNominalSize, step)));
}

void RandomStock::Run(const Step& step) {
  happened.clear();
  now += step.wait == 5 && step.choice < 8 ? Duration{minutes{15}} : Duration{seconds{step.wait}};
  if (step.choice != 23) FireTimers();  // Now and then an owner is late.
  if (step.command == 20) {
    TryKit(step);
  } else if (step.command == 19) {
    TryNetwork(step);
  } else if (step.command == 18) {
    TryRules(step);
  } else if (step.command == 21) {
    TryQuota(step);
  } else if (step.command == 16) {
    TryUpload(step);
  } else if (step.command < 6) {
    TryStock(step);
  } else {
    // Mostly where the reservation is, so that they meet.
    Step aimed = step;
    if (step.choice % 4 != 0) aimed.sku = step.reservation % 2;
    if (step.choice % 4 != 0) aimed.place = step.reservation / 2 % 2;
    TryReservation(aimed);
  }
}

void RandomStock::BeginWatched() {
  const std::vector<LocationId> places{PlaceOf(0), PlaceOf(1)};
  Try(ChangeNetwork{{.put_group = PutGroup{kBoth, {.locations = places}}}});
  Try(ChangeNetwork{{.put_group = PutGroup{kSecond, {.locations = {PlaceOf(1)}}}}});
  Try(ChangeNetwork{{.put_channel = WatchedChannel(2)}});
}

void RandomStock::FireTimers() {
  while (!live.timers.rows.empty() && live.timers.rows.begin()->first.due <= now) {
    const TimerKey fired = live.timers.rows.begin()->first;
    std::visit([this](const auto& command) { Try(command); }, *CommandFor(fired));
    RC_ASSERT(live.timers.Find(fired) == nullptr);
  }
}

void RandomStock::TryStock(const Step& step) {
  const SkuId sku = SkuOf(step);
  const LocationId place = PlaceOf(step.place);
  const Amount amount{step.quantity, 0};
  switch (step.command) {
    case 0:
    case 1:
      return Try(ReceiveStock{{{.sku = sku,
                                .location = place,
                                .amount = amount,
                                .bucket = BucketOf(step.choice < 16 ? 0 : step.choice),
                                .from_incoming = {step.choice % 4, 0}}}});
    case 2:
      if (step.choice % 3 == 0) {
        return Try(SetStock{.sku = sku,
                            .location = place,
                            .on_hand = amount,
                            .expected_from = step.choice % 2 == 0
                                                 ? std::nullopt
                                                 : std::optional(Amount{step.quantity - 1, 0}),
                            .reason = "count"});
      }
      return Try(AdjustStock{.sku = sku,
                             .location = place,
                             .bucket = BucketOf(step.choice),
                             .delta = {step.quantity - 6, 0},
                             .reason = "count"});
    case 3:
      return Try(MoveStockState{.sku = sku,
                                .location = place,
                                .from = BucketOf(step.choice % 3 * 3),
                                .to = BucketOf(step.choice),
                                .amount = amount});
    case 4:
      return Try(RecordSale{.device = {"till"},
                            .sequence = step.choice * 9 + step.quantity,
                            .occurred_at = now - seconds{step.choice},
                            .lines = LinesOf(step)});
    default:
      return Try(DefineUnit{.sku = sku, .unit = "piece", .scale = step.choice % 12 == 0 ? 1 : 0});
  }
}

// As of a while ago or a little ahead; now and then of the same second, or told again.
void RandomStock::TryUpload(const Step& step) {
  UploadStock command{.source = "erp"};
  const auto record = [&](int place, int quantity) {
    command.records.push_back({.id = {"e" + std::to_string(step.choice)},
                               .sku = SkuOf(step),
                               .location = PlaceOf(place),
                               .on_hand = {quantity, 0},
                               .as_of = step.choice == 7 ? now - std::chrono::hours{49}
                                                         : now + seconds{8 - step.choice}});
  };
  record(step.place, step.quantity);
  if (step.choice % 3 == 0) record(step.other_place, step.wait);
  if (step.choice == 9) command.records[0].as_of = now + minutes{11};
  Try(command);
}

void RandomStock::TryRules(const Step& step) {
  if (step.choice % 6 == 0) {
    std::optional<Amount> limit;
    if (step.quantity > 0) limit = Amount{step.quantity, 0};
    return Try(SetPurchaseLimit{.sku = SkuOf(step), .campaign = "may", .per_customer = limit});
  }
  SetStockRules command{.sku = SkuOf(step)};
  if (step.choice % 3 != 0) command.location = PlaceOf(step.place);
  StockRulesAsked& rules = command.rules;
  switch (step.quantity) {
    case 0:
    case 1:
      rules.safety = Amount{step.wait, 0};
      break;
    case 2:
    case 3:
      rules.backorder = BackorderKind::kLimited;
      rules.backorder_limit = {step.wait, 0};
      break;
    case 4:
      rules.methods.ship = step.wait % 2 == 0;
      break;
    case 5:
      rules.excluded_from = {step.wait % 2 == 0 ? kBoth : kSecond};
      break;
    case 6:
      rules.line_min = Amount{step.wait, 0};
      rules.line_max = Amount{5, 0};
      break;
    default:
      break;  // Nothing is said any more.
  }
  Try(command);
}

void RandomStock::TryQuota(const Step& step) {
  const QuotaOwner owners[] = {{.channel = {"web"}}, {.segment = {"vip"}}, {{"web"}, {"vip"}}};
  SetQuota command{.sku = SkuOf(step),
                   .location = SomewhereOf(step),
                   .id = {"q" + std::to_string(step.reservation % 3)},
                   .owner = owners[step.reservation % 3],
                   .quantity = {step.quantity, 0},
                   .borrows = step.choice % 2 == 0};
  if (step.wait % 2 == 1) command.ends_at = now + seconds{step.choice};
  if (step.choice % 3 == 0) command.lends_to = {{}};
  Try(command);
}

void RandomStock::TryNetwork(const Step& step) {
  NetworkChange change;
  const auto places = [&]() -> std::vector<LocationId> {
    if (step.quantity % 3 == 0) return {PlaceOf(0), PlaceOf(1)};
    return {PlaceOf(step.place)};
  };
  switch (step.wait) {
    case 0:
      change.put_group = PutGroup{kSecond, {.locations = places()}};
      break;
    case 1:
      change.put_group = PutGroup{
          kBoth,
          {.locations = places(),
           .groups = step.choice % 2 == 0 ? std::vector{kSecond} : std::vector<GroupId>{}}};
      break;
    case 2:
      change.pause_location =
          PauseLocation{PlaceOf(step.place), step.choice % 3 == 0, step.choice % 3 == 0 ? "x" : ""};
      break;
    case 3:
      change.put_safety_rules = PutSafetyRules{
          {{.skus = {.all = true}, .places = {.all = true}, .quantity = {step.quantity % 3, 0}}},
          {}};
      break;
    case 4:
      change.remove_group = RemoveGroup{step.choice % 2 == 0 ? kBoth : kSecond};
      break;
    case 5:
      if (step.quantity % 3 != 0) {
        change.put_channel = WatchedChannel(step.quantity);
        break;
      }
      [[fallthrough]];
    default:
      change.put_methods = MethodSwitches{.ship = step.choice % 2 == 0};
      break;
  }
  // The shard that decides and one that takes in do the same.
  if (step.choice % 2 == 0) return Try(ChangeNetwork{.change = change});
  const std::int64_t version = live.network.Get({}).version;
  if (live.Decide(ChangeNetwork{.change = change}, now).event) {
    Try(ApplyNetworkChange{.version = version + 1, .change = change});
  }
}

// Of what has stock, and of each other; now and then of itself, or of nothing any more.
void RandomStock::TryKit(const Step& step) {
  DefineKit command{.sku = step.choice == 11 ? SkuOf(step) : KitOf(step.place)};
  const auto add = [&](const SkuId& sku, std::int64_t quantity) {
    command.components.push_back({sku, {quantity, 0}});
  };
  if (step.wait > 0) add(SkuOf(step), step.quantity);
  if (step.wait % 2 == 1) add({"sku-" + std::to_string(1 - step.sku)}, 1);
  if (step.wait > 2) add(KitOf(step.other_place), 1);
  Try(command);
}

// Of kits, too, once there are any.
std::vector<Line> RandomStock::AskedLinesOf(const Step& step) const {
  std::vector<Line> lines = PlacedLinesOf(step);
  const SkuId kit = KitOf(step.wait % 2);
  if (step.wait > 2 && live.kits.Find(kit) != nullptr) {
    lines.push_back(Of(1 + step.choice % 3, SomewhereOf(step), kit));
  }
  return lines;
}

void RandomStock::TryReservation(const Step& step) {
  const ReservationId id = ReservationOf(step);
  const SkuId sku = SkuOf(step);
  const bool odd = step.choice % 2 == 1;
  const std::vector<Line> some = step.choice < 12 ? LinesOf(step) : std::vector<Line>{};
  switch (step.command) {
    case 6:
    case 7:
    case 8:
      return Try(ReserveStock{.id = id,
                              .owner = "cart",
                              .channel = "web",
                              .lines = AskedLinesOf(step),
                              .hold_for = minutes{step.choice == 22 ? 300 : 10 + step.choice},
                              .allow_partial = odd,
                              .method = MethodOf(step),
                              .buyer = step.choice % 5 == 2 ? Buyer{"may", "li"} : Buyer{},
                              .segment = {step.choice % 4 == 3 ? "vip" : ""}});
    case 9:
      return Try(ExtendReservation{.id = id, .sku = sku, .hold_for = minutes{30 + step.choice}});
    case 10:
    case 11:
      return Try(CommitReservation{.id = id, .sku = sku, .owner = odd ? "order" : ""});
    case 12:
      return Try(FulfilReservation{.id = id,
                                   .sku = sku,
                                   .lines = some,
                                   .over_fulfil = odd,
                                   .may_override = step.choice % 4 == 1});
    case 13:
      return Try(ReleaseReservation{.id = id, .sku = sku, .lines = some});
    case 14:
      return Try(TransferReservation{.id = id,
                                     .lines = {{.sku = sku,
                                                .from = SomewhereOf(step),
                                                .to = PlaceOf(step.other_place),
                                                .amount = {step.quantity, 0}}},
                                     .ignore_availability = odd,
                                     .may_override = step.choice % 4 == 1});
    case 15:
      if (odd) {
        return Try(RejectReservation{
            .id = id,
            .sku = sku,
            .lines = LinesOf(step),
            .reason = std::array{"NOT_IN_STOCK", "MISMATCH", "DAMAGE", "WORN_DISPLAY",
                                 "NO_VARIANCE", "LOST"}[static_cast<std::size_t>(step.wait)]});
      }
      [[fallthrough]];
    default:
      return Try(MarkReservationShort{.id = id, .lines = PlacedLinesOf(step), .reason = "lost"});
  }
}

template <class Command>
void RandomStock::Try(const Command& command) {
  const auto decision = live.Decide(command, now);
  RC_ASSERT((live.Decide(command, now) == decision));
  if (decision.refusal) refusals_seen.insert(static_cast<int>(*decision.refusal));
  if (decision.event) Happen(ToInventoryEvent(*decision.event));
}

void RandomStock::Happen(const InventoryEvent& event) {
  events_seen.insert(event.index());
  if (const auto* reserved = std::get_if<StockReserved>(&event)) {
    for (const ReservedKit& kit : reserved->kits) kits_given += kit.quantity > 0 ? 1 : 0;
  }
  std::map<FiguresKey, Quantity> missing;
  for (const auto& [key, row] : live.figures.rows)
    missing[key] = Foresight(live.state.stock).ShortfallAt(key);
  happened.push_back({event, live.figures.rows, live.reservations.rows, std::move(missing)});
  const auto bytes = Encode(event, {.caller = "test"});
  live.Evolve(event);
  const auto recorded = Decode(bytes);
  RC_ASSERT(recorded.has_value());
  replayed.Evolve(recorded->event);
  if (look) look(event);

  MovementTables view{movements, minute_marks};
  Project(view, event, {}, static_cast<Offset>(history.size()), now);
  history.push_back(live.figures.rows);
  std::visit(
      [&](const auto& fact) {
        if constexpr (std::constructible_from<StockEvent, const decltype(fact)&>) {
          for (const Movement& movement : Movements(fact)) {
            auto& balance = balances[{movement.sku, movement.location}];
            for (const BucketChange& change : movement.changes) {
              balance[change.bucket] += change.quantity;
            }
          }
        }
      },
      event);
}

}  // namespace omo::inventory
