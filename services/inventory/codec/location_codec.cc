#include "services/inventory/codec/facts.h"

namespace omo::inventory {
namespace {

void WriteAddress(const Address& address, pb::Address& out) {
  out.set_country(address.country);
  out.set_region(address.region);
  out.set_city(address.city);
  out.set_district(address.district);
  out.set_street(address.street);
  out.set_postal_code(address.postal_code);
}

Address ReadAddress(const pb::Address& in) {
  return {.country = in.country(),
          .region = in.region(),
          .city = in.city(),
          .district = in.district(),
          .street = in.street(),
          .postal_code = in.postal_code()};
}

void WriteProfile(const LocationProfile& profile, pb::LocationProfile& out) {
  out.set_kind(static_cast<pb::LocationKind>(profile.kind));
  out.set_name(profile.name);
  out.set_brand(profile.brand);
  WriteAddress(profile.address, *out.mutable_address());
  out.mutable_geo()->set_latitude_e7(profile.geo.latitude_e7);
  out.mutable_geo()->set_longitude_e7(profile.geo.longitude_e7);
  out.set_time_zone(profile.time_zone);
  for (const OpeningPeriod& period : profile.hours) {
    auto& written = *out.add_hours();
    written.set_weekday(period.weekday);
    written.set_opens_minute(period.opens_minute);
    written.set_closes_minute(period.closes_minute);
  }
  for (const OpeningException& exception : profile.exceptions) {
    auto& written = *out.add_exceptions();
    written.set_date(exception.date);
    written.set_opens_minute(exception.opens_minute);
    written.set_closes_minute(exception.closes_minute);
  }
  out.set_franchise_parent(profile.franchise_parent);
  for (const Capability capability : profile.capabilities) {
    out.add_capabilities(static_cast<pb::Capability>(capability));
  }
  out.set_pickup_lead_minutes(profile.pickup_lead_minutes);
}

LocationProfile ReadProfile(const pb::LocationProfile& in) {
  LocationProfile profile{
      .kind = static_cast<LocationKind>(in.kind()),
      .name = in.name(),
      .brand = in.brand(),
      .address = ReadAddress(in.address()),
      .geo = {.latitude_e7 = in.geo().latitude_e7(), .longitude_e7 = in.geo().longitude_e7()},
      .time_zone = in.time_zone(),
      .franchise_parent = in.franchise_parent(),
      .pickup_lead_minutes = in.pickup_lead_minutes()};
  for (const auto& period : in.hours()) {
    profile.hours.push_back({.weekday = period.weekday(),
                             .opens_minute = period.opens_minute(),
                             .closes_minute = period.closes_minute()});
  }
  for (const auto& exception : in.exceptions()) {
    profile.exceptions.push_back({.date = exception.date(),
                                  .opens_minute = exception.opens_minute(),
                                  .closes_minute = exception.closes_minute()});
  }
  for (const int capability : in.capabilities()) {
    profile.capabilities.push_back(static_cast<Capability>(capability));
  }
  return profile;
}

}  // namespace

void Write(const LocationOpened& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_location_opened();
  fact.set_location_id(event.id.value);
  WriteProfile(event.profile, *fact.mutable_profile());
}

InventoryEvent Read(const pb::LocationOpened& in) {
  return LocationOpened{.id = {in.location_id()}, .profile = ReadProfile(in.profile())};
}

void Write(const LocationUpdated& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_location_updated();
  fact.set_location_id(event.id.value);
  WriteProfile(event.profile, *fact.mutable_profile());
  fact.set_version(event.version);
}

InventoryEvent Read(const pb::LocationUpdated& in) {
  return LocationUpdated{
      .id = {in.location_id()}, .profile = ReadProfile(in.profile()), .version = in.version()};
}

void Write(const LocationClosed& event, pb::InventoryEvent& out) {
  auto& fact = *out.mutable_location_closed();
  fact.set_location_id(event.id.value);
  fact.set_version(event.version);
  fact.set_reason(event.reason);
}

InventoryEvent Read(const pb::LocationClosed& in) {
  return LocationClosed{.id = {in.location_id()}, .version = in.version(), .reason = in.reason()};
}

}  // namespace omo::inventory
