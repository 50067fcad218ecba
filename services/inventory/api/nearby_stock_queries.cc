// Where near a place a cart can be had.
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "libs/core/amount.h"
#include "libs/rpc/errors.h"
#include "services/inventory/api/confirmed_promises.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/codec/network_codec.h"
#include "services/inventory/domain/location/opening.h"
#include "services/inventory/domain/stock/shown_stock.h"
#include "services/inventory/views/nearby_search.h"
#include "services/inventory/views/time_zones.h"

namespace omo::inventory {
namespace {

using service::ReadCall;

constexpr std::int64_t kLatitudeMax = kRightAngleE7;
constexpr std::int64_t kLongitudeMax = 2 * kLatitudeMax;
constexpr std::int64_t kWantedMax = 20;
constexpr std::int64_t kFiltersMax = 20;
constexpr std::int64_t kLowMax = 1'000'000;
constexpr std::int32_t kPlaces = 10;
constexpr std::int32_t kPlacesMax = 100;
constexpr Duration kOpenAtMost = std::chrono::hours{366 * 24};

// What is shown where the network says nothing of the channel: what is asked for, and the least if
// nothing is.
DisplayPolicy PolicyOf(const v1::FindNearbyStockRequest& request) {
  return {.exact = request.display() == v1::STOCK_DISPLAY_EXACT, .low = {request.low_at_most(), 0}};
}

template <class Values, class IsKnown>
void CheckNamed(rpc::FieldErrors& errors, std::string_view field, const Values& values,
                IsKnown is_known) {
  if (!values.empty() && !errors.RequireCount(field, values.size(), kFiltersMax)) return;
  for (int i = 0; i < values.size(); ++i) {
    if (values[i] != 0 && is_known(values[i])) continue;
    errors.Add(rpc::FieldAt(field, static_cast<std::size_t>(i)), "UNKNOWN_VALUE",
               "must be one of the named values");
  }
}

void CheckWanted(rpc::FieldErrors& errors, const v1::FindNearbyStockRequest& request) {
  if (!errors.RequireCount("wanted", request.wanted_size(), kWantedMax)) return;
  CheckEach(errors, "wanted", request.wanted(),
            [](rpc::FieldErrors& faults, const v1::WantedStock& wanted) {
              CheckName(faults, "sku", wanted.sku());
              if (!wanted.has_quantity()) return;
              CheckQuantity(faults, "quantity", true, wanted.quantity(), Sign::kPositive);
            });
  std::set<std::string_view> seen;
  for (int i = 0; i < request.wanted_size(); ++i) {
    if (seen.insert(request.wanted(i).sku()).second) continue;
    errors.Add(rpc::FieldAt("wanted", static_cast<std::size_t>(i), "sku"), "REPEATED",
               "asked before");
  }
}

void CheckRequest(rpc::FieldErrors& errors, const v1::FindNearbyStockRequest& request) {
  CheckWanted(errors, request);
  if (errors.RequirePresent("origin", request.has_origin())) {
    errors.RequireRange("origin.latitude_e7", request.origin().latitude_e7(), -kLatitudeMax,
                        kLatitudeMax);
    errors.RequireRange("origin.longitude_e7", request.origin().longitude_e7(), -kLongitudeMax,
                        kLongitudeMax);
  }
  errors.RequireRange("max_distance_m", request.max_distance_m(), 0, kMetresMax);
  errors.RequireRange("max_places", request.max_places(), 0, kPlacesMax);
  CheckNamed(errors, "capabilities", request.capabilities(), v1::Capability_IsValid);
  CheckNamed(errors, "kinds", request.kinds(), v1::LocationKind_IsValid);
  errors.RequireRange("open_at_ms", request.open_at_ms(), 0,
                      ToMillis(shard::WallNow() + kOpenAtMost));
  if (!v1::StockDisplay_IsValid(request.display())) {
    errors.Add("display", "UNKNOWN_VALUE", "must be one of the named values");
  }
  errors.RequireRange("low_at_most", request.low_at_most(), 0, kLowMax);
  CheckOptionalName(errors, "channel", request.channel());
  CheckMethod(errors, "method", request.method());
  CheckOptionalName(errors, "segment", request.segment());
}

PlaceFilter FilterOf(const v1::FindNearbyStockRequest& request) {
  PlaceFilter filter{.origin = {.latitude_e7 = request.origin().latitude_e7(),
                                .longitude_e7 = request.origin().longitude_e7()}};
  if (request.max_distance_m() != 0) filter.metres_max = request.max_distance_m();
  for (const int kind : request.kinds()) filter.kinds.push_back(static_cast<LocationKind>(kind));
  if (filter.kinds.empty()) filter.kinds.push_back(LocationKind::kStore);
  for (const int capability : request.capabilities()) {
    filter.capabilities.push_back(static_cast<Capability>(capability));
  }
  return filter;
}

void Write(const Opening& opening, v1::Opening& out) {
  out.set_state(opening.open ? v1::OPENING_STATE_OPEN : v1::OPENING_STATE_CLOSED);
  if (opening.closes_at) out.set_closes_at_ms(ToMillis(*opening.closes_at));
  if (opening.opens_at) out.set_opens_at_ms(ToMillis(*opening.opens_at));
}

void WriteHours(const Place& place, Time at, v1::NearbyPlace& out) {
  v1::Opening& written = *out.mutable_opening();
  if (!place.zone || !HoursTold(place.profile)) return;
  const Opening opening =
      OpeningAt(place.profile, at, DateAt(*place.zone, at),
                [&place](LocalMinute local) { return InstantOf(*place.zone, local); });
  Write(opening, written);
  const auto& can = place.profile.capabilities;
  const bool pick_up = std::find(can.begin(), can.end(), Capability::kPickUp) != can.end();
  if (!pick_up || !opening.pickup_ready_at) return;
  out.set_pickup_ready_at_ms(ToMillis(*opening.pickup_ready_at));
}

// One look-up on its way through the shards: first the places of all, then the SKUs of theirs.
class NearbyLookUp {
 public:
  NearbyLookUp(const shard::Runtime& runtime, const v1::FindNearbyStockRequest& request,
               v1::FindNearbyStockResponse& response)
      : request_(request),
        demand_{.channel = {request.channel()},
                .segment = {request.segment()},
                .method = FromProto(request.method())},
        response_(response),
        shards_(runtime.shards()),
        search_(
            FilterOf(request), static_cast<std::size_t>(request.wanted_size()),
            static_cast<std::size_t>(request.max_places() != 0 ? request.max_places() : kPlaces),
            request.only_with_all()) {
    for (const v1::WantedStock& wanted : request.wanted()) {
      cart_.push_back({.shard = runtime.ShardOfKey(wanted.sku()), .id = {wanted.sku()}});
    }
  }

