// What each event does to the figures: the one place where it says which buckets a line comes from
// and goes to. Evolve folds it, Decide foresees it, the ledger lists it.
//
// EachPosting(event, post) calls post(line, location, after, changes) for each line in order, and
// before them for what quotas give and take; `after` is a reference into the event, const if the
// event is.
#pragma once

#include <array>
#include <concepts>
#include <type_traits>
#include <variant>

#include "services/inventory/domain/stock/stock_events.h"

namespace omo::inventory {

struct BucketChange {
  Bucket bucket = Bucket::kUnspecified;
  Quantity quantity = 0;  // Signed; 0 changes nothing.
  bool operator==(const BucketChange&) const = default;
  static auto Fields(auto& self) { return std::tie(self.bucket, self.quantity); }
};
using BucketChanges = std::array<BucketChange, 2>;

template <class T, class Event>
concept Maybe = std::same_as<std::remove_const_t<T>, Event>;

// An event without a kind of movement.
template <class Event>
concept PostsNothing = !requires {
  Event::kMovement;
};
void EachLinePosting(PostsNothing auto&, auto&&) {}

inline BucketChanges Into(Bucket bucket, Quantity quantity) {
  return {{{bucket, quantity}, {Bucket::kUnspecified, 0}}};
}
inline BucketChanges FromTo(Bucket from, Bucket to, Quantity quantity) {
  return {{{from, -quantity}, {to, quantity}}};
}

void EachLinePosting(Maybe<StockReceived> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    post(line, line.location, line.after,
         BucketChanges{{{line.bucket, line.quantity}, {Bucket::kIncoming, -line.from_incoming}}});
  }
}
void EachLinePosting(Maybe<StockAdjusted> auto& event, auto&& post) {
  auto& line = event.line;
  post(line, line.location, line.after, Into(event.bucket, line.quantity));
}
void EachLinePosting(Maybe<StockStateMoved> auto& event, auto&& post) {
  auto& line = event.line;
  post(line, line.location, line.after, FromTo(event.from, event.to, line.quantity));
}
void EachLinePosting(Maybe<StockReserved> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    post(line, line.location, line.after,
         FromTo(Bucket::kAvailable, Bucket::kReserved, line.quantity));
  }
}
void EachLinePosting(Maybe<ReservationCommitted> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    post(line, line.location, line.after,
         FromTo(Bucket::kReserved, Bucket::kCommitted, line.quantity));
  }
}
void EachLinePosting(Maybe<ReservationFulfilled> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    post(line, line.location, line.after,
         BucketChanges{
             {{Bucket::kCommitted, line.over - line.quantity}, {Bucket::kAvailable, -line.over}}});
  }
}
void EachLinePosting(Maybe<ReservationReleased> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    post(line, line.location, line.after, FromTo(event.from, Bucket::kAvailable, line.quantity));
  }
}
void EachLinePosting(Maybe<ReservationTransferred> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    post(line, line.from, line.from_after,
         FromTo(Bucket::kCommitted, Bucket::kAvailable, line.quantity));
    post(line, line.to, line.to_after,
         FromTo(Bucket::kAvailable, Bucket::kCommitted, line.quantity));
  }
}
void EachLinePosting(Maybe<ReservationMarkedShort> auto& event, auto&& post) {
  for (auto& line : event.lines) post(line, line.location, line.after, BucketChanges{});
}
// Where what is given up goes to: to its new state, or, with what on_hand changed, to available.
inline BucketChange TakenBy(RejectEffect effect, Quantity quantity, Quantity on_hand) {
  switch (effect) {
    case RejectEffect::kDamaged:
      return {Bucket::kDamaged, quantity};
    case RejectEffect::kDisplay:
      return {Bucket::kDisplay, quantity};
    case RejectEffect::kUnspecified:
    case RejectEffect::kNothing:
    case RejectEffect::kNoneThere:
    case RejectEffect::kFewerThere:
      break;
  }
  return {Bucket::kAvailable, quantity + on_hand};
}
void EachLinePosting(Maybe<ReservationRejected> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    for (auto& freed : line.freed) {
      post(line, line.location, freed.after,
           FromTo(freed.bucket, Bucket::kAvailable, freed.quantity));
    }
    post(line, line.location, line.after,
         BucketChanges{{{Bucket::kCommitted, -line.quantity},
                        TakenBy(line.effect, line.quantity, line.on_hand)}});
  }
}
void EachLinePosting(Maybe<ReservationExpired> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    post(line, line.location, line.after,
         FromTo(Bucket::kReserved, Bucket::kAvailable, line.quantity));
  }
}
void EachLinePosting(Maybe<SaleRecorded> auto& event, auto&& post) {
  for (auto& line : event.lines) {
    post(line, line.location, line.after,
         Into(Bucket::kAvailable, line.already_counted ? 0 : -line.quantity));
  }
}
void EachLinePosting(Maybe<StockUploaded> auto& event, auto&& post) {
  for (auto& record : event.records) {
    if (record.outcome != UploadOutcome::kApplied) continue;
    post(record, record.location, record.after, Into(Bucket::kAvailable, record.quantity));
  }
}
void EachLinePosting(Maybe<QuotaSet> auto& event, auto&& post) {
  post(event, event.location, event.after,
       FromTo(Bucket::kAvailable, Bucket::kQuota, event.quantity));
}

// Calls visit(change) for what the event does to quotas.
void EachQuotaChange(auto& event, auto&& visit) {
  if constexpr (requires { event.consequences; }) {
    for (auto& consequence : event.consequences) {
      if (auto* change = std::get_if<QuotaChanged>(&consequence)) visit(*change);
    }
  }
}

void EachPosting(auto& event, auto&& post) {
  EachQuotaChange(event, [&](auto& change) {
    post(change, change.location, change.after,
         FromTo(Bucket::kAvailable, Bucket::kQuota, change.quantity));
  });
  EachLinePosting(event, post);
}

}  // namespace omo::inventory
