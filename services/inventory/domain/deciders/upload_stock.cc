#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "services/inventory/domain/deciders/rules.h"

namespace omo::inventory {

namespace {

InTheWay ReadRecord(const StockState& state, const UploadRecord& asked, Time now,
                    UploadedRecord& record) {
  using enum StockRefusal;
  if (!IsName(asked.sku.value) || !IsLocation(asked.location)) return kBadName;
  if (!IsName(asked.id.value)) return kBadName;
  StockLine line{.sku = asked.sku};
  if (auto no = ReadAmount(state, asked.on_hand, line)) return no;
  if (line.quantity < 0) return kBadQuantity;
  if (asked.as_of > now + kClockLeeway) return kOccurredInFuture;
  record = {.id = asked.id,
            .sku = asked.sku,
            .location = asked.location,
            .on_hand = line.quantity,
            .as_of = asked.as_of,
            .scale = line.scale};
  return std::nullopt;
}

// By how much on_hand changed after a second. One walk of a key serves all records of a command:
// two days have many seconds.
class RecentChanges {
 public:
  explicit RecentChanges(const StockState& state) : state_(state) {}

  Quantity After(const FiguresKey& key, Second second) {
    const Second from = second + std::chrono::seconds{1};
    const auto [found, first] = known_.try_emplace(key);
    if (first || from < found->second.from) found->second = Read(key, from);
    const std::vector<Since>& since = found->second.since;
    const auto at =
        std::lower_bound(since.begin(), since.end(), from,
                         [](const Since& each, Second asked) { return each.first < asked; });
    return at == since.end() ? 0 : at->second;
  }

 private:
  using Since = std::pair<Second, Quantity>;  // What changed in that second and after it.
  struct Known {
    Second from{};
    std::vector<Since> since;
  };

  Known Read(const FiguresKey& key, Second from) const {
    Known known{.from = from, .since = {}};
    state_.recent.Walk(LeadingFields(key.sku, key.location), {key.sku, key.location, from},
                       [&](const RecentKey& at, const Recent& row) {
                         known.since.emplace_back(at.second, row.on_hand);
                         return true;
                       });
    Quantity sum = 0;
    for (auto each = known.since.rbegin(); each != known.since.rend(); ++each) {
      sum = each->second += sum;
    }
    return known;
  }

  const StockState& state_;
  std::map<FiguresKey, Known> known_;
};

// Takes records one after another, as if each had happened before the next.
class Uploading {
 public:
  Uploading(const StockState& state, Time now)
      : state_(state), recent_(state), foresight_(state), now_(now) {}

  void Take(UploadedRecord& record) {
    const FiguresKey key{record.sku, record.location};
    const auto [found, first] = newest_.try_emplace(key);
    if (first) found->second = state_.tracking.Get(key).newest;
    if (auto ignored = OutcomeAgainst(found->second, record.id, record.as_of, record.on_hand)) {
      record.outcome = *ignored;
    } else if (record.as_of < now_ - kUploadReach) {
      record.outcome = UploadOutcome::kTooOld;
    } else {
      found->second = UploadOf(record, now_);
      Set(key, found->second->holds, record);
    }
  }

 private:
  void Set(const FiguresKey& key, Second holds, UploadedRecord& record) {
    Figures& figures = foresight_.Of(key.sku, key.location);
    record.quantity = record.on_hand - (figures.on_hand - recent_.After(key, holds));
    record.outcome = record.quantity != 0 ? UploadOutcome::kApplied : UploadOutcome::kUnchanged;
    Change(figures, Bucket::kAvailable, record.quantity);
    record.after = figures;
  }

  const StockState& state_;
  RecentChanges recent_;
  Foresight foresight_;
  const Time now_;
  std::map<FiguresKey, std::optional<Upload>> newest_;
};

}  // namespace

StockDecision Decide(const StockState& state, const UploadStock& command, Time now) {
  using enum StockRefusal;
  InTheWay first;
  const bool good_source = command.source.empty() || IsName(command.source);
  if (!good_source || !IsText(command.reason)) first = kBadName;
  if (command.records.empty() || command.records.size() > kLinesMax) KeepFirst(first, kBadLines);
  StockUploaded event{.source = command.source, .reason = command.reason, .uploaded_at = now};
  for (const UploadRecord& asked : command.records) {
    KeepFirst(first, ReadRecord(state, asked, now, event.records.emplace_back()));
  }
  if (first) return *first;

  Uploading uploading(state, now);
  bool news = false;
  for (UploadedRecord& record : event.records) {
    uploading.Take(record);
    news = news || IsNewest(record.outcome);
  }
  if (!news) return {};
  return Settle(state, std::move(event));
}

}  // namespace omo::inventory
