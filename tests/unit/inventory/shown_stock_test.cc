#include "services/inventory/domain/stock/shown_stock.h"

#include "services/inventory/domain/stock/figures.h"
#include "tests/support/catch.h"

namespace omo::inventory {

TEST_CASE("the exact policy shows the figure and its band", "[inventory]") {
  const DisplayPolicy exact{.exact = true, .low = {3, 0}};
  CHECK((Show(4, 0, exact) == ShownStock{StockBand::kInStock, 4}));
  CHECK((Show(3, 0, exact) == ShownStock{StockBand::kLow, 3}));
  CHECK((Show(1, 0, exact) == ShownStock{StockBand::kLow, 1}));
  CHECK((Show(0, 0, exact) == ShownStock{StockBand::kOut, 0}));
}

TEST_CASE("the band policy shows no figure", "[inventory]") {
  const DisplayPolicy band{.low = {3, 0}};
  CHECK((Show(1'000, 0, band) == ShownStock{StockBand::kInStock}));
  CHECK((Show(3, 0, band) == ShownStock{StockBand::kLow}));
  CHECK((Show(0, 0, band) == ShownStock{StockBand::kOut}));
  // Without a threshold nothing is low.
  CHECK((Show(1, 0, {}) == ShownStock{StockBand::kInStock}));
}

TEST_CASE("more promised than there is, is shown as nothing", "[inventory]") {
  CHECK((Show(-5, 0, {.exact = true}) == ShownStock{StockBand::kOut, 0}));
  CHECK((Show(-kFigureMax, 3, {.low = {3, 0}}) == ShownStock{StockBand::kOut}));
}

TEST_CASE("what is low is counted in whole units", "[inventory]") {
  const DisplayPolicy two_kilograms{.exact = true, .low = {2, 0}};
  CHECK((Show(2'000, 3, two_kilograms) == ShownStock{StockBand::kLow, 2'000}));
  CHECK((Show(2'001, 3, two_kilograms) == ShownStock{StockBand::kInStock, 2'001}));
  const DisplayPolicy most{.low = {1'000'000, 0}};
  CHECK((Show(1'000'000'000'000'001, 9, most) == ShownStock{StockBand::kInStock}));
  CHECK((Show(1'000'000'000'000'000, 9, most) == ShownStock{StockBand::kLow}));
  // Half a piece is none.
  CHECK((Show(1, 0, {.low = {5, 1}}) == ShownStock{StockBand::kInStock}));
}

TEST_CASE("no more is shown than the most", "[inventory]") {
  const DisplayPolicy most{.exact = true, .low = {3, 0}, .most = Amount{25, 1}};
  CHECK((Show(9, 0, most) == ShownStock{StockBand::kLow, 2}));
  CHECK((Show(9'000, 3, most) == ShownStock{StockBand::kLow, 2'500}));
  CHECK((Show(1, 0, most) == ShownStock{StockBand::kLow, 1}));
  CHECK((Show(9, 0, {.exact = true, .most = Amount{0, 0}}) == ShownStock{StockBand::kOut, 0}));
}

}  // namespace omo::inventory
