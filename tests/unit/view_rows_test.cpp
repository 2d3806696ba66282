// SPDX-License-Identifier: BSD-2-Clause
#include "view/rows.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>

#include "list_rows.hpp"

using test::list_column;
using test::list_columns;
using test::list_row;
using test::ListRow;
using test::ListRows;
using view::Order;
using view::Ranking;
using Places = std::vector<std::size_t>;

namespace {

Places order_of(const ListRows& rows, const Order& order) {
  return Ranking(rows, order, {}, "", {}).window(0, rows.size());
}

/// Whether the left one comes first, by the values themselves.
using Before = std::function<bool(const ListRow& left, const ListRow& right)>;

struct Case {
  std::string name;
  Before ascending;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"bytes_per_second",
       [](const ListRow& left, const ListRow& right) {
         return left.bytes_per_second_in < right.bytes_per_second_in;
       }},
      {"rtt_handshake",  // there may be none: that comes before all else
       [](const ListRow& left, const ListRow& right) {
         return left.connection.handshake_round_trip() < right.connection.handshake_round_trip();
       }},
      {"state",
       [](const ListRow& left, const ListRow& right) {
         return std::string(name_of(left.connection.state)) < name_of(right.connection.state);
       }},
      {"server_endpoint",
       [](const ListRow& left, const ListRow& right) {
         const flow::Endpoint a = left.connection.server(), b = right.connection.server();
         if (a.address.is_ipv6 != b.address.is_ipv6) return b.address.is_ipv6;
         return std::tuple(a.address.high, a.address.low, a.port) <
                std::tuple(b.address.high, b.address.low, b.port);
       }},
  };
  return all;
}

/// Values of which there are few, so that many rows are equal; in no order.
ListRows random_rows(std::size_t count) {
  test::Random random(6);
  ListRows rows;
  rows.rows.reserve(count);
  constexpr std::array states = {flow::State::established, flow::State::closing, flow::State::reset};
  for (unsigned number = 0; number < count; ++number) {
    ListRow row = list_row(number, random.below(100) * random.below(2));
    flow::Connection& connection = row.connection;
    connection.state = states[random.below(3)];
    connection.has_handshake = random.below(2) != 0;
    connection.handshake = static_cast<base::Nanoseconds>(random.below(50)) * base::ns_per_ms;
    const std::uint64_t high = random.below(2) * (1 + random.below(3)) << 62;  // IPv4 where it is 0
    test::set_ends(
        connection, {test::address_of_numbers(high, 99), 1000},
        {test::address_of_numbers(high, random.below(8)), static_cast<std::uint16_t>(random.below(4))});
    row.identity = {static_cast<base::Nanoseconds>(number / 3), number};  // several began at once
    rows.rows.push_back(std::move(row));
  }
  std::mt19937_64 engine(6);
  std::ranges::shuffle(rows.rows, engine);
  return rows;
}

/// All places, sorted the long way.
Places reference(const ListRows& rows, const Before& before) {
  Places places(rows.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::sort(places, {}, [&](std::size_t place) { return rows.rows[place].identity; });
  std::ranges::stable_sort(
      places, [&](std::size_t left, std::size_t right) { return before(rows.rows[left], rows.rows[right]); });
  return places;
}

Places part(const Places& places, std::size_t first, std::size_t count) {
  first = std::min(first, places.size());
  const auto begin = places.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(count, places.size() - first))};
}

}  // namespace

TEST_CASE("rows are in the order in which they appeared until they are sorted") {
  ListRows rows({list_row(3, 10), list_row(1, 30), list_row(2, 20)});
  CHECK(order_of(rows, {}) == Places{1, 2, 0});
  CHECK(order_of(rows, {std::nullopt, true}) == Places{0, 2, 1});
  SUBCASE("of those that appeared at once the one with the smaller number comes first") {
    for (ListRow& row : rows.rows) row.identity.since = 5;
    CHECK(order_of(rows, {}) == Places{1, 2, 0});
  }
  SUBCASE("numbers are sorted with the largest first, and turned around") {
    CHECK(order_of(rows, {list_column("bytes_per_second")}) == Places{1, 2, 0});
    CHECK(order_of(rows, {list_column("bytes_per_second"), true}) == Places{0, 2, 1});
  }
  SUBCASE("words and addresses are sorted with the smallest first, and turned around") {
    CHECK(order_of(rows, {list_column("client_endpoint")}) == Places{1, 2, 0});
    CHECK(order_of(rows, {list_column("client_endpoint"), true}) == Places{0, 2, 1});
  }
}

