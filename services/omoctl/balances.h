// Reads the figures of a shop's SKUs at every place they have been, as the service answers them.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/channel.h>

#include <filesystem>
#include <memory>

#include "services/omoctl/shop.h"

namespace omo::omoctl {

// Writes a line a (SKU, location) into `file`:
//   sku, location, scale, on_hand, available, reserved, committed, all other buckets' sum
// Reads are linearizable. Repeats for up to 60 s what the service cannot answer just now.
absl::Status WriteBalances(const Shop& shop, const std::shared_ptr<grpc::Channel>& channel,
                           const std::filesystem::path& file);

}  // namespace omo::omoctl
