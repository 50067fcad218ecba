// The envelope of every service's events, between plain values and the journal's message.
#pragma once

#include "libs/core/envelope.h"
#include "omo/journal/v1/journal.pb.h"

namespace omo::codec {

void Write(const Envelope& envelope, omo::journal::v1::Envelope& out);
Envelope Read(const omo::journal::v1::Envelope& in);

}  // namespace omo::codec
