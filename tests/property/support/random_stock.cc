// Not a test of its own: the random shop of stock_laws_test.cc.
#include <array>
#include <ostream>

#include "tests/property/support/random_stock.h"

namespace omo::inventory {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

SkuId SkuOf(const Step& step) { return {"sku-" + std::to_string(step.sku)}; }
LocationId PlaceOf(int place) { return {"place-" + std::to_string(place)}; }
ReservationId ReservationOf(const Step& step) { return {"r" + std::to_string(step.reservation)}; }

// One line, or two of which the second repeats the first or goes elsewhere.
std::vector<Line> LinesOf(const Step& step) {
  std::vector<Line> lines = {Of(step.quantity, PlaceOf(step.place), SkuOf(step))};
  if (step.choice % 5 == 0) lines.push_back(Of(2, PlaceOf(step.other_place), SkuOf(step)));
  return lines;
}

Bucket BucketOf(int choice) { return static_cast<Bucket>(1 + choice % 8); }

}  // namespace

std::set<std::size_t> RandomStock::events_seen;
std::set<int> RandomStock::refusals_seen;

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
  if (step.command == kCommandKinds - 1) {
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

void RandomStock::FireTimers() {
  while (!live.timers.rows.empty() && live.timers.rows.begin()->first.due <= now) {
    const std::size_t before = live.timers.rows.size();
    Try(*CommandFor(live.timers.rows.begin()->first));
    RC_ASSERT(live.timers.rows.size() == before - 1);
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
                              .lines = LinesOf(step),
                              .hold_for = minutes{step.choice == 22 ? 300 : 10 + step.choice},
                              .allow_partial = odd});
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
                                                .from = PlaceOf(step.place),
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
      return Try(MarkReservationShort{.id = id, .lines = LinesOf(step), .reason = "lost"});
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
  happened.push_back({event, live.figures.rows, live.reservations.rows});
  const auto bytes = Encode(event, {.caller = "test"});
  live.Evolve(event);
  const auto recorded = Decode(bytes);
  RC_ASSERT(recorded.has_value());
  replayed.Evolve(recorded->event);

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
