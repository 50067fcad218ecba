// The door of a watch: what is wrong with the request, and where it begins.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/service/command_call.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/watcher.h"

namespace omo::inventory {
namespace {

using Names = google::protobuf::RepeatedPtrField<std::string>;

constexpr int kNamesMax = 100;
constexpr Duration kPatience{10'000};  // For the position where it begins.

template <class Name>
std::vector<Name> Sorted(const Names& names) {
  std::vector<Name> sorted;
  for (const std::string& name : names) sorted.push_back({name});
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

void CheckNames(rpc::FieldErrors& errors, std::string_view field, const Names& names) {
  if (!names.empty() && !errors.RequireCount(field, names.size(), kNamesMax)) return;
  for (int i = 0; i < names.size(); ++i) {
    CheckName(errors, rpc::FieldAt(field, static_cast<std::size_t>(i)), names[i]);
  }
}

// Every SKU in the shard of the first, or none and a shard that there is.
ShardId CheckShard(rpc::FieldErrors& errors, const shard::Runtime& runtime,
                   const v1::WatchAvailabilityRequest& request) {
  if (request.skus().empty()) {
    if (!request.has_shard()) {
      errors.Add("skus", "REQUIRED", "SKUs, or a whole shard");
    } else {
      errors.RequireRange("shard", request.shard(), 0, runtime.shards() - 1);
    }
    return request.shard();
  }
  if (request.has_shard()) errors.Add("shard", "UNKNOWN_VALUE", "the SKUs say in which shard");
  const ShardId shard = runtime.ShardOfKey(request.skus(0));
  for (int i = 1; i < request.skus_size(); ++i) {
    if (runtime.ShardOfKey(request.skus(i)) == shard) continue;
    errors.Add(rpc::FieldAt("skus", static_cast<std::size_t>(i)), "LINES_OF_SEVERAL_SHARDS",
               "in another shard; watch each by itself");
  }
  return shard;
}

void CheckFrom(rpc::FieldErrors& errors, const v1::WatchAvailabilityRequest& request,
               ShardId shard) {
  if (!request.has_from()) return;
  if (request.from().shard() != shard) {
    errors.Add("from.shard", "OUT_OF_RANGE", "not the shard that is watched");
  }
  if (request.from().offset() < 0) errors.Add("from.offset", "OUT_OF_RANGE", "not an offset");
}

// What the watcher has must be here before it can go on behind it.
type::v1::ReadOptions BeginningOf(const v1::WatchAvailabilityRequest& request) {
  type::v1::ReadOptions read = request.read();
  if (!request.has_from() || !type::v1::ReadLevel_IsValid(read.level())) return read;
  if (read.level() != type::v1::READ_LEVEL_LINEARIZABLE) {
    read.set_level(type::v1::READ_LEVEL_MIN_POSITION);
  }
  for (type::v1::Position& position : *read.mutable_min_positions()) {
    if (position.shard() != request.from().shard()) continue;
    if (position.offset() < request.from().offset()) position = request.from();
    return read;
  }
  *read.add_min_positions() = request.from();
  return read;
}

}  // namespace

grpc::ServerWriteReactor<v1::WatchAvailabilityResponse>* InventoryQueryService::WatchAvailability(
    Context* context, const v1::WatchAvailabilityRequest* request) {
  WatchScope scope{.skus = Sorted<SkuId>(request->skus()),
                   .locations = Sorted<LocationId>(request->locations())};
  if (request->has_from()) scope.from = service::ReadPosition(request->from());
  service::ReadCall call(context, runtime_, BeginningOf(*request));
  CheckPositions(request->read(), runtime_, call.errors());
  CheckNames(call.errors(), "skus", request->skus());
  CheckNames(call.errors(), "locations", request->locations());
  scope.shard = CheckShard(call.errors(), runtime_, *request);
  CheckFrom(call.errors(), *request, scope.shard);
  const ShardId shard = scope.shard;
  const std::shared_ptr<Watcher> watcher = Watcher::Make(watch_, std::move(scope));
  grpc::Status refused = call.Faults();
  if (refused.ok()) refused = watch_.Enter(watcher);
  if (!refused.ok()) {
    watcher->End(refused);
    return watcher.get();
  }
  call.Reach(shard, kPatience, [watcher](const grpc::Status& reached) {
    reached.ok() ? watcher->Begin() : watcher->End(reached);
  });
  return watcher.get();
}

}  // namespace omo::inventory
