#include "services/inventory/codec/network_codec.h"

#include "services/inventory/codec/facts.h"
#include "services/inventory/codec/stock_lines.h"

namespace omo::inventory {
namespace {

void WriteIds(const auto& ids, auto& out) {
  for (const auto& id : ids) {
    if constexpr (requires { id.value; }) {
      *out.Add() = id.value;
    } else {
      *out.Add() = id;
    }
  }
}
template <class Id>
std::vector<Id> ReadIds(const auto& in) {
  std::vector<Id> ids;
  for (const std::string& id : in) ids.push_back(Id{id});
  return ids;
}

void Write(const Amount& amount, type::v1::Quantity& out) {
  out.set_value(amount.value);
  out.set_scale(amount.scale);
}
Amount Read(const type::v1::Quantity& in) { return {.value = in.value(), .scale = in.scale()}; }

void Write(const SkuSet& set, pb::SkuSet& out) {
  out.set_all(set.all);
  WriteIds(set.skus, *out.mutable_skus());
  WriteIds(set.classes, *out.mutable_classes());
}
SkuSet Read(const pb::SkuSet& in) {
  return {.all = in.all(),
          .skus = ReadIds<SkuId>(in.skus()),
          .classes = ReadIds<std::string>(in.classes())};
}

void Write(const PlaceSet& set, pb::PlaceSet& out) {
  out.set_all(set.all);
  WriteIds(set.locations, *out.mutable_locations());
  WriteIds(set.groups, *out.mutable_groups());
}
PlaceSet Read(const pb::PlaceSet& in) {
  return {.all = in.all(),
          .locations = ReadIds<LocationId>(in.locations()),
          .groups = ReadIds<GroupId>(in.groups())};
}

ExposureRule Read(const pb::ExposureRule& in) {
  ExposureRule rule{.skus = Read(in.skus()),
                    .places = Read(in.places()),
                    .excluded = in.excluded(),
                    .buffer = Read(in.buffer()),
                    .buffer_percent = in.buffer_percent(),
                    .share_percent = in.has_share_percent() ? in.share_percent() : 100};
  if (in.has_shown_max()) rule.shown_max = Read(in.shown_max());
  return rule;
}

StockWatch Read(const pb::StockWatch& in) {
  StockWatch watch{.id = in.id(),
                   .method = FromProto(in.method()),
                   .place = {in.location()},
                   .skus = Read(in.skus()),
                   .low_at = Read(in.low_at()),
                   .back_at = Read(in.back_at())};
  if (in.has_group_id()) watch.place = PlaceOf(GroupId{in.group_id()});
  return watch;
}

ChannelExposure Read(const pb::ChannelExposure& in) {
  ChannelExposure channel{.channel = {in.channel()}, .sells_from = {in.sells_from()}};
  for (const auto& watch : in.watches()) channel.watches.push_back(Read(watch));
  for (const auto& rule : in.rules()) channel.rules.push_back(Read(rule));
  channel.display = {.band = in.display().band(), .low = Read(in.display().low())};
  return channel;
}

PutRejectRules Read(const pb::PutRejectRules& in) {
  PutRejectRules part;
  for (const auto& rule : in.rules()) {
    part.rules.push_back(
        {.reason = rule.reason(), .effect = static_cast<RejectEffect>(rule.effect())});
  }
  return part;
}

void Write(const PutGroup& part, pb::PutGroup& out) {
  out.set_group_id(part.id.value);
  Write(part.group, *out.mutable_group());
}

void Write(const StockWatch& watch, pb::StockWatch& out) {
  out.set_id(watch.id);
  out.set_method(ToProto(watch.method));
  if (IsGroup(watch.place)) {
    out.set_group_id(GroupAt(watch.place).value);
  } else if (!watch.place.value.empty()) {
    out.set_location(watch.place.value);
  }
  Write(watch.skus, *out.mutable_skus());
  Write(watch.low_at, *out.mutable_low_at());
  Write(watch.back_at, *out.mutable_back_at());
}

}  // namespace

void Write(const LocationGroup& group, pb::LocationGroup& out) {
  out.set_name(group.name);
  WriteIds(group.locations, *out.mutable_locations());
  WriteIds(group.groups, *out.mutable_groups());
}

void Write(const PauseLocation& part, pb::PauseLocation& out) {
  out.set_location(part.location.value);
  out.set_paused(part.paused);
  out.set_reason(part.reason);
}

void Write(const PutRejectRules& part, pb::PutRejectRules& out) {
  for (const RejectRule& rule : part.rules) {
    auto& written = *out.add_rules();
    written.set_reason(rule.reason);
    written.set_effect(static_cast<pb::RejectEffect>(rule.effect));
  }
}

void Write(const MethodSwitches& methods, pb::MethodSwitches& out) {
  if (methods.in_store) out.set_in_store(*methods.in_store);
  if (methods.pick_up) out.set_pick_up(*methods.pick_up);
  if (methods.ship) out.set_ship(*methods.ship);
  if (methods.same_city) out.set_same_city(*methods.same_city);
}

MethodSwitches Read(const pb::MethodSwitches& in) {
  MethodSwitches methods;
  if (in.has_in_store()) methods.in_store = in.in_store();
  if (in.has_pick_up()) methods.pick_up = in.pick_up();
  if (in.has_ship()) methods.ship = in.ship();
  if (in.has_same_city()) methods.same_city = in.same_city();
  return methods;
}

void Write(const PutSafetyRules& rules, pb::PutSafetyRules& out) {
  for (const SafetyRule& rule : rules.rules) {
    auto& written = *out.add_rules();
    Write(rule.skus, *written.mutable_skus());
    Write(rule.places, *written.mutable_places());
    Write(rule.quantity, *written.mutable_quantity());
  }
  for (const NetworkThreshold& rule : rules.thresholds) {
    auto& written = *out.add_thresholds();
    Write(rule.skus, *written.mutable_skus());
    written.set_group_id(rule.group.value);
    Write(rule.quantity, *written.mutable_quantity());
  }
}

PutSafetyRules Read(const pb::PutSafetyRules& in) {
  PutSafetyRules part;
  for (const auto& rule : in.rules()) {
    part.rules.push_back({.skus = Read(rule.skus()),
                          .places = Read(rule.places()),
                          .quantity = Read(rule.quantity())});
  }
  for (const auto& rule : in.thresholds()) {
    part.thresholds.push_back(
        {.skus = Read(rule.skus()), .group = {rule.group_id()}, .quantity = Read(rule.quantity())});
  }
  return part;
}

void Write(const ChannelExposure& channel, pb::ChannelExposure& out) {
  out.set_channel(channel.channel.value);
  out.set_sells_from(channel.sells_from.value);
  for (const ExposureRule& rule : channel.rules) {
    auto& written = *out.add_rules();
    Write(rule.skus, *written.mutable_skus());
    Write(rule.places, *written.mutable_places());
    written.set_excluded(rule.excluded);
    Write(rule.buffer, *written.mutable_buffer());
    written.set_buffer_percent(rule.buffer_percent);
    written.set_share_percent(rule.share_percent);
    if (rule.shown_max) Write(*rule.shown_max, *written.mutable_shown_max());
  }
  for (const StockWatch& watch : channel.watches) Write(watch, *out.add_watches());
  out.mutable_display()->set_band(channel.display.band);
  Write(channel.display.low, *out.mutable_display()->mutable_low());
}

void Write(const NetworkChange& change, pb::NetworkChange& out) {
  if (change.put_group) Write(*change.put_group, *out.mutable_put_group());
  if (change.remove_group) {
    out.mutable_remove_group()->set_group_id(change.remove_group->id.value);
  }
  if (change.pause_location) Write(*change.pause_location, *out.mutable_pause_location());
  if (change.put_methods) Write(*change.put_methods, *out.mutable_put_methods());
  if (change.put_safety_rules) Write(*change.put_safety_rules, *out.mutable_put_safety_rules());
  if (change.put_channel) Write(*change.put_channel, *out.mutable_put_channel());
  if (change.remove_channel) {
    out.mutable_remove_channel()->set_channel(change.remove_channel->channel.value);
  }
  if (change.put_reject_rules) Write(*change.put_reject_rules, *out.mutable_put_reject_rules());
}

NetworkChange Read(const pb::NetworkChange& in) {
  NetworkChange change;
  switch (in.part_case()) {  // No default: a new part must be read here.
    case pb::NetworkChange::kPutGroup: {
      const auto& part = in.put_group();
      change.put_group = {.id = {part.group_id()},
                          .group = {.name = part.group().name(),
                                    .locations = ReadIds<LocationId>(part.group().locations()),
                                    .groups = ReadIds<GroupId>(part.group().groups())}};
      break;
    }
    case pb::NetworkChange::kRemoveGroup:
      change.remove_group = {.id = {in.remove_group().group_id()}};
      break;
    case pb::NetworkChange::kPauseLocation: {
      const auto& part = in.pause_location();
      change.pause_location = {
          .location = {part.location()}, .paused = part.paused(), .reason = part.reason()};
      break;
    }
    case pb::NetworkChange::kPutMethods:
      change.put_methods = Read(in.put_methods());
      break;
    case pb::NetworkChange::kPutSafetyRules:
      change.put_safety_rules = Read(in.put_safety_rules());
      break;
    case pb::NetworkChange::kPutChannel:
      change.put_channel = Read(in.put_channel());
      break;
    case pb::NetworkChange::kRemoveChannel:
      change.remove_channel = {.channel = {in.remove_channel().channel()}};
      break;
    case pb::NetworkChange::kPutRejectRules:
      change.put_reject_rules = Read(in.put_reject_rules());
      break;
    case pb::NetworkChange::PART_NOT_SET:
      break;
  }
  return change;
}

void Write(const StockRules& rules, pb::StockRules& out) {
  if (rules.safety) out.set_safety(*rules.safety);
  if (rules.backorder) {
    auto& backorder = *out.mutable_backorder();
    backorder.set_kind(static_cast<pb::BackorderKind>(rules.backorder->kind));
    backorder.set_limit(rules.backorder->limit);
    backorder.set_restock_days(rules.backorder->restock_days);
  }
  Write(rules.methods, *out.mutable_methods());
  if (rules.line_min) out.set_line_min(*rules.line_min);
  if (rules.line_max) out.set_line_max(*rules.line_max);
  WriteIds(rules.excluded_from, *out.mutable_excluded_from());
  WriteIds(rules.classes, *out.mutable_classes());
}

StockRules Read(const pb::StockRules& in) {
  StockRules rules{.methods = Read(in.methods()),
                   .excluded_from = ReadIds<GroupId>(in.excluded_from()),
                   .classes = ReadIds<std::string>(in.classes())};
  if (in.has_safety()) rules.safety = in.safety();
  if (in.has_backorder()) {
    rules.backorder = {.kind = static_cast<BackorderKind>(in.backorder().kind()),
                       .limit = in.backorder().limit(),
                       .restock_days = in.backorder().restock_days()};
  }
  if (in.has_line_min()) rules.line_min = in.line_min();
  if (in.has_line_max()) rules.line_max = in.line_max();
  return rules;
}

}  // namespace omo::inventory
