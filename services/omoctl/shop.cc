#include "services/omoctl/shop.h"

#include <xxhash.h>

#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace omo::omoctl {
namespace {

using Fields = std::vector<std::string_view>;
using Index = std::unordered_map<std::string, std::uint32_t>;

absl::Status WrongAt(const std::filesystem::path& file, int line) {
  return absl::InvalidArgumentError(file.string() + ":" + std::to_string(line) +
                                    ": not as extract_shop.py writes it");
}

template <class Number>
bool Parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool Lookup(const Index& index, std::string_view name, std::uint32_t& place) {
  const auto found = index.find(std::string(name));
  if (found == index.end()) return false;
  place = found->second;
  return true;
}

// Calls `take` with the fields of each line; `take` says whether they are as they should be.
absl::Status ReadTable(const std::filesystem::path& file, std::size_t width,
                       const std::function<bool(const Fields&)>& take) {
  std::ifstream in(file);
  if (!in) return absl::NotFoundError("cannot read " + file.string());
  Fields fields;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    fields.clear();
    std::string_view rest = line;
    for (std::size_t tab; (tab = rest.find('\t')) != std::string_view::npos;) {
      fields.push_back(rest.substr(0, tab));
      rest.remove_prefix(tab + 1);
    }
    fields.push_back(rest);
    if (fields.size() != width || !take(fields)) return WrongAt(file, number);
  }
  return absl::OkStatus();
}

struct ShopReader {
  Shop shop;
  Index skus;
  Index stores;
  Index tills;

  bool TakeSku(const Fields& fields) {
    Sku sku{.id = std::string(fields[0]), .name = std::string(fields[2])};
    if (!Parse(fields[1], sku.scale)) return false;
    const auto place = static_cast<std::uint32_t>(shop.skus.size());
    if (!skus.emplace(sku.id, place).second) return false;
    shop.skus.push_back(std::move(sku));
    return true;
  }

  bool TakeStore(const Fields& fields) {
    const auto place = static_cast<std::uint32_t>(shop.stores.size());
    if (!stores.emplace(fields[0], place).second) return false;
    shop.stores.push_back({std::string(fields[0]), std::string(fields[1])});
    return true;
  }

  bool TakeDelivery(const Fields& fields) {
    Delivery delivery;
    if (!Lookup(skus, fields[0], delivery.sku) || !Lookup(stores, fields[1], delivery.store) ||
        !Parse(fields[2], delivery.quantity)) {
      return false;
    }
    // The plan groups neighbours, so a SKU's deliveries stand together.
    if (!shop.deliveries.empty() && shop.deliveries.back().sku > delivery.sku) return false;
    shop.deliveries.push_back(delivery);
    return true;
  }

  bool TakeLine(const Fields& fields) {
    ShopLine line;
    line.reserved = fields[1] == "reservation";
    const auto [till, added] = tills.emplace(fields[7], shop.tills.size());
    if (added) shop.tills.emplace_back(fields[7]);
    line.till = till->second;
    if ((!line.reserved && fields[1] != "sale") || !Parse(fields[0], line.number) ||
        !Parse(fields[2], line.basket) || !Lookup(skus, fields[3], line.sku) ||
        !Lookup(stores, fields[4], line.store) || !Parse(fields[5], line.quantity) ||
        !Parse(fields[6], line.occurred_ms) || !Parse(fields[8], line.sequence)) {
      return false;
    }
    shop.lines.push_back(line);
    return true;
  }
};

}  // namespace

absl::StatusOr<Shop> ReadShop(const std::filesystem::path& folder) {
  ShopReader reader;
  std::ifstream manifest(folder / "manifest.json");
  if (!manifest) return absl::NotFoundError("no shop in " + folder.string());
  const std::string text(std::istreambuf_iterator<char>(manifest), {});
  reader.shop.digest = std::to_string(XXH3_64bits(text.data(), text.size()));
  using Take = bool (ShopReader::*)(const Fields&);
  const std::tuple<const char*, std::size_t, Take> tables[] = {
      {"skus.tsv", 3, &ShopReader::TakeSku},
      {"stores.tsv", 2, &ShopReader::TakeStore},
      {"stock.tsv", 3, &ShopReader::TakeDelivery},
      {"lines.tsv", 9, &ShopReader::TakeLine},
  };
  for (const auto& [file, width, take] : tables) {
    const auto read = ReadTable(folder / file, width,
                                [&](const Fields& fields) { return (reader.*take)(fields); });
    if (!read.ok()) return read;
  }
  return std::move(reader.shop);
}

}  // namespace omo::omoctl
