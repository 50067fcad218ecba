#include "libs/rpc/require.h"

#include <algorithm>

#include "libs/core/uuid.h"

namespace omo::rpc {
namespace {

// ISO 4217, list one of 2024 without metals, funds and test codes; each code with a space behind
// it.
constexpr std::string_view kCurrencies =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
    "GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR "
    "KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR "
    "SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS "
    "UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG ";

bool IsCurrency(std::string_view code) {
  for (std::size_t at = 0; at < kCurrencies.size(); at += 4) {
    if (kCurrencies.substr(at, 3) == code) return true;
  }
  return false;
}

}  // namespace

void FieldErrors::Add(std::string_view field, std::string_view reason, std::string_view message) {
  if (errors_.size() == kFieldErrorsMax) {
    ++others_;
    return;
  }
  errors_.push_back({std::string(field), std::string(reason), std::string(message)});
}

bool FieldErrors::RequireId(std::string_view field, std::string_view value, std::size_t bytes_max) {
  if (value.empty()) return Add(field, "REQUIRED", "must not be empty"), false;
  if (!RequirePrintable(field, value, bytes_max)) return false;
  if (value.find(' ') == std::string_view::npos) return true;
  return Add(field, "NOT_PRINTABLE", "an id has no spaces"), false;
}

bool FieldErrors::RequireUuid7(std::string_view field, std::string_view value) {
  if (value.empty()) return Add(field, "REQUIRED", "the caller chooses it: a UUIDv7"), false;
  if (UuidTime(value)) return true;
  return Add(field, "NOT_UUID7", "not a UUID of version 7"), false;
}

bool FieldErrors::RequirePrintable(std::string_view field, std::string_view value,
                                   std::size_t bytes_max) {
  if (value.size() > bytes_max) {
    return Add(field, "TOO_LONG", "more than " + std::to_string(bytes_max) + " bytes"), false;
  }
  const bool printable =
      std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable) Add(field, "NOT_PRINTABLE", "not printable ASCII");
  return printable;
}

bool FieldErrors::RequireText(std::string_view field, std::string_view value,
                              std::size_t bytes_max) {
  if (value.size() > bytes_max) {
    return Add(field, "TOO_LONG", "more than " + std::to_string(bytes_max) + " bytes"), false;
  }
  const bool clean = std::none_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
  });
  if (!clean) Add(field, "NOT_PRINTABLE", "holds control characters");
  return clean;
}

bool FieldErrors::RequirePositive(std::string_view field, std::int64_t value) {
  if (value <= 0) Add(field, "NOT_POSITIVE", "must be above zero");
  return value > 0;
}

bool FieldErrors::RequireRange(std::string_view field, std::int64_t value, std::int64_t least,
                               std::int64_t most) {
  if (value >= least && value <= most) return true;
  Add(field, "OUT_OF_RANGE",
      "must lie between " + std::to_string(least) + " and " + std::to_string(most));
  return false;
}

bool FieldErrors::RequireCount(std::string_view field, std::int64_t count, std::int64_t most) {
  if (count == 0) return Add(field, "REQUIRED", "must not be empty"), false;
  if (count <= most) return true;
  return Add(field, "TOO_LONG", "more than " + std::to_string(most) + " entries"), false;
}

bool FieldErrors::RequireCurrency(std::string_view field, std::string_view value) {
  if (value.empty()) return Add(field, "REQUIRED", "must not be empty"), false;
  if (value.size() == 3 && IsCurrency(value)) return true;
  return Add(field, "UNKNOWN_CURRENCY", "not an ISO 4217 code"), false;
}

bool FieldErrors::RequirePresent(std::string_view field, bool present) {
  if (!present) Add(field, "REQUIRED", "must be given");
  return present;
}

bool FieldErrors::RequireNamed(std::string_view field, bool named) {
  if (!named) Add(field, "UNKNOWN_VALUE", "must be one of the named values");
  return named;
}

grpc::Status FieldErrors::Status() const {
  return errors_.empty() ? grpc::Status::OK : InvalidArgument(errors_, others_);
}

std::string FieldAt(std::string_view list, std::size_t index, std::string_view name) {
  std::string path(list);
  path += "[" + std::to_string(index) + "]";
  if (!name.empty()) path.append(".").append(name);
  return path;
}

}  // namespace omo::rpc
