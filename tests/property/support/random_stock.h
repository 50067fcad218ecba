// A shop to which anything may happen in any order: random commands with times, over few SKUs,
// places and reservations, so that they meet.
#pragma once

#include <rapidcheck.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/inventory/domain/stock/movements.h"
#include "services/inventory/views/movements.h"
#include "tests/support/inventory.h"

namespace omo::inventory {

// One thing to try; every number is small, so that a failure reads well when it is shrunk.
struct Step {
  int command = 0;
  int sku = 0;
  int place = 0;
  int other_place = 0;
  int reservation = 0;
  int quantity = 0;
  int choice = 0;
  int wait = 0;
};
inline constexpr int kCommandKinds = 22;
rc::Gen<std::vector<Step>> RandomSteps();
std::ostream& operator<<(std::ostream& out, const Step& step);

// Runs steps as an owner does: due timers before the command, each event through its bytes. Keeps
// what the laws are checked against beside the rows that they are about.
class RandomStock {
 public:
  void Run(const Step& step);
  // A network whose channel watches its SKUs, before any step.
  void BeginWatched();

  // Called right behind each event.
  std::function<void(const InventoryEvent&)> look;
  MemoryInventory live;      // Evolved from the events as decided.
  MemoryInventory replayed;  // Evolved from the events' bytes.
  Time now = kNoon;

  struct Happened {
    InventoryEvent event;
    std::map<FiguresKey, Figures> before;
    std::map<ReservationId, Reservation> reservations_before;
    std::map<FiguresKey, Quantity> missing_before;  // What was short at each place.
  };
  // The events of the last step.
  std::vector<Happened> happened;

  // The ledger as the view has it, and what it should have shown at each offset.
  MapTable<MovementKey, MovementRow> movements;
  MapTable<MinuteKey, MinuteRow> minute_marks;
  std::vector<std::map<FiguresKey, Figures>> history;
  // Sums of all movements by bucket.
  std::map<FiguresKey, std::map<Bucket, Quantity>> balances;

  // What the mix has reached, over all runs.
  static std::set<std::size_t> events_seen;
  static std::set<int> refusals_seen;
  static int kits_given;

 private:
  template <class Command>
  void Try(const Command& command);
  void Happen(const InventoryEvent& event);
  void FireTimers();
  void TryStock(const Step& step);
  void TryReservation(const Step& step);
  void TryUpload(const Step& step);
  void TryRules(const Step& step);
  void TryQuota(const Step& step);
  void TryNetwork(const Step& step);
  void TryKit(const Step& step);
  std::vector<Line> AskedLinesOf(const Step& step) const;
};

}  // namespace omo::inventory
