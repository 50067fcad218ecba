#include "tests/support/inventory/fake_inventory.h"

#include <grpcpp/server_builder.h>

#include <algorithm>

#include "libs/rpc/errors.h"

namespace omo::tests {

using namespace omo::inventory::v1;
using grpc::ServerContext;
using grpc::Status;

namespace {

constexpr std::uint64_t kLogId = 7;

Status Refuse(grpc::StatusCode code, std::string_view reason) {
  return rpc::Refused(code, reason, "refused by the fake");
}

}  // namespace

template <class Response>
Status FakeInventory::Decide(const std::string& command_id, Response& response,
                             const std::function<Status(Response&)>& rule) {
  const std::lock_guard lock(mutex_);
  const Mishap mishap = mishap_ ? mishap_(attempts_++) : Mishap::kNone;
  if (mishap == Mishap::kNotTakenIn) return rpc::Overloaded("the fake", Duration{1});
  if (mishap == Mishap::kNotRecorded) return rpc::NotRecorded(command_id);
  if (const auto known = answers_.find(command_id); known != answers_.end()) {
    response.ParseFromString(known->second);
    response.set_duplicate(true);
  } else {
    const Status refused = rule(response);
    if (!refused.ok()) return refused;
    response.mutable_position()->set_log_id(kLogId);
    response.mutable_position()->set_offset(next_offset_++);
    answers_[command_id] = response.SerializeAsString();
  }
  if (mishap == Mishap::kAnswerLost) return {grpc::UNAVAILABLE, "connection lost"};
  return Status::OK;
}

class FakeInventory::Commands final : public InventoryService::Service {
 public:
  explicit Commands(FakeInventory& fake) : fake_(fake) {}

  Status OpenLocation(ServerContext*, const OpenLocationRequest* request,
                      OpenLocationResponse* response) override {
    return fake_.Decide<OpenLocationResponse>(request->command_id(), *response,
                                              [](auto&) { return Status::OK; });
  }
  Status DefineUnit(ServerContext*, const DefineUnitRequest* request,
                    DefineUnitResponse* response) override {
    return fake_.Decide<DefineUnitResponse>(request->command_id(), *response, [&](auto&) {
      fake_.scales_[request->sku()] = request->scale();
      return Status::OK;
    });
  }
  Status ReceiveStock(ServerContext*, const ReceiveStockRequest* request,
                      ReceiveStockResponse* response) override {
    return fake_.Decide<ReceiveStockResponse>(request->command_id(), *response, [&](auto&) {
      for (const auto& line : request->lines()) {
        fake_.stock_[{line.sku(), line.location()}].on_hand += line.quantity().value();
      }
      return Status::OK;
    });
  }
  Status RecordSale(ServerContext*, const RecordSaleRequest* request,
                    RecordSaleResponse* response) override {
    return fake_.Decide<RecordSaleResponse>(request->command_id(), *response, [&](auto& out) {
      const Line& line = request->lines(0);
      Stock& stock = fake_.stock_[{line.sku(), line.location()}];
      const std::int64_t missing_before = std::max<std::int64_t>(0, -stock.Available());
      stock.on_hand -= line.quantity().value();
      const std::int64_t missing = std::max<std::int64_t>(0, -stock.Available());
      if (missing > missing_before) out.add_shortfalls()->set_quantity(missing - missing_before);
      return Status::OK;
    });
  }
  Status ReserveStock(ServerContext*, const ReserveStockRequest* request,
                      ReserveStockResponse* response) override {
    return fake_.Decide<ReserveStockResponse>(request->command_id(), *response, [&](auto&) {
      const Line& line = request->lines(0);
      const Place place{line.sku(), line.location()};
      Stock& stock = fake_.stock_[place];
      if (stock.Available() < line.quantity().value()) {
        return Refuse(grpc::FAILED_PRECONDITION, "NOT_ENOUGH_AVAILABLE");
      }
      stock.reserved += line.quantity().value();
      fake_.reservations_[request->reservation_id()] = {place, line.quantity().value()};
      return Status::OK;
    });
  }
  Status CommitReservation(ServerContext*, const CommitReservationRequest* request,
                           CommitReservationResponse* response) override {
    return fake_.Decide<CommitReservationResponse>(request->command_id(), *response, [&](auto&) {
      const auto found = fake_.reservations_.find(request->reservation_id());
      if (found == fake_.reservations_.end()) {
        return Refuse(grpc::NOT_FOUND, "RESERVATION_NOT_FOUND");
      }
      Stock& stock = fake_.stock_[found->second.place];
      stock.reserved -= found->second.open;
      stock.committed += found->second.open;
      return Status::OK;
    });
  }
  Status FulfilReservation(ServerContext*, const FulfilReservationRequest* request,
                           FulfilReservationResponse* response) override {
    return fake_.Decide<FulfilReservationResponse>(request->command_id(), *response, [&](auto&) {
      Reservation& reservation = fake_.reservations_.at(request->reservation_id());
      Stock& stock = fake_.stock_[reservation.place];
      stock.committed -= reservation.open;
      stock.on_hand -= reservation.open;
      reservation.open = 0;
      return Status::OK;
    });
  }

 private:
  FakeInventory& fake_;
};

class FakeInventory::Queries final : public InventoryQueryService::Service {
 public:
  explicit Queries(FakeInventory& fake) : fake_(fake) {}

  Status GetAvailability(ServerContext*, const GetAvailabilityRequest* request,
                         GetAvailabilityResponse* response) override {
    const std::lock_guard lock(fake_.mutex_);
    for (const std::string& sku : request->skus()) {
      SkuAvailability& item = *response->add_items();
      item.set_sku(sku);
      item.set_scale(fake_.scales_[sku]);
      for (auto at = fake_.stock_.lower_bound({sku, ""});
           at != fake_.stock_.end() && at->first.first == sku; ++at) {
        const auto& [place, stock] = *at;
        auto& out = *item.add_locations();
        out.set_location(place.second);
        out.mutable_figures()->set_on_hand(stock.on_hand);
        out.mutable_figures()->set_available(stock.Available());
        out.mutable_figures()->set_reserved(stock.reserved);
        out.mutable_figures()->set_committed(stock.committed);
      }
    }
    return Status::OK;
  }

 private:
  FakeInventory& fake_;
};

FakeInventory::FakeInventory(std::function<Mishap(int)> mishap)
    : mishap_(std::move(mishap)),
      commands_(std::make_unique<Commands>(*this)),
      queries_(std::make_unique<Queries>(*this)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(commands_.get());
  builder.RegisterService(queries_.get());
  server_ = builder.BuildAndStart();
}

FakeInventory::~FakeInventory() { server_->Shutdown(); }

std::int64_t FakeInventory::events() const {
  const std::lock_guard lock(mutex_);
  return next_offset_;
}

}  // namespace omo::tests