  // The shards in the order in which they are to be read.
  std::vector<ShardId> Way() const {
    std::vector<ShardId> way(static_cast<std::size_t>(shards_));
    std::iota(way.begin(), way.end(), 0);
    std::set<ShardId> of_skus;
    for (const CartSku& sku : cart_) of_skus.insert(sku.shard);
    way.insert(way.end(), of_skus.begin(), of_skus.end());
    return way;
  }

  grpc::Status Read(ShardId shard, const InventoryModel& model,
                    const type::v1::Freshness& freshness) {
    if (static_cast<std::size_t>(shard) == places_.size()) {
      *response_.add_freshness() = freshness;
      search_.Add(places_.emplace_back(model.places.Read()));
      return grpc::Status::OK;
    }
    type::v1::Freshness& told = *response_.mutable_freshness(shard);
    if (grpc::Status back = NotBehind(told.position(), freshness); !back.ok()) return back;
    // Where a location changed since the places were read, all is told as of then.
    if (model.places.Read() == places_[static_cast<std::size_t>(shard)]) told = freshness;
    return LookUp(shard, model);
  }

  void WriteAnswer() {
    const Time at =
        request_.open_at_ms() != 0 ? FromMillis(request_.open_at_ms()) : shard::WallNow();
    for (const NearbyPlace& found : search_.found()) {
      WritePlace(found, at, *response_.add_places());
    }
  }

 private:
  struct CartSku {
    ShardId shard = 0;
    SkuId id{};
    Unit unit{};
    Quantity wanted = 0;
  };

  // Rows may have been made anew between the two times that a shard is read.
  static grpc::Status NotBehind(const type::v1::Position& before,
                                const type::v1::Freshness& freshness) {
    const type::v1::Position& now = freshness.position();
    if (now.log_id() == before.log_id() && now.offset() >= before.offset()) {
      return grpc::Status::OK;
    }
    return rpc::PositionNotReached("the shard is being rebuilt here",
                                   {.shard = before.shard(),
                                    .asked = before.offset(),
                                    .reached = now.offset(),
                                    .age = Duration{freshness.age_ms()}});
  }

  grpc::Status LookUp(ShardId shard, const InventoryModel& model) {
    std::vector<NearbySearch::Wanted> here;
    for (std::size_t i = 0; i < cart_.size(); ++i) {
      CartSku& sku = cart_[i];
      if (sku.shard != shard) continue;
      sku.unit = model.units.FindConfirmed(sku.id).value_or(Unit{});
      const v1::WantedStock& wanted = request_.wanted(static_cast<int>(i));
      const Amount amount = wanted.has_quantity() ? ReadAmount(wanted.quantity()) : Amount{1, 0};
      const std::optional<Quantity> exact = InScale(amount, sku.unit.scale);
      if (!exact) {
        rpc::FieldErrors errors;
        errors.Add(rpc::FieldAt("wanted", i, "quantity"), "QUANTITY_NOT_EXACT",
                   "no whole number of what the SKU is counted in");
        return errors.Status();
      }
      sku.wanted = *exact;
      here.push_back({.sku = i, .quantity = *exact});
    }
    const ConfirmedPromises promises(model);
    const auto free_at = [&](const SkuId& sku, const LocationId& location) {
      const Figures figures = model.figures.FindConfirmed({sku, location}).value_or(Figures{});
      return promises.At(sku, location, figures, demand_);
    };
    const auto needs = NeedsOfKits(promises, here);
    search_.LookUp(
        here,
        [&](std::size_t i, const LocationId& location) { return free_at(cart_[i].id, location); },
        [&](const LocationId& location) {
          return needs && std::all_of(needs->begin(), needs->end(), [&](const StockLine& line) {
                   return free_at(line.sku, location) >= line.quantity;
                 });
        });
    LearnDisplay(here, promises.foresight());
    return grpc::Status::OK;
  }

