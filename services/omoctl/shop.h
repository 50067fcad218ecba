// The replay's input, as deploy/demo/extract_shop.py writes it: a real grocer's days.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libs/core/types.h"

namespace omo::omoctl {

struct Sku {
  std::string id;
  std::int32_t scale = 0;  // Decimal digits of all its quantities.
  std::string name;
};

struct Store {
  std::string id;
  std::string name;
};

// Stock that one store receives before its first sale. Names are places in Shop's lists.
struct Delivery {
  std::uint32_t sku = 0;
  std::uint32_t store = 0;
  Quantity quantity = 0;  // 0: nothing arrives.
};

// One line of a receipt, in the source's order.
struct ShopLine {
  std::int64_t number = 0;  // In the source: names the line for ever.
  std::int64_t basket = 0;
  std::int64_t occurred_ms = 0;
  Quantity quantity = 0;
  std::int64_t sequence = 0;  // The till's own number; 0 for a reservation.
  std::uint32_t sku = 0;
  std::uint32_t store = 0;
  std::uint32_t till = 0;
  bool reserved = false;
};

struct Shop {
  std::vector<Sku> skus;
  std::vector<Store> stores;
  std::vector<std::string> tills;
  std::vector<Delivery> deliveries;  // By SKU.
  std::vector<ShopLine> lines;
  std::string digest;  // Of the manifest: another input has another.
};

// Reads the folder. NOT_FOUND without it; INVALID_ARGUMENT names file and line of what is wrong.
absl::StatusOr<Shop> ReadShop(const std::filesystem::path& folder);

}  // namespace omo::omoctl
