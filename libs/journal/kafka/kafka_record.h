// A journal record as Kafka's key, headers, timestamp and value. For the files of this folder only.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string_view>

#include "libs/journal/record.h"

namespace omo::journal {

// Key, value and the five headers, names and values, in bytes.
std::int64_t SizeOf(const Record& record, std::string_view source);

// ce_specversion, ce_id, ce_source, ce_type, fence: always these five, in this order, also when
// ce_id is empty. The caller owns the list.
rd_kafka_headers_t* MakeHeaders(const Record& record, std::string_view source);

// A header that is not there leaves its field empty: a foreign record has an all-zero fence.
Record ReadRecord(const rd_kafka_message_t& message);

}  // namespace omo::journal
