// A client of bulk streams: so many commands always in flight, over two streams, in batches.
#pragma once

#include <cstdint>
#include <functional>

#include "tests/bench/load.h"

namespace omo::bench {

inline constexpr std::size_t kBulkBatch = 256;

// ReserveStock of one unit of SKU number `sku_of(call)`, `depth` of them in flight for `seconds`
// after `warm_up` seconds that do not count. Latencies are not taken.
LoadResult ReserveInBulk(int port, std::function<std::uint64_t(std::uint64_t)> sku_of,
                         std::size_t depth, double seconds, double warm_up);

}  // namespace omo::bench
