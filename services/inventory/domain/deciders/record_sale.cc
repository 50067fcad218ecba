#include "libs/core/fields.h"
#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

namespace {

// FNV-1a of the sale's canonical bytes: tells a repeat from another sale under the same number.
std::uint64_t ContentHash(const RecordSale& command) {
  std::string bytes;
  WriteFields(bytes, command);
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return hash;
}

}  // namespace

StockDecision Decide(const StockState& state, const RecordSale& command, Time now) {
  using enum StockRefusal;
  if (!IsName(command.device.value)) return kBadName;
  SaleRecorded event{.device = command.device,
                     .sequence = command.sequence,
                     .content_hash = ContentHash(command),
                     .occurred_at = std::min(command.occurred_at, now)};
  if (auto no = ReadLines(state, command.lines, event.lines)) return *no;
  if (command.sequence < 0) return kBadQuantity;
  if (command.occurred_at > now + kClockLeeway) return kOccurredInFuture;
  if (const Sale* known = state.sales.Find({command.device, command.sequence})) {
    if (known->content_hash != event.content_hash) return kSaleIdInUse;
    return {};
  }
  // Told late: whoever said since what was on hand no longer had these units before them.
  for (StockLine& line : event.lines) {
    const Tracking* tracking = state.tracking.Find({line.sku, line.location});
    line.already_counted = tracking != nullptr && tracking->Holds(SecondOf(event.occurred_at));
  }
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
