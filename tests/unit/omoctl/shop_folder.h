// A shop of two SKUs (one in thousandths), two stores and three lines, in a folder of its own.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace omo::omoctl {

class ShopFolder {
 public:
  ShopFolder() {
    std::string name = std::filesystem::temp_directory_path() / "omo-shop-XXXXXX";
    path_ = mkdtemp(name.data());
    Write("manifest.json", "{}");
    Write("skus.tsv", "101\t0\tsoup\n202\t3\tfuel\n");
    Write("stores.tsv", "store-330\tstore 330\nstore-406\tstore 406\n");
    Write("stock.tsv", "101\tstore-330\t2\n101\tstore-406\t0\n202\tstore-406\t12000\n");
    Write("lines.tsv",
          "0\tsale\t11\t101\tstore-330\t1\t1483271606000\ttill-330\t1\n"
          "2\treservation\t12\t101\tstore-330\t1\t1483271607000\t\t0\n"
          "3\tsale\t13\t202\tstore-406\t12000\t1483271608000\ttill-406\t1\n");
  }
  ~ShopFolder() { std::filesystem::remove_all(path_); }
  ShopFolder(const ShopFolder&) = delete;
  ShopFolder& operator=(const ShopFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void Write(const std::string& file, const std::string& text) const {
    std::ofstream(path_ / file, std::ios::trunc) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace omo::omoctl
