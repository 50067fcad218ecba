#include "services/omoctl/balances.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "omo/inventory/v1/inventory_query_service.grpc.pb.h"
#include "services/omoctl/grpc_sender.h"

namespace omo::omoctl {
namespace {

using namespace omo::inventory::v1;

constexpr std::size_t kSkusMax = 100;  // Of one request: inventory_query_service.proto.
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPause{200};

grpc::Status Ask(InventoryQueryService::Stub& stub, const GetAvailabilityRequest& request,
                 GetAvailabilityResponse& response) {
  const auto give_up = std::chrono::system_clock::now() + kPatience;
  while (true) {
    grpc::ClientContext context;
    context.set_deadline(
        std::min(give_up, std::chrono::system_clock::now() + std::chrono::seconds(10)));
    context.AddMetadata("omo-caller", "replay");
    context.AddMetadata("omo-role", "service");
    grpc::Status status = stub.GetAvailability(&context, request, &response);
    if (status.ok() || ReadFailure(status).outcome != Outcome::kAgain ||
        std::chrono::system_clock::now() > give_up) {
      return status;
    }
    std::this_thread::sleep_for(kPause);
  }
}

void WriteItem(const SkuAvailability& item, std::ostream& out) {
  for (const LocationFigures& place : item.locations()) {
    const Figures& figures = place.figures();
    const std::int64_t other = figures.damaged() + figures.quality_control() +
                               figures.safety_stock() + figures.display() + figures.incoming();
    out << item.sku() << '\t' << place.location() << '\t' << item.scale() << '\t'
        << figures.on_hand() << '\t' << figures.available() << '\t' << figures.reserved() << '\t'
        << figures.committed() << '\t' << other << '\n';
  }
}

}  // namespace

absl::Status WriteBalances(const Shop& shop, const std::shared_ptr<grpc::Channel>& channel,
                           const std::filesystem::path& file) {
  const auto stub = InventoryQueryService::NewStub(channel);
  std::ofstream out(file, std::ios::trunc);
  for (std::size_t begin = 0; begin < shop.skus.size(); begin += kSkusMax) {
    GetAvailabilityRequest request;
    request.mutable_read()->set_level(omo::type::v1::READ_LEVEL_LINEARIZABLE);
    const std::size_t end = std::min(begin + kSkusMax, shop.skus.size());
    for (std::size_t at = begin; at < end; ++at) request.add_skus(shop.skus[at].id);
    GetAvailabilityResponse response;
    const grpc::Status status = Ask(*stub, request, response);
    if (!status.ok()) return absl::UnavailableError("GetAvailability: " + status.error_message());
    if (response.items_size() != request.skus_size()) {
      return absl::InternalError("GetAvailability answered another number of SKUs than asked");
    }
    for (const SkuAvailability& item : response.items()) WriteItem(item, out);
  }
  out.close();
  return out ? absl::OkStatus() : absl::DataLossError("cannot write " + file.string());
}

}  // namespace omo::omoctl
