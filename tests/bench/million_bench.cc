#include "tests/bench/million_bench.h"

#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "tests/bench/core.h"
#include "tests/bench/window.h"

namespace omo::bench {
namespace {

constexpr std::uint64_t kPlacesOfASku = 100;  // Of one command: as many lines as it may have.
constexpr std::size_t kWindow = 200;
constexpr double kMegabyte = 1 << 20;

// Of this process, in MB.
double ResidentMegabytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMegabyte;
}

double DiskMegabytes(const std::filesystem::path& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return static_cast<double>(bytes) / kMegabyte;
}

void Fill(Core& core) {
  Window window(kWindow);
  for (std::uint64_t i = 0; i < 1'000'000 / kPlacesOfASku; ++i) {
    const std::string sku = SkuName(i);
    inventory::ReceiveStock receive;
    for (std::uint64_t place = 0; place < kPlacesOfASku; ++place) {
      receive.lines.push_back({.sku = {sku},
                               .location = {StoreName((i + place * 7) % kStores)},
                               .amount = {static_cast<std::int64_t>(1 + (i + place) % 50), 0}});
    }
    window.Enter();
    core.Submit(sku, std::move(receive), window.Reply(Clock::now()));
  }
  window.Finish();
}

}  // namespace

void MeasureMillion(Rig& rig, Figures& figures) {
  rig.CreateJournal(kCoreTopic);
  const auto folder = rig.folder();
  std::vector<std::uint64_t> hashes;
  const double before = ResidentMegabytes();
  {
    Core owner(rig.bootstrap(), "owner", folder / "owner");
    owner.Own();
    const Clock::time_point begin = Clock::now();
    Fill(owner);
    figures.Add("million_fill_s", SecondsSince(begin), "a million SKU-locations received");
    figures.Add("million_resident_mb", ResidentMegabytes() - before, "of its owner, filled");
    hashes = owner.Hashes();
  }
  figures.Add("million_disk_mb", DiskMegabytes(folder / "owner"), "of its store, flushed");
  Core peer(rig.bootstrap(), "peer", folder / "owner");
  figures.Add("million_start_store_s", peer.CaughtUp(), "from its own store");
  CheckSame(peer, hashes);
  {
    Core copy(rig.bootstrap(), "copy", folder / "copy", peer.Serve(folder / "outgoing"));
    figures.Add("million_start_peer_s", copy.CaughtUp(), "from a peer's checkpoint");
    CheckCopied(copy);
    CheckSame(copy, hashes);
  }
  Core fold(rig.bootstrap(), "fold", folder / "fold");
  figures.Add("million_start_offset_0_s", fold.CaughtUp(), "from an empty store");
  CheckSame(fold, hashes);
}

}  // namespace omo::bench
