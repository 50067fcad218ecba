// What a change of the network would change, by the rules that would decide it.
#include <array>
#include <optional>
#include <string>

#include "services/inventory/api/answers.h"
#include "services/inventory/api/confirmed_promises.h"
#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/network_checks.h"
#include "services/inventory/api/paging.h"
#include "services/inventory/codec/network_codec.h"
#include "services/inventory/domain/stock/what_if.h"

namespace omo::inventory {
namespace {

// A page looks at no more rows, whatever differs: the shard waits meanwhile.
constexpr int kRowsOfAPage = 500;

struct PreviewPage {
  NetworkChange change;
  Demand demand;
  std::optional<FiguresKey> behind;
  int size = 0;
};

std::string WriteToken(const FiguresKey& last) {
  const std::array<std::string, 2> values{last.sku.value, last.location.value};
  return rpc::WritePageToken(values);
}

std::optional<FiguresKey> ReadToken(const std::string& token) {
  const auto values = rpc::ReadPageToken(token, 2);
  if (!values) return std::nullopt;
  return FiguresKey{{(*values)[0]}, {(*values)[1]}};
}

// `now` and `then`: as the rows are.
v1::PromiseDifference Compare(const FiguresKey& key, const Demand& demand, const Foresight& now,
                              const Foresight& then) {
  v1::PromiseDifference difference;
  difference.set_sku(key.sku.value);
  difference.set_place(key.location.value);
  difference.set_scale(ScaleOf(now.state(), key.sku));
  Foresight after = then;
  difference.set_quota_before(after.Of(key.sku, key.location).quota);
  after.CutQuotas();
  difference.set_quota_after(after.Of(key.sku, key.location).quota);
  difference.set_promisable_before(now.Promisable(key.sku, key.location, demand));
  difference.set_promisable_after(after.Promisable(key.sku, key.location, demand));
  difference.set_shortfall_before(now.ShortfallAt(key));
  difference.set_shortfall_after(after.ShortfallAt(key));
  return difference;
}

bool Differs(const v1::PromiseDifference& difference) {
  return difference.promisable_before() != difference.promisable_after() ||
         difference.quota_before() != difference.quota_after() ||
         difference.shortfall_before() != difference.shortfall_after();
}

grpc::Status Fill(const PreviewPage& page, const InventoryModel& model,
                  v1::PreviewNetworkChangeResponse& out) {
  const ConfirmedPromises promises(model);
  const StockState& now = promises.state();
  const StockDecision decision = Decide(now, ChangeNetwork{.change = page.change}, Time{});
  if (decision.refusal) {
    return RefusalStatus(ToMessage(*decision.refusal), decision.details);
  }
  if (!decision.event) return grpc::Status::OK;  // It is so already.
  WhatIf then(now);
  then.Try(NetworkChanged{.version = promises.network_version() + 1, .change = page.change});
  const Foresight after(then.state());
  FiguresKey last;
  int looked_at = 0;
  model.figures.Scan(
      page.behind.value_or(FiguresKey{}), [&](const FiguresKey& key, const Figures&) {
        if (page.behind && key == *page.behind) return true;
        if (looked_at++ == kRowsOfAPage || out.differences_size() == page.size) {
          out.set_next_page_token(WriteToken(last));
          return false;
        }
        last = key;
        v1::PromiseDifference difference = Compare(key, page.demand, promises.foresight(), after);
        if (Differs(difference)) *out.add_differences() = std::move(difference);
        return true;
      });
  return grpc::Status::OK;
}

}  // namespace

grpc::ServerUnaryReactor* InventoryQueryService::PreviewNetworkChange(
    Context* context, const v1::PreviewNetworkChangeRequest* request,
    v1::PreviewNetworkChangeResponse* response) {
  service::ReadCall call(context, runtime_, request->read());
  const ShardId shard = ShardOfList(runtime_, call);
  CheckPositions(request->read(), runtime_, call.errors());
  CheckOptionalName(call.errors(), "channel", request->channel());
  CheckOptionalName(call.errors(), "segment", request->segment());
  CheckMethod(call.errors(), "method", request->method());
  PreviewPage page{.change = CheckNetworkChange(call.errors(), request->change()),
                   .demand = {.channel = {request->channel()},
                              .segment = {request->segment()},
                              .method = FromProto(request->method())},
                   .behind = ReadToken(request->page_token()),
                   .size = ReadPageSize(call.errors(), request->page_size())};
  if (!request->page_token().empty() && !page.behind) NotAPageToken(call.errors());
  return call.Run(shard, [page = std::move(page), response](shard::Model& model,
                                                            const type::v1::Freshness& freshness) {
    *response->add_freshness() = freshness;
    return Fill(page, RowsOf(model), *response);
  });
}

}  // namespace omo::inventory
