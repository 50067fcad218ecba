#include "libs/store/row_hash.h"

#include <xxhash.h>

namespace omo::store {

std::uint64_t HashBytes(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace omo::store
