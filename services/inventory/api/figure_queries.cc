// What there is, and what there was.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "libs/rpc/errors.h"
#include "services/inventory/api/confirmed_promises.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/codec/network_codec.h"
#include "services/inventory/codec/quota_codec.h"
#include "services/inventory/domain/stock/shown_stock.h"
#include "services/inventory/domain/stock/terms.h"

namespace omo::inventory {
namespace {

using Names = google::protobuf::RepeatedPtrField<std::string>;
using service::ReadCall;

constexpr int kKeysMax = 100;
constexpr int kGroupsMax = 20;
constexpr Duration kFutureLeeway = std::chrono::minutes{10};

void CheckNames(rpc::FieldErrors& errors, std::string_view field, const Names& names) {
  if (!names.empty() && !errors.RequireCount(field, names.size(), kKeysMax)) return;
  for (int i = 0; i < names.size(); ++i) {
    if (!names[i].empty() && names[i].size() <= kNameBytesMax) continue;
    CheckName(errors, rpc::FieldAt(field, static_cast<std::size_t>(i)), names[i]);
  }
}

// A location asked twice would be summed twice.
void CheckLocations(rpc::FieldErrors& errors, const Names& locations) {
  CheckNames(errors, "locations", locations);
  if (locations.size() > kKeysMax) return;
  std::set<std::string_view> seen;
  for (int i = 0; i < locations.size(); ++i) {
    if (seen.insert(locations[i]).second) continue;
    errors.Add(rpc::FieldAt("locations", static_cast<std::size_t>(i)), "REPEATED", "asked before");
  }
}

// Writes the figures of one SKU, location by location, and then their sum.
class FiguresWriter {
 public:
  FiguresWriter(const InventoryModel& model, const SkuId& sku, v1::SkuAvailability& item)
      : item_(item) {
    const Unit unit = model.units.FindConfirmed(sku).value_or(Unit{});
    item.set_sku(sku.value);
    item.set_scale(unit.scale);
    item.set_unit(unit.name);
  }
  v1::LocationFigures& Add(const std::string& location, const Figures& figures) {
    v1::LocationFigures& written = *item_.add_locations();
    written.set_location(location);
    Write(figures, *written.mutable_figures());
    total_ = total_ + figures;
    return written;
  }
  void Finish() { Write(total_, *item_.mutable_total()); }

 private:
  v1::SkuAvailability& item_;
  Figures total_;
};

// What can be promised of one SKU, and what of it is shown.
class PromiseWriter {
 public:
  PromiseWriter(const ConfirmedPromises& promises, const SkuId& sku, const Demand& demand)
      : promises_(promises),
        sku_(sku),
        demand_(demand),
        is_ruled_(promises.IsRuled(sku)),
        parts_(promises.PartsOf(sku)) {}

  void Add(const Figures& figures, v1::LocationFigures& out) {
    if (!is_ruled_ && parts_ == nullptr) {
      out.set_promisable(ConfirmedPromises::Unruled(figures));
      return;
    }
    const LocationId location{out.location()};
    out.set_promisable(promises_.At(sku_, location, figures, demand_));
    WriteTerms(sku_, location, out);
    if (parts_ != nullptr) {
      for (const KitComponent& part : *parts_) WriteTerms(part.sku, location, out);
    }
    if (is_ruled_) Finish(location, out);
  }
  void AddGroup(const std::string& group, v1::GroupFigures& out) {
    const Foresight& foresight = promises_.foresight();
    const LocationId place = PlaceOf({group});
    out.set_group(group);
    Write(foresight.SumOf(sku_, {group}).figures, *out.mutable_figures());
    const Figures kept = promises_.state().figures.Get({sku_, place});
    out.set_kept(kept.Promised());
    out.set_promisable(promises_.AtGroup(sku_, {group}, demand_));
    Finish(place, out);
  }

