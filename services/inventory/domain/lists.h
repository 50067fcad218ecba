// Lists that stand for sets: in order, each value once.
#pragma once

#include <algorithm>
#include <vector>

#include "services/inventory/domain/ids.h"

namespace omo::inventory {

template <class Value>
void SortUnique(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

template <class Value>
bool Contains(const std::vector<Value>& ordered, const Value& value) {
  return std::binary_search(ordered.begin(), ordered.end(), value);
}

// Whether each of them is 1 to 128 bytes.
bool AreNames(const auto& ids) {
  return std::all_of(ids.begin(), ids.end(), [](const auto& id) {
    if constexpr (requires { id.value; }) {
      return IsName(id.value);
    } else {
      return IsName(id);
    }
  });
}

}  // namespace omo::inventory
