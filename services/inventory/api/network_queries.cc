// The network as it was decided.
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/codec/network_codec.h"

namespace omo::inventory {
namespace {

void WriteGroup(const GroupId& id, const Group& group, v1::NetworkGroup& out) {
  out.set_group_id(id.value);
  Write(group.group, *out.mutable_group());
  for (const LocationId& member : group.members) out.add_members(member.value);
}

void WriteNetwork(const InventoryModel& model, v1::GetNetworkResponse& out) {
  const Network network = model.network.FindConfirmed({}).value_or(Network{});
  out.set_version(network.version);
  const GroupList list = model.group_list.FindConfirmed({}).value_or(GroupList{});
  for (const GroupId& id : list.ids) {
    WriteGroup(id, model.groups.FindConfirmed(id).value_or(Group{}), *out.add_groups());
  }
  model.network_places.Scan(
      LocationId{}, [&](const LocationId& location, const NetworkPlace& place) {
        if (place.paused) {
          Write(PauseLocation{.location = location, .paused = true, .reason = place.reason},
                *out.add_pauses());
        }
        return true;
      });
  Write(network.methods, *out.mutable_methods());
  Write(PutSafetyRules{.rules = network.safety_rules, .thresholds = network.thresholds},
        *out.mutable_safety());
  for (const ChannelExposure& channel : network.channels) Write(channel, *out.add_channels());
  Write(PutRejectRules{.rules = network.reject_rules}, *out.mutable_rejects());
}

}  // namespace

grpc::ServerUnaryReactor* InventoryQueryService::GetNetwork(Context* context,
                                                            const v1::GetNetworkRequest* request,
                                                            v1::GetNetworkResponse* response) {
  service::ReadCall call(context, runtime_, request->read());
  CheckPositions(request->read(), runtime_, call.errors());
  return call.RunAtKey(kNetworkKey,
                       [response](shard::Model& model, const type::v1::Freshness& freshness) {
                         *response->mutable_freshness() = freshness;
                         WriteNetwork(RowsOf(model), *response);
                         return grpc::Status::OK;
                       });
}

}  // namespace omo::inventory
