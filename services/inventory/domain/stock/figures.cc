#include "services/inventory/domain/stock/figures.h"

namespace omo::inventory {
namespace {

// The stored figure of a bucket; nullptr for kAvailable, which is derived.
Quantity* Stored(Figures& figures, Bucket bucket) {
  switch (bucket) {
    case Bucket::kReserved:
      return &figures.reserved;
    case Bucket::kCommitted:
      return &figures.committed;
    case Bucket::kDamaged:
      return &figures.damaged;
    case Bucket::kQualityControl:
      return &figures.quality_control;
    case Bucket::kSafetyStock:
      return &figures.safety_stock;
    case Bucket::kDisplay:
      return &figures.display;
    case Bucket::kIncoming:
      return &figures.incoming;
    case Bucket::kQuota:
      return &figures.quota;
    case Bucket::kUnspecified:
    case Bucket::kAvailable:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

Quantity In(const Figures& figures, Bucket bucket) {
  Figures copy = figures;
  const Quantity* stored = Stored(copy, bucket);
  return stored != nullptr ? *stored : figures.Available();
}

void Change(Figures& figures, Bucket bucket, Quantity quantity) {
  if (Quantity* stored = Stored(figures, bucket)) *stored += quantity;
  if (bucket != Bucket::kIncoming) figures.on_hand += quantity;
}

bool InRange(const Figures& figures) {
  return std::apply(
      [](auto... figure) { return ((figure <= kFigureMax && figure >= -kFigureMax) && ...); },
      Figures::Fields(figures));
}

Figures operator+(const Figures& left, const Figures& right) {
  return {.on_hand = left.on_hand + right.on_hand,
          .reserved = left.reserved + right.reserved,
          .committed = left.committed + right.committed,
          .damaged = left.damaged + right.damaged,
          .quality_control = left.quality_control + right.quality_control,
          .safety_stock = left.safety_stock + right.safety_stock,
          .display = left.display + right.display,
          .incoming = left.incoming + right.incoming,
          .quota = left.quota + right.quota};
}

Figures operator-(const Figures& left, const Figures& right) {
  return {.on_hand = left.on_hand - right.on_hand,
          .reserved = left.reserved - right.reserved,
          .committed = left.committed - right.committed,
          .damaged = left.damaged - right.damaged,
          .quality_control = left.quality_control - right.quality_control,
          .safety_stock = left.safety_stock - right.safety_stock,
          .display = left.display - right.display,
          .incoming = left.incoming - right.incoming,
          .quota = left.quota - right.quota};
}

}  // namespace omo::inventory
