#include "services/omoctl/replay_plan.h"

#include <xxhash.h>

#include <memory>

#include "libs/core/uuid.h"

namespace omo::omoctl {
namespace {

namespace api = omo::inventory::v1;

constexpr std::size_t kLinesMax = 100;             // Of one command: inventory_service.proto.
constexpr std::int32_t kHoldSeconds = 14'400;      // The longest: an outage must not expire a hold.
constexpr std::string_view kTimeZone = "Etc/UTC";  // docs/real_data.md: the source names no zone.

Step MakeStep(Time started, std::string_view name, std::string what, Request request) {
  Step step{.name = name, .what = std::move(what), .request = std::move(request)};
  step.command_id = CommandId(started, name, step.what);
  std::visit([&](auto& each) { each.set_command_id(step.command_id); }, step.request);
  step.metadata = {{"omo-caller", "replay"}, {"omo-role", "service"}};
  return step;
}

void SetQuantity(omo::type::v1::Quantity& out, Quantity quantity, std::int32_t scale) {
  out.set_value(quantity);
  out.set_scale(scale);
}

Time Never(std::size_t) { return Time{}; }
int OneStep(std::size_t) { return 1; }

Phase OpenStores(const Shop& shop, Time started) {
  const auto make = [&shop, started](std::size_t task, int) {
    const Store& store = shop.stores[task];
    api::OpenLocationRequest request;
    request.set_location_id(store.id);
    auto& profile = *request.mutable_profile();
    profile.set_kind(api::LOCATION_KIND_STORE);
    profile.set_name(store.name);
    profile.set_time_zone(std::string(kTimeZone));
    profile.add_capabilities(api::CAPABILITY_IN_STORE_SALE);
    profile.add_capabilities(api::CAPABILITY_PICK_UP);
    return MakeStep(started, "open_location", store.id, std::move(request));
  };
  const auto key = [](std::size_t task) { return static_cast<std::uint32_t>(task); };
  return {"open the stores", shop.stores.size(), key, OneStep, make, Never};
}

// Only SKUs that are not counted in pieces: the others need no definition.
Phase DefineUnits(const Shop& shop, Time started) {
  auto fine = std::make_shared<std::vector<std::uint32_t>>();
  for (std::uint32_t sku = 0; sku < shop.skus.size(); ++sku) {
    if (shop.skus[sku].scale != 0) fine->push_back(sku);
  }
  const auto make = [&shop, started, fine](std::size_t task, int) {
    const Sku& sku = shop.skus[(*fine)[task]];
    api::DefineUnitRequest request;
    request.set_sku(sku.id);
    request.set_unit("gallon");
    request.set_scale(sku.scale);
    return MakeStep(started, "define_unit", sku.id, std::move(request));
  };
  const auto key = [fine](std::size_t task) { return (*fine)[task]; };
  return {"define units", fine->size(), key, OneStep, make, Never};
}

// A run of one SKU's deliveries that fit into one command.
struct Receipt {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint32_t number = 0;  // Among the SKU's receipts.
  std::uint32_t sku = 0;
};

std::vector<Receipt> GroupReceipts(const std::vector<Delivery>& deliveries) {
  std::vector<Receipt> receipts;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < deliveries.size(); ++at) {
    if (deliveries[at].quantity == 0) continue;
    const bool same = !receipts.empty() && receipts.back().sku == deliveries[at].sku;
    if (!same || lines == kLinesMax) {
      const std::uint32_t number = same ? receipts.back().number + 1 : 0;
      receipts.push_back({.begin = at, .number = number, .sku = deliveries[at].sku});
      lines = 0;
    }
    ++lines;
    receipts.back().end = at + 1;
  }
  return receipts;
}

Phase ReceiveStock(const Shop& shop, Time started) {
  auto receipts = std::make_shared<std::vector<Receipt>>(GroupReceipts(shop.deliveries));
  const auto make = [&shop, started, receipts](std::size_t task, int) {
    const Receipt& receipt = (*receipts)[task];
    const Sku& sku = shop.skus[receipt.sku];
    api::ReceiveStockRequest request;
    for (std::size_t at = receipt.begin; at < receipt.end; ++at) {
      const Delivery& delivery = shop.deliveries[at];
      if (delivery.quantity == 0) continue;
      auto& line = *request.add_lines();
      line.set_sku(sku.id);
      line.set_location(shop.stores[delivery.store].id);
      SetQuantity(*line.mutable_quantity(), delivery.quantity, sku.scale);
    }
    return MakeStep(started, "receive", sku.id + "/" + std::to_string(receipt.number),
                    std::move(request));
  };
  const auto key = [receipts](std::size_t task) { return (*receipts)[task].sku; };
  return {"receive stock", receipts->size(), key, OneStep, make, Never};
}

template <class RequestType>
void FillLine(const Shop& shop, const ShopLine& line, RequestType& request) {
  auto& out = *request.add_lines();
  out.set_sku(shop.skus[line.sku].id);
  out.set_location(shop.stores[line.store].id);
  SetQuantity(*out.mutable_quantity(), line.quantity, shop.skus[line.sku].scale);
}

Request SaleRequest(const Shop& shop, const ShopLine& line) {
  api::RecordSaleRequest request;
  request.set_device(shop.tills[line.till]);
  request.set_sequence(line.sequence);
  request.set_occurred_at_ms(line.occurred_ms);
  FillLine(shop, line, request);
  return request;
}

template <class RequestType>
Request ReservationRequest(const Shop& shop, const ShopLine& line, const std::string& id) {
  RequestType request;
  request.set_reservation_id(id);
  if constexpr (std::is_same_v<RequestType, api::ReserveStockRequest>) {
    request.set_owner("basket-" + std::to_string(line.basket));
    request.set_hold_seconds(kHoldSeconds);
    FillLine(shop, line, request);
  } else {
    request.set_sku(shop.skus[line.sku].id);
  }
  return request;
}

Step LineStep(const Shop& shop, Time started, const ShopLine& line, int number) {
  std::string what = std::to_string(line.number);
  Step step;
  if (!line.reserved) {
    step = MakeStep(started, "record_sale", std::move(what), SaleRequest(shop, line));
    step.metadata.emplace_back("omo-channel", "pos");
    step.metadata.emplace_back("omo-device", shop.tills[line.till]);
  } else {
    using Make = Request (*)(const Shop&, const ShopLine&, const std::string&);
    static constexpr std::pair<std::string_view, Make> kSteps[] = {
        {"reserve", ReservationRequest<api::ReserveStockRequest>},
        {"commit", ReservationRequest<api::CommitReservationRequest>},
        {"fulfil", ReservationRequest<api::FulfilReservationRequest>},
    };
    const auto& [name, make] = kSteps[number];
    const std::string id = CommandId(started, "reservation", what);
    step = MakeStep(started, name, std::move(what), make(shop, line, id));
    step.metadata.emplace_back("omo-channel", "online");
  }
  step.metadata.emplace_back("omo-store", shop.stores[line.store].id);
  step.metadata.emplace_back("omo-reference", "basket-" + std::to_string(line.basket));
  return step;
}

Phase SellAndReserve(const Shop& shop, Time started) {
  const auto key = [&shop](std::size_t task) { return shop.lines[task].sku; };
  const auto steps = [&shop](std::size_t task) { return shop.lines[task].reserved ? 3 : 1; };
  const auto make = [&shop, started](std::size_t task, int step) {
    return LineStep(shop, started, shop.lines[task], step);
  };
  const auto occurred = [&shop](std::size_t task) {
    return FromMillis(shop.lines[task].occurred_ms);
  };
  return {"sell and reserve", shop.lines.size(), key, steps, make, occurred};
}

}  // namespace

std::string CommandId(Time started, std::string_view name, std::string_view what) {
  std::string text(name);
  text.append("/").append(what);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return MakeUuid(started, hash.high64, hash.low64);
}

std::vector<Phase> MakePlan(const Shop& shop, Time started) {
  return {OpenStores(shop, started), DefineUnits(shop, started), ReceiveStock(shop, started),
          SellAndReserve(shop, started)};
}

}  // namespace omo::omoctl
