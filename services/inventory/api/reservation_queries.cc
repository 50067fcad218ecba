// One reservation, and the register of live holds.
#include <array>
#include <optional>
#include <string>

#include "services/inventory/api/field_checks.h"
#include "services/inventory/api/inventory_query_service.h"
#include "services/inventory/api/messages.h"
#include "services/inventory/api/paging.h"
#include "services/inventory/api/refusal_status.h"
#include "services/inventory/views/register.h"

namespace omo::inventory {
namespace {

using service::ReadCall;

constexpr std::int64_t kAgeSecondsMax = 100LL * 366 * 24 * 3600;
// A page looks at no more rows, whatever its filter leaves of them: the shard waits meanwhile.
constexpr int kRowsOfAPage = 2'000;

std::string WriteToken(const LiveKey& last) {
  const std::array<std::string, 2> values{std::to_string(ToMillis(last.reserved_at)),
                                          last.id.value};
  return rpc::WritePageToken(values);
}

std::optional<LiveKey> ReadToken(const std::string& token) {
  const auto values = rpc::ReadPageToken(token, 2);
  std::int64_t millis = 0;
  if (!values || !ReadTokenNumber((*values)[0], millis)) return std::nullopt;
  return LiveKey{FromMillis(millis), {(*values)[1]}};
}

void WriteReservation(const InventoryModel& model, const ReservationId& id,
                      const Reservation& reservation, v1::Reservation& out) {
  const auto scale_of = [&model](const SkuId& sku) {
    return model.units.FindConfirmed(sku).value_or(Unit{}).scale;
  };
  Write(id, reservation, scale_of, out);
  Write(model.ConfirmedKitsOf(id), *out.mutable_kits());
}

// A page of the register: what is asked, and up to when the rows tell the truth.
struct RegisterPage {
  const v1::ListReservationsRequest& request;
  std::optional<LiveKey> behind;
  int size = 0;
  Time now{};

  bool TooYoung(const LiveKey& key) const {
    const std::chrono::seconds age{request.min_age_seconds()};
    return age.count() > 0 && key.reserved_at + age > now;
  }
  bool Matches(const Reservation& reservation, v1::Leak leak) const {
    const v1::ReservationState state = ToMessage(reservation.life.stage);
    return (request.owner().empty() || request.owner() == reservation.owner) &&
           (request.channel().empty() || request.channel() == reservation.channel.value) &&
           (request.state() == v1::RESERVATION_STATE_UNSPECIFIED || request.state() == state) &&
           (!request.leaks_only() || leak != v1::LEAK_UNSPECIFIED);
  }
};

v1::Leak FindLeak(const InventoryModel& model, const ReservationId& id,
                  const Reservation& reservation, Time now) {
  const bool has_timer = model.timers.HasConfirmed(ExpiryTimerOf(id, reservation));
  return static_cast<v1::Leak>(LeakOf(reservation, has_timer, now));
}

void FillRegister(const RegisterPage& page, const InventoryModel& model,
                  v1::ListReservationsResponse& out) {
  LiveKey last;
  int looked_at = 0;
  model.live_reservations.Scan(
      page.behind.value_or(LiveKey{}), [&](const LiveKey& key, const Live&) {
        if (page.behind && key == *page.behind) return true;
        if (page.TooYoung(key)) return false;
        if (looked_at++ == kRowsOfAPage || out.reservations_size() == page.size) {
          out.set_next_page_token(WriteToken(last));
          return false;
        }
        last = key;
        const auto reservation = model.reservations.FindConfirmed(key.id).value_or(Reservation{});
        const v1::Leak leak = FindLeak(model, key.id, reservation, page.now);
        if (!page.Matches(reservation, leak)) return true;
        v1::RegisteredReservation& written = *out.add_reservations();
        written.set_reserved_at_ms(ToMillis(key.reserved_at));
        written.set_leak(leak);
        WriteReservation(model, key.id, reservation, *written.mutable_reservation());
        return true;
      });
}

void CheckFilters(const v1::ListReservationsRequest& request, rpc::FieldErrors& errors) {
  CheckOptionalName(errors, "owner", request.owner());
  CheckOptionalName(errors, "channel", request.channel());
  errors.RequireRange("min_age_seconds", request.min_age_seconds(), 0, kAgeSecondsMax);
  if (!v1::ReservationState_IsValid(request.state())) {
    errors.Add("state", "UNKNOWN_VALUE", "must be one of the named values");
  } else if (hold::IsEnd(static_cast<hold::Stage>(request.state()))) {
    errors.Add("state", "OUT_OF_RANGE", "an end: the register holds live reservations only");
  }
}

}  // namespace

grpc::ServerUnaryReactor* InventoryQueryService::GetReservation(
    Context* context, const v1::GetReservationRequest* request,
    v1::GetReservationResponse* response) {
  ReadCall call(context, runtime_, request->read());
  CheckPositions(request->read(), runtime_, call.errors());
  CheckName(call.errors(), "reservation_id", request->reservation_id());
  CheckName(call.errors(), "sku", request->sku());
  return call.RunAtKey(request->sku(), [request, response](shard::Model& model,
                                                           const type::v1::Freshness& freshness) {
    const ReservationId id{request->reservation_id()};
    const auto reservation = RowsOf(model).reservations.FindConfirmed(id);
    if (!reservation) return RefusalStatus(v1::REFUSAL_RESERVATION_NOT_FOUND);
    *response->mutable_freshness() = freshness;
    WriteReservation(RowsOf(model), id, *reservation, *response->mutable_reservation());
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* InventoryQueryService::ListReservations(
    Context* context, const v1::ListReservationsRequest* request,
    v1::ListReservationsResponse* response) {
  ReadCall call(context, runtime_, request->read());
  const ShardId shard = ShardOfList(runtime_, call);
  CheckPositions(request->read(), runtime_, call.errors());
  CheckFilters(*request, call.errors());
  RegisterPage page{.request = *request,
                    .behind = ReadToken(request->page_token()),
                    .size = ReadPageSize(call.errors(), request->page_size())};
  if (!request->page_token().empty() && !page.behind) NotAPageToken(call.errors());
  return call.Run(
      shard, [page, response](shard::Model& model, const type::v1::Freshness& freshness) mutable {
        // A replica that lags must not call overdue what others have long ended.
        page.now = shard::WallNow() - Duration{freshness.age_ms()};
        *response->add_freshness() = freshness;
        FillRegister(page, RowsOf(model), *response);
        return grpc::Status::OK;
      });
}

}  // namespace omo::inventory
