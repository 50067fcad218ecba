#include "services/inventory/api/messages.h"

namespace omo::inventory {
namespace {

void WriteProfile(const LocationProfile& profile, v1::LocationProfile& out) {
  out.set_kind(static_cast<v1::LocationKind>(profile.kind));
  out.set_name(profile.name);
  out.set_brand(profile.brand);
  v1::Address& address = *out.mutable_address();
  address.set_country(profile.address.country);
  address.set_region(profile.address.region);
  address.set_city(profile.address.city);
  address.set_district(profile.address.district);
  address.set_street(profile.address.street);
  address.set_postal_code(profile.address.postal_code);
  out.mutable_geo()->set_latitude_e7(profile.geo.latitude_e7);
  out.mutable_geo()->set_longitude_e7(profile.geo.longitude_e7);
  out.set_time_zone(profile.time_zone);
  for (const OpeningPeriod& period : profile.hours) {
    v1::OpeningPeriod& written = *out.add_hours();
    written.set_weekday(period.weekday);
    written.set_opens_minute(period.opens_minute);
    written.set_closes_minute(period.closes_minute);
  }
  for (const OpeningException& exception : profile.exceptions) {
    v1::OpeningException& written = *out.add_exceptions();
    written.set_date(exception.date);
    written.set_opens_minute(exception.opens_minute);
    written.set_closes_minute(exception.closes_minute);
  }
  out.set_franchise_parent(profile.franchise_parent);
  for (const Capability capability : profile.capabilities) {
    out.add_capabilities(static_cast<v1::Capability>(capability));
  }
  out.set_pickup_lead_minutes(profile.pickup_lead_minutes);
}

}  // namespace

Amount ReadAmount(const type::v1::Quantity& quantity) {
  return {.value = quantity.value(), .scale = quantity.scale()};
}

std::vector<Line> ReadLines(const LineMessages& lines) {
  std::vector<Line> read;
  read.reserve(static_cast<std::size_t>(lines.size()));
  for (const v1::Line& line : lines) {
    read.push_back(
        {.sku = {line.sku()}, .location = ReadPlace(line), .amount = ReadAmount(line.quantity())});
  }
  return read;
}

LocationProfile ReadProfile(const v1::LocationProfile& in) {
  LocationProfile profile{
      .kind = static_cast<LocationKind>(in.kind()),
      .name = in.name(),
      .brand = in.brand(),
      .address = {.country = in.address().country(),
                  .region = in.address().region(),
                  .city = in.address().city(),
                  .district = in.address().district(),
                  .street = in.address().street(),
                  .postal_code = in.address().postal_code()},
      .geo = {.latitude_e7 = in.geo().latitude_e7(), .longitude_e7 = in.geo().longitude_e7()},
      .time_zone = in.time_zone(),
      .franchise_parent = in.franchise_parent(),
      .pickup_lead_minutes = in.pickup_lead_minutes()};
  for (const v1::OpeningPeriod& period : in.hours()) {
    profile.hours.push_back({.weekday = period.weekday(),
                             .opens_minute = period.opens_minute(),
                             .closes_minute = period.closes_minute()});
  }
  for (const v1::OpeningException& exception : in.exceptions()) {
    profile.exceptions.push_back({.date = exception.date(),
                                  .opens_minute = exception.opens_minute(),
                                  .closes_minute = exception.closes_minute()});
  }
  for (const int capability : in.capabilities()) {
    profile.capabilities.push_back(static_cast<Capability>(capability));
  }
  return profile;
}

void Write(const Figures& figures, v1::Figures& out) {
  out.set_on_hand(figures.on_hand);
  out.set_available(figures.Available());
  out.set_reserved(figures.reserved);
  out.set_committed(figures.committed);
  out.set_damaged(figures.damaged);
  out.set_quality_control(figures.quality_control);
  out.set_safety_stock(figures.safety_stock);
  out.set_display(figures.display);
  out.set_incoming(figures.incoming);
  out.set_available_to_order(figures.AvailableToOrder());
  out.set_quota(figures.quota);
}

void Write(const std::vector<KitComponent>& components, ComponentMessages& out) {
  for (const KitComponent& component : components) {
    v1::KitComponent& written = *out.Add();
    written.set_sku(component.sku.value);
    written.set_quantity(component.quantity);
    written.set_scale(component.scale);
  }
}

void Write(const std::vector<ReservedKit>& kits, KitMessages& out) {
  for (const ReservedKit& kit : kits) {
    v1::ReservedKit& written = *out.Add();
    written.set_sku(kit.sku.value);
    WritePlace(kit.location, written);
    written.set_ordered(kit.ordered);
    written.set_quantity(kit.quantity);
    Write(kit.components, *written.mutable_components());
  }
}

void Write(const LocationId& id, const Location& location, v1::Location& out) {
  out.set_location_id(id.value);
  WriteProfile(location.profile, *out.mutable_profile());
  out.set_version(location.version);
  out.set_closed(location.closed);
}

}  // namespace omo::inventory
