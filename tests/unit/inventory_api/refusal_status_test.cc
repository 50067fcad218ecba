#include "services/inventory/api/refusal_status.h"

#include <set>

#include "libs/rpc/errors.h"
#include "tests/support/catch.h"

namespace omo::inventory {
namespace {

// Every refusal that a decider can give, as clients see it.
std::multiset<v1::Refusal> Given() {
  std::multiset<v1::Refusal> given;
  for (int i = 0; i <= static_cast<int>(StockRefusal::kFiguresOutOfRange); ++i) {
    given.insert(ToMessage(static_cast<StockRefusal>(i)));
  }
  for (int i = 0; i <= static_cast<int>(LocationRefusal::kLocationChanged); ++i) {
    given.insert(ToMessage(static_cast<LocationRefusal>(i)));
  }
  return given;
}

TEST_CASE("each refusal of a decider has its own public reason, and each reason a decider",
          "[inventory_api]") {
  const std::multiset<v1::Refusal> given = Given();
  const auto* names = v1::Refusal_descriptor();
  for (int i = 0; i < names->value_count(); ++i) {
    const auto refusal = static_cast<v1::Refusal>(names->value(i)->number());
    INFO(names->value(i)->name());
    // Both aggregates refuse a bad name.
    const std::size_t times = refusal == v1::REFUSAL_BAD_NAME ? 2 : 1;
    CHECK(given.count(refusal) == (refusal == v1::REFUSAL_UNSPECIFIED ? 0 : times));
  }
}

TEST_CASE("a refusal's code says what the caller can do", "[inventory_api]") {
  const auto code = [](v1::Refusal refusal) { return RefusalStatus(refusal).error_code(); };
  CHECK(code(v1::REFUSAL_BAD_LINES) == grpc::INVALID_ARGUMENT);
  CHECK(code(v1::REFUSAL_BAD_PROFILE) == grpc::INVALID_ARGUMENT);
  CHECK(code(v1::REFUSAL_RESERVATION_NOT_FOUND) == grpc::NOT_FOUND);
  CHECK(code(v1::REFUSAL_LOCATION_NOT_FOUND) == grpc::NOT_FOUND);
  CHECK(code(v1::REFUSAL_RESERVATION_ID_IN_USE) == grpc::ALREADY_EXISTS);
  CHECK(code(v1::REFUSAL_LOCATION_ID_IN_USE) == grpc::ALREADY_EXISTS);
  CHECK(code(v1::REFUSAL_RESERVATION_CANCELLED) == grpc::FAILED_PRECONDITION);
  CHECK(code(v1::REFUSAL_HOLD_NOT_LONGER) == grpc::FAILED_PRECONDITION);
  CHECK(code(v1::REFUSAL_NOT_PERMITTED) == grpc::PERMISSION_DENIED);
}

TEST_CASE("a refusal carries its reason and its figures", "[inventory_api]") {
  const std::vector<Detail> details{{"available", "3"}};
  const grpc::Status status = RefusalStatus(v1::REFUSAL_NOT_ENOUGH_AVAILABLE, details);
  CHECK(status.error_message() == "not enough available; available 3");
  const rpc::ErrorInfo error = rpc::ReadError(status);
  CHECK(error.reason == "NOT_ENOUGH_AVAILABLE");
  CHECK(error.Find("available") == "3");
}

}  // namespace
}  // namespace omo::inventory
