#include "services/inventory/views/figure_changes.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "services/inventory/domain/stock/postings.h"

namespace omo::inventory {
namespace {

std::vector<ChangedFigures> LinesOf(const InventoryEvent& event) {
  std::vector<ChangedFigures> lines;
  const auto post = [&lines](const auto& line, const LocationId& location, const Figures& after,
                             const BucketChanges& changes) {
    if (changes[0].quantity == 0 && changes[1].quantity == 0) return;
    // Steps of one line: how it stands behind the last.
    if (!lines.empty() && lines.back().sku == line.sku && lines.back().location == location) {
      lines.back().after = after;
      return;
    }
    lines.push_back({line.sku, location, line.scale, after});
  };
  std::visit(
      [&post](const auto& fact) {
        if constexpr (std::constructible_from<StockEvent, const decltype(fact)&>) {
          EachPosting(fact, post);
        }
      },
      event);
  return lines;
}

}  // namespace

void Bell::Ring() {
  if (!listening_ || rung_.exchange(true)) return;
  const std::lock_guard lock(mutex_);  // Whoever looked before and is about to wait hears it.
  woken_.notify_one();
}

void Bell::Wait(Duration limit) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, limit, [this] { return rung_.load(); });
  rung_ = false;
}

FigureChanges::FigureChanges(Offset begins_behind, std::size_t lines_max)
    : lines_max_(lines_max), newest_(begins_behind), begins_behind_(begins_behind) {}

FigureChanges::~FigureChanges() {
  if (bell_ != nullptr) bell_->Ring();
}

void FigureChanges::Project(const InventoryEvent& event, const Position& position, Time stamp) {
  std::vector<ChangedFigures> lines = LinesOf(event);
  if (lines.empty()) return;
  auto change =
      std::make_shared<const FigureChange>(FigureChange{position, stamp, std::move(lines)});
  FigureChangeList dropped;  // Freed without the lock.
  std::shared_ptr<Bell> bell;
  {
    const std::lock_guard lock(mutex_);
    lines_ += change->lines.size();
    changes_.push_back(std::move(change));
    while (lines_ > lines_max_) {
      lines_ -= changes_.front()->lines.size();
      begins_behind_ = changes_.front()->position.offset;
      dropped.push_back(std::move(changes_.front()));
      changes_.pop_front();
    }
    newest_ = position.offset;
    bell = bell_;
  }
  if (bell != nullptr) bell->Ring();
}

bool FigureChanges::Read(Offset after, std::size_t max, FigureChangeList& changes) const {
  const std::lock_guard lock(mutex_);
  if (after < begins_behind_) return false;
  auto next =
      std::upper_bound(changes_.begin(), changes_.end(), after,
                       [](Offset at, const auto& change) { return at < change->position.offset; });
  for (; next != changes_.end() && max > 0; ++next, --max) changes.push_back(*next);
  return true;
}

Offset FigureChanges::begins_behind() const {
  const std::lock_guard lock(mutex_);
  return begins_behind_;
}

void FigureChanges::Call(const std::shared_ptr<Bell>& bell) {
  const std::lock_guard lock(mutex_);
  bell_ = bell;
}

}  // namespace omo::inventory
