// A change of the network to and from its message, which the log and the API share.
#pragma once

#include "omo/inventory/events/v1/inventory_events.pb.h"
#include "omo/inventory/events/v1/network.pb.h"
#include "services/inventory/domain/network/network.h"
#include "services/inventory/domain/stock/stock_rules.h"

namespace omo::inventory {

namespace pb = omo::inventory::events::v1;

inline pb::Method ToProto(Method method) { return static_cast<pb::Method>(method); }
inline Method FromProto(pb::Method method) { return static_cast<Method>(method); }

void Write(const MethodSwitches& methods, pb::MethodSwitches& out);
MethodSwitches Read(const pb::MethodSwitches& in);

void Write(const NetworkChange& change, pb::NetworkChange& out);
// A message without a part is a change without one.
NetworkChange Read(const pb::NetworkChange& in);

void Write(const ChannelExposure& channel, pb::ChannelExposure& out);
void Write(const LocationGroup& group, pb::LocationGroup& out);
void Write(const PauseLocation& part, pb::PauseLocation& out);
void Write(const PutRejectRules& part, pb::PutRejectRules& out);
void Write(const PutSafetyRules& rules, pb::PutSafetyRules& out);
PutSafetyRules Read(const pb::PutSafetyRules& in);

void Write(const StockRules& rules, pb::StockRules& out);
StockRules Read(const pb::StockRules& in);

}  // namespace omo::inventory
