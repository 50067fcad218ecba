#include "services/gateway/merge_pages.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "libs/core/fields.h"
#include "libs/core/key_order.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/page_token.h"
#include "libs/rpc/wire.h"

namespace omo::gateway {
namespace {

using rpc::WireField;
using rpc::WireReader;

constexpr std::size_t kTokenBytesMax = 8'192;  // Of each shard; a longer one was never given.

struct PageToken {
  std::string method;
  std::vector<ShardCursor> cursors;
  static auto Fields(auto& self) { return std::tie(self.method, self.cursors); }
};

// One answer of one shard.
struct Answer {
  std::string order;    // Sorts as the values of the order fields do.
  std::string as_text;  // The values as a cursor has them.
  ShardId shard = 0;
  std::string_view whole;
};

std::string WriteToken(const rpc::Route& route, std::vector<ShardCursor> cursors) {
  std::string bytes;
  WriteFields(bytes, PageToken{route.method, std::move(cursors)});
  return absl::WebSafeBase64Escape(bytes);
}

bool ReadToken(const rpc::Route& route, std::string_view text, std::int32_t shard_count,
               std::vector<ShardCursor>& cursors) {
  if (text.size() > kTokenBytesMax * static_cast<std::size_t>(shard_count)) return false;
  std::string bytes;
  if (!absl::WebSafeBase64Unescape({text.data(), text.size()}, &bytes)) return false;
  std::string_view rest = bytes;
  PageToken token;
  if (!ReadFields(rest, token) || !rest.empty() || token.method != route.method) return false;
  cursors = std::move(token.cursors);
  return cursors.size() == static_cast<std::size_t>(shard_count);
}

// An unsigned number above the signed ones' end sorts behind them once its top bit is flipped.
void WriteNumber(std::string& as_sorted, std::uint64_t number, bool is_signed) {
  const std::uint64_t flipped = is_signed ? number : number ^ (1ULL << 63);
  WriteOrdered(as_sorted, static_cast<std::int64_t>(flipped));
}

// A shard's token, as its values sort; false for what is no token of the list.
bool ReadTokenOrder(const rpc::Route& route, std::string_view token, std::string& as_sorted) {
  const auto values = rpc::ReadPageToken(token, route.order.size());
  if (!values) return false;
  for (std::size_t i = 0; i < values->size(); ++i) {
    const std::string& value = (*values)[i];
    if (route.order[i].is_text) {
      WriteOrdered(as_sorted, value);
      continue;
    }
    std::int64_t as_signed = 0;
    std::uint64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto read = route.order[i].is_signed ? std::from_chars(value.data(), end, as_signed)
                                               : std::from_chars(value.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return false;
    if (route.order[i].is_signed) number = static_cast<std::uint64_t>(as_signed);
    WriteNumber(as_sorted, number, route.order[i].is_signed);
  }
  return true;
}

// One order value of an answer, as cursors have it and as it sorts; absent fields count as empty or
// 0, as in proto3.
bool ReadOrderField(const rpc::OrderField& order, std::string_view message, std::string& as_text,
                    std::string& as_sorted) {
  WireField value;
  bool found = false;
  for (const rpc::PathStep& step : order.path) {
    WireReader reader(message);
    found = false;
    for (WireField field; reader.Next(field);) {
      if (field.number != step.number) continue;
      value = field;
      found = true;
    }
    if (reader.malformed()) return false;
    message = found ? value.bytes : std::string_view();
  }
  if (order.is_text) {
    as_text = message;
    WriteOrdered(as_sorted, as_text);
    return true;
  }
  const std::uint64_t number = found ? value.value : 0;
  const auto as_signed = static_cast<std::int64_t>(number);
  as_text = order.is_signed ? std::to_string(as_signed) : std::to_string(number);
  WriteNumber(as_sorted, number, order.is_signed);
  return true;
}

bool ReadOrder(const rpc::Route& route, std::string_view message, Answer& answer) {
  std::vector<std::string> values(route.order.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!ReadOrderField(route.order[i], message, values[i], answer.order)) return false;
  }
  answer.as_text = rpc::WritePageToken(values);
  return true;
}

// One merge of the shards' pages.
class Merge {
 public:
  Merge(const rpc::Route& route, const PageRequest& page)
      : route_(route),
        cursors_(page.cursors),
        size_(static_cast<std::size_t>(page.size)),
        unseen_(page.cursors.size(), 0),
        tokens_(page.cursors.size()) {}

