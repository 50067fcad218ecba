// Checks of request fields, for api/ code: every fault of a request is found and told at once.
//
//   rpc::FieldErrors errors;
//   errors.RequireUuid7("command_id", request.command_id());
//   errors.RequireId("sku", request.sku());
//   errors.RequirePositive("quantity", request.quantity());
//   if (!errors.empty()) return errors.Status();
#pragma once

#include <google/protobuf/generated_enum_reflection.h>
#include <grpcpp/support/status.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "libs/rpc/errors.h"

namespace omo::rpc {

inline constexpr std::size_t kIdBytesMax = 64;
inline constexpr std::size_t kTextBytesMax = 1024;
inline constexpr std::size_t kFieldErrorsMax = 100;

// Collects faults: the first kFieldErrorsMax, and how many others there are: a request of some
// megabytes may hold millions. Costs nothing but the comparisons while all is well. Each Require
// returns whether it held. `field` is the field's path from the request, e.g. "lines[2].sku"
// (FieldAt).
class FieldErrors {
 public:
  void Add(std::string_view field, std::string_view reason, std::string_view message);

  // A name: 1 to `bytes_max` bytes of printable ASCII without spaces.
  bool RequireId(std::string_view field, std::string_view value,
                 std::size_t bytes_max = kIdBytesMax);
  bool RequireUuid7(std::string_view field, std::string_view value);
  // Any number of bytes of printable ASCII, spaces too, up to `bytes_max`.
  bool RequirePrintable(std::string_view field, std::string_view value, std::size_t bytes_max);
  // Text for people, possibly empty: up to `bytes_max` bytes of UTF-8 without control characters.
  bool RequireText(std::string_view field, std::string_view value,
                   std::size_t bytes_max = kTextBytesMax);
  bool RequirePositive(std::string_view field, std::int64_t value);
  bool RequireRange(std::string_view field, std::int64_t value, std::int64_t least,
                    std::int64_t most);
  // 1 to `most` entries.
  bool RequireCount(std::string_view field, std::int64_t count, std::int64_t most);
  // A current ISO 4217 code, in capitals.
  bool RequireCurrency(std::string_view field, std::string_view value);
  // A message field that must be given: RequirePresent("price", request.has_price()).
  bool RequirePresent(std::string_view field, bool present);

  // A named value of a protobuf enum other than its first (UNSPECIFIED).
  template <class Enum>
  bool RequireEnum(std::string_view field, Enum value) {
    static_assert(std::is_enum_v<Enum>);
    const auto* descriptor = google::protobuf::GetEnumDescriptor<Enum>();
    return RequireNamed(field, value != Enum{} && descriptor->FindValueByNumber(value) != nullptr);
  }

  bool empty() const { return errors_.empty(); }
  // The first ones.
  const std::vector<FieldError>& errors() const { return errors_; }
  // Of all faults.
  std::size_t count() const { return errors_.size() + others_; }
  // OK, or INVALID_ARGUMENT with the first faults and the number of the others.
  grpc::Status Status() const;

 private:
  bool RequireNamed(std::string_view field, bool named);
  std::vector<FieldError> errors_;
  std::size_t others_ = 0;
};

// "lines", 2, "sku" -> "lines[2].sku"; without a name: "skus[2]".
std::string FieldAt(std::string_view list, std::size_t index, std::string_view name = {});

}  // namespace omo::rpc
