#include "libs/journal/kafka/kafka_record.h"

#include <string>
#include <utility>

namespace omo::journal {
namespace {

constexpr std::string_view kSpecVersion = "ce_specversion";
constexpr std::string_view kId = "ce_id";
constexpr std::string_view kSource = "ce_source";
constexpr std::string_view kType = "ce_type";
constexpr std::string_view kFence = "fence";
constexpr std::string_view kSpecVersionValue = "1.0";
constexpr std::size_t kHeaders = 5;
constexpr std::size_t kFixedHeaderBytes = kSpecVersion.size() + kId.size() + kSource.size() +
                                          kType.size() + kFence.size() + kSpecVersionValue.size() +
                                          kFenceBytes;

void Add(rd_kafka_headers_t* headers, std::string_view name, std::string_view value) {
  rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                      static_cast<ssize_t>(value.size()));
}

std::string_view View(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), size);
}

}  // namespace

std::int64_t SizeOf(const Record& record, std::string_view source) {
  return static_cast<std::int64_t>(kFixedHeaderBytes + source.size() + record.type.size() +
                                   record.id.size() + record.key.size() + record.value.size());
}

rd_kafka_headers_t* MakeHeaders(const Record& record, std::string_view source) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(kHeaders);
  Add(headers, kSpecVersion, kSpecVersionValue);
  Add(headers, kId, record.id);
  Add(headers, kSource, source);
  Add(headers, kType, record.type);
  Add(headers, kFence, EncodeFence(record.fence));
  return headers;
}

Record ReadRecord(const rd_kafka_message_t& message) {
  Record record;
  record.key = View(message.key, message.key_len);
  record.value = View(message.payload, message.len);
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t stamp = rd_kafka_message_timestamp(&message, &kind);
  if (kind != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) record.stamp = FromMillis(stamp);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* bytes = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &bytes, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    const std::string_view header(name);
    if (header == kType) {
      record.type = View(bytes, size);
    } else if (header == kId) {
      record.id = View(bytes, size);
    } else if (header == kFence) {
      record.fence = DecodeFence(View(bytes, size)).value_or(Fence{});
    }
  }
  return record;
}

}  // namespace omo::journal
