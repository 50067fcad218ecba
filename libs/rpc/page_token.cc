#include "libs/rpc/page_token.h"

namespace omo::rpc {

std::string WritePageToken(std::span<const std::string> values) {
  std::string token;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) token += ',';
    for (const char c : values[i]) {
      if (c == '%') {
        token += "%p";
      } else if (c == ',') {
        token += "%c";
      } else {
        token += c;
      }
    }
  }
  return token;
}

std::optional<std::vector<std::string>> ReadPageToken(std::string_view token, std::size_t count) {
  std::vector<std::string> values(1);
  for (std::size_t at = 0; at < token.size(); ++at) {
    if (token[at] == ',') {
      values.emplace_back();
    } else if (token[at] != '%') {
      values.back() += token[at];
    } else {
      const char escaped = ++at < token.size() ? token[at] : '\0';
      if (escaped != 'p' && escaped != 'c') return std::nullopt;
      values.back() += escaped == 'p' ? '%' : ',';
    }
  }
  if (values.size() != count) return std::nullopt;
  return values;
}

}  // namespace omo::rpc