 private:
  // A kit comes when the last of its components has come.
  void WriteTerms(const SkuId& sku, const LocationId& location, v1::LocationFigures& out) {
    if (!promises_.IsRuled(sku)) return;
    const Terms terms = TermsAt(promises_.state(), sku, location);
    out.set_restock_days(std::max(out.restock_days(), terms.backorder.restock_days));
    out.set_paused(terms.paused);
  }
  void Finish(const LocationId& place, auto& out) {
    for (const Quota& quota : promises_.foresight().QuotasAt(sku_, place).quotas) {
      Write(quota, *out.add_quotas());
    }
    const auto policy = promises_.foresight().DisplayAt(sku_, place, demand_.channel);
    if (!policy) return;
    const ShownStock shown = Show(out.promisable(), ScaleOf(promises_.state(), sku_), *policy);
    out.mutable_shown()->set_band(static_cast<v1::StockBand>(shown.band));
    if (shown.quantity) out.mutable_shown()->set_quantity(*shown.quantity);
  }

  const ConfirmedPromises& promises_;
  const SkuId& sku_;
  const Demand& demand_;
  const bool is_ruled_;
  const std::vector<KitComponent>* const parts_;  // nullptr: no kit.
};

// Wherever the SKU has ever been; of a kit, wherever all of its components have.
void EachLocation(const InventoryModel& model, const ConfirmedPromises& promises, const SkuId& sku,
                  auto&& visit) {
  const auto* parts = promises.PartsOf(sku);
  if (parts != nullptr && parts->empty()) return;
  const auto& figures = promises.state().figures;
  model.figures.Scan(store::LeadingFields(parts != nullptr ? parts->front().sku : sku),
                     [&](const FiguresKey& key, const Figures& row) {
                       if (IsGroup(key.location)) return true;
                       const auto is_known = [&](const KitComponent& part) {
                         return figures.Find({part.sku, key.location}) != nullptr;
                       };
                       if (parts == nullptr) {
                         visit(key.location, row);
                       } else if (std::all_of(parts->begin(), parts->end(), is_known)) {
                         visit(key.location, Figures{});
                       }
                       return true;
                     });
}

void WriteAvailability(const InventoryModel& model, const ConfirmedPromises& confirmed,
                       const v1::GetAvailabilityRequest& request, v1::SkuAvailability& item) {
  const SkuId sku{item.sku()};
  const Demand demand{.channel = {request.channel()},
                      .segment = {request.segment()},
                      .method = FromProto(request.method())};
  FiguresWriter writer(model, sku, item);
  PromiseWriter promises(confirmed, sku, demand);
  item.set_network_version(confirmed.network_version());
  for (const std::string& location : request.locations()) {
    const Figures figures = model.figures.FindConfirmed({sku, {location}}).value_or(Figures{});
    promises.Add(figures, writer.Add(location, figures));
  }
  if (request.locations().empty()) {
    EachLocation(model, confirmed, sku, [&](const LocationId& location, const Figures& figures) {
      promises.Add(figures, writer.Add(location.value, figures));
    });
  }
  writer.Finish();
  for (const std::string& group : request.groups()) {
    promises.AddGroup(group, *item.add_groups());
  }
  if (const auto* parts = confirmed.PartsOf(sku)) Write(*parts, *item.mutable_components());
}

// `figures_at(location)` gives how things stood then.
template <class FiguresThere>
void WriteAsOf(const InventoryModel& model, const SkuId& sku, const Names& locations,
               FiguresThere figures_at, v1::SkuAvailability& item) {
  FiguresWriter writer(model, sku, item);
  for (const std::string& location : locations) {
    writer.Add(location, figures_at(LocationId{location}));
  }
  if (locations.empty()) {
    model.figures.Scan(store::LeadingFields(sku), [&](const FiguresKey& key, const Figures&) {
      if (!IsGroup(key.location)) writer.Add(key.location.value, figures_at(key.location));
      return true;
    });
  }
  writer.Finish();
}

void CheckAsOf(const v1::GetStockAsOfRequest& request, const shard::Runtime& runtime,
               rpc::FieldErrors& errors) {
  switch (request.at_case()) {
    case v1::GetStockAsOfRequest::kPosition:
      if (request.position().shard() != runtime.ShardOfKey(request.sku())) {
        errors.Add("position.shard", "OUT_OF_RANGE", "the SKU lives in another shard");
      }
      if (request.position().offset() < 0) {
        errors.Add("position.offset", "OUT_OF_RANGE", "not an offset");
      }
      return;
    case v1::GetStockAsOfRequest::kTimeMs:
      errors.RequireRange("time_ms", request.time_ms(), 0,
                          ToMillis(shard::WallNow() + kFutureLeeway));
      return;
    case v1::GetStockAsOfRequest::AT_NOT_SET:
      errors.Add("at", "REQUIRED", "a position or a time");
  }
}

grpc::Status FillAsOf(const v1::GetStockAsOfRequest& request, const InventoryModel& model,
                      const type::v1::Freshness& newest, v1::SkuAvailability& item) {
  const SkuId sku{request.sku()};
  if (request.has_time_ms()) {
    const Time time = FromMillis(request.time_ms());
    const auto figures_at = [&](const LocationId& location) {
      return FiguresAt(model.movements, model.minutes, sku, location, time);
    };
    WriteAsOf(model, sku, request.locations(), figures_at, item);
    return grpc::Status::OK;
  }
  if (request.position().log_id() != newest.position().log_id()) {
    return rpc::Fault("POSITION_OF_ANOTHER_LOG", "the position is of another log");
  }
  if (request.position().offset() > newest.position().offset()) {
    return rpc::PositionNotReached("not read up to that position yet",
                                   {.shard = newest.position().shard(),
                                    .asked = request.position().offset(),
                                    .reached = newest.position().offset(),
                                    .age = Duration{newest.age_ms()}});
  }
  const auto figures_at = [&](const LocationId& location) {
    return FiguresAt(model.movements, sku, location, request.position().offset());
  };
  WriteAsOf(model, sku, request.locations(), figures_at, item);
  return grpc::Status::OK;
}

}  // namespace

grpc::ServerUnaryReactor* InventoryQueryService::GetAvailability(
    Context* context, const v1::GetAvailabilityRequest* request,
    v1::GetAvailabilityResponse* response) {
  ReadCall call(context, runtime_, request->read());
  CheckPositions(request->read(), runtime_, call.errors());
  call.errors().RequireCount("skus", request->skus_size(), kKeysMax);
  CheckNames(call.errors(), "skus", request->skus());
  CheckLocations(call.errors(), request->locations());
  if (request->groups_size() > kGroupsMax) {
    call.errors().RequireCount("groups", request->groups_size(), kGroupsMax);
  }
  CheckNames(call.errors(), "groups", request->groups());
  CheckOptionalName(call.errors(), "channel", request->channel());
  CheckMethod(call.errors(), "method", request->method());
  CheckOptionalName(call.errors(), "segment", request->segment());
  std::vector<ShardId> shards;
  for (const std::string& sku : request->skus()) {
    response->add_items()->set_sku(sku);
    shards.push_back(runtime_.ShardOfKey(sku));
  }
  std::sort(shards.begin(), shards.end());
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  return call.RunAtShards(std::move(shards),
                          [this, request, response](ShardId shard, shard::Model& model,
                                                    const type::v1::Freshness& freshness) {
                            *response->add_freshness() = freshness;
                            const ConfirmedPromises promises(RowsOf(model));
                            for (v1::SkuAvailability& item : *response->mutable_items()) {
                              if (runtime_.ShardOfKey(item.sku()) != shard) continue;
                              WriteAvailability(RowsOf(model), promises, *request, item);
                            }
                            return grpc::Status::OK;
                          });
}

grpc::ServerUnaryReactor* InventoryQueryService::GetStockAsOf(
    Context* context, const v1::GetStockAsOfRequest* request, v1::GetStockAsOfResponse* response) {
  ReadCall call(context, runtime_, request->read());
  CheckPositions(request->read(), runtime_, call.errors());
  CheckName(call.errors(), "sku", request->sku());
  CheckLocations(call.errors(), request->locations());
  CheckAsOf(*request, runtime_, call.errors());
  return call.RunAtKey(request->sku(), [request, response](shard::Model& model,
                                                           const type::v1::Freshness& freshness) {
    *response->mutable_freshness() = freshness;
    return FillAsOf(*request, RowsOf(model), freshness, *response->mutable_item());
  });
}

}  // namespace omo::inventory
