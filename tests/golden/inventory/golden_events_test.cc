// The bytes of every event ever released, decoded for ever. A new event's file is made by running
// this test with OMO_APPROVE=1, which never overwrites one.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/golden/inventory/specimens.h"
#include "tests/support/catch.h"

namespace omo::inventory {
namespace {

const std::filesystem::path kFolder = "tests/golden/inventory";

void Approve(const Specimen& specimen) {
  const auto path = kFolder / specimen.file;
  if (std::getenv("OMO_APPROVE") == nullptr || std::filesystem::exists(path)) return;
  std::ofstream(path, std::ios::binary)
      << Encode(specimen.recorded.event, specimen.recorded.envelope);
}

std::string ReadFile(const std::string& file) {
  std::ifstream in(kFolder / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("Every released event is read as it was meant when it was written", "[golden]") {
  for (const Specimen& specimen : Specimens()) {
    Approve(specimen);
    INFO(specimen.file);
    const auto recorded = Decode(ReadFile(specimen.file));
    REQUIRE(recorded.has_value());
    CHECK((recorded->event == specimen.recorded.event));
    CHECK((recorded->envelope == specimen.recorded.envelope));
  }
}

TEST_CASE("Every kind of event has its golden bytes", "[golden]") {
  std::set<std::size_t> kinds;
  for (const Specimen& specimen : Specimens()) kinds.insert(specimen.recorded.event.index());
  CHECK(kinds.size() == std::variant_size_v<InventoryEvent>);
}

TEST_CASE("No golden bytes are left out", "[golden]") {
  std::set<std::string> named;
  for (const Specimen& specimen : Specimens()) named.insert(specimen.file);
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".bin") continue;
    INFO(entry.path());
    CHECK(named.count(entry.path().filename()) == 1);
  }
}

TEST_CASE("Every event names its type and key", "[golden]") {
  std::set<std::string_view> types;
  for (const Specimen& specimen : Specimens()) {
    const InventoryEvent& event = specimen.recorded.event;
    types.insert(TypeOf(event));
    CHECK((KeyOf(event) == "milk" || KeyOf(event) == "shop" || KeyOf(event) == kNetworkKey));
  }
  CHECK(types.size() == std::variant_size_v<InventoryEvent>);
  CHECK(types.count("omo.inventory.events.v1.StockReserved") == 1);
}

}  // namespace omo::inventory
