#include "services/inventory/domain/deciders/take_apart.h"

namespace omo::inventory {

namespace {

// What stands where the network says nothing else of the reason.
const RejectRule kDefaultRules[] = {{"NOT_IN_STOCK", RejectEffect::kNoneThere},
                                    {"MISMATCH", RejectEffect::kFewerThere},
                                    {"DAMAGE", RejectEffect::kDamaged},
                                    {"WORN_DISPLAY", RejectEffect::kDisplay},
                                    {"NO_VARIANCE", RejectEffect::kNothing}};

std::optional<RejectEffect> EffectOf(const StockState& state, const std::string& reason) {
  const auto among = [&](const auto& rules) -> std::optional<RejectEffect> {
    for (const RejectRule& rule : rules) {
      if (rule.reason == reason) return rule.effect;
    }
    return std::nullopt;
  };
  if (const Network* network = state.network.network.Find({})) {
    if (auto effect = among(network->reject_rules)) return effect;
  }
  return among(kDefaultRules);
}

// By how much what is on hand changes.
Quantity OnHandChange(const StockState& state, const StockLine& line, RejectEffect effect) {
  switch (effect) {
    case RejectEffect::kNoneThere:
      return -state.figures.Get({line.sku, line.location}).on_hand;
    case RejectEffect::kFewerThere:
      return -line.quantity;
    case RejectEffect::kUnspecified:
    case RejectEffect::kNothing:
    case RejectEffect::kDamaged:
    case RejectEffect::kDisplay:
      break;
  }
  return 0;
}

// Where nothing is there, nothing is damaged, on display or kept back there, either.
std::vector<FreedUnits> FreedBy(const StockState& state, const StockLine& line,
                                RejectEffect effect) {
  std::vector<FreedUnits> freed;
  if (effect != RejectEffect::kNoneThere) return freed;
  const Figures there = state.figures.Get({line.sku, line.location});
  for (const Bucket bucket :
       {Bucket::kDamaged, Bucket::kQualityControl, Bucket::kSafetyStock, Bucket::kDisplay}) {
    const Quantity units = In(there, bucket);
    if (units != 0) freed.push_back({.bucket = bucket, .quantity = units});
  }
  return freed;
}

// A store says which components of a kit are not there: stock follows each by itself.
StockDecision RefuseWholeKit(const ReservedKit& kit) {
  std::vector<Detail> details{{"sku", kit.sku.value}};
  for (std::size_t i = 0; i < kit.components.size(); ++i) {
    details.push_back(
        {"component" + (i == 0 ? "" : "." + std::to_string(i)), kit.components[i].sku.value});
  }
  return {StockRefusal::kIsAKit, std::move(details)};
}

InTheWay RejectLines(const StockState& state, const Reservation& reservation,
                     const std::vector<ReservedKit>& kits, const std::vector<StockLine>& asked,
                     RejectEffect effect, std::vector<RejectedLine>& lines) {
  InTheWay first;
  for (const StockLine& line : asked) {
    const ReservationLine* held = reservation.Line(line.sku, line.location);
    if (held == nullptr) {
      if (const ReservedKit* kit = FindKit(kits, line)) return RefuseWholeKit(*kit);
      return StockRefusal::kLineNotFound;
    }
    if (line.quantity > held->units.Open()) {
      KeepFirst(first, StockDecision(StockRefusal::kMoreThanOpen,
                                     {{"sku", line.sku.value},
                                      {"open", std::to_string(held->units.Open())}}));
    }
    lines.push_back({.sku = line.sku,
                     .location = line.location,
                     .quantity = line.quantity,
                     .scale = line.scale,
                     .effect = effect,
                     .on_hand = OnHandChange(state, line, effect),
                     .freed = FreedBy(state, line, effect)});
  }
  return first;
}

// The kits that were given of any of these SKUs, wherever their units are kept by now.
std::vector<ReservedKit> KitsOf(const std::vector<RejectedLine>& lines,
                                std::vector<ReservedKit> kits) {
  const auto is_in = [](const ReservedKit& kit, const RejectedLine& line) {
    return std::any_of(kit.components.begin(), kit.components.end(),
                       [&](const KitComponent& part) { return part.sku == line.sku; });
  };
  std::erase_if(kits, [&](const ReservedKit& kit) {
    return kit.quantity == 0 ||
           std::none_of(lines.begin(), lines.end(),
                        [&](const RejectedLine& line) { return is_in(kit, line); });
  });
  return kits;
}

}  // namespace

StockDecision Decide(const StockState& state, const RejectReservation& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.id.value) || !IsName(command.sku.value)) return kBadName;
  if (!IsName(command.reason) || !IsText(command.note)) return kBadName;
  std::vector<StockLine> asked;
  if (auto no = ReadLines(state, command.lines, asked, Places::kLocations, Kits::kTaken)) {
    return *no;
  }
  const Reservation* reservation = state.reservations.Find(command.id);
  if (reservation == nullptr) return kReservationNotFound;
  const std::optional<RejectEffect> effect = EffectOf(state, command.reason);
  if (!effect) return {kRejectReasonUnknown, {{"reason", command.reason}}};
  if (auto obstacle = hold::ToUse(reservation->life, now)) return RefusalOf(*obstacle);

  ReservationRejected event{
      .id = command.id, .reason = command.reason, .note = command.note, .occurred_at = now};
  std::vector<ReservedKit> kits = state.reservation_kits.Get(command.id).kits;
  if (auto no = RejectLines(state, *reservation, kits, asked, *effect, event.lines)) return *no;
  event.kits = KitsOf(event.lines, std::move(kits));
  for (const RejectedLine& line : event.lines) {
    if (line.effect != RejectEffect::kNothing) continue;  // Nothing of it is there for the quota.
    ReturnQuotas(state, *reservation, line.sku, line.location, line.quantity, event.consequences);
  }
  Reservation then = *reservation;
  Apply(then, event);
  event.stage = then.life.stage;
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
