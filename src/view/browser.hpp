// SPDX-License-Identifier: BSD-2-Clause
// A program that shows a list: the list itself, and what keys put in its place or at its foot (help, details, a
// choice of columns, text that is typed). What the rows are, and keys of its own, are the program's. Pure: keys
// go in, pictures come out.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "view/list.hpp"
#include "view/page.hpp"
#include "view/prompt.hpp"

namespace view {

/// What a program has to tell.
class Program {
 public:
  virtual ~Program() = default;
  virtual const Rows& rows() const = 0;
  /// "Connections", as it counts them.
  virtual std::string what() const = 0;
  /// Of the last line, behind the count.
  virtual std::string status() const = 0;
  /// The same behind the order; empty: nothing.
  virtual std::string remark() const { return {}; }
  /// What the user has to see; empty: nothing.
  virtual std::string warning() const = 0;
  /// More about a row, as wide as the screen at most.
  virtual std::vector<layout::Line> details(std::size_t row, layout::Size size) const = 0;
  virtual std::string filter() const = 0;
  /// Throws an Error where it is wrong; the one before stays.
  virtual void set_filter(const std::string& filter) = 0;
  /// A key that the browser does not know.
  virtual void on_key(const Key& key) = 0;
};

struct BrowserOptions {
  std::vector<report::ListColumn> columns;                ///< in the order of their importance
  std::size_t usual = 1;                                  ///< so many of them on 80 columns
  std::vector<NamedOrder> cycle;                          ///< of the key s
  std::vector<report::ListColumn> choice;                 ///< all there are
  std::vector<std::pair<std::string, std::string>> help;  ///< keys of the program itself
};

class Browser {
 public:
  Browser(BrowserOptions options, Program& program);

  void on_key(const Key& key);
  /// As it is now.
  layout::Picture compose(layout::Size size);

  List& list() { return list_; }
  const report::CellForm& form() const { return list_.form; }
  /// Shown in the last line until the next key.
  void tell(std::string message) { message_ = std::move(message); }

 private:
  enum class Mode { list, help, details, columns, text, filter };

  void on_list_key(const Key& key);
  void on_page_key(const Key& key);
  void on_prompt_key(const Key& key);
  void cycle_order();
  void toggle_column();
  void set_mode(Mode mode);
  std::string order_name() const;
  std::string urgent() const;
  std::string foot(std::size_t columns) const;
  layout::Picture compose_list(layout::Size size);
  std::vector<layout::Line> help_lines(layout::Size size) const;
  std::vector<layout::Line> column_lines(layout::Size size) const;
  std::vector<layout::Line> detail_lines(layout::Size size);

  BrowserOptions options_;
  Program& program_;
  List list_;
  Mode mode_ = Mode::list;
  std::optional<Prompt> prompt_;
  Page page_{""};
  std::vector<report::ListColumn> chosen_;
  std::optional<Identity> detailed_;   // the row whose details are shown
  std::vector<layout::Line> details_;  // as they were shown last
  std::string message_;
};

}  // namespace view