TEST_CASE("rows that are equal stay in the order in which they appeared, whichever way they are sorted") {
  const ListRows rows({list_row(3, 5), list_row(1, 5), list_row(4, 9), list_row(2, 5)});
  for (const bool is_reversed : {false, true}) {
    CAPTURE(is_reversed);
    Places places = order_of(rows, {list_column("bytes_per_second"), is_reversed});
    std::erase(places, 2);
    CHECK(places == Places{1, 3, 0});
    // Also those of which there is no value.
    for (const std::string name : {"rtt_mean", "process"}) {
      CAPTURE(name);
      CHECK(order_of(rows, {list_column(name), is_reversed}) == Places{1, 3, 0, 2});
    }
  }
}

TEST_CASE("any part of 100,000 rows is what a stable sort has there") {
  constexpr std::size_t count = 100'000;
  const ListRows rows = random_rows(count);
  test::Random random(7);
  for (const Case& each : cases()) {
    const report::ListColumn column = list_column(each.name);
    for (const bool is_reversed : {false, true}) {
      CAPTURE(each.name);
      CAPTURE(is_reversed);
      const bool is_descending = column.is_descending != is_reversed;
      const Before before = [&](const ListRow& left, const ListRow& right) {
        return is_descending ? each.ascending(right, left) : each.ascending(left, right);
      };
      const Places whole = reference(rows, before);
      Ranking ranking(rows, {column, is_reversed}, {}, "", {});
      REQUIRE(ranking.size() == count);
      // One after the other: each leaves the rows in another order behind.
      for (const std::size_t first :
           {std::size_t{0}, count - 60, count - 1, count, random.below(count), random.below(count)}) {
        CAPTURE(first);
        REQUIRE((ranking.window(first, 60) == part(whole, first, 60)));
      }
      const std::size_t place = random.below(count);
      REQUIRE(ranking.place_of(rows.identity(whole[place])) == place);
      REQUIRE((ranking.window(0, count) == whole));
    }
  }
}

TEST_CASE("a part of few rows is there at every place, of every length") {
  const ListRows rows = random_rows(20);
  const Order order{list_column("state")};
  const Places whole = order_of(rows, order);
  Ranking ranking(rows, order, {}, "", {});
  for (std::size_t first = 0; first < 23; ++first) {
    for (std::size_t length = 0; length < 23; ++length) {
      REQUIRE(ranking.window(first, length) == part(whole, first, length));
    }
  }
  for (std::size_t place = 0; place < whole.size(); ++place) {
    CHECK(ranking.place_of(rows.identity(whole[place])) == place);
  }
  CHECK(ranking.place_of({-1, 99}) == std::nullopt);
}

TEST_CASE("without rows there is nothing at any place") {
  Ranking ranking(ListRows{}, {list_column("state")}, list_columns("state,bytes_per_second"), "", {});
  CHECK(ranking.size() == 0);
  CHECK(ranking.window(0, 10).empty());
  CHECK(ranking.window(5, 10).empty());
  CHECK(ranking.totals() == std::vector<std::uint64_t>{0, 0});
}

TEST_CASE("only rows that have the text in one of the columns are shown") {
  const auto columns = list_columns("client_endpoint,state,bytes_per_second");
  ListRows rows({list_row(1, 10), list_row(2, 20'000), list_row(3, 300)});
  rows.rows[1].connection.state = flow::State::closed;
  const auto with = [&](const std::string& text, const report::CellForm& form = {}) {
    Ranking ranking(rows, {}, columns, text, form);
    const Places places = ranking.window(0, 10);
    REQUIRE(places.size() == ranking.size());
    return places;
  };
  CHECK(with("") == Places{0, 1, 2});
  CHECK(with(":1002") == Places{1});
  CHECK(with("192.0.2.1") == Places{0, 1, 2});
  CHECK(with("estab") == Places{0, 2});
  CHECK(with("closEd") == Places{1});
  CHECK(with("nothing like it").empty());
  SUBCASE("as they look: in bits or bytes") {
    CHECK(with("kB/s") == Places{1});
    CHECK(with("kbit/s", {.is_in_bits = true}) == Places{1, 2});
  }
  SUBCASE("not in columns that are not there") { CHECK(with("198.51.100").empty()); }
  SUBCASE("a row that is not shown has no place") {
    const Ranking ranking(rows, {}, columns, "estab", {});
    CHECK(ranking.place_of(rows.identity(2)) == 1);
    CHECK(ranking.place_of(rows.identity(1)) == std::nullopt);
  }
  SUBCASE("the total is that of those that are shown") {
    CHECK(Ranking(rows, {}, columns, "", {}).totals() == std::vector<std::uint64_t>{0, 0, 20'310});
    CHECK(Ranking(rows, {}, columns, "estab", {}).totals() == std::vector<std::uint64_t>{0, 0, 310});
  }
}
