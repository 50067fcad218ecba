// ROUTE_KIND_EVERY_SHARD on bytes: each shard's page of a list becomes one page of the whole list.
//
// What a shard's owner keeps: answers ascend by the route's order fields, and no two are equal in
// all of them; a request's page_token holds the order values behind which to begin (empty: at the
// start; libs/rpc/page_token.h); its next_page_token is not empty while there may be more, and
// holds the values up to which it looked. So a page may be cut anywhere, may even be empty where a
// filter found nothing yet, and the whole list's token is one such token a shard.
#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "libs/core/types.h"
#include "libs/rpc/route.h"

namespace omo::gateway {

inline constexpr std::int32_t kPageSizeDefault = 100;
inline constexpr std::int32_t kPageSizeMax = 1'000;

// How far one shard's list has been given out.
struct ShardCursor {
  std::string behind;  // The order values last given; empty: none yet.
  bool done = false;
  static auto Fields(auto& self) { return std::tie(self.behind, self.done); }
};

// What a request asks for: a page of the list from a place in every shard.
struct PageRequest {
  std::int32_t size = kPageSizeDefault;
  std::vector<ShardCursor> cursors;  // One a shard.
};

// Reads page_size (0: the default; above the maximum: the maximum) and page_token.
// INVALID_ARGUMENT: OUT_OF_RANGE, MALFORMED, or PAGE_TOKEN when the token is not of this method and
// shard count.
grpc::Status ReadPageRequest(const rpc::Route& route, std::string_view request,
                             std::int32_t shard_count, PageRequest& page);

// The request for one shard's part of the page.
std::string ShardPageRequest(const rpc::Route& route, std::string_view request,
                             const PageRequest& page, ShardId shard);

// One shard's response.
struct ShardPage {
  ShardId shard = 0;
  std::string_view response;
};

// The merged response: at most page.size answers by (order, shard), all other fields of all
// responses merged, and the token of the next page (empty when all shards are done). INTERNAL names
// a shard that breaks the rules above.
grpc::Status MergePages(const rpc::Route& route, const PageRequest& page,
                        const std::vector<ShardPage>& pages, std::string& merged);

}  // namespace omo::gateway
