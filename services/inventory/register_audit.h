// The continuous check of the register (INV-37): what the figures say is kept aside of a SKU at a
// place is the sum of the live reservations behind it, and no reservation outlives its end.
//
// A pass walks one shard's register, then its figures, a few rows a step; the shard works on in
// between. What changed meanwhile can look wrong, so a SKU that does is summed up once more, whole,
// in one step, before anybody is told. Deciders know nothing of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/inventory/inventory_model.h"
#include "services/inventory/views/register.h"

namespace omo::inventory {

// Units that open reservations keep: of held ones and of committed ones.
struct Kept {
  Quantity reserved = 0;
  Quantity committed = 0;
  bool operator==(const Kept&) const = default;
};

// The figures of a place do not say what its live reservations add up to.
struct SumFault {
  FiguresKey key;
  Kept figures;
  Kept reservations;
};

// A live reservation that should have ended.
struct LeakFault {
  ReservationId id;
  Leak leak = Leak::kNone;
};

// What one whole pass found.
struct RegisterFindings {
  std::vector<SumFault> sums;
  std::vector<LeakFault> leaks;
  std::int64_t reservations = 0;  // Looked at.
  std::int64_t figures = 0;       // Looked at.
  std::int64_t unproven = 0;      // SKUs that changed, with more reservations than a step takes.
};

class RegisterAudit {
 public:
  // Goes on with the pass. Under a ReadLock of the model's store, which is always the same model:
  // for another one make another audit. `stamp` is the confirmed rows' time, `now` the time up to
  // which they are known to be complete. The findings, when the pass ended with this step.
  std::optional<RegisterFindings> Step(const InventoryModel& model, Time stamp, Time now);

 private:
  enum class Stage { kStart, kRegister, kFigures, kSuspects };
  // What the register says of a SKU.
  struct Summed {
    std::map<LocationId, Kept> places;
    std::vector<ReservationId> reservations;
  };

  void WalkRegister(const InventoryModel& model, Time now);
  void WalkFigures(const InventoryModel& model);
  void SumUpSuspect(const InventoryModel& model);
  void NoteReservation(const ReservationId& id, const Reservation& reservation);
  void Compare(const InventoryModel& model, const SkuId& sku,
               const std::map<LocationId, Kept>& places);

  Stage stage_ = Stage::kStart;
  Time began_{};  // The rows' time at the pass's first step.
  LiveKey next_live_;
  FiguresKey next_figures_;
  std::map<SkuId, Summed> summed_;
  std::set<SkuId> suspects_;
  RegisterFindings findings_;
};

}  // namespace omo::inventory
