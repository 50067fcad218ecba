// A type's own name without its namespaces, at compile time: one word through the whole stack needs
// no list that maps types to words.
#pragma once

#include <string_view>

namespace omo {

// TypeName<omo::inventory::ReserveStock>() == "ReserveStock". GCC and Clang.
template <class T>
constexpr std::string_view TypeName() {
  std::string_view text = __PRETTY_FUNCTION__;
  text = text.substr(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  const auto colon = text.rfind("::");
  return colon == std::string_view::npos ? text : text.substr(colon + 2);
}

}  // namespace omo
