// The arrows of docs/architecture.md, as a test: which folder may include which, and who may know
// which vendor.
#include <regex>

#include "tests/support/catch.h"
#include "tests/support/source_tree.h"

namespace omo::testing {
namespace {

using Names = std::vector<std::string>;

// "*" stands for one service, the same one in a row. A row's own folder is allowed in it.
struct Layer {
  std::string folder;
  Names may_include;
};

const std::vector<Layer> kLayers = {
    {"services/*/api",
     {"services/*/domain", "services/*/codec", "services/*/views", "services/*/*_model.h", "libs",
      "omo", "google"}},
    {"services/*/processes",
     {"services/*/domain", "services/*/codec", "services/*/views", "services/*/*_model.h",
      "libs/shard", "libs/rpc", "libs/telemetry", "libs/core", "omo"}},
    {"services/*/views", {"services/*/domain", "libs/store", "libs/hold", "libs/core"}},
    {"services/*/codec",
     {"services/*/domain", "libs/codec", "libs/hold", "libs/core", "omo", "google"}},
    {"services/*/domain", {"libs/hold", "libs/core"}},
    {"services/*", {"libs", "omo", "google", "grpc"}},
    {"libs/service",
     {"libs/shard", "libs/rpc", "libs/journal", "libs/store", "libs/telemetry", "libs/core", "omo",
      "google"}},
    {"libs/shard",
     {"libs/journal", "libs/store", "libs/telemetry", "libs/core", "omo/journal", "omo/type"}},
    {"libs/rpc",
     {"libs/journal/ownership.h", "libs/telemetry", "libs/core", "omo", "google", "grpc"}},
    {"libs/journal", {"libs/telemetry", "libs/core", "omo/journal", "omo/type"}},
    {"libs/store", {"libs/telemetry", "libs/core"}},
    {"libs/codec", {"libs/core", "omo", "google"}},
    {"libs/hold", {"libs/core"}},
    {"libs/telemetry", {"libs/core"}},
    {"libs/core", {}},
};

// A vendor's headers begin with one of these.
struct Vendor {
  std::string headers;
  Names allowed_in;
};

const std::vector<Vendor> kVendors = {
    {"librdkafka/", {"libs/journal", "tests"}},
    {"rocksdb/", {"libs/store", "tests"}},
    {"grpcpp/",
     {"libs/rpc", "libs/service", "services/*/api", "services/gateway", "services/omoctl",
      "tests"}},
    {"grpc/", {"libs/rpc", "services/gateway", "services/omoctl", "tests"}},
    {"prometheus/", {"libs/telemetry", "libs/rpc", "tests"}},
    {"spdlog/", {"libs/telemetry"}},
    {"catch2/", {"tests/support"}},
    {"rapidcheck", {"tests"}},
    {"benchmark/", {"tests"}},
};

bool IsIn(const std::string& path, const std::string& place) {
  return path == place || StartsWithFolder(path, place);
}

// "services/*/api" for a file of services/order is services/order/api, not another service's.
std::string Bound(const std::string& pattern, const std::string& path) {
  std::smatch service;
  if (!std::regex_search(path, service, std::regex("^services/([a-z_]+)/"))) return pattern;
  return std::regex_replace(pattern, std::regex("\\*"), service[1].str());
}

bool AnyHolds(const Names& places, const std::string& path, const std::string& asked) {
  for (const std::string& place : places) {
    if (IsIn(asked, Bound(place, path))) return true;
  }
  return false;
}

// What is wrong with one quoted include, or nothing.
std::string LayerComplaint(const std::string& path, const std::string& included) {
  for (const Layer& layer : kLayers) {
    const std::string folder = Bound(layer.folder, path);
    if (!StartsWithFolder(path, folder)) continue;
    if (IsIn(included, folder) || AnyHolds(layer.may_include, path, included)) return "";
    return path + " includes " + included;
  }
  const bool is_test = StartsWithFolder(path, "tests");
  return is_test ? "" : path + " is in no layer: name its folder in layers_test.cc";
}

// What is wrong with one include in angle brackets, or nothing.
std::string VendorComplaint(const std::string& path, const std::string& included) {
  for (const Vendor& vendor : kVendors) {
    if (included.rfind(vendor.headers, 0) != 0 || AnyHolds(vendor.allowed_in, path, path)) continue;
    return path + " includes <" + included + ">";
  }
  return "";
}

Names Complaints(const SourceFile& file) {
  static const std::regex include(R"re(^#include (["<])([^">]+)[">])re");
  Names complaints;
  for (const std::string& line : Lines(file.text)) {
    std::smatch match;
    if (!std::regex_search(line, match, include)) continue;
    const std::string complaint = match[1] == "\"" ? LayerComplaint(file.path, match[2])
                                                   : VendorComplaint(file.path, match[2]);
    if (!complaint.empty()) complaints.push_back(complaint);
  }
  return complaints;
}

TEST_CASE("no folder includes what stands above it", "[conformance]") {
  Names complaints;
  int files = 0;
  for (const SourceFile& file : SourceTree()) {
    if (Ending(file.path) != ".h" && Ending(file.path) != ".cc") continue;
    ++files;
    for (const std::string& complaint : Complaints(file)) complaints.push_back(complaint);
  }
  CHECK(files > 50);
  CHECK(Joined(complaints) == "");
}

TEST_CASE("the layer check sees a wrong arrow", "[conformance]") {
  const auto wrong = [](const std::string& path, const std::string& include) {
    return !Complaints({path, "// A file.\n#include " + include + "\n"}).empty();
  };
  CHECK(wrong("libs/core/types.h", "\"libs/journal/journal.h\""));
  CHECK(wrong("libs/journal/record.h", "\"libs/shard/shard.h\""));
  CHECK(wrong("libs/store/store.h", "\"libs/journal/record.h\""));
  CHECK(wrong("libs/rpc/client.h", "\"libs/journal/journal.h\""));
  CHECK(wrong("libs/shiny/new.h", "\"libs/core/types.h\""));
  CHECK(wrong("services/order/domain/order.h", "\"libs/journal/journal.h\""));
  CHECK(wrong("services/order/domain/order.h", "\"omo/order/events/v1/order_events.pb.h\""));
  CHECK(wrong("services/order/domain/order.h", "\"services/order/codec/order_codec.h\""));
  CHECK(wrong("services/order/api/service.cc", "\"services/inventory/domain/stock.h\""));
  CHECK(wrong("services/order/main.cc", "\"services/inventory/domain/stock.h\""));
  CHECK(wrong("services/order/main.cc", "<librdkafka/rdkafka.h>"));
  CHECK(wrong("services/order/codec/codec.cc", "<grpcpp/grpcpp.h>"));
  CHECK(wrong("libs/shard/shard.cc", "<rocksdb/db.h>"));
  CHECK(wrong("tests/unit/core/a_test.cc", "<catch2/catch.hpp>"));

  CHECK_FALSE(wrong("services/order/codec/codec.cc", "\"services/order/domain/order.h\""));
  CHECK_FALSE(wrong("services/order/main.cc", "\"services/order/api/order_service.h\""));
  CHECK_FALSE(wrong("services/order/api/service.cc", "<grpcpp/grpcpp.h>"));
  CHECK_FALSE(wrong("libs/rpc/owner_table.h", "\"libs/journal/ownership.h\""));
  CHECK_FALSE(wrong("libs/journal/kafka/kafka_producer.cc", "<librdkafka/rdkafka.h>"));
  CHECK_FALSE(wrong("tests/unit/core/a_test.cc", "\"libs/core/types.h\""));
}

}  // namespace
}  // namespace omo::testing
