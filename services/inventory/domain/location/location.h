// The register of places where stock can be: what can be asked, what can happen, what stands.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "libs/core/decision.h"
#include "libs/core/table.h"
#include "libs/core/types.h"
#include "services/inventory/domain/ids.h"

namespace omo::inventory {

// Numbers are stored: they are for ever.
enum class LocationKind : std::int32_t {
  kUnspecified = 0,
  kStore = 1,
  kWarehouse = 2,
  kDarkStore = 3,
  kPartnerPoint = 4,
  kVirtualQueue = 5,
};
enum class Capability : std::int32_t {
  kUnspecified = 0,
  kInStoreSale = 1,
  kPickUp = 2,
  kShip = 3,
  kSameCity = 4,
  kReturns = 5,
  kAppointments = 6,
};

struct Address {
  std::string country{};  // ISO 3166-1 alpha-2.
  std::string region{};
  std::string city{};
  std::string district{};
  std::string street{};
  std::string postal_code{};
  bool operator==(const Address&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.country, self.region, self.city, self.district, self.street,
                    self.postal_code);
  }
};

inline constexpr std::int32_t kRightAngleE7 = 900'000'000;

// Ten-millionths of a degree. Both 0, a point in the open sea: not told.
struct GeoPoint {
  std::int32_t latitude_e7 = 0;
  std::int32_t longitude_e7 = 0;
  bool Told() const { return latitude_e7 != 0 || longitude_e7 != 0; }
  bool operator==(const GeoPoint&) const = default;
  static auto Fields(auto& self) { return std::tie(self.latitude_e7, self.longitude_e7); }
};

// Minutes after midnight, in the location's own time; closing above 1,440 is on the next day.
struct OpeningPeriod {
  std::int32_t weekday = 0;  // 1 = Monday to 7 = Sunday.
  std::int32_t opens_minute = 0;
  std::int32_t closes_minute = 0;
  bool operator==(const OpeningPeriod&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.weekday, self.opens_minute, self.closes_minute);
  }
};

// In place of the weekly hours on one date; both minutes 0: closed.
struct OpeningException {
  std::int32_t date = 0;  // yyyymmdd.
  std::int32_t opens_minute = 0;
  std::int32_t closes_minute = 0;
  bool operator==(const OpeningException&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.date, self.opens_minute, self.closes_minute);
  }
};

struct LocationProfile {
  LocationKind kind = LocationKind::kUnspecified;
  std::string name{};
  std::string brand{};
  Address address{};
  GeoPoint geo{};
  std::string time_zone{};  // IANA name.
  std::vector<OpeningPeriod> hours{};
  std::vector<OpeningException> exceptions{};
  std::string franchise_parent{};  // Empty: the merchant's own.
  std::vector<Capability> capabilities{};
  // Minutes of open time from an order until it can be fetched.
  std::int32_t pickup_lead_minutes = 0;
  bool operator==(const LocationProfile&) const = default;
  static auto Fields(auto& self) {
    return std::tie(self.kind, self.name, self.brand, self.address, self.geo, self.time_zone,
                    self.hours, self.exceptions, self.franchise_parent, self.capabilities,
                    self.pickup_lead_minutes);
  }
};

struct LocationOpened {
  LocationId id{};
  LocationProfile profile{};
  bool operator==(const LocationOpened&) const = default;
};
struct LocationUpdated {
  LocationId id{};
  LocationProfile profile{};
  std::int64_t version = 0;
  bool operator==(const LocationUpdated&) const = default;
};
struct LocationClosed {
  LocationId id{};
  std::int64_t version = 0;
  std::string reason{};
  bool operator==(const LocationClosed&) const = default;
};
using LocationEvent = std::variant<LocationOpened, LocationUpdated, LocationClosed>;

// Never deleted: a closed location's id is not free again.
struct Location {
  LocationProfile profile{};
  std::int64_t version = 0;
  bool closed = false;
  bool operator==(const Location&) const = default;
  static auto Fields(auto& self) { return std::tie(self.profile, self.version, self.closed); }
};

// The rows of locations in one shard; they outlive this.
struct LocationState {
  Table<LocationId, Location>& locations;
};
void Evolve(LocationState& state, const LocationOpened& event);
void Evolve(LocationState& state, const LocationUpdated& event);
void Evolve(LocationState& state, const LocationClosed& event);

// Answers, not errors. The first that applies, in this order, is the one given.
enum class LocationRefusal {
  kBadName,
  kBadProfile,
  kLocationNotFound,
  kLocationIdInUse,
  kLocationClosed,
  kLocationChanged,
};
using LocationDecision = Decision<LocationEvent, LocationRefusal>;

inline constexpr std::int32_t kPickupLeadMinutesMax = 43'200;

bool IsOnEarth(const GeoPoint& point);
// Which value of a profile is out of its range, as a path; empty: none.
std::string BadField(const LocationProfile& profile);

// Nothing to do: the location stands there with this profile.
struct OpenLocation {
  LocationId id{};
  LocationProfile profile{};
  static auto Fields(auto& self) { return std::tie(self.id, self.profile); }
};
LocationDecision Decide(const LocationState& state, const OpenLocation& command, Time now);

struct UpdateLocation {
  LocationId id{};
  LocationProfile profile{};
  std::int64_t expected_version = 0;  // 0: whatever stands there.
  static auto Fields(auto& self) { return std::tie(self.id, self.profile, self.expected_version); }
};
LocationDecision Decide(const LocationState& state, const UpdateLocation& command, Time now);

// Nothing to do: it is closed.
struct CloseLocation {
  LocationId id{};
  std::string reason{};
  static auto Fields(auto& self) { return std::tie(self.id, self.reason); }
};
LocationDecision Decide(const LocationState& state, const CloseLocation& command, Time now);

}  // namespace omo::inventory