  // What these SKUs need together where kits are among them, which may share components: where
  // there are none, each by itself says it all.
  std::optional<std::vector<StockLine>> NeedsOfKits(
      const ConfirmedPromises& promises, const std::vector<NearbySearch::Wanted>& here) const {
    std::vector<StockLine> asked;
    bool any_kit = false;
    for (const NearbySearch::Wanted& wanted : here) {
      const CartSku& sku = cart_[wanted.sku];
      asked.push_back({.sku = sku.id, .quantity = sku.wanted, .scale = sku.unit.scale});
      any_kit = any_kit || promises.PartsOf(sku.id) != nullptr;
    }
    return any_kit ? NeedsOf(promises.state(), asked) : std::vector<StockLine>{};
  }

  // What the places that are left show of these SKUs.
  void LearnDisplay(const std::vector<NearbySearch::Wanted>& here, const Foresight& foresight) {
    if (request_.channel().empty()) return;
    for (const NearbyPlace& found : search_.found()) {
      for (const NearbySearch::Wanted& wanted : here) {
        const SkuId& sku = cart_[wanted.sku].id;
        const auto policy = foresight.DisplayAt(sku, found.place->id, demand_.channel);
        if (policy) display_[{sku, found.place->id}] = *policy;
      }
    }
  }

  void WritePlace(const NearbyPlace& found, Time at, v1::NearbyPlace& out) const {
    v1::Location written;
    Write(found.place->id, {.profile = found.place->profile}, written);
    v1::LocationProfile& profile = *written.mutable_profile();
    out.set_location_id(found.place->id.value);
    out.set_kind(profile.kind());
    out.set_name(std::move(*profile.mutable_name()));
    out.set_brand(std::move(*profile.mutable_brand()));
    out.mutable_address()->Swap(profile.mutable_address());
    *out.mutable_geo() = profile.geo();
    out.set_time_zone(std::move(*profile.mutable_time_zone()));
    out.set_distance_m(found.metres);
    WriteHours(*found.place, at, out);
    out.set_has_all(found.has_all);
    for (std::size_t i = 0; i < cart_.size(); ++i) {
      const auto told = display_.find({cart_[i].id, found.place->id});
      const DisplayPolicy policy = told != display_.end() ? told->second : PolicyOf(request_);
      WriteSku(cart_[i], found.free[i], policy, *out.add_skus());
    }
  }

  static void WriteSku(const CartSku& sku, Quantity free, const DisplayPolicy& policy,
                       v1::NearbySku& out) {
    const ShownStock shown = Show(free, sku.unit.scale, policy);
    out.set_sku(sku.id.value);
    out.set_band(static_cast<v1::StockBand>(shown.band));
    out.set_enough(free >= sku.wanted);
    out.set_unit(sku.unit.name);
    if (!shown.quantity) return;
    out.mutable_quantity()->set_value(*shown.quantity);
    out.mutable_quantity()->set_scale(sku.unit.scale);
  }

  const v1::FindNearbyStockRequest& request_;
  const Demand demand_;
  v1::FindNearbyStockResponse& response_;
  const std::int32_t shards_;
  NearbySearch search_;
  std::vector<CartSku> cart_;
  std::map<FiguresKey, DisplayPolicy> display_;        // Where the network says something.
  std::vector<std::shared_ptr<const Places>> places_;  // By shard, as far as they are read.
};

}  // namespace

grpc::ServerUnaryReactor* InventoryQueryService::FindNearbyStock(
    Context* context, const v1::FindNearbyStockRequest* request,
    v1::FindNearbyStockResponse* response) {
  ReadCall call(context, runtime_, request->read());
  CheckPositions(request->read(), runtime_, call.errors());
  CheckRequest(call.errors(), *request);
  auto look_up = std::make_shared<NearbyLookUp>(runtime_, *request, *response);
  return call.RunAtShards(
      look_up->Way(),
      [look_up](ShardId shard, shard::Model& model, const type::v1::Freshness& freshness) {
        return look_up->Read(shard, RowsOf(model), freshness);
      },
      [look_up] { look_up->WriteAnswer(); });
}

}  // namespace omo::inventory
