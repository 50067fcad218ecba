#include "services/omoctl/run_file.h"

#include <fstream>

namespace omo::omoctl {

absl::StatusOr<Time> ReplayStart(const std::filesystem::path& file, const std::string& digest,
                                 Time now) {
  std::int64_t started_ms = 0;
  std::string known;
  if (std::ifstream in(file); in) {
    if (!(in >> started_ms >> known)) {
      return absl::DataLossError(file.string() + " is not a replay's run file");
    }
    if (known == digest) return FromMillis(started_ms);
    return absl::FailedPreconditionError(
        file.string() + " is of a replay of another shop: use another data folder, or clean this");
  }
  std::ofstream out(file);
  out << ToMillis(now) << ' ' << digest << '\n';
  out.close();
  if (!out) return absl::DataLossError("cannot write " + file.string());
  return now;
}

}  // namespace omo::omoctl
