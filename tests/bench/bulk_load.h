// A client of bulk streams: so many commands always in flight, over two streams, in batches.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/bench/load.h"

namespace omo::bench {

inline constexpr std::size_t kBulkBatch = 256;

// A command of inventory, and how the bytes of its n-th request are made.
struct BulkCommand {
  std::string name;
  std::function<void(std::uint64_t number, std::string& request)> fill;
  std::size_t batch = kBulkBatch;  // Commands in a message.
};
// ReserveStock of one unit of SKU number `sku_of(call)`.
BulkCommand ReservesInBulk(std::function<std::uint64_t(std::uint64_t)> sku_of);
// UploadStock of kUploadRecords records: what is on hand of that many SKUs at store number
// `call` % kStores, another figure each time.
inline constexpr int kUploadRecords = 100;
BulkCommand UploadsInBulk();

// `depth` of them in flight for `seconds` after `warm_up` seconds that do not count. Latencies are
// not taken.
LoadResult RunInBulk(int port, const BulkCommand& command, std::size_t depth, double seconds,
                     double warm_up);

}  // namespace omo::bench