  grpc::Status Add(const ShardPage& page) {
    std::string_view token;
    const std::size_t first = answers_.size();
    WireReader reader(page.response);
    for (WireField field; reader.Next(field);) {
      if (field.number == route_.next_page_token) {
        token = field.bytes;
      } else if (field.number != route_.answers || field.type != WireField::Type::kBytes) {
        merged_.append(field.whole);
      } else {
        Answer answer{{}, {}, page.shard, field.whole};
        if (!ReadOrder(route_, field.bytes, answer)) return Broken(page, "sent a broken answer");
        if (answers_.size() > first && answer.order <= answers_.back().order) {
          return Broken(page, "did not keep the order");
        }
        answers_.push_back(std::move(answer));
      }
    }
    if (reader.malformed()) return Broken(page, "sent a broken page");
    const auto at = static_cast<std::size_t>(page.shard);
    unseen_[at] = answers_.size() - first;
    tokens_[at] = token;
    if (!token.empty()) return AddLimit(page, unseen_[at] > 0 ? &answers_.back() : nullptr);
    cursors_[at].done = true;
    return grpc::Status::OK;
  }

  std::string Finish() {
    std::sort(answers_.begin(), answers_.end(), [](const Answer& a, const Answer& b) {
      return std::tie(a.order, a.shard) < std::tie(b.order, b.shard);
    });
    std::size_t given = 0;
    for (; given < answers_.size() && given < size_; ++given) {
      const Answer& answer = answers_[given];
      if (limit_ && answer.order > *limit_) break;
      merged_.append(answer.whole);
      cursors_[static_cast<std::size_t>(answer.shard)].behind = answer.as_text;
      --unseen_[static_cast<std::size_t>(answer.shard)];
    }
    bool all_done = true;
    for (std::size_t shard = 0; shard < cursors_.size(); ++shard) {
      if (unseen_[shard] > 0) cursors_[shard].done = false;
      if (unseen_[shard] == 0 && !tokens_[shard].empty()) cursors_[shard].behind = tokens_[shard];
      all_done = all_done && cursors_[shard].done;
    }
    if (!all_done) {
      rpc::AppendBytesField(merged_, route_.next_page_token,
                            WriteToken(route_, std::move(cursors_)));
    }
    return std::move(merged_);
  }

 private:
  // Behind its token this shard may hold what comes before others' answers. The token lies at its
  // last answer or behind it, and behind where the page began.
  grpc::Status AddLimit(const ShardPage& page, const Answer* last) {
    const auto at = static_cast<std::size_t>(page.shard);
    std::string order;
    if (!ReadTokenOrder(route_, tokens_[at], order)) return Broken(page, "sent a broken token");
    const bool goes_on =
        last != nullptr ? order >= last->order : cursors_[at].behind != tokens_[at];
    if (!goes_on) return Broken(page, "does not get on");
    if (!limit_ || order < *limit_) limit_ = std::move(order);
    return grpc::Status::OK;
  }
  grpc::Status Broken(const ShardPage& page, std::string_view what) const {
    return {grpc::INTERNAL,
            route_.method + ": shard " + std::to_string(page.shard) + " " + std::string(what)};
  }

  const rpc::Route& route_;
  std::vector<ShardCursor> cursors_;
  const std::size_t size_;
  std::vector<std::size_t> unseen_;       // Answers fetched and not given out, a shard.
  std::vector<std::string_view> tokens_;  // Of the pages' ends.
  std::vector<Answer> answers_;
  std::optional<std::string> limit_;  // Behind it nothing can be given yet.
  std::string merged_;
};

}  // namespace

grpc::Status ReadPageRequest(const rpc::Route& route, std::string_view request,
                             std::int32_t shard_count, PageRequest& page) {
  std::int64_t size = 0;
  std::string_view token;
  WireReader reader(request);
  for (WireField field; reader.Next(field);) {
    if (field.number == route.page_size) size = static_cast<std::int32_t>(field.value);
    if (field.number == route.page_token) token = field.bytes;
  }
  if (reader.malformed()) return rpc::Fault("MALFORMED", "the request is not a message");
  if (size < 0) return rpc::InvalidArgument("page_size", "OUT_OF_RANGE", "must not be negative");
  if (size > 0) page.size = std::min(static_cast<std::int32_t>(size), kPageSizeMax);
  page.cursors.assign(static_cast<std::size_t>(shard_count), ShardCursor{});
  if (!token.empty() && !ReadToken(route, token, shard_count, page.cursors)) {
    return rpc::InvalidArgument("page_token", "PAGE_TOKEN", "not a token of this list");
  }
  return grpc::Status::OK;
}

std::string ShardPageRequest(const rpc::Route& route, std::string_view request,
                             const PageRequest& page, ShardId shard) {
  // Of a field that stands twice the last counts: what the caller asked stays, and is overruled.
  std::string shard_request(request);
  rpc::AppendVarintField(shard_request, route.page_size, static_cast<std::uint64_t>(page.size));
  rpc::AppendBytesField(shard_request, route.page_token,
                        page.cursors[static_cast<std::size_t>(shard)].behind);
  return shard_request;
}

grpc::Status MergePages(const rpc::Route& route, const PageRequest& page,
                        const std::vector<ShardPage>& pages, std::string& merged) {
  Merge merge(route, page);
  for (const ShardPage& shard_page : pages) {
    grpc::Status status = merge.Add(shard_page);
    if (!status.ok()) return status;
  }
  merged = merge.Finish();
  return grpc::Status::OK;
}

}  // namespace omo::gateway
