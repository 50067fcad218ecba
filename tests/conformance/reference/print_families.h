// One program's metrics families, one a line, for docs/reference/metrics.md.
#pragma once

#include <iostream>

#include "libs/telemetry/metrics.h"

namespace omo {

inline const char* NameOf(telemetry::FamilyKind kind) {
  switch (kind) {
    case telemetry::FamilyKind::kCounter:
      return "counter";
    case telemetry::FamilyKind::kGauge:
      return "gauge";
    case telemetry::FamilyKind::kHistogram:
      return "histogram";
  }
  return "";
}

inline void PrintFamilies(const telemetry::Metrics& metrics) {
  for (const telemetry::Family& family : metrics.Describe()) {
    std::cout << family.name << '\t' << NameOf(family.kind) << '\t';
    for (std::size_t i = 0; i < family.labels.size(); ++i) {
      std::cout << (i == 0 ? "" : ", ") << family.labels[i];
    }
    std::cout << '\t' << family.help << '\n';
  }
}

}  // namespace omo
