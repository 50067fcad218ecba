#include "services/inventory/api/field_checks.h"

#include "services/inventory/api/messages.h"
#include "services/inventory/domain/location/location.h"
#include "services/inventory/domain/stock/figures.h"
#include "services/inventory/views/time_zones.h"

namespace omo::inventory {
namespace {

constexpr Duration kCallerClockLeeway = std::chrono::minutes{10};

bool MayUse(v1::Bucket bucket, BucketUse use) {
  if (bucket == v1::BUCKET_RESERVED || bucket == v1::BUCKET_COMMITTED) return false;
  if (bucket == v1::BUCKET_QUOTA) return false;
  return bucket != v1::BUCKET_INCOMING || use == BucketUse::kAdjust;
}

// Texts and enums of a profile: what BadField takes for granted, or cannot see in plain values.
void CheckProfileTexts(rpc::FieldErrors& errors, const v1::LocationProfile& profile) {
  errors.RequireEnum("profile.kind", profile.kind());
  CheckText(errors, "profile.name", profile.name(), kNameBytesMax);
  errors.RequireText("profile.brand", profile.brand(), kNameBytesMax);
  if (errors.RequireId("profile.time_zone", profile.time_zone(), kNameBytesMax) &&
      !FindTimeZone(profile.time_zone())) {
    errors.Add("profile.time_zone", "BAD_PROFILE", "no name of the IANA time zone database");
  }
  CheckOptionalName(errors, "profile.franchise_parent", profile.franchise_parent());
  const v1::Address& address = profile.address();
  errors.RequireText("profile.address.country", address.country(), kReasonBytesMax);
  errors.RequireText("profile.address.region", address.region(), kReasonBytesMax);
  errors.RequireText("profile.address.city", address.city(), kReasonBytesMax);
  errors.RequireText("profile.address.district", address.district(), kReasonBytesMax);
  errors.RequireText("profile.address.street", address.street(), kReasonBytesMax);
  errors.RequireText("profile.address.postal_code", address.postal_code(), kReasonBytesMax);
  for (int i = 0; i < profile.capabilities_size(); ++i) {
    if (v1::Capability_IsValid(profile.capabilities(i)) && profile.capabilities(i) != 0) continue;
    errors.Add(rpc::FieldAt("profile.capabilities", static_cast<std::size_t>(i)), "UNKNOWN_VALUE",
               "must be one of the named values");
  }
}

}  // namespace

void CheckOptionalName(rpc::FieldErrors& errors, std::string_view field, const std::string& value) {
  if (!value.empty()) errors.RequireId(field, value, kNameBytesMax);
}

void CheckText(rpc::FieldErrors& errors, std::string_view field, const std::string& value,
               std::size_t bytes_max) {
  if (errors.RequirePresent(field, !value.empty())) errors.RequireText(field, value, bytes_max);
}

void CheckQuantity(rpc::FieldErrors& errors, std::string_view field, bool present,
                   const type::v1::Quantity& quantity, Sign sign) {
  if (!errors.RequirePresent(field, present)) return;
  const std::int64_t value = quantity.value();
  if (sign == Sign::kPositive && value <= 0) {
    errors.Add(std::string(field) + ".value", "NOT_POSITIVE", "must be above zero");
  } else if (sign == Sign::kNotZero && value == 0) {
    errors.Add(std::string(field) + ".value", "OUT_OF_RANGE", "must not be zero");
  } else if (value > kQuantityMax || value < -kQuantityMax ||
             (sign == Sign::kNotNegative && value < 0)) {
    errors.Add(std::string(field) + ".value", "OUT_OF_RANGE", "more than a line can hold");
  }
  if (quantity.scale() < 0 || quantity.scale() > kScaleMax) {
    errors.Add(std::string(field) + ".scale", "OUT_OF_RANGE", "must lie between 0 and 9");
  }
}

void CheckBucket(rpc::FieldErrors& errors, std::string_view field, v1::Bucket bucket,
                 BucketUse use) {
  if (!v1::Bucket_IsValid(bucket)) {
    errors.Add(field, "UNKNOWN_VALUE", "must be one of the named values");
  } else if (!MayUse(bucket, use)) {
    errors.Add(field, "BAD_BUCKET", "this command cannot change units in that state");
  }
}

void CheckMethod(rpc::FieldErrors& errors, std::string_view field, events::v1::Method method) {
  if (events::v1::Method_IsValid(method)) return;
  errors.Add(field, "UNKNOWN_VALUE", "must be one of the named values");
}

void CheckHoldSeconds(rpc::FieldErrors& errors, std::int32_t seconds) {
  errors.RequireRange("hold_seconds", seconds, 1, kHoldSecondsMax);
}

void CheckClock(rpc::FieldErrors& errors, std::string_view field, std::int64_t time_ms, Time now) {
  if (!errors.RequirePositive(field, time_ms)) return;
  if (time_ms > ToMillis(now + kCallerClockLeeway)) {
    errors.Add(field, "OCCURRED_IN_FUTURE", "later than now by more than 10 minutes");
  }
}

void CheckProfile(rpc::FieldErrors& errors, bool present, const v1::LocationProfile& profile) {
  if (!errors.RequirePresent("profile", present)) return;
  const std::size_t faults = errors.count();
  CheckProfileTexts(errors, profile);
  if (errors.count() > faults) return;
  const std::string bad = BadField(ReadProfile(profile));
  if (!bad.empty()) errors.Add("profile." + bad, "BAD_PROFILE", "a value out of its range");
}

void CheckLocation(rpc::FieldErrors& errors, std::string_view field, const std::string& value) {
  CheckName(errors, field, value);
  if (IsGroup({value})) errors.Add(field, "BAD_NAME", "a location's name does not begin with @");
}

void CheckLine(rpc::FieldErrors& errors, const v1::Line& line) {
  CheckName(errors, "sku", line.sku());
  if (line.has_group()) {
    errors.Add("group", "UNKNOWN_VALUE", "this command takes locations only");
  } else {
    CheckLocation(errors, "location", line.location());
  }
  CheckQuantity(errors, "quantity", line.has_quantity(), line.quantity(), Sign::kPositive);
}

void CheckPlacedLine(rpc::FieldErrors& errors, const v1::Line& line) {
  if (!line.has_group()) return CheckLine(errors, line);
  CheckName(errors, "sku", line.sku());
  CheckName(errors, "group", line.group());
  CheckQuantity(errors, "quantity", line.has_quantity(), line.quantity(), Sign::kPositive);
}

}  // namespace omo::inventory
