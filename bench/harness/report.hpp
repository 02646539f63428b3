#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gochron::bench {

/// One table: the answer to one question.
struct table {
  std::string title;
  std::vector<std::string> columns; ///< the first names the row; units belong into the names
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> notes; ///< what a reader must know to judge the figures
};

/// Where figures go. As text each table is printed at once; as JSON one document is printed by finish(), with the
/// numbers as numbers. Progress goes to standard error in both.
class report {
public:
  explicit report(bool json) : json_(json) {}

  /// The machine, the revision and the parameters. Printed before the first table.
  void context(std::string_view name, std::string value);
  void add(table x);
  void finish();

private:
  void print_text(const table& x) const;

  bool json_;
  bool context_printed_ = false;
  std::vector<std::pair<std::string, std::string>> context_;
  std::vector<table> tables_;
};

/// Notes cores, model, memory, kernel and load in the report.
void describe_machine(report& r);

/// One line on standard error.
void progress(const std::string& what);

/// A figure with as many digits as it deserves: three that count.
std::string figure(double x);
/// `figure` with a unit of bytes.
std::string bytes(double x);

} // namespace gochron::bench
