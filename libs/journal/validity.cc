#include "libs/journal/validity.h"

namespace omo::journal {

Verdict Judge(Cursor& cursor, Kind kind, const Fence& fence) {
  if (cursor.sealed) return Verdict::kVoid;
  if (kind == Kind::kClaim) {
    if (fence.term > cursor.term + 1) return Verdict::kImpossible;
    if (fence.term <= cursor.term) return Verdict::kVoid;
    cursor = {.term = fence.term, .nonce = fence.nonce};
    return Verdict::kValid;
  }
  if (fence.term < cursor.term) return Verdict::kVoid;
  if (fence.term > cursor.term || fence.nonce != cursor.nonce) return Verdict::kImpossible;
  if (fence.seq <= cursor.seq) return Verdict::kDuplicate;
  if (fence.seq > cursor.seq + 1) return Verdict::kVoid;
  ++cursor.seq;
  cursor.sealed = kind == Kind::kSeal;
  return Verdict::kValid;
}

}  // namespace omo::journal
