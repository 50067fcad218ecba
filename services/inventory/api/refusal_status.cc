#include "services/inventory/api/refusal_status.h"

#include <cctype>
#include <string>

#include "libs/rpc/errors.h"

namespace omo::inventory {
namespace {

// refusal.proto numbers its kinds of refusal in tens.
constexpr int kNotThereFrom = 20;
constexpr int kThereAlreadyFrom = 30;
constexpr int kInTheWayFrom = 40;

grpc::StatusCode CodeOf(v1::Refusal refusal) {
  if (refusal == v1::REFUSAL_NOT_PERMITTED) return grpc::PERMISSION_DENIED;
  if (refusal < kNotThereFrom) return grpc::INVALID_ARGUMENT;
  if (refusal < kThereAlreadyFrom) return grpc::NOT_FOUND;
  if (refusal < kInTheWayFrom) return grpc::ALREADY_EXISTS;
  return grpc::FAILED_PRECONDITION;
}

}  // namespace

v1::Refusal ToMessage(StockRefusal refusal) {
  using enum StockRefusal;
  switch (refusal) {  // No default: a new refusal that has no name here does not compile.
    case kBadName:
      return v1::REFUSAL_BAD_NAME;
    case kBadLines:
      return v1::REFUSAL_BAD_LINES;
    case kBadScale:
      return v1::REFUSAL_BAD_SCALE;
    case kBadQuantity:
      return v1::REFUSAL_BAD_QUANTITY;
    case kQuantityNotExact:
      return v1::REFUSAL_QUANTITY_NOT_EXACT;
    case kBadHold:
      return v1::REFUSAL_BAD_HOLD;
    case kBadBucket:
      return v1::REFUSAL_BAD_BUCKET;
    case kSamePlace:
      return v1::REFUSAL_SAME_PLACE;
    case kOccurredInFuture:
      return v1::REFUSAL_OCCURRED_IN_FUTURE;
    case kBadRule:
      return v1::REFUSAL_BAD_RULE;
    case kRuleOverNothing:
      return v1::REFUSAL_RULE_OVER_NOTHING;
    case kGroupInItself:
      return v1::REFUSAL_GROUP_IN_ITSELF;
    case kGroupNotFound:
      return v1::REFUSAL_GROUP_NOT_FOUND;
    case kChannelNotFound:
      return v1::REFUSAL_CHANNEL_NOT_FOUND;
    case kRejectReasonUnknown:
      return v1::REFUSAL_REJECT_REASON_UNKNOWN;
    case kNetworkChanged:
      return v1::REFUSAL_NETWORK_CHANGED;
    case kNetworkBehind:
      return v1::REFUSAL_NETWORK_BEHIND;
    case kGroupInUse:
      return v1::REFUSAL_GROUP_IN_USE;
    case kTooManyGroups:
      return v1::REFUSAL_TOO_MANY_GROUPS;
    case kTooManyWatches:
      return v1::REFUSAL_TOO_MANY_WATCHES;
    case kHeldAtGroup:
      return v1::REFUSAL_HELD_AT_GROUP;
    case kLocationPaused:
      return v1::REFUSAL_LOCATION_PAUSED;
    case kMethodOff:
      return v1::REFUSAL_METHOD_OFF;
    case kBelowLineMinimum:
      return v1::REFUSAL_BELOW_LINE_MINIMUM;
    case kAboveLineMaximum:
      return v1::REFUSAL_ABOVE_LINE_MAXIMUM;
    case kAboveCustomerLimit:
      return v1::REFUSAL_ABOVE_CUSTOMER_LIMIT;
    case kNotPermitted:
      return v1::REFUSAL_NOT_PERMITTED;
    case kReservationNotFound:
      return v1::REFUSAL_RESERVATION_NOT_FOUND;
    case kReservationIdInUse:
      return v1::REFUSAL_RESERVATION_ID_IN_USE;
    case kSaleIdInUse:
      return v1::REFUSAL_SALE_ID_IN_USE;
    case kReservationCancelled:
      return v1::REFUSAL_RESERVATION_CANCELLED;
    case kReservationReleased:
      return v1::REFUSAL_RESERVATION_RELEASED;
    case kReservationExpired:
      return v1::REFUSAL_RESERVATION_EXPIRED;
    case kReservationFulfilled:
      return v1::REFUSAL_RESERVATION_FULFILLED;
    case kReservationNotCommitted:
      return v1::REFUSAL_RESERVATION_NOT_COMMITTED;
    case kReservationCommitted:
      return v1::REFUSAL_RESERVATION_COMMITTED;
    case kTooManyExtensions:
      return v1::REFUSAL_TOO_MANY_EXTENSIONS;
    case kHoldTooOld:
      return v1::REFUSAL_HOLD_TOO_OLD;
    case kHoldNotLonger:
      return v1::REFUSAL_HOLD_NOT_LONGER;
    case kScaleFixed:
      return v1::REFUSAL_SCALE_FIXED;
    case kLineNotFound:
      return v1::REFUSAL_LINE_NOT_FOUND;
    case kMoreThanOpen:
      return v1::REFUSAL_MORE_THAN_OPEN;
    case kNotEnoughAvailable:
      return v1::REFUSAL_NOT_ENOUGH_AVAILABLE;
    case kNotEnoughInBucket:
      return v1::REFUSAL_NOT_ENOUGH_IN_BUCKET;
    case kKitInItself:
      return v1::REFUSAL_KIT_IN_ITSELF;
    case kKitTooDeep:
      return v1::REFUSAL_KIT_TOO_DEEP;
    case kKitHasStock:
      return v1::REFUSAL_KIT_HAS_STOCK;
    case kIsAKit:
      return v1::REFUSAL_IS_A_KIT;
    case kStale:
      return v1::REFUSAL_STALE;
    case kFiguresOutOfRange:
      return v1::REFUSAL_FIGURES_OUT_OF_RANGE;
  }
  return v1::REFUSAL_UNSPECIFIED;
}

v1::Refusal ToMessage(LocationRefusal refusal) {
  using enum LocationRefusal;
  switch (refusal) {
    case kBadName:
      return v1::REFUSAL_BAD_NAME;
    case kBadProfile:
      return v1::REFUSAL_BAD_PROFILE;
    case kLocationNotFound:
      return v1::REFUSAL_LOCATION_NOT_FOUND;
    case kLocationIdInUse:
      return v1::REFUSAL_LOCATION_ID_IN_USE;
    case kLocationClosed:
      return v1::REFUSAL_LOCATION_CLOSED;
    case kLocationChanged:
      return v1::REFUSAL_LOCATION_CHANGED;
  }
  return v1::REFUSAL_UNSPECIFIED;
}

std::string_view ReasonOf(v1::Refusal refusal) {
  constexpr std::string_view kPrefix = "REFUSAL_";
  std::string_view name = v1::Refusal_Name(refusal);
  return name.substr(kPrefix.size());
}

grpc::Status RefusalStatus(v1::Refusal refusal, std::span<const Detail> details) {
  std::string message(ReasonOf(refusal));
  for (char& letter : message) {
    letter = letter == '_' ? ' ' : static_cast<char>(std::tolower(letter));
  }
  for (const Detail& detail : details) message += "; " + detail.name + " " + detail.value;
  return rpc::Refused(CodeOf(refusal), ReasonOf(refusal), message, details);
}

}  // namespace omo::inventory
