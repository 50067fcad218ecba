// Remembers when a replay into one data folder began, so that repeating it asks with the same ids.
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

#include "libs/core/types.h"

namespace omo::omoctl {

// When the replay of the shop with `digest` began, by `file`; without the file it begins `now` and
// the file says so from here on. FAILED_PRECONDITION when the file speaks of another shop: the same
// log cannot hold both, and their figures would add up.
absl::StatusOr<Time> ReplayStart(const std::filesystem::path& file, const std::string& digest,
                                 Time now);

}  // namespace omo::omoctl
