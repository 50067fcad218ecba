// The ceilings of the journal: librdkafka alone, with the same records on the same partitions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace omo::bench {

struct BareRecord {
  std::int32_t partition = 0;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct Consumed {
  double per_second = 0;
  std::uint64_t records = 0;
  std::vector<BareRecord> kept;  // At most as many as asked for.
};

// Reads `records` records of a topic of `partitions`, of all together, from its begin, and keeps
// the first `keep` of them. Their number is known: a consumer hears of an end late.
Consumed ConsumeAll(const std::string& bootstrap, const std::string& topic, int partitions,
                    std::uint64_t records, std::size_t keep);

// Produces the records with one idempotent producer, as fast as it takes them, and waits for the
// last acknowledgement: records a second.
double ProduceAll(const std::string& bootstrap, const std::string& topic,
                  const std::vector<BareRecord>& records);

}  // namespace omo::bench
