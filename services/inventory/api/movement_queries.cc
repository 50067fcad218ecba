// The ledger of a SKU, page by page.
#include <limits>
#include <string>
#include <tuple>

#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/api/paging.h"

namespace omo::inventory {
namespace {

using service::ReadCall;

constexpr std::int32_t kMovementsOfAPosting = 2;

// Behind which movement a page begins, and of which list.
struct LedgerPlace {
  std::string sku;
  std::string location_filter;
  std::string location;
  Offset offset = kNoOffset;
  std::int32_t line = 0;
  static auto Fields(auto& self) {
    return std::tie(self.sku, self.location_filter, self.location, self.offset, self.line);
  }
};

// Writes movements behind a place until the page is full.
class LedgerPage {
 public:
  LedgerPage(const v1::ListMovementsRequest& request, const LedgerPlace& behind, int size,
             v1::ListMovementsResponse& out)
      : request_(request), behind_(behind), size_(size), out_(out) {}

  // A posting is one movement for each bucket that it changes; false: the page is full.
  bool Add(const MovementKey& key, const Movement& posting, std::int32_t scale) {
    const std::int32_t first = key.line * kMovementsOfAPosting;
    return AddOne(key, posting, first, posting.bucket, posting.quantity, scale) &&
           (posting.other_bucket == Bucket::kUnspecified ||
            AddOne(key, posting, first + 1, posting.other_bucket, posting.other_quantity, scale));
  }

 private:
  bool AddOne(const MovementKey& key, const Movement& posting, std::int32_t line, Bucket bucket,
              Quantity quantity, std::int32_t scale) {
    const bool given = std::tie(key.location.value, key.offset, line) <=
                       std::tie(behind_.location, behind_.offset, behind_.line);
    if (given) return true;
    if (out_.movements_size() == size_) {
      const v1::Movement& last = out_.movements(size_ - 1);
      out_.set_next_page_token(WritePageToken(LedgerPlace{
          request_.sku(), request_.location(), last.location(), last.offset(), last.line()}));
      return false;
    }
    v1::Movement& out = *out_.add_movements();
    out.set_location(key.location.value);
    out.set_offset(key.offset);
    out.set_line(line);
    out.set_kind(static_cast<v1::MovementKind>(posting.kind));
    out.set_bucket(ToMessage(bucket));
    out.set_quantity(quantity);
    out.set_scale(scale);
    out.set_reason(posting.reason);
    out.set_actor(posting.actor);
    out.set_reference(posting.reference);
    out.set_cause(posting.cause);
    out.set_reservation_id(posting.reservation_id);
    out.set_recorded_at_ms(ToMillis(posting.recorded_at));
    out.set_occurred_at_ms(ToMillis(posting.occurred_at));
    Write(posting.after, *out.mutable_figures());
    return true;
  }

  const v1::ListMovementsRequest& request_;
  const LedgerPlace& behind_;
  const int size_;
  v1::ListMovementsResponse& out_;
};

void FillLedger(const v1::ListMovementsRequest& request, const LedgerPlace& behind, int size,
                const InventoryModel& model, v1::ListMovementsResponse& response) {
  const SkuId sku{request.sku()};
  const std::int32_t scale = model.units.FindConfirmed(sku).value_or(Unit{}).scale;
  LedgerPage page(request, behind, size, response);
  const store::KeyPrefix within = request.location().empty()
                                      ? store::LeadingFields(sku)
                                      : store::LeadingFields(sku, LocationId{request.location()});
  const MovementKey from{sku, {behind.location}, behind.offset, behind.line / kMovementsOfAPosting};
  model.movements.Scan(within, from, [&](const MovementKey& key, const Movement& posting) {
    return page.Add(key, posting, scale);
  });
}

}  // namespace

grpc::ServerUnaryReactor* InventoryQueryService::ListMovements(
    Context* context, const v1::ListMovementsRequest* request,
    v1::ListMovementsResponse* response) {
  ReadCall call(context, runtime_, request->read());
  CheckPositions(request->read(), runtime_, call.errors());
  CheckName(call.errors(), "sku", request->sku());
  CheckOptionalName(call.errors(), "location", request->location());
  const int size = ReadPageSize(call.errors(), request->page_size());
  LedgerPlace behind;
  if (!request->page_token().empty()) {
    const bool ours = ReadPageToken(request->page_token(), behind) &&
                      behind.sku == request->sku() && behind.location_filter == request->location();
    if (!ours) NotAPageToken(call.errors());
  }
  return call.RunAtKey(
      request->sku(),
      [request, response, size, behind](shard::Model& model, const type::v1::Freshness& freshness) {
        *response->mutable_freshness() = freshness;
        FillLedger(*request, behind, size, RowsOf(model), *response);
        return grpc::Status::OK;
      });
}

}  // namespace omo::inventory
