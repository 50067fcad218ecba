// The ledger of a SKU, page by page.
#include <array>
#include <string>
#include <tuple>

#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/api/paging.h"

namespace omo::inventory {
namespace {

using service::ReadCall;

constexpr std::int32_t kMovementsOfARow = 2;

// Behind which movement a page begins.
struct LedgerPlace {
  std::string location;
  Offset offset = kNoOffset;
  std::int32_t line = 0;
};

// The token says of which list it is, too.
std::string WriteToken(const v1::ListMovementsRequest& request, const v1::Movement& last) {
  const std::array<std::string, 5> values{request.sku(), request.location(), last.location(),
                                          std::to_string(last.offset()),
                                          std::to_string(last.line())};
  return rpc::WritePageToken(values);
}

bool ReadToken(const v1::ListMovementsRequest& request, LedgerPlace& place) {
  const auto values = rpc::ReadPageToken(request.page_token(), 5);
  if (!values || (*values)[0] != request.sku() || (*values)[1] != request.location()) return false;
  place.location = (*values)[2];
  return ReadTokenNumber((*values)[3], place.offset) && ReadTokenNumber((*values)[4], place.line);
}

// Writes movements behind a place until the page is full.
class LedgerPage {
 public:
  LedgerPage(const v1::ListMovementsRequest& request, const LedgerPlace& behind, int size,
             v1::ListMovementsResponse& out)
      : request_(request), behind_(behind), size_(size), out_(out) {}

  // A row is one movement for each bucket that it changes. False: the page is full.
  bool Add(const MovementKey& key, const MovementRow& row) {
    const std::int32_t first = key.line * kMovementsOfARow;
    return AddOne(key, row, first, row.first) && AddOne(key, row, first + 1, row.second);
  }

 private:
  bool AddOne(const MovementKey& key, const MovementRow& row, std::int32_t line,
              const BucketChange& change) {
    const bool given = std::tie(key.location.value, key.offset, line) <=
                       std::tie(behind_.location, behind_.offset, behind_.line);
    if (given || change.quantity == 0) return true;
    if (out_.movements_size() == size_) {
      out_.set_next_page_token(WriteToken(request_, out_.movements(size_ - 1)));
      return false;
    }
    v1::Movement& out = *out_.add_movements();
    out.set_location(key.location.value);
    out.set_offset(key.offset);
    out.set_line(line);
    out.set_kind(static_cast<v1::MovementKind>(row.kind));
    out.set_bucket(ToMessage(change.bucket));
    out.set_quantity(change.quantity);
    out.set_scale(row.scale);
    out.set_reason(row.reason);
    out.set_actor(row.actor);
    out.set_reference(row.reference);
    out.set_cause(row.cause);
    out.set_reservation_id(row.reservation.value);
    out.set_recorded_at_ms(ToMillis(row.recorded_at));
    out.set_occurred_at_ms(ToMillis(row.occurred_at));
    Write(row.after, *out.mutable_figures());
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
  LedgerPage page(request, behind, size, response);
  const store::KeyPrefix within = request.location().empty()
                                      ? store::LeadingFields(sku)
                                      : store::LeadingFields(sku, LocationId{request.location()});
  const MovementKey from{sku, {behind.location}, behind.offset, behind.line / kMovementsOfARow};
  model.movements.Scan(within, from, [&](const MovementKey& key, const MovementRow& row) {
    return page.Add(key, row);
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
  if (!request->page_token().empty() && !ReadToken(*request, behind)) {
    NotAPageToken(call.errors());
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
